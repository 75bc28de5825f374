"""Change orders: coins and small notes for a drawer, from the safe, or for the safe, from the bank.

What is ordered is approved by a supervisor and received by whoever ordered it. It is a swap: from the safe the same
sum goes out of the drawer and comes in again, so nothing but the pieces has changed; to the bank the money is on its
way from the approval to the receipt.
"""

from __future__ import annotations

from typing import Any, Final

from pos.domain.books import SAFE, Posting, drawer, entry, moved
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.domain.parcels import CHANGE_ORDER, Document, account, step, step_of
from pos.domain.shift import CashMove, counted_total, expected
from pos.till.counter import issue
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.numbers import Series, next_id, take
from pos.till.counter.tenders import short
from pos.till.desk import Desk
from pos.till.drawer import parcels, slips

SOURCES: Final = ("safe", "bank")
_ORDERS: Final = Series("change_orders", "M")


def order_change(desk: Desk, *, wanted: dict[str, Any], source: str = "safe", note: str = "") -> dict[str, Any]:
    """Ask for change by denomination. Raises Refused: bad_request storage_failed fenced."""
    user = desk.signed_in("drawer")
    desk.check_not_fenced()
    amount = counted_total(wanted, desk.season().venue.currency)
    if not amount:
        raise Refused("bad_request", field="wanted", reason="is nothing")
    number = next_id(desk, _ORDERS)
    ordered = step(CHANGE_ORDER, number, "ordered", amount=str(amount), pieces=wanted, source=source, note=note.strip())
    body = {"user": user.id, "number": number, "amount": str(amount), "source": source, "parcels": [ordered]}
    at = desk.clock.now().isoformat(timespec="seconds")
    with desk.unit() as unit:
        parcels.keep(desk, unit.record(Kind.CHANGE_ORDERED, body))
        take(desk, _ORDERS)
        job = slips.of_parcel(desk, "change_ordered", ordered, amount, at)
        answer = unit.answers(_shown(desk, number))
    if job is not None:
        issue.send(desk, job)
    parcels.tell(desk)
    return answer


def approve_change(desk: Desk, *, order: str, approver: dict[str, Any] | None = None) -> dict[str, Any]:
    """Approve an order. To the bank, the money for it leaves the safe now.

    Raises Refused: unknown_parcel parcel_moved approval_needed wrong_pin not_allowed storage_failed fenced.
    """
    known, who = _to_approve(desk, order, approver)
    if step_of(known, "pass") is not None:
        raise parcels.moved_on(known)
    amount, ordered = _amount(desk, known), step_of(known, "begin") or {}
    bank = ordered.get("source") == "bank"
    done = step(CHANGE_ORDER, order, "approved", amount=str(amount))
    postings = moved(SAFE, account(CHANGE_ORDER, order), amount) if bank else ()
    return _settle(desk, Kind.CHANGE_APPROVED, who | {"number": order, "parcels": [done]}, postings)


def refuse_change(desk: Desk, *, order: str, reason: str, approver: dict[str, Any] | None = None) -> dict[str, Any]:
    """End an order that is not to be filled. What has left the safe for it already comes back there."""
    known, who = _to_approve(desk, order, approver)
    currency = desk.season().venue.currency
    back = Money.parse(known["open"].get(currency, "0"), currency)
    done = step(CHANGE_ORDER, order, "refused", amount=known["amount"], note=reason.strip())
    body = who | {"number": order, "reason": reason.strip(), "parcels": [done]}
    return _settle(desk, Kind.CHANGE_REFUSED, body, moved(account(CHANGE_ORDER, order), SAFE, back))


def receive_change(desk: Desk, *, order: str, counted: dict[str, Any], note: str = "") -> dict[str, Any]:
    """Take what came. What differs from the order stays on it, to be explained.

    An order from the safe is received into the drawer of the open shift against the same sum out of it. Raises
    Refused: unknown_parcel parcel_moved approval_needed no_shift drawer_short bad_request storage_failed fenced.
    """
    user = desk.signed_in("drawer")
    desk.check_not_fenced()
    known = parcels.under_way(desk, CHANGE_ORDER, order)
    if step_of(known, "pass") is None:
        raise Refused("approval_needed", what="receive_change", order=order)
    amount = _amount(desk, known)
    came = counted_total(counted, amount.currency)
    ordered = step_of(known, "begin") or {}
    on_order = account(CHANGE_ORDER, order)
    done = step(CHANGE_ORDER, order, "received", amount=str(came), pieces=counted, note=note.strip())
    body = {"user": user.id, "number": order, "amount": str(came), "parcels": [done]}
    if ordered.get("source") == "bank":
        body["cash"] = "0.00"
        return _settle(desk, Kind.CHANGE_RECEIVED, body, moved(on_order, SAFE, came))
    row = desk.shift()
    held = expected(desk.ledger.moves(row.id), amount.currency)
    if held < amount:
        raise short(held, amount)
    cash = came - amount
    body |= {"shift": row.id, "cash": str(cash)}
    # Out of the drawer against the order, and what came for it in again.
    till = drawer(desk.outside.till)
    postings = entry((till, -amount), (on_order, amount)) + entry((on_order, -came), (till, came))
    move = CashMove("change", cash, order, desk.clock.now().isoformat(timespec="seconds")) if cash else None
    return _settle(desk, Kind.CHANGE_RECEIVED, body, postings, row.id, move)


def _to_approve(desk: Desk, order: str, approver: dict[str, Any] | None) -> tuple[Document, dict[str, str]]:
    """The order, and who is at it. Raises Refused."""
    user = desk.signed_in("drawer")
    desk.check_not_fenced()
    known = parcels.under_way(desk, CHANGE_ORDER, order)
    by = approved(desk, approver)
    if not may_alone(desk, by):
        raise Refused("approval_needed", what="approve_change", order=order)
    return known, {"user": user.id} | ({"approver": by} if by else {})


def _amount(desk: Desk, order: Document) -> Money:
    return Money.parse(order["amount"] or "0", desk.season().venue.currency)


def _settle(
    desk: Desk,
    kind: Kind,
    body: dict[str, Any],
    postings: tuple[Posting, ...],
    shift: str = "",
    move: CashMove | None = None,
) -> dict[str, Any]:
    with desk.unit() as unit:
        parcels.keep(desk, unit.record(kind, body, postings=postings))
        if move is not None:
            desk.ledger.add_move(shift, move)
        answer = unit.answers(_shown(desk, body["number"]))
    if shift:
        desk.outside.printers.kick_drawer()
    parcels.tell(desk)
    return answer


def _shown(desk: Desk, number: str) -> dict[str, Any]:
    return {"change_order": parcels.shown(desk, parcels.one(desk, CHANGE_ORDER, number))}
