"""Packages in the basket, and what paying does to them: a pass is paid with itself, and sold with its token."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pos.domain.basket import Basket
from pos.domain.errors import Refused
from pos.domain.money import Money, total
from pos.domain.packages import KIND, Package, package_of
from pos.domain.purse import show_of
from pos.domain.rights import Effect, OfficeState, OwnState
from pos.domain.sale import ArticleSold, Tender
from pos.domain.season import name_in
from pos.till.counter.people import screen_language
from pos.till.desk import Desk


def package(desk: Desk, id: str) -> Package:
    """Raises Refused("bad_request")."""
    found = desk.season().packages.get(id)
    if found is None:
        raise Refused("bad_request", field="package", reason=f"there is no package {id!r}")
    return found


def left_on(desk: Desk, code: str) -> Money:
    """What is left on a pass whose token is in hand. Raises Refused("right_elsewhere")."""
    desk.held(show_of(KIND), code, OwnState.SOLD, code)
    purse = desk.ledger.purses.get(KIND, code)
    if purse is None:
        raise Refused("right_elsewhere", kind=KIND, purse=code, place=code, holder="office", since=None)
    return purse.left


def told_of(desk: Desk, code: str) -> dict[str, Any]:
    """What people are told of a pass whose token is in hand, and how much of it is paid back, less which fee."""
    one, left = package(desk, package_of(code)), left_on(desk, code)
    until = one.valid_until.isoformat() if one.valid_until is not None else None
    fee = one.back(left, waived=False)
    return {
        "package": one.id,
        "name": name_in(one.names, screen_language(desk)) or one.id,
        "visits": {"left": one.visits(left), "of": one.count},
        "valid_until": until,
        "refund": {"fee": str(fee), "amount": str(left - fee), "rule": one.refund_fee is not None},
    }


def due(desk: Desk, basket: Basket) -> list[dict[str, str]]:
    """What the passes of a basket's visits are to pay, each its own."""
    found: dict[str, Money] = {}
    for line in basket.lines:
        code = line.marks.get(KIND, "")
        if code and code not in desk.season().packages:
            found[code] = found[code] + line.price if code in found else line.price
    return [{"kind": KIND, "code": code, "amount": str(amount)} for code, amount in found.items()]


def check(desk: Desk, basket: Basket, tenders: Sequence[Tender]) -> None:
    """Each pass pays for its own visits and for nothing else; a series is sold whole; none is sold and used at once.

    Raises Refused("not_allowed" | "limit_exceeded" | "right_elsewhere").
    """
    currency = desk.season().venue.currency
    marked: dict[str, list[Money]] = {}
    for line in basket.lines:
        if KIND in line.marks:
            marked.setdefault(line.marks[KIND], []).append(line.price)
    sold = {article.product for article in basket.articles if article.kind == KIND}
    series = {code for code in marked if code in desk.season().packages}
    paid: dict[str, list[Money]] = {}
    for tender in tenders:
        if tender.kind == KIND:
            paid.setdefault(tender.code, []).append(tender.amount)
    for code in series:
        _whole(package(desk, code), basket)
    for code in {*marked, *paid} - series:
        due = total(marked.get(code, []), currency)
        if code in sold or total(paid.get(code, []), currency) != due or not due:
            raise _no(code, "a package pays for its own visits, and for those alone")
        if (
            sum(package(desk, package_of(code)).shares(left_on(desk, code), len(marked[code])), Money.zero(currency))
            != due
        ):
            raise _no(code, "it has been used meanwhile; take its visits into the basket again")
    for code in sold:
        if left_on(desk, code):
            raise _no(code, "it has been sold already")


def _whole(series: Package, basket: Basket) -> None:
    """A ticket for each of its shows, as often as for the others."""
    shows = Counter(line.show for line in basket.lines if line.marks.get(KIND) == series.id)
    if set(shows) != set(series.shows) or len(set(shows.values())) > 1:
        raise _no(series.id, "a series is sold with a ticket for each of its shows")


def _no(code: str, reason: str) -> Refused:
    return Refused("not_allowed", what=KIND, package=code, reason=reason)


def sell(desk: Desk, articles: Sequence[ArticleSold]) -> list[Effect]:
    """Put the price of the passes among these on them, in the transaction that is open; the effects by which the
    fact shows that this till had their tokens."""
    effects: list[Effect] = []
    for article in articles:
        if article.kind == KIND:
            purse = desk.ledger.purses.get(KIND, article.id)
            token = desk.held(show_of(KIND), article.id, OwnState.SOLD, article.id)
            if purse is None:
                raise Refused(
                    "right_elsewhere", kind=KIND, purse=article.id, place=article.id, holder="office", since=None
                )
            desk.ledger.purses.put(replace(purse, left=purse.left + article.amount))
            sold = OfficeState.SOLD
            effects.append(Effect(show_of(KIND), article.id, token, sold, sold, desk.outside.till, article.id))
    return effects
