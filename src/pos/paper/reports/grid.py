"""One table on sheets.

Laws: its heading and its columns stand on every page that it goes on to, and never without a row under them.
A total never stands alone on a page: the row before it goes along. Text wraps inside its column, and a row that
is longer than a page goes on on the next: nothing is cut off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pos.domain.chart import Plot, plot
from pos.domain.report import WORD, Cell, Table
from pos.paper.reports.sheets import BLOCK_MM, LINE, TEXT_MM, Figure, Sheets, shares_mm, wrapped
from pos.paper.reports.words import NUMBERS, Writer
from pos.paper.wrapping import Measure

_SIZES_MM: Final = (TEXT_MM, 2.9, 2.6, 2.3, 2.0)  # the first at which numbers stay on one line
_HEADING_MM: Final = 4.2
_PAD_MM: Final = 0.7  # above and below the text of a row
_GUTTER_MM: Final = 3.0
_TEXT_COLUMN_MM: Final = 18.0  # what a column of text has at least, if it needs as much
_CHART_MM: Final = 46.0
_BEFORE_MM: Final = 2.5  # above a chart, and a block below
_LOOKED_AT: Final = 500  # rows by which the columns get their widths
_EVERY: Final = 100  # rows between two words of how far it is


@dataclass(frozen=True, slots=True)
class _Set:
    """A row as it is set: its lines, by column."""

    lines: tuple[tuple[str, ...], ...]

    def height_mm(self, size_mm: float) -> float:
        return max(map(len, self.lines)) * size_mm * LINE + 2 * _PAD_MM

    def parts(self, most: int) -> list[_Set]:
        """Itself in pieces of at most so many lines."""
        longest = max(map(len, self.lines))
        return [_Set(tuple(column[at : at + most] or ("",) for column in self.lines)) for at in range(0, longest, most)]


def _chart_mm(drawn: Plot | None) -> float:
    """What a chart takes, with what is white around it."""
    if drawn is None:
        return 0.0
    height = shares_mm(len(drawn.numbers)) if drawn.kind == "shares" else _CHART_MM
    return _BEFORE_MM + height + BLOCK_MM


def set_table(sheets: Sheets, table: Table, write: Writer, measure: Measure) -> Iterator[int]:
    """Set a table, telling now and then how many of its rows are done."""
    return _Grid(sheets, table, write, measure).set()


class _Grid:
    def __init__(self, sheets: Sheets, table: Table, write: Writer, measure: Measure) -> None:
        self._sheets, self._table, self._write, self._measure = sheets, table, write, measure
        self._kinds = [column.kind for column in table.columns]
        self._size, self._widths = self._measured()
        self._heads = self._row([(column.head, WORD) for column in table.columns], bold=True)

    def set(self) -> Iterator[int]:
        sheets, rows = self._sheets, self._table.rows
        sheets.y_mm += BLOCK_MM
        total = self._row(self._write.total(self._table), bold=True) if self._table.total is not None else None
        foot_mm = total.height_mm(self._size) + _PAD_MM if total is not None else 0.0
        drawn = plot(self._table)
        chart_mm = _chart_mm(drawn)
        first_mm = self._row(self._cells(rows[0])).height_mm(self._size) if rows else self._line_mm
        sheets.need(min(self._top_mm() + chart_mm + first_mm + foot_mm, sheets.whole_mm))
        self._heading()
        if drawn is not None:
            height_mm = chart_mm - _BEFORE_MM - BLOCK_MM
            sheets.pages[-1].append(Figure(0.0, sheets.y_mm + _BEFORE_MM, sheets.width_mm, height_mm, drawn))
            sheets.y_mm += chart_mm
        self._columns()
        most = max(1, int((sheets.whole_mm - self._top_mm() - foot_mm - 2 * _PAD_MM) / (self._size * LINE)))
        for number, cells in enumerate(rows, 1):
            parts = self._row(self._cells(cells)).parts(most)
            for part in parts:
                last = number == len(rows) and part is parts[-1]
                self._put(part, below_mm=foot_mm if last else 0.0)
            if number % _EVERY == 0:
                yield number
        if not rows:
            sheets.put(0.0, sheets.width_mm, self._write.say("not_here"), self._size)
            sheets.y_mm += self._line_mm
        if total is not None:
            sheets.rule(0.35, width_mm=self._width_mm)
            sheets.y_mm += _PAD_MM
            self._put(total, bold=True)

    # ---- setting -----------------------------------------------------------------------

    @property
    def _line_mm(self) -> float:
        return self._size * LINE + 2 * _PAD_MM

    @property
    def _width_mm(self) -> float:
        return sum(self._widths) + _GUTTER_MM * (len(self._widths) - 1)

    def _top_mm(self) -> float:
        return _HEADING_MM * LINE + 1.0 + self._heads.height_mm(self._size) + _PAD_MM

    def _heading(self) -> None:
        sheets = self._sheets
        sheets.put(0.0, sheets.width_mm, self._write.say(self._table.heading), _HEADING_MM, bold=True)
        sheets.y_mm += _HEADING_MM * LINE + 1.0

    def _columns(self) -> None:
        self._put_lines(self._heads, bold=True)
        self._sheets.rule(0.35, width_mm=self._width_mm)
        self._sheets.y_mm += _PAD_MM

    def _put(self, row: _Set, below_mm: float = 0.0, bold: bool = False) -> None:
        """A row here, or on the next page when it and what must stand below it have no room."""
        if self._sheets.need(row.height_mm(self._size) + below_mm):
            self._heading()
            self._columns()
        self._put_lines(row, bold)
        if not bold:
            self._sheets.rule(0.08, width_mm=self._width_mm)

    def _put_lines(self, row: _Set, bold: bool) -> None:
        sheets = self._sheets
        top = sheets.y_mm
        x = 0.0
        for lines, width, kind in zip(row.lines, self._widths, self._kinds, strict=True):
            sheets.y_mm = top + _PAD_MM
            for line in lines:
                if line:
                    sheets.put(x, width, line, self._size, bold, "right" if kind in NUMBERS else "left")
                sheets.y_mm += self._size * LINE
            x += width + _GUTTER_MM
        sheets.y_mm = top + row.height_mm(self._size)

    def _row(self, cells: Iterable[tuple[Cell, str]], bold: bool = False) -> _Set:
        texts = [self._write.cell(cell, kind) for cell, kind in cells]
        return _Set(
            tuple(
                wrapped(self._measure, text, width, self._size, bold)
                for text, width in zip(texts, self._widths, strict=True)
            )
        )

    def _cells(self, row: Sequence[Cell]) -> Iterable[tuple[Cell, str]]:
        return zip(row, self._kinds, strict=True)

    # ---- widths ------------------------------------------------------------------------

    def _measured(self) -> tuple[float, list[float]]:
        """The size of the text, and how wide each column is."""
        room = self._sheets.width_mm - _GUTTER_MM * (len(self._kinds) - 1)
        for size in _SIZES_MM:
            natural = self._natural(size)
            least = [
                wide if kind in NUMBERS else min(wide, _TEXT_COLUMN_MM)
                for wide, kind in zip(natural, self._kinds, strict=True)
            ]
            if sum(least) <= room:
                break
        else:
            scale = room / sum(least)
            return size, [wide * scale for wide in least]
        return size, self._shared(room, natural)

    def _natural(self, size: float) -> list[float]:
        """How wide each column would be if nothing but its head wrapped."""
        rows = [self._cells(row) for row in self._table.rows[:_LOOKED_AT]]
        wide = [0.0] * len(self._kinds)
        for cells, bold in (*((row, False) for row in rows), (self._write.total(self._table), True)):
            for at, (cell, kind) in enumerate(cells):
                wide[at] = max(wide[at], self._measure.text_mm(self._write.cell(cell, kind), size, bold))
        for at, column in enumerate(self._table.columns):
            for word in self._write.say(column.head).split():
                wide[at] = max(wide[at], self._measure.text_mm(word, size, True))
        return [each + 0.2 for each in wide]

    def _shared(self, room: float, natural: Sequence[float]) -> list[float]:
        """Numbers have what they need; text has, too, as far as there is room, the widest giving way first."""
        widths = list(natural)
        texts = sorted((at for at, kind in enumerate(self._kinds) if kind not in NUMBERS), key=lambda at: natural[at])
        free = room - sum(natural[at] for at, kind in enumerate(self._kinds) if kind in NUMBERS)
        for left, at in zip(range(len(texts), 0, -1), texts, strict=True):
            widths[at] = min(natural[at], free / left)
            free -= widths[at]
        for at in texts:
            widths[at] += free / len(texts)
        return widths
