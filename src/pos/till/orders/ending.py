"""Orders that change or end without being paid: another time, cancelled, expired; and reminders of them."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from pos.domain import order as laws
from pos.domain.books import Posting
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.live import ORDER
from pos.domain.money import Money
from pos.domain.order import Order
from pos.domain.rights import Effect
from pos.domain.sale import Settlement
from pos.store.shiftbook import ShiftRow
from pos.till.counter import charge
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.held import hold_of, holder_of, is_here
from pos.till.counter.passing import give_back, in_use
from pos.till.counter.refund import turned
from pos.till.counter.reserving import all_orders, check_all_here, order_of
from pos.till.counter.tenders import check_drawer
from pos.till.desk import Desk, Unit, Verb
from pos.till.orders import deposits
from pos.till.orders.holds import let_go_effects, release_due, say, shown_in_hand
from pos.till.orders.reservations import REMINDED, all_here, check_open, iso, keep, moment, told

log = logging.getLogger(__name__)
DUE_EVERY_S = 30.0  # how often a till looks whether the time of a hold or an order has come


# ---- changing and ending -----------------------------------------------------------------


def change_order(
    desk: Desk, *, order: str, expires: str | None = None, remind: str | None = None, note: str | None = None
) -> Verb[dict[str, Any]]:
    """Another time until which it is kept, another reminder, another note. Raises Refused: unknown_order
    right_elsewhere bad_request."""
    desk.signed_in("sell")
    check_open(desk)
    yield from all_here(desk, order)
    user, the_order = desk.signed_in("sell"), order_of(desk, order)
    desk.shift()
    first = min(desk.season().show(line.show).starts for line in the_order.lines)
    changes: dict[str, Any] = {}
    if expires is not None:
        changes["expires"] = moment("expires", expires, first)
    if remind is not None:
        changes["remind"] = moment("remind", remind, first)
        changes["more"] = {key: value for key, value in the_order.more.items() if key != REMINDED}
    if note is not None:
        changes["more"] = {**changes.get("more", the_order.more), "note": note}
    new = replace(the_order, **changes, version=the_order.version + 1)
    with desk.unit() as unit:
        effects = shown(desk, new)
        unit.record(Kind.ORDER_CHANGED, {"user": user.id, "order": new.to_json()}, effects=effects)
        keep(desk, new)
        answer = unit.answers({"order": told(desk, new)})
    return answer


def shown(desk: Desk, order: Order) -> list[Effect]:
    found = []
    for hold in dict.fromkeys(line.hold for line in order.held):
        places = [line.unit for line in order.held if line.hold == hold]
        found += shown_in_hand(desk, hold_of(desk, hold), places)
    return found


def cancel_order(
    desk: Desk, *, order: str, reason: str, refund_deposit: bool = False, slip: str = "",
    approver: dict[str, Any] | None = None,
) -> Verb[dict[str, Any]]:  # fmt: skip
    """End an order: its places are for sale again, its deposit goes back, or is kept by the terms that were told.

    `refund_deposit` pays back what the terms would keep, which takes a supervisor. Raises Refused: unknown_order
    right_elsewhere approval_needed drawer_short not_allowed payment_declined payment_unknown.
    """
    desk.signed_in("sell")
    check_open(desk)
    yield from charge.settle_open(desk)
    yield from all_here(desk, order)
    user, shift, the_order = desk.signed_in("sell"), desk.shift(), order_of(desk, order)
    by = approved(desk, approver)
    if the_order.state not in (laws.OPEN, laws.EXPIRED) or (the_order.state != laws.OPEN and not the_order.left):
        why = f"{the_order.id} is {the_order.state}"
        raise Refused("not_allowed", what="cancel_order", reason=why, order=the_order.id, state=the_order.state)
    if not the_order.held and the_order.home != desk.outside.till:
        # Nothing of it is held any more, so nothing but its home says who may pay it back.
        raise Refused("right_elsewhere", place=the_order.id, order=the_order.id, holder=the_order.home, since=None)
    keeps = the_order.told == laws.KEPT_IF_CANCELLED and not refund_deposit
    if refund_deposit and the_order.told == laws.KEPT_IF_CANCELLED and not may_alone(desk, by):
        raise Refused("approval_needed", what="deposit", amount=str(the_order.left))
    _check_idle(desk, the_order)
    settlement = deposits.back(desk, the_order, keeps=keeps, slip=slip)
    check_drawer(desk, shift, settlement.paid("cash", the_order.paid.currency))
    pins = tuple((line.show, line.unit) for line in the_order.held)
    intent = charge.Intent("refund", the_order.id, pins)
    charge.check_not_pinned(desk, intent)
    settlement = turned((yield from charge.charge(desk, user.id, shift, intent, turned(settlement))))
    about = {"user": user.id, "reason": reason} | ({"approver": by} if by else {})
    with desk.unit() as unit:
        ended = _end(desk, unit, order_of(desk, order), laws.CANCELLED, about, shift, settlement, keeps=keeps)
        answer = unit.answers({"order": told(desk, ended), "deposit": _settled(the_order, settlement, keeps=keeps)})
    if settlement.paid("cash", the_order.paid.currency):
        desk.outside.printers.kick_drawer()
    say_all(desk, the_order)
    return answer


def _check_idle(desk: Desk, order: Order) -> None:
    used = in_use(desk)
    for line in order.held:
        if (line.show, line.unit) in used:
            raise Refused("bad_request", reason="is in a basket", place=line.unit.split("#")[0])


def _end(
    desk: Desk, unit: Unit, order: Order, state: str, about: dict[str, Any], shift: ShiftRow, settlement: Settlement,
    *, keeps: bool,
) -> Order:  # fmt: skip
    """The fact that ends an order, in the unit's transaction; with a line its places go to the office at once."""
    gone = [(line.show, line.unit) for line in order.held]
    spent = order.left if keeps or settlement.tenders else Money.zero(order.paid.currency)
    ended = replace(order.after(gone, "released", spent), state=state)
    effects, rights = let_go_effects(desk, ((line.show, line.unit, line.hold) for line in order.held))
    body: dict[str, Any] = {**about, "order": ended.to_json()}
    postings: tuple[Posting, ...] = ()
    if keeps and order.left:
        body["forfeited"] = str(order.left)
        postings = laws.kept_entry(order.id, order.left)
    elif settlement.tenders:
        body["deposit"] = deposits.document(desk, shift, order.id, order.left, settlement, returned=True)
        postings = laws.returned_entry(desk.outside.till, order.id, order.left, settlement.tenders, settlement.rounding)
    unit.record(Kind.ORDER_ENDED, body, postings=postings, effects=effects)
    unit.put_rights(rights)
    deposits.moved(desk, shift, body.get("deposit"), settlement, sign=-1)
    keep(desk, ended)
    if desk.outside.office.link().state == "online":
        give_back(desk, unit, rights, "released")
    return ended


def _settled(order: Order, settlement: Settlement, *, keeps: bool) -> dict[str, Any]:
    if keeps:
        return {"kept": str(order.left)}
    return {"returned": str(order.left), "tenders": [tender.to_json() for tender in settlement.tenders]}


def say_all(desk: Desk, order: Order) -> None:
    for show in dict.fromkeys(line.show for line in order.lines):
        say(desk, show, [line.unit for line in order.lines if line.show == show])
    desk.emit("changed", places={}, documents=False, records=[ORDER])


# ---- those whose time has come -----------------------------------------------------------


def orders_due(desk: Desk) -> Verb[int]:
    """End what has expired of the orders whose rights are here, or with the office, and remind of those that are to
    be reminded of; how many of either. A deposit is kept only where the terms say so, else it stays owed."""
    shift = desk.ledger.open_shift()
    if shift is None or desk.fenced or not desk.replica.complete() or desk.clock.doubtful:
        return 0
    count, now = 0, desk.clock.now()
    for order in all_orders(desk):
        expired = order.expires is not None and now >= order.expires
        due = order.remind is not None and now >= order.remind and REMINDED not in order.more
        if order.state != laws.OPEN or not order.held or not (expired or due) or not _reachable(desk, order):
            continue
        try:
            yield from all_here(desk, order.id)
            _check_idle(desk, order)
            check_all_here(desk, order)
        except Refused as refused:
            log.info("order %s is due, but cannot be ended: %s", order.id, refused)
            continue
        count += 1
        if expired:
            _expire(desk, order_of(desk, order.id), shift)
        else:
            _remind(desk, order_of(desk, order.id))
    return count


def _reachable(desk: Desk, order: Order) -> bool:
    """Whether its rights are here, or to be had of the office; what another till has is that till's to end."""
    online = desk.outside.office.link().state == "online"
    return all(
        is_here(desk, line.show, line.unit) or (online and not holder_of(desk, line.show, line.unit))
        for line in order.held
    )


def _expire(desk: Desk, order: Order, shift: ShiftRow) -> None:
    zero = Money.zero(order.paid.currency)
    keeps = order.told == laws.KEPT_IF_CANCELLED
    about = {"user": "", "reason": "expired", "expired": True}
    with desk.unit() as unit:
        _end(desk, unit, order, laws.EXPIRED, about, shift, Settlement((), zero, zero), keeps=keeps)
    say_all(desk, order)
    desk.emit("order_expired", order=order.id, name=order.name, places=len(order.held), deposit=str(order.left))


def _remind(desk: Desk, order: Order) -> None:
    at = desk.clock.now().isoformat(timespec="seconds")
    new = replace(order, version=order.version + 1, more={**order.more, REMINDED: at})
    with desk.unit() as unit:
        body = {"user": "", "order": new.to_json(), "reminder": True}
        unit.record(Kind.ORDER_CHANGED, body, effects=shown(desk, order))
        keep(desk, new)
    desk.emit("order_reminder", order=order.id, name=order.name, contact=order.contact, expires=iso(order.expires))


def watch(desk: Desk) -> None:
    """Look for holds and orders whose time has come, now and again until the till ends."""
    if desk.ledger.open_shift() is not None:
        desk.spawn(lambda: release_due(desk))
        desk.spawn(lambda: orders_due(desk))
    desk.post_in(DUE_EVERY_S, lambda: watch(desk))
