"""The rows of a painted list: values, their words for the accessible tree, and repainting in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyledItemDelegate, QWidget

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
