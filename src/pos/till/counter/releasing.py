"""What a till that is gone held: who may look at it, and how a supervisor's word frees it, at any window online."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.season import name_in
from pos.domain.seating import Seating
from pos.till.counter.status import refused_offline
from pos.till.desk import Desk, Verb
from pos.till.ports import LineDown, Releasable
from pos.till.waiting import within

APPLIED_S: Final = 3.0  # how long the answer waits to hear that the office has it


def frozen_places(desk: Desk) -> Verb[dict[str, Any]]:
    """What tills that are gone have of shows to come, and nobody sells: by machine and show, the soonest first.

    `waits_for` names who has to be heard before it can be released, or attested for. Raises Refused("offline").
    """
    desk.signed_in("settle")
    try:
        answer = yield desk.outside.office.look("frozen", {})
    except LineDown as down:
        raise refused_offline(desk, down) from down
    now, season = desk.clock.now(), desk.season()
    found = []
    for one in answer.get("frozen", ()):
        of: dict[str, list[dict[str, Any]]] = {}
        for place in one["places"]:
            of.setdefault(place["show"], []).append(place)
        for id, places in of.items():
            show = season.shows.get(id)
            if show is None or show.sales_until < now:
                continue
            found.append(
                {
                    "till": one["till"],
                    "incarnation": one["incarnation"],
                    "name": season.tills.get(one["till"], one["till"]),
                    "heard": one["heard"],
                    "show": id,
                    "title": name_in(show.titles, desk.outside.locale) or show.production,
                    "starts": show.starts.isoformat(),
                    "places": _shown(desk.belief.seating(id), places),
                    "waits_for": one["waits_for"],
                }
            )
    return {"frozen": sorted(found, key=lambda row: (row["starts"], row["show"], row["till"], row["incarnation"]))}


def _shown(seating: Seating, places: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """As people call them, in the order of the hall; what the plan does not know any more at the end."""
    known = sorted(
        (ix if (ix := seating.find(one["place"])) is not None else len(seating), one["place"], one["state"])
        for one in places
    )
    return [
        {
            "place": place,
            "label": seating.label(ix) if ix < len(seating) else place,
            "category": seating.category(ix) if ix < len(seating) else "",
            "state": state,
        }
        for ix, place, state in known
    ]


def release_places(
    desk: Desk,
    *,
    till: str,
    reason: str,
    show: str = "",
    places: Sequence[str] | None = None,
    attested: Sequence[str] = (),
) -> Verb[dict[str, Any]]:
    """Release places of a till that is fenced or dead: those named, or all but what it has sold.

    The supervisor attests that no ticket of that till (and of those in `attested`) is out for
    them, on paper neither, and that its machine will not sell any more; of a place that is sold,
    that its ticket is still valid. A till that was enrolled several times may be several machines:
    `attested` names each of them as NAME.N, those of `till` that do not have the places, too.
    The office is asked first whether nobody else can have them.
    Raises Refused("offline" | "release_waits" | "fenced" | "bad_request").
    """
    user = desk.signed_in("settle")
    desk.check_not_fenced()
    if (places is None) != (not show):
        raise Refused("bad_request", field="places", reason="show and places go together")
    named = None if places is None else [(show, place) for place in places]
    try:
        found: Releasable = yield desk.outside.office.releasable(till, named, attested)
    except LineDown as down:
        raise refused_offline(desk, down) from down
    if found.refused:
        waits = [{"till": name, "incarnation": number, "why": why} for name, number, why in found.waits_for]
        raise Refused("release_waits", till=till, reason=found.refused, waits_for=waits)
    body = {
        "user": user.id,
        "till": till,
        "places": [list(place) for place in found.places],
        "attested": sorted(attested),
        "reason": reason,
    }
    with desk.unit() as unit:
        unit.record(Kind.PLACES_RELEASED, body)
        answer = unit.answers({"released": [{"show": show, "place": place} for show, place in found.places]})
    yield within(desk.outside.office.sync(), APPLIED_S)
    return answer
