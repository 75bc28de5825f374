"""The basket: lines at quoted prices, what is sold beside them, their fees, and what it all comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.money import Money, tax_included, total
from pos.domain.price import EXEMPT, Fee, PriceTable, PriceType
from pos.domain.promotion import Item, Off, Promotion, free_of, promote

BASKET_KEPT: Final = timedelta(minutes=10)  # after the last change; then its places may be recalled


@dataclass(frozen=True, slots=True)
class Line:
    """One place in the basket. `place` is the seat or the area's unit (`Foyer#3`).

    `price` is what it costs; `listed` what it cost by the version `prices` of its price list when it was
    `quoted` (ISO 8601) and stays while it is here; `off` is what promotions take off that. `proof` says that
    the cashier has seen what the price type asks for. `kind` is the price type's. `partner` is the line beside
    which a companion's is free, 0 for any other. `marks` are what else its ticket says by value (`sale.MARKS`).
    `orphan_reason` is why a single free seat was left beside it, where the venue wants to know.
    """

    line: int
    show: str
    place: str
    category: str
    price_type: str
    price: Money
    proof: bool
    orphan_reason: str = ""
    listed: Money | None = None
    prices: str = ""
    quoted: str = ""
    kind: str = "normal"
    off: tuple[Off, ...] = ()
    partner: int = 0
    marks: Mapping[str, Any] = field(default_factory=dict)

    @property
    def list_price(self) -> Money:
        return self.price if self.listed is None else self.listed

    @property
    def exempt(self) -> bool:
        """Whether it bears no fee and takes part in no promotion."""
        return self.kind in EXEMPT or bool(self.partner) or "package" in self.marks

    @property
    def promotable(self) -> bool:
        return not self.exempt and "override" not in self.marks and bool(self.quoted)

    def more(self) -> dict[str, Any]:
        """What a ledger keeps of it beside its columns; empty for a plain line."""
        kept: dict[str, Any] = {}
        if self.listed is not None and self.listed != self.price:
            kept["listed"] = self.listed.minor
        for name in ("orphan_reason", "prices", "quoted", "partner"):
            if value := getattr(self, name):
                kept[name] = value
        if self.kind != "normal":
            kept["kind"] = self.kind
        if self.off:
            kept["off"] = [[off.id, off.amount.minor] for off in self.off]
        if self.marks:
            kept["marks"] = dict(self.marks)
        return kept

    def with_more(self, kept: Mapping[str, Any]) -> Line:
        """The line with what `more` gave."""
        currency = self.price.currency
        return replace(
            self,
            orphan_reason=kept.get("orphan_reason", ""),
            listed=Money(kept["listed"], currency) if "listed" in kept else None,
            prices=kept.get("prices", ""),
            quoted=kept.get("quoted", ""),
            kind=kept.get("kind", "normal"),
            off=tuple(Off(id, Money(minor, currency)) for id, minor in kept.get("off", ())),
            partner=kept.get("partner", 0),
            marks=kept.get("marks", {}),
        )


@dataclass(frozen=True, slots=True)
class Article:
    """`count` of a product, or a donation, in the basket. `each` is its price; `line` is numbered with the tickets'."""

    line: int
    product: str
    kind: str
    count: int
    each: Money
    tax_id: str
    tax_basis_points: int
    refundable: bool

    @property
    def amount(self) -> Money:
        return self.each * self.count

    @property
    def tax(self) -> Money:
        return tax_included(self.amount, self.tax_basis_points)

    def to_row(self) -> list[Any]:
        """As a ledger keeps it."""
        return [
            self.line, self.product, self.kind, self.count, self.each.minor, self.each.currency, self.tax_id,
            self.tax_basis_points, self.refundable,
        ]  # fmt: skip

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Article:
        line, product, kind, count, minor, currency, tax_id, points, refundable = row
        return cls(line, product, kind, count, Money(minor, currency), tax_id, points, refundable)


@dataclass(frozen=True, slots=True)
class FeeLine:
    """`count` times a fee. `tax` is in the amount; None for none."""

    id: str
    count: int
    amount: Money
    tax_id: str = ""
    tax: Money | None = None
    refundable: bool = False

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"id": self.id, "count": self.count, "amount": str(self.amount)}
        if self.tax:
            body |= {"tax_id": self.tax_id, "tax": str(self.tax)}
        return body | ({"refundable": True} if self.refundable else {})


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
    `codes` are those of promotions.
    """

    owner: str
    lines: tuple[Line, ...]
    changed_at: datetime | None
    lapsed: bool = False
    number: int = 0
    name: str = ""
    note: str = ""
    articles: tuple[Article, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to pay for."""
        return not (self.lines or self.articles)

    @property
    def expires(self) -> datetime | None:
        return self.changed_at + BASKET_KEPT if self.changed_at and self.lines else None

    @property
    def bearing(self) -> int:
        """How many of its tickets bear fees."""
        return sum(not line.exempt for line in self.lines)

    @property
    def next_line(self) -> int:
        return max([line.line for line in self.lines] + [one.line for one in self.articles], default=0) + 1

    def line(self, number: int) -> Line:
        """Raises Refused("bad_request")."""
        for line in self.lines:
            if line.line == number:
                return line
        raise Refused("bad_request", reason=f"there is no line {number}", lines=[line.line for line in self.lines])

    def tickets_total(self, currency: str) -> Money:
        return total([line.price for line in self.lines], currency)

    def total(self, fees: Iterable[FeeLine], currency: str) -> Money:
        """What it comes to: tickets, what is sold beside them, fees."""
        amounts = [article.amount for article in self.articles] + [fee.amount for fee in fees]
        return self.tickets_total(currency) + total(amounts, currency)


def quote(
    table: PriceTable, types: dict[str, PriceType], category: str, price_type: str, proof: bool, member: str = ""
) -> Money:
    """The price of a category for a price type. Raises Refused("no_price" | "proof_needed").

    A companion's place is free by rule where the list has no price for it.
    """
    if price_type not in types:
        raise Refused("no_price", category=category, price_type=price_type)
    kind = types[price_type]
    listed = table.table.get(category, {}).get(price_type)
    if listed is None and kind.companion and (others := table.table.get(category)):
        listed = Money.zero(next(iter(others.values())).currency)
    price = table.price(category, price_type) if listed is None else listed
    if kind.proof and not proof:
        raise Refused("proof_needed", price_type=price_type, proof=kind.proof)
    if kind.kind == "member" and not member:
        raise Refused("proof_needed", price_type=price_type, proof="member", what="member")
    return price


def priced(
    basket: Basket, promotions: Sequence[Promotion], types: Mapping[str, PriceType], *, keep: bool = False
) -> Basket:
    """The basket with what promotions take off its lines. With `keep` no line that was there becomes dearer."""
    if not (promotions or any(kind.free_every for kind in types.values()) or any(line.off for line in basket.lines)):
        return basket
    items = [
        Item(line.line, line.show, line.category, line.price_type, line.list_price, datetime.fromisoformat(line.quoted))
        for line in basket.lines
        if line.promotable
    ]
    free = free_of(items, types)
    offs = promote([item for item in items if item.line not in free], promotions, basket.codes)
    offs |= {line: (off,) for line, off in free.items()}
    return replace(basket, lines=tuple(_cut(line, offs.get(line.line, ()), keep=keep) for line in basket.lines))


def _cut(line: Line, off: tuple[Off, ...], *, keep: bool) -> Line:
    if not line.promotable:
        return line
    price = line.list_price - total([one.amount for one in off], line.price.currency)
    if keep and line.price < price:
        return line
    return replace(line, price=price, listed=line.list_price, off=off)


def paired(basket: Basket, types: Mapping[str, PriceType], companions: Mapping[str, Mapping[str, str]]) -> Basket:
    """The basket with a partner for each companion: `companions` says, by show, which category's guests have theirs
    in which. Raises Refused("not_allowed") when there is nobody left to go with."""
    taken: set[int] = set()
    lines: list[Line] = []
    for line in basket.lines:
        if line.kind == "companion":
            pairs = companions.get(line.show, {})
            guests = {guest for guest, companion in pairs.items() if companion == line.category}
            partner = _partner(basket, line, types, guests, taken)
            if partner is None:
                reason = "a companion's place goes with its partner's, which must be in the basket before it"
                raise Refused("not_allowed", what="companion", reason=reason, place=line.place)
            taken.add(partner.line)
            line = replace(line, partner=partner.line)
        lines.append(line)
    return replace(basket, lines=tuple(lines))


def _partner(
    basket: Basket, line: Line, types: Mapping[str, PriceType], guests: set[str], taken: set[int]
) -> Line | None:
    """Who a companion goes with: whose companion it is already, else the first who fits."""
    kind = types.get(line.price_type)
    wanted = kind.companion_of if kind is not None else ""
    for other in sorted(basket.lines, key=lambda other: other.line != line.partner):
        fits = other.price_type == wanted if wanted else not guests or other.category in guests
        if other.show == line.show and other.line not in taken and other.kind != "companion" and fits:
            return other
    return None


def without(basket: Basket, lines: Iterable[Line]) -> Basket:
    """The basket without these lines, and without the companions of theirs."""
    gone = {line.line for line in lines}
    return replace(
        basket, lines=tuple(line for line in basket.lines if line.line not in gone and line.partner not in gone)
    )


def check_counts(basket: Basket, types: Mapping[str, PriceType]) -> None:
    """Raises Refused("limit_exceeded") for more of a price type than a sale may have."""
    for name in {line.price_type for line in basket.lines}:
        most = types[name].max_per_sale if name in types else 0
        have = sum(line.price_type == name for line in basket.lines)
        if most and have > most:
            raise Refused("limit_exceeded", what="price_type", price_type=name, limit=most, have=have)


def too_few(basket: Basket, types: Mapping[str, PriceType]) -> list[dict[str, Any]]:
    """Price types that are valid from more tickets of a show than the basket has of them."""
    counts: dict[tuple[str, str], int] = {}
    for line in basket.lines:
        counts[line.show, line.price_type] = counts.get((line.show, line.price_type), 0) + 1
    return [
        {"show": show, "price_type": name, "min": types[name].min, "have": have}
        for (show, name), have in counts.items()
        if name in types and have < types[name].min
    ]


def fee_lines(fees: Iterable[Fee], tickets: int) -> tuple[FeeLine, ...]:
    """The fees of a sale of so many tickets that bear them; none for none."""
    if not tickets:
        return ()
    return tuple(_fee_line(fee, tickets) for fee in fees if fee.here)


def _fee_line(fee: Fee, tickets: int) -> FeeLine:
    count = tickets if fee.per == "ticket" else 1
    amount = fee.amount * count
    parts = fee_parts(amount, tickets) if fee.refundable else [amount]
    tax = total([tax_included(part, fee.tax_basis_points) for part in parts], amount.currency) if fee.tax else None
    return FeeLine(fee.id, count, amount, fee.tax, tax, fee.refundable)


def fee_parts(amount: Money, tickets: int) -> list[Money]:
    """A fee in even parts, one for each ticket that bears it; what does not divide goes to the first ones."""
    each, rest = divmod(amount.minor, tickets)
    return [Money(each + (at < rest), amount.currency) for at in range(tickets)]


def tax_lines(priced: Iterable[tuple[str, int, Money]], currency: str) -> tuple[TaxLine, ...]:
    """Tax by rate from (tax id, basis points, gross price of one ticket).

    Tax is rounded on each ticket, because a ticket is what can come back alone.
    """
    return tax_sums(((tax, gross, tax_included(gross, points)) for tax, points, gross in priced), currency)


def tax_sums(taxed: Iterable[tuple[str, Money, Money]], currency: str) -> tuple[TaxLine, ...]:
    """Tax by rate from (tax id, gross amount, the tax in it)."""
    sums: dict[str, TaxLine] = {}
    for id, gross, tax in taxed:
        if id:
            was = sums.get(id, TaxLine(id, Money.zero(currency), Money.zero(currency)))
            sums[id] = TaxLine(id, was.base + gross, was.tax + tax)
    return tuple(sums.values())
