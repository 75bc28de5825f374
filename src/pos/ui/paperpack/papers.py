"""The packs of this till as the window has them: their tickets by number, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import name_in
from pos.ui.model import PriceType, Show
from pos.ui.paperpack.entry import is_of
from pos.ui.session import Session


@dataclass(frozen=True, slots=True)
class Paper:
    """One numbered ticket. `by` and `at` say who ended it and when, and are empty while it is out."""

    id: str
    pack: str
    show: str
    number: int
    place: str
    category: str
    state: str
    by: str = ""
    at: str = ""

    def ended(self, session: Session) -> str:
        """Why it is not there to be sold or brought back any more; "" for one that is."""
        return "" if self.state == "out" else refusal(session, self.id, self.state, self.by, self.at)


def refusal(session: Session, ticket: str, state: str, by: str, at: str) -> str:
    """The till's own sentence for a ticket that somebody has ended or keyed already."""
    told = {"by": session.names.get(by, by), "since": at} if at else {}
    reason = f"paper ticket {ticket} is {state}"
    return session.sentence(Refused("not_allowed", what="paper", reason=reason, ticket=ticket, state=state, **told))


@dataclass(frozen=True, slots=True)
class Pack:
    """Tickets of one show that went out together."""

    id: str
    show: str
    issued_at: datetime
    user: str
    tickets: tuple[Paper, ...]

    @classmethod
    def read(cls, doc: dict[str, Any]) -> Pack:
        tickets = tuple(
            Paper(
                one["id"], doc["id"], doc["show"], one["number"], one["place"], one["category"], one["state"],
                one.get("by") or "", one.get("at") or "",
            )
            for one in doc["tickets"]
        )  # fmt: skip
        return cls(doc["id"], doc["show"], read_time(doc["issued_at"]), doc["user"], tickets)

    def numbers(self, state: str) -> list[int]:
        return [ticket.number for ticket in self.tickets if ticket.state == state]

    def find(self, number: int) -> Paper | None:
        return next((ticket for ticket in self.tickets if ticket.number == number), None)


class Papers:
    """What both screens of paper know: the packs, the newest first, and what their shows are called and cost."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.packs: list[Pack] = []
        self.shows: dict[str, Show] = {}

    def take(self, answer: Answer) -> set[str]:
        """Take up the answer of `paper`; the shows that nothing is known of yet."""
        self.packs = [Pack.read(doc) for doc in answer["packs"]]
        return {pack.show for pack in self.packs} - self.shows.keys()

    def take_show(self, answer: Answer) -> None:
        show = Show.read(answer)
        self.shows[show.id] = show

    def pack(self, id: str) -> Pack | None:
        return next((pack for pack in self.packs if pack.id == id), None)

    def numbered(self, number: str) -> Pack | None:
        """The pack with this running number."""
        return next((pack for pack in self.packs if is_of(pack.id, number)), None)

    def ticket(self, id: str) -> Paper | None:
        return next((ticket for pack in self.packs for ticket in pack.tickets if ticket.id == id), None)

    @property
    def types(self) -> tuple[PriceType, ...]:
        """The season's price types, in the order of their keys."""
        return next(iter(self.shows.values())).types if self.shows else ()

    def type_name(self, id: str) -> str:
        kind = next((one for one in self.types if one.id == id), None)
        return name_in(kind.names, self.session.language, kind.name) if kind is not None else id

    def price(self, show: str, category: str, kind: str) -> Money | None:
        known = self.shows.get(show)
        return known.prices.get(category, {}).get(kind) if known is not None else None

    def show_name(self, show: str) -> str:
        """ "Tosca · 19:30", its id where no more is known."""
        known = self.shows.get(show)
        if known is None:
            return show
        title = name_in(known.titles, self.session.language, known.title)
        return f"{title} · {self.session.formats.day_and_time(known.starts, self.session.now)}"

    def place_name(self, show: str, place: str) -> str:
        """As the hall on screen names it, where it is of its show."""
        return self.session.label(place) if show == self.session.show_id else place
