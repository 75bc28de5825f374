"""What things cost: price types, price lists and their versions, fees, products.

A price list is known by one name and may have several versions, each with the moment from which it is in
effect and, if it is to stay unseen until then, the moment of its publication. What is quoted is quoted by the
version in effect at that moment, and keeps the price.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.money import Money

KINDS: Final = ("normal", "comp", "companion", "member")  # of price types
EXEMPT: Final = frozenset({"comp", "companion"})  # those that bear no fee and take part in no promotion
CHANNEL: Final = "counter"  # what a till is among the ways to sell

Names = dict[str, str]


@dataclass(frozen=True, slots=True)
class PriceType:
    """Adult, student, … `proof` is what the cashier must have seen.

    `kind`: comp (free or nearly so, with a reason and a supervisor), companion (free by rule, beside a partner),
    member (with a member's number only) or normal. `min`: how many of it make it valid in one sale and show;
    `free_every`: of so many of it, the cheapest costs nothing; `max_per_sale`: how many a sale may have;
    `approval`: a supervisor must approve it; `companion_of`: the price type of the partner; `terms`: its own, where
    they are not the show's. 0 and "" for none.
    """

    id: str
    names: Names
    proof: str = ""
    kind: str = "normal"
    min: int = 0
    free_every: int = 0
    max_per_sale: int = 0
    approval: bool = False
    companion_of: str = ""
    terms: str = ""

    @property
    def companion(self) -> bool:
        return self.kind == "companion" or bool(self.companion_of)

    @property
    def exempt(self) -> bool:
        """Whether it bears no fee and takes part in no promotion."""
        return self.companion or self.kind in EXEMPT


@dataclass(frozen=True, slots=True)
class PriceTable:
    """One version of a price list: category or area id -> price type -> price; a missing pair is not on sale.

    `id` is the version's, `list` the name by which shows know it. `valid_from` None is from ever,
    `published` None is seen at once.
    """

    id: str
    tax: str
    tax_basis_points: int
    table: dict[str, dict[str, Money]]
    list: str = ""
    valid_from: datetime | None = None
    published: datetime | None = None

    def price(self, category: str, price_type: str) -> Money:
        """Raises Refused("no_price")."""
        price = self.table.get(category, {}).get(price_type)
        if price is None:
            raise Refused("no_price", category=category, price_type=price_type)
        return price

    def seen(self, now: datetime) -> bool:
        return self.published is None or self.published <= now

    def in_effect(self, now: datetime) -> bool:
        return self.seen(now) and (self.valid_from is None or self.valid_from <= now)


_EVER: Final = datetime.min.replace(tzinfo=UTC)


def _from(table: PriceTable) -> datetime:
    return table.valid_from or _EVER


def version_at(tables: Iterable[PriceTable], name: str, now: datetime) -> PriceTable | None:
    """The version of the list `name` that is in effect, None when there is none yet: the one valid latest."""
    versions = [table for table in tables if (table.list or table.id) == name and table.in_effect(now)]
    return max(versions, key=_from, default=None)


def next_version(tables: Iterable[PriceTable], name: str, now: datetime) -> PriceTable | None:
    """The published version that comes into effect next, None when there is none."""
    coming = [t for t in tables if (t.list or t.id) == name and t.seen(now) and not t.in_effect(now)]
    return min(coming, key=_from, default=None)


def version_id(name: str, valid_from: str) -> str:
    """What a version of a price list is called: the list, and from when it is valid. Raises ValueError."""
    return f"{name}@{datetime.fromisoformat(valid_from).astimezone(UTC).isoformat(timespec='seconds')}"


@dataclass(frozen=True, slots=True)
class Fee:
    """`per` ticket or sale. What is `refundable` goes back with the ticket. `channels`: where it is charged,
    everywhere when that is empty."""

    id: str
    names: Names
    per: str
    amount: Money
    tax: str = ""
    tax_basis_points: int = 0
    refundable: bool = False
    channels: tuple[str, ...] = ()

    @property
    def here(self) -> bool:
        """Whether it is charged at a counter."""
        return not self.channels or CHANNEL in self.channels


@dataclass(frozen=True, slots=True)
class Product:
    """What is sold beside tickets: a `product` (programme, drink voucher) or a `donation`.

    `price` None: the buyer says how much (a donation).
    """

    id: str
    names: Names
    kind: str
    price: Money | None
    tax: str = ""
    tax_basis_points: int = 0
    refundable: bool = True

    @property
    def account(self) -> str:
        """Where it is earned in the books."""
        return f"{self.kind}:{self.id}"


def tax_basis_points(rate: object) -> int:
    """ "10" percent -> 1000 basis points. Raises ValueError."""
    points = Money.parse(rate, "EUR").minor
    if not 0 <= points <= 10_000:
        raise ValueError(f"{rate!r} is not a tax rate between 0 and 100 percent")
    return points


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None


def read_price_type(doc: dict[str, Any]) -> PriceType:
    return PriceType(
        doc["id"],
        doc.get("name", {}),
        doc.get("proof", ""),
        doc.get("kind", "normal"),
        doc.get("min", 0),
        doc.get("free_every", 0),
        doc.get("max_per_sale", 0),
        bool(doc.get("approval", False)),
        doc.get("companion_of", ""),
        doc.get("terms", ""),
    )


def read_prices(doc: dict[str, Any], taxes: dict[str, int], currency: str) -> PriceTable:
    """Raises ValueError or KeyError."""
    tax = doc.get("tax", "")
    published = _moment(doc.get("published"))
    return PriceTable(
        doc["id"],
        tax,
        taxes[tax] if tax else 0,
        {c: {t: Money.parse(p, currency) for t, p in row.items()} for c, row in doc["table"].items()},
        doc.get("list", doc["id"]),
        _moment(doc.get("valid_from")) or published,
        published,
    )


def read_fee(doc: dict[str, Any], taxes: dict[str, int], currency: str) -> Fee:
    """Raises ValueError or KeyError."""
    tax, channel = doc.get("tax", ""), doc.get("channel", ())
    return Fee(
        doc["id"],
        doc.get("name", {}),
        doc["per"],
        Money.parse(doc["amount"], currency),
        tax,
        taxes[tax] if tax else 0,
        bool(doc.get("refundable", False)),
        (channel,) if isinstance(channel, str) else tuple(channel),
    )


def read_product(doc: dict[str, Any], taxes: dict[str, int], currency: str) -> Product:
    """Raises ValueError or KeyError."""
    tax, kind = doc.get("tax", ""), doc.get("kind", "product")
    return Product(
        doc["id"],
        doc.get("name", {}),
        kind,
        Money.parse(doc["price"], currency) if "price" in doc else None,
        tax,
        taxes[tax] if tax else 0,
        bool(doc.get("refundable", kind == "product")),
    )
