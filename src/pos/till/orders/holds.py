"""Holds: made, looked at, changed, released; those whose time has come are released by who has their rights.

A hold is made of places that this till may sell; from then on whoever has the right to them does something with
the hold, one step being one fact. What is released goes back to the office, or stays in hand while that is away.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pos.domain import hold as rules
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.hold import Hold
from pos.domain.live import HOLD, carried
from pos.domain.rights import Effect, OfficeState, OwnRight, OwnState
from pos.domain.season import Show, name_in
from pos.till.counter.charge import check_basket_free
from pos.till.counter.finding import best
from pos.till.counter.held import documents, free_of, hold_of, holder_of, is_here, places_of
from pos.till.counter.holding import allowed, tokens_for
from pos.till.counter.numbers import Series, next_id, take
from pos.till.counter.passing import give_back, in_use, indexes_of
from pos.till.counter.people import screen_language
from pos.till.counter.sell import begun, places_to_hold
from pos.till.desk import Desk, Unit, Verb

log = logging.getLogger(__name__)
_HOLDS: Final = Series("holds", "H")
_HELD, _LEASED = OfficeState.HELD, OfficeState.LEASED


# ---- making ------------------------------------------------------------------------------


def hold(
    desk: Desk, *, type: str, show: str = "", places: list[str] | None = None, category: str = "", count: int = 0,
    basket: bool = False, owner: str = "", note: str = "", release: str = "",
    approver: dict[str, Any] | None = None,
) -> Verb[dict[str, Any]]:  # fmt: skip
    """Hold places, the best of a category, or all that is in the basket; all or none.

    Raises Refused: unknown_show unknown_place not_on_sale sold held right_elsewhere approval_needed wrong_pin
    not_allowed bad_request basket_empty fenced.
    """
    user = desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    _check_type(type)
    if bool(places) + bool(category) + basket != 1:
        raise Refused("bad_request", reason="give one of places, category with count, basket")
    if basket:
        check_basket_free(desk)
        show = _show_of_basket(desk)
    the_show = desk.season().show(show)
    ends = _release(the_show, release)
    by = allowed(desk, user, type, approver)
    if category:
        places = best(desk, show=show, category=category, count=max(count, 1))["places"]
        if not places:
            raise Refused("right_elsewhere", show=show, place=category, holder="office", since=None, count=count)
    if basket:
        wanted = [line.place for line in begun(desk, user.id).lines]
    else:
        wanted = yield from places_to_hold(desk, the_show, places or [])
    desk.signed_in("sell")
    desk.shift()
    used = set() if basket else in_use(desk)
    if taken := [place for place in wanted if (show, place) in used]:
        raise Refused("bad_request", reason="is in a basket", place=taken[0].split("#")[0])
    made = Hold(next_id(desk, _HOLDS), the_show.id, type, owner, note, desk.outside.till, ends, "", 1)
    with desk.unit() as unit:
        effects, held = holding(desk, made, wanted)
        take(desk, _HOLDS)
        body = {"user": user.id, "hold": made.id} | ({"approver": by} if by else {})
        unit.record(Kind.PLACES_HELD, body | {"documents": [carried(HOLD, made.to_json())]}, effects=effects)
        keep(desk, unit, made, held)
        if basket:
            _empty_basket(desk, user.id)
        answer = unit.answers({"hold": _shown_as(desk, made, wanted) | {"here": len(wanted)}})
    say(desk, show, wanted, basket=basket)
    return answer


def _check_type(type_: str) -> None:
    if not rules.is_type(type_) or type_ == rules.RESERVATION:
        raise Refused("bad_request", field="type", reason="must be the name of a type of hold, not a reservation's")


def _release(show: Show, release: str) -> datetime | None:
    try:
        return rules.release_at(release, show.starts)
    except ValueError as error:
        reason = 'must be a span before the start like "30m", or a time with its offset'
        raise Refused("bad_request", field="release", reason=reason) from error


def _show_of_basket(desk: Desk) -> str:
    basket = desk.ledger.basket()
    shows = {line.show for line in basket.lines} if basket is not None else set()
    if not shows:
        raise Refused("basket_empty")
    if len(shows) > 1:
        raise Refused("bad_request", field="basket", reason="holds places of several shows; a hold is of one")
    return shows.pop()


def _empty_basket(desk: Desk, owner: str) -> None:
    """The lines go; articles stay."""
    basket = replace(begun(desk, owner), lines=())
    desk.ledger.put_basket(basket if basket.articles or basket.codes else None)


def holding(desk: Desk, hold: Hold, places: Sequence[str]) -> tuple[list[Effect], list[tuple[str, str, OwnRight]]]:
    """The effects by which idle places come into a hold, and their rights then. Raises Refused("right_elsewhere")."""
    effects, rights = [], []
    for place in places:
        token = desk.held(hold.show, place, OwnState.LEASED)
        effects.append(Effect(hold.show, place, token, _LEASED, _HELD, desk.outside.till, hold.id))
        rights.append((hold.show, place, OwnRight(OwnState.HELD, token, hold.id)))
    return effects, rights


def keep(desk: Desk, unit: Unit, hold: Hold, rights: Sequence[tuple[str, str, OwnRight]]) -> None:
    """The ledger's rows for what a fact of the same transaction says of a hold."""
    unit.put_rights(rights)
    desk.ledger.live.put(HOLD, hold.to_json())


def say(desk: Desk, show: str, places: Sequence[str], *, basket: bool = False) -> None:
    """The window repaints, and reads its holds anew."""
    desk.emit("changed", places=indexes_of(desk, ((show, place) for place in places)), documents=False, records=[HOLD])
    if basket:
        desk.emit("basket", reason="held")


# ---- releasing ---------------------------------------------------------------------------


def release(
    desk: Desk, *, hold: str, places: list[str] | None = None, reason: str = "",
    approver: dict[str, Any] | None = None,
) -> Verb[dict[str, Any]]:  # fmt: skip
    """Release a hold, or some of its places: they are for sale again.

    Raises Refused: unknown_hold unknown_place right_elsewhere approval_needed wrong_pin not_allowed bad_request.
    """
    user = desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    the_hold = hold_of(desk, hold)
    if the_hold.order:
        why = f"{the_hold.id} belongs to an order; cancel the order"
        raise Refused("not_allowed", what="release", reason=why, order=the_hold.order)
    by = allowed(desk, user, the_hold.type, approver)
    wanted = _of_hold(desk, the_hold, places)
    yield from tokens_for(desk, the_hold, wanted)
    desk.signed_in("sell")
    desk.shift()
    wanted = [place for place in wanted if (the_hold.show, place) not in in_use(desk)]
    with desk.unit() as unit:
        body = {"user": user.id, "hold": the_hold.id, "reason": reason} | ({"approver": by} if by else {})
        let_go(desk, unit, the_hold, wanted, body)
        left = [place for place in places_of(desk, the_hold) if place not in wanted]
        answer = unit.answers({"released": _named(desk, the_hold.show, wanted), "left": len(left)})
    say(desk, the_hold.show, wanted)
    return answer


def _of_hold(desk: Desk, hold: Hold, places: Sequence[str] | None) -> list[str]:
    """The places of a hold that are meant: all, or those named; an area's name stands for one unit each.

    Raises Refused("unknown_place"), and "bad_request" where one is in a basket.
    """
    free = free_of(desk, hold)
    if places is None:
        if not free:
            raise Refused("bad_request", field="hold", reason="all of it is in a basket", hold=hold.id)
        return free
    chosen: list[str] = []
    for named in places:
        fitting = [place for place in free if named in (place, place.partition("#")[0]) and place not in chosen]
        if not fitting:
            raise Refused("unknown_place", show=hold.show, place=named, hold=hold.id)
        chosen.append(fitting[0])
    return chosen


def let_go(desk: Desk, unit: Unit, hold: Hold, places: Sequence[str], body: dict[str, Any]) -> None:
    """The fact that releases these places, in the unit's transaction; with a line they go to the office at once."""
    effects, rights = let_go_effects(desk, ((hold.show, place, hold.id) for place in places))
    unit.record(Kind.HOLD_RELEASED, body, effects=effects)
    unit.put_rights(rights)
    if desk.outside.office.link().state == "online":
        give_back(desk, unit, rights, "released")


def let_go_effects(
    desk: Desk, held: Iterable[tuple[str, str, str]]
) -> tuple[list[Effect], list[tuple[str, str, OwnRight]]]:
    """What releasing (show, place, hold) does, and the rights afterwards. Raises Refused("right_elsewhere")."""
    effects, rights = [], []
    for show, place, hold in held:
        token = desk.held(show, place, OwnState.HELD, hold)
        effects.append(Effect(show, place, token, _HELD, _LEASED, desk.outside.till))
        rights.append((show, place, OwnRight(OwnState.LEASED, token)))
    return effects, rights


# ---- those whose time has come -----------------------------------------------------------


def release_due(desk: Desk) -> Verb[int]:
    """Release what is due of the holds whose rights are here, or with the office; how many places.

    A clock alone releases nothing: a till that has jumped does not, and each release is a fact of who has the
    right. Reservations are for `orders` to end, with their money.
    """
    count = 0
    for the_hold in _due(desk):
        free = free_of(desk, the_hold)
        unclaimed = [place for place in free if not holder_of(desk, the_hold.show, place)]
        if unclaimed and desk.outside.office.link().state == "online":
            try:
                yield from tokens_for(desk, the_hold, unclaimed)
            except Refused as refused:
                log.info("hold %s is due, but its rights are not to be had: %s", the_hold.id, refused)
        here = [place for place in free_of(desk, the_hold) if is_here(desk, the_hold.show, place)]
        if not here or desk.ledger.open_shift() is None or desk.fenced:
            continue
        with desk.unit() as unit:
            body = {"user": "", "hold": the_hold.id, "reason": "expired", "expired": True}
            let_go(desk, unit, the_hold, here, body)
        count += len(here)
        say(desk, the_hold.show, here)
        named = _named(desk, the_hold.show, here)
        desk.emit("hold_released", hold=the_hold.id, type=the_hold.type, owner=the_hold.owner, released=named)
    return count


def _due(desk: Desk) -> list[Hold]:
    if desk.ledger.open_shift() is None or desk.fenced or not desk.replica.complete() or desk.clock.doubtful:
        return []
    now, shows = desk.clock.now(), desk.season().shows
    holds = (Hold.from_json(document) for document in documents(desk, HOLD).values() if document.get("release"))
    return [one for one in holds if one.due(now) and not one.order and one.show in shows]


# ---- changing ----------------------------------------------------------------------------


def change_hold(
    desk: Desk, *, hold: str, type: str | None = None, owner: str | None = None, note: str | None = None,
    release: str | None = None, home: str | None = None, approver: dict[str, Any] | None = None,
) -> Verb[dict[str, Any]]:  # fmt: skip
    """Another type, owner, note, time or home for a hold; what is not given stays.

    Raises Refused: unknown_hold right_elsewhere approval_needed wrong_pin not_allowed bad_request.
    """
    user = desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    the_hold = hold_of(desk, hold)
    if the_hold.order:
        raise Refused("not_allowed", what="change_hold", reason=f"{hold} belongs to an order", order=the_hold.order)
    if type is not None:
        _check_type(type)
    if home is not None and home not in desk.season().tills:
        raise Refused("bad_request", field="home", reason=f"there is no till {home!r}")
    by = allowed(desk, user, the_hold.type, approver)
    by = by or allowed(desk, user, type or the_hold.type, None)
    given = {"type": type, "owner": owner, "note": note, "home": home}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if release is not None:
        changes["release"] = _release(desk.season().show(the_hold.show), release)
    yield from tokens_for(desk, the_hold, places_of(desk, the_hold))
    desk.signed_in("sell")
    desk.shift()
    the_hold = hold_of(desk, hold)
    new = replace(the_hold, **changes, version=the_hold.version + 1)
    places = places_of(desk, the_hold)
    with desk.unit() as unit:
        effects = shown_in_hand(desk, the_hold, places)
        body = {"user": user.id, "hold": new.id} | ({"approver": by} if by else {})
        unit.record(Kind.HOLD_CHANGED, body | {"documents": [carried(HOLD, new.to_json())]}, effects=effects)
        keep(desk, unit, new, [])
        answer = unit.answers({"hold": _shown_as(desk, new, places)})
    say(desk, new.show, places)
    return answer


def shown_in_hand(desk: Desk, hold: Hold, places: Sequence[str]) -> list[Effect]:
    """Effects that change nothing: they show that this till has the right to the hold."""
    return [
        Effect(
            hold.show,
            place,
            desk.held(hold.show, place, OwnState.HELD, hold.id),
            _HELD,
            _HELD,
            desk.outside.till,
            hold.id,
        )
        for place in places
    ]


# ---- looking -----------------------------------------------------------------------------


def holds(desk: Desk, *, show: str = "", type: str = "", hold: str = "") -> dict[str, Any]:
    """The holds there are, the next to be released first; of one show, of one type, or one alone."""
    desk.signed_in()
    if show:
        desk.season().show(show)
    shows = desk.season().shows
    found = [Hold.from_json(document) for document in documents(desk, HOLD).values()]
    wanted = [
        one
        for one in found
        if one.show in shows and show in ("", one.show) and type in ("", one.type) and hold in ("", one.id)
    ]
    rows = [(one, places) for one in wanted if (places := places_of(desk, one))]
    rows.sort(key=lambda row: (row[0].release or shows[row[0].show].starts, row[0].id))
    return {"holds": [_shown_as(desk, one, places) for one, places in rows]}


def _shown_as(desk: Desk, hold: Hold, places: Sequence[str]) -> dict[str, Any]:
    the_show = desk.season().show(hold.show)
    user = desk.user
    return {key: value for key, value in hold.to_json().items() if key != "version"} | {
        "title": name_in(the_show.titles, screen_language(desk)) or the_show.production,
        "starts": the_show.starts.isoformat(),
        "letter": rules.letter(hold.type),
        "places": _named(desk, hold.show, places),
        "count": len(places),
        "here": sum(is_here(desk, hold.show, place) for place in places),
        "may": user is not None and rules.may_touch(hold.type, user.role),
    }


def _named(desk: Desk, show: str, places: Sequence[str]) -> list[dict[str, Any]]:
    """Places as people call them."""
    seating = desk.belief.seating(show)
    found = [(place, ix) for place in places if (ix := seating.find(place)) is not None]
    return [
        {"place": seating.shown(ix), "label": seating.label(ix), "category": seating.category(ix)} for _, ix in found
    ]
