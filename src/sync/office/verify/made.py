"""Reports as they are made, to be held against the same added up by other means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from pos.domain.figures import Figures
from pos.domain.money import Money
from pos.domain.report import Report as Document
from pos.domain.reports import REPORTS
from pos.domain.reports.kinds import About
from pos.domain.season import Season
from sync.office.rules.figures import whole
from sync.office.rules.look import KINDS
from sync.office.verify.report import Report

Sums = Mapping[str, int]


def built(connection: Connection, season: Season, name: str, **asked: str) -> tuple[Document, dict[str, int]]:
    """A report of everything; and kind of fact -> how many it could not read."""
    figures = whole(connection, REPORTS[name].query(asked, season))
    unread = {fact: count for fact, (count, _) in figures.unread.items()}
    return _made(connection, season, name, asked, figures), unread


def looked(connection: Connection, season: Season, name: str) -> Document:
    """What a report says of records that are counted, without reading any fact."""
    return _made(connection, season, name, {}, Figures())


def _made(connection: Connection, season: Season, name: str, asked: Mapping[str, str], figures: Figures) -> Document:
    kind = REPORTS[name]
    looks: dict[str, Any] = {what: KINDS[what](connection, "", {}) for what in kind.looks}
    return kind.build(figures, asked, About(season, datetime.now(UTC).isoformat(timespec="seconds"), looks=looks))


def column(made: Document, heading: str, head: str, key: int = 0) -> dict[str, int]:
    """The cell at `key` -> what the column says, in minor units or pieces; of tables without rows there is nothing."""
    try:
        table = made.table(heading)
    except KeyError:
        return {}
    at = [one.head for one in table.columns].index(head)
    sums: dict[str, int] = defaultdict(int)
    for row in table.rows:
        cell = row[at]
        sums[str(row[key])] += cell.minor if isinstance(cell, Money) else int(cell or 0)
    return sums


def total(made: Document, heading: str, head: str) -> int:
    return sum(column(made, heading, head).values())


def same(report: Report, name: str, what: str, one: Sums, other: Sums) -> None:
    """`one` is by the facts, `other` in the report."""
    for key in sorted(one.keys() | other.keys()):
        if one.get(key, 0) != other.get(key, 0):
            difference = f"{other.get(key, 0)} in the report, {one.get(key, 0)} by the facts"
            report.violation("I4", f"report {name}: {what} {key}: {difference}")
