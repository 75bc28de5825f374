"""Drills: who is due, what was held, how one is started, and how its result comes into this till's books.

A drill is held in training data, by another program beside this one. What comes of it is its log; the result is
worked out here from that, and is a record (`pos.domain.records`), also where the drill was broken off half-way.
"""

from __future__ import annotations

import logging
from datetime import date
from typing import Any, Final

from pos.domain.drills.actions import actions
from pos.domain.drills.due import due
from pos.domain.drills.judging import judge
from pos.domain.drills.script import LONGEST_S, SCENARIO, SHORTEST_S, USUAL_S, Order
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.season import MAY, SELLING_ROLES, User
from pos.till.contingency.plan import ISSUED, in_force, plan_of
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.numbers import Series, next_id, take
from pos.till.desk import Desk
from pos.till.orders import recording

log = logging.getLogger(__name__)
FAMILY: Final = "drill"
ACTIONS: Final = "plan_action"
PLANS: Final = "contingency_plan"
_DRILLS: Final = Series("drills", "D")


def drills(desk: Desk) -> dict[str, Any]:
    """Who is to be drilled and when, the drills that were held, and what was learned: of everybody for those who
    oversee, else of the person signed in. In a drill `running` says how it stands, to anybody."""
    exercise = desk.outside.exercise
    if exercise is not None:
        return {"running": exercise.told(), "people": [], "log": [], "actions": []}
    user = desk.signed_in()
    plan, today = plan_of(desk), desk.clock.now().date()
    held = sorted(recording.known(desk, FAMILY).values(), key=lambda one: (one["at"], one["id"]), reverse=True)
    listed = actions(recording.known(desk, ACTIONS).values(), today)
    oversees = user.role in MAY["oversee"]
    people = [_person(one, held, plan.drill.every_days, today) for one in _drilled(desk) if oversees or one == user]
    return {
        "running": None,
        "plan": plan.version,
        "every_days": plan.drill.every_days,
        "people": sorted(people, key=lambda one: (not one["overdue"], one["due"] or "", one["name"])),
        "log": [one for one in held if oversees or one["person"] == user.id],
        "actions": [one for one in listed if oversees or one["owner"] == user.id],
    }


def _drilled(desk: Desk) -> list[User]:
    """Whoever sells."""
    return [user for user in desk.season().users.values() if user.role in SELLING_ROLES]


def _person(user: User, held: list[dict[str, Any]], every_days: int, today: date) -> dict[str, Any]:
    found = due(user.id, held, every_days, today)
    last = found.last
    return {
        "user": user.id,
        "name": user.name,
        "role": user.role,
        "last": last["at"] if last else None,
        "points": last["points"] if last else None,
        "of": last["of"] if last else None,
        "due": found.on.isoformat() if found.on else None,
        "overdue": found.overdue,
    }


def start_drill(
    desk: Desk, *, person: str, seconds: int = USUAL_S, seed: int | None = None, approver: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Order a drill for somebody who sells: the training that is opened next is this drill. For a supervisor.

    Raises Refused: not_allowed bad_request approval_needed wrong_pin locked_out storage_failed.
    """
    user = desk.signed_in()
    there = desk.outside.drills
    if there is None:
        raise Refused("not_allowed", what="drill", reason="a drill is started at a real till, not in training")
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise Refused("bad_request", field="seconds", reason=f"must be {SHORTEST_S} to {LONGEST_S}")
    if person not in {one.id for one in _drilled(desk)}:
        raise Refused("bad_request", field="person", reason=f"there is nobody {person!r} who sells")
    by = approved(desk, approver)
    if not may_alone(desk, by):
        raise Refused("approval_needed", what="drill")
    take_note(desk)
    code = desk.outside.entropy.code()
    chosen = seed if seed is not None else int.from_bytes(code.encode()[-4:])
    at = desk.clock.now().isoformat(timespec="seconds")
    version = plan_of(desk).version
    order = Order(code, person, by or user.id, version, chosen, seconds, at)
    try:
        there.order(order, _issued(desk, version))
    except FileExistsError as error:
        raise Refused("not_allowed", what="drill", reason="a drill is being held at this till already") from error
    except OSError as error:
        raise Refused("storage_failed", reason=str(error)) from error
    with desk.unit() as unit:
        return unit.answers({"drill": order.to_json()})


def _issued(desk: Desk, version: str) -> str:
    """The text of the plan that was issued under this version, "" when the one in force is a file."""
    if in_force(desk).source != ISSUED:
        return ""
    texts = [one["text"] for one in recording.known(desk, PLANS).values() if one["version"] == version]
    return texts[-1] if texts else ""


def drill_said(desk: Desk, *, what: str, customer: int = 0) -> dict[str, Any]:
    """In a drill: what the person does beside the till. Needs no sign-in. Raises Refused("not_allowed" |
    "bad_request")."""
    exercise = desk.outside.exercise
    if exercise is None:
        raise Refused("not_allowed", what="drill", reason="no drill is being held here")
    exercise.say(what, customer)
    return {"running": exercise.told()}


def note_drill(desk: Desk) -> dict[str, Any]:
    """Take the result of a drill that has ended into the books; null when there is none. Anybody may ask, and the
    till does so itself when it starts. Raises Refused("storage_failed" | "fenced")."""
    record = take_note(desk)
    with desk.unit() as unit:
        return unit.answers({"drill": record})


def resume(desk: Desk) -> None:
    """After a start: a drill that ended, or was broken off, while this till was away."""
    try:
        take_note(desk)
    except Refused as refused:
        log.warning("the drill is noted at the next start: %s", refused)


def take_note(desk: Desk) -> dict[str, Any] | None:
    """The record of the drill that has ended, once."""
    if desk.forgot:
        raise Refused("fenced", reason=desk.fenced)
    there = desk.outside.drills
    found = there.over() if there is not None else None
    if there is None or found is None:
        return None
    order, entries = found
    record = None
    if order.id not in {one["order"] for one in recording.known(desk, FAMILY).values()}:
        record = _recorded(desk, order, entries)
    there.forget()
    return record


def _recorded(desk: Desk, order: Order, entries: list[dict[str, Any]]) -> dict[str, Any]:
    result = judge(entries)
    record = {
        "id": next_id(desk, _DRILLS),
        "home": desk.outside.till,
        "order": order.id,
        "person": order.person,
        "supervisor": order.supervisor,
        "plan": order.plan,
        "scenario": SCENARIO,
        "seed": order.seed,
        "at": order.at,
        "noted_at": desk.clock.now().isoformat(timespec="seconds"),
        **result.to_json(),
        "events": entries,
    }
    with desk.unit() as unit:
        recording.keep(desk, unit, Kind.DRILL_HELD, record, {"user": order.supervisor})
        take(desk, _DRILLS)
    recording.tell(desk, Kind.DRILL_HELD)
    return record
