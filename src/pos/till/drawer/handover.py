"""The drawer goes from one cashier to another while the shift goes on: counted blind, both PINs, one fact.

What differs from the books is booked to whoever gives the drawer away, so that it is as it was counted from then
on. The basket stays, with its owner's name on it; whoever takes the drawer is signed in.
"""

from __future__ import annotations

from typing import Any

from pos.domain import shift as rules
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.domain.season import MAY, User
from pos.domain.shift import CashMove
from pos.store.shiftbook import ShiftRow
from pos.till.counter import issue
from pos.till.counter.charge import check_none_pending
from pos.till.counter.people import checked, language_of
from pos.till.desk import Desk
from pos.till.drawer import counting
from pos.till.drawer import report as figures
from pos.till.drawer.papers import hand_over_paper


def hand_over(
    desk: Desk,
    *,
    counted: dict[str, Any],
    giver: dict[str, Any],
    taker: dict[str, Any],
    foreign: dict[str, str] | None = None,
    note: str = "",
    printed: bool = False,
) -> dict[str, Any]:
    """`giver` and `taker` are users with their PINs; the first is whose drawer it is. `printed`: with a slip.

    Raises Refused: no_shift wrong_pin locked_out not_allowed bad_request note_needed payment_unknown
    storage_failed fenced.
    """
    desk.signed_in("drawer")
    desk.check_not_fenced()
    row = desk.shift(of_another=True)
    check_none_pending(desk)
    counting.check_none_keyed(desk, "hand_over")
    gives, takes = _people(desk, row, giver, taker)
    currency = desk.season().venue.currency
    expected = rules.expected(desk.ledger.moves(row.id), currency)
    total = rules.counted_total(counted, currency)
    changed = rules.foreign_counts(figures.foreign(desk, row), foreign or {})
    before = counting.check_note(desk, row, "hand_over", total, expected, note)
    body: dict[str, Any] = {
        "shift": row.id,
        "user": gives.id,
        "taker": takes.id,
        "at": desk.clock.now().isoformat(timespec="seconds"),
        "expected": str(expected),
        "counted": str(total),
        "difference": str(total - expected),
        "pieces": counted,
        **({"foreign": rules.foreign_rows(changed)} if changed else {}),
        **({"counts": before} if before else {}),
        **({"note": note.strip()} if note.strip() else {}),
    }
    with desk.unit() as unit:
        postings = rules.hand_over_entry(desk.outside.till, expected, total, changed)
        fact = unit.record(Kind.SHIFT_HANDED_OVER, body, postings=postings)
        desk.ledger.hand_over(row.id, fact.number, body)
        _move(desk, row, total - expected, takes, body["at"])
        counting.forget_counts(desk, row)
        job = None
        if printed and desk.outside.printers.present("receipt"):
            job = desk.ledger.add_job("receipt", "hand_over", row.id, [], hand_over_paper(desk, body))
        whose = {"user": takes.id, "name": takes.name, "role": takes.role, "language": language_of(desk, takes)}
        answer = unit.answers({"handed_over": body, **whose})
    desk.user = takes
    if job is not None:
        issue.send(desk, job)
    return answer


def _people(desk: Desk, row: ShiftRow, giver: dict[str, Any], taker: dict[str, Any]) -> tuple[User, User]:
    """Both, by their PINs. Raises Refused."""
    reason = ""
    if giver["user"] != row.cashier:
        known = desk.season().users.get(row.cashier)
        reason = f"the drawer is {known.name if known else row.cashier}'s to give"
    elif taker["user"] == row.cashier:
        reason = "it is theirs already"
    if reason:
        raise Refused("not_allowed", what="hand_over", reason=reason, shift=row.id)
    gives, takes = (checked(desk, one["user"], one["pin"]) for one in (giver, taker))
    if takes.role not in MAY["drawer"]:
        raise Refused("not_allowed", what="hand_over", reason=f"{takes.name} has no drawer", role=takes.role)
    return gives, takes


def _move(desk: Desk, row: ShiftRow, difference: Money, takes: User, at: str) -> None:
    if difference:
        desk.ledger.add_move(row.id, CashMove(rules.HANDED_OVER, difference, takes.id, at))
