"""What was learned from a drill or an outage: an action with an owner and a day, until it is done or dropped."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from pos.domain.drills.actions import DONE, DROPPED, FIELDS, OPEN, SOURCES, STATES, actions
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.mask import scrub
from pos.domain.season import MAY, User
from pos.till.contingency.drills import ACTIONS
from pos.till.counter.numbers import Series, next_id, take
from pos.till.desk import Desk
from pos.till.orders import recording

_CHANGES: Final = Series("plan_actions", "A")


def change_action(desk: Desk, *, action: str = "", **told: str) -> dict[str, Any]:
    """Note an action, or change one: `text`, `owner` (a user), `due` (a day), `from` what it was learned, `state`,
    the `plan` version that settles it, and a `note`. What is not told stays as it is.

    A supervisor may note and change all; an owner may say that theirs is done. Raises Refused: not_allowed
    bad_request fenced storage_failed.
    """
    user = desk.signed_in()
    desk.check_not_fenced()
    told = {name: scrub(value.strip()) for name, value in told.items()}
    before = _known(desk, action) if action else dict.fromkeys(FIELDS, "") | {"state": OPEN}
    after = {name: before[name] for name in FIELDS} | {"note": ""} | told
    _check(desk, after)
    _check_theirs(user, before, after)
    id = next_id(desk, _CHANGES)
    record = {
        "id": id,
        "home": desk.outside.till,
        "action": action or id,
        "user": user.id,
        "at": desk.clock.now().isoformat(timespec="milliseconds"),
        **after,
    }
    with desk.unit() as unit:
        recording.keep(desk, unit, Kind.PLAN_ACTION_CHANGED, record, {"user": user.id})
        take(desk, _CHANGES)
        answer = unit.answers({"action": _one(desk, record["action"])})
    recording.tell(desk, Kind.PLAN_ACTION_CHANGED)
    return answer


def check_state(name: str, value: Any) -> None:
    """Raises Refused("bad_request")."""
    if value not in STATES:
        raise Refused("bad_request", field=name, reason=f"{name} must be one of {', '.join(STATES)}")


def check_day(name: str, value: Any) -> None:
    """Raises Refused("bad_request")."""
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Refused("bad_request", field=name, reason=f"{name} must be a day like 2027-03-01") from error


def _known(desk: Desk, id: str) -> dict[str, Any]:
    found = _one(desk, id)
    if found is None:
        raise Refused("bad_request", field="action", reason=f"there is no action {id!r}")
    return found


def _one(desk: Desk, id: str) -> dict[str, Any] | None:
    listed = actions(recording.known(desk, ACTIONS).values(), desk.clock.now().date())
    return next((one for one in listed if one["id"] == id), None)


def _check(desk: Desk, after: dict[str, Any]) -> None:
    """What an action has to have. Raises Refused("bad_request")."""
    for name in ("text", "owner", "due"):
        if not after[name]:
            raise Refused("bad_request", field=name, reason=f"{name} is missing")
    if after["owner"] not in desk.season().users:
        raise Refused("bad_request", field="owner", reason=f"there is nobody {after['owner']!r}")
    source = after["from"].partition(":")
    if after["from"] and (source[0] not in SOURCES or not source[2]):
        raise Refused("bad_request", field="from", reason="must be like drill:T1-D00003 or incident:T1-I00002")
    if after["state"] == DROPPED and not after["note"]:
        raise Refused("bad_request", field="note", reason="say why nothing is done about it")


def _check_theirs(user: User, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Raises Refused("not_allowed")."""
    if user.role in MAY["plan"]:
        return
    kept = all(before[name] == after[name] for name in FIELDS if name not in ("state", "note"))
    if not (before["owner"] == user.id and after["state"] == DONE and kept):
        raise Refused("not_allowed", what="action", role=user.role)
