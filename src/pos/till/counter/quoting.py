"""Quoting: what a place costs here and now, who must have said yes to that, and what promotions make of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pos.domain.basket import Basket, Line, check_counts, paired, priced, quote, too_few
from pos.domain.errors import Refused
from pos.domain.mask import scrub
from pos.domain.money import Money
from pos.domain.price import PriceTable, PriceType
from pos.domain.season import Show
from pos.till.counter.approval import approved, may_alone
from pos.till.desk import Desk

MEMBER_LENGTH: Final = 64  # letters of a member's number


def price_list(desk: Desk, show: str) -> PriceTable:
    """The version of a show's price list that is in effect now. Raises Refused("unknown_show" | "no_price")."""
    return desk.season().price_list(show, desk.clock.now())


def table_of(desk: Desk, line: Line) -> PriceTable:
    """The version that a line was quoted by."""
    return desk.season().prices.get(line.prices) or price_list(desk, line.show)


def member_of(desk: Desk, member: str) -> str:
    """A member's number as it is kept. Raises Refused("bad_request") for what is none."""
    number = member.strip()
    if scrub(number) != number or len(number) > MEMBER_LENGTH:
        raise Refused("bad_request", field="member", reason="is no member's number")
    return number


def quoted_line(
    desk: Desk, number: int, show: str, place: str, category: str, price_type: str, price: Money, proof: bool,
    prices: str = "", marks: Mapping[str, Any] | None = None,
) -> Line:  # fmt: skip
    """A line at a price that has just been quoted."""
    kind = desk.season().price_types[price_type]
    now = desk.clock.now().isoformat(timespec="seconds")
    what = "companion" if kind.companion else kind.kind
    return Line(
        number, show, place, category, price_type, price, proof, listed=price, prices=prices, quoted=now, kind=what,
        marks=marks or {},
    )  # fmt: skip


def quoted(desk: Desk, show: Show, category: str, price_type: str, proof: bool, member: str = "") -> tuple[Money, str]:
    """The price of a category now, and the version of the price list that says so."""
    table = price_list(desk, show.id)
    return quote(table, desk.season().price_types, category, price_type, proof, member), table.id


def allowed(desk: Desk, price_type: str, approver: dict[str, Any] | None, reason: str, member: str) -> dict[str, Any]:
    """What a ticket of this price type says of who let it be sold. Raises Refused("approval_needed" | "bad_request" |
    "wrong_pin" | "not_allowed")."""
    kind = desk.season().price_types[price_type]
    by = approved(desk, approver)
    marks: dict[str, Any] = {"member": member} if kind.kind == "member" else {}
    if not (kind.kind == "comp" or kind.approval):
        return marks
    if kind.kind == "comp" and not reason.strip():
        raise Refused("bad_request", field="reason", reason="a complimentary ticket needs a reason")
    if not may_alone(desk, by):
        raise Refused("approval_needed", what="price_type", price_type=price_type)
    by = by or desk.signed_in().id
    return marks | ({"comp": {"reason": reason.strip(), "approver": by}} if kind.kind == "comp" else {"approver": by})


def repriced(desk: Desk, basket: Basket, *, keep: bool) -> Basket:
    """The basket paired, counted, and with what promotions take off. With `keep` nothing in it becomes dearer.

    Raises Refused("limit_exceeded" | "not_allowed").
    """
    season = desk.season()
    types: dict[str, PriceType] = season.price_types
    check_counts(basket, types)
    if any(line.kind == "companion" for line in basket.lines):
        companions = {show.id: show.companions for show in season.shows.values()}
        basket = paired(basket, types, companions)
    return priced(basket, season.promotions, types, keep=keep)


def fitted(desk: Desk, lines: Sequence[Line], before: Collection[str]) -> tuple[Line, ...]:
    """The lines of an exchange, companions with their partners, at their list's prices. What a ticket was of `before`
    it may be again, however few there are of it.

    Raises Refused("limit_exceeded" | "not_allowed").
    """
    types = desk.season().price_types
    basket = Basket("", tuple(lines), None)
    check_counts(basket, types)
    for few in too_few(basket, types):
        if few["price_type"] not in before:
            raise not_enough(few)
    return paired(basket, types, {show.id: show.companions for show in desk.season().shows.values()}).lines


def not_enough(few: dict[str, Any]) -> Refused:
    """A price type that is valid from more tickets than there are."""
    reason = f"{few['price_type']} is for {few['min']} tickets of a show or more, and here are {few['have']}"
    return Refused("not_allowed", what="min", reason=reason, **few)


def overridden(line: Line, price: Money, reason: str, approver: str) -> Line:
    """A line at another price than its list's, by a supervisor's word."""
    was = line.marks.get("override", {}).get("was") or str(line.price)
    marks = {**line.marks, "override": {"was": was, "reason": reason, "approver": approver}}
    return replace(line, price=price, listed=line.list_price, off=(), marks=marks)
