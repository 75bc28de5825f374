"""Whether a report is whole: who may still have facts to send, and how a report says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pos.domain.report import Report
from pos.domain.reports.kinds import About

OWN_ONLY: Final = "own_facts_only"  # the note of a report of one till's own facts
_SILENT_S: Final = 120


def silent(tills: Iterable[Mapping[str, Any]], now: datetime) -> list[str]:
    """The tills, as the office knows them (`sync.office.rules.figures.standing`), of which nothing is heard while their
    shift is open: these may have sold meanwhile. One whose shift is closed has sent what it had."""
    return [
        one["till"]
        for one in tills
        if one["shift"]
        and (not one["heard"] or (now - datetime.fromisoformat(one["heard"])).total_seconds() > _SILENT_S)
    ]


def told(report: Report, about: About) -> Report:
    """The report, saying what it lacks."""
    if not (about.own or about.late):
        return report
    notes = (OWN_ONLY,) if about.own and OWN_ONLY not in report.notes else ()
    return replace(report, provisional=True, late=about.late, notes=(*report.notes, *notes))
