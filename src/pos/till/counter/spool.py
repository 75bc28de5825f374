"""The queue of paper: jobs that wait go to another printer.

A job waits while it is queued and its printer has not begun with it, or when it has failed, which
means that nothing of it was sent. Anything else may be on paper already: a job that has begun has
its end to wait for, and one that is unknown is a question to a person (`printed`). Neither is moved,
since two printers must never bring out the same ticket.

No job is cancelled. A ticket was sold and is owed; who does not want it gives it back, and that
refund is a fact. A receipt or a report that nobody waits for does no harm in the queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from pos.domain.errors import Refused
from pos.store.ledger import PrintJob
from pos.till.counter import issue
from pos.till.desk import Desk

WAITING: Final = ("queued", "failed")
PRINTERS: Final = ("printer.ticket", "printer.receipt")
# States in which a printer is worth a try: one that does not say how it is may well print.
_PRINTS: Final = ("ready", "paper_low", "unknown")


def move_job(desk: Desk, *, job: int, to: str) -> dict[str, Any]:
    """Print a waiting job at another printer. Raises Refused: bad_request not_allowed device_absent storage_failed."""
    desk.signed_in("sell")
    found = issue.job_of(desk, job)
    role = _printer(desk, to)
    reason = f"print job {job} is at {to} already" if found.role == role else _take(desk, found)
    if reason:
        raise Refused("not_allowed", what="print", reason=reason, state=found.state)
    return _move(desk, [found], role, [])


def move_jobs(desk: Desk, *, printer: str, to: str) -> dict[str, Any]:
    """Print all that waits at a printer at another one; what has begun meanwhile is `left` where it is."""
    desk.signed_in("sell")
    role, old = _printer(desk, to), printer.removeprefix("printer.")
    if old == role:
        raise Refused("bad_request", field="to", reason=f"{to} is the same printer")
    taken: list[PrintJob] = []
    left: list[dict[str, Any]] = []
    for job in desk.ledger.jobs(*WAITING, latest=None):
        if job.role != old:
            continue
        if reason := _take(desk, job):
            left.append({"job": job.id, "reason": reason})
        else:
            taken.append(job)
    return _move(desk, taken, role, left)


def _printer(desk: Desk, name: str) -> str:
    """The role of a printer that can be expected to print. Raises Refused."""
    role = name.removeprefix("printer.")
    issue.check_present(desk, role)
    state = desk.outside.printers.states().get(name, {})
    if state.get("state", "unknown") not in _PRINTS:
        reason = f"{name}: {state.get('text') or state.get('state')}"
        raise Refused("not_allowed", what="print", reason=reason, state=state.get("state"))
    return role


def _take(desk: Desk, job: PrintJob) -> str:
    """Take a job out of its printer's hands; why that cannot be done, empty when it is done."""
    if job.state not in WAITING:
        return f"print job {job.id} is {job.state}: it may be on paper already"
    if job.state == "queued" and not desk.outside.printers.withdraw(job.role, str(job.id)):
        return f"print job {job.id} is being printed"
    return ""


def _move(desk: Desk, taken: Sequence[PrintJob], role: str, left: list[dict[str, Any]]) -> dict[str, Any]:
    """Queue jobs that are in no printer's hands at another one."""
    # A failed job of a fenced till prints as a copy, as `retry` has it.
    moved = [
        replace(issue.next_copy(desk, job) if desk.fenced and job.state == "failed" else job, role=role)
        for job in taken
    ]
    try:
        with desk.unit() as unit:
            for job in moved:
                issue.queue_again(desk, job)
            answer = {"moved": [job.id for job in moved], "to": f"printer.{role}", "left": left}
            unit.answers(answer)
    except Refused:
        for job in taken:
            if job.state == "queued":
                issue.send(desk, job)  # back to the printer that it was taken from
        raise
    for job in moved:
        issue.send(desk, job)
    return answer
