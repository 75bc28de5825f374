"""Seat stock: what every place of a show is at a moment, how it ages, and what to do about it.

    capacity = free + in tills' hands + in baskets + held + killed + sold + on paper + frozen

A count that does not add up to the capacity is no count: `SeatStock` refuses to be made. A till makes one of what it
believes, the office of its rights; the words are the same.

A show is *short* when few places are left, and *slow* when, so many days before it starts, less of it is sold than
the venue expects. Each gets an action to look at; nothing is done by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

PARTS: Final = ("free", "hands", "basket", "held", "killed", "sold", "paper", "frozen")
SHORT, SLOW = "short", "slow"
KILLED_TYPES: Final = frozenset({"kill"})  # types of holds of seats that are none
WHOLE: Final = 10_000  # basis points
ONE_RULE_DAYS: Final = 7  # from when on a venue's single share is expected
_PERCENT: Final = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?%?")


@dataclass(frozen=True, slots=True)
class SeatStock:
    """How many places of a show are what. `hands`: tills have the right to sell them; `basket`: a customer is being
    sold them here, or they are parked; `frozen`: in quarantine. Raises ValueError where the parts are not the whole."""

    show: str
    capacity: int
    free: int = 0
    hands: int = 0
    basket: int = 0
    held: int = 0
    killed: int = 0
    sold: int = 0
    paper: int = 0
    frozen: int = 0

    def __post_init__(self) -> None:
        parts = {name: getattr(self, name) for name in PARTS}
        if sum(parts.values()) != self.capacity or min(parts.values()) < 0:
            raise ValueError(f"{self.show}: {parts} are not the {self.capacity} places that there are")

    @property
    def left(self) -> int:
        """What can still be sold, without releasing anything."""
        return self.free + self.hands + self.basket

    @property
    def share(self) -> int:
        """What is sold of all that may ever be sold, in basis points."""
        return share_of(self.sold, self.capacity, self.killed)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"left": self.left, "share": self.share}


def share_of(sold: int, capacity: int, killed: int) -> int:
    """What is sold of all places but those that were killed, in basis points."""
    ever = capacity - killed
    return sold * WHOLE // ever if ever else WHOLE


def count(show: str, capacity: int, parts: Mapping[str, int]) -> SeatStock:
    """The one way to a count, at a till and at the office. Raises ValueError."""
    strange = parts.keys() - set(PARTS)
    if strange:
        raise ValueError(f"{show}: places are not {', '.join(sorted(strange))}")
    return SeatStock(show, capacity, **{name: parts.get(name, 0) for name in PARTS})


@dataclass(frozen=True, slots=True)
class Age:
    """How long a show has to go, in whole hours (below nothing when it has begun), and how it sells."""

    hours_left: int
    sold_day: int  # in the last 24 hours
    sold_week: int  # in the last 7 days

    @classmethod
    def at(cls, now: datetime, starts: datetime, sold: Mapping[datetime, int]) -> Age:
        """`sold` is how many tickets were sold when."""
        day, week = (
            sum(count for at, count in sold.items() if now - span < at <= now)
            for span in (timedelta(days=1), timedelta(days=7))
        )
        return cls((starts - now) // timedelta(hours=1), day, week)

    def to_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Expected:
    """At so many days before the start this share should be sold, in basis points."""

    days: int
    share: int


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`short`: with so few places left a show is short, 0 for never. `slow`: by days, the fewest first."""

    short: int = 0
    slow: tuple[Expected, ...] = ()

    @classmethod
    def parse(cls, short: Any, slow: Any) -> Thresholds:
        """Read the venue's `stock_short` and `stock_slow`: a share for the last seven days, or
        `[{days = 14, sold = "30%"}, …]`. Raises ValueError."""
        if not isinstance(short, int) or isinstance(short, bool) or short < 0:
            raise ValueError(f"stock_short {short!r} is no count of places")
        if slow is None:
            return cls(short)
        rules = slow if isinstance(slow, list) else [{"days": ONE_RULE_DAYS, "sold": slow}]
        found = []
        for rule in rules:
            if not (isinstance(rule, dict) and rule.keys() == {"days", "sold"}):
                raise ValueError(f'stock_slow {rule!r} is not like {{days = 14, sold = "30%"}}')
            days = rule["days"]
            if not isinstance(days, int) or isinstance(days, bool) or days < 0:
                raise ValueError(f"stock_slow: {days!r} is no count of days")
            found.append(Expected(days, _share(rule["sold"])))
        return cls(short, tuple(sorted(found, key=lambda one: one.days)))

    def due(self, hours_left: int) -> Expected | None:
        """What should be sold by now of a show that begins in so many hours; None where nothing is expected yet."""
        return next((rule for rule in self.slow if 0 <= hours_left <= rule.days * 24), None)


def _share(value: Any) -> int:
    read = _PERCENT.fullmatch(str(value)) if not isinstance(value, bool) else None
    share = int(read[1]) * 100 + int((read[2] or "").ljust(2, "0")) if read else WHOLE + 1
    if share > WHOLE:
        raise ValueError(f'stock_slow: {value!r} is no share like "30%"')
    return share


@dataclass(frozen=True, slots=True)
class Alert:
    """Why a show wants a look (SHORT | SLOW), and what to do, a word's key; `count` is of how many places, `expected`
    a share in basis points, 0 for a short one."""

    what: str
    action: str
    count: int = 0
    expected: int = 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def alert(stock: SeatStock, age: Age, thresholds: Thresholds, *, own_hand: int = 0) -> Alert | None:
    """Whether a show that is still to come wants a look. `own_hand` is what this till may sell while it is cut off."""
    if age.hours_left < 0:
        return None
    if stock.left < thresholds.short:
        if stock.held:
            return Alert(SHORT, "release_holds", stock.held)
        if stock.hands > own_hand:
            return Alert(SHORT, "recall_hands", stock.hands - own_hand)
        return Alert(SHORT, "standby_list", stock.left)
    due = thresholds.due(age.hours_left)
    if due is None or stock.share >= due.share:
        return None
    if stock.free == 0 and stock.hands > own_hand:
        return Alert(SLOW, "add_allotment", stock.hands - own_hand, due.share)
    return Alert(SLOW, "promotion", stock.left, due.share)


@dataclass(frozen=True, slots=True)
class Line:
    """One show's stock as it is told: its title and start (ISO 8601) beside the figures."""

    title: str
    starts: str
    stock: SeatStock
    age: Age
    alert: Alert | None

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> Line:
        """Raises KeyError or ValueError."""
        stock = count(doc["show"], doc["capacity"], {part: doc[part] for part in PARTS})
        age = Age(doc["hours_left"], doc["sold_day"], doc["sold_week"])
        return cls(doc["title"], doc["starts"], stock, age, Alert(**doc["alert"]) if doc["alert"] else None)

    def to_json(self) -> dict[str, Any]:
        told = self.alert.to_json() if self.alert is not None else None
        return {"title": self.title, "starts": self.starts, **self.stock.to_json(), **self.age.to_json(), "alert": told}


COUNTABLE: Final = ("left", "held", "paper", "sold")  # what two people can count with their hands


def compared(stock: SeatStock, counted: Mapping[str, int]) -> dict[str, int]:
    """What was counted less what should be there, part by part. Raises KeyError for what cannot be counted."""
    should = {"left": stock.left, "held": stock.held + stock.killed, "paper": stock.paper, "sold": stock.sold}
    return {part: number - should[part] for part, number in counted.items()}


def totals(lines: Sequence[Line]) -> dict[str, int]:
    """The sums of several shows, by part; "left" and "capacity" too."""
    names = ("capacity", *PARTS, "left")
    return {name: sum(getattr(line.stock, name) for line in lines) for name in names}
