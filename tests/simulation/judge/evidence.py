"""What a technician could lay on a table after an evening, and what is read from it.

The judge shares no code with what it judges: paper, money, and the files as SQLite has them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol


class Slip(Protocol):
    """A ticket as it reads on paper."""

    ticket: str
    code: str
    place: str
    starts: str
    copy: int


@dataclass(frozen=True)
class Return:
    """A ticket that a till has answered to have taken back, by a refund, a void or an exchange of that id."""

    ticket: str
    by: str


@dataclass(frozen=True)
class Refund:
    """What a till has answered to have paid out, all in all, for `tickets` that cost `price` together."""

    id: str
    tickets: tuple[str, ...]
    price: Decimal
    paid: Decimal


@dataclass(frozen=True)
class Entry:
    """A line of a journal: number, hash, the fact and the exact bytes it is hashed by."""

    number: int
    hash: str
    fact: dict[str, Any]
    text: bytes


@dataclass(frozen=True)
class Window:
    """One till, after the evening.

    `ledgers` by incarnation, but for those that are gone; `doubtful` names incarnations ("T1.1") of whose
    history there is more than one, or none; `copied`: there was a copy that had every fact, and may
    have printed a queued job once more. `sold`, `returned`, `refunds`,
    `copies` (ticket, number) and `spent` (kind, code, amount) are what the till has answered.
    """

    name: str
    ledgers: dict[int, Path]
    replica: Path | None
    slips: Sequence[Slip]
    sold: Sequence[dict[str, Any]]
    drawer: Decimal | None  # None when it cannot be known
    doubtful: frozenset[str]
    copied: bool = False
    returned: Sequence[Return] = ()
    refunds: Sequence[Refund] = ()
    copies: Sequence[tuple[str, int]] = ()
    spent: Sequence[tuple[str, str, Decimal]] = ()  # of vouchers and gift cards; negative: paid back
    cut_short: frozenset[str] = frozenset()  # incarnations whose PC broke: what waited to be printed never was
    unprinted: frozenset[str] = frozenset()  # tickets whose token was elsewhere, and that were not printed again
    poisoned: frozenset[str] = frozenset()  # ids of facts that the office cannot read
    cloned: frozenset[tuple[str, str]] = frozenset()  # places that it ever had in hand, being a clone
    brought_back: frozenset[str] = frozenset()  # tickets of paper packs that were torn up unsold
    cards: Mapping[str, int] | None = None  # minor units that the terminal has moved; None: the books cannot know

    @cached_property
    def journals(self) -> dict[int, list[Entry]]:
        return {incarnation: _journal(path) for incarnation, path in self.ledgers.items()}


@dataclass
class Evidence:
    """Everything there is. `db` is the office's database."""

    db: sqlite3.Connection
    windows: Sequence[Window]
    facts: list[dict[str, Any]] = field(init=False)  # the office's, in its order

    def __post_init__(self) -> None:
        rows = self.rows("SELECT envelope FROM fact ORDER BY till, incarnation, number")
        self.facts = [json.loads(text) for (text,) in rows]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.db.execute(query).fetchall()

    @cached_property
    def cloned(self) -> set[tuple[str, str]]:
        """Places that a clone of a machine had in hand: either of the two may have sold them or passed them on."""
        return {place for window in self.windows for place in window.cloned}

    @cached_property
    def _doubtful(self) -> set[str]:
        return {one for window in self.windows for one in window.doubtful}

    def doubtful(self, id: str) -> bool:
        """Whether this fact ("T1.2.17"), sale or ticket ("T1.2-00003-1") is of an incarnation that is doubtful."""
        return owner(id) in self._doubtful

    def of_two(self, id: str) -> bool:
        """Whether a machine and its clone have both given such numbers, so that two tickets may have this one."""
        return self.doubtful(id) and any(
            window.copied for window in self.windows if owner(id).startswith(f"{window.name}.")
        )

    def all_facts(self) -> Iterator[dict[str, Any]]:
        """Every fact there is, at the office or in a journal; one that is in both comes twice."""
        yield from self.facts
        for window in self.windows:
            for journal in window.journals.values():
                yield from (entry.fact for entry in journal)


def owner(id: str) -> str:
    """The incarnation ("T1.2") that a fact ("T1.2.17"), a sale or a ticket ("T1.2-00003-1") is of."""
    till, _, incarnation = id.partition("-")[0].partition(".")
    return f"{till}.{incarnation.partition('.')[0] or '1'}"


def is_purse(show: str) -> bool:
    """Vouchers and gift cards are places of shows that are none: always sold, and of no ticket."""
    return show.startswith("~")


def fact_id(fact: dict[str, Any]) -> str:
    return f"{fact['till']}.{fact['incarnation']}.{fact['number']}"


def begun(fact: dict[str, Any]) -> list[dict[str, Any]]:
    """The tickets that begin with a fact."""
    if fact["kind"] in ("TicketsSold", "TicketsExchanged"):
        tickets: list[dict[str, Any]] = fact["body"]["sale"]["tickets"]
        return tickets
    return []


def on_paper(fact: dict[str, Any]) -> list[dict[str, Any]]:
    """The tickets of a pack that goes out with a fact: they may be sold by hand."""
    if fact["kind"] == "PaperIssued":
        tickets: list[dict[str, Any]] = fact["body"]["tickets"]
        return tickets
    return []


def ended(fact: dict[str, Any]) -> list[tuple[str, str]]:
    """The tickets that end with a fact, and what the office is to call them."""
    if fact["kind"] == "TicketsRefunded":
        return [(ticket["id"], "refunded") for ticket in fact["body"]["refund"]["tickets"]]
    if fact["kind"] == "TicketsVoided":
        return [(ticket["id"], "void") for ticket in fact["body"]["refund"]["tickets"]]
    if fact["kind"] == "TicketsExchanged":
        return [(ticket["id"], "exchanged") for ticket in fact["body"]["sale"]["exchanged"]]
    return []


def read(path: Path, query: str) -> list[tuple[Any, ...]]:
    """What a query finds in a file."""
    with closing(sqlite3.connect(path)) as db:
        return db.execute(query).fetchall()


def _journal(path: Path) -> list[Entry]:
    rows = read(path, "SELECT number, hash, envelope FROM journal ORDER BY number")
    return [Entry(number, digest, json.loads(bytes(text)), bytes(text)) for number, digest, text in rows]


Found = Iterable[str]
