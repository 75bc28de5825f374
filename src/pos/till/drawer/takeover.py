"""The drawer of a till that has ended with its shift open: its money still lies in it.

The old ledger writes nothing any more, so another counts that drawer out, by a fact of its own:
the books then have it empty, as it is. Its own till, enrolled again, has the old ledger beside it
and needs no line; it opens no shift before. With a line it asks first whether somebody has counted that
drawer meanwhile: its money is not there any more then. Any other till asks the office what should be there.
While the office is away, the copy of that till's journal tells it, if there is one here: it is younger than
the office's word anyway. Two tills that count out one drawer, apart from each other, are found out at the office.
Money moves like that, rights never do.
"""

from __future__ import annotations

from typing import Any, Final

from pos.domain import shift as rules
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.journaltext import NoCopy
from pos.domain.money import Money
from pos.store.aside import COUNTED, Leftover, LeftShift
from pos.store.copyread import LeftByCopy
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.status import refused_offline
from pos.till.desk import Desk, Verb
from pos.till.ports import LeftDrawer, LineDown
from pos.till.waiting import within

OFFICE_S: Final = 3.0  # how long a count waits for the office's word on whether it was made elsewhere


def left_shift(desk: Desk) -> tuple[Leftover, LeftShift] | None:
    """The oldest shift that was left open and whose drawer this till has not counted since."""
    for one in desk.outside.leftovers:
        if one.shift is not None and not _counted(desk, one.shift.shift.id):
            return one, one.shift
    return None


def _counted(desk: Desk, shift: str) -> bool:
    """Whether that drawer was counted out here, under this enrolment or an earlier one."""
    before = any(shift in one.counted for one in desk.outside.leftovers)
    return before or desk.ledger.meta(COUNTED + shift) is not None


def check_counted(desk: Desk) -> None:
    """Raises Refused("drawer_uncounted") while an earlier shift's money lies in the drawer."""
    found = left_shift(desk)
    if found is not None:
        row = found[1].shift
        raise Refused("drawer_uncounted", shift=row.id, user=row.user, since=row.opened_at)


def take_over(
    desk: Desk,
    *,
    counted: dict[str, Any],
    till: str = "",
    copy: str = "",
    answers: bool = False,
    approver: dict[str, Any] | None = None,
) -> Verb[dict[str, Any]]:
    """Count out the drawer that an earlier enrolment of this till, or another till that has ended, left with its
    shift open. `copy` is a folder with its copy, if that is none of those where copies lie.

    The count is blind, as at every close; what differs from the books goes to over_short. Where another till has
    counted this one's old drawer, nothing is booked, and `counted_by` names it. By a copy it takes a
    supervisor, who knows that the till is dead; also where it still `answers` on the local network, as one does whose
    disk takes nothing any more. Raises Refused("not_allowed" | "fenced" | "offline" | "bad_request" |
    "approval_needed" | "wrong_pin" | "locked_out").
    """
    user = desk.signed_in("drawer")
    desk.check_not_fenced()
    found = left_shift(desk)
    if found is not None and till in ("", desk.outside.till):
        old, shift = found
        if by := (yield from _counted_elsewhere(desk, old.till, shift.shift.id)):
            return {"taken_over": None, "counted_by": by}
        if _counted(desk, shift.shift.id):
            raise _nothing()  # while the office was asked
        left = LeftDrawer(
            old.till, old.incarnation, shift.shift.id, shift.shift.user, shift.shift.opened_at, str(shift.expected)
        )
    elif copy:
        left = yield from _left_by_copy(desk, till, copy, answers, approver)
    else:
        left = yield from _left_at(desk, till, answers, approver)
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
        **({"copy": left.copy} if left.copy else {}),
    }
    with desk.unit() as unit:
        unit.record(Kind.DRAWER_TAKEN_OVER, body, postings=rules.close_entry(left.till, expected, total))
        desk.ledger.put_meta(COUNTED + left.shift, "1")
        return unit.answers({"taken_over": body})


def _counted_elsewhere(desk: Desk, till: str, shift: str) -> Verb[str]:
    """The till that has counted that drawer out, as far as the office can be asked; "" when none has.

    Asked also right after the start, when nothing is known of the line yet: drawers are taken over then.
    """
    found = yield within(desk.outside.office.look("counted_drawer", {"till": till, "shift": shift}), OFFICE_S)
    by = str((found or {}).get("by", ""))
    desk.signed_in("drawer")
    desk.check_not_fenced()
    if by:
        with desk.unit():
            desk.ledger.put_meta(COUNTED + shift, "1")
    return by.partition(".")[0]


def _left_at(desk: Desk, till: str, answers: bool, approver: dict[str, Any] | None) -> Verb[LeftDrawer]:
    """What the office has of that till's drawer; while it is away, what a copy says."""
    if not till:
        raise _nothing()
    try:
        left: LeftDrawer | None = yield desk.outside.office.left_drawer(till)
    except LineDown as down:
        if desk.outside.kept_copies is None:
            raise refused_offline(desk, down) from down
        return (yield from _left_by_copy(desk, till, "", answers, approver))
    if left is None or _counted(desk, left.shift):
        raise _nothing()
    return left


def _left_by_copy(
    desk: Desk, till: str, folder: str, answers: bool, approver: dict[str, Any] | None
) -> Verb[LeftDrawer]:
    """What a copy of that till's journal says of its drawer."""
    kept, neighbours = desk.outside.kept_copies, desk.outside.neighbours
    if kept is None or not till or till == desk.outside.till:
        raise _nothing()
    if neighbours is not None and till in neighbours.present() and not answers:
        reason = f"{till} answers on the local network: its shift is closed there, if it can be"
        raise Refused("not_allowed", what="take_over", reason=reason, answers=till)
    if not may_alone(desk, approved(desk, approver)):
        raise Refused("approval_needed", what="take_over", till=till)
    try:
        left: LeftByCopy | None = yield kept.left_shift(till, desk.season().keys, folder)
    except NoCopy as error:
        raise Refused("not_allowed", what="take_over", reason=f"the copy {error}") from error
    if left is None or _counted(desk, left.shift):
        raise _nothing()
    return LeftDrawer(till, left.hand.incarnation, left.shift, left.user, left.since, str(left.expected), left.number)


def _nothing() -> Refused:
    return Refused("not_allowed", what="take_over", reason="no drawer was left with its shift open")
