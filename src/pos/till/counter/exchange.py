"""Exchanges: tickets end and others begin, in one fact; the customer pays the difference or gets it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pos.domain.basket import FeeLine, Line
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money, total
from pos.domain.refund import Returned, carried_on, exchange_entry, inherited, settle_exchange
from pos.domain.sale import AWAITED, FOREIGN, Settlement, Tender, Ticket
from pos.domain.season import Show
from pos.domain.shift import CashMove
from pos.store.ledger import PrintJob
from pos.store.shiftbook import ShiftRow
from pos.till.counter import charge, checks, issue, purses
from pos.till.counter.admit import let_in
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.buyer import buyer_document, same_buyer
from pos.till.counter.closed import still_used
from pos.till.counter.comeback import check_whole
from pos.till.counter.numbers import Series, next_id, take
from pos.till.counter.passing import indexes_of
from pos.till.counter.pay import make_tickets, sold_effects, tax_documents, ticket_answers
from pos.till.counter.quoting import allowed, fitted, member_of, quoted_line
from pos.till.counter.refund import check_limit, fee_of, step_in_force
from pos.till.counter.sell import Wish, rights_for, wishes_for
from pos.till.counter.tenders import check_drawer, tenders_of
from pos.till.counter.tickets import TRIES, Sold, all_in_hand, ending, look_up, rights_to
from pos.till.desk import Desk, Unit, Verb

_EXCHANGES: Final = Series("exchanges", "X")


@dataclass(frozen=True)
class _Making:
    """An exchange worked out but not yet committed."""

    document: dict[str, Any]
    sold: Sequence[Sold]
    returned: Sequence[Returned]
    tickets: Sequence[Ticket]
    fees: tuple[FeeLine, ...]
    settlement: Settlement


def exchange(
    desk: Desk, *, tickets: list[str], show: str, places: list[str], price_type: str | list[str],
    tenders: list[dict[str, Any]], proof: bool = False, reason: str = "", approver: dict[str, Any] | None = None,
    waive_fee: bool = False, member: str = "", buyer: dict[str, Any] | None = None,
) -> Verb[dict[str, Any]]:  # fmt: skip
    """Change tickets for others. `tenders` sum to difference + fee; negative ones are paid out. `buyer` is whose they
    are, where the new show asks and the old sale does not say.

    Raises Refused: what `add`, `pay` and `refund` raise; after any of them nothing has happened.
    """
    desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    yield from charge.settle_open(desk)
    currency = desk.season().venue.currency
    the_show = desk.season().show(show)
    asked, member = tenders_of(desk, tenders), member_of(desk, member)
    for _ in range(TRIES):
        sold = look_up(desk, tickets)
        check_whole(desk, sold)
        let_in(desk, still_used(desk, sold), approver)
        yield from rights_to(desk, sold)
        seating = desk.belief.seating(show)
        steps = [step_in_force(desk, ticket, ticket.terms(currency).exchange, approver) for ticket in sold]
        freed = frozenset(ticket.place for ticket in sold if ticket.show == show)
        wishes = wishes_for(desk, the_show, seating, places, price_type, proof, freed, member)
        units = yield from _rights(desk, the_show, wishes, freed)
        yield from purses.hold(desk, asked)
        if all_in_hand(desk, sold):
            break  # else the office has asked for one while it was asked for the new places
    # While the office was asked, somebody may have signed out, closed the shift, or taken a ticket back.
    user = desk.signed_in("sell")
    shift = desk.shift()
    sold = look_up(desk, tickets)
    check_whole(desk, sold)
    admitted = let_in(desk, still_used(desk, sold), approver)
    by = approved(desk, approver)
    marks = {kind: allowed(desk, kind, approver, reason, member) for kind in {wish.price_type for wish in wishes}}
    if waive_fee and not may_alone(desk, by):
        raise Refused("approval_needed", what="waive_fee")
    returned = [
        ticket.returned(fee_of(ticket, step, currency, waive_fee)) for ticket, step in zip(sold, steps, strict=True)
    ]
    quoted = [
        quoted_line(
            desk, n, show, unit, wish.category, wish.price_type, wish.price, proof, wish.prices, marks[wish.price_type]
        )
        for n, (wish, unit) in enumerate(zip(wishes, units, strict=True), 1)
    ]
    lines = fitted(desk, quoted, {ticket.body["price_type"] for ticket in sold})
    making = _work_out(desk, user.id, shift, sold, returned, lines, asked, by, buyer)
    check_drawer(desk, shift, -making.settlement.paid("cash", currency))
    check_limit(desk, sold, -Money.parse(making.document["total"], currency), by)
    pins = [*((item.show, item.place) for item in returned), *((line.show, line.place) for line in lines)]
    pins += purses.keys(asked)
    intent = charge.Intent("exchange", ",".join(ticket.id for ticket in sold), tuple(dict.fromkeys(pins)))
    charge.check_not_pinned(desk, intent)
    settlement = yield from charge.charge(desk, user.id, shift, intent, making.settlement)
    if settlement is not making.settlement:
        # Time has passed at the terminal, and other exchanges have taken their numbers.
        making = replace(
            _work_out(desk, user.id, shift, sold, returned, lines, asked, by, buyer), settlement=settlement
        )
        making.document["tenders"] = [tender.to_json() for tender in settlement.tenders]
    making.document.update({"reason": reason} if reason else {}, **({"approver": by} if by else {}), **admitted)
    with desk.unit() as unit:
        jobs = _commit(desk, unit, shift, making)
        answer = unit.answers({"exchange": _answer(making)})
    _after(desk, making, jobs)
    return answer


def _rights(desk: Desk, show: Show, wishes: Sequence[Wish], freed: frozenset[str]) -> Verb[list[str]]:
    """The places in hand for these wishes. One that this exchange makes free is in hand as sold."""
    others = [wish for wish in wishes if wish.shown not in freed]
    claimed = yield from rights_for(desk, show, others)
    rest = iter(claimed)
    return [wish.shown if wish.shown in freed else next(rest) for wish in wishes]


def _work_out(
    desk: Desk,
    user: str,
    shift: ShiftRow,
    sold: Sequence[Sold],
    returned: Sequence[Returned],
    lines: Sequence[Line],
    asked: Sequence[Tender],
    approver: str,
    buyer: dict[str, Any] | None,
) -> _Making:
    who = same_buyer(sold) | buyer_document(desk, buyer)
    checks.check_buyer(desk, lines, who, [ticket.id for ticket in sold])
    venue = desk.season().venue
    currency = venue.currency
    exchange_id = next_id(desk, _EXCHANGES)
    tickets = tuple(
        replace(ticket, marks={**ticket.marks, "fees": parts}) if parts else ticket
        for ticket, parts in zip(
            make_tickets(desk, exchange_id, lines, frozenset((item.show, item.place) for item in returned)),
            inherited(returned, len(lines)),
            strict=True,
        )
    )
    fee = total([item.fee for item in returned], currency)
    fees = (FeeLine("exchange", len(returned), fee),) if fee else ()
    difference = total([ticket.price for ticket in tickets], currency) - total(
        [item.price for item in returned], currency
    )
    carried = carried_on(returned, currency)
    if any(tender.detail.get("pending") for tender in asked):
        raise Refused("not_allowed", what="card", reason="an exchange needs the terminal's yes")
    owed = (tender for tender in asked if tender.kind in AWAITED and tender.amount > Money.zero(currency))
    if any(not tender.detail.get("reference") for tender in owed):
        reason = "an exchange waits for no payment: it must have arrived, by its reference"
        raise Refused("not_allowed", what="tender", reason=reason)
    settlement = settle_exchange(difference + fee, asked, carried, venue.cash_rounding)
    settlement = purses.moved(desk, settlement, approver)
    document = {
        "id": exchange_id,
        "at": desk.clock.now().isoformat(timespec="seconds"),
        "till": desk.outside.till,
        "user": user,
        "shift": shift.id,
        "total": str(difference + fee),
        "difference": str(difference),
        "rounding": str(settlement.rounding),
        "fees": [fee.to_json() for fee in fees],
        "tenders": [tender.to_json() for tender in settlement.tenders],
        "carried": [tender.to_json() for tender in carried],
        "change": str(settlement.change),
        "taxes": tax_documents(tickets, (), fees, currency),
        "tickets": [ticket.to_json() for ticket in tickets],
        "exchanged": [item.to_json() for item in returned],
    } | who
    checks.mark_tickets(desk, document)
    return _Making(document, sold, returned, tickets, fees, settlement)


def _commit(desk: Desk, unit: Unit, shift: ShiftRow, making: _Making) -> list[PrintJob]:
    """Write the exchange in the unit's transaction; its print jobs."""
    document, currency = making.document, desk.season().venue.currency
    ended, freed = ending(desk, making.sold)
    begun, taken = sold_effects(desk, making.tickets, freed=frozenset((show, place) for show, place, _ in freed))
    unit.record(
        Kind.TICKETS_EXCHANGED,
        {"sale": document},
        postings=exchange_entry(
            desk.outside.till, making.returned, making.tickets, making.fees, making.settlement, currency
        ),
        effects=[*ended, *begun, *purses.spend(desk, making.settlement)],
    )
    unit.put_rights([*freed, *taken])
    ledger = desk.ledger
    ledger.tickets.end([item.id for item in making.returned], "exchanged", document["id"])
    ledger.add_sale(shift.id, document)
    if cash := making.settlement.paid("cash", currency):
        ledger.add_move(shift.id, CashMove("exchange", cash, document["id"], document["at"]))
    charge.use(desk, making.settlement, document["id"])
    take(desk, _EXCHANGES)
    at = desk.clock.now()
    named = checks.named_on_paper(desk, document)
    content = issue.tickets_content(desk, document["id"], making.tickets, at, named)
    jobs = [ledger.add_job("ticket", "ticket", document["id"], [ticket.id for ticket in making.tickets], content)]
    if desk.outside.printers.present("receipt"):
        paper = issue.receipt_content(desk, document) | {"heading": issue.words(desk).say("exchange")}
        jobs.append(ledger.add_job("receipt", "receipt", document["id"], [], paper))
    return jobs


def _answer(making: _Making) -> dict[str, Any]:
    document = making.document
    return {
        "id": document["id"],
        "difference": document["difference"],
        "fee": str(total([item.fee for item in making.returned], making.settlement.rounding.currency)),
        "total": document["total"],
        "rounding": document["rounding"],
        "change": document["change"],
        "tickets": ticket_answers(making.tickets),
    }


def _after(desk: Desk, making: _Making, jobs: Sequence[PrintJob]) -> None:
    if any(tender.kind in ("cash", FOREIGN) for tender in making.settlement.tenders):
        desk.outside.printers.kick_drawer()
    for job in jobs:
        issue.send(desk, job)
    touched = [*((item.show, item.place) for item in making.returned), *((t.show, t.place) for t in making.tickets)]
    desk.emit("changed", places=indexes_of(desk, touched), documents=False)
