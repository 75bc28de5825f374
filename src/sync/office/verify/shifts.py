"""Shifts held against their money: what was counted is what was booked, and every close has the next Z."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from sync.office.verify.journal import Story, digits
from sync.office.verify.report import Report

_COUNTED = {
    # kind -> the account that took the difference between two counts, and their names in the body
    "ShiftHandedOver": ("drawer:{till}", "expected", "counted"),
    "ShiftVerified": ("safe", "counted", "recounted"),
}


def check_shifts(connection: Connection, report: Report, story: Story, disputed: set[str]) -> None:
    """I4: a close empties the drawer, and counts and differences are those of the postings. I5: Z numbers have no
    gaps. I10: a shift that was verified twice is in dispute."""
    numbers: dict[tuple[str, int], int] = defaultdict(int)
    drawers: dict[tuple[str, int], int] = defaultdict(int)
    closed: dict[str, str] = {}
    verified: dict[str, str] = {}
    rows = connection.execute(
        text("SELECT till, incarnation, fact_id, kind, envelope FROM fact ORDER BY till, incarnation, number")
    )
    for till, incarnation, fact, kind, envelope in rows:
        whose, name = (till, incarnation), f"drawer:{till}"
        money = story.money.get(fact, {})
        if kind != "DrawerTakenOver":  # of an incarnation before, or of another till
            drawers[whose] += sum(minor for (account, _), minor in money.items() if account == name)
        if fact in story.unreadable or kind not in ("ShiftClosed", *_COUNTED):
            continue
        body = json.loads(envelope)["body"]
        if kind == "ShiftClosed":
            closed[body["shift"]] = body["report"]["counted"]
            numbers[whose] += 1
            _close(report, fact, body["report"], money, drawers[whose], numbers[whose])
            continue
        _difference(report, fact, kind, till, body, money)
        if kind == "ShiftVerified":
            first = verified.setdefault(body["shift"], fact)
            if first != fact and not disputed & {first, fact}:
                report.violation(
                    "I10", f"{fact}: shift {body['shift']} was verified by {first}, but no dispute says so"
                )
    _firsts(connection, report, closed, story)


def _close(
    report: Report, fact: str, told: dict[str, Any], money: dict[tuple[str, str], int], drawer: int, number: int
) -> None:
    if drawer:
        report.violation("I4", f"{fact}: {drawer} minor units are in the drawer by the books after the count")
    if told.get("z_number", number) != number:
        report.violation("I5", f"{fact}: its Z has number {told['z_number']}, and should have {number}")
    counted, expected = Decimal(told["counted"]), Decimal(told["expected"])
    if Decimal(told.get("difference", counted - expected)) != counted - expected:
        report.violation("I4", f"{fact}: {counted} counted of {expected} do not differ by {told['difference']}")
    if money and "closed_by" in told and (wrong := _apart(money, "safe", counted)):
        report.violation("I4", f"{fact}: {counted} were counted, {wrong} went into the safe")


def _difference(
    report: Report, fact: str, kind: str, till: str, body: dict[str, Any], money: dict[tuple[str, str], int]
) -> None:
    account, before, after = _COUNTED[kind]
    off = Decimal(body[after]) - Decimal(body[before])
    if off != Decimal(body["difference"]):
        report.violation(
            "I4", f"{fact}: {body[after]} counted after {body[before]} do not differ by {body['difference']}"
        )
    if wrong := _apart(money, account.format(till=till), off):
        report.violation("I4", f"{fact}: the counts differ by {off}, {wrong} was booked")


def _apart(money: dict[tuple[str, str], int], account: str, told: Decimal) -> str:
    """What was booked on an account, where no currency of it is what was told; empty when one is."""
    booked = [Decimal(minor).scaleb(-digits(currency)) for (name, currency), minor in money.items() if name == account]
    return "" if told in booked or (not told and not booked) else ", ".join(map(str, booked)) or "nothing"


def _firsts(connection: Connection, report: Report, closed: dict[str, str], story: Story) -> None:
    """A second count starts from the first one: what the closing fact says was counted."""
    rows = connection.execute(text("SELECT fact_id, envelope FROM fact WHERE kind = 'ShiftVerified'"))
    for fact, envelope in rows:
        if fact in story.unreadable:
            continue
        body = json.loads(envelope)["body"]
        if body["shift"] in closed and Decimal(closed[body["shift"]]) != Decimal(body["counted"]):
            first = closed[body["shift"]]
            report.violation("I4", f"{fact}: it takes {body['counted']} for the first count, which was {first}")
