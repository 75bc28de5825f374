"""What the documents of facts say: tickets, fees, articles and tenders, by value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pos.domain.basket import fee_parts
from pos.domain.facts import Fact, Kind
from pos.domain.figures.paying import CARRIED, Part, split
from pos.domain.figures.sums import BACK, SOLD, Key, Row, Sum
from pos.domain.money import Money
from pos.domain.order import DEPOSIT
from pos.domain.sale import special

Doc = Mapping[str, Any]
_NO_FEES: Final = frozenset({"comp", "companion_of", "package"})  # marks of tickets that bear no fee
ROUNDING: Final = "rounding"
PAID_OUT: Final = "paid_out"  # what an exchange for something cheaper pays out
_TENDERS: Final = frozenset({"card", "card_slip", "mobile", "transfer", "voucher", "gift_card", "account"})


@dataclass(frozen=True, slots=True)
class Said:
    """A fact's common dimensions, and the currency of its documents."""

    base: Key
    currency: str

    def minor(self, text: object) -> int:
        return Money.parse(text, self.currency).minor

    def row(self, what: str, way: str, measured: Sum, **dimensions: str) -> Row:
        """What came back is negative."""
        if way == BACK:
            measured = Sum(-measured.minor, -measured.tax, -measured.pieces)
        return self.base._replace(what=what, way=way, **dimensions), measured


def sold(fact: Fact, said: Said) -> Iterator[Row]:
    """A sale: tickets, articles, fees, and what was paid for them by what."""
    sale = fact.body["sale"]
    parts: list[Part] = []
    for ticket in sale["tickets"]:
        yield from _ticket(said, ticket, SOLD)
        parts.append(Part("ticket", said.minor(ticket["price"]), ticket["show"], ticket["price_type"]))
    for article in sale.get("articles", ()):
        yield _article(said, article, SOLD)
        parts.append(Part("article", said.minor(article["amount"])))
    for row, part in _fees(said, sale["fees"], sale["tickets"], SOLD):
        yield row
        parts.append(part)
    yield said.row("document", SOLD, Sum(said.minor(sale["total"]), pieces=1))
    yield from _tenders(said, sale["tenders"], 1)
    yield from _paid(said, split(parts, _amounts(said, sale["tenders"]), ROUNDING), SOLD)


def refunded(fact: Fact, said: Said) -> Iterator[Row]:
    """A refund, a refund without the right to, or a void, by which a sale's fees go back whole."""
    refund = fact.body["refund"]
    parts: list[Part] = []
    for ticket in refund["tickets"]:
        yield from _ticket(said, ticket, BACK)
        kept = said.minor(ticket["fee"])
        price_type = ticket.get("price_type", "")
        parts.append(Part("ticket", said.minor(ticket["price"]), ticket["show"], price_type, kept))
        if kept:
            yield said.row("fee", SOLD, Sum(kept, pieces=1), item="refund", show=ticket["show"])
        for fee in ticket.get("fees", ()):
            yield said.row("fee", BACK, _measured(said, fee, 1), item=fee["id"], tax=fee["tax_id"], show=ticket["show"])
            parts.append(Part("fee", said.minor(fee["amount"]), ticket["show"], price_type))
    for article in refund.get("articles", ()):
        yield _article(said, article, BACK)
        parts.append(Part("article", said.minor(article["amount"])))
    for row, part in _fees(said, refund.get("fees", ()), refund["tickets"], BACK):
        yield row
        parts.append(part)
    reason = str(refund.get("reason", ""))
    yield said.row("document", BACK, Sum(said.minor(refund["amount"]), pieces=1), item=reason)
    yield from _tenders(said, refund["tenders"], -1, lapsed=1)  # a void tells that turned round already
    yield from _paid(said, split(parts, _amounts(said, refund["tenders"]), ROUNDING), BACK)


def exchanged(fact: Fact, said: Said) -> Iterator[Row]:
    """An exchange: the old tickets come back, and what they cost pays for the new ones."""
    sale = fact.body["sale"]
    worth = 0
    for ticket in sale["exchanged"]:
        yield from _ticket(said, ticket, BACK)
        price = said.minor(ticket["price"])
        worth += price
        part = Part("ticket", price, ticket["show"], ticket.get("price_type", ""))
        yield from _paid(said, [(part, CARRIED, price)], BACK)
    parts: list[Part] = []
    for ticket in sale["tickets"]:
        yield from _ticket(said, ticket, SOLD)
        parts.append(Part("ticket", said.minor(ticket["price"]), ticket["show"], ticket["price_type"]))
    for ticket in sale["exchanged"]:
        if kept := said.minor(ticket["fee"]):
            yield said.row("fee", SOLD, Sum(kept, pieces=1), item="exchange", show=ticket["show"])
            parts.append(Part("fee", kept, ticket["show"]))
    yield said.row("document", SOLD, Sum(said.minor(sale["total"]), pieces=1), item=str(sale.get("reason", "")))
    yield from _tenders(said, sale["tenders"], 1)
    rest = PAID_OUT if said.minor(sale["total"]) < 0 else ROUNDING
    paid = split(parts, [(CARRIED, worth), *_amounts(said, sale["tenders"])], rest)
    yield from _paid(said, paid, SOLD)


def correction(fact: Fact, said: Said) -> Iterator[Row]:
    """A sale was paid otherwise than it was told: the tenders alone move."""
    told = fact.body["correction"]
    yield said.row("document", SOLD, Sum(pieces=1), item=str(told.get("reason", "")))
    for tenders, sign in ((told["was"], -1), (told["tenders"], 1)):
        yield from _tenders(said, tenders, sign)
        amounts = [(kind, sign * minor) for kind, minor in _amounts(said, tenders)]
        yield from _paid(said, split((), amounts, "correction"), SOLD)


def account_paid(fact: Fact, said: Said) -> Iterator[Row]:
    """Money for what was charged to a house account, which is a tender that goes back."""
    paid = fact.body["paid"]
    yield said.row("document", SOLD, Sum(said.minor(paid["amount"]), pieces=1))
    yield from _tenders(said, paid["tenders"], 1)
    yield from _paid(said, split((), _amounts(said, paid["tenders"]), "account"), SOLD)


def deposit(fact: Fact, said: Said) -> Iterator[Row]:
    """An order's deposit: taken, given back or kept. It is a tender that the order still has."""
    body = fact.body
    if forfeited := body.get("forfeited"):
        kept = said.minor(forfeited)
        yield said.row("tender", SOLD, Sum(kept, pieces=1), tender=DEPOSIT)
        yield from _paid(said, [(Part("forfeited", kept), DEPOSIT, kept)], SOLD)
    if (told := body.get("deposit")) is None:
        return
    sign = -1 if told.get("returned") else 1
    owed = [{"kind": DEPOSIT, "amount": str(-Money.parse(told["amount"], said.currency))}]
    way = SOLD if sign > 0 else BACK
    yield said.row("document", way, Sum(said.minor(told["amount"]), pieces=1))
    tenders = [*told["tenders"], *owed]
    yield from _tenders(said, tenders, sign)
    yield from _paid(said, split((), _amounts(said, tenders), DEPOSIT), way)


def package_back(fact: Fact, said: Said) -> Iterator[Row]:
    """What was left on a pass is paid back, less a fee."""
    body = fact.body
    left, fee = said.minor(body["left"]), said.minor(body["fee"])
    code = str(body["package"])
    yield said.row("article", BACK, Sum(left, pieces=1), item=_product(code), mark="package")
    if fee:
        yield said.row("fee", SOLD, Sum(fee, pieces=1), item="package")
    yield said.row("document", BACK, Sum(said.minor(body["amount"]), pieces=1), item=str(body.get("reason", "")))
    yield from _tenders(said, body["tenders"], -1)
    parts = [Part("article", left, kept=fee)]
    yield from _paid(said, split(parts, _amounts(said, body["tenders"]), ROUNDING), BACK)


def by_postings(fact: Fact, said: Said) -> Iterator[Row]:
    """Facts whose postings alone say what became of money: fees that are earned, a tender that fell through."""
    record = fact.body.get("record")
    show = str(record.get("show", "")) if isinstance(record, dict) else ""
    for posting in fact.postings:
        kind, _, name = posting.account.partition(":")
        minor = posting.amount.minor
        if kind == "fee":
            way = SOLD if minor < 0 else BACK
            yield said.row("fee", way, Sum(abs(minor), pieces=1), item=name, show=show)
        elif kind in _TENDERS and fact.kind == Kind.PAYMENT_ENDED:
            yield said.row("tender", SOLD, Sum(minor, pieces=1), tender=kind)
            yield from _paid(said, [(Part("payment", minor), kind, minor)], SOLD)


def _ticket(said: Said, ticket: Doc, way: str) -> Iterator[Row]:
    """A ticket, and what its price was taken down by."""
    common = {
        "show": ticket["show"],
        "category": ticket.get("category", ""),
        "price_type": ticket.get("price_type", ""),
        "tax": ticket["tax_id"],
        "mark": special(ticket),
    }
    price, tax = said.minor(ticket["price"]), said.minor(ticket["tax"])
    yield said.row("ticket", way, Sum(price, tax, 1), **common)
    if way == BACK:
        return
    where = {name: common[name] for name in ("show", "category", "price_type")}
    if "promotion" in ticket:
        told = ticket["promotion"]
        off = Sum(said.minor(told["off"]), pieces=1)
        yield said.row("off", SOLD, off, **where, item=str(told.get("id", "")), mark="promotion")
    if "override" in ticket:
        off = Sum(said.minor(ticket["override"]["was"]) - price, pieces=1)
        yield said.row("off", SOLD, off, **where, mark="override")


def _article(said: Said, article: Doc, way: str) -> Row:
    kind, name = article["kind"], article["id"]
    item = _product(name) if kind == "package" else name
    return said.row(
        "article", way, _measured(said, article, article["count"]), item=item, mark=kind, tax=article["tax_id"]
    )


def _product(code: str) -> str:
    """The package that a pass's code is of: the code itself is worth money."""
    return code.rpartition("-")[0] or code


def _measured(said: Said, doc: Doc, count: int) -> Sum:
    return Sum(said.minor(doc["amount"]), said.minor(doc.get("tax", "0")), count)


def _fees(said: Said, fees: Iterable[Doc], tickets: Sequence[Doc], way: str) -> Iterator[tuple[Row, Part]]:
    """Fees by show: in even parts over the tickets that bear them, as the basket parted what is refundable of them."""
    bearing = [ticket["show"] for ticket in tickets if special(ticket) not in _NO_FEES]
    shows = bearing or [ticket["show"] for ticket in tickets] or [""]
    for fee in fees:
        amounts, taxes, counts = (
            _by_show(shows, minor)
            for minor in (said.minor(fee["amount"]), said.minor(fee.get("tax", "0")), fee["count"])
        )
        for show, minor in amounts.items():
            measured = Sum(minor, taxes[show], counts[show])
            row = said.row("fee", way, measured, item=fee["id"], tax=fee.get("tax_id", ""), show=show)
            yield row, Part("fee", minor, show)


def _by_show(shows: Sequence[str], minor: int) -> dict[str, int]:
    sums: dict[str, int] = {}
    for show, part in zip(shows, fee_parts(Money(minor, ""), len(shows)), strict=True):
        sums[show] = sums.get(show, 0) + part.minor
    return sums


def _amounts(said: Said, tenders: Iterable[Doc]) -> list[tuple[str, int]]:
    return [(tender["kind"], said.minor(tender["amount"])) for tender in tenders]


def _tenders(said: Said, tenders: Iterable[Doc], sign: int, lapsed: int = 0) -> Iterator[Row]:
    """Money as it came, or went where the sign is negative; and what of a voucher was worth nothing any more."""
    way = SOLD if sign > 0 else BACK
    for tender in tenders:
        key = said.base._replace(what="tender", way=way, tender=tender["kind"])
        yield key, Sum(sign * said.minor(tender["amount"]), pieces=1)
        if rest := (lapsed or sign) * said.minor(tender.get("lapsed", "0")):
            yield key._replace(what="lapsed"), Sum(rest, pieces=1)


def _paid(said: Said, parts: Iterable[tuple[Part, str, int]], way: str) -> Iterator[Row]:
    for part, tender, minor in parts:
        dimensions = {"item": part.item, "show": part.show, "price_type": part.price_type, "tender": tender}
        yield said.row("paid", way, Sum(minor), **dimensions)
