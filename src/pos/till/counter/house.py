"""The house: shows, places, prices, and what is in hand of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.hold import Hold, letter
from pos.domain.plan import Plan
from pos.domain.price import PriceType, next_version, version_at
from pos.domain.rights import PlaceState
from pos.domain.season import Show, name_in
from pos.domain.seating import Seating
from pos.domain.seatstock import Age, share_of
from pos.domain.terms import Rule
from pos.till.belief import BASKET, CODES, STATES
from pos.till.counter.announcing import announced, unread
from pos.till.counter.held import by_place, holder_of, killed
from pos.till.counter.neighbours import receiver_of
from pos.till.counter.passing import in_hand
from pos.till.counter.people import screen_language
from pos.till.desk import Desk

_TURN: Final = "turn:"  # before a plan's id, in the ledger's small values
_COUNTED = {state: CODES[state] for state in PlaceState}


@dataclass(frozen=True)
class SeatMapData:
    """A show's map, not for JSON: plan, one code a seat (5 is the basket's; what is parked is held), counts by area.
    `holds` has the letter of what a seat is held for, by index; `turn` is by how many quarters this hall is shown
    turned here."""

    show: str
    plan: Plan | None
    states: bytes
    areas: tuple[dict[str, Any], ...]
    holds: Mapping[int, str] = field(default_factory=dict)
    turn: int = 0


def _count(column: bytearray, state: PlaceState, where: range | None = None) -> int:
    part = column if where is None else column[where.start : where.stop]
    return part.count(_COUNTED[state])


def _free(column: bytearray) -> int:
    return sum(_count(column, state) for state in (PlaceState.FREE, PlaceState.HERE, PlaceState.ELSEWHERE))


def shows(desk: Desk) -> dict[str, Any]:
    """Every show, the soonest first."""
    desk.signed_in()
    now = desk.clock.now()
    season = desk.season()
    as_of = desk.replica.office_time() or None
    slow, changed = _slow(desk, now), unread(desk)
    rows = []
    for show in sorted(season.shows.values(), key=lambda show: show.starts):
        column = desk.belief.column(show.id)
        short = show.starts >= now and _free(column) < season.venue.stock.short
        rows.append(
            {
                "id": show.id,
                "title": name_in(show.titles, screen_language(desk)) or show.production,
                "titles": show.titles,
                "starts": show.starts.isoformat(),
                "free": _free(column),
                "held_here": in_hand(desk, show.id),
                "capacity": len(column),
                "short": short,
                "slow": show.id in slow and not short,
                "sells": show.sells_at(now),
                "changed": show.id in changed,
                "on_sale": show.on_sale.isoformat() if show.on_sale else None,
                "sales_until": show.sales_until.isoformat(),
                "plan": bool(show.plan),
                "as_of": as_of,
            }
        )
    return {"shows": rows}


def _slow(desk: Desk, now: datetime) -> set[str]:
    """Shows of which less is sold than the venue expects by now."""
    season = desk.season()
    due = {show.id: season.venue.stock.due(Age.at(now, show.starts, {}).hours_left) for show in season.shows.values()}
    expected = {show: rule.share for show, rule in due.items() if rule is not None}
    gone = killed(desk) if expected else {}
    found = set()
    for show, share in expected.items():
        column = desk.belief.column(show)
        if share_of(_count(column, PlaceState.SOLD), len(column), gone.get(show, 0)) < share:
            found.add(show)
    return found


def show(desk: Desk, *, show: str) -> dict[str, Any]:
    """One show's prices, terms and fees, for the selling screen."""
    desk.signed_in()
    season = desk.season()
    the_show = season.show(show)
    seating = desk.belief.seating(show)
    now = desk.clock.now()
    prices = version_at(season.prices.values(), the_show.prices, now)
    coming = next_version(season.prices.values(), the_show.prices, now)
    table = prices.table if prices is not None else {}
    categories = [{"name": c.name, "color": c.color} for c in seating.plan.categories] if seating.plan else []
    return {
        "id": show,
        "title": name_in(the_show.titles, screen_language(desk)) or the_show.production,
        "titles": the_show.titles,
        "starts": the_show.starts.isoformat(),
        "plan": seating.plan is not None,
        "categories": categories,
        "prices": {category: {t: str(price) for t, price in row.items()} for category, row in table.items()},
        "price_types": [
            {"id": t.id, "name": name_in(t.names, screen_language(desk)) or t.id, "names": t.names, "proof": t.proof}
            | ({"terms": _terms(desk, the_show, t.id)} if t.terms else {})
            | _rules(t)
            for t in season.price_types.values()
        ],
        "price_list": prices.id if prices is not None else None,
        "next_prices": {"id": coming.id, "valid_from": coming.valid_from.isoformat()}
        if coming is not None and coming.valid_from is not None
        else None,
        "promotions": [
            {"id": one.id, "name": name_in(one.names, screen_language(desk)) or one.id, "code": bool(one.code)}
            for one in season.promotions
            if one.open(now) and (not one.shows or show in one.shows)
        ],
        "fees": [
            {
                "id": fee.id,
                "name": name_in(fee.names, screen_language(desk)) or fee.id,
                "names": fee.names,
                "per": fee.per,
                "amount": str(fee.amount),
            }
            for fee in season.fees
            if fee.here
        ],
        "terms": _terms(desk, the_show, ""),
        "announced": announced(desk, the_show),
        "companions": the_show.companions,
        "currency": season.venue.currency,
        "venue": season.venue.name,
    }


def _rules(kind: PriceType) -> dict[str, Any]:
    """What a price type asks for beside proof, as far as it asks for anything."""
    told = {"kind": kind.kind, "min": kind.min, "free_every": kind.free_every, "max_per_sale": kind.max_per_sale}
    told |= {"approval": kind.approval, "companion_of": kind.companion_of}
    return {name: value for name, value in told.items() if value and value != "normal"}


def _terms(desk: Desk, show: Show, price_type: str) -> dict[str, Any]:
    terms = desk.season().terms_of(show, price_type)
    now = desk.clock.now()

    def side(name: str, rule: Rule | None) -> dict[str, Any]:
        """The deadline and fee in force now; the last ones when it is too late."""
        step = (rule.in_force(show.starts, now) or rule.steps[-1]) if rule else None
        deadline = step.deadline(show.starts) if step else None
        return {
            f"{name}_allowed": rule.allowed(show.starts, now) if rule else False,
            f"{name}_until": deadline.isoformat() if deadline else None,
            f"{name}_fee": step.fee_text if step else None,
        }

    return side("refund", terms.refund if terms else None) | side("exchange", terms.exchange if terms else None)


def places(desk: Desk, *, show: str) -> dict[str, Any]:
    """Every seat with its state, and every area with its counts."""
    desk.signed_in()
    desk.season().show(show)
    seating, column = desk.belief.seating(show), desk.belief.column(show)
    rows: list[dict[str, Any]] = [
        {"place": seating.place(ix), "category": seating.category(ix), "state": STATES[column[ix]].value}
        for ix in range(seating.seats)
    ]
    return {"places": rows + [_area(seating, column, area.id) for area in seating.areas]}


def _area(seating: Seating, column: bytearray, area: str) -> dict[str, Any]:
    units = seating.units(area)
    counts = {state.value: _count(column, state, units) for state in PlaceState}
    return {"place": area, "category": area, "capacity": len(units), **counts}


def place(desk: Desk, *, show: str, place: str) -> dict[str, Any]:
    """One place as a person asks about it: what it is, who has it, since when, what it costs."""
    desk.signed_in()
    season = desk.season()
    the_show = season.show(show)
    seating = desk.belief.seating(show)
    ix = seating.find(place)
    if ix is None:
        raise Refused("unknown_place", show=show, place=place)
    office = desk.belief.office(show, ix)
    hold = by_place(desk, show).get(place) if desk.belief.state(show, ix) is PlaceState.HELD else None
    closing = desk.called_off.closed.get(show, {}).get(place)
    version = version_at(season.prices.values(), the_show.prices, desk.clock.now())
    prices = version.table.get(seating.category(ix), {}) if version is not None else {}
    return {
        "place": place,
        "label": seating.label(ix),
        "category": seating.category(ix),
        "state": desk.belief.state(show, ix).value,
        "holder": hold.called if hold else receiver_of(desk, show, place) or office.holder,
        "since": stamp(desk, office.since),
        "prices": {price_type: str(price) for price_type, price in prices.items()},
        **({"hold": _hold(desk, hold, place)} if hold else {}),
        **({"closed": {key: closing[key] for key in ("reason", "at")}} if closing else {}),
    }


def _hold(desk: Desk, hold: Hold, place: str) -> dict[str, Any]:
    """What a place is held for, until when, and who can do something about it."""
    keys = ("id", "type", "owner", "note", "home", "release", "order")
    told = {key: value for key, value in hold.to_json().items() if key in keys and value}
    return told | {"letter": letter(hold.type), "with": holder_of(desk, hold.show, place) or "office"}


def stamp(desk: Desk, since: int) -> str | None:
    """Epoch seconds as ISO 8601 in this till's zone, None for unknown."""
    return datetime.fromtimestamp(since, desk.clock.now().tzinfo).isoformat() if since else None


def seat_map(desk: Desk, *, show: str) -> SeatMapData:
    """The map's columns, the baskets laid over."""
    desk.season().show(show)
    seating, column = desk.belief.seating(show), desk.belief.column(show)
    states = bytearray(column[: seating.seats])
    for ix, code in laid_over(desk, show, seating).items():
        if ix < seating.seats:
            states[ix] = code
    areas = tuple({"id": area.id} | _area(seating, column, area.id) for area in seating.areas)
    letters = {
        at: letter(hold.type)
        for place, hold in by_place(desk, show).items()
        if (at := seating.find(place)) is not None and at < seating.seats
    }
    turn = int(desk.ledger.meta(_TURN + desk.season().show(show).plan) or 0)
    return SeatMapData(show, seating.plan, bytes(states), areas, letters, turn)


def turn_hall(desk: Desk, *, show: str, quarters: int) -> dict[str, Any]:
    """From here on this till shows the hall of a show clockwise by so many quarters from how it is drawn. Raises
    Refused: bad_request unknown_show storage_failed."""
    desk.signed_in()
    plan = desk.season().show(show).plan
    if not plan:
        raise Refused("bad_request", field="show", reason="this show has no seats")
    with desk.unit():
        desk.ledger.put_meta(_TURN + plan, str(quarters))
    return {"quarters": quarters}


def states_of(desk: Desk, *, show: str, indexes: list[int]) -> bytes:
    """The codes of some places, the baskets laid over."""
    column = desk.belief.column(show)
    over = laid_over(desk, show, desk.belief.seating(show))
    return bytes(over.get(ix, column[ix]) for ix in indexes)


def laid_over(desk: Desk, show: str, seating: Seating) -> dict[int, int]:
    """Index -> code of places in baskets: what is parked is held for somebody, as far as the next customer goes."""
    return {
        ix: CODES[PlaceState.HELD] if basket.number else BASKET
        for basket in desk.ledger.baskets.all()
        for line in basket.lines
        if line.show == show and (ix := seating.find(line.place)) is not None
    }
