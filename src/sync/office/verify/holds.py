"""Holds and orders: what is held names a hold, and what tills are told of it is what there is."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, text

from sync.office.verify.journal import Place, Story
from sync.office.verify.report import Report

_FAMILIES = ("hold", "order")


def check_holds(
    connection: Connection,
    report: Report,
    story: Story,
    rights: dict[Place, Any],
    told: dict[tuple[str, str], Any],
) -> None:
    """I6 and I8. `told` is the last that the change log says of each document; what is judged here is taken out."""
    held: dict[str, dict[str, int]] = defaultdict(dict)
    live: dict[tuple[str, str], dict[str, Any]] = {}
    for family, id, body in connection.execute(text("SELECT family, id, body FROM live ORDER BY family, id")):
        live[family, id] = json.loads(body)
    for (show, place), right in sorted(rights.items()):
        if right.state != "HELD":
            continue
        held[right.ticket][place] = right.ix
        hold = live.get(("hold", right.ticket))
        if hold is None or hold["show"] != show:
            report.violation("I6", f"{show} {place}: HELD for {right.ticket!r}, which is no hold of that show")
    for name, body in live.items():
        family, id = name
        if family == "hold" and sorted(held[id], key=held[id].__getitem__) != body["places"]:
            report.violation("I6", f"hold {id}: it has {sorted(held[id])}, but tills are told {body['places']}")
        known = told.pop(name, None)
        over = family == "hold" and not body["places"]
        if (body if not over else None) != known:
            report.violation("I8", f"{family} {id}: tills were told something else")
    for family, id in [name for name in told if name[0] in _FAMILIES]:
        if told.pop((family, id)) is not None:
            report.violation("I8", f"{family} {id}: tills were told of it, but it is not there any more")
    _named_as_last(report, story, rights)
    _deposits(connection, report, live)


def _named_as_last(report: Report, story: Story, rights: dict[Place, Any]) -> None:
    """I3: a place is in the hold that the last fact about it names."""
    last = {step.place: step for step in story.steps if step.sure}
    for place, step in last.items():
        right = rights.get(place)
        if step.after != "HELD" or right is None or right.state != "HELD" or (right.epoch, right.hop) != step.left:
            continue
        if step.ticket and step.ticket != right.ticket:
            report.violation(
                "I3", f"{' '.join(place)}: {step.fact} has it in {step.ticket}, but it is in {right.ticket}"
            )


def _deposits(connection: Connection, report: Report, live: dict[tuple[str, str], dict[str, Any]]) -> None:
    """I4: what is owed to who has reserved is what the order says is left of its deposit, and never below nothing."""
    owed: dict[str, int] = defaultdict(int)
    for account, minor in connection.execute(text("SELECT account, minor FROM posting WHERE account LIKE 'deposit:%'")):
        owed[account.removeprefix("deposit:")] -= minor
    for (family, id), order in live.items():
        left = int(order["deposit"]["left"].replace(".", "", 1)) if family == "order" and "deposit" in order else 0
        if family == "order" and owed.pop(id, 0) != left:
            report.violation("I4", f"order {id}: {left} of its deposit is left, which the books do not say")
    for id, minor in owed.items():
        if minor:
            report.violation("I4", f"order {id}: {minor} of a deposit is owed, and there is no such order")
