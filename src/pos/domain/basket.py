"""The basket: lines at quoted prices, their fees, and what it all comes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pos.domain.errors import Refused
from pos.domain.money import Money, tax_included, total
from pos.domain.season import Fee, PriceTable, PriceType

BASKET_KEPT: Final = timedelta(minutes=10)  # after the last change; then its places may be recalled


@dataclass(frozen=True, slots=True)
class Line:
    """One place in the basket. `place` is the seat or the area's unit (`Foyer#3`).

    The price is the one quoted when the line was made and stays while it is here.
    `proof` says that the cashier has seen what the price type asks for, `orphan_reason`
    why a single free seat was left beside it, where the venue wants to know.
    """

    line: int
    show: str
    place: str
    category: str
    price_type: str
    price: Money
    proof: bool
    orphan_reason: str = ""


@dataclass(frozen=True, slots=True)
class FeeLine:
    """`count` times a fee."""

    id: str
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class TaxLine:
    """Tax inside the amounts of one rate: `base` is gross, `tax` is in it."""

    id: str
    base: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class Basket:
    """A sale in the making. `owner` is the cashier; `changed_at` None when it is empty.

    `lapsed` says that places were taken back after the basket's time ran out. `number` is 0
    for the one in front, else what it is parked under, with a name and a note to know it by.
    """

    owner: str
    lines: tuple[Line, ...]
    changed_at: datetime | None
    lapsed: bool = False
    number: int = 0
    name: str = ""
    note: str = ""

    @property
    def expires(self) -> datetime | None:
        return self.changed_at + BASKET_KEPT if self.changed_at and self.lines else None

    def line(self, number: int) -> Line:
        """Raises Refused("bad_request")."""
        for line in self.lines:
            if line.line == number:
                return line
        raise Refused("bad_request", reason=f"there is no line {number}", lines=[line.line for line in self.lines])

    def tickets_total(self, currency: str) -> Money:
        return total([line.price for line in self.lines], currency)


def quote(table: PriceTable, types: dict[str, PriceType], category: str, price_type: str, proof: bool) -> Money:
    """The price of a category for a price type. Raises Refused("no_price" | "proof_needed")."""
    if price_type not in types:
        raise Refused("no_price", category=category, price_type=price_type)
    price = table.price(category, price_type)
    if types[price_type].proof and not proof:
        raise Refused("proof_needed", price_type=price_type, proof=types[price_type].proof)
    return price


def fee_lines(fees: Iterable[Fee], tickets: int) -> tuple[FeeLine, ...]:
    """The fees of a sale of so many tickets; none for an empty basket."""
    if not tickets:
        return ()
    counted = ((fee, tickets if fee.per == "ticket" else 1) for fee in fees)
    return tuple(FeeLine(fee.id, count, fee.amount * count) for fee, count in counted)


def tax_lines(priced: Iterable[tuple[str, int, Money]], currency: str) -> tuple[TaxLine, ...]:
    """Tax by rate from (tax id, basis points, gross price of one ticket).

    Tax is rounded on each ticket, because a ticket is what can come back alone.
    """
    sums: dict[str, TaxLine] = {}
    for tax, basis_points, price in priced:
        if not tax:
            continue
        was = sums.get(tax, TaxLine(tax, Money.zero(currency), Money.zero(currency)))
        sums[tax] = TaxLine(tax, was.base + price, was.tax + tax_included(price, basis_points))
    return tuple(sums.values())
