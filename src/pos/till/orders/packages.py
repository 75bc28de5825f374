"""Subscriptions and flexible passes: into the basket, and what is left of a pass paid back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from pos.domain.basket import Article, Basket, Line
from pos.domain.books import drawer, entry
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.mask import scrub
from pos.domain.money import Money
from pos.domain.packages import KIND, SERIES, Package, package_of, spread
from pos.domain.purse import show_of
from pos.domain.rights import Effect, OfficeState, OwnState
from pos.domain.sale import Tender
from pos.domain.season import name_in
from pos.domain.shift import CashMove
from pos.store import journal
from pos.till.counter import purses
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.numbers import Series, next_id, take
from pos.till.counter.people import screen_language
from pos.till.counter.sell import add, changing, put
from pos.till.counter.tenders import check_drawer
from pos.till.counter.visits import left_on
from pos.till.counter.visits import package as package_named
from pos.till.desk import Desk, Verb
from pos.till.ports import LineDown

_BACK: Final = Series("packages_back", "P")


def packages(desk: Desk) -> dict[str, Any]:
    """The packages of the season."""
    desk.signed_in()
    return {
        "packages": [
            {
                "id": one.id,
                "name": name_in(one.names, screen_language(desk)) or one.id,
                "kind": one.kind,
                "price": str(one.price),
                "count": one.count,
                "shows": list(one.shows),
                "categories": list(one.categories),
                "price_types": list(one.price_types),
                "valid_until": one.valid_until.isoformat() if one.valid_until else None,
            }
            for one in desk.season().packages.values()
        ]
    }


def add_package(
    desk: Desk, *, package: str, places: Sequence[dict[str, str]] = (), price_type: str = ""
) -> Verb[dict[str, Any]]:
    """A pass into the basket, or a series with its `places`: [{show, place}], one for each of its shows.

    A pass needs a blank code: one that this till holds, or the office is asked for one. Raises Refused:
    bad_request right_elsewhere limit_exceeded, and for a series whatever `add` raises.
    """
    one = package_named(desk, package)
    changing(desk)
    if one.kind == SERIES:
        return (yield from _series(desk, one, places, price_type))
    code = _blank_here(desk, one)
    if not code:
        try:
            found = yield desk.outside.office.look("package", {"package": one.id})
        except LineDown as down:
            told = {"package": one.id, "place": one.id, "cause": down.cause}
            raise Refused("right_elsewhere", holder="office", since=None, **told) from down
        code = str(found.get("code", ""))
        if not code:
            raise Refused("limit_exceeded", what=KIND, package=one.id, limit=0)
        yield from purses.hold(desk, [Tender(KIND, Money.zero(one.price.currency), code=code)])
    basket = changing(desk)
    article = Article(basket.next_line, code, KIND, 1, one.price, "", 0, refundable=False)
    answer = put(desk, replace(basket, articles=(*basket.articles, article), lapsed=False), [], keep=True)
    return answer | {"code": code}


def _blank_here(desk: Desk, one: Package) -> str:
    """A code of this package whose token is in hand, on which there is nothing, and which is in no basket."""
    taken = {article.product for basket in desk.ledger.baskets.all() for article in basket.articles}
    for code, own in desk.rights.get(show_of(KIND), {}).items():
        purse = desk.ledger.purses.get(KIND, code)
        mine = (
            own.state is OwnState.SOLD
            and package_of(code) == one.id
            and code not in taken
            and not _sold_here(desk, code)
        )
        if mine and purse is not None and not purse.left:
            return code
    return ""


def _sold_here(desk: Desk, code: str) -> bool:
    """Whether a code was sold at this till: with nothing left on it, it is not a blank all the same."""
    return bool(journal.facts_with(desk.ledger.connection, [f'"{KIND}:{code}"']))


def _series(desk: Desk, one: Package, places: Sequence[dict[str, str]], price_type: str) -> Verb[dict[str, Any]]:
    shows = [item["show"] for item in places]
    if sorted(shows) != sorted(one.shows):
        raise Refused("bad_request", field="places", reason=f"a place for each of {', '.join(one.shows)}, and no other")
    price_type = price_type or (one.price_types[0] if one.price_types else "")
    prices = dict(zip(one.shows, spread(one.price, len(one.shows)), strict=True))
    added: list[int] = []
    # A seat that was picked already is its show's ticket of the series.
    picked = {(line.show, line.place): line.line for line in changing(desk).lines if not line.exempt}
    taken = [picked[key] for item in places if (key := (item["show"], item["place"])) in picked]
    for item in places:
        if (item["show"], item["place"]) in picked:
            continue
        before = {line.line for line in changing(desk).lines}
        try:
            yield from add(desk, show=item["show"], places=[item["place"]], price_type=price_type)
        except Refused:
            _take_out(desk, added)
            raise
        fresh = [line for line in changing(desk).lines if line.line not in before]
        added += [line.line for line in fresh]
    basket = changing(desk)
    mine = {*added, *taken}
    lines = tuple(_visit(line, prices[line.show], one.id) if line.line in mine else line for line in basket.lines)
    try:
        for line in lines:
            if line.line in mine:
                one.check(line.show, line.category, line.price_type, desk.clock.now())
    except Refused:
        _take_out(desk, added)
        raise
    return put(desk, replace(basket, lines=lines), [line for line in lines if line.line in mine], keep=True)


def _take_out(desk: Desk, added: Sequence[int]) -> None:
    """All or nothing: what was put in for this goes out again."""
    basket = changing(desk)
    gone = [line for line in basket.lines if line.line in added]
    put(desk, replace(basket, lines=tuple(line for line in basket.lines if line.line not in added)), gone)


def _visit(line: Line, price: Money, mark: str) -> Line:
    """A line at its share, which no promotion and no price list changes any more; nor was its price set by hand."""
    marks = {name: value for name, value in line.marks.items() if name != "override"}
    return replace(line, price=price, listed=None, off=(), quoted="", marks={**marks, KIND: mark})


def redeem(
    desk: Desk, *, code: str, show: str = "", places: Sequence[str] = (), price_type: str = "", proof: bool = False,
    lines: Sequence[int] = (),
) -> Verb[dict[str, Any]]:  # fmt: skip
    """Visits on a pass, each at its share: `places` of a `show` into the basket, or `lines` that are in it already.
    `tender` is how the basket is paid for them.

    Raises Refused: bad_request unknown_ticket right_elsewhere limit_exceeded outside_terms not_allowed, and whatever
    `add` raises.
    """
    changing(desk)
    code = code.strip()
    zero = Money.zero(desk.season().venue.currency)
    if bool(show and places) == bool(lines):
        raise Refused("bad_request", field="places", reason="give a show and its places, or lines of the basket")
    if scrub(code) != code:
        raise Refused("unknown_ticket", purse=scrub(code))
    yield from purses.hold(desk, [Tender(KIND, zero, code=code)])
    one = package_named(desk, package_of(code))
    before = changing(desk)
    known = {line.line for line in before.lines}
    visits = _visits(before, lines, code)
    one.shares(left_on(desk, code), len(visits) + len(places))
    if places:
        price_type = price_type or (one.price_types[0] if one.price_types else "")
        yield from add(desk, show=show, places=list(places), price_type=price_type, proof=proof)
    basket = changing(desk)
    fresh = [line.line for line in basket.lines if line.line not in known]
    visits = [line.line for line in basket.lines if line.line in {*fresh, *_visits(basket, lines, code)}]
    try:
        for line in basket.lines:
            if line.line in visits:
                one.check(line.show, line.category, line.price_type, desk.clock.now())
        shares = dict(zip(visits, one.shares(left_on(desk, code), len(visits)), strict=True))
    except Refused:
        _take_out(desk, fresh)
        raise
    after = tuple(_visit(line, shares[line.line], code) if line.line in shares else line for line in basket.lines)
    answer = put(desk, replace(basket, lines=after), [line for line in after if line.line in fresh], keep=True)
    due = sum(shares.values(), zero)
    left = left_on(desk, code)
    return answer | {
        "tender": {"kind": KIND, "code": code, "amount": str(due)},
        "visits": {"left": one.visits(left) - len(visits), "of": one.count},
    }


def _visits(basket: Basket, lines: Sequence[int], code: str) -> list[int]:
    """The lines that are visits on this pass already, and those that are to become ones.

    Raises Refused("bad_request" | "not_allowed").
    """
    found = [line.line for line in basket.lines if line.marks.get(KIND) == code]
    for line in map(basket.line, lines):
        if line.line not in found and line.exempt:
            raise Refused("not_allowed", what=KIND, package=code, reason="its price is not one that a pass pays")
        found += [line.line] if line.line not in found else []
    return found


def refund_package(
    desk: Desk, *, code: str, reason: str, approver: dict[str, Any] | None = None, waive_fee: bool = False
) -> Verb[dict[str, Any]]:
    """Pay back in cash what is left on a pass, less its fee. Without a rule of its own, or past its time, a supervisor
    must say yes; so for waiving the fee.

    Raises Refused: unknown_ticket right_elsewhere limit_exceeded outside_terms approval_needed drawer_short.
    """
    desk.signed_in("sell")
    desk.shift()
    code = code.strip()
    zero = Money.zero(desk.season().venue.currency)
    yield from purses.hold(desk, [Tender(KIND, zero, code=code)])
    user, shift = desk.signed_in("sell"), desk.shift()
    desk.check_not_fenced()
    one, left = package_named(desk, package_of(code)), left_on(desk, code)
    by = approved(desk, approver)
    late = one.refund_fee is None or (one.valid_until is not None and desk.clock.now() > one.valid_until)
    if not left:
        raise Refused("limit_exceeded", what=KIND, package=code, limit=str(left))
    if any(line.marks.get(KIND) == code for basket in desk.ledger.baskets.all() for line in basket.lines):
        raise Refused("not_allowed", what=KIND, package=code, reason="its visits are in a basket")
    if late and not may_alone(desk, by):
        raise Refused("outside_terms", package=code, until=None)
    if waive_fee and not may_alone(desk, by):
        raise Refused("approval_needed", what="waive_fee", package=code)
    fee = one.back(left, waive_fee)
    amount = left - fee
    check_drawer(desk, shift, amount)
    name = next_id(desk, _BACK)
    at = desk.clock.now().isoformat(timespec="seconds")
    body = {
        "id": name, "at": at, "till": desk.outside.till, "user": user.id, "shift": shift.id, "package": code,
        "left": str(left), "fee": str(fee), "amount": str(amount), "reason": reason.strip(),
        "tenders": [{"kind": "cash", "amount": str(amount)}],
    } | ({"approver": by} if by else {})  # fmt: skip
    postings = entry((f"{KIND}:{code}", left), (drawer(desk.outside.till), -amount), ("fee:package", -fee))
    with desk.unit() as unit:
        token = desk.held(show_of(KIND), code, OwnState.SOLD, code)
        sold = OfficeState.SOLD
        effect = Effect(show_of(KIND), code, token, sold, sold, desk.outside.till, code)
        unit.record(Kind.PACKAGE_REFUNDED, body, postings=postings, effects=[effect])
        purse = desk.ledger.purses.get(KIND, code)
        assert purse is not None
        desk.ledger.purses.put(replace(purse, left=zero))
        if amount:
            desk.ledger.add_move(shift.id, CashMove("refund", -amount, name, at))
        take(desk, _BACK)
        answer = unit.answers({"refund": {key: body[key] for key in ("id", "amount", "fee", "package")}})
    desk.outside.printers.kick_drawer()
    return answer
