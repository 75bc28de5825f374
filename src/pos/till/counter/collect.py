"""Orders: tickets that were not taken along when they were sold get their first paper here, by their tokens,
and are handed to whoever comes for them.

Paper may be made ready before anybody comes (`first_papers` with `ready`): it lies at the till that printed it,
and handing it out is an act of its own. Who came is recorded: a name, and of a document its kind and last four.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.rights import Effect, OfficeState, OwnState
from pos.domain.sale import Ticket
from pos.store.ledger import PrintJob
from pos.till.counter import issue
from pos.till.counter.admit import let_in
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.pay import ticket_answers
from pos.till.counter.tickets import Sold, heard, look_up, rights_to, sale_of
from pos.till.desk import Desk, Unit, Verb


@dataclass(frozen=True)
class _Order:
    """The tickets of an order that are handed out now: those without a paper, and those that lie ready here."""

    blank: list[Sold]
    ready: list[Sold]

    @property
    def tickets(self) -> list[Sold]:
        return self.blank + self.ready


def collect(
    desk: Desk, *, code: str = "", sale: str = "", tickets: list[str] | None = None,
    collected_by: dict[str, str] | None = None, approver: dict[str, Any] | None = None,
) -> Verb[dict[str, Any]]:  # fmt: skip
    """Hand out an order, or those of its `tickets` (ids or codes): what has no paper is printed as an original.
    `code` is the order's or that of one of its tickets, `sale` what `find` says. `collected_by` is who came.

    Raises Refused: bad_request unknown_ticket already_collected already_refunded exchanged already_admitted
    identity_needed right_to_issue_elsewhere device_absent storage_failed fenced.
    """
    if bool(code) == bool(sale):
        raise Refused("bad_request", reason="give one of code, sale")
    desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    order = _waiting(desk, code or sale, tickets)
    if order.blank:
        issue.check_present(desk, "ticket")
    let_in(desk, order.tickets, None)
    yield from rights_to(desk, order.tickets, "right_to_issue_elsewhere")
    # While the office was asked, somebody may have signed out, closed the shift, or printed it: the token tells.
    user = desk.signed_in("sell")
    shift = desk.shift()
    order = _waiting(desk, code or sale, tickets)
    if order.blank:
        issue.check_present(desk, "ticket")
    by = approved(desk, approver)
    _check_identity(desk, order.tickets, collected_by, by)
    why: dict[str, Any] = {"shift": shift.id, "user": user.id} | let_in(desk, order.tickets, None)
    why |= {"collected_by": collected_by} if collected_by else {}
    why |= {"approver": by} if by else {}
    job: PrintJob | None = None
    with desk.unit() as unit:
        if order.blank:
            job = first_papers(desk, unit, order.blank, why)
        if order.ready:
            _hand_out(desk, unit, order.ready, why)
        document = order.tickets[0].sale
        currency = desk.season().venue.currency
        out = ticket_answers([Ticket.from_json(ticket.body, currency) for ticket in order.tickets])
        told = {"id": document["id"], "total": document["total"], "tickets": out}
        answer = unit.answers({"sale": told, "job": job.id if job else None})
    if job is not None:
        issue.send(desk, job)
    return answer


def _waiting(desk: Desk, name: str, named: Sequence[str] | None) -> _Order:
    """The tickets of an order that are still to be handed out, or those that are named. Raises Refused."""
    order = sale_of(desk, name)
    wanted = order["tickets"]
    if named is not None:
        wanted = [ticket for ticket in wanted if {ticket["id"], ticket["code"]} & set(named)]
        if len(wanted) != len(set(named)):
            raise Refused("unknown_ticket", field="tickets", sale=order["id"])
    handed = {ticket["id"]: handed_to(desk, order, ticket) for ticket in wanted}
    ready = [id for id, told in handed.items() if told.get("ready")]
    blank = [ticket["id"] for ticket in wanted if ticket["id"] not in ready and not has_paper(desk, ticket)]
    if not blank and not ready:
        raise Refused("already_collected", sale=order["id"], **_last(handed.values()))
    over = {ticket["id"] for ticket in order["tickets"] if ticket.get("state", "live") != "live"}
    over |= desk.ledger.tickets.ended([*blank, *ready]).keys()
    live = [id for id in (*blank, *ready) if id not in over]
    sold = {ticket.id: ticket for ticket in look_up(desk, live or [*blank, *ready])}  # which says why none is left
    for id in ready:
        if id in sold and handed[id]["till"] != desk.outside.till:
            reason = "it lies there, printed; another paper of it is a copy"
            raise Refused(
                "right_to_issue_elsewhere", ticket=id, holder=handed[id]["till"], since=handed[id]["at"], reason=reason
            )
    return _Order([sold[id] for id in blank if id in sold], [sold[id] for id in ready if id in sold])


def _last(told: Any) -> dict[str, str]:
    """Who was there before, and where, for whoever has to be told."""
    known = sorted((one for one in told if one), key=lambda one: str(one["at"]))
    return {"holder": known[-1]["till"], "since": known[-1]["at"], "by": known[-1].get("name", "")} if known else {}


def _check_identity(desk: Desk, order: Sequence[Sold], came: dict[str, str] | None, approver: str) -> None:
    """Where a document was recorded at the sale, the same is shown, or a supervisor decides.
    Raises Refused("identity_needed")."""
    for ticket in order:
        known = ticket.body.get("identity") or (ticket.sale.get("buyer") or {}).get("identity")
        if not isinstance(known, dict) or not known.get("last4") or may_alone(desk, approver):
            continue
        if (came or {}).get("last4", "").upper() != str(known["last4"]).upper():
            raise Refused("identity_needed", ticket=ticket.id, kind=known.get("kind", ""))


def has_paper(desk: Desk, ticket: dict[str, Any]) -> bool:
    """Whether any paper of a ticket was issued, as its sale's document, this till's ledger or its token say."""
    return bool(ticket.get("issued", True)) or ticket["id"] in desk.ledger.tickets.issued([ticket["id"]])


def handed_to(desk: Desk, sale: dict[str, Any], ticket: dict[str, Any]) -> dict[str, Any]:
    """Where a ticket lies `ready`, or was handed out, when and to whom; {} for one that nobody came for.
    This till's own word goes before the office's."""
    own = desk.ledger.tickets.handed([ticket["id"]]).get(ticket["id"])
    told: dict[str, Any] = own or heard(desk, sale, ticket).get("handed") or {}
    return told


def first_papers(
    desk: Desk, unit: Unit, order: Sequence[Sold], why: dict[str, Any], *, ready: bool = False
) -> PrintJob:
    """Record that these tickets of one sale get their first paper, and queue it. `why` goes into the fact; `ready`
    says that nobody has come for them yet."""
    sale = order[0].sale
    tickets = [Ticket.from_json(ticket.body, desk.season().venue.currency) for ticket in order]
    _record(desk, unit, Kind.ORDER_COLLECTED, order, why | ({"ready": True} if ready else {}))
    for ticket in tickets:
        desk.ledger.tickets.put_copies(ticket.id, 0)
    at, buyer = datetime.fromisoformat(sale["at"]), sale.get("name", "")
    content = issue.tickets_content(desk, sale["id"], tickets, at, buyer)
    return desk.ledger.add_job("ticket", "ticket", sale["id"], [ticket.id for ticket in tickets], content)


def _hand_out(desk: Desk, unit: Unit, order: Sequence[Sold], why: dict[str, Any]) -> None:
    """Record that these, which lie ready here, were handed out."""
    _record(desk, unit, Kind.ORDER_HANDED_OUT, order, why)


def _record(desk: Desk, unit: Unit, kind: Kind, order: Sequence[Sold], why: dict[str, Any]) -> None:
    """One fact about tickets of one sale, which shows that this till has their tokens."""
    till, sold = desk.outside.till, OfficeState.SOLD
    effects = [
        Effect(t.show, t.place, desk.held(t.show, t.place, OwnState.SOLD, t.id), sold, sold, till, t.id) for t in order
    ]
    ids = [ticket.id for ticket in order]
    fact = unit.record(kind, {"sale": order[0].sale["id"], "tickets": ids} | why, effects=effects)
    told = {"till": till, "at": fact.at} | ({"ready": True} if why.get("ready") else {})
    desk.ledger.tickets.hand(ids, told | dict(why.get("collected_by") or {}))
