"""Groups and schools: an option, a deposit, the final number by a date, the balance, one print run.

A group is an order (`pos.domain.order`) that says by when its number has to be final. The option is a reservation,
its deposit may come later, and paying it is paying an order: one sale, printed in one run. With fewer people than
were reserved, places go back for sale; where the price type has one free in every n, so many stay free as are
due for the final number.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pos.domain import order as laws
from pos.domain.basket import Basket, Line
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money, total
from pos.domain.order import Order, OrderLine
from pos.till.counter import charge
from pos.till.counter.passing import give_back, in_use
from pos.till.counter.reserving import all_orders, order_of
from pos.till.desk import Desk, Verb
from pos.till.orders import deposits
from pos.till.orders.ending import say_all, shown
from pos.till.orders.holds import let_go_effects
from pos.till.orders.reservations import GROUP, all_here, check_open, iso, keep, moment, told


def open_group(desk: Desk, *, order: str, final_by: str) -> Verb[dict[str, Any]]:
    """Make a reservation a group's: its number is to be final by a span before the show ("7d") or a time.

    Raises Refused: unknown_order not_allowed right_elsewhere bad_request storage_failed fenced.
    """
    desk.signed_in("sell")
    check_open(desk)
    _of_one_show(desk, order)
    yield from all_here(desk, order)
    user = desk.signed_in("sell")
    desk.shift()
    the_order = _of_one_show(desk, order)
    by = moment("final_by", final_by, desk.season().show(the_order.lines[0].show).starts)
    if by is None:
        raise Refused("bad_request", field="final_by", reason='must be a span before the start like "7d", or a time')
    group = {"final_by": iso(by), "option": len(the_order.held), "final": 0}
    new = replace(the_order, more={**the_order.more, GROUP: group}, version=the_order.version + 1)
    with desk.unit() as unit:
        unit.record(Kind.ORDER_CHANGED, {"user": user.id, "order": new.to_json()}, effects=shown(desk, new))
        keep(desk, new)
        answer = unit.answers({"group": told(desk, new)})
    say_all(desk, new)
    return answer


def take_deposit(desk: Desk, *, order: str, tenders: list[dict[str, Any]]) -> Verb[dict[str, Any]]:
    """Take a deposit for an order that has been reserved, at most what is still to be paid.

    Raises Refused: unknown_order not_allowed right_elsewhere overpaid bad_request payment_declined
    payment_unknown storage_failed fenced.
    """
    desk.signed_in("sell")
    check_open(desk)
    yield from charge.settle_open(desk)
    yield from all_here(desk, order)
    user, shift = desk.signed_in("sell"), desk.shift()
    the_order = _waiting(desk, order)
    currency = the_order.paid.currency
    settled = yield from deposits.take(desk, user.id, shift, the_order.id, _to_pay(the_order), tenders)
    # Time may have passed at the terminal; the money has moved, and is owed to the buyer whatever else happened.
    the_order = order_of(desk, order)
    parts = tuple((deposits.kind_back(tender), tender.amount) for tender in deposits.exact(settled))
    amount = total([part for _, part in parts], currency)
    new = replace(
        the_order, paid=the_order.paid + amount, parts=(*the_order.parts, *parts), version=the_order.version + 1
    )
    document = deposits.document(desk, shift, the_order.id, amount, settled)
    with desk.unit() as unit:
        unit.record(
            Kind.ORDER_CHANGED,
            {"user": user.id, "order": new.to_json(), "deposit": document},
            postings=laws.taken_entry(desk.outside.till, the_order.id, settled.tenders, settled.rounding),
            effects=shown(desk, new),
        )
        deposits.moved(desk, shift, document, settled, sign=1)
        charge.use(desk, settled, the_order.id)
        keep(desk, new)
        answer = unit.answers({"order": told(desk, new, settled)})
    if any(tender.kind == "cash" for tender in settled.tenders):
        desk.outside.printers.kick_drawer()
    say_all(desk, new)
    return answer


def final_number(desk: Desk, *, order: str, count: int) -> Verb[dict[str, Any]]:
    """So many come: what is held beyond that is for sale again. More than were reserved is another reservation.

    Raises Refused: unknown_order not_allowed right_elsewhere bad_request storage_failed fenced.
    """
    desk.signed_in("sell")
    check_open(desk)
    _of_one_show(desk, order)
    yield from all_here(desk, order)
    user = desk.signed_in("sell")
    desk.shift()
    the_order = _of_one_show(desk, order)
    gone = beyond(the_order, count, _free_every(desk, the_order))
    _check_few(desk, the_order, gone)
    used = in_use(desk)
    if busy := [line for line in gone if (line.show, line.unit) in used]:
        raise Refused("bad_request", reason="is in a basket", place=busy[0].unit.split("#")[0])
    nothing = Money.zero(the_order.paid.currency)
    new = the_order.after(((line.show, line.unit) for line in gone), "released", nothing)
    group = {**new.more.get(GROUP, {}), "final": count, "told_at": iso(desk.clock.now())}
    new = replace(new, more={**new.more, GROUP: group}, version=the_order.version + 1)
    with desk.unit() as unit:
        effects, rights = let_go_effects(desk, ((line.show, line.unit, line.hold) for line in gone))
        body = {"user": user.id, "order": new.to_json(), "final": count}
        unit.record(Kind.ORDER_CHANGED, body, effects=[*effects, *shown(desk, new)])
        unit.put_rights(rights)
        keep(desk, new)
        if rights and desk.outside.office.link().state == "online":
            give_back(desk, unit, rights, "released")
        answer = unit.answers({"group": told(desk, new)})
    say_all(desk, new)
    return answer


def groups(desk: Desk, *, show: str = "") -> dict[str, Any]:
    """Groups that are not paid yet, as orders with their `group`: `late` when the number should be final by now."""
    desk.signed_in()
    found = [
        one
        for one in all_orders(desk)
        if GROUP in one.more and one.state == laws.OPEN and (not show or any(line.show == show for line in one.lines))
    ]
    found.sort(key=lambda one: (one.more[GROUP]["final_by"], one.id))
    return {"groups": [told(desk, one) for one in found]}


# ---- inside ------------------------------------------------------------------------------


def beyond(order: Order, count: int, free_every: dict[str, int]) -> list[OrderLine]:
    """The held lines that go when `count` come, from the end; of a price type with one free in every n, so many
    stay free as are due for those that stay. Raises Refused("bad_request")."""
    sold = sum(line.state == "sold" for line in order.lines)
    left = list(order.held)
    if not max(sold, 1) <= count <= sold + len(left):
        raise Refused("bad_request", field="count", reason=f"must be from {max(sold, 1)} to {sold + len(left)}")
    gone: list[OrderLine] = []
    stay = [line for line in order.lines if line.state == "sold"] + left
    for _ in range(sold + len(left) - count):
        kind = left[-1].body["price_type"]
        same = [line for line in stay if line.body["price_type"] == kind]
        free = sum(_is_free(line) for line in same)
        too_many = free_every.get(kind, 0) > 0 and free > (len(same) - 1) // free_every[kind]
        mine = [line for line in left if line.body["price_type"] == kind]
        wanted = [line for line in mine if _is_free(line) == too_many] or mine
        gone.append(wanted[-1])
        left.remove(wanted[-1])
        stay.remove(wanted[-1])
    return gone


def _is_free(line: OrderLine) -> bool:
    return not line.body["price"].strip("0.")


def _free_every(desk: Desk, order: Order) -> dict[str, int]:
    types = desk.season().price_types
    kinds = {line.body["price_type"] for line in order.lines}
    return {kind: types[kind].free_every for kind in kinds if kind in types}


def _check_few(desk: Desk, order: Order, gone: list[OrderLine]) -> None:
    """A group's price holds for so many or more. Raises Refused("not_allowed")."""
    types = desk.season().price_types
    stay = [line.body["price_type"] for line in order.lines if line.state != "released" and line not in gone]
    for kind in dict.fromkeys(stay):
        least = types[kind].min if kind in types else 0
        if least > stay.count(kind):
            reason = f"{kind} is for {least} tickets of a show or more, and here are {stay.count(kind)}"
            raise Refused("not_allowed", what="min", reason=reason, price_type=kind, min=least)


def _waiting(desk: Desk, order: str) -> Order:
    found = order_of(desk, order)
    if found.state != laws.OPEN or not found.held:
        raise Refused("not_allowed", what="order", reason=f"{found.id} is {found.state}", state=found.state)
    return found


def _of_one_show(desk: Desk, order: str) -> Order:
    found = _waiting(desk, order)
    if len({line.show for line in found.lines}) > 1:
        raise Refused("not_allowed", what="group", reason=f"{found.id} is for several shows", order=found.id)
    return found


def _to_pay(order: Order) -> Basket:
    """What of an order is still to be paid, as a basket whose total a deposit may not exceed."""
    currency = order.paid.currency
    left = order.left
    lines = []
    for number, line in enumerate(order.held, 1):
        price = Money.parse(line.body["price"], currency)
        covered = min(left, price)
        left -= covered
        plain = Line(
            number, line.show, line.unit, line.body["category"], line.body["price_type"], price - covered, False
        )
        lines.append(plain)
    return Basket("", tuple(lines), None)
