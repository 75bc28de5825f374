"""The second stage of a close: another person holds what a cashier declared against the books.

A second count never takes the place of the first: what lies between the two is booked by a fact of its own, to
the cent. A shift of this till is verified without a line; another till's is asked of the office. Of two that
verify one shift apart from each other both are booked, and the office opens a dispute.
"""

from __future__ import annotations

from typing import Any, Final

from pos.domain import declared as declarations
from pos.domain import shift as rules
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.domain.season import MAY, User
from pos.store.shiftbook import ShiftRow
from pos.till.counter import issue
from pos.till.counter.status import refused_offline
from pos.till.desk import Desk, Verb
from pos.till.drawer.papers import verified_paper
from pos.till.drawer.reports import people_of, standing
from pos.till.ports import LineDown
from pos.till.waiting import within

SHOWN: Final = 100
WHICH: Final = ("open", "all")
OFFICE_S: Final = 3.0  # how long a list waits for what the office knows beyond this till

Closed = dict[str, Any]  # {`shift`, `till`, `incarnation`, `report`, `people`}


def shifts(desk: Desk, *, state: str = "open") -> Verb[dict[str, Any]]:
    """Closed shifts, the newest first: those that nobody has verified yet, or the latest of `all`.

    With a line also those of other tills; `complete` says whether the office was heard.
    """
    desk.signed_in("oversee")
    found = None
    if desk.outside.office.link().state == "online":
        found = yield within(desk.outside.office.look("shifts", {"state": state}), OFFICE_S)
    desk.signed_in("oversee")
    known = {row["shift"]: row for row in (found or {}).get("shifts", ())}
    for row in desk.ledger.shiftbook.latest(SHOWN):
        told = known.get(row.id, {})
        own = _of_this_till(desk, row) | standing(desk, row)
        known[row.id] = own | {"verified": own["verified"] or told.get("verified")}
    listed = [_shown(desk, row) for row in known.values() if state == "all" or row["verified"] is None]
    listed.sort(key=lambda row: str(row["closed_at"]), reverse=True)
    return {"shifts": listed[:SHOWN], "complete": found is not None}


def verify_shift(
    desk: Desk, *, shift: str, counted: dict[str, Any] | None = None, note: str = "", printed: bool = False
) -> Verb[dict[str, Any]]:
    """Verify a closed shift; `counted` is a second count of its cash. A difference of any kind needs a note.

    Raises Refused: unknown_shift offline not_allowed (verified already, or by who had the drawer) note_needed
    bad_request storage_failed fenced.
    """
    desk.signed_in("verify")
    desk.check_not_fenced()
    row = desk.ledger.shiftbook.closed(shift)
    closed = _of_this_till(desk, row) if row is not None else (yield from _of_the_office(desk, shift))
    user = desk.signed_in("verify")
    _check_may(desk, user, closed)
    body = _body(desk, user, closed, counted, note.strip())
    with desk.unit() as unit:
        first, second = (_amount(desk, body[name]) for name in ("counted", "recounted"))
        fact = unit.record(Kind.SHIFT_VERIFIED, body, postings=rules.recount_entry(first, second))
        desk.ledger.shiftbook.add_step(fact.number, shift, Kind.SHIFT_VERIFIED, body)
        job = None
        if printed and desk.outside.printers.present("receipt"):
            job = desk.ledger.add_job("receipt", "verified", shift, [], verified_paper(desk, body))
        answer = unit.answers({"verified": body})
    if job is not None:
        issue.send(desk, job)
    return answer


def _of_this_till(desk: Desk, row: ShiftRow) -> Closed:
    outside = desk.outside
    return {
        "shift": row.id,
        "till": outside.till,
        "incarnation": outside.incarnation,
        "report": row.report,
        "people": sorted(people_of(row)),
    }


def _of_the_office(desk: Desk, shift: str) -> Verb[Closed]:
    """A shift of another till, or of an earlier enrolment of this one."""
    try:
        answer = yield desk.outside.office.look("shift", {"shift": shift})
    except LineDown as down:
        raise refused_offline(desk, down) from down
    found: Closed | None = answer.get("shift")
    if found is None:
        raise Refused("unknown_shift", shift=shift)
    return found


def _check_may(desk: Desk, user: User, closed: Closed) -> None:
    done = desk.ledger.shiftbook.verified(closed["shift"]) or closed.get("verified")
    if done is not None:
        reason = f"{done['user']} has verified it already"
        raise Refused("not_allowed", what="verify_shift", reason=reason, shift=closed["shift"], by=done["user"])
    if user.id in closed["people"]:
        reason = "who had the drawer or closed the shift cannot verify it"
        raise Refused("not_allowed", what="verify_shift", reason=reason, shift=closed["shift"])


def _amount(desk: Desk, text: str) -> Money:
    return Money.parse(text, desk.season().venue.currency)


def _body(desk: Desk, user: User, closed: Closed, counted: dict[str, Any] | None, note: str) -> dict[str, Any]:
    report = closed["report"]
    first = _amount(desk, report["counted"])
    second = first if counted is None else rules.counted_total(counted, first.currency)
    compared = report.get("declared", [])
    off = second != first or report["difference"] != str(Money.zero(first.currency)) or declarations.differs(compared)
    if off and not note and "note" not in report:
        raise Refused("note_needed", what="verify_shift", shift=closed["shift"])
    return {
        "shift": closed["shift"],
        "till": closed["till"],
        "incarnation": closed["incarnation"],
        "z": report.get("z", ""),
        "user": user.id,
        "closed_by": report["closed_by"],
        "at": desk.clock.now().isoformat(timespec="seconds"),
        "expected": report["expected"],
        "counted": str(first),
        "recounted": str(second),
        "difference": str(second - first),
        "declared": compared,
        **({"pieces": counted} if counted is not None else {}),
        **({"note": note} if note else {}),
    }


def _shown(desk: Desk, row: Closed) -> dict[str, Any]:
    """What a person who verifies looks at."""
    season, report = desk.season(), row["report"]
    names = {user.id: user.name for user in season.users.values()}
    kept = ("opened_at", "closed_at", "closed_by", "expected", "counted", "difference", "by_tender")
    return {
        "shift": row["shift"],
        "z": report.get("z", ""),
        "till": row["till"],
        "till_name": season.tills.get(row["till"], row["till"]),
        "cashier_name": names.get(report.get("cashier", report["opened_by"]), report["opened_by"]),
        **{key: report[key] for key in kept},
        **{key: report[key] for key in ("declared", "note", "witness", "counts") if key in report},
        "state": row["state"],
        "verified": row["verified"],
        "may": desk.user is not None and desk.user.role in MAY["verify"] and desk.user.id not in row["people"],
    }
