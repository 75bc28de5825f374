"""Reservations: the basket kept for somebody, with a deposit or none, until it is paid, cancelled or expires.

The laws are on top of `pos.domain.order`. What is paid goes through the basket, at the prices quoted when it was
reserved (`take_order`), and so by any tender.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from pos.domain import hold as rules
from pos.domain import order as laws
from pos.domain.basket import Basket, Line
from pos.domain.books import Posting
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.hold import Hold
from pos.domain.live import HOLD, ORDER, carried
from pos.domain.money import Money, total
from pos.domain.order import Order, OrderLine
from pos.domain.rights import Effect, OfficeState, OwnRight, OwnState
from pos.domain.sale import FOREIGN, Settlement
from pos.domain.season import name_in
from pos.till.counter import charge, pay
from pos.till.counter.buyer import buyer_document
from pos.till.counter.charge import check_basket_free
from pos.till.counter.held import documents, hold_of, holder_of
from pos.till.counter.holding import tokens_for
from pos.till.counter.numbers import Series, next_id, take
from pos.till.counter.passing import in_use
from pos.till.counter.people import screen_language
from pos.till.counter.reserving import all_orders, order_of
from pos.till.counter.sell import changing, put
from pos.till.desk import Desk, Verb
from pos.till.orders import deposits
from pos.till.orders.holds import say

log = logging.getLogger(__name__)
_ORDERS: Final = Series("orders", "O")
_HELD, _LEASED = OfficeState.HELD, OfficeState.LEASED
REMINDED: Final = "reminded"
GROUP: Final = "group"  # what an order says beside, if it is a group's


# ---- making ------------------------------------------------------------------------------


def reserve(
    desk: Desk, *, buyer: dict[str, Any], expires: str = "", remind: str = "", note: str = "",
    tenders: list[dict[str, Any]] | None = None, deposit_terms: str = laws.RETURNED_IF_CANCELLED,
) -> Verb[dict[str, Any]]:  # fmt: skip
    """Keep the basket for somebody at the prices quoted; `tenders` are a deposit, for terms that are told.

    `expires` and `remind` are a span before the first show's start ("30m", "2d") or a time. Raises Refused:
    basket_empty basket_expired bad_request right_elsewhere overpaid payment_declined payment_unknown fenced.
    """
    desk.signed_in("sell")
    check_open(desk)
    who = _who(desk, buyer)
    if deposit_terms not in laws.TERMS:
        raise Refused("bad_request", field="deposit_terms", reason=f"must be one of {', '.join(laws.TERMS)}")
    _to_reserve(desk)
    yield from charge.settle_open(desk)
    user, shift, basket = desk.signed_in("sell"), desk.shift(), _to_reserve(desk)
    currency = desk.season().venue.currency
    first = min(desk.season().show(line.show).starts for line in basket.lines)
    ends, reminded = moment("expires", expires, first), moment("remind", remind, first)
    settled = yield from deposits.take(desk, user.id, shift, charge.BASKET, basket, tenders or [])
    code = next_id(desk, _ORDERS)
    parts = tuple((deposits.kind_back(tender), tender.amount) for tender in deposits.exact(settled))
    holds = _holds_for(desk, code, basket, who.get("name", ""), ends)
    order = Order(
        code, 1, laws.OPEN, desk.outside.till, who.get("name", ""), who.get("contact", ""), ends, reminded,
        tuple(_line(line, holds[line.show]) for line in basket.lines), total([p for _, p in parts], currency), parts,
        deposit_terms, _about(desk, user.id, who, note),
    )  # fmt: skip
    with desk.unit() as unit:
        effects, rights = _into_order(desk, basket, holds)
        body: dict[str, Any] = {"user": user.id, "order": order.to_json()}
        body["documents"] = [carried(HOLD, hold.to_json()) for hold in holds.values()]
        postings: tuple[Posting, ...] = ()
        if settled.tenders:
            body["deposit"] = deposits.document(desk, shift, code, order.paid, settled)
            postings = laws.taken_entry(desk.outside.till, code, settled.tenders, settled.rounding)
        unit.record(Kind.ORDER_RESERVED, body, postings=postings, effects=effects)
        unit.put_rights(rights)
        deposits.moved(desk, shift, body.get("deposit"), settled, sign=1)
        keep(desk, order, holds.values())
        take(desk, _ORDERS)
        desk.ledger.put_basket(None)
        answer = unit.answers({"order": told(desk, order, settled)})
    if any(tender.kind in ("cash", FOREIGN) for tender in settled.tenders):
        desk.outside.printers.kick_drawer()
    for show in holds:
        say(desk, show, [line.place for line in basket.lines if line.show == show], basket=True)
    return answer


def check_open(desk: Desk) -> None:
    desk.shift()
    desk.check_not_fenced()


def _who(desk: Desk, buyer: dict[str, Any]) -> dict[str, Any]:
    who = buyer_document(desk, buyer)
    if not who.get("name"):
        raise Refused("bad_request", field="buyer", reason="places are kept for somebody: name the buyer")
    return who


def _to_reserve(desk: Desk) -> Basket:
    """Raises Refused("basket_empty" | "basket_expired" | "bad_request" | "payment_unknown" | "not_allowed")."""
    check_basket_free(desk, purpose=charge.DEPOSIT)
    basket = desk.ledger.basket()
    if basket is None or basket.empty:
        raise Refused("basket_expired" if basket is not None and basket.lapsed else "basket_empty")
    if basket.articles or not basket.lines:
        raise Refused("bad_request", field="basket", reason="articles cannot be reserved; take them out, or sell them")
    for line in basket.lines:
        hold = documents(desk, HOLD).get(str(line.marks.get("hold", "")), {})
        if hold.get("order"):
            raise Refused("bad_request", field="basket", reason="is of an order already", order=hold["order"])
    return basket


def moment(field: str, text: str, starts: datetime) -> datetime | None:
    try:
        return rules.release_at(text, starts)
    except ValueError as error:
        reason = 'must be a span before the start like "30m" or "2d", or a time with its offset'
        raise Refused("bad_request", field=field, reason=reason) from error


def _holds_for(desk: Desk, code: str, basket: Basket, name: str, ends: datetime | None) -> dict[str, Hold]:
    """A hold for each show of the basket; the first is called as the order itself."""
    shows = list(dict.fromkeys(line.show for line in basket.lines))
    ids = [code if n == 1 else f"{code}-{n}" for n in range(1, len(shows) + 1)]
    home = desk.outside.till
    return {
        show: Hold(id, show, rules.RESERVATION, "", "", home, ends, code, 1)
        for id, show in zip(ids, shows, strict=True)
    }


def _line(line: Line, hold: Hold) -> OrderLine:
    """A basket's line by value."""
    body = {
        "category": line.category,
        "price_type": line.price_type,
        "price": str(line.price),
        "proof": line.proof,
        "more": line.more(),
    }
    return OrderLine(line.show, line.place, hold.id, "held", body)


def _about(desk: Desk, user: str, who: dict[str, Any], note: str) -> dict[str, Any]:
    at = desk.clock.now().isoformat(timespec="seconds")
    more = {"at": at, "till": desk.outside.till, "user": user, "note": note}
    return more | ({"buyer": who["buyer"]} if "buyer" in who else {})


def _into_order(
    desk: Desk, basket: Basket, holds: dict[str, Hold]
) -> tuple[list[Effect], list[tuple[str, str, OwnRight]]]:
    """What keeping these lines does to their places: into the order's hold, out of another's where they were in one."""
    effects, rights = [], []
    till = desk.outside.till
    for line in basket.lines:
        own = desk.rights.get(line.show, {}).get(line.place)
        was = OwnState.HELD if own is not None and own.state is OwnState.HELD else OwnState.LEASED
        token, hold = desk.held(line.show, line.place, was), holds[line.show].id
        if was is OwnState.HELD:
            effects.append(Effect(line.show, line.place, token, _HELD, _LEASED, till))
        effects.append(Effect(line.show, line.place, token, _LEASED, _HELD, till, hold))
        rights.append((line.show, line.place, OwnRight(OwnState.HELD, token, hold)))
    return effects, rights


def keep(desk: Desk, order: Order, holds: Iterable[Hold] = ()) -> None:
    desk.ledger.live.put(ORDER, order.to_json())
    for hold in holds:
        desk.ledger.live.put(HOLD, hold.to_json())


# ---- paying ------------------------------------------------------------------------------


def take_order(desk: Desk, *, order: str, lines: list[int] | None = None) -> Verb[dict[str, Any]]:
    """Put an order, or some of its lines (numbered from 1), into the basket at the prices quoted.

    Raises Refused: unknown_order right_elsewhere bad_request not_allowed limit_exceeded.
    """
    desk.signed_in("sell")
    check_open(desk)
    wanted = _lines_of(desk, order_of(desk, order), lines)
    yield from all_here(desk, order)
    basket = changing(desk)
    if basket.lines or basket.articles:
        raise Refused("bad_request", field="basket", reason="is not empty; park it, or pay it first")
    the_order = order_of(desk, order)
    used = in_use(desk)
    if taken := [line for line in wanted if (line.show, line.unit) in used]:
        raise Refused("bad_request", reason="is in a basket already", place=taken[0].unit.split("#")[0])
    currency = the_order.paid.currency
    found = tuple(_basket_line(n, line, currency) for n, line in enumerate(wanted, basket.next_line))
    return put(desk, replace(basket, lines=found, lapsed=False), found, keep=True)


def _lines_of(desk: Desk, order: Order, lines: Sequence[int] | None) -> list[OrderLine]:
    if lines is None:
        found = list(order.held)
    else:
        if any(not 1 <= n <= len(order.lines) for n in lines) or len(set(lines)) < len(lines):
            raise Refused("bad_request", field="lines", reason=f"the order has lines 1 to {len(order.lines)}")
        found = [order.lines[n - 1] for n in lines]
    if not found or any(line.state != "held" for line in found):
        reason = f"nothing of {order.id} waits to be paid" if not found else "a line of it has been paid, or released"
        raise Refused("not_allowed", what="take_order", reason=reason, order=order.id, state=order.state)
    return found


def _basket_line(number: int, line: OrderLine, currency: str) -> Line:
    body = line.body
    price = Money.parse(body["price"], currency)
    plain = Line(number, line.show, line.unit, body["category"], body["price_type"], price, body["proof"])
    kept = plain.with_more(body.get("more", {}))
    return replace(kept, partner=0, marks={**kept.marks, "hold": line.hold})


def all_here(desk: Desk, code: str) -> Verb[None]:
    """Get the rights to all that is held for an order. Raises Refused("right_elsewhere" | "unknown_hold")."""
    order = order_of(desk, code)
    for hold in dict.fromkeys(line.hold for line in order.held):
        places = [line.unit for line in order.held if line.hold == hold]
        yield from tokens_for(desk, hold_of(desk, hold), places)


def pay_order(
    desk: Desk, *, order: str, tenders: list[dict[str, Any]], lines: list[int] | None = None, **how: Any
) -> Verb[dict[str, Any]]:
    """Take an order into the basket and pay it: the deposit first, then these tenders. What is refused leaves the
    basket as it was: empty."""
    yield from take_order(desk, order=order, lines=lines)
    try:
        how = {"buyer": _buyer(order_of(desk, order))} | how
        answer: dict[str, Any] = yield from pay.pay(desk, tenders=tenders, **how)
    except Refused:
        basket = desk.ledger.basket()
        if basket is not None and not charge.pinned(desk):
            put(desk, replace(basket, lines=()), basket.lines)
        raise
    return answer


def _buyer(order: Order) -> dict[str, Any]:
    """Whom an order is for, as `pay` takes a buyer."""
    known = {"name": order.name, "contact": order.contact} | dict(order.more.get("buyer", {}))
    return {key: value for key, value in known.items() if value}


# ---- looking -----------------------------------------------------------------------------


def orders(desk: Desk, *, order: str = "", name: str = "", show: str = "", state: str = "open") -> dict[str, Any]:
    """Orders that are not paid yet, the next to expire first; by code, by a part of the name, of one show; of
    another `state`, or "all"."""
    desk.signed_in()
    if order:
        return {"orders": [told(desk, order_of(desk, order))]}
    far = desk.clock.now() + timedelta(days=36_500)
    found = [
        one
        for one in all_orders(desk)
        if (state == "all" or one.state == state or (state == laws.OPEN and one.left and one.state == laws.EXPIRED))
        and name.casefold() in one.name.casefold()
        and (not show or any(line.show == show for line in one.lines))
    ]
    found.sort(key=lambda one: (one.expires or far, one.id))
    return {"orders": [told(desk, one) for one in found]}


def iso(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def told(desk: Desk, order: Order, settlement: Settlement | None = None) -> dict[str, Any]:
    """An order as faces show it."""
    currency = order.paid.currency
    due = total([Money.parse(line.body["price"], currency) for line in order.held], currency)
    change = {"change": str(settlement.change)} if settlement is not None and settlement.tenders else {}
    return {
        "code": order.id,
        "state": order.state,
        "name": order.name,
        "contact": order.contact,
        "note": order.more.get("note", ""),
        "home": order.home,
        "holders": sorted({holder_of(desk, line.show, line.unit) or "office" for line in order.held}),
        "elsewhere": sorted(
            {holder for line in order.held if (holder := holder_of(desk, line.show, line.unit))} - {desk.outside.till}
        ),
        "expires": iso(order.expires),
        "remind": iso(order.remind),
        "reminded": order.more.get(REMINDED, ""),
        "lines": [_told_line(desk, n, line) for n, line in enumerate(order.lines, 1)],
        "price": str(due),
        "deposit": {"paid": str(order.paid), "left": str(order.left), "terms": order.told},
        **_group(desk, order),
        **change,
    }


def _group(desk: Desk, order: Order) -> dict[str, Any]:
    """Of a group's order: how many it was reserved for, how many come, and by when that is to be final."""
    group = order.more.get(GROUP)
    if group is None:
        return {}
    late = not group["final"] and desk.clock.now() >= datetime.fromisoformat(group["final_by"])
    return {GROUP: {**group, "late": late, "held": len(order.held)}}


def _told_line(desk: Desk, number: int, line: OrderLine) -> dict[str, Any]:
    show = desk.season().shows.get(line.show)
    seating = desk.belief.seating(line.show) if show is not None else None
    ix = seating.find(line.unit) if seating is not None else None
    return {
        "line": number,
        "show": line.show,
        "title": (name_in(show.titles, screen_language(desk)) or show.production) if show is not None else line.show,
        "place": line.unit.split("#")[0],
        "label": seating.label(ix) if seating is not None and ix is not None else line.unit,
        "price_type": line.body["price_type"],
        "price": line.body["price"],
        "state": line.state,
    }
