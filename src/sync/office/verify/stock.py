"""Ticket paper: the books of numbered blanks, held against every fact that moves some of them."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, text

from sync.office.verify.journal import Story
from sync.office.verify.report import Report

# (account, letters, digits) -> number -> by how much the count changes there: 1 at the first of a range, -1 behind it.
Steps = dict[tuple[str, str, int], dict[int, int]]
_FROM_TO: Final = {
    "found": ("found:{till}", "hand:{till}"),
    "issued": ("hand:{till}", "way:{till}>{other}"),
    "taken": ("way:{other}>{till}", "hand:{till}"),
    "withdrawn": ("way:{till}>{other}", "hand:{till}"),
    "spoiled": ("hand:{till}", "spoiled:{till}"),
    "sent_back": ("hand:{till}", "sent_back:{till}"),
    "missing": ("hand:{till}", "missing:{till}"),
    "back": ("missing:{till}", "hand:{till}"),
}
_ENDED: Final = ("used", "spoiled", "sent_back")
_NUMBER: Final = re.compile(r"([A-Z]*)(\d+)")


def check_stock(connection: Connection, report: Report, story: Story) -> None:
    """I3: the books of ticket paper say what the facts say, and nothing is lost. I6: no number ends twice unsaid.

    I8: what tills were told is on its way is so by the books."""
    told, stored = _by_facts(connection, story), _by_books(connection)
    for key in sorted(told.keys() | stored.keys()):
        if told.get(key, {}) != stored.get(key, {}):
            report.violation("I3", f"ticket paper {key[1]} in {key[0]}: the books do not say what the facts say")
    sums: dict[tuple[str, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for (_, letters, digits), steps in stored.items():
        for at, step in steps.items():
            sums[letters, digits][at] += step
    for (letters, _), steps in sums.items():
        if any(steps.values()):
            report.violation("I3", f"ticket paper {letters}: its accounts do not sum to nothing")
    _ended_twice(connection, report, stored)
    _told(connection, report, stored)


def _by_facts(connection: Connection, story: Story) -> Steps:
    found: Steps = defaultdict(lambda: defaultdict(int))
    rows = connection.execute(
        text(
            "SELECT till, fact_id, envelope FROM fact WHERE kind IN ('StockReceived', 'StockMoved', 'StockCounted')"
            """ OR (kind = 'PrintReported' AND envelope LIKE '%"stock":%')"""
        )
    )
    for till, fact, envelope in rows:
        if fact in story.unreadable:
            continue
        value = json.loads(envelope)
        for source, target, first, last in _moves(till, value["kind"], value["body"]):
            for account, step in ((source, -1), (target, 1)):
                letters, low = _split(first)
                steps = found[account, letters, len(first) - len(letters)]
                steps[low] += step
                steps[_split(last)[1] + 1] -= step
    return _bare(found)


def _moves(till: str, kind: str, body: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    if kind == "StockReceived":
        yield from (("works", f"hand:{till}", *pair) for pair in body["record"]["serials"])
    elif kind == "StockMoved" and body["move"] in _FROM_TO:
        source, target = (name.format(till=till, other=body.get("other", "")) for name in _FROM_TO[body["move"]])
        yield from ((source, target, *pair) for pair in body["serials"])
    elif kind == "StockCounted" and body.get("paper"):
        for move in ("missing", "back", "found"):
            source, target = (name.format(till=till) for name in _FROM_TO[move])
            yield from ((source, target, *pair) for pair in body["paper"].get(move, ()))
    elif kind == "PrintReported" and body.get("stock"):
        for page in body["stock"]["used"]:
            yield from ((f"hand:{till}", f"used:{till}", *pair) for pair in page["serials"])
        yield from ((f"hand:{till}", f"spoiled:{till}", *pair) for pair in body["stock"]["spoiled"])


def _split(number: str) -> tuple[str, int]:
    found = _NUMBER.fullmatch(number)
    assert found is not None, f"{number} is no number: the fact would be unreadable"
    return found[1], int(found[2])


def _by_books(connection: Connection) -> Steps:
    found: Steps = defaultdict(lambda: defaultdict(int))
    for row in connection.execute(text("SELECT * FROM stock_run")):
        steps = found[row.account, row.prefix, row.width]
        steps[row.first] += row.times
        steps[row.last + 1] -= row.times
    return _bare(found)


def _bare(steps: Steps) -> Steps:
    """Without what cancels out: ranges that touch."""
    bare = {key: {at: step for at, step in each.items() if step} for key, each in steps.items()}
    return {key: each for key, each in bare.items() if each}


def _ended_twice(connection: Connection, report: Report, stored: Steps) -> None:
    """Numbers that were used up more than once are in a dispute that says so."""
    series: dict[tuple[str, int], list[dict[int, int]]] = defaultdict(list)
    for (account, letters, digits), steps in stored.items():
        if account.partition(":")[0] in _ENDED:
            series[letters, digits].append(steps)
    disputed = connection.execute(text("SELECT count(*) FROM dispute WHERE cause = 'stock'")).scalar()
    for (letters, digits), accounts in series.items():
        count = 0
        for at in sorted({at for steps in accounts for at in steps}):
            count += sum(steps.get(at, 0) for steps in accounts)
            if count > 1 and not disputed:
                number = f"{letters}{at:0{digits}d}"
                report.violation("I6", f"ticket paper {number} was used up more than once, and no dispute says so")
                break


def _told(connection: Connection, report: Report, stored: Steps) -> None:
    """What every till was told is on its way to a window."""
    coming: dict[str, Steps] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for id, body in connection.execute(text("SELECT id, body FROM document WHERE family = 'stock_hand'")):
        for given in json.loads(body)["coming"]:
            for first, last in given["serials"]:
                letters, low = _split(first)
                steps = coming[id][f"way:{given['from']}>{id}", letters, len(first) - len(letters)]
                steps[low] += 1
                steps[_split(last)[1] + 1] -= 1
    told = {key: steps for each in coming.values() for key, steps in _bare(each).items()}
    for key, steps in stored.items():
        if key[0].startswith("way:") and told.get(key, {}) != _above(steps):
            report.violation("I8", f"ticket paper {key[1]} in {key[0]}: tills were told something else")
    for key in told.keys() - stored.keys():
        report.violation("I8", f"ticket paper {key[1]} in {key[0]}: tills were told of it, and there is none")


def _above(steps: dict[int, int]) -> dict[int, int]:
    """The steps of a count, as of one that is never below nothing nor above one."""
    found: dict[int, int] = {}
    count = 0
    for at in sorted(steps):
        before, count = count, count + steps[at]
        step = (count > 0) - (before > 0)
        if step:
            found[at] = step
    return found
