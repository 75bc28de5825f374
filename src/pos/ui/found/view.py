"""Found sales as drawn: their tickets at the left, the marked one's particulars and what may be done at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from pos.ui.found.presenter import Found, FoundPresenter
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 64
_FACTS: Final = 5
_REPRINT_KEY, _COLLECT_KEY = 1, 2
_SIGNS: Final = {"good": "●", "muted": "○", "warning": "▲"}


class _Delegate(QStyledItemDelegate):
    """Place over show; state and price at the right."""

    def __init__(self, parent: QListView, presenter: FoundPresenter) -> None:
        super().__init__(parent)
        self._presenter = presenter

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Found = index.data(ROW)
        presenter, box = self._presenter, QRect(option.rect)
        painter.save()
        ink, muted = paint_ground(painter, option)
        level, words = presenter.state(row)
        upper, lower = QRect(box.adjusted(24, 8, -24, -34)), QRect(box.adjusted(24, 34, -24, -8))
        bold, small, right = text_font(t.BODY, QFont.Weight.DemiBold), text_font(t.SMALL), Qt.AlignmentFlag.AlignRight
        paint_text(painter, upper.adjusted(0, 0, -220, 0), presenter.place(row), bold, ink)
        paint_text(painter, lower.adjusted(0, 0, -220, 0), presenter.title(row), small, muted)
        price, alive = presenter.session.formats.amount(row.price), ink if row.live else muted
        paint_text(painter, upper, price, money_font(t.BODY), alive, right)
        paint_text(painter, lower, f"{_SIGNS[level]} {words}", small, alive, right)
        painter.restore()


class FoundScreen(Screen):
    """Arrows mark; F1 prints the marked ticket again, F2 what was not printed yet; Esc, or Enter, goes back.

    `leave` goes back to where work goes on.
    """

    name = "found"

    def __init__(self, presenter: FoundPresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        self._build_work()
        self._build_panel()
        presenter.changed.connect(self.draw)
        self.draw()

    # ---- building ------------------------------------------------------------------------

    def _build_work(self) -> None:
        box = QVBoxLayout(self.work)
        box.setContentsMargins(0, 12, 0, 0)
        box.setSpacing(8)
        self._title = QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._title.setContentsMargins(24, 0, 24, 0)
        self._rows: RowModel[Found] = RowModel(self.work, self._words, lambda row: row.id)
        self.list = painted_list(
            self._rows,
            lambda made: _Delegate(made, self.presenter),
            tr("Tickets"),
            lambda row: self.presenter.mark(row.id),
        )
        box.addWidget(self._title)
        box.addWidget(self.list, 1)

    def _words(self, row: Found) -> str:
        presenter = self.presenter
        return ", ".join((presenter.place(row), presenter.title(row), presenter.state(row)[1]))

    def _build_panel(self) -> None:
        side = self.panel_box()
        self._place, self._show, self._state = QLabel(), QLabel(), QLabel()
        self._place.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._show.setProperty("role", "muted")
        for label in (self._place, self._show, self._state):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            side.addWidget(label)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        self._facts = [(QLabel(), QLabel()) for _ in range(_FACTS)]
        for at, (name, value) in enumerate(self._facts):
            name.setProperty("role", "muted")
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setWordWrap(True)
            grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, at, 1)
        side.addLayout(grid)
        side.addStretch(1)
        self._problem = QLabel()
        self._problem.setWordWrap(True)
        self._problem.setProperty("role", "warning")
        side.addWidget(self._problem)
        self._reason = QLineEdit()
        self._reason.setPlaceholderText(tr("Why it is printed again ( {key} )", key=cap("find")))
        self._reason.setAccessibleName(tr("Why it is printed again"))
        self._reason.textEdited.connect(self.presenter.type_reason)
        side.addWidget(self._reason)
        side.addLayout(self._build_keys())
        self._back = KeyButton(tr("Back to selling"), cap("primary"), kind="primary", stacked=True)
        set_height(self._back, 60)
        self._back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._back.clicked.connect(self._leave)
        side.addWidget(self._back)

    def _build_keys(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        presenter = self.presenter
        self._reprint = KeyButton(tr("Print again"), f"F{_REPRINT_KEY}", stacked=True)
        self._collect = KeyButton(tr("Print the order"), f"F{_COLLECT_KEY}", stacked=True)
        self._receipt = KeyButton(tr("Receipt"), cap("receipt"), stacked=True)
        for button, act in (
            (self._reprint, presenter.reprint),
            (self._collect, presenter.collect),
            (self._receipt, presenter.receipt),
        ):
            set_height(button, 56)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, act=act: act())
            row.addWidget(button, 1)
        return row

    # ---- drawing -------------------------------------------------------------------------

    def draw(self) -> None:
        presenter = self.presenter
        count = len(presenter.rows)
        self._title.setText(tr_count("%n ticket", "%n tickets", count) if count else tr("Nothing is shown."))
        self._rows.show_rows(presenter.rows)
        at = next((ix for ix, row in enumerate(presenter.rows) if row.id == presenter.marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))
        self._draw_one(presenter.current)
        self._reprint.setEnabled(presenter.may_reprint)
        self._collect.setEnabled(presenter.may_collect)
        self._receipt.setEnabled(presenter.current is not None)
        self._reason.setEnabled(presenter.may_reprint)
        if self._reason.text() != presenter.reason:
            self._reason.setText(presenter.reason)
        self._problem.setText(f"▲ {presenter.problem}" if presenter.problem else "")

    def _draw_one(self, one: Found | None) -> None:
        presenter, formats = self.presenter, self.presenter.session.formats
        level, words = presenter.state(one) if one is not None else ("muted", "")
        self._place.setText(presenter.place(one) if one is not None else "")
        self._show.setText(presenter.title(one) if one is not None else "")
        self._state.setText(f"{_SIGNS[level]} {words}" if words else "")
        self._state.setProperty("role", level)
        restyle(self._state)
        facts: list[tuple[str, str]] = []
        if one is not None:
            facts = [
                (tr("Price"), formats.money(one.price)),
                (tr("Code"), one.code),
                (tr("Ticket"), one.id),
                (tr("Sale"), f"{one.sale} · {formats.money(one.total)}"),
                (tr("At"), f"{formats.day_and_time(one.at, presenter.session.now)} · {one.till}"),
            ]
        for at, (name, value) in enumerate(self._facts):
            told = facts[at] if at < len(facts) else ("", "")
            name.setText(told[0])
            value.setText(told[1])

    # ---- keys ----------------------------------------------------------------------------

    def act(self, action: str) -> bool:
        presenter = self.presenter
        if action == f"price:{_REPRINT_KEY}":
            presenter.reprint()
            if presenter.problem and presenter.may_reprint:
                self._reason.setFocus()
        elif action == f"price:{_COLLECT_KEY}":
            presenter.collect()
        elif action == "receipt":
            presenter.receipt()
        elif action == "find":
            self._reason.setFocus()
        elif action in ("up", "line_up", "down", "line_down"):
            presenter.step(-1 if action.endswith("up") else 1)
        elif action == "primary" and self._reason.hasFocus():
            presenter.reprint()
        elif action == "back" and self._reason.hasFocus():
            presenter.mark(presenter.marked)
            self.work.setFocus()
        elif action in ("primary", "back"):
            self._leave()
        else:
            return False
        return True
