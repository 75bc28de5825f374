"""A report on the roll of a receipt printer: the content of a job of kind "list".

A roll has room for a name and an amount. A wider table is set a row a block: its last column beside the name,
what stands between under it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pos.domain.report import Cell, Report, Table
from pos.paper.reports.words import NUMBERS, Writer

_MOST_ROWS: Final = 400  # of a table: the rest is for a file


def as_receipt(report: Report, write: Writer, till: str) -> dict[str, Any]:
    """What the job carries; `till` is the name of the one that prints it."""
    facts = [{"text": write.say(key), "amount": write.fact(value)} for key, value in report.facts]
    # That it is provisional stands first: every layout of a list prints what its groups are headed.
    standing = write.standing(report)
    groups = [{"heading": standing, "rows": facts}] if facts or standing else []
    groups += [_group(table, write) for table in report.tables]
    return {
        "kind": "list",
        "language": write.language,
        "venue": report.venue,
        "heading": write.say(report.name),
        "at": write.fact(report.made_at),
        "till": till,
        "groups": groups,
        "copy": 0,
        **({"notes": [write.say(note) for note in report.notes]} if report.notes else {}),
        **({"signatures": [write.say(name) for name in report.signatures]} if report.signatures else {}),
    }


def _group(table: Table, write: Writer) -> dict[str, Any]:
    kinds = [column.kind for column in table.columns]
    rows: list[dict[str, str]] = []
    for row in table.rows[:_MOST_ROWS]:
        rows += _row(table, zip(row, kinds, strict=True), write)
    if (left := len(table.rows) - _MOST_ROWS) > 0:
        rows.append({"text": write.say("rows_left", count=str(left)), "amount": ""})
    if not table.rows:
        rows.append({"text": write.say("not_here"), "amount": ""})
    if table.total is not None:
        rows += _row(table, write.total(table), write)
    return {"heading": write.say(table.heading), "rows": rows}


def _row(table: Table, row: Iterable[tuple[Cell, str]], write: Writer) -> list[dict[str, str]]:
    """Names side by side on the left, the last figure on the right, and any other under it with what it is."""
    named = [at for at, column in enumerate(table.columns) if column.kind not in NUMBERS]
    figures = [at for at, column in enumerate(table.columns) if column.kind in NUMBERS]
    texts = [write.cell(cell, kind) for cell, kind in row]
    name = " · ".join(texts[at] for at in named if texts[at])
    if not figures:
        return [{"text": name, "amount": ""}]
    *others, last = figures
    under = [{"text": f"  {write.say(table.columns[at].head)}", "amount": texts[at]} for at in others if texts[at]]
    return [{"text": name, "amount": texts[last]}, *under]
