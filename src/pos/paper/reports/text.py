"""A report as plain text, for a terminal: columns of characters, a wide one counted as the two cells that it takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pos.domain.report import Cell, Report, Table
from pos.paper.lines import cells
from pos.paper.reports.words import NUMBERS, Writer

_GAP: Final = "  "


def as_text(report: Report, write: Writer) -> str:
    """Lines as long as the widest table. What people wrote cannot steer the terminal."""
    return "".join(f"{line}\n" for line in _lines(report, write))


def _lines(report: Report, write: Writer) -> Iterator[str]:
    yield _plain(f"{write.say(report.name)} · {report.venue}")
    if standing := write.standing(report):
        yield _plain(standing)
    facts = [(_plain(write.say(key)), _plain(write.fact(value))) for key, value in report.facts]
    wide = max((cells(key) for key, _ in facts), default=0)
    yield from (f"{_padded(key, wide)}{_GAP}{value}".rstrip() for key, value in facts)
    for table in report.tables:
        yield ""
        yield from _table(table, write)
    yield from (line for note in report.notes for line in ("", _plain(write.say(note))))
    yield from (line for name in report.signatures for line in ("", f"{'_' * 30} {_plain(write.say(name))}"))


def _table(table: Table, write: Writer) -> Iterator[str]:
    kinds = [column.kind for column in table.columns]

    def row(values: Iterable[tuple[Cell, str]]) -> list[str]:
        return [_plain(write.cell(value, kind)) for value, kind in values]

    heads = [_plain(write.say(column.head)) for column in table.columns]
    rows = [row(zip(values, kinds, strict=True)) for values in table.rows]
    total = [row(write.total(table))] if table.total is not None else []
    wide = [max(map(cells, column)) for column in zip(heads, *rows, *total, strict=True)]

    def line(texts: Sequence[str]) -> str:
        padded = (_padded(text, at, kind in NUMBERS) for text, at, kind in zip(texts, wide, kinds, strict=True))
        return _GAP.join(padded).rstrip()

    yield _plain(write.say(table.heading))
    yield line(heads)
    yield _GAP.join("-" * at for at in wide)
    yield from map(line, rows)
    if not rows:
        yield _plain(write.say("not_here"))
    if total:
        yield _GAP.join("=" * at for at in wide)
        yield line(total[0])


def _padded(text: str, wide: int, right: bool = False) -> str:
    blank = " " * (wide - cells(text))
    return blank + text if right else text + blank


def _plain(text: str) -> str:
    """One line without what a terminal obeys."""
    spaced = "".join(" " if letter.isspace() else letter for letter in unicodedata.normalize("NFC", text))
    return "".join(letter for letter in spaced if unicodedata.category(letter) not in ("Cc", "Cf"))
