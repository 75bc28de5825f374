"""Which disputes there are, which one is marked or open, and what is being decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.disputes import OFFICE, State, Way, in_words
from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import name_in, tr
from pos.ui.session import Session

# The way out -> the field of `resolve_dispute` that names by what it was done.
_DONE_BY: Final = {Way.RESEAT: "sale", Way.REFUND: "refund"}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history. `stands` is False for what came too late, or from somebody who may not."""

    what: str
    by: str
    at: datetime
    way: str
    note: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Dispute:
    """One dispute. `owner` is a user, or "office"; `money` is None where none is at stake.

    `age_s` is by the till's clock at the moment it answered; `text` is in the cashier's language.
    """

    id: str
    text: str
    state: str
    owner: str
    age_s: int
    opened_at: datetime
    places: tuple[str, ...]
    shows: tuple[str, ...]
    till: str
    user: str
    sale: str
    customer: str
    contact: str
    money: Money | None
    ways: tuple[Way, ...]
    pending: bool
    history: tuple[Step, ...]

    @classmethod
    def read(cls, doc: dict[str, Any]) -> Dispute:
        return cls(
            doc["id"],
            in_words(doc, tr),
            doc["state"],
            doc["owner"],
            int(doc["age_s"]),
            read_time(doc["opened_at"]),
            tuple(dict.fromkeys(place["label"] for place in doc["places"])),
            tuple(dict.fromkeys(place["show"] for place in doc["places"])),
            doc["till_name"],
            doc["user_name"],
            doc["sale"],
            doc["customer"],
            doc["contact"],
            Money.parse(doc["money"], doc["currency"]) if doc["money"] else None,
            tuple(Way(way) for way in doc["ways"] if way in list(Way)),
            bool(doc["pending"]),
            tuple(
                Step(
                    step["what"],
                    step["by"],
                    read_time(step["at"]),
                    step.get("way") or "",
                    step.get("note") or "",
                    bool(step["stands"]),
                )
                for step in doc["history"]
            ),
        )

    @property
    def taken(self) -> bool:
        return self.owner != OFFICE


class DisputesPresenter(QObject):
    """The open disputes for a supervisor; for anybody else there are none.

    Enter opens the marked one. What is typed then is about that one, and Enter resolves it.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[Dispute] = []
        self.marked = ""
        self._drop_draft()
        self._read_at = session.now
        session.signed.connect(self.refresh)
        session.heard.connect(self._heard)
        session.ticked.connect(self._tick)

    def _drop_draft(self) -> None:
        self.opened = self.asking = False
        self.way: Way | None = None
        self.note = self.done_by = self.problem = ""

    # ---- what there is -----------------------------------------------------------------

    @property
    def current(self) -> Dispute | None:
        """The one that is marked, or open."""
        return next((one for one in self.rows if one.id == self.marked), None)

    def refresh(self) -> None:
        """Ask for them, if they are this person's to see."""
        person = self.session.person
        if person is not None and person.settles:
            self.session.bridge.latest("disputes", "disputes", self._got, lambda _: self._show([]))
        else:
            self._show([])

    def _got(self, answer: Answer) -> None:
        self._read_at = self.session.now
        self._show([Dispute.read(doc) for doc in answer["disputes"]])

    def _show(self, rows: list[Dispute]) -> None:
        self.rows = rows
        if self.current is None:
            # Resolved, perhaps at another window: what was typed about it has no place any more.
            self._drop_draft()
            self.marked = rows[0].id if rows else ""
        self.changed.emit()

    def _heard(self, event: Answer) -> None:
        if event.get("event") == "changed" and (event.get("disputes") or event.get("documents")):
            self.refresh()

    def _tick(self) -> None:
        if self.rows and self.session.now.second == 0:
            self.changed.emit()

    def age(self, one: Dispute) -> str:
        """How old it is by now: "28 min"."""
        return self.session.formats.span(one.age_s + (self.session.now - self._read_at).total_seconds())

    def owner(self, one: Dispute) -> str:
        """Whose it is, in words."""
        return self._name(one.owner) if one.taken else tr("the office")

    def _name(self, user: str) -> str:
        return self.session.names.get(user, user)

    def shows(self, one: Dispute) -> str:
        """ "Tosca Fri 19:30"."""
        session = self.session
        cards = {card.id: card for card in session.shows}
        return ", ".join(
            f"{name_in(card.titles, session.language, card.title)} "
            f"{session.formats.day_and_time(card.starts, session.now)}"
            if (card := cards.get(show)) is not None
            else show
            for show in one.shows
        )

    def story(self, one: Dispute) -> list[str]:
        """The history, a line each."""
        formats, now = self.session.formats, self.session.now
        lines = []
        for step in one.history:
            who = {"name": self._name(step.by), "at": formats.day_and_time(step.at, now)}
            if step.what == State.TAKEN:
                line = tr("{name} took it at {at}", **who)
            else:
                way = way_names().get(step.way, step.way)
                line = tr("{name} at {at}: {way} — {note}", way=way, note=step.note, **who)
            lines.append(line if step.stands else tr("{line} (a note only)", line=line))
        if one.pending:
            lines.append(tr("The office has not heard of it yet."))
        return lines

    # ---- marking and opening -------------------------------------------------------------

    def mark(self, id: str) -> None:
        """Look at this one. While another is open, nothing typed about it gets lost."""
        if not self.opened and any(one.id == id for one in self.rows):
            self.marked = id
            self.changed.emit()

    def step(self, by: int) -> None:
        """Mark the one above or below."""
        ids = [one.id for one in self.rows]
        if ids:
            at = ids.index(self.marked) if self.marked in ids else 0
            self.mark(ids[max(0, min(len(ids) - 1, at + by))])

    def open(self) -> None:
        """Begin to decide about the marked one, with the way out that is proposed."""
        one = self.current
        if one is not None and not self.opened:
            self.opened, self.way = True, one.ways[0] if one.ways else None
            self.changed.emit()

    def close(self) -> bool:
        """Esc: leave what is open as it is. True if one was."""
        was = self.opened
        self._drop_draft()
        self.changed.emit()
        return was

    # ---- deciding ------------------------------------------------------------------------

    def choose(self, way: Way) -> None:
        one = self.current
        if self.opened and one is not None and way in one.ways:
            self.way, self.problem = way, ""
            self.changed.emit()

    def type_note(self, text: str) -> None:
        self.note, self.problem = text, ""
        self.changed.emit()

    def type_done_by(self, text: str) -> None:
        """The number of the sale or refund by which it was done."""
        self.done_by, self.problem = text, ""
        self.changed.emit()

    @property
    def asks_by(self) -> str:
        """Which number the chosen way asks for: "sale", "refund" or nothing."""
        return _DONE_BY.get(self.way, "") if self.way is not None else ""

    def take(self) -> None:
        """Make it this person's."""
        if self.current is not None and not self.asking:
            self._ask("take_dispute", self._taken, dispute=self.marked)

    def resolve(self) -> None:
        """Decide it. A note is asked for, since whoever looks later was not there."""
        if not self.opened or self.asking or self.way is None:
            return
        if not self.note.strip():
            self.problem = tr("Say what was done, in the field “Note”.")
            self.changed.emit()
            return
        fields = {"way": self.way.value, "note": self.note.strip()}
        if self.asks_by and self.done_by.strip():
            fields[self.asks_by] = self.done_by.strip()
        self._ask("resolve_dispute", self._resolved, dispute=self.marked, **fields)

    def _ask(self, verb: str, done: Any, **fields: Any) -> None:
        self.asking = True
        self.session.bridge.call(verb, done, self._refused, self._ended, **fields)
        self.changed.emit()

    def _ended(self) -> None:
        self.asking = False
        self.changed.emit()

    def _taken(self, _: Answer) -> None:
        self.refresh()

    def _resolved(self, answer: Answer) -> None:
        self.session.toast.emit("good", tr("Resolved: {way}.", way=way_names()[answer["dispute"]["resolution"]["way"]]))
        self._drop_draft()
        self.refresh()

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        self.refresh()


def way_names() -> dict[str, str]:
    """The ways out in words."""
    return {Way.RESEAT: tr("Other seats"), Way.REFUND: tr("Money back"), Way.ACCEPT: tr("Let it stand")}


def way_hints() -> dict[str, str]:
    """What has to be done for each, and what it does."""
    return {
        Way.RESEAT: tr("Sell other seats first, and name that sale here."),
        Way.REFUND: tr("Pay the money back first, and name the refund here."),
        Way.ACCEPT: tr("It stays as it happened; whoever holds a ticket is let in."),
    }
