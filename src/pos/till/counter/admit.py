"""The gate: letting in who shows a ticket, once, by what this till knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pos.domain.admission import Admission, Shown, already_admitted, check
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.mask import scrub
from pos.domain.sale import read_code
from pos.till.counter.approval import may_alone
from pos.till.counter.charge import pinned
from pos.till.counter.closed import check as check_open
from pos.till.counter.tickets import Sold, find_ticket, heard
from pos.till.desk import Desk


def admit(desk: Desk, *, code: str, show: str) -> dict[str, Any]:
    """Let in whoever shows this code, or names this ticket's id, for a show. Needs neither a line nor a shift.

    Raises Refused: unknown_show show_cancelled place_closed unknown_ticket other_show already_admitted already_refunded
    exchanged superseded not_allowed storage_failed fenced.
    """
    user = desk.signed_in("sell")
    desk.check_not_fenced()
    the_show = desk.season().show(show)
    if the_show.cancelled:
        raise Refused("show_cancelled", show=show)
    sale, body = find_ticket(desk, code)
    if body["show"] == show:
        check_open(desk, [(show, body["unit"])])
    paper = check(shown(desk, sale, body), show, _copy(code, body))
    if (body["show"], body["unit"]) in pinned(desk):
        reason = "money is being paid back for it at this till"
        raise Refused("not_allowed", what="ticket", reason=reason, ticket=body["id"])
    with desk.unit() as unit:
        fact = unit.record(
            Kind.TICKETS_ADMITTED, {"user": user.id, "show": show, "tickets": [{"id": body["id"], "copy": paper}]}
        )
        desk.ledger.tickets.admit(body["id"], fact.at, paper)
        told = {key: body[key] for key in ("id", "show", "place", "category", "price_type", "proof")}
        return unit.answers({"admitted": told | {"copy": paper, "at": fact.at, "label": _label(desk, body)}})


def _copy(code: str, body: dict[str, Any]) -> int | None:
    """Which paper was shown; None where the ticket's id was typed in."""
    if code.strip() == body["id"]:
        return None
    try:
        return read_code(code.strip())[1]
    except ValueError as error:
        raise Refused("unknown_ticket", ticket=scrub(code)) from error


def _label(desk: Desk, body: dict[str, Any]) -> str:
    seating = desk.belief.seating(body["show"])
    ix = seating.find(body["unit"])
    return seating.label(ix) if ix is not None else str(body["place"])


def shown(desk: Desk, sale: dict[str, Any], body: dict[str, Any]) -> Shown:
    """The ticket, by this till's ledger and what the office has told of it."""
    book, office = desk.ledger.tickets, heard(desk, sale, body)
    state = book.ended([body["id"]]).get(body["id"]) or office.get("state", "live")
    copies = max(book.copies(body["id"]), office.get("copies", 0))
    return Shown(body["id"], body["show"], state, copies, admission(desk, sale, body))


def admission(desk: Desk, sale: dict[str, Any], body: dict[str, Any]) -> Admission | None:
    """Where and when a ticket was let in, as far as this till knows."""
    here = desk.ledger.tickets.admitted([body["id"]]).get(body["id"])
    if here is not None:
        return Admission(desk.outside.till, *here)
    office = heard(desk, sale, body).get("admitted")
    return Admission.from_json(office) if office is not None else None


def let_in(desk: Desk, tickets: Sequence[Sold], approver: dict[str, Any] | None) -> dict[str, list[str]]:
    """What a document that ends or copies these tickets says of those that were let in: nothing, or, with a
    supervisor, which. Raises Refused("already_admitted")."""
    named: list[str] = []
    for ticket in tickets:
        admitted = admission(desk, ticket.sale, ticket.body)
        if admitted is None:
            continue
        if approver is None and not may_alone(desk, ""):
            raise already_admitted(ticket.id, admitted)
        named.append(ticket.id)
    return {"admitted": named} if named else {}
