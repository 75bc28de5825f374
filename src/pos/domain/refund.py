"""What comes back: refunds and exchanges, to the tender that each ticket was paid with.

A ticket's share in a sale's tenders follows from the sale's document alone, in one fixed
way. So two windows that are cut off from each other refund two tickets of one sale to the
tenders that were really used, and never more than was paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pos.domain.basket import FeeLine
from pos.domain.books import Posting, entry
from pos.domain.errors import Refused
from pos.domain.money import Money, round_cash, total
from pos.domain.sale import FOREIGN, ArticleSold, Settlement, Tender, Ticket, sale_sides, settle, tender_account


@dataclass(frozen=True, slots=True)
class FeePart:
    """A ticket's part in a refundable fee, with the tax in it."""

    id: str
    amount: Money
    tax_id: str
    tax: Money

    @classmethod
    def from_json(cls, body: Mapping[str, Any], currency: str) -> FeePart:
        amount, tax = (Money.parse(body[name], currency) for name in ("amount", "tax"))
        return cls(body["id"], amount, body["tax_id"], tax)

    def to_json(self) -> dict[str, str]:
        return {"id": self.id, "amount": str(self.amount), "tax_id": self.tax_id, "tax": str(self.tax)}


def fee_parts_of(ticket: Mapping[str, Any], currency: str) -> tuple[FeePart, ...]:
    """What goes back with a ticket beside its price, from its document."""
    return tuple(FeePart.from_json(part, currency) for part in ticket.get("fees", ()))


@dataclass(frozen=True, slots=True)
class Returned:
    """A ticket that comes back: what it cost, what is kept of it, its parts of refundable fees, and how all that
    had been paid."""

    id: str
    sale: str
    show: str
    place: str  # the seat, or the area's unit
    shown: str
    price: Money
    fee: Money
    tax_id: str
    tax: Money
    share: tuple[Tender, ...]
    fees: tuple[FeePart, ...] = ()
    category: str = ""
    price_type: str = ""
    mark: str = ""  # what it was sold as, other than at its list price (`sale.special`)

    @property
    def worth(self) -> Money:
        """What the customer gets for it."""
        return self.price - self.fee + total([part.amount for part in self.fees], self.price.currency)

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "id": self.id,
            "sale": self.sale,
            "show": self.show,
            "place": self.shown,
            "unit": self.place,
            "price": str(self.price),
            "fee": str(self.fee),
            "tax_id": self.tax_id,
            "tax": str(self.tax),
        }
        body |= {name: value for name in ("category", "price_type", "mark") if (value := getattr(self, name))}
        return body | ({"fees": [part.to_json() for part in self.fees]} if self.fees else {})


@dataclass(frozen=True, slots=True)
class ReturnedArticle:
    """An article that comes back, whole, and how it had been paid."""

    sale: str
    article: ArticleSold
    share: tuple[Tender, ...]

    @property
    def worth(self) -> Money:
        return self.article.amount

    def to_json(self) -> dict[str, Any]:
        return {"sale": self.sale} | self.article.to_json()


def shares(sale: Mapping[str, Any], currency: str) -> dict[str, tuple[Tender, ...]]:
    """Ticket id, or article's ref -> how it was paid, from a sale's document; a ticket with its parts of
    refundable fees.

    Tickets, then articles, take in their order what was not cash first; cash comes last, because what remains
    for the fees is then cash. An exchange has what its old tickets were paid with (`carried`)
    beside its own tenders. Raises ValueError for a document whose tenders do not cover it.
    """
    left = _paid(sale, currency)
    found: dict[str, tuple[Tender, ...]] = {}
    for ticket in sale["tickets"]:
        back = [part.amount for part in fee_parts_of(ticket, currency)]
        found[ticket["id"]], left = _take(left, Money.parse(ticket["price"], currency) + total(back, currency))
    for article in sale.get("articles", ()):
        found[article["ref"]], left = _take(left, Money.parse(article["amount"], currency))
    return found


def _paid(sale: Mapping[str, Any], currency: str) -> list[Tender]:
    """Everything that paid for a sale, before cash was rounded: what is not cash first.

    Foreign cash is cash: it goes back in the house's money.
    """
    paid = [
        Tender(
            _came_as(item),
            Money.parse(item["amount"], currency),
            code="" if "paid_by" in item else item.get("code", ""),
        )
        for item in (*sale.get("carried", ()), *sale["tenders"])
    ]
    if rounding := Money.parse(sale["rounding"], currency):
        paid.append(Tender("cash", -rounding))
    tenders = by_kind(paid, currency)
    return sorted(tenders, key=lambda tender: tender.kind == "cash")


def _came_as(item: Mapping[str, Any]) -> str:
    """The kind of tender that money goes back by: foreign cash is cash, and a deposit is what it was paid by."""
    if item["kind"] == FOREIGN:
        return "cash"
    return str(item.get("paid_by", item["kind"]))


def _take(tenders: Sequence[Tender], amount: Money) -> tuple[tuple[Tender, ...], list[Tender]]:
    """`amount` out of the first tenders; what is taken and what is left. Raises ValueError."""
    taken: list[Tender] = []
    left: list[Tender] = []
    for tender in tenders:
        part = min(tender.amount, amount)
        amount -= part
        if part:
            taken.append(replace(tender, amount=part))
        if rest := tender.amount - part:
            left.append(replace(tender, amount=rest))
    if amount:
        raise ValueError(f"tenders are {amount} short of the price")
    return tuple(taken), left


def by_kind(tenders: Iterable[Tender], currency: str) -> tuple[Tender, ...]:
    """One tender of each kind, and of each code that money is kept under, in the order in which they first come."""
    sums: dict[tuple[str, str], Money] = {}
    for tender in tenders:
        key = tender.kind, tender.code
        sums[key] = sums.get(key, Money.zero(currency)) + tender.amount
    return tuple(Tender(kind, amount, code=code) for (kind, code), amount in sums.items() if amount)


def refund_settlement(returned: Sequence[Returned | ReturnedArticle], cash_step: Money) -> Settlement:
    """What is paid out, by the original tenders. A fee is kept from the last tender, which is the cash.

    `rounding` = cash paid out - exact amount.
    """
    currency = cash_step.currency
    parts = [tender for item in returned for tender in _take(item.share, item.worth)[0]]
    exact = by_kind(parts, currency)
    tenders = tuple(
        replace(tender, amount=round_cash(tender.amount, cash_step)) if tender.kind == "cash" else tender
        for tender in exact
    )
    paid, due = (total([tender.amount for tender in side], currency) for side in (tenders, exact))
    return Settlement(tuple(tender for tender in tenders if tender.amount), paid - due, Money.zero(currency))


def refund_entry(
    till: str,
    returned: Sequence[Returned],
    settlement: Settlement,
    currency: str,
    articles: Sequence[ReturnedArticle] = (),
) -> tuple[Posting, ...]:
    """What a refund does to the books: revenue, refundable fees and tax back, the fee kept, tenders out."""
    kept = total([item.fee for item in returned], currency)
    sold = [item.article for item in articles]
    parts = [part for item in returned for part in item.fees]
    return entry(
        *returned_sides(returned),
        *((f"fee:{part.id}", part.amount - part.tax) for part in parts),
        *((item.account, item.amount - item.tax) for item in sold),
        *((f"tax:{part.tax_id}", part.tax) for part in parts),
        *((f"tax:{item.tax_id}", item.tax) for item in sold),
        ("fee:refund", -kept),
        ("rounding", settlement.rounding),
        *((tender_account(till, tender.kind, tender.code), -tender.amount) for tender in settlement.tenders),
    )


def returned_sides(returned: Sequence[Returned]) -> list[tuple[str, Money]]:
    """The sale of these tickets, undone in the books."""
    sides: list[tuple[str, Money]] = []
    for item in returned:
        sides.append((f"revenue:{item.show}", item.price - item.tax))
        sides.append((f"tax:{item.tax_id}", item.tax))
    return sides


def exchange_entry(
    till: str,
    returned: Sequence[Returned],
    tickets: Sequence[Ticket],
    fees: Sequence[FeeLine],
    settlement: Settlement,
    currency: str,
) -> tuple[Posting, ...]:
    """What an exchange does to the books: the old tickets' sale undone, the new ones' sale made."""
    return entry(*returned_sides(returned), *sale_sides(till, tickets, fees, settlement, currency))


def settle_exchange(due: Money, tenders: Sequence[Tender], carried: Sequence[Tender], cash_step: Money) -> Settlement:
    """Hold tenders against what an exchange comes to: difference + fee.

    When that is negative it is paid out, by tenders with negative amounts, to the tenders
    that the old tickets were paid with (`carried`). Raises Refused("underpaid" | "overpaid" |
    "bad_request" | "not_allowed").
    """
    zero = Money.zero(due.currency)
    if due >= zero:
        return settle(due, [tender for tender in tenders if tender.amount or due], cash_step)
    if any(tender.amount > zero or tender.given is not None for tender in tenders):
        raise Refused("bad_request", field="tenders", reason="money is paid out here: amounts must be negative")
    out = settle(-due, [replace(tender, amount=-tender.amount) for tender in tenders], cash_step)
    for tender in out.tenders:
        same = [item.amount for item in carried if (item.kind, item.code) == (tender.kind, tender.code)]
        most = total(same, due.currency)
        if tender.amount > round_cash(most, cash_step):
            reason = f"{most} of these tickets was paid by {tender.kind}; money goes back the way it came"
            raise Refused("not_allowed", what="tender", reason=reason, most=str(most), kind=tender.kind)
    return Settlement(tuple(replace(t, amount=-t.amount, given=None) for t in out.tenders), -out.rounding, zero)


def inherited(returned: Sequence[Returned], count: int) -> list[list[dict[str, str]]]:
    """The parts of refundable fees that `count` new tickets take over from those they are exchanged for, in order:
    nothing is paid back for them, and they stay refundable. What is over goes with the last."""
    parts: list[list[dict[str, str]]] = [[] for _ in range(count)]
    for at, item in enumerate(returned):
        parts[min(at, count - 1)] += [part.to_json() for part in item.fees]
    return parts


def paid_out(returned: Sequence[Returned], amount: Money) -> tuple[Tender, ...]:
    """The tenders, as asked for, of an exchange that pays `amount` out: back the way it came, cash last.

    Raises ValueError for more than was paid.
    """
    carried = sorted(carried_on(returned, amount.currency), key=lambda tender: tender.kind == "cash")
    return tuple(replace(tender, amount=-tender.amount) for tender in _take(carried, amount)[0])


def carried_on(returned: Sequence[Returned], currency: str) -> tuple[Tender, ...]:
    """What exchanged tickets had been paid with, which pays for the new ones."""
    return by_kind((tender for item in returned for tender in item.share), currency)
