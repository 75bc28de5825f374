"""A season as both ends keep it: small documents (JSON objects) by family and id.

The office makes them from a season file, the till reads them from its replica.
Amounts are decimal strings and times ISO 8601 with offset, as in the season file.
Families: venue, price_type, prices, promotion, product, terms, production, show, fee, user, till, plan, currency,
account, promoter; and two which the office itself writes: fence, the incarnations of tills that may not act any more,
and key, the public keys of all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from pos.domain.agreement import Agreement
from pos.domain.announced import Announced
from pos.domain.best import Taste
from pos.domain.calendar import MIDNIGHT, parse_day_ends
from pos.domain.certificate import Hand, read_key
from pos.domain.check import OrderCheck
from pos.domain.denominations import denominations
from pos.domain.errors import Refused
from pos.domain.foreign import ForeignCash
from pos.domain.money import Money
from pos.domain.packages import Package
from pos.domain.price import (
    Fee,
    Names,
    PriceTable,
    PriceType,
    Product,
    read_fee,
    read_price_type,
    read_prices,
    read_product,
    tax_basis_points,
    version_at,
)
from pos.domain.promoter import Promoter
from pos.domain.promotion import Promotion, read_promotion
from pos.domain.seatstock import Thresholds
from pos.domain.terms import Step, Terms, parse_fee

FAMILIES: Final = (
    "venue", "tax", "price_type", "prices", "terms", "production", "show", "fee", "user", "till", "plan", "fence",
    "key", "currency", "account", "promotion", "product", "package", "agreement", "promoter",
)  # fmt: skip
ROLES: Final = ("cashier", "supervisor", "auditor", "admin")
SELLING_ROLES: Final = frozenset({"cashier", "supervisor"})  # who may touch tickets and money
APPROVING_ROLES: Final = frozenset({"supervisor", "admin"})  # who may approve what somebody else does
SETTLING_ROLES: Final = frozenset({"supervisor"})  # who may take and resolve disputes
# Which roles may do what. The office holds every fact against the same table.
MAY: Final[dict[str, frozenset[str]]] = {
    "sell": SELLING_ROLES,
    "drawer": SELLING_ROLES,
    "open_drawer": SELLING_ROLES | {"admin"},  # an admin while trying the drawer out
    "verify": frozenset({"supervisor", "admin"}),  # a shift that somebody else has closed
    "look": frozenset(ROLES),
    "oversee": frozenset(ROLES) - {"cashier"},
    "settle": SETTLING_ROLES,
    "submit": frozenset({"supervisor"}),  # a settlement
    "audit": frozenset({"auditor"}),  # to audit, accept and return what was submitted
    "bank": SETTLING_ROLES,  # to make deposits, to say what the bank credited, and to explain what is left over
    "customers": frozenset({"supervisor", "admin"}),  # to merge and erase them, and to see what is noted of them
    "plan": frozenset({"supervisor", "admin"}),  # to issue a contingency plan
    "set_up": frozenset({"supervisor", "admin"}),  # this machine's devices; no fact comes of it
}
SHARED: Final = "shared"  # one drawer for all cashiers of a till
OWN: Final = "own"  # a drawer is one cashier's at a time
SALES_GRACE: Final = timedelta(minutes=30)  # a show sells on for latecomers unless it says otherwise
_NO_THRESHOLDS: Final = Thresholds()
ABANDONED: Final = "abandoned"  # broken off, by a document of pos.domain.contingency.calledoff
_CALLED_OFF: Final = ("moved", "postponed", "cancelled", ABANDONED)


def name_in(names: Names, language: str) -> str:
    """The name in `language`, else English, else whichever there is."""
    return names.get(language) or names.get("en") or next(iter(names.values()), "")


@dataclass(frozen=True, slots=True)
class Venue:
    id: str
    name: str
    timezone: str
    currency: str
    cash_rounding: Money
    orphans: str = "warn"
    refund_offline_cap: Money | None = None  # None: no refund without the ticket's token
    card_offline_cap: Money | None = None  # None: no card without the terminal's yes
    mobile_offline_cap: Money | None = None  # None: no mobile payment while the office is away
    transfer_offline_cap: Money | None = None  # None: no bank transfer while the office is away
    card_by_hand: bool = True  # whether a reader of the bank's own may be used, and its slip written down
    mobile_qr: str = ""  # what a code to pay by says, with {amount}, {currency} and {reference}
    transfer_qr: str = ""
    tell_terms: bool = False  # whether nothing is sold before the buyer was told the terms
    check: OrderCheck | None = None
    commission: Step | None = None  # what is kept of a ticket that is sold again for its owner; None: not done
    void_minutes: int = 15  # how long after a sale it may be undone without being a refund
    case_due_hours: int = 48  # by when a complaint or a request is answered
    day_ends: timedelta = timedelta()  # how long after midnight the business day ends
    opening_hours: Any = None  # as `pos.domain.audit.hours` reads them; None: always open
    drawer_limit: Money | None = None  # more cash than this in a drawer asks for a drop; None: any amount
    safe_by_two: bool = False  # whether nobody takes money out of the safe, or to the bank, without a second person
    stock: Thresholds = _NO_THRESHOLDS  # when a show is short of places, or sells slowly
    paper_low: int = 100  # numbered blanks in a till's hand below which it warns
    paper_low_house: int = 500  # the same in all hands together
    paper_spoil_alone: int = 5  # blanks that a cashier may report spoiled at once without a supervisor
    denominations: tuple[Money, ...] = ()  # coins and notes that a drawer is counted by, largest first
    drawer: str = SHARED  # whether any cashier sells on an open shift, or the one alone whose it is
    no_sale: str = "cashier"  # who may open the drawer without a sale: a cashier, or a supervisor alone
    note_over: Money | None = None  # a drawer that differs by more needs a note; None: none does
    count_paper: bool = False  # whether no shift is closed without a count of its ticket paper, where that has numbers
    close_by_two: bool = False  # whether no shift is closed without a witness


@dataclass(frozen=True, slots=True)
class Area:
    """Standing or general admission; its units are the places `id#1` … `id#capacity`."""

    id: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Show:
    id: str
    production: str
    titles: Names
    starts: datetime
    on_sale: datetime | None
    sales_until: datetime
    plan: str
    plan_version: str
    prices: str
    terms: str
    areas: tuple[Area, ...]
    allotment: dict[str, int]
    companions: dict[str, str] = field(default_factory=dict)
    cancelled: bool = False
    identity: str = "none"  # what is asked of the buyer: none | name | document
    max_per_buyer: int | None = None
    state: str = ""  # "" for a show that is as it was announced, else moved, postponed, cancelled or abandoned
    replaces: str = ""  # the show of which this one is the new date
    accessible: tuple[str, ...] = ()  # categories for people who need them, as the hall says
    restricted: tuple[str, ...] = ()  # categories with a restricted view, as the hall says
    taste: Taste = field(default_factory=Taste)
    promoter: str = ""  # whose show it is; "" for the house's own
    announced: Announced = field(default_factory=Announced)

    @property
    def called_off(self) -> bool:
        """Whether buyers may give it back, or change it, without a fee: it is not as it was when they bought."""
        return self.state in _CALLED_OFF

    def check_on_sale(self, now: datetime) -> None:
        """Raises Refused("show_cancelled" | "not_on_sale" | "sales_closed")."""
        if self.cancelled:
            raise Refused("show_cancelled", show=self.id)
        if self.on_sale is not None and now < self.on_sale:
            raise Refused("not_on_sale", show=self.id, on_sale=self.on_sale.isoformat())
        if now > self.sales_until:
            raise Refused("sales_closed", show=self.id, since=self.sales_until.isoformat())

    def sells_at(self, now: datetime) -> bool:
        return not self.cancelled and (self.on_sale is None or now >= self.on_sale) and now <= self.sales_until


@dataclass(frozen=True, slots=True)
class Account:
    """A house account: what is charged to it is owed by whose it is, up to its `limit`."""

    id: str
    name: str
    limit: Money


@dataclass(frozen=True, slots=True)
class User:
    """`pin_hash` is an argon2id string; the PIN itself is nowhere. `language`: of their window, "" for the till's."""

    id: str
    name: str
    role: str
    pin_hash: str = field(repr=False)
    language: str = ""


@dataclass(frozen=True)
class Season:
    """All the small documents, read. Places and plans are kept elsewhere."""

    venue: Venue
    price_types: dict[str, PriceType]
    prices: dict[str, PriceTable]
    terms: dict[str, Terms]
    shows: dict[str, Show]
    fees: tuple[Fee, ...]
    users: dict[str, User]
    tills: dict[str, str]
    currencies: dict[str, ForeignCash] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    fenced: frozenset[Hand] = frozenset()
    keys: dict[Hand, bytes] = field(default_factory=dict)
    taxes: dict[str, int] = field(default_factory=dict)  # id -> basis points
    promotions: tuple[Promotion, ...] = ()
    products: dict[str, Product] = field(default_factory=dict)
    packages: dict[str, Package] = field(default_factory=dict)
    agreements: dict[str, Agreement] = field(default_factory=dict)
    promoters: dict[str, Promoter] = field(default_factory=dict)

    def price_list(self, show: str, now: datetime) -> PriceTable:
        """The version of a show's price list that is in effect. Raises Refused("unknown_show" | "no_price")."""
        found = version_at(self.prices.values(), self.show(show).prices, now)
        if found is None:
            raise Refused("no_price", show=show, reason="no version of its price list is in effect yet")
        return found

    def key_of(self, hand: Hand) -> bytes | None:
        """The public key of a till that may have rights, as far as is known here; None for any other."""
        return None if hand in self.fenced else self.keys.get(hand)

    def show(self, show: str) -> Show:
        """Raises Refused("unknown_show")."""
        if show not in self.shows:
            raise Refused("unknown_show", show=show)
        return self.shows[show]

    def terms_of(self, show: Show, price_type: str) -> Terms | None:
        """The terms that a ticket is sold under: its price type's own, else the show's."""
        own = self.price_types[price_type].terms if price_type in self.price_types else ""
        return self.terms.get(own or show.terms)

    @classmethod
    def from_documents(cls, documents: dict[str, dict[str, dict[str, Any]]]) -> Season:
        """Read family -> id -> document. Raises ValueError or KeyError naming what is wrong."""
        (venue_doc,) = documents["venue"].values()
        currency = venue_doc["currency"]
        venue = _venue(venue_doc)
        taxes = {doc["id"]: tax_basis_points(doc["rate"]) for doc in documents.get("tax", {}).values()}
        plans = documents.get("plan", {})
        productions = documents.get("production", {})
        return cls(
            venue,
            {i: read_price_type(d) for i, d in _ordered(documents, "price_type")},
            {i: read_prices(d, taxes, currency) for i, d in documents["prices"].items()},
            {i: Terms.parse(d, currency) for i, d in documents.get("terms", {}).items()},
            {i: _show(d, productions, plans) for i, d in documents.get("show", {}).items()},
            tuple(read_fee(d, taxes, currency) for _, d in _ordered(documents, "fee")),
            {
                i: User(i, d["name"], d["role"], d["pin_hash"], d.get("language", ""))
                for i, d in _ordered(documents, "user")
            },
            {i: d.get("name", i) for i, d in _ordered(documents, "till")},
            {i: ForeignCash.parse(d, currency) for i, d in documents.get("currency", {}).items()},
            {
                i: Account(i, d["name"], Money.parse(d.get("limit", "0"), currency))
                for i, d in documents.get("account", {}).items()
            },
            frozenset(Hand(d["till"], d["incarnation"]) for d in documents.get("fence", {}).values()),
            dict(map(read_key, documents.get("key", {}).values())),
            taxes,
            tuple(read_promotion(d, currency) for _, d in _ordered(documents, "promotion")),
            {i: read_product(d, taxes, currency) for i, d in _ordered(documents, "product")},
            {i: Package.read(d, currency) for i, d in _ordered(documents, "package")},
            agreements={i: Agreement.read(d, currency) for i, d in _ordered(documents, "agreement")},
            promoters={i: Promoter.parse(d, currency) for i, d in _ordered(documents, "promoter")},
        )


def _ordered(documents: dict[str, dict[str, dict[str, Any]]], family: str) -> list[tuple[str, dict[str, Any]]]:
    """Documents of a family as the season file has them, whatever order they arrived in."""
    return sorted(documents.get(family, {}).items(), key=lambda item: (item[1].get("order", 0), item[0]))


def _venue(doc: dict[str, Any]) -> Venue:
    currency = doc["currency"]

    def cap(key: str) -> Money | None:
        return Money.parse(doc[key], currency) if key in doc else None

    return Venue(
        doc["id"],
        doc["name"],
        doc["timezone"],
        currency,
        Money.parse(doc.get("cash_rounding", "0.01" if currency not in ("VND", "JPY") else "1"), currency),
        doc.get("orphans", "warn"),
        refund_offline_cap=cap("refund_offline_cap"),
        card_offline_cap=cap("card_offline_cap"),
        mobile_offline_cap=cap("mobile_offline_cap"),
        transfer_offline_cap=cap("transfer_offline_cap"),
        card_by_hand=doc.get("card_by_hand", True),
        mobile_qr=doc.get("mobile_qr", ""),
        transfer_qr=doc.get("transfer_qr", ""),
        tell_terms=doc.get("tell_terms", False),
        commission=Step(True, parse_fee(doc["commission"], currency)) if "commission" in doc else None,
        void_minutes=int(doc.get("void_minutes", 15)),
        case_due_hours=int(doc.get("case_due_hours", 48)),
        day_ends=parse_day_ends(doc.get("day_ends", MIDNIGHT)),
        opening_hours=doc.get("opening_hours"),
        drawer_limit=cap("drawer_limit"),
        safe_by_two=bool(doc.get("safe_by_two", False)),
        stock=thresholds_of(doc),
        paper_low=int(doc.get("paper_low", 100)),
        paper_low_house=int(doc.get("paper_low_house", 500)),
        paper_spoil_alone=int(doc.get("paper_spoil_alone", 5)),
        denominations=denominations(currency, doc.get("denominations", ())),
        drawer=doc.get("drawer", SHARED),
        no_sale=doc.get("no_sale", "cashier"),
        note_over=cap("note_over"),
        count_paper=bool(doc.get("count_paper", False)),
        close_by_two=bool(doc.get("close_by_two", False)),
        check=OrderCheck.parse(doc["check"], currency) if "check" in doc else None,
    )


def thresholds_of(doc: dict[str, Any]) -> Thresholds:
    """A venue's. An import refuses what cannot be read; what an older office took in unread warns of nothing."""
    try:
        return Thresholds.parse(doc.get("stock_short", 0), doc.get("stock_slow"))
    except ValueError:
        return _NO_THRESHOLDS


def _show(doc: dict[str, Any], productions: dict[str, Any], plans: dict[str, Any]) -> Show:
    starts = datetime.fromisoformat(doc["starts"])
    until = datetime.fromisoformat(doc["sales_until"]) if "sales_until" in doc else starts + SALES_GRACE
    plan = doc.get("plan", "")
    hall = plans.get(plan, {})
    return Show(
        doc["id"],
        doc["production"],
        productions.get(doc["production"], {}).get("title", {}),
        starts,
        datetime.fromisoformat(doc["on_sale"]) if "on_sale" in doc else None,
        until,
        plan,
        doc.get("plan_version", ""),
        doc["prices"],
        doc.get("terms", ""),
        tuple(Area(area["id"], area["capacity"]) for area in doc.get("areas", [])),
        dict(doc.get("allotment", {})),
        dict(hall.get("companions", {})),
        doc.get("state") == "cancelled",
        doc.get("identity", "none"),
        doc.get("max_per_buyer"),
        doc.get("state", "") if doc.get("state") in _CALLED_OFF else "",
        doc.get("replaces", ""),
        (*hall.get("accessible", ()), *hall.get("companions", {})),
        tuple(hall.get("restricted", ())),
        Taste(**{key: float(value) for key, value in hall.get("best", {}).items()}),
        doc.get("promoter", ""),
        Announced.read(doc, productions.get(doc["production"], {})),
    )
