"""The drawer opened without a sale: by who may, and for a reason."""

from __future__ import annotations

from typing import Any

from pos.domain.errors import Refused
from pos.domain.season import APPROVING_ROLES
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.opened import note_opened
from pos.till.desk import Desk


def no_sale(desk: Desk, *, reason: str, approver: dict[str, Any] | None = None) -> dict[str, Any]:
    """Open the drawer. Where the venue leaves that to supervisors (`[venue] no_sale`), a cashier needs one.

    Raises Refused: no_shift drawer_of_other approval_needed wrong_pin not_allowed storage_failed fenced.
    """
    user = desk.signed_in("drawer")
    desk.check_not_fenced()
    shift = desk.shift(of_another=user.role in APPROVING_ROLES)
    by = approved(desk, approver)
    if desk.season().venue.no_sale == "supervisor" and not may_alone(desk, by):
        raise Refused("approval_needed", what="no_sale", shift=shift.id)
    with desk.unit() as unit:
        opened = note_opened(desk, unit, user.id, reason.strip(), by)
        answer = unit.answers({"opened": opened})
    desk.outside.printers.kick_drawer()
    return answer
