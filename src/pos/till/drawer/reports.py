"""The X, at any time and as often as wanted; and the Z once more, as it was printed first."""

from __future__ import annotations

from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.season import MAY
from pos.store.shiftbook import ShiftRow
from pos.till.counter import issue
from pos.till.desk import Desk
from pos.till.drawer import report as figures
from pos.till.drawer.papers import agreed_paper, x_paper, z_paper

PRINTS: Final = ("z", "agreed")  # the report itself, or that the office has every entry of it


def x_report(desk: Desk, *, printed: bool = False) -> dict[str, Any]:
    """How the open shift stands. It counts as nothing and may be had at any time.

    A cashier's leaves out whatever tells how much cash there should be: the count is blind.
    """
    user = desk.signed_in()
    row = desk.shift(of_another=True)
    x = figures.figures(desk, row) | {"at": desk.clock.now().isoformat(timespec="seconds"), "asked_by": user.id}
    if user.role not in MAY["oversee"]:
        x = _blind(x)
    job = None
    with desk.unit() as unit:
        if printed:
            issue.check_present(desk, "receipt")
            job = desk.ledger.add_job("receipt", "x_report", row.id, [], x_paper(desk, x))
        answer = unit.answers({"x": x} | ({"job": job.id} if job is not None else {}))
    if job is not None:
        issue.send(desk, job)
    return answer


def _blind(x: dict[str, Any]) -> dict[str, Any]:
    """Without cash, and without what gives it away."""

    def no_cash(by_tender: dict[str, str]) -> dict[str, str]:
        return {kind: amount for kind, amount in by_tender.items() if kind != "cash"}

    shown = {key: value for key, value in x.items() if key not in ("expected", "drawer")}
    people = {user: own | {"by_tender": no_cash(own["by_tender"])} for user, own in x["by_cashier"].items()}
    return shown | {"by_tender": no_cash(x["by_tender"]), "by_cashier": people}


def z_report(desk: Desk, *, shift: str = "", number: int = 0, printed: str = "") -> dict[str, Any]:
    """A closed shift's report, by the shift's id or by the number of its Z; the last one's if neither is said.

    `printed`: "z" prints it again, the same to the byte and marked by nothing; "agreed" prints that the office
    has every entry of it, for one that was printed as provisional. Raises Refused("unknown_shift" |
    "not_allowed" | "device_absent").
    """
    desk.signed_in("oversee" if not _own(desk, shift, number) else "drawer")
    row = _closed(desk, shift, number)
    state = standing(desk, row)
    job = None
    with desk.unit() as unit:
        if printed:
            issue.check_present(desk, "receipt")
            job = desk.ledger.add_job("receipt", f"{printed}_report", row.id, [], _paper(desk, row, printed, state))
        answer = unit.answers({"report": row.report, **state} | ({"job": job.id} if job is not None else {}))
    if job is not None:
        issue.send(desk, job)
    return answer


def _own(desk: Desk, shift: str, number: int) -> bool:
    """Whether it is a report of the person who asks: what they have counted they have seen."""
    row = _closed(desk, shift, number) if desk.user is not None else None
    return row is not None and desk.user is not None and desk.user.id in people_of(row)


def people_of(row: ShiftRow) -> set[str]:
    """Who has opened, had or closed a shift."""
    report = row.report or {}
    named = {row.user, row.cashier, report.get("closed_by", "")}
    return {*named, *report.get("by_cashier", {})} - {""}


def standing(desk: Desk, row: ShiftRow) -> dict[str, Any]:
    """Whether the office has every entry of a closed shift, and how it was verified at this till."""
    agreed = desk.acknowledged() >= (row.last_number or 0)
    return {"state": "final" if agreed else "provisional", "verified": desk.ledger.shiftbook.verified(row.id)}


def _closed(desk: Desk, shift: str, number: int) -> ShiftRow:
    book = desk.ledger.shiftbook
    found = book.closed(shift) if shift else book.numbered(number or book.closed_count())
    if found is None:
        raise Refused("unknown_shift", shift=shift or str(number or "yet"))
    return found


def _paper(desk: Desk, row: ShiftRow, printed: str, state: dict[str, Any]) -> dict[str, Any]:
    assert row.report is not None
    if printed == "z":
        return desk.ledger.shiftbook.paper(row.id) or z_paper(desk, row, {"z": "", **row.report})
    if state["state"] != "final":
        reason = "the office does not have every entry of this shift yet"
        raise Refused("not_allowed", what="z_report", reason=reason, shift=row.id)
    return agreed_paper(desk, row, {"z": row.id, **row.report})
