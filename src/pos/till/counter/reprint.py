"""Another paper of a ticket: a numbered copy, by whoever holds the ticket's token, also when nobody knows
whether the first one came out. Of a ticket that was never printed the next paper is the original."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.rights import Effect, OfficeState, OwnState
from pos.domain.sale import Ticket
from pos.store.ledger import PrintJob
from pos.till.counter import blanks, checks, issue
from pos.till.counter.admit import let_in
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.collect import first_papers, handed_to, has_paper
from pos.till.counter.tickets import Sold, holder_of, look_up, rights_to
from pos.till.desk import Desk, Unit, Verb


def reprint(
    desk: Desk, *, ticket: str, reason: str, approver: dict[str, Any] | None = None,
    lost: bool = False, name: str = "", identity: str = "",
) -> Verb[dict[str, Any]]:  # fmt: skip
    """Issue the next paper of a ticket and print it. A copy is marked, counted, and never a second original.

    `lost`: nobody has the one before, so it is printed for its buyer alone: for the `identity` (its last four) or the
    `name` that was recorded; where nobody was, a supervisor approves, and `reason` says what was shown for a proof of
    payment. Raises Refused: unknown_ticket already_refunded exchanged already_admitted right_to_issue_elsewhere
    identity_needed approval_needed wrong_pin not_allowed device_absent storage_failed fenced.
    """
    desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    issue.check_present(desk, "ticket")
    sold = look_up(desk, [ticket])
    let_in(desk, sold, approver)
    yield from rights_to(desk, sold, "right_to_issue_elsewhere")
    # While the office was asked, somebody may have signed out, closed the shift, or taken the ticket back.
    user = desk.signed_in("sell")
    shift = desk.shift()
    (found,) = sold = look_up(desk, [ticket])
    why: dict[str, Any] = {"reason": reason, "shift": shift.id, "user": user.id} | let_in(desk, sold, approver)
    if by := approved(desk, approver):
        why["approver"] = by
    if lost:
        verified = _verified(desk, found, name, identity, trusted=may_alone(desk, by))
        why |= {"lost": True, "verified": verified}
    with desk.unit() as unit:
        if has_paper(desk, found.body):
            job = _copy(desk, unit, found, why)
        else:
            job = first_papers(desk, unit, sold, why)
        (printed,) = job.content["tickets"]
        told = {key: found.body[key] for key in ("id", "show", "place", "price")}
        paper = {"code": printed["code"], "copy": printed["copy"]}
        answer = unit.answers({"ticket": told | paper, "job": job.id})
    issue.send(desk, job)
    return answer


def _verified(desk: Desk, found: Sold, name: str, identity: str, *, trusted: bool) -> str:
    """By what it was seen that whoever has lost the ticket had bought it: identity | name | supervisor.

    Raises Refused("identity_needed" | "approval_needed").
    """
    holder = holder_of(desk, found)
    recorded = holder.get("name") or found.sale.get("name", "")
    if holder.get("identity") and (identity or not trusted):
        checks.check_holder([holder], identity, trusted=trusted)
        return "identity"
    if recorded and " ".join(name.casefold().split()) == " ".join(str(recorded).casefold().split()):
        return "name"
    if trusted:
        return "supervisor"
    if recorded:
        raise Refused("identity_needed", what="name", ticket=found.id)
    raise Refused("approval_needed", what="lost", ticket=found.id)


def _copy(desk: Desk, unit: Unit, found: Sold, why: dict[str, Any]) -> PrintJob:
    """Record the next copy, and queue it."""
    content = next_paper(desk, unit, found, why)
    return desk.ledger.add_job("ticket", "copy", found.sale["id"], [found.id], content)


def next_paper(desk: Desk, unit: Unit, found: Sold, why: dict[str, Any], name: str = "") -> dict[str, Any]:
    """Record the next copy; what it prints. `name` is whose it is from now on."""
    ticket = Ticket.from_json(found.body, desk.season().venue.currency)
    copy = desk.ledger.tickets.copies(ticket.id) + 1
    sold_at = datetime.fromisoformat(found.sale["at"])
    buyer = name or holder_of(desk, found).get("name") or found.sale.get("name", "")
    content = issue.marked(issue.tickets_content(desk, found.sale["id"], [ticket], sold_at, buyer), copy)
    token, sold = desk.held(ticket.show, ticket.place, OwnState.SOLD, ticket.id), OfficeState.SOLD
    effect = Effect(ticket.show, ticket.place, token, sold, sold, desk.outside.till, ticket.id)
    fact = unit.record(Kind.COPY_ISSUED, {"ticket": ticket.id, "copy": copy} | why, effects=[effect])
    desk.ledger.tickets.put_copies(ticket.id, copy)
    if handed_to(desk, found.sale, found.body).get("ready"):
        # What lies ready somewhere is worth nothing any more: this one is handed out.
        desk.ledger.tickets.hand([ticket.id], {"till": desk.outside.till, "at": fact.at})
    return content


def printed(desk: Desk, *, job: int, came_out: bool, lies_next: str = "") -> Verb[dict[str, Any]]:
    """The operator says whether an unknown job's paper came out. If not, it prints again.

    What prints again is a copy: a printer that ran out of paper may still bring the first one out,
    and then two papers must not look alike. Copies are counted by whoever holds the ticket's token,
    so that is got first; what came back meanwhile prints no more. Where blanks are numbered, `lies_next` is
    the number that lies next in the printer: what is gone before it came out, or is spoiled. Raises Refused:
    bad_request not_allowed no_shift right_to_issue_elsewhere device_absent storage_failed.
    """
    user = desk.signed_in("sell")
    found = issue.in_question(desk, job)
    if came_out:
        return issue.came_out(desk, found, lies_next)
    blanks.spoil_before(desk, user.id, found, lies_next)
    # A pack's tokens never leave this till while it is out, and nobody else prints for a fenced one.
    if not found.tickets or found.kind == "paper" or desk.fenced:
        return issue.print_copy(desk, found)
    desk.shift()
    issue.check_present(desk, found.role)
    yield from rights_to(desk, _alive(desk, found), "right_to_issue_elsewhere")
    user, shift = desk.signed_in("sell"), desk.shift()
    found = issue.in_question(desk, job)
    alive = _alive(desk, found)
    if not alive:
        return issue.came_out(desk, found)
    why = {"shift": shift.id, "user": user.id, "reason": "it is not known to have come out"}
    with desk.unit() as unit:
        pages = [page for ticket in alive for page in next_paper(desk, unit, ticket, why)["tickets"]]
        again = replace(found, content=found.content | {"tickets": pages})
        desk.ledger.queue_again(found.id, again.content)
        answer = unit.answers({"job": found.id, "state": "queued"})
    issue.send(desk, again)
    return answer


def _alive(desk: Desk, job: PrintJob) -> list[Sold]:
    """Those of a job's tickets that are worth something still."""
    alive: list[Sold] = []
    for ticket in job.tickets:
        try:
            alive += look_up(desk, [ticket])
        except Refused as refused:
            if refused.code not in ("already_refunded", "exchanged"):
                raise
    return alive
