"""What tills that are gone have, and which of it a supervisor releases.

A supervisor says two things by it: that no ticket is out for a place, for they have looked at the customers' and the
till's paper, and that its machine sells no more. The office releases nothing while another till may have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import name_in, tr, tr_count
from pos.ui.session import Session

# What a person's word is good for; anybody else has to be heard.
ATTESTABLE: Final = ("not_stopped", "forked", "not_attested")


@dataclass(frozen=True, slots=True)
class Place:
    """One place: `state` as the office has it."""

    id: str
    label: str
    category: str
    state: str


@dataclass(frozen=True, slots=True)
class Gone:
    """What one machine has of one show. `heard` is known of the latest of its name alone. `waits_for`: (till,
    incarnation, why)."""

    till: str
    incarnation: int
    name: str
    heard: datetime | None
    show: str
    title: str
    starts: datetime
    places: tuple[Place, ...]
    waits_for: tuple[tuple[str, int, str], ...]

    @property
    def id(self) -> str:
        return f"{self.till}.{self.incarnation} {self.show}"

    @property
    def attestable(self) -> tuple[str, ...]:
        """The other machines for which the same may be said, as the office names them."""
        return tuple(f"{till}.{number}" for till, number, why in self.waits_for if why in ATTESTABLE)

    @property
    def unheard(self) -> dict[str, tuple[str, ...]]:
        """Tills with which something has to be done, whatever anybody says; by why."""
        found: dict[str, dict[str, None]] = {}
        for till, _, why in self.waits_for:
            if why not in ATTESTABLE:
                found.setdefault(why, {})[till] = None
        return {why: tuple(tills) for why, tills in found.items()}

    @classmethod
    def read(cls, doc: dict[str, Any]) -> Gone:
        return cls(
            doc["till"],
            int(doc["incarnation"]),
            doc["name"],
            read_time(doc["heard"]) if doc["heard"] else None,
            doc["show"],
            doc["title"],
            read_time(doc["starts"]),
            tuple(Place(one["place"], one["label"], one["category"], one["state"]) for one in doc["places"]),
            tuple((one["till"], int(one["incarnation"]), one["why"]) for one in doc["waits_for"]),
        )


def _first(why: str, tills: str) -> str:
    if why == "unreadable":
        return tr("First settle the dispute about what {tills} told: the office cannot read it.", tills=tills)
    if why == "not_ended":
        return tr(
            "First {tills} must be enrolled anew or declared dead: it told of such a place, and the office cannot read "
            "what.",
            tills=tills,
        )
    return tr("First {tills} must be online and send what it has.", tills=tills)


class FrozenPresenter(QObject):
    """One row is marked; Enter opens it, and then its places are ticked one by one. Nothing is ticked beforehand."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[Gone] = []
        self.marked = ""
        self.looked = self.asking = False
        self.opened = False
        self._drop()

    def _drop(self) -> None:
        self.place = ""
        self.ticked: set[str] = set()
        self.reason = self.problem = ""
        self.also = self.sure = False

    # ---- what there is -----------------------------------------------------------------

    def refresh(self) -> None:
        """Ask the office."""
        self.session.bridge.latest("frozen_places", "frozen_places", self._got, self._refused)

    def _got(self, answer: Answer) -> None:
        before = self.current
        self.looked, self.problem, self.sure = True, "", False
        self.rows = [Gone.read(doc) for doc in answer["frozen"]]
        if self.current is None:
            self.opened = False
            self._drop()
            self.marked = self.rows[0].id if self.rows else ""
        else:
            self.ticked &= {place.id for place in self.current.places}
            # A word was given for the machines that were named, and for no other.
            self.also = self.also and before is not None and before.attestable == self.current.attestable
        self.changed.emit()

    @property
    def current(self) -> Gone | None:
        """The one that is marked, or open."""
        return next((row for row in self.rows if row.id == self.marked), None)

    def title(self, row: Gone) -> str:
        """ "KASSA-2 · Tosca Fri 19:30"."""
        session = self.session
        card = next((card for card in session.shows if card.id == row.show), None)
        show = name_in(card.titles, session.language, row.title) if card is not None else row.title
        when = session.formats.day_and_time(row.starts, session.now)
        return tr("{till} · {show} {when}", till=row.name, show=show, when=when)

    def waits(self, row: Gone) -> str:
        """What has to be done first, with whom; "" for nothing."""
        return " ".join(_first(why, ", ".join(tills)) for why, tills in row.unheard.items())

    # ---- marking, opening, ticking -------------------------------------------------------

    def mark(self, id: str) -> None:
        """A row of the list in sight. A place that is clicked is ticked, or not any more."""
        if self.opened:
            self.place = id
            self.tick()
        else:
            self.marked = id
            self.changed.emit()

    def step(self, by: int) -> None:
        one = self.current
        ids = [place.id for place in one.places] if self.opened and one is not None else [row.id for row in self.rows]
        at = self.place if self.opened else self.marked
        if ids:
            to = ids[max(0, min(len(ids) - 1, (ids.index(at) if at in ids else -1) + by))]
            if self.opened:
                self.place = to
            else:
                self.marked = to
            self.changed.emit()

    def open(self) -> None:
        one = self.current
        if one is not None and not self.opened:
            self._drop()
            self.opened, self.place = True, one.places[0].id
            self.changed.emit()

    def close(self) -> bool:
        """Esc: back to the list. True if one was open."""
        was, self.opened = self.opened, False
        self._drop()
        self.changed.emit()
        return was

    def _edited(self) -> None:
        self.problem, self.sure = "", False
        self.changed.emit()

    def tick(self) -> None:
        """The marked place: no ticket is out for it, or it is not known."""
        if self.opened and self.place:
            self.ticked ^= {self.place}
            self._edited()

    def tick_all(self) -> None:
        one = self.current
        if self.opened and one is not None:
            every = {place.id for place in one.places}
            self.ticked = set() if self.ticked == every else every
            self._edited()

    def attest_others(self) -> None:
        """The machines that were never heard of again are gone, too, or not."""
        one = self.current
        if self.opened and one is not None and one.attestable:
            self.also = not self.also
            self._edited()

    def type_reason(self, text: str) -> None:
        self.reason = text
        self._edited()

    # ---- releasing -----------------------------------------------------------------------

    def release(self) -> None:
        """Asked a second time: whoever buys such a place has a ticket for it, whatever turns up later."""
        one = self.current
        if not self.opened or one is None or self.asking:
            return
        count = tr_count("%n place", "%n places", len(self.ticked), self.session.formats.count(len(self.ticked)))
        if not self.ticked:
            self.problem = tr("Tick the places for which no ticket is out.")
        elif not self.reason.strip():
            self.problem = tr("Say how you know it, in the field “Reason”.")
        elif not self.sure:
            self.sure = True
            self.problem = tr(
                "{count}: no ticket of {till} is out for them, and its machine sells no more? Enter once more.",
                count=count,
                till=one.name,
            )
        else:
            self._ask(one)
        self.changed.emit()

    def _ask(self, one: Gone) -> None:
        self.asking = True
        fields: Answer = {
            "till": one.till,
            "show": one.show,
            "places": [place.id for place in one.places if place.id in self.ticked],
            "reason": self.reason.strip(),
        }
        if self.also:
            fields["attested"] = list(one.attestable)
        self.session.bridge.call("release_places", self._released, self._refused, self._ended, **fields)

    def _ended(self) -> None:
        self.asking = False
        self.changed.emit()

    def _released(self, answer: Answer) -> None:
        free = len(answer["released"])
        self.session.toast.emit("good", tr_count("%n place released.", "%n places released.", free))
        self.ticked.clear()
        self.sure = False
        self.refresh()

    def _refused(self, refusal: Refused) -> None:
        self.looked, self.sure = True, False
        self.problem = self.session.sentence(refusal)
        self.changed.emit()
