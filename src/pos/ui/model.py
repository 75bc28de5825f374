"""What the till answers, as values the screens draw. Amounts become Money, times datetimes.

Reading is strict: a missing key is a defect of the till and surfaces as one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pos.domain.money import Money
from pos.ui.format import read_time

Document = dict[str, Any]


def _time(text: str | None) -> datetime | None:
    return read_time(text) if text else None


@dataclass(frozen=True, slots=True)
class ShowCard:
    """A show in the tabs and in the list of all shows. `on_sale`, `sales_until` may be None."""

    id: str
    title: str
    titles: dict[str, str]
    starts: datetime
    free: int
    held_here: int
    capacity: int
    sells: bool
    on_sale: datetime | None
    sales_until: datetime | None
    as_of: datetime | None
    short: bool = False  # few places are left, by the venue's measure
    slow: bool = False  # less is sold than the venue expects by now
    changed: bool = False  # it is announced otherwise than when somebody here last read it

    @classmethod
    def read(cls, doc: Document) -> ShowCard:
        return cls(
            doc["id"],
            doc["title"],
            dict(doc.get("titles") or {}),
            read_time(doc["starts"]),
            int(doc["free"]),
            int(doc["held_here"]),
            int(doc["capacity"]),
            bool(doc["sells"]),
            _time(doc.get("on_sale")),
            _time(doc.get("sales_until")),
            _time(doc.get("as_of")),
            bool(doc.get("short")),
            bool(doc.get("slow")),
            bool(doc.get("changed")),
        )


@dataclass(frozen=True, slots=True)
class TermsNow:
    """What applies at this moment. A fee is "10%" or an amount, as the terms say."""

    refund_allowed: bool
    refund_until: datetime | None
    refund_fee: str
    exchange_allowed: bool
    exchange_until: datetime | None
    exchange_fee: str

    @classmethod
    def read(cls, doc: Document) -> TermsNow:
        return cls(
            bool(doc["refund_allowed"]),
            _time(doc.get("refund_until")),
            str(doc.get("refund_fee") or ""),
            bool(doc["exchange_allowed"]),
            _time(doc.get("exchange_until")),
            str(doc.get("exchange_fee") or ""),
        )


@dataclass(frozen=True, slots=True)
class PriceType:
    """`proof` names what the cashier must have seen ("student card"), or is empty; `terms` are not the show's.

    `kind` is comp, companion, member or normal; `approval`: a supervisor must approve it; `least`: from how many.
    """

    id: str
    name: str
    names: dict[str, str]
    proof: str
    terms: TermsNow | None = None
    kind: str = "normal"
    approval: bool = False
    least: int = 0

    @property
    def asks(self) -> bool:
        """Whether it takes more than a key: a reason, a member's number, a supervisor."""
        return self.kind in ("comp", "member") or self.approval

    @property
    def plain(self) -> bool:
        """Whether any seat may be taken at it without a question."""
        return not (self.proof or self.asks or self.least or self.kind == "companion")


@dataclass(frozen=True, slots=True)
class Show:
    """One show in full: its prices by category, then price type, and the terms now."""

    id: str
    title: str
    titles: dict[str, str]
    starts: datetime
    currency: str
    categories: tuple[str, ...]
    prices: dict[str, dict[str, Money]]
    types: tuple[PriceType, ...]
    fees: dict[str, dict[str, str]]
    terms: TermsNow
    companions: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, doc: Document) -> Show:
        currency = doc["currency"]
        return cls(
            doc["id"],
            doc["title"],
            dict(doc.get("titles") or {}),
            read_time(doc["starts"]),
            currency,
            tuple(category["name"] for category in doc["categories"]),
            {
                category: {kind: Money.parse(price, currency) for kind, price in row.items()}
                for category, row in doc["prices"].items()
            },
            tuple(
                PriceType(
                    kind["id"],
                    kind["name"],
                    dict(kind.get("names") or {}),
                    kind.get("proof") or "",
                    TermsNow.read(kind["terms"]) if "terms" in kind else None,
                    "companion" if kind.get("companion_of") else kind.get("kind") or "normal",
                    bool(kind.get("approval")),
                    int(kind.get("min") or 0),
                )
                for kind in doc["price_types"]
            ),
            {fee["id"]: dict(fee.get("names") or {}) for fee in doc["fees"]},
            TermsNow.read(doc["terms"]),
            dict(doc.get("companions") or {}),
        )

    def type(self, kind: str) -> PriceType | None:
        return next((each for each in self.types if each.id == kind), None)

    def terms_of(self, kind: str) -> TermsNow:
        """Those that a ticket of this price type is sold under."""
        found = self.type(kind)
        return found.terms if found is not None and found.terms is not None else self.terms


@dataclass(frozen=True, slots=True)
class Line:
    """One place in the basket. `ix` is the seat's index on the plan, -1 for a unit of an area."""

    line: Any
    show: str
    title: str
    place: str
    ix: int
    label: str
    category: str
    price_type: str
    price: Money
    proof: bool
    was: Money | None = None  # by the list, or before a supervisor set it, where that is another
    promotions: tuple[tuple[str, Money], ...] = ()  # name, and what it takes off
    set_by_hand: bool = False
    comp: bool = False
    companion: bool = False
    package: str = ""  # the pass that pays for it, or the series it is a ticket of

    @classmethod
    def read(cls, doc: Document, currency: str) -> Line:
        ix, override = doc.get("ix"), doc.get("override")
        was = override["was"] if override is not None else doc.get("listed")
        return cls(
            doc["line"],
            doc["show"],
            doc["title"],
            doc["place"],
            -1 if ix is None else int(ix),
            doc["label"],
            doc["category"],
            doc["price_type"],
            Money.parse(doc["price"], currency),
            bool(doc.get("proof")),
            Money.parse(was, currency) if was is not None else None,
            tuple((one["name"], Money.parse(one["off"], currency)) for one in doc.get("promotions") or ()),
            override is not None,
            "comp" in doc,
            bool(doc.get("partner")),
            str(doc.get("package") or ""),
        )


@dataclass(frozen=True, slots=True)
class FeeLine:
    id: str
    name: str
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """What is sold beside tickets; `line` is numbered with theirs. Of a pass `product` is its code."""

    line: Any
    product: str
    name: str
    donation: bool
    count: int
    price: Money
    amount: Money
    package: bool = False

    @classmethod
    def read(cls, doc: Document, currency: str) -> ArticleLine:
        price, amount = (Money.parse(doc[key], currency) for key in ("price", "amount"))
        donation, package = (doc["kind"] == kind for kind in ("donation", "package"))
        return cls(doc["line"], doc["id"], doc["name"], donation, int(doc["count"]), price, amount, package)


@dataclass(frozen=True, slots=True)
class Basket:
    """The sale in the making. `expires` is when its rights lapse, None while it is empty. `deposit` has paid its part
    of it already: `total` is what is left."""

    lines: tuple[Line, ...]
    fees: tuple[FeeLine, ...]
    total: Money
    expires: datetime | None
    owner: str
    articles: tuple[ArticleLine, ...] = ()
    codes: tuple[str, ...] = ()
    deposit: Money | None = None
    too_few: tuple[tuple[str, int, int], ...] = ()  # price type, from how many, how many there are
    passes: tuple[tuple[str, Money], ...] = ()  # code of a pass, and what it pays

    @property
    def empty(self) -> bool:
        """Whether there is nothing to pay for."""
        return not (self.lines or self.articles)

    def by_show(self) -> Basket:
        """The same with each show's lines together, in the order their shows came."""
        shows = list(dict.fromkeys(line.show for line in self.lines))
        return replace(self, lines=tuple(sorted(self.lines, key=lambda line: shows.index(line.show))))

    @classmethod
    def read(cls, doc: Document, currency: str) -> Basket:
        return cls(
            tuple(Line.read(line, currency) for line in doc["lines"]),
            tuple(
                FeeLine(fee["id"], fee["name"], int(fee["count"]), Money.parse(fee["amount"], currency))
                for fee in doc.get("fee_lines") or ()
            ),
            Money.parse(doc.get("due", doc["total"]), currency),
            _time(doc.get("expires")),
            doc.get("owner") or "",
            tuple(ArticleLine.read(article, currency) for article in doc.get("articles") or ()),
            tuple(doc.get("codes") or ()),
            Money.parse(doc["deposit"], currency) if "deposit" in doc else None,
            tuple((few["price_type"], int(few["min"]), int(few["have"])) for few in doc.get("too_few") or ()),
            tuple((one["code"], Money.parse(one["amount"], currency)) for one in doc.get("passes") or ()),
        )


@dataclass(frozen=True, slots=True)
class Sale:
    """A finished sale, for the change screen and the foot. `tickets` are ticket ids."""

    id: str
    total: Money
    rounding: Money
    change: Money
    given: Money | None
    tickets: tuple[str, ...]
    at: datetime

    @classmethod
    def read(cls, doc: Document, currency: str, given: Money | None, at: datetime) -> Sale:
        return cls(
            doc["id"],
            Money.parse(doc["total"], currency),
            Money.parse(doc.get("rounding") or "0", currency),
            Money.parse(doc["change"], currency),
            given,
            tuple(ticket["id"] for ticket in doc["tickets"]),
            at,
        )


@dataclass(frozen=True, slots=True)
class Job:
    """A print job: `state` is queued, started, done, failed or unknown; `text` says why it failed."""

    job: Any
    kind: str
    sale: str
    state: str
    text: str
    tickets: tuple[str, ...] = field(default=())
    at: datetime | None = None  # when it was first wanted
    copy: int = 0  # which copy it is, 0 for the original

    @property
    def open(self) -> bool:
        """Whether it may still print by itself."""
        return self.state in ("queued", "started")

    @classmethod
    def read(cls, doc: Document) -> Job:
        return cls(
            doc["job"],
            doc.get("kind") or "",
            doc.get("sale") or "",
            doc["state"],
            doc.get("text") or "",
            tuple(doc.get("tickets") or ()),
            _time(doc.get("at")),
            int(doc.get("copy") or 0),
        )
