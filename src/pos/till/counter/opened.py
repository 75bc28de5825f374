"""The fact that a drawer is about to be opened without a sale: none opens without one."""

from __future__ import annotations

from typing import Any

from pos.domain.facts import Kind
from pos.till.desk import Desk, Unit


def note_opened(desk: Desk, unit: Unit, user: str, reason: str, approver: str = "") -> dict[str, Any]:
    """Journal it, with the shift if one is open; the fact's body."""
    shift = desk.ledger.open_shift()
    body: dict[str, Any] = {
        "user": user,
        "reason": reason,
        "at": desk.clock.now().isoformat(timespec="seconds"),
        **({"shift": shift.id} if shift is not None else {}),
        **({"approver": approver} if approver else {}),
    }
    fact = unit.record(Kind.DRAWER_OPENED, body)
    if shift is not None:
        desk.ledger.shiftbook.add_step(fact.number, shift.id, Kind.DRAWER_OPENED, body)
    return body
