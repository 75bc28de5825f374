"""The screen of a drill that is being held: who waits, what is done beside the till, and in the end the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QLabel, QStyledItemDelegate, QStyleOptionViewItem

from pos.ui.drills.marks import MarkList
from pos.ui.drills.model import Waiting
from pos.ui.drills.running import OVER, RUNNING, RunningPresenter
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.parts import Problem, foot, touch
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 88
_JAM_KEY: Final = 5


class _Delegate(QStyledItemDelegate):
    """What they want, where, and what is seen of them beside the till."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Waiting = index.data(ROW)
        painter.save()
        ink, muted = paint_ground(painter, option)
        box = QRect(option.rect).adjusted(24, 8, -24, -8)
        line = box.height() // 3
        texts = ((_lead(row), text_font(t.BODY, QFont.Weight.DemiBold), ink), (row.where, text_font(t.SMALL), muted))
        for at, (text, font, color) in enumerate((*texts, (row.hint, text_font(t.SMALL), ink))):
            paint_text(painter, QRect(box.left(), box.top() + at * line, box.width(), line), text, font, color)
        painter.restore()


class RunningScreen(Screen):
    """Arrows mark a customer, Enter turns them away, F5 clears the jam. `leave` goes back to work."""

    name = "drills"

    def __init__(self, presenter: RunningPresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        self.build(presenter)

    def _build_work(self) -> None:
        box = self.work_box()
        self.text = QLabel()
        self.text.setContentsMargins(24, 0, 24, 0)
        self.text.setWordWrap(True)
        self._rows: RowModel[Waiting] = RowModel(self.work, _words, lambda one: one.number)
        name = tr("Customers waiting")
        self.list = painted_list(self._rows, _Delegate, name, lambda one: self.presenter.mark(one.number))
        self.marks = MarkList()
        self.marks.setContentsMargins(24, 0, 24, 0)
        box.addWidget(self.text)
        box.addWidget(self.list, 1)
        box.addWidget(self.marks, 1)

    def _build_panel(self) -> None:
        side = self.panel_box()
        self._title, self._hint = QLabel(), QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._hint.setProperty("role", "muted")
        for label in (self._title, self._hint):
            label.setWordWrap(True)
        self.problem = Problem()
        side.addWidget(self._title)
        side.addWidget(self._hint)
        side.addStretch(1)
        side.addWidget(self.problem)
        jam = KeyButton(tr("The jam is cleared"), f"F{_JAM_KEY}", kind="outline", stacked=True)
        self._jam = touch(jam, self.presenter.clear_jam, 64)
        away = KeyButton(tr("Turn this customer away"), cap("primary"), kind="primary", stacked=True)
        self._away = touch(away, self.presenter.turn_away, 64)
        side.addLayout(foot(self._jam, self._away, spacing_px=8))

    def draw(self) -> None:
        presenter = self.presenter
        self._rows.show_rows(presenter.customers)
        at = next((number for number, row in enumerate(self._rows.rows) if row.number == presenter.marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))
        self.text.setText(presenter.text)
        self.text.setVisible(bool(presenter.text))
        over, running = presenter.state == OVER, presenter.state == RUNNING
        self._title.setText(tr("{time} left", time=presenter.left) if running else tr("The drill"))
        self._hint.setText(
            tr(
                "Serve them at the till as always. Here is only what is done beside it: paper that is taken out of a "
                "printer, and a customer who is told that it cannot be."
            )
        )
        self._hint.setVisible(not over)
        self.list.setVisible(not over)
        self.marks.setVisible(over)
        self.marks.show_marks(presenter.marks)
        self._jam.setVisible(running)
        self._away.setVisible(running and bool(presenter.marked))
        self.problem.tell(presenter.problem)

    def act(self, action: str) -> bool:
        if action == "primary":
            self.presenter.turn_away()
        elif action == f"price:{_JAM_KEY}":
            self.presenter.clear_jam()
        elif action in ("up", "down"):
            self.presenter.step(-1 if action == "up" else 1)
        elif action == "back":
            self._leave()
        else:
            return False
        return True


def _lead(row: Waiting) -> str:
    return tr("{number}. {wish}", number=str(row.number), wish=row.wish)


def _words(row: Waiting) -> str:
    return ", ".join(filter(None, (_lead(row), row.where, row.hint)))
