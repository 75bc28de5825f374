"""A ticket made out to somebody else: recorded, by its terms, with a new code; the paper with the old name dies."""

from __future__ import annotations

from typing import Any

from pos.domain.amend import renamed
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.till.counter import checks, issue
from pos.till.counter.admit import let_in
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.buyer import buyer_document
from pos.till.counter.collect import has_paper
from pos.till.counter.refund import step_in_force
from pos.till.counter.reprint import next_paper
from pos.till.counter.tickets import Sold, holder_of, look_up, rights_to
from pos.till.desk import Desk, Verb


def rename_ticket(
    desk: Desk, *, ticket: str, buyer: dict[str, Any], reason: str = "", identity: str = "",
    approver: dict[str, Any] | None = None,
) -> Verb[dict[str, Any]]:  # fmt: skip
    """Make a ticket out to `buyer`. `identity` is what was seen of whom it was made out to before.

    Raises Refused: unknown_ticket already_refunded exchanged already_admitted right_to_issue_elsewhere outside_terms
    check_needed identity_needed limit_exceeded wrong_pin not_allowed device_absent storage_failed fenced.
    """
    desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    issue.check_present(desk, "ticket")
    sold = look_up(desk, [ticket])
    let_in(desk, sold, approver)
    yield from rights_to(desk, sold, "right_to_issue_elsewhere")
    # While the office was asked, somebody may have signed out, closed the shift, or taken the ticket back.
    user, shift = desk.signed_in("sell"), desk.shift()
    (found,) = sold = look_up(desk, [ticket])
    why: dict[str, Any] = {"shift": shift.id, "user": user.id, "reason": reason or "made out to somebody else"}
    why |= let_in(desk, sold, approver)
    step_in_force(desk, found, found.terms(desk.season().venue.currency).rename, approver)
    by = approved(desk, approver)
    before = holder_of(desk, found)
    checks.check_holder([before], identity, trusted=may_alone(desk, by))
    who = buyer_document(desk, buyer)
    if not who.get("name"):
        raise Refused("bad_request", field="buyer.name", reason="buyer.name is missing")
    checks.check_holder_to_be(desk, found, who)
    body = {
        "ticket": found.id,
        "sale": found.sale["id"],
        "renamed": int(before.get("renamed", 0)) + 1,
        **why,
        "buyer": {"name": who["name"]} | ({"identity": seen} if (seen := who.get("buyer", {}).get("identity")) else {}),
        **({"approver": by} if by else {}),
    }
    return _write(desk, found, body, why)


def _write(desk: Desk, found: Sold, body: dict[str, Any], why: dict[str, Any]) -> dict[str, Any]:
    """The fact, and a new paper if there was one."""
    job = None
    told = {key: found.body[key] for key in ("id", "show", "place", "price")} | {"name": body["buyer"]["name"]}
    with desk.unit() as unit:
        unit.record(Kind.TICKET_RENAMED, body)
        desk.ledger.amend_sale(found.sale["id"], lambda kept: renamed(kept, body))
        if has_paper(desk, found.body):
            content = next_paper(desk, unit, found, why, told["name"])
            job = desk.ledger.add_job("ticket", "copy", found.sale["id"], [found.id], content)
            (printed,) = content["tickets"]
            told |= {"code": printed["code"], "copy": printed["copy"]}
        answer = unit.answers({"ticket": told} | ({"job": job.id} if job is not None else {}))
    if job is not None:
        issue.send(desk, job)
    return answer
