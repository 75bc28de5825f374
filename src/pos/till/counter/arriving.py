"""Money that was waited for has come: its basket is sold, in one commit with the arrival."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from pos.domain.facts import Kind
from pos.domain.mask import scrub
from pos.domain.sale import AWAITED, Tender
from pos.store.payments import FAILED, Payment
from pos.till.counter import purses
from pos.till.counter.awaiting import late, waiting_for
from pos.till.counter.pay import complete, document, work_out
from pos.till.counter.tenders import check_drawer, tenders_of
from pos.till.desk import Desk, Unit, Verb


def arrived(desk: Desk, *, payment: str, reference: str = "") -> Verb[dict[str, Any]]:
    """A person has seen that a payment arrived, by the bank's `reference`: what it was for is sold now.

    What had been given up pays for nothing, and is told to the office. Raises Refused: bad_request not_allowed
    drawer_short right_elsewhere limit_exceeded storage_failed fenced; after any of them nothing has been sold.
    """
    desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    reference = scrub(reference.strip())
    gone = desk.ledger.payments.get(payment)
    if gone is not None and gone.state == FAILED:
        return late(desk, gone, reference)
    asked = _asked(waiting_for(desk, payment)[0])
    yield from purses.hold(desk, tenders_of(desk, [item for item in asked if item["kind"] not in AWAITED]))
    # While the office was asked, somebody may have signed out, or have said what became of it.
    user, shift = desk.signed_in("sell"), desk.shift()
    row, basket = waiting_for(desk, payment)
    told = json.loads(row.before["told"])
    paid = [_tender(desk, row, item, reference) for item in asked]
    making = work_out(desk, user.id, basket, paid)
    making = replace(making, settlement=purses.moved(desk, making.settlement))
    check_drawer(desk, shift, -making.settlement.paid("cash", making.total.currency))
    body = document(desk, shift, making) | told

    def ending(unit: Unit) -> None:
        end = {"payment": row.id, "outcome": "arrived", "amount": str(row.amount), "user": user.id}
        unit.record(Kind.PAYMENT_ENDED, end | {"receipt": {"reference": reference} if reference else {}})
        desk.ledger.payments.end(row.id, "approved", {})
        desk.ledger.payments.forget_buyer(row.id)

    answer = complete(desk, shift, making, body, ending)
    desk.emit("payment", payment=row.id, state="arrived", amount=str(row.amount), text=reference)
    return answer


def _asked(payment: Payment) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(payment.before["tenders"])
    return found


def _tender(desk: Desk, payment: Payment, item: dict[str, Any], reference: str) -> Tender:
    """As it was asked for; of the one that was waited for, whose arrival it was."""
    if item["kind"] not in AWAITED or item.get("reference"):
        return tenders_of(desk, [item])[0]
    detail = {"payment": payment.id, "reference": reference or payment.before["reference"]}
    return Tender(payment.purpose, payment.amount, detail=detail)
