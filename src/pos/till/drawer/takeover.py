"""The drawer of an earlier enrolment: its shift was still open, and its money still lies in it.

The old ledger is set aside and writes nothing any more, so the new one counts that drawer
out, by a fact of its own, before it opens a shift: the books then have the drawer empty, as it is.
"""

from __future__ import annotations

from typing import Any

from pos.domain import shift as rules
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.store.aside import Leftover, LeftShift
from pos.till.desk import Desk

_COUNTED = "counted:"  # and the shift, in the ledger's small values


def left_shift(desk: Desk) -> tuple[Leftover, LeftShift] | None:
    """The oldest shift that was left open and whose drawer nobody has counted since."""
    for one in desk.outside.leftovers:
        if one.shift is not None and desk.ledger.meta(_COUNTED + one.shift.shift.id) is None:
            return one, one.shift
    return None


def check_counted(desk: Desk) -> None:
    """Raises Refused("drawer_uncounted") while an earlier shift's money lies in the drawer."""
    found = left_shift(desk)
    if found is not None:
        row = found[1].shift
        raise Refused("drawer_uncounted", shift=row.id, user=row.user, since=row.opened_at)


def take_over(desk: Desk, *, counted: dict[str, Any]) -> dict[str, Any]:
    """Count out the drawer that an earlier enrolment of this till left with its shift open.

    The count is blind, as at every close; what differs from the old ledger's books goes to
    over_short. Raises Refused("not_allowed" | "fenced" | "bad_request").
    """
    user = desk.signed_in("drawer")
    desk.check_not_fenced()
    found = left_shift(desk)
    if found is None:
        raise Refused("not_allowed", what="take_over", reason="no drawer was left with its shift open")
    old, left = found
    total = rules.counted_total(counted, left.expected.currency)
    body = {
        "till": old.till,
        "incarnation": old.incarnation,
        "shift": left.shift.id,
        "user": user.id,
        "expected": str(left.expected),
        "counted": str(total),
        "difference": str(total - left.expected),
        "pieces": counted,
    }
    with desk.unit() as unit:
        unit.record(Kind.DRAWER_TAKEN_OVER, body, postings=rules.close_entry(old.till, left.expected, total))
        desk.ledger.put_meta(_COUNTED + left.shift.id, "1")
        return unit.answers({"taken_over": body})
