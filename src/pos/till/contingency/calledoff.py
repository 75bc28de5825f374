"""Shows that are abandoned, and places that may not be used: selling stops, and what was sold is on the worklist.

It takes effect at this till at once, at every other one with the office's word, and it needs no line. What another
window sells of it before it hears is on the worklist as soon as that is known here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pos.domain.contingency import calledoff as laws
from pos.domain.contingency.calledoff import CalledOff, Document
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.season import APPROVING_ROLES, name_in
from pos.domain.seating import Seating
from pos.domain.seatnames import find_seats
from pos.till.contingency import incident
from pos.till.counter import worklist
from pos.till.counter.approval import approved
from pos.till.counter.numbers import Series, next_id, take
from pos.till.desk import Desk
from pos.till.orders import recording

_FAMILY: Final = laws.FAMILY
_SERIES: Final = Series("records.D", "D")
# As what an incident report has it.
_NOTED: Final = {
    Kind.SHOW_ABANDONED: "show_abandoned", Kind.PLACES_CLOSED: "places_closed", Kind.PLACES_REOPENED: "places_reopened",
}  # fmt: skip


def abandon_show(desk: Desk, *, show: str, reason: str, approver: dict[str, Any] | None = None) -> dict[str, Any]:
    """The show was broken off, or will not take place: nothing of it is sold any more, and every ticket may come back.

    A supervisor's or admin's. Raises Refused: unknown_show show_cancelled not_allowed approval_needed wrong_pin
    storage_failed fenced.
    """
    user, by = _person(desk, approver)
    if desk.season().show(show).cancelled:
        raise Refused("show_cancelled", show=show)
    return _keep(desk, Kind.SHOW_ABANDONED, user, by, {"what": laws.SHOW, "show": show, "reason": reason})


def close_places(
    desk: Desk, *, show: str, reason: str, places: list[str] | None = None, text: str = "", category: str = "",
    count: int = 0, approver: dict[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Places of a show may not be used: named, or by a `text` as seats are found by ("Stalls C 4-9", "C *", "Stalls",
    "Foyer 30"), or a whole `category` or area; of an area also `count` of its units, those that are not sold first.

    A supervisor's or admin's. Raises Refused: unknown_show unknown_place show_cancelled bad_request not_allowed
    approval_needed wrong_pin storage_failed fenced.
    """
    user, by = _person(desk, approver)
    if desk.season().show(show).cancelled:
        raise Refused("show_cancelled", show=show)
    units = _chosen(desk, show, places or [], text, category, count)
    fresh = [unit for unit in units if unit not in desk.called_off.closed.get(show, {})]
    if not fresh:
        raise Refused("bad_request", field="places", reason="all of these are closed already")
    return _keep(
        desk, Kind.PLACES_CLOSED, user, by, {"what": laws.PLACES, "show": show, "reason": reason, "places": fresh}
    )


def reopen_places(
    desk: Desk, *, show: str, reason: str, places: list[str] | None = None, text: str = "",
    approver: dict[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """These places may be used again, or all that is called off of the show: if it was abandoned, it goes on.

    A supervisor's or admin's. Raises Refused: unknown_show bad_request not_allowed approval_needed wrong_pin
    storage_failed fenced.
    """
    user, by = _person(desk, approver)
    _seating(desk, show)
    units = _chosen(desk, show, places or [], text, back=True) if places is not None or text else None
    if not desk.called_off.names(show, units):
        raise Refused("bad_request", field="show", reason="nothing of that is called off", show=show)
    of = laws.reopening(_known(desk), show, units)
    return _keep(desk, Kind.PLACES_REOPENED, user, by, {"what": laws.BACK, "show": show, "reason": reason, "of": of})


def look(desk: Desk) -> None:
    """Take up what is known by now: at a start, and when the office has told of some."""
    before, now = desk.called_off, CalledOff(_known(desk))
    if now == before:
        return
    desk.called_off = now
    desk.forget_season()
    shows = before.shows | now.shows
    for show in shows:
        desk.belief.forget(show)
    desk.emit("changed", places={show: [] for show in sorted(shows)}, documents=True, records=[_FAMILY])


def _known(desk: Desk) -> Iterable[Document]:
    return recording.known(desk, _FAMILY).values() if desk.replica.complete() else ()


def _person(desk: Desk, approver: dict[str, Any] | None) -> tuple[str, str]:
    """Who does it, and the supervisor with whom, "" for one who may alone."""
    user = desk.signed_in("look")
    desk.check_not_fenced()
    by = approved(desk, approver)
    if not by and user.role not in APPROVING_ROLES:
        raise Refused("approval_needed", what="call_off")
    return user.id, by


def _keep(desk: Desk, kind: Kind, user: str, by: str, said: Document) -> dict[str, Any]:
    """Journal it; what is called off from then on, and what that leaves to be done."""
    at = desk.clock.now().isoformat(timespec="seconds")
    record: Document = {"id": next_id(desk, _SERIES), "home": desk.outside.till, "by": by or user, "at": at} | said
    if kind != Kind.PLACES_REOPENED:
        record["ended"] = [ticket["id"] for _, ticket in worklist.tickets_of(desk, said["show"]).ended]
    why = {"user": user} | ({"approver": by} if by else {})
    with desk.unit() as unit:
        recording.keep(desk, unit, kind, record, why)
        take(desk, _SERIES)
        title = name_in(desk.season().show(said["show"]).titles, desk.outside.locale) or said["show"]
        incident.note(desk, _NOTED[kind], show=title, reason=said["reason"])
        answer = unit.answers({"called_off": {key: value for key, value in record.items() if key != "ended"}})
    look(desk)
    return answer


def _chosen(
    desk: Desk, show: str, places: list[str], text: str, category: str = "", count: int = 0, *, back: bool = False
) -> list[str]:
    """The units that are to be closed, or opened again (`back`), each once."""
    seating = _seating(desk, show)
    given = [bool(places), bool(text), bool(category)]
    if sum(given) != 1:
        raise Refused("bad_request", field="places", reason="name places, a text or a category, one of them")
    if count and category not in seating.capacity:
        raise Refused("bad_request", field="count", reason="goes with an area")
    if count:
        return _of_area(desk, show, seating, category, count, back=back)
    if category:
        if category not in seating.categories():
            raise Refused("unknown_place", show=show, place=category)
        return [seating.place(ix) for ix in range(len(seating)) if seating.category(ix) == category]
    if text:
        return _named(desk, show, seating, text.strip(), back=back)
    return list(dict.fromkeys(unit for place in places for unit in _units(seating, show, place)))


def _named(desk: Desk, show: str, seating: Seating, text: str, *, back: bool) -> list[str]:
    """By what somebody types: seats, a category, an area, or so many of an area."""
    seats = find_seats(seating.plan, text) if seating.plan is not None else None
    if seats:
        return [seating.place(ix) for ix in seats]
    names = {name.casefold(): name for name in seating.categories()}
    if name := names.get(text.casefold()):
        return _chosen(desk, show, [], "", name)
    area, _, count = text.rpartition(" ")
    name = names.get(area.strip().casefold(), "")
    if name in seating.capacity and count.isdecimal() and int(count) > 0:
        return _of_area(desk, show, seating, name, int(count), back=back)
    raise Refused("unknown_place", show=show, place=text)


def _of_area(desk: Desk, show: str, seating: Seating, area: str, count: int, *, back: bool) -> list[str]:
    """Units of an area: to be closed first those that are not sold, to be opened first those that are."""
    known = desk.called_off.closed.get(show, {})
    sold = {ticket["unit"] for _, ticket in worklist.tickets_of(desk, show).live}
    units = [seating.place(ix) for ix in reversed(seating.units(area))]
    able = [unit for unit in units if (unit in known) is back]
    return sorted(able, key=lambda unit: (unit in sold) is not back)[:count]


def _units(seating: Seating, show: str, place: str) -> list[str]:
    """The seat, or all units of the area, of that name."""
    if place in seating.capacity:
        return [seating.place(ix) for ix in seating.units(place)]
    if seating.find(place) is None:
        raise Refused("unknown_place", show=show, place=place)
    return [place]


def _seating(desk: Desk, show: str) -> Seating:
    desk.season().show(show)
    return desk.belief.seating(show)
