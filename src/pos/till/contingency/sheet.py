"""The contingency sheet: what the plan in force says of the level this till is at, and who was told."""

from __future__ import annotations

from typing import Any

from pos.domain.contingency.level import Level
from pos.domain.contingency.plan import Plan
from pos.domain.errors import Refused
from pos.domain.season import name_in
from pos.till.contingency import incident
from pos.till.contingency.plan import in_force, plan_json, plan_of
from pos.till.desk import Desk


def contingency(desk: Desk, *, language: str = "") -> dict[str, Any]:
    """Needs no sign-in. The level and its cause, and what the plan says of each level, in one language."""
    found, language = in_force(desk), language or desk.outside.locale
    told = _told(desk)
    return {
        "level": desk.level.level.value,
        "cause": desk.level.cause,
        "since": desk.level.since or None,
        "plan": plan_json(found),
        "levels": [_level(found.plan, level, language) for level in Level],
        "others": _others(desk),
        "evacuation": [name_in(step, language) for step in found.plan.evacuation],
        "people": [
            {
                "key": person.key,
                "name": person.name,
                "telephone": person.telephone,
                "role": name_in(person.role, language),
                "tell_at": [level.value for level in person.tell_at],
                "told_at": told.get(person.key),
            }
            for person in found.plan.people
        ],
    }


def told_person(desk: Desk, *, person: str, note: str = "") -> dict[str, Any]:
    """Somebody of the plan was told of what is wrong: noted with the time and who says so, if anybody is signed in.

    Raises Refused: bad_request not_allowed (nothing is wrong) storage_failed.
    """
    plan = plan_of(desk)
    found = next((one for one in plan.people if one.key == person), None)
    if found is None:
        raise Refused("bad_request", field="person", reason=f"plan {plan.version} names nobody as {person!r}")
    if desk.ledger.outages.open() is None:
        raise Refused("not_allowed", what="told_person", reason="nothing is wrong that somebody could be told of")
    by = desk.user.id if desk.user is not None else ""
    with desk.unit() as unit:
        body = {"person": found.key, "name": found.name, "telephone": found.telephone, "user": by}
        incident.note(desk, "told", **body, level=desk.level.level.value, text=note.strip())
        at = desk.clock.now().isoformat(timespec="seconds")
        return unit.answers({"person": found.key, "name": found.name, "at": at, "user": by or None})


def _level(plan: Plan, level: Level, language: str) -> dict[str, Any]:
    said = plan.levels[level]
    return {
        "level": level.value,
        "title": name_in(said.title, language),
        "works": [name_in(text, language) for text in said.works],
        "fails": [name_in(text, language) for text in said.fails],
        "steps": [name_in(text, language) for text in said.steps],
    }


def _others(desk: Desk) -> list[dict[str, Any]]:
    """The other windows that answer on the local network: who can help out, or take over."""
    neighbours = desk.outside.neighbours
    heard = neighbours.present() if neighbours is not None else {}
    names = desk.season().tills if heard and desk.replica.complete() else {}
    return [{"till": till, "name": names.get(till, till), "at": at} for till, at in sorted(heard.items())]


def _told(desk: Desk) -> dict[str, str]:
    """Person -> when they were last told in this outage."""
    outage = desk.ledger.outages.open()
    notes = desk.ledger.outages.notes(outage.id, "told") if outage is not None else ()
    return {note.body["person"]: note.at for note in notes}
