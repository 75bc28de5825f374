"""Freeing what a dead till held, on a supervisor's word, at any window that is online."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.till.counter.status import refused_offline
from pos.till.desk import Desk, Verb
from pos.till.ports import LineDown, Releasable
from pos.till.waiting import within

APPLIED_S: Final = 3.0  # how long the answer waits to hear that the office has it


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
