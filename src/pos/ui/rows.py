"""Painted lists: rows of values, their words for the accessible tree, what every row is painted on and how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

ROW: Final = Qt.ItemDataRole.UserRole  # the role that gives a delegate the row itself
Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")


class RowModel(QAbstractListModel, Generic[Row]):
    """A list of rows. `words` is what is read out for one; `same` says which row it is.

    While the rows are the same ones in the same order they are repainted where they stand, so that
    mark and scroll position stay.
    """

    def __init__(self, parent: QWidget, words: Callable[[Row], str], same: Callable[[Row], object]) -> None:
        super().__init__(parent)
        self._words, self._same = words, same
        self.rows: list[Row] = []

    def show_rows(self, rows: Sequence[Row]) -> None:
        if [self._same(row) for row in rows] == [self._same(row) for row in self.rows]:
            self.rows = list(rows)
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == ROW:
            return row
        return self._words(row) if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) else None


def painted_list(
    rows: RowModel[Any], paints: Callable[[QListView], QStyledItemDelegate], name: str, chosen: Callable[[Any], object]
) -> QListView:
    """A screen's list of `rows`, each painted by what `paints` makes for it; `chosen` is told of one that is clicked.

    It takes no focus: keys go to the screen, whatever was clicked last. `name` is read out for it.
    """
    made = QListView()
    made.setModel(rows)
    made.setProperty("role", "work")
    made.setItemDelegate(paints(made))
    made.setUniformItemSizes(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setAccessibleName(name)
    made.clicked.connect(lambda index: chosen(rows.rows[index.row()]))
    return made


def paint_ground(painter: QPainter, option: QStyleOptionViewItem, inset_px: int = 16) -> tuple[QColor, QColor]:
    """What lies under a row: its mark, and the line to the next one. The colours of its text, plain and muted."""
    box, colors, role = QRect(option.rect), option.palette, QPalette.ColorRole
    marked = bool(option.state & QStyle.StateFlag.State_Selected)
    painter.fillRect(box, colors.color(role.Base if marked else role.Light))
    if marked:
        painter.fillRect(box.left(), box.top(), 4, box.height(), colors.color(role.Highlight))
    painter.fillRect(box.left() + inset_px, box.bottom(), box.width() - 2 * inset_px, 1, colors.color(role.Mid))
    return colors.color(role.Text), colors.color(role.PlaceholderText)


def paint_text(
    painter: QPainter,
    box: QRect,
    text: str,
    font: QFont,
    color: QColor,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> int:
    """Paint one line, cut where it is too long; how wide it came out."""
    painter.setFont(font)
    painter.setPen(color)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, shown)
    return painter.fontMetrics().horizontalAdvance(shown)
