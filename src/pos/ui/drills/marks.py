"""How a drill went: each expectation with its points, under it how it was met."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from pos.ui.drills.model import Met
from pos.ui.parts import scrolled


class MarkList(QWidget):
    """Scrolls where there is more than has room; what was wrong or missed has a sign, and its words wrap."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: Sequence[Met] = ()
        self._inside = QWidget()
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 1)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(scrolled(self._inside))

    def show_marks(self, marks: Sequence[Met]) -> None:
        if list(marks) == list(self._shown):
            return
        self._shown = list(marks)
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for at, mark in enumerate(marks):
            name, score = QLabel(f"▲ {mark.what}" if mark.bad else mark.what), QLabel(mark.points)
            how = QLabel(mark.how)
            how.setProperty("role", "warning" if mark.bad else "small")
            how.setContentsMargins(0, 0, 0, 8)
            for label in (name, how):
                label.setWordWrap(True)
                label.setTextFormat(Qt.TextFormat.PlainText)
            self._grid.addWidget(name, 2 * at, 0)
            self._grid.addWidget(score, 2 * at, 1, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(how, 2 * at + 1, 0, 1, 2)
