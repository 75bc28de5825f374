"""Approval in place: a supervisor's PIN for one act, without signing the cashier out."""

from __future__ import annotations

from typing import Any

from pos.domain.errors import Refused
from pos.domain.season import APPROVING_ROLES
from pos.till.counter.people import checked
from pos.till.desk import Desk


def approved(desk: Desk, approver: dict[str, Any] | None) -> str:
    """Who approves, "" for nobody. One that is given is always checked.

    Raises Refused("wrong_pin" | "locked_out" | "not_allowed"): nobody approves what they do themselves.
    """
    if approver is None:
        return ""
    cashier = desk.signed_in()
    person = checked(desk, approver["user"], approver["pin"])
    if person.id == cashier.id:
        raise Refused("not_allowed", what="approve", reason="nobody can approve what they do themselves")
    if person.role not in APPROVING_ROLES:
        reason = f"{person.name} is {person.role}, and a supervisor must approve this"
        raise Refused("not_allowed", what="approve", reason=reason, role=person.role)
    return person.id


def may_alone(desk: Desk, approver: str) -> bool:
    """Whether what needs a supervisor may be done: by one who is signed in, or with one who approves."""
    return bool(approver) or desk.signed_in().role in APPROVING_ROLES
