"""Another paper of a ticket: a numbered copy, by whoever holds the ticket's token."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pos.domain.facts import Kind
from pos.domain.rights import Effect, OfficeState
from pos.domain.sale import Ticket
from pos.till.counter import issue
from pos.till.counter.approval import approved
from pos.till.counter.tickets import look_up, rights_to
from pos.till.desk import Desk, Verb


def reprint(desk: Desk, *, ticket: str, reason: str, approver: dict[str, Any] | None = None) -> Verb[dict[str, Any]]:
    """Issue the next copy of a ticket and print it. It is marked, counted, and never a second original.

    Raises Refused: unknown_ticket already_refunded exchanged right_to_issue_elsewhere wrong_pin not_allowed
    device_absent storage_failed fenced.
    """
    desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    issue.check_present(desk, "ticket")
    yield from rights_to(desk, look_up(desk, [ticket]), "right_to_issue_elsewhere")
    # While the office was asked, somebody may have signed out, closed the shift, or taken the ticket back.
    user = desk.signed_in("sell")
    shift = desk.shift()
    (found,) = look_up(desk, [ticket])
    by = approved(desk, approver)
    body = Ticket.from_json(found.body, desk.season().venue.currency)
    copy = desk.ledger.tickets.copies(body.id) + 1
    sold_at = datetime.fromisoformat(found.sale["at"])
    content = issue.marked(issue.tickets_content(desk, found.sale["id"], [body], sold_at), copy)
    token = desk.rights[body.show][body.place].token
    with desk.unit() as unit:
        unit.record(
            Kind.COPY_ISSUED,
            {"shift": shift.id, "user": user.id, "ticket": body.id, "copy": copy, "reason": reason}
            | ({"approver": by} if by else {}),
            effects=[
                Effect(body.show, body.place, token, OfficeState.SOLD, OfficeState.SOLD, desk.outside.till, body.id)
            ],
        )
        desk.ledger.tickets.put_copies(body.id, copy)
        job = desk.ledger.add_job("ticket", "copy", found.sale["id"], [body.id], content)
        answer = unit.answers(
            {
                "ticket": {
                    "id": body.id,
                    "show": body.show,
                    "place": body.shown,
                    "code": content["tickets"][0]["code"],
                    "price": str(body.price),
                    "copy": copy,
                },
                "job": job.id,
            }
        )
    issue.send(desk, job)
    return answer
