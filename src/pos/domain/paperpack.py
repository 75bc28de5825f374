"""A paper pack: what a counter sells one show with when its till is dark.

* It is a picture of a moment. What it says of a show is as good as the moment it was made, so every page carries that
  moment, and whoever looks is told what has changed since.
* Only numbered tickets are sold from it without a doubt: their places are on paper, and no till sells them. A place
  that is merely in hand may have been sold here since the list was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from pos.domain.calendar import Calendar
from pos.domain.housechart import HouseChart
from pos.domain.money import Money
from pos.domain.season import Show

NAME: Final = "paper_pack"
BLANK_LINES: Final = 40  # of a sale log, beside those of the numbered tickets
_LATE: Final = timedelta(hours=6)  # a show of the small hours belongs to the evening before, however the day ends


@dataclass(frozen=True, slots=True)
class SeatRun:
    """Places in hand of one category and row: "Stalls", "C", "1–4, 7". An area has no row, and its count alone."""

    category: str
    row: str
    seats: str
    count: int


@dataclass(frozen=True, slots=True)
class Pickup:
    """A ticket that somebody may come for. `ready_at` is the till where it lies printed, "" where it is not."""

    name: str
    sale: str
    place: str
    ready_at: str


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What a customer pays for one ticket of this type, the ticket's fees included, by category. `number` is how the
    sale log names the type."""

    number: int
    name: str
    proof: str
    prices: Mapping[str, Money]


@dataclass(frozen=True, slots=True)
class PriceSheet:
    """One version of the prices. `since` is ISO 8601, "" for the one that is in force when the pack is made."""

    since: str
    rows: tuple[PriceRow, ...]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A numbered ticket that is out: its id, which is printed on it, and how it is keyed in, by pack and number."""

    id: str
    short: str
    place: str
    category: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody to call."""

    name: str
    role: str
    telephone: str


@dataclass(frozen=True)
class PaperPack:
    """Everything as finished text in one language, but for words that every pack has. Times are ISO 8601; `plan` is
    the version of the contingency plan, `as_of` what the office last said. `fees` are those of a whole sale."""

    show: str
    title: str
    venue: str
    starts: str
    till: str
    made_at: str
    as_of: str
    plan: str
    steps: tuple[str, ...] = ()
    people: tuple[Caller, ...] = ()
    chart: HouseChart | None = None
    seats: tuple[SeatRun, ...] = ()
    pickups: tuple[Pickup, ...] = ()
    prices: tuple[PriceSheet, ...] = ()
    fees: tuple[tuple[str, Money], ...] = ()
    tickets: tuple[Numbered, ...] = ()
    training: bool = False

    @property
    def in_hand(self) -> int:
        return sum(run.count for run in self.seats)


@dataclass(frozen=True)
class Basis:
    """What a pack was made of, as far as a change of it makes the pack stale: the places in hand, the numbered tickets
    that are out, and the versions of prices, show and plan."""

    hand: frozenset[str] = frozenset()
    tickets: frozenset[str] = frozenset()
    versions: tuple[str, ...] = field(default_factory=tuple)

    def changed(self, now: Basis) -> int:
        """How many places and tickets are not as they were."""
        return len(self.hand ^ now.hand) + len(self.tickets ^ now.tickets)


def of_day(shows: Iterable[Show], calendar: Calendar, now: datetime) -> list[Show]:
    """The shows that this till may yet sell today, the soonest first."""
    today = calendar.day_of(now)

    def belongs(show: Show) -> bool:
        night = calendar.local(show.starts) - _LATE
        return today in (calendar.day_of(show.starts), calendar.day_of(night))

    return sorted(
        (show for show in shows if show.sells_at(now) and belongs(show)), key=lambda show: (show.starts, show.id)
    )


def runs(numbers: Sequence[str]) -> str:
    """Seat numbers in the order of their row, neighbours drawn together: "1–4, 7"."""
    found: list[list[str]] = []
    for number in numbers:
        if found and _follows(found[-1][-1], number):
            found[-1].append(number)
        else:
            found.append([number])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}{'–' if len(run) > 2 else ', '}{run[-1]}" for run in found)


def _follows(before: str, number: str) -> bool:
    """Whether a number is the next one, up or down."""
    return before.isdecimal() and number.isdecimal() and abs(int(number) - int(before)) == 1
