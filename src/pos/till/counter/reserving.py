"""Orders that are not paid yet, as this till knows them, and what a sale that pays for one does to it.

The laws are on top of `pos.domain.order`. Lines of an order go into the basket as they were quoted; when the basket
is paid the deposit pays first, and the sale's fact carries the order as it is then.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pos.domain.basket import Basket
from pos.domain.errors import Refused
from pos.domain.live import HOLD, ORDER
from pos.domain.money import Money, total
from pos.domain.order import DEPOSIT, Order
from pos.domain.sale import Tender, Ticket
from pos.till.counter.held import documents, holder_of, is_here
from pos.till.desk import Desk


def all_orders(desk: Desk) -> list[Order]:
    """Every order that is known here, also those that have ended."""
    currency = desk.season().venue.currency
    return [Order.from_json(body, currency) for body in documents(desk, ORDER).values()]


def order_of(desk: Desk, code: str) -> Order:
    """Raises Refused("unknown_order")."""
    found = documents(desk, ORDER)
    body = found.get(code.strip()) or found.get(code.strip().upper())
    if body is None:
        raise Refused("unknown_order", order=code)
    return Order.from_json(body, desk.season().venue.currency)


def in_basket(desk: Desk, basket: Basket) -> Order | None:
    """The order that lines of a basket are from, None for none."""
    holds = documents(desk, HOLD)
    for line in basket.lines:
        code = holds.get(str(line.marks.get("hold", "")), {}).get("order")
        if code and code in documents(desk, ORDER):
            return order_of(desk, code)
    return None


def check_all_here(desk: Desk, order: Order) -> None:
    """Whoever moves its deposit has the rights to all that is held. Raises Refused("right_elsewhere")."""
    for line in order.held:
        if not is_here(desk, line.show, line.unit):
            holder = holder_of(desk, line.show, line.unit) or "office"
            place = line.unit.split("#")[0]
            raise Refused("right_elsewhere", show=line.show, place=place, order=order.id, holder=holder, since=None)


def deposits(desk: Desk, basket: Basket, due: Money) -> tuple[Tender, ...]:
    """What an order's deposit pays of a basket, by how it was paid itself. Raises Refused("right_elsewhere")."""
    order = in_basket(desk, basket)
    if order is None or not order.left or due.minor <= 0:
        return ()
    check_all_here(desk, order)
    parts = order.used(min(order.left, due))
    return tuple(Tender(DEPOSIT, amount, code=order.id, detail={"paid_by": kind}) for kind, amount in parts)


def sold(desk: Desk, basket: Basket, tickets: Iterable[Ticket], tenders: Iterable[Tender]) -> Order | None:
    """The order as it is once its lines in the basket are sold; None for a basket of no order."""
    order = in_basket(desk, basket)
    if order is None:
        return None
    currency = order.paid.currency
    spent = total([tender.amount for tender in tenders if tender.kind == DEPOSIT], currency)
    return order.after(((ticket.show, ticket.place) for ticket in tickets), "sold", spent)


def told_of(order: Order | None) -> dict[str, Any]:
    """What a sale's document says of the order it pays for."""
    return {"order": order.id} if order is not None else {}
