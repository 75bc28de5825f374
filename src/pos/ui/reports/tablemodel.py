"""A report's table as Qt asks for it: only what is on screen is put into words, so a long one opens at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from pos.domain.money import Money
from pos.domain.report import COUNT, DAY, MOMENT, MONEY, PERCENT, WORD, Cell, Table
from pos.ui.format import Formats, read_time
from pos.ui.reports.presenter import Made
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import money_font, text_font

Index = QModelIndex | QPersistentModelIndex
NUMBERS = frozenset({MONEY, COUNT, PERCENT})


def written(cell: Cell, kind: str, made: Made, formats: Formats) -> str:
    """A cell as it is read."""
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return formats.money(cell)
    if isinstance(cell, int):
        return formats.percent(cell) if kind == PERCENT else formats.count(cell)
    if kind == DAY:
        return formats.day(datetime.fromisoformat(cell))
    if kind == MOMENT:
        at = formats.local(read_time(cell))
        return f"{formats.day(at)} {formats.time(at)}"
    return made.say(cell) if kind == WORD else cell


class TableModel(QAbstractTableModel):
    """The rows, and the total as the last one."""

    def __init__(self, formats: Formats, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.formats = formats
        self._made: Made | None = None
        self._table: Table | None = None
        self._plain, self._bold = money_font(t.BODY), text_font(t.BODY, QFont.Weight.DemiBold)
        self._plain.setWeight(QFont.Weight.Normal)

    def show_table(self, made: Made | None, table: Table | None, formats: Formats) -> None:
        self.beginResetModel()
        self._made, self._table, self.formats = made, table, formats
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        if parent.isValid() or self._table is None:
            return 0
        return len(self._table.rows) + (self._table.total is not None)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() or self._table is None else len(self._table.columns)

    def kind(self, column: int) -> str:
        return "" if self._table is None else self._table.columns[column].kind

    def is_total(self, row: int) -> bool:
        return self._table is not None and row == len(self._table.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._table is None or self._made is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(self._table, self._made, index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.kind(index.column()) in NUMBERS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole:
            return self._bold if self.is_total(index.row()) else self._plain
        return None

    def _text(self, table: Table, made: Made, row: int, column: int) -> str:
        kind = table.columns[column].kind
        if not self.is_total(row):
            return written(table.rows[row][column], kind, made, self.formats)
        cell = table.total[column] if table.total is not None else None
        if cell is None and column == 0 and kind not in NUMBERS:
            return made.say("total")
        # What a total is called stands under any column, also under one of days.
        return made.say(cell) if isinstance(cell, str) else written(cell, kind, made, self.formats)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._table is None or self._made is None or orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._made.say(self._table.columns[section].head)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.kind(section) in NUMBERS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None
