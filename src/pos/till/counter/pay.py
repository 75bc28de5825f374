"""The sale: one durable commit of tickets, rights, cash, fact and print jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pos.domain.basket import Basket, FeeLine, fee_lines, tax_lines
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money, tax_included, total
from pos.domain.rights import Effect, OfficeState, OwnRight, OwnState, may_sell
from pos.domain.sale import TENDERS, Settlement, Tender, Ticket, sale_entry, settle
from pos.domain.shift import CashMove
from pos.store.ledger import PrintJob, ShiftRow
from pos.till.counter import issue
from pos.till.counter.passing import allot, low
from pos.till.desk import Desk, Unit

_SALES = "sales"  # the till's sale counter, beside the ledger's rows


@dataclass(frozen=True)
class _Making:
    """A sale worked out but not yet committed. `number` is the till's count of sales."""

    id: str
    number: int
    at: datetime
    user: str
    basket: Basket
    total: Money
    fees: tuple[FeeLine, ...]
    settlement: Settlement
    tickets: tuple[Ticket, ...]


def pay(desk: Desk, *, tenders: list[dict[str, Any]], terms_told: bool = False) -> dict[str, Any]:
    """Sell the basket. The answer is given only when the sale is durable.

    Raises Refused: basket_empty basket_expired underpaid overpaid device_absent
    right_elsewhere storage_failed fenced; after any of them nothing has been sold.
    """
    user = desk.signed_in("sell")
    shift = desk.shift()
    desk.check_not_fenced()
    basket = desk.ledger.basket()
    if basket is None or not basket.lines:
        raise Refused("basket_expired" if basket is not None and basket.lapsed else "basket_empty")
    currency = desk.season().venue.currency
    paid = [_tender(item, currency) for item in tenders]
    making = _work_out(desk, user.id, basket, paid)
    body = _document(desk, shift, making) | ({"terms_told": True} if terms_told else {})
    paper = _paper(desk, making, body)
    with desk.unit() as unit:
        jobs = _commit(desk, unit, shift, making, body, paper)
        answer = unit.answers({"sale": _answer(making)})
    _after(desk, making, jobs)
    return answer


def _tender(item: dict[str, Any], currency: str) -> Tender:
    kind = item.get("kind")
    if kind not in TENDERS:
        raise Refused("bad_request", field="tenders", reason=f"{kind!r} is none of {', '.join(TENDERS)}")
    try:
        amount = Money.parse(item.get("amount"), currency)
        given = Money.parse(item["given"], currency) if item.get("given") is not None else None
    except ValueError as error:
        raise Refused("bad_request", field="tenders", reason=str(error)) from error
    if kind != "cash":
        # What takes this tender is a device or an account that this till does not have.
        raise Refused("device_absent", device="terminal" if kind == "card" else kind, kind=kind)
    return Tender(kind, amount, given)


def _work_out(desk: Desk, user: str, basket: Basket, tenders: Sequence[Tender]) -> _Making:
    season = desk.season()
    currency = season.venue.currency
    fees = fee_lines(season.fees, len(basket.lines))
    due = basket.tickets_total(currency) + total([fee.amount for fee in fees], currency)
    settlement = settle(due, tenders, season.venue.cash_rounding)
    number = int(desk.ledger.meta(_SALES) or 0) + 1
    sale = _sale_id(desk, number)
    return _Making(sale, number, desk.clock.now(), user, basket, due, fees, settlement, _tickets(desk, sale, basket))


def _sale_id(desk: Desk, number: int) -> str:
    outside = desk.outside
    prefix = outside.till if outside.incarnation == 1 else f"{outside.till}.{outside.incarnation}"
    return f"{prefix}-{number:05d}"


def _tickets(desk: Desk, sale: str, basket: Basket) -> tuple[Ticket, ...]:
    season = desk.season()
    tickets = []
    for n, line in enumerate(basket.lines, 1):
        show = season.show(line.show)
        prices, terms = season.prices[show.prices], season.terms.get(show.terms)
        seating = desk.belief.seating(line.show)
        ix = seating.find(line.place)
        own = desk.rights.get(line.show, {}).get(line.place)
        if ix is None or not may_sell(desk.belief.office(line.show, ix), own):
            raise Refused("right_elsewhere", show=line.show, place=line.place, holder="office", since=None)
        tickets.append(
            Ticket(
                id=f"{sale}-{n}",
                show=line.show,
                place=line.place,
                shown=seating.shown(ix),
                category=line.category,
                price_type=line.price_type,
                price=line.price,
                code=desk.outside.entropy.code(),
                proof=line.proof,
                tax_id=prices.tax,
                tax=tax_included(line.price, prices.tax_basis_points),
                terms=terms.source if terms else {},
            )
        )
    return tuple(tickets)


@dataclass(frozen=True)
class _Paper:
    """What the sale prints, worked out before its transaction begins."""

    tickets: dict[str, Any]
    receipt: dict[str, Any] | None


def _paper(desk: Desk, making: _Making, body: dict[str, Any]) -> _Paper:
    receipt = issue.receipt_content(desk, body) if desk.outside.printers.present("receipt") else None
    return _Paper(issue.tickets_content(desk, making.id, making.tickets, making.at), receipt)


def _commit(
    desk: Desk, unit: Unit, shift: ShiftRow, making: _Making, body: dict[str, Any], paper: _Paper
) -> list[PrintJob]:
    """Write the sale in the unit's transaction; its print jobs."""
    outside, currency = desk.outside, making.total.currency
    effects, sold = [], []
    for ticket in making.tickets:
        own = desk.rights[ticket.show][ticket.place]
        effects.append(
            Effect(
                ticket.show, ticket.place, own.token, OfficeState.LEASED, OfficeState.SOLD, outside.till, ticket.id
            )
        )  # fmt: skip
        sold.append((ticket.show, ticket.place, OwnRight(OwnState.SOLD, own.token)))
    postings = sale_entry(outside.till, making.tickets, making.fees, making.settlement, currency)
    unit.at = making.at
    unit.record(Kind.TICKETS_SOLD, {"sale": body}, postings=postings, effects=effects)
    unit.put_rights(sold)
    ledger = desk.ledger
    ledger.add_sale(shift.id, body)
    cash = making.settlement.paid("cash", currency)
    if cash:
        ledger.add_move(shift.id, CashMove("sale", cash, making.id, body["at"]))
    ledger.put_basket(None)
    ledger.put_meta(_SALES, str(making.number))
    tickets = [ticket.id for ticket in making.tickets]
    jobs = [ledger.add_job("ticket", "ticket", making.id, tickets, paper.tickets)]
    if paper.receipt is not None:
        jobs.append(ledger.add_job("receipt", "receipt", making.id, [], paper.receipt))
    return jobs


def _document(desk: Desk, shift: ShiftRow, making: _Making) -> dict[str, Any]:
    """The sale by value, as the fact carries it and every till's look-up keeps it."""
    season = desk.season()
    tables = {ticket.show: season.prices[season.show(ticket.show).prices] for ticket in making.tickets}
    taxes = tax_lines(
        ((tables[t.show].tax, tables[t.show].tax_basis_points, t.price) for t in making.tickets), making.total.currency
    )
    return {
        "id": making.id,
        "at": making.at.isoformat(timespec="seconds"),
        "till": desk.outside.till,
        "user": making.user,
        "shift": shift.id,
        "total": str(making.total),
        "rounding": str(making.settlement.rounding),
        "fees": [{"id": fee.id, "count": fee.count, "amount": str(fee.amount)} for fee in making.fees],
        "tenders": [tender.to_json() for tender in making.settlement.tenders],
        "change": str(making.settlement.change),
        "taxes": [{"id": tax.id, "base": str(tax.base), "tax": str(tax.tax)} for tax in taxes],
        "tickets": [ticket.to_json() for ticket in making.tickets],
    }


def _answer(making: _Making) -> dict[str, Any]:
    return {
        "id": making.id,
        "total": str(making.total),
        "rounding": str(making.settlement.rounding),
        "change": str(making.settlement.change),
        "tickets": [
            {"id": t.id, "show": t.show, "place": t.shown, "code": t.code, "price": str(t.price)}
            for t in making.tickets
        ],
    }


def _after(desk: Desk, making: _Making, jobs: Sequence[PrintJob]) -> None:
    """What follows a durable sale: drawer, paper, and a fuller hand for the next one."""
    if any(tender.kind == "cash" for tender in making.settlement.tenders):
        desk.outside.printers.kick_drawer()
    for job in jobs:
        issue.send(desk, job)
    places: dict[str, list[int]] = {}
    for ticket in making.tickets:
        ix = desk.belief.seating(ticket.show).find(ticket.place)
        if ix is not None:
            places.setdefault(ticket.show, []).append(ix)
    desk.emit("changed", places=places, documents=False)
    if desk.outside.office.link().state == "online" and any(low(desk, show) for show in places):
        desk.spawn(lambda: allot(desk))
