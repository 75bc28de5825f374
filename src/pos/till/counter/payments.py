"""Payments by card that wait for somebody: what a person may say and do about them."""

from __future__ import annotations

from typing import Any

from pos.domain.books import moved
from pos.domain.card import CardOutcome
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.sale import tender_account
from pos.store.payments import LOOSE, OPEN, OWED, REVERSING, Payment
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.charge import BASKET, check_open, end, note, reverse, settle_open, state_of, waiting
from pos.till.desk import Desk, Verb


def payments(desk: Desk) -> dict[str, Any]:
    """Payments that wait for somebody: open ones, those approved and not used, and those a bank has still to
    say yes to."""
    desk.signed_in()
    return {"payments": [_shown(payment) for payment in (*waiting(desk), *desk.ledger.payments.owed())]}


def _shown(payment: Payment) -> dict[str, Any]:
    return {
        "payment": payment.id,
        "purpose": payment.purpose,
        "subject": "" if payment.subject == BASKET else payment.subject,
        "amount": str(payment.amount),
        "state": "unknown" if payment.state in (OPEN, REVERSING) else payment.state,
        "receipt": payment.receipt,
    }


def _waiting(desk: Desk, name: str, *states: str) -> Payment:
    """A payment that waits for somebody. Raises Refused("bad_request" | "not_allowed")."""
    for payment in (*desk.ledger.payments.pending(), *desk.ledger.payments.owed()):
        if payment.id == name:
            if payment.state not in states:
                raise Refused("not_allowed", what="payment", reason=f"payment {name} is {payment.state}", payment=name)
            return payment
    raise Refused("bad_request", field="payment", reason=f"no payment {name} waits for anything")


def ask_payment(desk: Desk, *, payment: str) -> Verb[dict[str, Any]]:
    """Have the terminal asked once more what became of a payment; unknown when it still does not tell."""
    desk.signed_in("sell")
    _waiting(desk, payment, OPEN, REVERSING, LOOSE)
    yield from settle_open(desk)
    row = desk.ledger.payments.state(payment)
    return {"payment": payment, "outcome": {OPEN: "unknown", REVERSING: "unknown"}.get(row, row)}


def settle_payment(desk: Desk, *, payment: str, outcome: str) -> Verb[dict[str, Any]]:
    """A person says what became of a payment whose outcome is unknown: the slip, or the terminal's own list,
    shows it. The terminal is asked once more first, and its word goes before theirs.

    `outcome` approved: the money is taken (or, of a refund, given); declined: it is not, or not any more.
    """
    desk.signed_in("sell")
    row = _waiting(desk, payment, OPEN, REVERSING, OWED)
    yield from settle_open(desk)
    user = desk.signed_in("sell")
    state = row.state if row.state == OWED else state_of(desk, payment)
    if state == OWED:
        return _settle_owed(desk, row, outcome, user.id)
    if state == REVERSING:
        with desk.unit() as unit:
            end(desk, unit, row, LOOSE if outcome == "approved" else "reversed", row.receipt, user.id)
    elif state == OPEN:
        note(desk, row, CardOutcome("approved" if outcome == "approved" else "declined", f"said {user.id}"), user.id)
        desk.outside.terminal.settled(payment)
    else:
        outcome = state or "declined"
    return _kept(desk, payment, outcome)


def reverse_payment(desk: Desk, *, payment: str) -> Verb[dict[str, Any]]:
    """Give back money that was taken by card for something that does not come about."""
    desk.signed_in("sell")
    desk.check_not_fenced()
    yield from settle_open(desk)
    row = _waiting(desk, payment, LOOSE)
    if row.amount.minor < 0:
        raise Refused("not_allowed", what="payment", reason="money given back to a card cannot be taken again")
    if not (yield from reverse(desk, row)):
        check_open([item for item in desk.ledger.payments.pending() if item.id == payment])
        raise Refused("payment_declined", payment=payment, amount=str(row.amount), reason="it could not be reversed")
    return _kept(desk, payment, "reversed")


def _kept(desk: Desk, payment: str, outcome: str) -> dict[str, Any]:
    """The answer, under its verb's key."""
    with desk.unit() as unit:
        return unit.answers({"payment": payment, "outcome": outcome})


def write_off_payment(
    desk: Desk, *, payment: str, reason: str, approver: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A supervisor ends what can neither be used nor reversed: the money is booked as unclear, and the office
    opens a dispute about it."""
    user = desk.signed_in("sell")
    row = _waiting(desk, payment, LOOSE)
    by = approved(desk, approver)
    if not may_alone(desk, by):
        raise Refused("approval_needed", what="payment", amount=str(row.amount))
    body = {"payment": row.id, "outcome": "written_off", "amount": str(row.amount), "receipt": row.receipt}
    with desk.unit() as unit:
        unit.record(
            Kind.PAYMENT_ENDED,
            body | {"user": user.id, "approver": by or user.id, "reason": reason},
            postings=moved("card_unclear", tender_account(desk.outside.till, "card"), row.amount),
        )
        desk.ledger.payments.end(row.id, "written_off", row.receipt)
        return unit.answers({"payment": row.id, "outcome": "written_off"})


def _settle_owed(desk: Desk, payment: Payment, outcome: str, user: str) -> dict[str, Any]:
    """What the bank said afterwards. A decline voids nothing: the office opens a dispute about what is owed."""
    declined = outcome == "declined"
    postings = moved(tender_account(desk.outside.till, "card"), "receivable", payment.amount) if declined else ()
    body = {"payment": payment.id, "outcome": outcome, "amount": str(payment.amount), "receipt": {}}
    with desk.unit() as unit:
        unit.record(
            Kind.PAYMENT_ENDED, body | {"user": user, "sale": payment.subject, "pending": True}, postings=postings
        )
        if declined:
            desk.ledger.payments.end(payment.id, "declined", {})
        else:
            desk.ledger.payments.use(payment.id, payment.subject)
        return unit.answers({"payment": payment.id, "outcome": outcome})
