"""Holds in people's hands: who may touch which, and getting the rights to what is in them.

The right to release a hold, or to sell from it, is the token of each of its places: whoever has it may, also
while the office is away; the laws are on top of `pos.domain.hold`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pos.domain import hold as rules
from pos.domain.errors import Refused
from pos.domain.hold import Hold
from pos.domain.live import HOLD
from pos.domain.rights import PlaceState
from pos.domain.season import User
from pos.till.counter.approval import approved
from pos.till.counter.held import by_place, documents, free_of, hold_of, holder_of, is_here, places_of, told_of
from pos.till.counter.house import stamp
from pos.till.counter.passing import accept_held
from pos.till.desk import Desk, Verb
from pos.till.ports import ClaimAnswer, LineDown
from pos.till.waiting import within

CLAIM_WAIT_S: Final = 4.0  # of the five seconds in which a claim answers


def allowed(desk: Desk, user: User, type_: str, approver: dict[str, Any] | None) -> str:
    """Who approves, "" for nobody and none needed. Raises Refused("approval_needed" | "wrong_pin" | "locked_out" |
    "not_allowed")."""
    by = approved(desk, approver)
    if not by and not rules.may_touch(type_, user.role):
        raise Refused("approval_needed", what="hold", type=type_)
    return by


def tokens_for(desk: Desk, hold: Hold, places: Sequence[str]) -> Verb[None]:
    """Get the rights to these places of a hold into this till's hand, all of them.

    Raises Refused: `right_elsewhere` when another has one, or when the line is down; `sold`, `unknown_hold`
    when it is in this hold no more.
    """
    clock = desk.outside.clock
    deadline_s = clock.boottime_s() + CLAIM_WAIT_S
    show = hold.show
    while True:
        missing = [place for place in places if not is_here(desk, show, place)]
        if not missing:
            _check_same(desk, hold, places)
            return
        wait_s = deadline_s - clock.boottime_s()
        if wait_s <= 0:
            raise _away(desk, hold, missing[0], "late")
        try:
            answer: ClaimAnswer = yield desk.outside.office.claim(show, missing, whole=True, wait_s=wait_s, held=True)
        except LineDown as down:
            raise _away(desk, hold, missing[0], down.cause) from down
        for refused in answer.refused:
            raise _refused(desk, hold, refused.place, refused.code, refused.holder, refused.since)
        with desk.unit() as unit:
            accept_held(desk, unit, show, answer)
        if not all(is_here(desk, show, place) for place in missing):
            # A right that this till gave back and has not sent yet: send it first.
            try:
                yield desk.outside.office.sync()
            except LineDown as down:
                raise _away(desk, hold, missing[0], down.cause) from down


def _check_same(desk: Desk, hold: Hold, places: Sequence[str]) -> None:
    own = desk.rights.get(hold.show, {})
    for place in places:
        if own[place].ticket != hold.id:
            raise Refused("unknown_hold", hold=hold.id, place=place)


def _refused(desk: Desk, hold: Hold, place: str, code: str, holder: str, since: int) -> Refused:
    shown = place.split("#", maxsplit=1)[0]
    if code == "sold":
        return Refused("sold", show=hold.show, place=shown, since=stamp(desk, since))
    if code in ("not_held", "unknown_place"):
        return Refused("unknown_hold", hold=hold.id, show=hold.show, place=shown)
    return Refused(
        "right_elsewhere", show=hold.show, place=shown, hold=hold.id, holder=holder or "office", home=hold.home,
        since=stamp(desk, since),
    )  # fmt: skip


def _away(desk: Desk, hold: Hold, place: str, cause: str) -> Refused:
    """The line is down: who has the right, as far as this till knows."""
    holder = holder_of(desk, hold.show, place) or "office"
    since = desk.outside.office.link().since or None
    return Refused(
        "right_elsewhere", show=hold.show, place=place.split("#", maxsplit=1)[0], hold=hold.id, holder=holder,
        home=hold.home, since=since, cause=cause,
    )  # fmt: skip


def take_home(desk: Desk) -> Verb[int]:
    """Get the rights to the holds that are at home here and with the office; how many places.

    While the office is away this till alone can then do something with them.
    """
    came, here = 0, desk.outside.till
    wanted: dict[str, list[str]] = {}
    for document in documents(desk, HOLD).values():
        if document.get("home") == here and document["show"] in desk.season().shows:
            hold = Hold.from_json(document)
            away = [place for place in places_of(desk, hold) if not holder_of(desk, hold.show, place)]
            wanted.setdefault(hold.show, []).extend(away)
    for show, places in wanted.items():
        if not places:
            continue
        asked = desk.outside.office.claim(show, places, whole=True, wait_s=0.0, held=True)
        answer: ClaimAnswer | None = yield within(asked, CLAIM_WAIT_S)
        if answer is None or not answer.held:
            continue
        with desk.unit() as unit:
            accept_held(desk, unit, show, answer)
        came += len(answer.held)
    return came


# ---- selling from a hold -----------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """Places asked for, as they are shown, and of those that are in a hold the place itself and the hold."""

    places: tuple[str, ...]
    units: tuple[str, ...] = ()
    holds: Mapping[str, Hold] = field(default_factory=dict)  # place -> its hold
    by: Mapping[str, str] = field(default_factory=dict)  # hold -> who approves, where somebody has to

    def marks(self, place: str) -> dict[str, str]:
        """What a ticket for a place says of the hold it came from."""
        if place not in self.holds:
            return {}
        hold = self.holds[place].id
        return {"hold": hold} | ({"hold_by": self.by[hold]} if self.by.get(hold) else {})

    @property
    def shown(self) -> frozenset[str]:
        return frozenset(shown for shown, unit in zip(self.places, self.units, strict=True) if unit)

    def each(self) -> Iterator[tuple[Hold, list[str]]]:
        """Every hold, and the places that are wanted of it."""
        for hold in {hold.id: hold for hold in self.holds.values()}.values():
            yield hold, [place for place, of in self.holds.items() if of.id == hold.id]


def opened(desk: Desk, show: str, places: Sequence[str], hold: str) -> Opened:
    """Which of these places are to be sold from a hold: all there are, for a `hold` without places.

    Raises Refused: unknown_hold bad_request.
    """
    if hold:
        return _from_hold(desk, show, places, hold)
    seating, held = desk.belief.seating(show), {}
    if any((ix := seating.find(place)) is not None and _is_held(desk, show, ix) for place in places):
        known = by_place(desk, show)
        held = {place: known[place] for place in places if place in known}
    return Opened(tuple(places), tuple(place if place in held else "" for place in places), held)


def permitted(desk: Desk, user: User, show: str, found: Opened, hold: str, approver: dict[str, Any] | None) -> Opened:
    """The same, with who lets it be sold.

    Raises Refused: held approval_needed wrong_pin not_allowed.
    """
    by: dict[str, str] = {}
    for one, of in found.each():
        if one.order:
            raise Refused("held", show=show, place=of[0].split("#")[0], **told_of(one))
        try:
            by[one.id] = allowed(desk, user, one.type, approver)
        except Refused as refused:
            if refused.code != "approval_needed" or hold:
                raise
            raise Refused("held", show=show, place=of[0].split("#")[0], **told_of(one)) from refused
    return replace(found, by=by)


def _is_held(desk: Desk, show: str, ix: int) -> bool:
    return desk.belief.state(show, ix) is PlaceState.HELD


def _from_hold(desk: Desk, show: str, places: Sequence[str], hold: str) -> Opened:
    the_hold = hold_of(desk, hold)
    if the_hold.show != show:
        raise Refused("bad_request", field="hold", reason="is of another show", hold=hold, show=the_hold.show)
    seating, free = desk.belief.seating(show), free_of(desk, the_hold)
    if not places:
        shown = tuple(seating.shown(ix) for place in free if (ix := seating.find(place)) is not None)
        if not free:
            raise Refused("bad_request", field="hold", reason="all of it is in a basket", hold=hold)
        return Opened(shown, tuple(free), dict.fromkeys(free, the_hold))
    units: list[str] = []
    for named in places:
        fitting = (place for place in free if named in (place, place.partition("#")[0]) and place not in units)
        units.append(next(fitting, ""))
    return Opened(tuple(places), tuple(units), {unit: the_hold for unit in units if unit})
