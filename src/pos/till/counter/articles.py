"""What is sold beside tickets, what takes off their prices by a code, and a price that a supervisor sets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pos.domain.basket import Article
from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.promotion import Promotion, same_code
from pos.domain.season import name_in
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.people import screen_language
from pos.till.counter.quoting import overridden
from pos.till.counter.sell import changing, put
from pos.till.desk import Desk

MOST_ARTICLES: Final = 100  # lines of them in a basket
MOST_OF_ONE: Final = 999
MOST_MINOR: Final = 10**11  # minor units of one line: more is a slip of the finger, whatever the currency


def products(desk: Desk) -> dict[str, Any]:
    """What can be sold beside tickets, as the season has it."""
    desk.signed_in()
    return {
        "products": [
            {
                "id": product.id,
                "name": name_in(product.names, screen_language(desk)) or product.id,
                "names": product.names,
                "kind": product.kind,
                "price": str(product.price) if product.price is not None else None,
                "refundable": product.refundable,
            }
            for product in desk.season().products.values()
        ]
    }


def add_article(desk: Desk, *, product: str, count: int = 1, amount: str = "") -> dict[str, Any]:
    """Put a product or a donation into the basket. `amount` is what the buyer gives, where that is theirs to say.

    Raises Refused("bad_request" | "limit_exceeded" | "no_price").
    """
    basket = changing(desk)
    found = desk.season().products.get(product)
    if found is None:
        raise Refused("bad_request", field="product", reason=f"there is no product {product!r}")
    if amount and found.kind != "donation":
        raise Refused("bad_request", field="amount", reason=f"{product!r} has a price of its own")
    each = _amount(desk, "amount", amount) if amount else found.price
    if each is None:
        raise Refused("bad_request", field="amount", reason="say how much is given")
    if not each:
        raise Refused("bad_request", field="amount", reason="must be more than nothing")
    same = next((one for one in basket.articles if (one.product, one.each) == (product, each)), None)
    if same is None and len(basket.articles) >= MOST_ARTICLES:
        raise Refused("limit_exceeded", what="articles", limit=MOST_ARTICLES)
    article = replace(
        same
        or Article(basket.next_line, product, found.kind, 0, each, found.tax, found.tax_basis_points, found.refundable),
        count=(same.count if same else 0) + count,
    )
    if article.count > MOST_OF_ONE:
        raise Refused("limit_exceeded", what="count", limit=MOST_OF_ONE, product=product)
    others = tuple(one for one in basket.articles if one.line != article.line)
    articles = tuple(sorted((*others, article), key=lambda one: one.line))
    return put(desk, replace(basket, articles=articles, lapsed=False), [], keep=True)


def _amount(desk: Desk, field: str, text: str) -> Money:
    try:
        amount = Money.parse(text, desk.season().venue.currency)
    except ValueError as error:
        raise Refused("bad_request", field=field, reason=str(error)) from error
    if amount.minor > MOST_MINOR:
        raise Refused("limit_exceeded", what=field, limit=str(Money(MOST_MINOR, amount.currency)))
    return amount


def promotion(desk: Desk, *, code: str, remove: bool = False) -> dict[str, Any]:
    """Take a promotion's code for the basket, or take it away again.

    Raises Refused("unknown_ticket") for a code that is none, "outside_terms" (`until`) for one out of its time.
    """
    basket = changing(desk)
    wanted = same_code(code)
    if remove:
        rest = tuple(one for one in basket.codes if same_code(one) != wanted)
        return put(desk, replace(basket, codes=rest), [])
    found = [one for one in desk.season().promotions if one.code and same_code(one.code) == wanted]
    if not found:
        raise Refused("unknown_ticket", promotion=code.strip())
    _check_open(desk, found)
    if wanted in map(same_code, basket.codes):
        return put(desk, basket, [], keep=True)
    return put(desk, replace(basket, codes=(*basket.codes, found[0].code)), [], keep=True)


def _check_open(desk: Desk, promotions: list[Promotion]) -> None:
    now = desk.clock.now()
    if not any(one.open(now) for one in promotions):
        one = promotions[0]
        since, until = (at.isoformat() if at is not None else None for at in (one.starts, one.until))
        raise Refused("outside_terms", what="promotion", promotion=one.id, since=since, until=until)


def reprice(
    desk: Desk, *, line: int, price: str, reason: str, approver: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Another price for one line, by a supervisor's word: recorded, and flagged wherever the line is seen.

    Raises Refused("approval_needed" | "wrong_pin" | "not_allowed" | "bad_request" | "limit_exceeded").
    """
    basket = changing(desk)
    old = basket.line(line)
    amount = _amount(desk, "price", price)
    by = approved(desk, approver)
    if not may_alone(desk, by):
        raise Refused("approval_needed", what="reprice")
    if old.partner:
        raise Refused("not_allowed", what="reprice", reason="a companion's place is free by rule")
    new = overridden(old, amount, reason.strip(), by or desk.signed_in().id)
    return put(desk, replace(basket, lines=tuple(new if item == old else item for item in basket.lines)), [])
