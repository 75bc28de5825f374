"""The drawer of a till that has ended with its shift open: its money still lies in it.

The old ledger writes nothing any more, so another counts that drawer out, by a fact of its own:
the books then have it empty, as it is. Its own till, enrolled again, has the old ledger beside it
and needs no line; it opens no shift before. Any other till asks the office what should be there.
Money moves like that, rights never do.
"""

from __future__ import annotations

from typing import Any

from pos.domain import shift as rules
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.store.aside import Leftover, LeftShift
from pos.till.counter.status import refused_offline
from pos.till.desk import Desk, Verb
from pos.till.ports import LeftDrawer, LineDown

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


def take_over(desk: Desk, *, counted: dict[str, Any], till: str = "") -> Verb[dict[str, Any]]:
    """Count out the drawer that an earlier enrolment of this till, or another till that has ended, left with its
    shift open.

    The count is blind, as at every close; what differs from the books goes to over_short. Raises
    Refused("not_allowed" | "fenced" | "offline" | "bad_request").
    """
    user = desk.signed_in("drawer")
    desk.check_not_fenced()
    found = left_shift(desk)
    if found is not None and till in ("", desk.outside.till):
        old, shift = found
        left = LeftDrawer(
            old.till, old.incarnation, shift.shift.id, shift.shift.user, shift.shift.opened_at, str(shift.expected)
        )
    else:
        left = yield from _left_at(desk, till)
    currency = desk.season().venue.currency
    expected, total = Money.parse(left.expected, currency), rules.counted_total(counted, currency)
    body = {
        "till": left.till,
        "incarnation": left.incarnation,
        "shift": left.shift,
        "user": user.id,
        "expected": str(expected),
        "counted": str(total),
        "difference": str(total - expected),
        "pieces": counted,
    }
    with desk.unit() as unit:
        unit.record(Kind.DRAWER_TAKEN_OVER, body, postings=rules.close_entry(left.till, expected, total))
        desk.ledger.put_meta(_COUNTED + left.shift, "1")
        return unit.answers({"taken_over": body})


def _left_at(desk: Desk, till: str) -> Verb[LeftDrawer]:
    """What the office has of that till's drawer."""
    nothing = Refused("not_allowed", what="take_over", reason="no drawer was left with its shift open")
    if not till:
        raise nothing
    try:
        left: LeftDrawer | None = yield desk.outside.office.left_drawer(till)
    except LineDown as down:
        raise refused_offline(desk, down) from down
    if left is None or desk.ledger.meta(_COUNTED + left.shift) is not None:
        raise nothing
    return left
