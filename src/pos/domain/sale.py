"""The finished sale: tenders that settle a total, tickets, and what goes into the books."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pos.domain.basket import Article, FeeLine
from pos.domain.books import Posting, drawer, entry
from pos.domain.errors import Refused
from pos.domain.money import Money, round_cash, total

# As they are asked for.
TENDERS: Final = (
    "cash",
    "card",
    "voucher",
    "gift_card",
    "account",
    "package",
    "mobile",
    "transfer",
)
PURSES: Final = ("voucher", "gift_card", "account", "package")  # those that a code stands for
AWAITED: Final = ("mobile", "transfer")  # nothing is sold before these have arrived
FOREIGN: Final = "foreign"  # cash in another currency, as documents call it
SLIP: Final = "card_slip"  # a card that went through a reader of the bank's own, written down from its slip
# How tickets reach the buyer; with these no paper of them is made at the sale.
# What a training till puts before its ticket codes. The letter I is in no code that is sold.
TRAINING: Final = "TRAIN"
_OF_TRAINING: Final = re.compile(TRAINING + r"[0-9A-Z]{7}(\.\d+)?", re.IGNORECASE)

DELIVERIES: Final = ("now", "pickup", "email", "post")
LATER: Final = frozenset({"pickup", "post"})
# What a ticket's document may say beside what every ticket's does.
MARKS: Final = (
    "listed", "prices", "promotion", "override", "comp", "companion_of", "member", "approver", "fees",
    "package", "hold", "hold_by", "identity", "name",
)  # fmt: skip
# Of these, what makes a ticket other than one at its list price; the first that it has tells what it is.
_SPECIAL: Final = ("comp", "companion_of", "package", "override", "promotion")
# What is said of a ticket that is worth nothing any more, by its state.
OVER: Final = {"refunded": "already_refunded", "void": "already_refunded", "exchanged": "exchanged"}


@dataclass(frozen=True, slots=True)
class Tender:
    """How part of a sale was paid. `given` is the cash handed over, None where it means nothing; `code` is
    that of a voucher, a gift card or a house account; `detail` is what else a document tells of it (the
    terminal's receipt, a slip's number, a foreign currency and its rate).

    Of foreign cash `given` is in its own currency and `amount` what that is worth; what is too much of it goes
    back in the house's money, as a cash tender that is negative.
    """

    kind: str
    amount: Money
    given: Money | None = None
    code: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"kind": self.kind, "amount": str(self.amount)}
        if self.given is not None:
            body["given"] = str(self.given)
        if self.code:
            body["code"] = self.code
        return body | dict(self.detail)


@dataclass(frozen=True, slots=True)
class Settlement:
    """A total and the tenders that settle it. `rounding` = cash owed - exact amount (CHF 0.05)."""

    tenders: tuple[Tender, ...]
    rounding: Money
    change: Money

    def paid(self, kind: str, currency: str) -> Money:
        return total([tender.amount for tender in self.tenders if tender.kind == kind], currency)


def settle(due: Money, tenders: Sequence[Tender], cash_step: Money) -> Settlement:
    """Hold tenders against the total. Raises Refused("underpaid" | "overpaid" | "bad_request").

    Tenders sum exactly to the total; only what is owed in cash is rounded, to `cash_step`,
    and only cash `given` may be more. A cash amount may be said exactly or as rounded.
    Foreign cash comes with the `worth` of what was given in its detail.
    """
    zero = Money.zero(due.currency)
    over = total([_worth(tender) - tender.amount for tender in tenders if tender.kind == FOREIGN], due.currency)
    if over < zero:
        raise Refused("underpaid", due=str(due), missing=str(-over))
    exact = _settle_house(due, tenders, cash_step)
    if not over:
        return replace(exact, tenders=tuple(map(_at_worth, exact.tenders)))
    # Change for it is cash, too: what the drawer keeps, or gives, is rounded as one sum.
    others = [_at_worth(tender) for tender in tenders if tender.kind != "cash"]
    owed = exact.paid("cash", due.currency)
    rest = due - total([tender.amount for tender in others], due.currency)
    net = round_cash(rest, cash_step)
    given = owed + exact.change
    cash = Tender("cash", net, given if given else None)
    kept = tuple(others) if not net else (*others, cash)
    return Settlement(kept, net - rest, given - net)


def _worth(tender: Tender) -> Money:
    return Money.parse(tender.detail["worth"], tender.amount.currency)


def _at_worth(tender: Tender) -> Tender:
    """Foreign cash at what it is worth, however little of it was needed."""
    if tender.kind != FOREIGN:
        return tender
    detail = {key: value for key, value in tender.detail.items() if key != "worth"}
    return replace(tender, amount=_worth(tender), detail=detail)


def _settle_house(due: Money, tenders: Sequence[Tender], cash_step: Money) -> Settlement:
    """The same, foreign cash being worth what was asked of it."""
    cash = [tender for tender in tenders if tender.kind == "cash"]
    if len(cash) > 1:
        raise Refused("bad_request", reason="one cash tender at most")
    if any(tender.amount.minor < 0 for tender in tenders):
        raise Refused("bad_request", reason="a tender is negative")
    zero = Money.zero(due.currency)
    exact = due - total([tender.amount for tender in tenders if tender.kind != "cash"], due.currency)
    if exact < zero:
        raise Refused("overpaid", due=str(due), over=str(-exact))
    if not cash:
        if exact:
            raise Refused("underpaid", due=str(due), missing=str(exact))
        return Settlement(tuple(tenders), zero, zero)
    owed = round_cash(exact, cash_step)
    said = cash[0].amount
    if said not in (exact, owed):
        if said < owed:
            raise Refused("underpaid", due=str(owed), missing=str(owed - said))
        raise Refused("overpaid", due=str(owed), over=str(said - owed))
    given = cash[0].given if cash[0].given is not None else owed
    if given < owed:
        raise Refused("underpaid", due=str(owed), missing=str(owed - given))
    settled = tuple(Tender("cash", owed, given) if tender.kind == "cash" else tender for tender in tenders)
    return Settlement(settled, owed - exact, given - owed)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket sold. `place` is the seat or the area's unit; terms and tax by value.

    `marks` are those of `MARKS` that it has. `fees` among them are its parts of refundable fees.
    """

    id: str
    show: str
    place: str
    shown: str
    category: str
    price_type: str
    price: Money
    code: str
    proof: bool
    tax_id: str
    tax: Money
    terms: dict[str, Any]
    marks: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, body: dict[str, Any], currency: str) -> Ticket:
        """A ticket as its sale's document has it. Raises KeyError or ValueError."""
        price, tax = (Money.parse(body[name], currency) for name in ("price", "tax"))
        return cls(
            body["id"], body["show"], body["unit"], body["place"], body["category"], body["price_type"],
            price, body["code"], body["proof"], body["tax_id"], tax, body["terms"],
            {name: body[name] for name in MARKS if name in body},
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "show": self.show,
            "place": self.shown,
            "unit": self.place,
            "category": self.category,
            "price_type": self.price_type,
            "price": str(self.price),
            "code": self.code,
            "proof": self.proof,
            "tax_id": self.tax_id,
            "tax": str(self.tax),
            "terms": self.terms,
            **self.marks,
        }


@dataclass(frozen=True, slots=True)
class ArticleSold:
    """An article as its sale's document has it. `ref` names it, as a ticket's id does a ticket."""

    ref: str
    id: str
    kind: str
    name: str
    count: int
    price: Money
    amount: Money
    tax_id: str
    tax: Money
    refundable: bool

    @classmethod
    def of(cls, ref: str, name: str, article: Article) -> ArticleSold:
        return cls(
            ref, article.product, article.kind, name, article.count, article.each, article.amount, article.tax_id,
            article.tax, article.refundable,
        )  # fmt: skip

    @classmethod
    def from_json(cls, body: Mapping[str, Any], currency: str) -> ArticleSold:
        """Raises KeyError or ValueError."""
        price, amount, tax = (Money.parse(body[name], currency) for name in ("price", "amount", "tax"))
        return cls(
            body["ref"], body["id"], body["kind"], body["name"], body["count"], price, amount, body["tax_id"], tax,
            body["refundable"],
        )  # fmt: skip

    @property
    def account(self) -> str:
        """Where it is earned in the books."""
        return f"{self.kind}:{self.id}"

    def to_json(self) -> dict[str, Any]:
        return {
            "ref": self.ref,
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "count": self.count,
            "price": str(self.price),
            "amount": str(self.amount),
            "tax_id": self.tax_id,
            "tax": str(self.tax),
            "refundable": self.refundable,
        }


def special(ticket: Mapping[str, Any]) -> str:
    """What a ticket is other than one at its list price, from its document; "" for nothing. One that comes back has
    it under `mark`."""
    return next((name for name in _SPECIAL if name in ticket), str(ticket.get("mark", "")))


def copy_code(code: str, copy: int) -> str:
    """What the n-th copy of a ticket carries as its code: the ticket's own, and which copy this is."""
    plain = code.partition(".")[0]
    return f"{plain}.{copy}" if copy else plain


def of_training(code: str) -> bool:
    """Whether a code was made in training: it is valid nowhere else."""
    return _OF_TRAINING.fullmatch(code.strip()) is not None


def read_code(code: str) -> tuple[str, int]:
    """The ticket's own code in what was scanned, and which copy carries it. Raises ValueError."""
    plain, point, copy = code.partition(".")
    if point and not (copy.isascii() and copy.isdigit()):
        raise ValueError(f"{copy!r} is not the number of a copy")
    return plain, int(copy or 0)


def tender_account(till: str, kind: str, code: str = "") -> str:
    """Where a tender's money is kept in the books: at its till, or what is owed to who has its `code`."""
    if kind == FOREIGN:
        return f"changed:{till}"
    return drawer(till) if kind == "cash" else f"{kind}:{code or till}"


def sale_entry(
    till: str,
    tickets: Sequence[Ticket],
    fees: Sequence[FeeLine],
    settlement: Settlement,
    currency: str,
    articles: Sequence[ArticleSold] = (),
) -> tuple[Posting, ...]:
    """What a sale does to the books: tenders in; revenue, tax, fees and rounding out."""
    return entry(*sale_sides(till, tickets, fees, settlement, currency, articles))


def sale_sides(
    till: str,
    tickets: Sequence[Ticket],
    fees: Sequence[FeeLine],
    settlement: Settlement,
    currency: str,
    articles: Sequence[ArticleSold] = (),
) -> list[tuple[str, Money]]:
    """The sides of that entry, one for each account but those of tenders. Those of an exchange balance only with
    what comes back."""
    sides: list[tuple[str, Money]] = []
    for tender in settlement.tenders:
        if tender.kind == FOREIGN and tender.given is not None:
            # Two currencies in one entry: each sums to zero over what the house changed at that till.
            sides += [(f"{FOREIGN}:{till}", tender.given), (f"changed:{till}", -tender.given)]
        lapsed = Money.parse(tender.detail.get("lapsed", "0"), currency)
        sides.append((tender_account(till, tender.kind, tender.code), tender.amount + lapsed))
        sides.append(("lapsed", -lapsed))
    zero = Money.zero(currency)
    earned: dict[str, Money] = {}
    taxes: dict[str, Money] = {}
    for account, gross, tax_id, tax in (
        *((f"revenue:{ticket.show}", ticket.price, ticket.tax_id, ticket.tax) for ticket in tickets),
        *((article.account, article.amount, article.tax_id, article.tax) for article in articles),
        *((f"fee:{fee.id}", fee.amount, fee.tax_id, fee.tax or zero) for fee in fees),
    ):
        earned[account] = earned.get(account, zero) + gross - tax
        if tax:
            taxes[f"tax:{tax_id}"] = taxes.get(f"tax:{tax_id}", zero) + tax
    sides += [(account, -amount) for account, amount in (*earned.items(), *taxes.items())]
    sides.append(("rounding", -settlement.rounding))
    return sides
