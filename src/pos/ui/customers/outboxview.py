"""The outbox as drawn: notices at the left, the marked one's particulars in the panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pos.ui.customers.outbox import SIGNS, STATES, Notice, Outbox
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 60
_EVERYBODY: Final = 5


class _Delegate(QStyledItemDelegate):
    """To whom over what; how it stands and when at the right."""

    def __init__(self, parent: QListView, outbox: Outbox) -> None:
        super().__init__(parent)
        self._outbox = outbox

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Notice = index.data(ROW)
        box, formats = QRect(option.rect), self._outbox.session.formats
        painter.save()
        ink, muted = paint_ground(painter, option)
        upper, lower = QRect(box.adjusted(24, 7, -24, -31)), QRect(box.adjusted(24, 31, -24, -7))
        bold, small, right = text_font(t.BODY, QFont.Weight.DemiBold), text_font(t.SMALL), Qt.AlignmentFlag.AlignRight
        half = box.width() // 2
        paint_text(painter, upper.adjusted(0, 0, -half, 0), row.to or tr("address erased"), bold, ink)
        paint_text(painter, lower.adjusted(0, 0, -half, 0), f"{row.what} · {row.sale}", small, muted)
        fate = f"{SIGNS.get(row.state, '○')} {row.fate}"
        paint_text(painter, upper.adjusted(half - 24, 0, 0, 0), fate, small, ink, right)
        paint_text(painter, lower, formats.day_and_time(row.at, self._outbox.session.now), small, muted, right)
        painter.restore()


class OutboxWork(QWidget):
    """The list, and how many there are of whom."""

    def __init__(self, outbox: Outbox) -> None:
        super().__init__()
        self.outbox = outbox
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(8)
        self._title = QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._title.setMinimumHeight(48)
        self._title.setContentsMargins(24, 0, 24, 0)
        self._rows: RowModel[Notice] = RowModel(
            self, lambda row: ", ".join((row.to, row.what, row.sale, row.fate)), lambda row: row.id
        )
        self.list = painted_list(
            self._rows, lambda made: _Delegate(made, outbox), tr("Notices"), lambda row: outbox.mark(row.id)
        )
        box.addWidget(self._title)
        box.addWidget(self.list, 1)

    def draw(self) -> None:
        outbox = self.outbox
        count = tr_count("%n notice", "%n notices", len(outbox.rows))
        self._title.setText(f"{outbox.whose} · {count}" if outbox.whose else count)
        self._rows.show_rows(outbox.rows)
        at = next((ix for ix, row in enumerate(outbox.rows) if row.id == outbox.marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))


class OutboxPanel(QWidget):
    """F1–F4 choose which are shown, F5 those of everybody; Enter shows the marked one's sale, Esc the customers."""

    def __init__(self, outbox: Outbox, look: Callable[[str], None]) -> None:
        super().__init__()
        self.outbox, self._look = outbox, look
        side = QVBoxLayout(self)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(8)
        self._title, self._facts, self._problem = QLabel(), QLabel(), QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._problem.setProperty("role", "warning")
        for label in (self._title, self._facts):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            side.addWidget(label)
        side.addStretch(1)
        self._problem.setWordWrap(True)
        side.addWidget(self._problem)
        grid = QGridLayout()
        grid.setSpacing(8)
        words = (tr("All"), tr("Waiting"), tr("Sent"), tr("Not sent"))
        self._states: list[KeyButton] = []
        for at, name in enumerate(words):
            button = KeyButton(name, f"F{at + 1}", stacked=True)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, number=at + 1: outbox.choose_state(number))
            grid.addWidget(button, at // 2, at % 2)
            self._states.append(button)
        self._everybody = KeyButton(tr("Of everybody"), f"F{_EVERYBODY}", stacked=True)
        self._everybody.clicked.connect(outbox.everybody)
        grid.addWidget(self._everybody, 2, 0, 1, 2)
        side.addLayout(grid)
        row = QHBoxLayout()
        row.setSpacing(16)
        self._back = KeyButton(tr("Customers"), cap("back"), kind="outline", stacked=True)
        self._sale = KeyButton(tr("Show the sale"), cap("primary"), kind="primary", stacked=True)
        self._back.clicked.connect(outbox.close)
        self._sale.clicked.connect(self.look)
        row.addWidget(self._back, 1)
        row.addWidget(self._sale, 2)
        side.addLayout(row)
        for button in (*self._states, self._everybody, self._back, self._sale):
            set_height(button, 56)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def draw(self) -> None:
        outbox, one = self.outbox, self.outbox.current
        self._title.setText(one.what if one is not None else tr("Nothing was written."))
        facts = []
        if one is not None:
            when = outbox.session.formats.day_and_time(one.at, outbox.session.now)
            facts = [one.to or tr("address erased"), one.sale, f"{SIGNS.get(one.state, '○')} {one.fate}", when]
        self._facts.setText("\n".join(facts))
        self._problem.setText(f"▲ {outbox.problem}" if outbox.problem else "")
        for at, button in enumerate(self._states):
            button.setChecked(STATES[at] == outbox.state)
        self._everybody.setVisible(bool(outbox.whose))
        self._sale.setEnabled(one is not None and one.kind != "order")

    def look(self) -> None:
        if (one := self.outbox.current) is not None and one.kind != "order":
            self._look(one.sale)

    def key(self, action: str) -> bool:
        """What a key of the table does here."""
        kind, _, value = action.partition(":")
        if action == "primary":
            self.look()
        elif action == "back":
            self.outbox.close()
        elif action in ("up", "line_up", "down", "line_down"):
            self.outbox.step(-1 if action in ("up", "line_up") else 1)
        elif kind == "price" and int(value) == _EVERYBODY:
            self.outbox.everybody()
        elif kind == "price":
            self.outbox.choose_state(int(value))
        else:
            return False
        return True
