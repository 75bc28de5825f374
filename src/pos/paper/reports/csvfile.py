"""A report as CSV: its tables one under the other, an empty line between them.

Values are for programs: amounts without a sign or grouping, percent as a number, days and times in ISO 8601.
Words are in the reader's language. Text that a spreadsheet would take for a formula is quoted by an apostrophe.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pos.domain.errors import Unreadable
from pos.domain.money import Money
from pos.domain.report import COUNT, PERCENT, TEXT, WORD, Cell, Report
from pos.paper.reports.words import Writer, kind_of

SEPARATORS: Final = (",", ";", "\t")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """How the file is written. Excel of a country with decimal commas wants a `separator` of ";", a
    `decimal_comma`, and the `bom` by which it knows UTF-8. Raises Unreadable for what no reader could part."""

    separator: str = ","
    decimal_comma: bool = False
    bom: bool = False

    def __post_init__(self) -> None:
        if self.separator not in SEPARATORS:
            raise Unreadable("csv", "separator", f"{self.separator!r} is not one of , ; or a tabulator")
        if self.decimal_comma and self.separator == ",":
            raise Unreadable("csv", "separator", "must not be a comma where decimals have one")


def as_csv(report: Report, write: Writer, style: CsvStyle = CsvStyle()) -> bytes:
    """UTF-8 with CRLF at the end of lines, as RFC 4180 has them."""
    file = io.StringIO()
    rows = csv.writer(file, delimiter=style.separator, lineterminator="\r\n")

    def put(*values: tuple[Cell, str]) -> None:
        rows.writerow([_value(value, kind, write, style) for value, kind in values])

    put((report.name, WORD), (report.venue, TEXT))
    if standing := write.standing(report):
        put((standing, TEXT))
    for key, value in report.facts:
        put((key, WORD), (value, kind_of(value)))
    for table in report.tables:
        kinds = [column.kind for column in table.columns]
        rows.writerow([])
        put((table.heading, WORD))
        put(*((column.head, WORD) for column in table.columns))
        for row in table.rows:
            put(*zip(row, kinds, strict=True))
        if table.total is not None:
            put(*write.total(table))
    for lines in (report.notes, report.signatures):
        if lines:
            rows.writerow([])
        for line in lines:
            put((line, WORD))
    return file.getvalue().encode("utf-8-sig" if style.bom else "utf-8")


def _value(cell: Cell, kind: str, write: Writer, style: CsvStyle) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return _decimal(str(cell), style)
    if kind == PERCENT and isinstance(cell, int):
        return _decimal(f"{Decimal(cell).scaleb(-2)}", style)
    if kind == COUNT and isinstance(cell, int):
        return str(cell)
    text = write.say(str(cell)) if kind == WORD else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _decimal(text: str, style: CsvStyle) -> str:
    return text.replace(".", ",") if style.decimal_comma else text
