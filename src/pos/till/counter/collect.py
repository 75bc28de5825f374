"""Orders: tickets that were sold elsewhere than at a till get their first paper here, by their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.rights import Effect, OfficeState, OwnState
from pos.domain.sale import Ticket
from pos.store.ledger import PrintJob
from pos.till.counter import issue
from pos.till.counter.admit import let_in
from pos.till.counter.pay import ticket_answers
from pos.till.counter.tickets import Sold, look_up, rights_to, sale_of
from pos.till.desk import Desk, Unit, Verb


def collect(desk: Desk, *, code: str = "", sale: str = "") -> Verb[dict[str, Any]]:
    """Print what has not been printed yet of an order, as originals. `code` is the order's or that of one
    of its tickets, `sale` what `find` says.

    Raises Refused: bad_request unknown_ticket already_collected already_refunded exchanged already_admitted
    right_to_issue_elsewhere device_absent storage_failed fenced.
    """
    if bool(code) == bool(sale):
        raise Refused("bad_request", reason="give one of code, sale")
    desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    issue.check_present(desk, "ticket")
    order = _waiting(desk, code or sale)
    let_in(desk, order, None)
    yield from rights_to(desk, order, "right_to_issue_elsewhere")
    # While the office was asked, somebody may have signed out, closed the shift, or printed it: the token tells.
    user = desk.signed_in("sell")
    shift = desk.shift()
    order = _waiting(desk, code or sale)
    why = {"shift": shift.id, "user": user.id} | let_in(desk, order, None)
    with desk.unit() as unit:
        tickets, job = first_papers(desk, unit, order, why)
        document = order[0].sale
        answer = unit.answers(
            {
                "sale": {"id": document["id"], "total": document["total"], "tickets": ticket_answers(tickets)},
                "job": job.id,
            }
        )
    issue.send(desk, job)
    return answer


def _waiting(desk: Desk, name: str) -> list[Sold]:
    """The tickets of an order that have no paper yet. Raises Refused."""
    order = sale_of(desk, name)
    unprinted = [ticket["id"] for ticket in order["tickets"] if not has_paper(desk, ticket)]
    if not unprinted:
        raise Refused("already_collected", sale=order["id"])
    over = {ticket["id"] for ticket in order["tickets"] if ticket.get("state", "live") != "live"}
    over |= desk.ledger.tickets.ended(unprinted).keys()
    live = [ticket for ticket in unprinted if ticket not in over]
    return look_up(desk, live or unprinted)  # which says why, when there is none left


def has_paper(desk: Desk, ticket: dict[str, Any]) -> bool:
    """Whether any paper of a ticket was issued, as its sale's document, this till's ledger or its token say."""
    return bool(ticket.get("issued", True)) or ticket["id"] in desk.ledger.tickets.issued([ticket["id"]])


def first_papers(desk: Desk, unit: Unit, order: Sequence[Sold], why: dict[str, Any]) -> tuple[list[Ticket], PrintJob]:
    """Record that these tickets of one sale get their first paper, and queue it. `why` goes into the fact."""
    sale = order[0].sale
    tickets = [Ticket.from_json(ticket.body, desk.season().venue.currency) for ticket in order]
    sold = OfficeState.SOLD
    unit.record(
        Kind.ORDER_COLLECTED,
        {"sale": sale["id"], "tickets": [ticket.id for ticket in tickets]} | why,
        effects=[
            Effect(
                t.show, t.place, desk.held(t.show, t.place, OwnState.SOLD, t.id), sold, sold, desk.outside.till, t.id
            )
            for t in tickets
        ],
    )
    for ticket in tickets:
        desk.ledger.tickets.put_copies(ticket.id, 0)
    at, buyer = datetime.fromisoformat(sale["at"]), sale.get("name", "")
    content = issue.tickets_content(desk, sale["id"], tickets, at, buyer)
    return tickets, desk.ledger.add_job("ticket", "ticket", sale["id"], [ticket.id for ticket in tickets], content)
