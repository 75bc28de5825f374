"""Mobile payments and bank transfers: money that has to arrive before anything is sold.

The laws:

* The intent is a fact before the code to pay by is shown. The basket then waits under a number, and its places and
  prices stay, until somebody says that the money has `arrived` or that it has `failed`.
* Tickets are made by the arrival, in one commit with it. Nothing else sells, recalls or drops that basket.
* What was said to have failed may arrive all the same. Its basket is for sale again, so it pays for nothing: it is
  booked as unclear, and the office opens a dispute about it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from pos.domain.basket import Basket
from pos.domain.books import moved
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.sale import Tender, tender_account
from pos.store.payments import AWAITED, FAILED, Payment
from pos.store.shiftbook import ShiftRow
from pos.till.counter.charge import next_id
from pos.till.counter.parking import parked_under, put_aside
from pos.till.counter.passing import indexes_of
from pos.till.desk import Desk

IN_DOUBT: Final = timedelta(minutes=10)  # after that a payment from a telephone is no longer simply under way


def begin(
    desk: Desk, user: str, shift: ShiftRow, basket: Basket, tenders: Sequence[dict[str, Any]], wait: Tender,
    told: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Put the basket aside until `wait` has arrived; what the customer needs to pay it.

    `tenders` are all of them as they were asked for, `told` what the sale's document is to say. Raises
    Refused("limit_exceeded" | "storage_failed" | "fenced").
    """
    name = next_id(desk)
    reference = name.replace(".", "").replace("-", "")
    pins = tuple((line.show, line.place) for line in basket.lines)
    noted = {"reference": reference, "tenders": json.dumps(list(tenders)), "told": json.dumps(told)}
    noted |= {"at": desk.clock.now().isoformat(timespec="seconds")}
    with desk.unit() as unit:
        aside = put_aside(desk, basket, str(told.get("name", "")), "")
        unit.record(
            Kind.PAYMENT_STARTED,
            {
                "payment": name,
                "shift": shift.id,
                "user": user,
                "purpose": "sale",
                "amount": str(wait.amount),
                "places": [list(pin) for pin in pins],
                "awaited": wait.kind,
                "reference": reference,
            },
        )
        row = Payment(name, wait.kind, str(aside.number), wait.amount, AWAITED, noted, pins, {})
        desk.ledger.payments.add(row)
        answer = unit.answers({"pending": _shown(desk, row)})
    desk.emit("payment", payment=name, state=AWAITED, amount=str(wait.amount), text=reference)
    _say(desk, aside)
    return answer


def pending(desk: Desk) -> dict[str, Any]:
    """Every payment that is waited for, the oldest first."""
    desk.signed_in("sell")
    return {"pending": [_shown(desk, payment) for payment in desk.ledger.payments.awaited()]}


def _shown(desk: Desk, payment: Payment) -> dict[str, Any]:
    """`state`: pending, or unknown once it should have come; `code`: what is shown to be scanned, "" for nothing."""
    venue = desk.season().venue
    at = datetime.fromisoformat(payment.before["at"])
    late = payment.purpose == "mobile" and desk.clock.now() - at > IN_DOUBT
    template = venue.mobile_qr if payment.purpose == "mobile" else venue.transfer_qr
    reference, amount = payment.before["reference"], str(payment.amount)
    name = next((b.name for b in desk.ledger.baskets.parked() if str(b.number) == payment.subject), "")
    return {
        "payment": payment.id,
        "kind": payment.purpose,
        "amount": amount,
        "reference": reference,
        "code": template.format(amount=amount, currency=venue.currency, reference=reference),
        "state": "unknown" if late else "pending",
        "since": payment.before["at"],
        "number": int(payment.subject),
        "name": name,
    }


def waiting_for(desk: Desk, name: str) -> tuple[Payment, Basket]:
    """A payment that is waited for, and its basket. Raises Refused("bad_request" | "not_allowed")."""
    payment = desk.ledger.payments.get(name)
    if payment is None or payment.purpose not in ("mobile", "transfer"):
        raise Refused("bad_request", field="payment", reason=f"no payment {name} is waited for")
    if payment.state != AWAITED:
        reason = f"payment {name} is {payment.state}"
        raise Refused("not_allowed", what="payment", reason=reason, payment=name, state=payment.state)
    return payment, parked_under(desk, int(payment.subject))


def failed(desk: Desk, *, payment: str, reason: str = "") -> dict[str, Any]:
    """The money does not come: the basket stays parked, and may be paid otherwise or dropped.

    Raises Refused("bad_request" | "not_allowed").
    """
    user, _ = desk.signed_in("sell"), desk.shift()
    row, basket = waiting_for(desk, payment)
    body = {"payment": row.id, "outcome": FAILED, "amount": str(row.amount), "receipt": {}, "user": user.id}
    with desk.unit() as unit:
        unit.record(Kind.PAYMENT_ENDED, body | ({"reason": reason} if reason else {}))
        desk.ledger.payments.end(row.id, FAILED, {})
        desk.ledger.payments.forget_buyer(row.id)
        answer = unit.answers({"payment": row.id, "outcome": FAILED, "number": basket.number})
    desk.emit("payment", payment=row.id, state=FAILED, amount=str(row.amount), text="")
    return answer


def late(desk: Desk, row: Payment, reference: str) -> dict[str, Any]:
    """Money that came after it was given up: nothing is sold for it, and the office is to look at it."""
    user = desk.signed_in("sell")
    body = {"payment": row.id, "outcome": "late", "amount": str(row.amount), "receipt": {}, "user": user.id}
    with desk.unit() as unit:
        unit.record(
            Kind.PAYMENT_ENDED,
            body | ({"reference": reference} if reference else {}),
            postings=moved("card_unclear", tender_account(desk.outside.till, row.purpose), row.amount),
        )
        desk.ledger.payments.end(row.id, "late", {})
        answer = unit.answers({"payment": row.id, "outcome": "late", "amount": str(row.amount)})
    desk.emit("payment", payment=row.id, state="late", amount=str(row.amount), text=reference)
    return answer


def _say(desk: Desk, basket: Basket) -> None:
    desk.emit("changed", places=indexes_of(desk, ((line.show, line.place) for line in basket.lines)), documents=False)
    desk.emit("basket", reason="awaited", number=basket.number)
