"""Into the basket and out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pos.domain.basket import BASKET_KEPT, Basket, Line, quote, without
from pos.domain.best import nature_of
from pos.domain.choice import orphans
from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.rights import OwnRight, OwnState, PlaceState, may_sell
from pos.domain.season import Show
from pos.domain.seating import Seating
from pos.till.belief import CODES
from pos.till.counter import closed, held, holding
from pos.till.counter.charge import check_basket_free
from pos.till.counter.house import stamp
from pos.till.counter.neighbours import ask_around, receiver_of
from pos.till.counter.passing import accept, in_baskets, indexes_of
from pos.till.counter.quoting import allowed, member_of, price_list, quoted, quoted_line, repriced
from pos.till.counter.shown import shown
from pos.till.desk import Desk, Verb
from pos.till.ports import ClaimAnswer, LineDown, RefusedClaim

QUOTED: Final = ("override", "comp", "member", "approver")  # marks that go when a line is quoted anew
CLAIM_WAIT_S: Final = 4.0  # of the five seconds in which a claim answers
MOST_LINES: Final = 1_000  # in one basket; a document of ten thousand would be no sale, but a slip


@dataclass(frozen=True)
class Wish:
    """One place asked for: a seat's index, or None for any unit of an area. `prices` is the version of the price
    list that says what it costs at its `price_type`."""

    shown: str
    ix: int | None
    category: str
    price: Money
    prices: str = ""
    price_type: str = ""


def add(
    desk: Desk, *, show: str, price_type: str | list[str], places: list[str] | None = None, proof: bool = False,
    orphan_ok: bool = False, reason: str = "", member: str = "", hold: str = "",
    approver: dict[str, Any] | None = None,
) -> Verb[dict[str, Any]]:  # fmt: skip
    """Put places into the basket, all or none; claims the rights that are not in hand. From a hold places go into
    it as they are: all of a `hold` that is named alone. They stay in their hold until they are paid.

    Raises Refused: unknown_hold unknown_show unknown_place not_on_sale sales_closed no_price
    proof_needed sold held right_elsewhere orphan_seat limit_exceeded fenced approval_needed
    wrong_pin not_allowed.
    """
    user = desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    the_show = desk.season().show(show)
    seating = desk.belief.seating(show)
    opened = holding.opened(desk, show, places or [], hold)
    _check_room(begun(desk, user.id), len(opened.places))
    member = member_of(desk, member)
    wishes = wishes_for(desk, the_show, seating, opened.places, price_type, proof, opened.shown, member)
    opened = holding.permitted(desk, user, show, opened, hold, approver)
    warnings = orphan_warnings(desk, the_show, seating, wishes, orphan_ok, reason)
    rights = yield from _all_rights(desk, the_show, wishes, opened)
    # While the office was asked, somebody may have signed out, closed the shift, or begun to pay by card.
    desk.signed_in("sell")
    desk.shift()
    check_basket_free(desk)
    marks = {
        kind: allowed(desk, kind, approver, reason, member)
        for kind in dict.fromkeys(wish.price_type for wish in wishes)
    }
    basket = begun(desk, user.id)
    _check_not_taken(desk, show, rights)
    _check_room(basket, len(rights))
    number = basket.next_line
    lines = tuple(
        replace(
            quoted_line(
                desk,
                number + n,
                show,
                place,
                wish.category,
                wish.price_type,
                wish.price,
                proof,
                wish.prices,
                {**marks[wish.price_type], **opened.marks(place)},
            ),
            orphan_reason=reason_for(warnings, reason if orphan_ok else ""),
        )
        for n, (wish, place) in enumerate(zip(wishes, rights, strict=True))
    )
    answer = put(desk, replace(basket, lines=basket.lines + lines, lapsed=False), lines, keep=True)
    return answer | {"warnings": warnings} if warnings else answer


def _all_rights(desk: Desk, show: Show, wishes: Sequence[Wish], opened: holding.Opened) -> Verb[list[str]]:
    """The places in hand for these wishes: those of holds as held ones, the others as for sale."""
    for hold, places in opened.each():
        yield from holding.tokens_for(desk, hold, places)
    plain = [wish for wish, unit in zip(wishes, opened.units, strict=True) if not unit]
    found = iter((yield from rights_for(desk, show, plain)) if plain else ())
    for place, hold in opened.holds.items():
        if not held.is_here(desk, show.id, place):  # asked back while the others were asked for
            raise Refused("held", show=show.id, place=place.split("#")[0], **held.told_of(hold))
    return [unit or next(found) for unit in opened.units]


def places_to_hold(desk: Desk, show: Show, places: Sequence[str]) -> Verb[list[str]]:
    """These places in hand, to be held: what is to be sold of them, and when, does not matter.

    Raises Refused: unknown_place sold held right_elsewhere show_cancelled.
    """
    seating = desk.belief.seating(show.id)
    wishes = [Wish(*found, Money.zero(desk.season().venue.currency)) for found in _named(show, seating, places)]
    closed.check(desk, ((show.id, wish.shown) for wish in wishes))
    _check_states(desk, show.id, seating, wishes)
    return (yield from rights_for(desk, show, wishes))


def _check_room(basket: Basket, count: int) -> None:
    """Raises Refused("limit_exceeded")."""
    if len(basket.lines) + count > MOST_LINES:
        raise Refused("limit_exceeded", what="basket", limit=MOST_LINES, lines=len(basket.lines), asked=count)


def _check_not_taken(desk: Desk, show: str, places: Sequence[str]) -> None:
    """None of them is in a basket. Raises Refused("bad_request")."""
    for basket in desk.ledger.baskets.all():
        taken = {line.place for line in basket.lines if line.show == show}.intersection(places)
        if taken:
            place = min(taken, key=places.index).split("#")[0]
            parked = {"number": basket.number, "name": basket.name} if basket.number else {}
            where = f"the basket that is parked as {basket.number}" if parked else "the basket already"
            raise Refused("bad_request", reason=f"is in {where}", place=place, **parked)


def wishes_for(
    desk: Desk,
    show: Show,
    seating: Seating,
    places: Sequence[str],
    price_type: str | Sequence[str],
    proof: bool,
    freed: frozenset[str] = frozenset(),
    member: str = "",
) -> list[Wish]:
    """What is asked for, priced; everything that is wrong with the request itself is said here.

    `price_type` is one for all, or one for each place. `freed` are seats that the same fact makes free.
    """
    found = _named(show, seating, places)
    kinds = [price_type] * len(found) if isinstance(price_type, str) else list(price_type)
    if len(kinds) != len(found):
        reason = f"names {len(kinds)} price types for {len(found)} places"
        raise Refused("bad_request", field="price_type", reason=reason)
    _check_time(desk, show)
    types, table = desk.season().price_types, price_list(desk, show.id)
    prices: dict[tuple[str, str], Money] = {}
    for (place, _, category), kind in zip(found, kinds, strict=True):
        row = table.table.get(category, {})
        if kind not in types or not (kind in row or (row and types[kind].companion)):
            raise Refused("no_price", show=show.id, place=place, category=category, price_type=kind)
        if (category, kind) not in prices:
            prices[category, kind] = quote(table, types, category, kind, proof, member)
    wishes = [Wish(*one, prices[one[2], kind], table.id, kind) for one, kind in zip(found, kinds, strict=True)]
    closed.check(desk, ((show.id, wish.shown) for wish in wishes))
    _check_states(desk, show.id, seating, [wish for wish in wishes if wish.shown not in freed])
    return wishes


def _named(show: Show, seating: Seating, places: Sequence[str]) -> list[tuple[str, int | None, str]]:
    """Each place with its index, None for any unit of an area, and its category."""
    if not places:
        raise Refused("bad_request", field="places", reason="is empty")
    found: list[tuple[str, int | None, str]] = []
    for place in places:
        ix = None if place in seating.capacity else seating.find(place)
        if (ix is None and place not in seating.capacity) or "#" in place:
            raise Refused("unknown_place", show=show.id, place=place)
        found.append((place, ix, place if ix is None else seating.category(ix)))
    twice = [place for place, count in Counter(p for p, ix, _ in found if ix is not None).items() if count > 1]
    if twice:
        raise Refused("bad_request", field="places", reason="names a seat twice", place=twice[0])
    return found


def _check_time(desk: Desk, show: Show) -> None:
    now = desk.clock.now()
    show.check_on_sale(now)
    if desk.clock.doubtful and not show.sells_at(desk.clock.wall) and desk.signed_in().role == "cashier":
        raise Refused("check_needed", show=show.id, reason="this machine's clock has jumped", clock=now.isoformat())


def _check_states(desk: Desk, show: str, seating: Seating, wishes: Sequence[Wish]) -> None:
    column = desk.belief.column(show)
    for state, code in ((PlaceState.SOLD, "sold"), (PlaceState.HELD, "held")):
        for wish in wishes:
            if wish.ix is not None and column[wish.ix] == CODES[state]:
                office = desk.belief.office(show, wish.ix)
                known = held.by_place(desk, show) if state is PlaceState.HELD else {}
                told = {"holder": office.holder} if office.holder else {}
                told |= held.told_of(known[wish.shown]) if wish.shown in known else {}
                raise Refused(code, show=show, place=wish.shown, since=stamp(desk, office.since), **told)
    for area, count in Counter(wish.shown for wish in wishes if wish.ix is None).items():
        units = seating.units(area)
        part = column[units.start : units.stop]
        if (left := len(part) - part.count(CODES[PlaceState.SOLD])) < count:
            raise Refused("sold", show=show, place=area, free=left)
        if left - part.count(CODES[PlaceState.HELD]) < count:
            closed.check(desk, ((show, seating.place(ix)) for ix in units))
            raise Refused("held", show=show, place=area)


def orphan_warnings(
    desk: Desk, show: Show, seating: Seating, wishes: Sequence[Wish], orphan_ok: bool, reason: str
) -> list[dict[str, Any]]:
    chosen = [wish.ix for wish in wishes if wish.ix is not None]
    if seating.plan is None or not chosen:
        return []
    column = desk.belief.column(show.id)
    open_codes = {CODES[PlaceState.FREE], CODES[PlaceState.HERE], CODES[PlaceState.ELSEWHERE]}
    taken = {seating.find(place) for place in in_baskets(desk).get(show.id, ())}
    alone = [
        ix
        for ix in orphans(seating.plan, chosen, lambda ix: column[ix] in open_codes and ix not in taken)
        # A guest in a wheelchair, or the companion, is sold a single place anyway.
        if nature_of(seating.category(ix), show.accessible, show.restricted) != "access"
    ]
    if not alone:
        return []
    places = [seating.place(ix) for ix in alone]
    if desk.season().venue.orphans == "refuse" and not (orphan_ok and reason):
        raise Refused("orphan_seat", show=show.id, places=places)
    return [{"code": "orphan_seat", "places": places}]


def reason_for(warnings: Sequence[Mapping[str, Any]], reason: str) -> str:
    """What a line keeps of why it leaves a single seat; nothing where it leaves none."""
    return reason.strip() if warnings else ""


# ---- getting the rights ----------------------------------------------------------------


def rights_for(desk: Desk, show: Show, wishes: Sequence[Wish]) -> Verb[list[str]]:
    """The places in hand for these wishes, claimed where need be, in CLAIM_WAIT_S for all tries together."""
    clock = desk.outside.clock
    deadline_s = clock.boottime_s() + CLAIM_WAIT_S
    lost: dict[str, RefusedClaim] = {}
    while True:
        seating = desk.belief.seating(show.id)  # which may have changed while somebody was asked
        chosen = _choose(desk, show.id, seating, wishes, lost)
        missing = [place for place in chosen if not _held_here(desk, show.id, seating, place)]
        if not missing:
            return chosen
        wait_s = deadline_s - clock.boottime_s()
        if wait_s <= 0:
            raise _lost(desk, show.id, lost) or _away(desk, show.id, seating, missing[0], "late")
        try:
            answer: ClaimAnswer = yield desk.outside.office.claim(show.id, missing, whole=True, wait_s=wait_s)
        except LineDown as down:
            left_s = deadline_s - clock.boottime_s()
            if left_s > 0 and (yield from ask_around(desk, show.id, missing, left_s)):
                continue
            raise _away(desk, show.id, seating, missing[0], down.cause) from down
        with desk.unit() as unit:
            accept(desk, unit, show.id, answer)
        # An area's unit that another window keeps is as good as any other unit; a seat is not.
        seats = [refused for refused in answer.refused if "#" not in refused.place]
        if seats:
            raise _refusal(desk, show.id, seats[0])
        lost |= {refused.place: refused for refused in answer.refused}
        if not answer.refused and not all(_held_here(desk, show.id, seating, place) for place in missing):
            # The token was one that this till gave back and has not sent yet: send it first.
            try:
                yield desk.outside.office.sync()
            except LineDown as down:
                raise _away(desk, show.id, seating, missing[0], down.cause) from down


def _held_here(desk: Desk, show: str, seating: Seating, place: str) -> bool:
    ix = seating.find(place)
    return ix is not None and may_sell(desk.belief.office(show, ix), desk.rights.get(show, {}).get(place))


def _choose(
    desk: Desk, show: str, seating: Seating, wishes: Sequence[Wish], lost: Mapping[str, RefusedClaim]
) -> list[str]:
    """A place for each wish: the seat itself, or a unit of the area, in hand before in the pool."""
    column, own = desk.belief.column(show), desk.rights.get(show, {})
    _check_not_taken(desk, show, [wish.shown for wish in wishes if wish.ix is not None])
    used = set(in_baskets(desk).get(show, ()))
    chosen: list[str] = []
    for wish in wishes:
        if wish.ix is not None:
            place = wish.shown
        elif wish.shown not in seating.capacity:
            raise Refused("unknown_place", show=show, place=wish.shown)
        else:
            place = _unit(seating, column, wish.shown, used | lost.keys(), own)
            if not place:
                raise _lost(desk, show, lost) or _none_left(desk, show, seating, wish.shown)
        chosen.append(place)
        used.add(place)
    return chosen


def _unit(seating: Seating, column: bytearray, area: str, used: set[str], own: Mapping[str, OwnRight]) -> str:
    by_state: dict[int, list[str]] = {}
    for ix in seating.units(area):
        place = seating.place(ix)
        if place not in used:
            by_state.setdefault(column[ix], []).append(place)
    in_hand = [p for p in by_state.get(CODES[PlaceState.HERE], []) if own[p].state is OwnState.LEASED]
    for places in (in_hand, by_state.get(CODES[PlaceState.FREE]), by_state.get(CODES[PlaceState.ELSEWHERE])):
        if places:
            return places[0]
    return ""


def _lost(desk: Desk, show: str, lost: Mapping[str, RefusedClaim]) -> Refused | None:
    """Why no unit of an area could be had: who keeps one, rather than that others were sold."""
    kept = [refused for refused in lost.values() if refused.code == "right_elsewhere"]
    refused = kept or list(lost.values())
    return _refusal(desk, show, refused[-1]) if refused else None


def _none_left(desk: Desk, show: str, seating: Seating, area: str) -> Refused:
    """Every unit that is not sold is taken, if by nobody else then by this till's own basket."""
    for ix in seating.units(area):
        if desk.belief.state(show, ix) is PlaceState.ELSEWHERE:
            office = desk.belief.office(show, ix)
            since = stamp(desk, office.since)
            return Refused("right_elsewhere", show=show, place=area, holder=office.holder, since=since)
    basket = desk.ledger.basket()
    since = basket.changed_at.isoformat() if basket and basket.changed_at else None
    return Refused("right_elsewhere", show=show, place=area, holder=desk.outside.till, since=since)


def _away(desk: Desk, show: str, seating: Seating, place: str, cause: str) -> Refused:
    """The line is down and the right is not in hand: who has it, and since when that is all we know."""
    ix = seating.find(place)
    office = desk.belief.office(show, ix) if ix is not None else None
    elsewhere = ix is not None and desk.belief.state(show, ix) is PlaceState.ELSEWHERE
    holder = office.holder if office is not None and elsewhere and office.holder else "office"
    holder = receiver_of(desk, show, place) or holder
    link = desk.outside.office.link()
    held_since = stamp(desk, office.since) if office is not None and holder != "office" else None
    shown = seating.shown(ix) if ix is not None else place
    return Refused(
        "right_elsewhere", show=show, place=shown, holder=holder, since=held_since or link.since or None, cause=cause
    )


def _refusal(desk: Desk, show: str, refused: RefusedClaim) -> Refused:
    shown = refused.place.split("#")[0]
    since = stamp(desk, refused.since)
    if refused.code == "unknown_place":
        return Refused("unknown_place", show=show, place=shown)
    return Refused(refused.code, show=show, place=shown, holder=refused.holder, since=since)


# ---- the basket itself -----------------------------------------------------------------


def begun(desk: Desk, owner: str) -> Basket:
    """The basket as it stands, or a new one."""
    basket = desk.ledger.basket()
    if basket is not None and not basket.empty:
        return basket
    # A code that was typed first waits for its tickets, but not for another customer.
    waits = basket is not None and basket.changed_at and desk.clock.now() - basket.changed_at <= BASKET_KEPT
    return Basket(owner, (), None, codes=basket.codes if basket is not None and waits else ())


def put(desk: Desk, basket: Basket, touched: Sequence[Line], *, keep: bool = False) -> dict[str, Any]:
    """Keep the basket, priced anew; with `keep` nothing that was in it becomes dearer."""
    basket = replace(repriced(desk, basket, keep=keep), changed_at=desk.clock.now())
    with desk.unit() as unit:
        desk.ledger.put_basket(basket)
        answer = unit.answers({"basket": shown(desk, basket)})
    _say(desk, touched)
    return answer


def _say(desk: Desk, lines: Sequence[Line]) -> None:
    desk.emit("changed", places=indexes_of(desk, ((line.show, line.place) for line in lines)), documents=False)


def remove(desk: Desk, *, line: int) -> dict[str, Any]:
    """Take one line out, with its companion's if it has one. Its right stays in hand."""
    basket = changing(desk)
    if any(article.line == line for article in basket.articles):
        articles = tuple(article for article in basket.articles if article.line != line)
        return put(desk, _kept(replace(basket, articles=articles)), [])
    rest = without(basket, [basket.line(line)])
    left = {item.line for item in rest.lines}
    return put(desk, _kept(rest), [item for item in basket.lines if item.line not in left])


def _kept(basket: Basket) -> Basket:
    """What is left of a basket; with the last thing in it its codes go, too: they are this customer's."""
    return replace(basket, codes=()) if basket.empty else basket


def changing(desk: Desk) -> Basket:
    """The basket, if it may be changed by who is signed in. Raises Refused."""
    user = desk.signed_in("sell")
    desk.shift()
    check_basket_free(desk)
    return begun(desk, user.id)


def clear(desk: Desk) -> dict[str, Any]:
    """Empty the basket."""
    basket = changing(desk)
    return put(desk, replace(basket, lines=(), articles=(), codes=(), lapsed=False), basket.lines)


def retype(
    desk: Desk, *, line: int, price_type: str, proof: bool = False, member: str = "", reason: str = "",
    approver: dict[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Another price type for a line, at today's price. Raises Refused("no_price" | "proof_needed" |
    "approval_needed" | "wrong_pin" | "not_allowed" | "limit_exceeded")."""
    basket = changing(desk)
    old = basket.line(line)
    show, member = desk.season().show(old.show), member_of(desk, member)
    price, version = quoted(desk, show, old.category, price_type, proof, member)
    marks = allowed(desk, price_type, approver, reason, member)
    kept = {name: mark for name, mark in old.marks.items() if name not in QUOTED}
    new = quoted_line(
        desk, line, old.show, old.place, old.category, price_type, price, proof, version, {**kept, **marks}
    )
    return put(desk, replace(basket, lines=tuple(new if item == old else item for item in basket.lines)), [])


def basket(desk: Desk) -> dict[str, Any]:
    """The basket as it stands."""
    user = desk.signed_in("sell")
    return {"basket": shown(desk, begun(desk, user.id))}
