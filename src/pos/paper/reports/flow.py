"""A whole report on sheets: its title and facts, its tables, its notes, and where it is signed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pos.domain.report import Report
from pos.paper.reports.grid import set_table
from pos.paper.reports.sheets import BLOCK_MM, LINE, LONG_MM, SHORT_MM, SMALL_MM, TEXT_MM, Sheets, wrapped
from pos.paper.reports.words import Writer
from pos.paper.wrapping import Measure

Step = Callable[[int, int], None]
_TITLE_MM: Final = 6.4
_GAP_MM: Final = 1.5
_FACT_MM: Final = 60.0  # the most that the names of facts take
_MOST_UPRIGHT: Final = 9  # columns that a sheet which stands has room for
_SIGN_MM: Final = 18.0  # room to sign in
_SIGN_WIDE_MM: Final = 55.0
_BETWEEN_MM: Final = 4.0


def lay_out(report: Report, write: Writer, measure: Measure, step: Step = lambda done, of: None) -> Sheets:
    """Fill pages with a report. `step` is told how many rows are set; what it raises ends the work."""
    wide = max((len(table.columns) for table in report.tables), default=0) > _MOST_UPRIGHT
    running = f"{report.venue} · {write.say(report.name)}"
    sheets = Sheets((LONG_MM, SHORT_MM) if wide else (SHORT_MM, LONG_MM), running)
    sheets.turn()
    _top(sheets, report, write, measure)
    of, done = sum(len(table.rows) for table in report.tables), 0
    for table in report.tables:
        for at in set_table(sheets, table, write, measure):
            step(done + at, of)
        done += len(table.rows)
        step(done, of)
    for note in report.notes:
        sheets.y_mm += BLOCK_MM / 2
        sheets.paragraph(write.say(note), measure)
    _signatures(sheets, report, write)
    return sheets


def _top(sheets: Sheets, report: Report, write: Writer, measure: Measure) -> None:
    sheets.paragraph(report.venue, measure)
    sheets.y_mm += _GAP_MM
    sheets.paragraph(write.say(report.name), measure, _TITLE_MM, bold=True)
    sheets.y_mm += _GAP_MM
    if standing := write.standing(report):
        sheets.paragraph(standing, measure, bold=True)
        sheets.y_mm += _GAP_MM
    names = [write.say(key) for key, _ in report.facts]
    left = min(_FACT_MM, max((measure.text_mm(name, TEXT_MM, False) for name in names), default=0.0) + _BETWEEN_MM)
    for name, (_, value) in zip(names, report.facts, strict=True):
        called = wrapped(measure, name, left - _BETWEEN_MM / 2)
        said = wrapped(measure, write.fact(value), sheets.width_mm - left, bold=True)
        sheets.need(max(len(called), len(said)) * TEXT_MM * LINE)
        for at in range(max(len(called), len(said))):
            sheets.put(0.0, left, called[at] if at < len(called) else "", TEXT_MM)
            sheets.put(left, sheets.width_mm - left, said[at] if at < len(said) else "", TEXT_MM, bold=True)
            sheets.y_mm += TEXT_MM * LINE


def _signatures(sheets: Sheets, report: Report, write: Writer) -> None:
    """All on one page."""
    across = int((sheets.width_mm + _BETWEEN_MM) // (_SIGN_WIDE_MM + _BETWEEN_MM))
    rows = [report.signatures[at : at + across] for at in range(0, len(report.signatures), across)]
    sheets.need(len(rows) * (_SIGN_MM + TEXT_MM * 2))
    for row in rows:
        sheets.y_mm += _SIGN_MM
        for at in range(len(row)):
            sheets.rule(0.25, at * (_SIGN_WIDE_MM + _BETWEEN_MM), _SIGN_WIDE_MM)
        sheets.y_mm += 1.0
        for at, name in enumerate(row):
            sheets.put(at * (_SIGN_WIDE_MM + _BETWEEN_MM), _SIGN_WIDE_MM, write.say(name), SMALL_MM)
        sheets.y_mm += TEXT_MM * 2 - 1.0
