"""A report as a workbook: an overview, then a sheet a table, with numbers that are numbers and days that are days."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from pos.domain.chart import plot
from pos.domain.money import Money, digits
from pos.domain.report import COUNT, DAY, MOMENT, PERCENT, WORD, Cell, Report, Table
from pos.paper.lines import cells
from pos.paper.reports.words import NUMBERS, Writer, kind_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Step = Callable[[int, int], None]
_NAME: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f']")  # what a sheet's name may not hold
_LONGEST_NAME: Final = 31
_HEADS: Final = 2  # rows above a table: its heading, its columns
_CHARTS: Final = {"bars": "column", "line": "line", "shares": "pie"}
_WIDEST, _NARROWEST = 60, 8  # columns, in characters
_EVERY: Final = 500  # rows between two words of how far it is


def as_xlsx(report: Report, write: Writer, step: Step = lambda done, of: None) -> bytes:
    """The same report gives the same bytes. `step` is told how many rows are done; what it raises ends the work."""
    from xlsxwriter.workbook import Workbook

    file = io.BytesIO()
    # No text becomes a number, a formula or a link, whatever it looks like.
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    made = datetime.fromisoformat(report.made_at).replace(tzinfo=None)
    book.set_properties({"title": write.say(report.name), "company": report.venue, "created": made})
    pen = _Pen(book, write)
    names = _Names()
    _overview(book.add_worksheet(names.free(write.say(report.name))), report, pen)
    of = sum(len(table.rows) for table in report.tables)
    done = 0
    for table in report.tables:
        name = names.free(write.say(table.heading))
        sheet = book.add_worksheet(name)
        for at in _table(sheet, table, pen):
            step(done + at, of)
        done += len(table.rows)
        step(done, of)
        _chart(book, sheet, name, table, write)
    book.close()
    return file.getvalue()


class _Names:
    """Names of sheets: short, without what they may not hold, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, wanted: str) -> str:
        base = _NAME.sub(" ", wanted).strip()[:_LONGEST_NAME] or "-"
        name, number = base, 1
        while name.casefold() in self._taken:
            number += 1
            suffix = f" {number}"
            name = base[: _LONGEST_NAME - len(suffix)] + suffix
        self._taken.add(name.casefold())
        return name


class _Pen:
    """Writes cells, with a format for each kind of value."""

    def __init__(self, book: Workbook, write: Writer) -> None:
        self._book, self.write = book, write
        self._formats: dict[tuple[str, bool], Format] = {}
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.bold = book.add_format({"bold": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.marked = book.add_format({"bold": True, "font_color": "#8A4B00", "bg_color": "#FFE9C7"})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.right_head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "align": "right"}
        )

    def put(self, sheet: Worksheet, row: int, column: int, cell: Cell, kind: str, total: bool = False) -> None:
        if cell is None:
            if total:
                sheet.write_blank(row, column, None, self._format("text", total))
        elif isinstance(cell, Money):
            sheet.write_number(row, column, cell.decimal, self._format(cell.currency, total))
        elif kind == PERCENT and isinstance(cell, int):
            sheet.write_number(row, column, cell / 10_000, self._format(kind, total))
        elif kind == COUNT and isinstance(cell, int):
            sheet.write_number(row, column, cell, self._format(kind, total))
        elif kind == DAY:
            at = datetime.combine(date.fromisoformat(str(cell)), datetime.min.time())
            sheet.write_datetime(row, column, at, self._format(kind, total))
        elif kind == MOMENT:  # a workbook knows no zones: the clock that the report was written by
            at = datetime.fromisoformat(str(cell)).replace(tzinfo=None)
            sheet.write_datetime(row, column, at, self._format(kind, total))
        else:
            text = self.write.say(str(cell)) if kind == WORD else str(cell)
            sheet.write_string(row, column, text, self._format("text", total))

    def _format(self, kind: str, total: bool) -> Format:
        """Of a kind of value or a currency."""
        if (kind, total) not in self._formats:
            pattern = {PERCENT: "0.00%", COUNT: "#,##0", DAY: "yyyy-mm-dd", MOMENT: "yyyy-mm-dd hh:mm", "text": "@"}
            properties: dict[str, Any] = {"num_format": pattern.get(kind) or _currency(kind)}
            self._formats[kind, total] = self._book.add_format(properties | ({"bold": True, "top": 6} if total else {}))
        return self._formats[kind, total]


def _currency(code: str) -> str:
    places = digits(code)
    number = "#,##0" + ("." + "0" * places if places else "")
    return f"{number} [${code}];[Red]-{number} [${code}]"


def _overview(sheet: Worksheet, report: Report, pen: _Pen) -> None:
    write = pen.write
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 44)
    sheet.write_string(0, 0, write.say(report.name), pen.title)
    sheet.write_string(1, 0, report.venue, pen.bold)
    row = 2
    if standing := write.standing(report):
        sheet.write_string(row, 0, standing, pen.marked)
        row += 1
    row += 1
    for key, value in report.facts:
        sheet.write_string(row, 0, write.say(key), pen.bold)
        pen.put(sheet, row, 1, value, kind_of(value))
        row += 1
    for note in report.notes:
        row += 1
        sheet.write_string(row, 0, write.say(note))
    for name in report.signatures:
        row += 3
        sheet.write_string(row, 0, f"{write.say(name)}: ____________________")


def _table(sheet: Worksheet, table: Table, pen: _Pen) -> Iterator[int]:
    """Write it, telling now and then how many rows are done."""
    write = pen.write
    kinds = [column.kind for column in table.columns]
    sheet.write_string(0, 0, write.say(table.heading), pen.title)
    for at, column in enumerate(table.columns):
        sheet.write_string(1, at, write.say(column.head), pen.right_head if column.kind in NUMBERS else pen.head)
    sheet.freeze_panes(_HEADS, 1 if len(kinds) > 1 else 0)
    sheet.repeat_rows(0, _HEADS - 1)
    sheet.set_landscape() if len(kinds) > 6 else sheet.set_portrait()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    for number, row in enumerate(table.rows, _HEADS):
        for at, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
            pen.put(sheet, number, at, cell, kind)
        if (number - _HEADS + 1) % _EVERY == 0:
            yield number - _HEADS + 1
    for at, (cell, kind) in enumerate(write.total(table)):
        pen.put(sheet, _HEADS + len(table.rows), at, cell, kind, total=True)
    for at, wide in enumerate(_widths(table, write)):
        sheet.set_column(at, at, wide)


def _widths(table: Table, write: Writer) -> list[int]:
    looked_at: Sequence[tuple[Cell, ...]] = (*table.rows[:200], *([table.total] if table.total is not None else []))
    found = []
    for at, column in enumerate(table.columns):
        texts = [write.cell(row[at], column.kind) for row in looked_at]
        words = max(write.say(column.head).split(), key=cells, default="")
        found.append(max(_NARROWEST, min(_WIDEST, 2 + max(map(cells, [words, *texts])))))
    return found


def _chart(book: Workbook, sheet: Worksheet, name: str, table: Table, write: Writer) -> None:
    """The table's chart as one of the workbook's own, drawn from its cells."""
    drawn = plot(table)
    if drawn is None or table.chart is None:
        return
    heads = [column.head for column in table.columns]
    label, value = heads.index(table.chart.label), heads.index(table.chart.value)
    last = _HEADS + len(table.rows) - 1
    chart = book.add_chart({"type": _CHARTS[drawn.kind]})
    chart.add_series(
        {
            "name": write.say(table.chart.value),
            "categories": [name, _HEADS, label, last, label],
            "values": [name, _HEADS, value, last, value],
        }
    )
    chart.set_title({"name": write.say(table.heading)})
    if drawn.kind != "shares":
        chart.set_legend({"none": True})
    sheet.insert_chart(1, len(table.columns) + 1, chart)
