"""What is held, as this till knows it: the holds, their places, and who has the right to each."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pos.domain.errors import Refused
from pos.domain.hold import Hold
from pos.domain.live import HOLD, Document
from pos.domain.rights import OfficeState, OwnState, PlaceState, may_use_hold
from pos.domain.seatstock import KILLED_TYPES
from pos.till.counter.passing import in_use
from pos.till.desk import Desk


def documents(desk: Desk, family: str) -> dict[str, Document]:
    """id -> document: the office's word, overlaid by what this till has made of it since."""
    found = dict(desk.replica.live(family))
    for id, own in desk.ledger.live.all(family).items():
        heard = found.get(id)
        if heard is None or (own["version"] >= heard["version"] and "erased" not in heard):
            # Places are the office's to name; what of them has changed here is said by the rights.
            found[id] = own | ({"places": heard["places"]} if heard is not None and "places" in heard else {})
    return found


def hold_of(desk: Desk, hold: str) -> Hold:
    """Raises Refused("unknown_hold") for one that is not known here, or has no place left."""
    document = documents(desk, HOLD).get(hold)
    found = Hold.from_json(document) if document is not None else None
    if found is None or not places_of(desk, found):
        raise Refused("unknown_hold", hold=hold)
    return found


def places_of(desk: Desk, hold: Hold) -> list[str]:
    """The places that are in the hold, in seating order."""
    seating = desk.belief.seating(hold.show)
    own = desk.rights.get(hold.show, {})
    named = set(hold.places) | {place for place, right in own.items() if right.ticket == hold.id}
    found = []
    for place in named:
        ix = seating.find(place)
        if ix is None or desk.belief.state(hold.show, ix) is not PlaceState.HELD:
            continue
        mine = own.get(place)
        known = mine is not None and mine.token >= desk.belief.office(hold.show, ix).token
        if mine is None or not known or mine.ticket == hold.id:
            found.append((ix, place))
    return [place for _, place in sorted(found)]


def killed(desk: Desk) -> Counter[str]:
    """Show -> how many of its places are killed: never to be sold, and not in use here."""
    used = set(in_use(desk))
    found: set[tuple[str, str]] = set()
    for document in documents(desk, HOLD).values():
        if document.get("type") in KILLED_TYPES:
            hold = Hold.from_json(document)
            found |= {(hold.show, place) for place in places_of(desk, hold)}
    return Counter(show for show, _ in found - used)


def by_place(desk: Desk, show: str) -> dict[str, Hold]:
    """Place -> the hold that it is in, for a show."""
    found: dict[str, Hold] = {}
    for document in documents(desk, HOLD).values():
        if document["show"] == show:
            hold = Hold.from_json(document)
            found.update(dict.fromkeys(places_of(desk, hold), hold))
    return found


def holder_of(desk: Desk, show: str, place: str) -> str:
    """The till that has the right to a place in a hold, "" for the office."""
    ix = desk.belief.seating(show).find(place)
    own = desk.rights.get(show, {}).get(place)
    if ix is None:
        return ""
    office = desk.belief.office(show, ix)
    if own is not None and own.token >= office.token:
        return desk.outside.till if own.state is OwnState.HELD else ""
    return office.holder if office.state is OfficeState.HELD else ""


def is_here(desk: Desk, show: str, place: str) -> bool:
    """Whether this till has the right to a place in a hold."""
    ix = desk.belief.seating(show).find(place)
    own = desk.rights.get(show, {}).get(place)
    return ix is not None and may_use_hold(desk.belief.office(show, ix), own)


def free_of(desk: Desk, hold: Hold) -> list[str]:
    """The places of a hold that are in nobody's basket here, nor pinned by a payment."""
    used = in_use(desk)
    return [place for place in places_of(desk, hold) if (hold.show, place) not in used]


def told_of(hold: Hold) -> dict[str, Any]:
    """What a refusal says of the hold that a place is in."""
    told = {"holder": hold.called, "hold": hold.id, "type": hold.type, "home": hold.home, "order": hold.order}
    return {key: value for key, value in told.items() if value}
