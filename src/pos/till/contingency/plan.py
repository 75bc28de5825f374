"""Which contingency plan is in force at this till.

A venue's own plan is contingency.toml in the data folder, or one that somebody issued at any till, of which every till
hears by the office; the latest that is due wins (`domain.contingency.plan.newest`). A file that cannot be read is told
of, and the next best plan is used. Where there is none the plan that ships with the program is.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from pos.data import resource
from pos.domain.contingency.plan import MOST_BYTES, Plan, newest, parse
from pos.domain.errors import Refused, Unreadable
from pos.domain.facts import Kind
from pos.domain.records import RECORDED
from pos.till.counter.numbers import Series, next_id, take
from pos.till.counter.reports import write_file
from pos.till.desk import Desk, Verb
from pos.till.making import ReportFiles, Step
from pos.till.orders import recording

FILE: Final = "contingency.toml"
SHIPPED, FOLDER, ISSUED = "shipped", "file", "issued"
_FAMILY: Final = RECORDED[Kind.PLAN_ISSUED]
_ISSUES: Final = Series("contingency_plans", "E")
_parsed = lru_cache(maxsize=16)(parse)  # the same few texts are asked for again and again


@cache
def _shipped() -> Plan:
    """It is there as long as the program is, and asked for whenever a plan is."""
    return parse(resource(FILE).read_text("utf-8"), FILE)


@dataclass(frozen=True, slots=True)
class InForce:
    """The plan that counts, its source, and a sentence for each plan that could not be read."""

    plan: Plan
    source: str
    troubles: tuple[str, ...] = ()


def plan_of(desk: Desk) -> Plan:
    """The plan in force here today."""
    return in_force(desk).plan


def in_force(desk: Desk) -> InForce:
    """The plan in force here today, and where it came from."""
    shipped = _shipped()
    plans: list[tuple[Plan, str]] = []
    troubles: list[str] = []
    for name, text, source in [*_in_the_folder(desk, troubles), *_issued(desk)]:
        try:
            plans.append((_parsed(text, name).over(shipped), source))
        except Unreadable as error:
            troubles.append(str(error))
    best = newest([plan for plan, _ in plans], _today(desk))
    if best is None:
        return InForce(shipped, SHIPPED, tuple(troubles))
    return InForce(best, next(source for plan, source in plans if plan is best), tuple(troubles))


def issue_plan(desk: Desk, *, text: str) -> dict[str, Any]:
    """Issue a plan for every till of the house, as the text of its file.

    Raises Refused: not_signed_in not_allowed bad_request storage_failed fenced.
    """
    user = desk.signed_in("plan")
    desk.check_not_fenced()
    try:
        plan = parse(text, FILE)
    except Unreadable as error:
        raise Refused("bad_request", field="text", reason=f"{error.key}: {error.reason}".lstrip(": ")) from error
    at = desk.clock.now().isoformat(timespec="seconds")
    with desk.unit() as unit:
        record = {"id": next_id(desk, _ISSUES), "home": desk.outside.till, "user": user.id, "at": at}
        record |= {"version": plan.version, "valid_from": plan.valid_from.isoformat(), "text": text}
        recording.keep(desk, unit, Kind.PLAN_ISSUED, record, {"user": user.id})
        take(desk, _ISSUES)
        told = {key: value for key, value in record.items() if key != "text"}
        answer = unit.answers({"issued": told, "plan": plan_json(in_force(desk))})
    recording.tell(desk, Kind.PLAN_ISSUED)
    return answer


def write_plan(desk: Desk, *, to: str, language: str = "", replace: bool = False) -> Verb[dict[str, Any]]:
    """Write the plan in force as a PDF to be hung on the wall, to a path or into a folder under a name of its own.

    Raises Refused: not_signed_in bad_request stopped device_absent.
    """
    desk.signed_in()
    plan, wanted = plan_of(desk), language or desk.outside.locale
    made_at = desk.clock.now().astimezone(_zone(desk)).isoformat(timespec="seconds")

    def begin(files: ReportFiles, path: Path, step: Step) -> Future[str]:
        return files.plan(plan, wanted, made_at, path, replace, step)

    written = yield from write_file(desk, _FAMILY, to, begin)
    return {"file": written, "version": plan.version}


def plan_json(found: InForce) -> dict[str, Any]:
    """What is shown and printed of a plan wherever it is used."""
    return {
        "version": found.plan.version,
        "valid_from": found.plan.valid_from.isoformat(),
        "approved_by": found.plan.approved_by,
        "source": found.source,
        "troubles": list(found.troubles),
    }


def _in_the_folder(desk: Desk, troubles: list[str]) -> list[tuple[str, str, str]]:
    path = desk.outside.ledger.parent / FILE
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        return [(str(path), content.decode("utf-8"), FOLDER)]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        troubles.append(f"{path}: {error.strerror if isinstance(error, OSError) else 'is not UTF-8'}")
        return []


def _issued(desk: Desk) -> list[tuple[str, str, str]]:
    """In the order in which they were issued."""
    records = recording.known(desk, _FAMILY).values() if desk.replica.complete() else ()
    return [(one["id"], one["text"], ISSUED) for one in sorted(records, key=lambda one: (one["at"], one["id"]))]


def _today(desk: Desk) -> date:
    return desk.clock.now().astimezone(_zone(desk)).date()


def _zone(desk: Desk) -> tzinfo | None:
    """The venue's; before the first snapshot the machine's own."""
    return ZoneInfo(desk.season().venue.timezone) if desk.replica.complete() else None
