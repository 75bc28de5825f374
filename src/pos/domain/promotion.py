"""Promotions: what is taken off the prices of a basket, and by which rule.

The laws:

* A promotion looks at the tickets of one show at a time. It applies to those of its shows, categories and price
  types that were quoted within its window, if there are at least `min` of them, and with its code, if it has one.
* A ticket has one promotion at most that is not combinable. The one that takes off most in all is applied first,
  then the next best to the tickets that are left; those of equal worth in the order of the season file.
* Combinable ones come after that, in the order of the file, each on what the ones before it have left.
* A percentage is rounded half up to the smallest unit on each ticket, since a ticket is what can come back alone.
* Nothing ever costs less than nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pos.domain.money import Money, round_half_up, total
from pos.domain.price import Names, PriceType

FREE_EVERY: Final = "free_every"  # the name under which a price type's own rule takes off


@dataclass(frozen=True, slots=True)
class Promotion:
    """One of three: `percent` off in basis points, `amount` off a ticket, or of every `free_every` tickets the
    cheapest for nothing. Empty sets mean all; `starts` and `until` None: no limit."""

    id: str
    names: Names
    percent: int = 0
    amount: Money | None = None
    free_every: int = 0
    code: str = ""
    starts: datetime | None = None
    until: datetime | None = None
    shows: frozenset[str] = field(default_factory=frozenset)
    price_types: frozenset[str] = field(default_factory=frozenset)
    categories: frozenset[str] = field(default_factory=frozenset)
    min: int = 1
    combinable: bool = False

    def open(self, at: datetime) -> bool:
        return (self.starts is None or self.starts <= at) and (self.until is None or at <= self.until)

    def covers(self, item: Item) -> bool:
        return (
            self.open(item.at)
            and (not self.shows or item.show in self.shows)
            and (not self.price_types or item.price_type in self.price_types)
            and (not self.categories or item.category in self.categories)
        )


@dataclass(frozen=True, slots=True)
class Item:
    """A ticket in the making: its line in the basket, its price by the list, and when that was quoted."""

    line: int
    show: str
    category: str
    price_type: str
    price: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class Off:
    """What a promotion takes off one ticket."""

    id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class _Cut:
    """What one promotion would do to tickets of one show: off by line, and the lines that it needs for that."""

    promotion: str
    off: dict[int, Money]
    lines: frozenset[int]
    worth: int


def same_code(code: str) -> str:
    """A code as it is compared: people write it in any case."""
    return code.strip().casefold()


def free_of(items: Sequence[Item], types: Mapping[str, PriceType]) -> dict[int, Off]:
    """What the price types' own `free_every` makes free, by line."""
    found: dict[int, Off] = {}
    for (_, name), of in _grouped(items, lambda item: (item.show, item.price_type)).items():
        kind = types.get(name)
        if kind is not None and kind.free_every > 0:
            for item in _cheapest(of, len(of) // kind.free_every):
                if item.price:
                    found[item.line] = Off(FREE_EVERY, item.price)
    return found


def promote(
    items: Sequence[Item], promotions: Sequence[Promotion], codes: Iterable[str] = ()
) -> dict[int, tuple[Off, ...]]:
    """What is taken off each line that anything is taken off."""
    given = {same_code(code) for code in codes}
    here = [one for one in promotions if not one.code or same_code(one.code) in given]
    left = {item.line: item.price for item in items}
    found: dict[int, list[Off]] = defaultdict(list)
    for cut in _best([one for one in here if not one.combinable], items, left):
        _apply(cut, left, found)
    for one in here:
        if one.combinable:
            for of in _by_show(one, items).values():
                if (joined := _cut(one, of, left)) is not None:
                    _apply(joined, left, found)
    return {line: tuple(offs) for line, offs in found.items()}


def _apply(cut: _Cut, left: dict[int, Money], found: dict[int, list[Off]]) -> None:
    for line, amount in cut.off.items():
        left[line] -= amount
        found[line].append(Off(cut.promotion, amount))


def _best(promotions: Sequence[Promotion], items: Sequence[Item], left: Mapping[int, Money]) -> Iterable[_Cut]:
    """The best promotion first, then the best for what it leaves, and so on."""
    open_: list[tuple[Promotion, list[Item]]] = [
        (one, of) for one in promotions for of in _by_show(one, items).values()
    ]
    cuts = [_cut(one, of, left) for one, of in open_]
    while (best := max((cut for cut in cuts if cut is not None), key=lambda cut: cut.worth, default=None)) is not None:
        yield best
        for at, (one, of) in enumerate(open_):
            if any(item.line in best.lines for item in of):
                rest = [item for item in of if item.line not in best.lines]
                open_[at], cuts[at] = (one, rest), _cut(one, rest, left)


def _cut(promotion: Promotion, items: Sequence[Item], left: Mapping[int, Money]) -> _Cut | None:
    """What a promotion takes off these tickets of one show; None when that is nothing."""
    if len(items) < promotion.min:
        return None
    if promotion.free_every:
        free = len(items) // promotion.free_every
        cheapest = _cheapest(items, free * promotion.free_every, left)
        off = {item.line: left[item.line] for item in cheapest[:free]}
        needed = frozenset(item.line for item in cheapest)
    else:
        off = {item.line: _off(promotion, left[item.line]) for item in items}
        needed = frozenset(off)
    off = {line: amount for line, amount in off.items() if amount}
    if not off:
        return None
    worth = total(list(off.values()), items[0].price.currency).minor
    return _Cut(promotion.id, off, needed, worth)


def _off(promotion: Promotion, price: Money) -> Money:
    if promotion.amount is not None:
        return min(promotion.amount, price)
    return Money(round_half_up(price.minor * promotion.percent, 10_000), price.currency)


def _cheapest(items: Sequence[Item], count: int, left: Mapping[int, Money] | None = None) -> list[Item]:
    return sorted(items, key=lambda item: (left[item.line] if left is not None else item.price, item.line))[:count]


def _by_show(promotion: Promotion, items: Sequence[Item]) -> dict[Any, list[Item]]:
    return _grouped([item for item in items if promotion.covers(item)], lambda item: item.show)


def _grouped(items: Sequence[Item], key: Any) -> dict[Any, list[Item]]:
    groups: dict[Any, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def parse_off(text: object, currency: str) -> int | Money:
    """ "20%" -> basis points, "5.00" -> Money. ValueError for anything else, and for nothing off."""
    if isinstance(text, str) and text.endswith("%"):
        percent = Money.parse(text[:-1].strip(), "EUR").minor
        if not 0 < percent <= 10_000:
            raise ValueError(f"{text!r} is not more than 0 % and at most 100 %")
        return percent
    amount = Money.parse(text, currency)
    if amount.minor <= 0:
        raise ValueError(f"{text!r} must be more than nothing")
    return amount


def read_promotion(doc: dict[str, Any], currency: str) -> Promotion:
    """Read the document of a `[[promotion]]`. Raises ValueError or KeyError."""
    off = parse_off(doc["off"], currency) if "off" in doc else 0
    starts, until = (datetime.fromisoformat(doc[key]) if key in doc else None for key in ("from", "until"))
    shows, price_types, categories = (frozenset(doc.get(key, ())) for key in ("shows", "price_types", "categories"))
    return Promotion(
        doc["id"],
        doc.get("name", {}),
        off if isinstance(off, int) else 0,
        off if isinstance(off, Money) else None,
        doc.get("free_every", 0),
        doc.get("code", ""),
        starts,
        until,
        shows,
        price_types,
        categories,
        doc.get("min", 1),
        bool(doc.get("combinable", False)),
    )
