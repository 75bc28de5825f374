"""The words of reports, from resources/reports/words.toml, and values as a reader of a language expects them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pos.domain.errors import Unreadable
from pos.domain.money import Money
from pos.domain.report import COUNT, DAY, MOMENT, MONEY, PERCENT, WORD, Cell, Report, Table
from pos.paper import formats
from pos.paper.formats import LANGUAGES

NUMBERS: Final = frozenset({MONEY, COUNT, PERCENT})  # kinds that stand at the right of their column
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d\S*)?")


class ReportWords:
    """Words by key and language. Raises Unreadable for a text in which one is missing a language."""

    def __init__(self, text: str) -> None:
        try:
            self._forms: Mapping[str, Mapping[str, str]] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise Unreadable("words.toml", "", str(error)) from error
        for key, forms in self._forms.items():
            absent = [language for language in LANGUAGES if not forms.get(language)]
            if absent:
                raise Unreadable("words.toml", key, f"is missing in {', '.join(absent)}")

    def __contains__(self, key: object) -> bool:
        return key in self._forms

    def keys(self) -> list[str]:
        return list(self._forms)

    def say(self, key: str, language: str, **fields: str) -> str:
        """A word or sentence; a key without a word says itself, as names that people gave do."""
        forms = self._forms.get(key)
        if forms is None:
            return key
        return (forms.get(language) or forms["en"]).format(**fields)


@dataclass(frozen=True)
class Writer:
    """Writes a report's words and values in one language."""

    language: str
    words: ReportWords

    def say(self, key: str, **fields: str) -> str:
        return self.words.say(key, self.language, **fields)

    def cell(self, cell: Cell, kind: str) -> str:
        """A cell of a column of this kind; an empty one is empty. Raises ValueError for a day that is none."""
        if cell is None:
            return ""
        if isinstance(cell, Money):
            return formats.money(self.language, cell)
        if kind == PERCENT and isinstance(cell, int):
            return formats.percent(self.language, cell)
        if kind == COUNT and isinstance(cell, int):
            return formats.count(self.language, cell)
        if kind == WORD:
            return self.say(str(cell))
        if kind == DAY:
            return formats.day(self.language, date.fromisoformat(str(cell)))
        if kind == MOMENT:
            return formats.moment(self.language, datetime.fromisoformat(str(cell)))
        return str(cell)

    def total(self, table: Table) -> list[tuple[Cell, str]]:
        """The cells of a table's total with their kinds, none when it has none. One without a name is "Total"; what a
        total is called may stand under any column, also under one of days."""
        if table.total is None:
            return []
        row: list[tuple[Cell, str]] = [
            (cell, kind_of(cell) if isinstance(cell, str) else column.kind)
            for cell, column in zip(table.total, table.columns, strict=True)
        ]
        if row[0][0] is None and row[0][1] not in NUMBERS:
            row[0] = "total", WORD
        return row

    def fact(self, cell: Cell) -> str:
        """What a fact above the tables says: its kind is seen by what it is."""
        return self.cell(cell, kind_of(cell))

    def standing(self, report: Report) -> str:
        """Why a provisional report is one, in a sentence; empty for a final one."""
        if not report.provisional:
            return ""
        why = self.say("provisional_late", tills=", ".join(report.late)) if report.late else self.say("provisional_why")
        return f"{self.say('provisional')} – {why}"


def kind_of(cell: Cell) -> str:
    """The kind of a value that stands in no column: whole numbers count, ISO dates and times are what they are,
    and any other text may be a word's key."""
    if isinstance(cell, int):
        return COUNT
    if isinstance(cell, Money):
        return MONEY
    found = _ISO.fullmatch(cell) if cell is not None else None
    return WORD if found is None else MOMENT if found[1] else DAY


def keys_of(report: Report) -> Iterator[str]:
    """Every key that this report must find a word for."""
    yield report.name
    yield from (key for key, _ in report.facts)
    yield from report.notes
    yield from report.signatures
    for table in report.tables:
        yield table.heading
        yield from (column.head for column in table.columns)
        for row in (*table.rows, *([table.total] if table.total is not None else [])):
            yield from (
                str(cell)
                for cell, column in zip(row, table.columns, strict=True)
                if column.kind == WORD and cell is not None
            )
