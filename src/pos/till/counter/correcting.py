"""A sale that was paid otherwise than the till was told: the right tender, as a fact of its own.

Only tenders that no machine and no code stands behind are relabelled: cash, and a card by its slip. What went
through a payment terminal is taken back there. The tokens of the sale's tickets are here while it is done, so no
other window pays one of them back to the wrong tender meanwhile.
"""

from __future__ import annotations

from typing import Any, Final

from pos.domain.amend import CORRECTABLE, corrected, correction_entry, settle_anew
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.domain.sale import Settlement, Tender
from pos.domain.shift import CashMove
from pos.store.shiftbook import ShiftRow
from pos.till.counter import charge
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.numbers import Series, next_id, take
from pos.till.counter.tenders import check_drawer, tender_of
from pos.till.counter.tickets import Sold, look_up, rights_to, sale_of
from pos.till.desk import Desk, Unit, Verb

_CORRECTIONS: Final = Series("corrections", "C")


def correct_tender(
    desk: Desk, *, sale: str, to: dict[str, Any], reason: str, approver: dict[str, Any] | None = None, **wrong: str
) -> Verb[dict[str, Any]]:
    """Say how a sale of this till was really paid: not by `from`, a kind, but by `to`, a tender without an amount.

    In another shift than the sale's a supervisor must, and the drawer that was counted then is not touched.
    Raises Refused: unknown_ticket already_refunded exchanged right_to_refund_elsewhere not_allowed
    approval_needed wrong_pin drawer_short storage_failed fenced; after any of them nothing has happened.
    """
    desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    kind = wrong["from"]
    body, sold = _sale(desk, sale, kind)
    yield from charge.settle_open(desk)
    yield from rights_to(desk, sold)
    # While the office was asked, somebody may have signed out, closed the shift, or taken a ticket back.
    user, shift = desk.signed_in("sell"), desk.shift()
    body, sold = _sale(desk, sale, kind)
    by = approved(desk, approver)
    ours = body["shift"] == shift.id
    if not ours and not may_alone(desk, by):
        raise Refused("approval_needed", what="correct_tender", sale=body["id"], shift=body["shift"])
    right, step = _right(desk, kind, to), desk.season().venue.cash_rounding
    settlement, was = settle_anew(body, kind, right, step)
    before = Money.parse(body["rounding"], was.currency)
    got = settlement.paid(right.kind, was.currency)
    cash = (got if right.kind == "cash" else Money.zero(was.currency)) - (was if kind == "cash" else was - was)
    if ours:
        check_drawer(desk, shift, -cash)
    postings = correction_entry(
        desk.outside.till, ((kind, -was), (right.kind, got)), settlement.rounding - before, counted=not ours
    )
    document = _document(desk, shift, body, settlement, cash if ours else was - was) | {
        "user": user.id,
        "reason": reason,
        **({"approver": by} if by else {}),
    }
    with desk.unit() as unit:
        unit.record(Kind.TENDER_CORRECTED, {"correction": document}, postings=postings)
        _write(desk, unit, shift, body, document, cash if ours else was - was)
        answer = unit.answers({"correction": document})
    if cash and ours:
        desk.outside.printers.kick_drawer()
    return answer


def _sale(desk: Desk, name: str, kind: str) -> tuple[dict[str, Any], list[Sold]]:
    """The sale and all its tickets, if it may be corrected here. Raises Refused."""
    body = sale_of(desk, name)
    why = ""
    if kind not in CORRECTABLE:
        why = "only cash and a card's slip are corrected; what went through a terminal or a code is taken back there"
    elif body["till"] != desk.outside.till or not desk.ledger.find_sales(sale=body["id"]):
        why = "another window sold it, and must say so itself"
    elif "exchanged" in body:
        why = "an exchange is not corrected; exchange the tickets once more"
    if why:
        raise Refused("not_allowed", what="correct_tender", reason=why, sale=body["id"])
    return body, look_up(desk, [ticket["id"] for ticket in body["tickets"]])


def _right(desk: Desk, wrong: str, to: dict[str, Any]) -> Tender:
    """The tender that it really was. Raises Refused("bad_request" | "not_allowed")."""
    tender = tender_of(desk, {**to, "amount": "0"})
    if tender.kind not in CORRECTABLE or tender.kind == wrong:
        reason = "it is corrected to cash, or to a card by its slip, and to another than it was"
        raise Refused("not_allowed", what="correct_tender", reason=reason, kind=tender.kind)
    return tender


def _document(desk: Desk, shift: ShiftRow, body: dict[str, Any], settlement: Settlement, cash: Money) -> dict[str, Any]:
    """The correction by value. `cash` is what it puts into the drawer."""
    return {
        "id": next_id(desk, _CORRECTIONS),
        "sale": body["id"],
        "at": desk.clock.now().isoformat(timespec="seconds"),
        "till": desk.outside.till,
        "shift": shift.id,
        "was": body["tenders"],
        "tenders": [tender.to_json() for tender in settlement.tenders],
        "rounding": str(settlement.rounding),
        "change": str(settlement.change),
        "cash": str(cash),
    }


def _write(
    desk: Desk, unit: Unit, shift: ShiftRow, body: dict[str, Any], document: dict[str, Any], cash: Money
) -> None:
    """The rows of a correction, in the unit's transaction."""
    ledger = desk.ledger
    ledger.amend_sale(body["id"], lambda kept: corrected(kept, document))
    if cash:
        ledger.add_move(shift.id, CashMove("correction", cash, document["id"], document["at"]))
    take(desk, _CORRECTIONS)
