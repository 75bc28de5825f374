"""Baskets that wait: parked under a number for one customer while the next is served, and taken up again.

Their places stay pinned exactly like those of the basket in front, until their time has run out; then
somebody who asks gets them, and the basket that lost a place is empty and says so when it is taken up.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pos.domain.basket import Basket
from pos.domain.errors import Refused
from pos.till.counter.charge import check_basket_free
from pos.till.counter.passing import indexes_of
from pos.till.counter.shown import shown
from pos.till.desk import Desk

MOST_PARKED: Final = 20


def park(desk: Desk, *, name: str = "", note: str = "") -> dict[str, Any]:
    """Put the basket aside under the lowest free number; it keeps its owner, its prices, and its time anew.

    Raises Refused: basket_empty limit_exceeded payment_unknown not_allowed.
    """
    user = desk.signed_in("sell")
    desk.shift()
    check_basket_free(desk)
    basket = desk.ledger.basket()
    if basket is None or basket.empty:
        raise Refused("basket_empty")
    with desk.unit() as unit:
        aside = put_aside(desk, basket, name, note)
        answer = unit.answers({"parked": _row(desk, aside), "basket": shown(desk, Basket(user.id, (), None))})
    _say(desk, aside)
    return answer


def recall(desk: Desk, *, number: int, park: bool = False) -> dict[str, Any]:
    """Take up a parked basket again, at the prices it was quoted. `park`: what is in front is parked for it.

    Raises Refused: bad_request for a number that nothing is parked under, basket_expired when its places were
    given back (and then it is parked no more), not_allowed while there is a basket in front.
    """
    desk.signed_in("sell")
    desk.shift()
    check_basket_free(desk)
    _check_not_awaited(desk, number)
    wanted = parked_under(desk, number)
    if wanted.lapsed:
        with desk.unit():
            desk.ledger.baskets.drop(number)
        raise Refused("basket_expired", number=number, name=wanted.name)
    front = desk.ledger.basket()
    if front is not None and not front.empty and not park:
        raise Refused("not_allowed", what="recall", reason="there is a basket already", basket=shown(desk, front))
    taken = replace(wanted, number=0, changed_at=desk.clock.now())
    with desk.unit() as unit:
        aside = put_aside(desk, front, "", "") if front is not None and not front.empty else None
        desk.ledger.baskets.renumber(number, taken)
        answer = unit.answers({"basket": shown(desk, taken)} | ({"parked": _row(desk, aside)} if aside else {}))
    _say(desk, taken, *([aside] if aside else []))
    return answer


def parked(desk: Desk) -> dict[str, Any]:
    """Every parked basket, by number."""
    desk.signed_in("sell")
    return {"parked": [_row(desk, basket) for basket in desk.ledger.baskets.parked()]}


def drop_parked(desk: Desk, *, number: int) -> dict[str, Any]:
    """The customer does not come back: the basket is emptied where it is parked. Its rights stay in hand."""
    desk.signed_in("sell")
    desk.shift()
    _check_not_awaited(desk, number)
    basket = parked_under(desk, number)
    with desk.unit() as unit:
        desk.ledger.baskets.drop(number)
        answer = unit.answers({"parked": [_row(desk, other) for other in desk.ledger.baskets.parked()]})
    _say(desk, basket)
    return answer


def parked_under(desk: Desk, number: int) -> Basket:
    """Raises Refused("bad_request")."""
    waiting = {basket.number: basket for basket in desk.ledger.baskets.parked()}
    if number not in waiting:
        reason = f"nothing is parked under {number}"
        raise Refused("bad_request", field="number", reason=reason, parked=list(waiting))
    return waiting[number]


def _check_not_awaited(desk: Desk, number: int) -> None:
    """A basket whose payment is waited for stays where it is. Raises Refused("not_allowed")."""
    for payment in desk.ledger.payments.awaited():
        if payment.subject == str(number):
            reason = f"its {payment.purpose} payment of {payment.amount} is waited for; say first that it failed"
            raise Refused("not_allowed", what="payment", reason=reason, payment=payment.id, number=number)


def check_none_parked(desk: Desk, what: str) -> None:
    """Raises Refused("not_allowed") with those that wait; one that lost its places waits for nothing."""
    waiting = [_row(desk, basket) for basket in desk.ledger.baskets.parked() if not basket.lapsed]
    if waiting:
        names = ", ".join(" ".join(filter(None, (str(row["number"]), row["name"]))) for row in waiting)
        raise Refused("not_allowed", what=what, reason=f"baskets are parked: {names}", parked=waiting)


def put_aside(desk: Desk, basket: Basket, name: str, note: str) -> Basket:
    """Move the basket in front to the lowest free number, in the open transaction. Raises Refused("limit_exceeded")."""
    taken = {other.number for other in desk.ledger.baskets.parked()}
    if len(taken) >= MOST_PARKED:
        raise Refused("limit_exceeded", what="parked", limit=MOST_PARKED)
    aside = replace(
        basket,
        number=min(set(range(1, MOST_PARKED + 1)) - taken),
        name=name.strip() or basket.name,
        note=note.strip() or basket.note,
        changed_at=desk.clock.now(),
    )
    desk.ledger.baskets.renumber(0, aside)
    return aside


def _row(desk: Desk, basket: Basket) -> dict[str, Any]:
    whole = shown(desk, basket)
    owner = desk.season().users.get(basket.owner)
    return {
        "number": basket.number,
        "name": basket.name,
        "note": basket.note,
        "owner": basket.owner,
        "owner_name": owner.name if owner else basket.owner,
        "tickets": len(basket.lines),
        "shows": list(dict.fromkeys(line["title"] for line in whole["lines"])),
        "total": whole["total"],
        "expires": whole["expires"],
        "lapsed": basket.lapsed,
    }


def _say(desk: Desk, *baskets: Basket) -> None:
    lines = [(line.show, line.place) for basket in baskets for line in basket.lines]
    desk.emit("changed", places=indexes_of(desk, lines), documents=False)
