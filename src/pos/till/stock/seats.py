"""Seat stock at a till: every show's places by what this till believes of them, how they sell, and what to do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from pos.domain.reports.kinds import About
from pos.domain.reports.stock import stock_report
from pos.domain.rights import OwnState, PlaceState
from pos.domain.season import Show, name_in
from pos.domain.seatstock import Age, Line, SeatStock, alert, count
from pos.till.belief import CODES
from pos.till.counter.held import killed
from pos.till.counter.passing import in_hand, in_use
from pos.till.desk import Desk

_NAMED = {
    CODES[PlaceState.FREE]: "free",
    CODES[PlaceState.HERE]: "hands",
    CODES[PlaceState.ELSEWHERE]: "hands",
    CODES[PlaceState.HELD]: "held",
    CODES[PlaceState.SOLD]: "sold",
}
_LETTERS = {ord("A"): "paper", ord("Q"): "frozen"}
_OWN = {OwnState.PAPER: "paper", OwnState.LOST: "frozen"}


def stock(desk: Desk, *, show: str = "", report: bool = False) -> dict[str, Any]:
    """The seat stock of one show, or of all that are still to come, the soonest first; with the `report`'s document.

    Raises Refused("unknown_show").
    """
    desk.signed_in()
    lines = lines_of(desk, [desk.season().show(show)] if show else coming(desk))
    answer: dict[str, Any] = {"shows": [line.to_json() for line in lines]}
    if report:
        about = About(desk.season(), desk.clock.now().isoformat(timespec="seconds"))
        answer["report"] = stock_report(lines, about).to_json()
    return answer


def coming(desk: Desk) -> list[Show]:
    """Shows that have not begun, the soonest first."""
    now = desk.clock.now()
    return sorted((show for show in desk.season().shows.values() if show.starts >= now), key=lambda show: show.starts)


def lines_of(desk: Desk, shows: Iterable[Show]) -> list[Line]:
    now, thresholds = desk.clock.now(), desk.season().venue.stock
    sold = _sold(desk, now - timedelta(days=7))
    lines = []
    for show in shows:
        places = stock_of(desk, show.id)
        age = Age.at(now, show.starts, sold[show.id])
        title = name_in(show.titles, desk.outside.locale) or show.production
        want = alert(places, age, thresholds, own_hand=in_hand(desk, show.id))
        lines.append(Line(title, show.starts.isoformat(), places, age, want))
    return lines


def stock_of(desk: Desk, show: str) -> SeatStock:
    """What this till believes every place of a show to be."""
    seating, column = desk.belief.seating(show), desk.belief.column(show)
    parts: Counter[str] = Counter(dict.fromkeys(_NAMED.values(), 0))
    for code, name in _NAMED.items():
        parts[name] += column.count(code)
    own = desk.rights.get(show, {})
    letters = desk.replica.states(show, seating)
    elsewhere = CODES[PlaceState.ELSEWHERE]
    apart = {ix: _LETTERS[letter] for ix, letter in enumerate(letters) if letter in _LETTERS}
    apart |= {ix: _OWN[own[place].state] for place in own if own[place].state in _OWN
              if (ix := seating.find(place)) is not None}  # fmt: skip
    for ix, name in apart.items():
        if column[ix] == elsewhere:
            parts["hands"] -= 1
            parts[name] += 1
    for used, place in in_use(desk):
        ix = seating.find(place) if used == show else None
        if ix is not None and column[ix] in (CODES[PlaceState.HERE], CODES[PlaceState.HELD]):
            parts[_NAMED[column[ix]]] -= 1
            parts["basket"] += 1
    gone = killed(desk)[show]
    parts["held"] -= gone
    parts["killed"] += gone
    return count(show, len(seating), parts)


def _sold(desk: Desk, since: datetime) -> defaultdict[str, dict[datetime, int]]:
    """Show -> when tickets that are live still were sold since then, and how many."""
    found: defaultdict[str, dict[datetime, int]] = defaultdict(dict)
    own = desk.ledger.sold_since(since.isoformat())
    heard = [row for row in desk.replica.sold_since(since.isoformat()) if row[0] not in {sale for sale, *_ in own}]
    for _, at, show, tickets in (*own, *heard):
        moment = datetime.fromisoformat(at)
        found[show][moment] = found[show].get(moment, 0) + tickets
    return found
