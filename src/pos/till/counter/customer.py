"""What the customer is shown: the basket as it grows, what it came to, the change, and else the venue.

Every display of the till is driven from here, whichever face sells. Nothing here is waited for, and
nothing here can make a verb fail: it is done once the verb has been answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from pos.domain.basket import Article, Basket, fee_lines
from pos.domain.money import Money
from pos.domain.scene import Scene, ShownLine, Sum
from pos.domain.season import name_in
from pos.till.desk import Desk
from pos.till.ports import Customer
from pos.till.words import Words

THANKS_S: Final = 20.0  # how long the thanks stay, when nothing else happens
_BASKET: Final = frozenset({"add", "remove", "retype", "clear", "park", "recall", "move_basket"})
_SOLD: Final = {"pay": "sale", "arrived": "sale", "exchange": "exchange"}
VERBS: Final = _BASKET | _SOLD.keys() | {"close_shift"}  # after which there is something else to see


def after(desk: Desk, verb: str, answer: dict[str, Any]) -> None:
    """One of `VERBS` was carried out: show what came of it."""
    customer = desk.outside.customer
    if "pending" in answer and customer is not None:
        _show(desk, customer, _to_be_paid(desk, customer, answer["pending"]))
    elif verb in _SOLD and _SOLD[verb] in answer and customer is not None:
        scene = _paid(desk, customer, answer[_SOLD[verb]])
        _show(desk, customer, scene)
        desk.post_in(THANKS_S, lambda: _end_thanks(desk, scene))
    else:
        show_basket(desk)


def _to_be_paid(desk: Desk, customer: Customer, pending: Mapping[str, Any]) -> Scene:
    """What is to be paid by telephone or through a bank, and the code for that."""
    venue, write = desk.season().venue, _words(desk, customer)
    due = Sum(write.say(str(pending["kind"])), Money.parse(pending["amount"], venue.currency))
    return Scene("basket", customer.language, venue.name, due=due, code=str(pending["code"]))


def basket_taken(desk: Desk) -> None:
    """Places of the basket were taken back: soon, apart from whatever did so, the display follows."""
    if desk.outside.customer is not None:
        desk.post(lambda: show_basket(desk))


def show_basket(desk: Desk) -> None:
    """Show the basket as it stands, or the venue when it is empty."""
    customer = desk.outside.customer
    if customer is not None and desk.replica.complete():
        basket = desk.ledger.basket()
        full = basket is not None and not basket.empty
        _show(desk, customer, _basket(desk, customer, basket) if basket and full else _idle(desk, customer))


def note(desk: Desk, texts: Mapping[str, str], otherwise: str) -> None:
    """The terminal says something to who holds the card: `texts` by language, or else `otherwise`."""
    customer = desk.outside.customer
    if customer is not None and desk.shown is not None:
        _show(desk, customer, replace(desk.shown, note=texts.get(customer.language) or otherwise))


def end_note(desk: Desk) -> None:
    """The terminal is done: soon, apart from whatever becomes of the payment, what it said is taken away."""
    if desk.shown is not None and desk.shown.note:
        desk.post(lambda: show_basket(desk) if desk.shown is not None and desk.shown.note else None)


def _show(desk: Desk, customer: Customer, scene: Scene) -> None:
    if desk.alarm.calls:  # nothing else is to be read now
        scene = Scene("idle", customer.language, _words(desk, customer).say("evacuation"))
    desk.shown = scene
    if customer.display is not None:
        customer.display.show(scene)
    desk.emit("customer", scene=scene)


def _end_thanks(desk: Desk, scene: Scene) -> None:
    if desk.shown is scene:
        show_basket(desk)


def _words(desk: Desk, customer: Customer) -> Words:
    return Words(customer.language, ZoneInfo(desk.season().venue.timezone))


def _idle(desk: Desk, customer: Customer) -> Scene:
    return Scene("idle", customer.language, desk.season().venue.name, code=customer.link)


def _basket(desk: Desk, customer: Customer, basket: Basket) -> Scene:
    season, language = desk.season(), customer.language
    currency = season.venue.currency
    fees = fee_lines(season.fees, basket.bearing)
    names = {fee.id: name_in(fee.names, language) or fee.id for fee in season.fees}
    due = basket.total(fees, currency)
    return Scene(
        "basket",
        language,
        season.venue.name,
        (
            *(_line(desk, language, line.show, line.place, line.price_type, line.price) for line in basket.lines),
            *(_article(desk, language, article) for article in basket.articles),
        ),
        tuple(Sum(names[fee.id], fee.amount) for fee in fees),
        Sum(_words(desk, customer).say("to_pay"), due),
    )


def _line(desk: Desk, language: str, show: str, place: str, price_type: str, price: Money) -> ShownLine:
    season, seating = desk.season(), desk.belief.seating(show)
    the_show, ix = season.show(show), seating.find(place)
    title = name_in(the_show.titles, language) or the_show.production
    kind = season.price_types.get(price_type)
    names = kind.names if kind is not None else {}
    return ShownLine(
        seating.label(ix) if ix is not None else place, f"{title} · {name_in(names, language) or price_type}", price
    )


def _article(desk: Desk, language: str, article: Article) -> ShownLine:
    product = desk.season().products.get(article.product)
    name = name_in(product.names, language) if product is not None else ""
    return ShownLine(name or article.product, f"× {article.count}" if article.count > 1 else "", article.amount)


def _paid(desk: Desk, customer: Customer, sale: dict[str, Any]) -> Scene:
    write, currency = _words(desk, customer), desk.season().venue.currency
    due = Money.parse(sale["total"], currency) + Money.parse(sale["rounding"], currency)
    change = Money.parse(sale["change"], currency)
    given = _given(desk, sale["id"], currency)
    return Scene(
        "paid",
        customer.language,
        write.say("thanks"),
        due=Sum(write.say("to_pay"), due),
        given=Sum(write.say("given"), given) if given is not None else None,
        change=Sum(write.say("change"), change) if given is not None else None,
        code=sale["id"],
    )


def _given(desk: Desk, sale: str, currency: str) -> Money | None:
    """The cash handed over for a sale; None when it was paid otherwise."""
    last = desk.ledger.last_sale()
    if last is None or last["id"] != sale:
        return None
    given = [tender["given"] for tender in last["tenders"] if tender["kind"] == "cash" and "given" in tender]
    return Money.parse(given[0], currency) if given else None
