"""The orders screen: a list at the left, F-keys to change it; what is marked, and what to do, in the panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QScrollArea,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pos.ui.approval import ApprovalBox
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.orders.model import Row
from pos.ui.orders.presenter import OrdersPresenter
from pos.ui.parts import FactGrid, Problem, scrolled, touch
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.theme import tokens as t
from pos.ui.theme.fitted import PromptField
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 60
_PAGE: Final = 8
_ACTIONS: Final = 4
_FIRST_ACTION: Final = 6  # F6 and on
_FIELDS: Final = 3
_FACTS: Final = 6
_ITEMS: Final = 60  # tickets of one order that are shown to be chosen


class _Delegate(QStyledItemDelegate):
    """State as a shape; who over what; how many over the state's word."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROW)
        box = QRect(option.rect)
        painter.save()
        ink, muted = paint_ground(painter, option)
        upper, lower = QRect(box.adjusted(24, 6, -24, -30)), QRect(box.adjusted(24, 32, -24, -6))
        bold, right = QFont.Weight.DemiBold, Qt.AlignmentFlag.AlignRight
        sign, side = 32, 150
        paint_text(painter, upper.adjusted(0, 0, sign - upper.width(), 0), row.sign, text_font(t.BODY, bold), ink)
        paint_text(painter, upper.adjusted(sign, 0, -side, 0), row.title, text_font(t.BODY, bold), ink)
        paint_text(painter, lower.adjusted(sign, 0, -side, 0), row.detail, text_font(t.SMALL), muted)
        paint_text(painter, upper, row.side, money_font(t.BODY), ink, right)
        weight = bold if row.strong else QFont.Weight.Normal
        paint_text(painter, lower, row.state, text_font(t.SMALL, weight), ink if row.strong else muted, right)
        painter.restore()


class OrdersScreen(Screen):
    """F1 … change the list, arrows mark, Enter does the main thing, F6 … the others; `/` looks for a name, a number
    or the last digits; a digit leaves that ticket here. `leave` goes back to where work goes on."""

    name = "orders"

    def __init__(self, presenter: OrdersPresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        self.build(presenter)

    # ---- building ----------------------------------------------------------------------

    def _build_work(self) -> None:
        box = QVBoxLayout(self.work)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(8)
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 16, 0)
        head.setSpacing(8)
        self._lists: list[KeyButton] = []
        group = QButtonGroup(self.work)
        for number, section in enumerate(self.presenter.sections, 1):
            button = touch(KeyButton(section.title, f"F{number}"), partial(self._open, number))
            button.setCheckable(True)
            group.addButton(button)
            head.addWidget(button)
            self._lists.append(button)
        head.addStretch(1)
        below = QHBoxLayout()
        below.setContentsMargins(16, 0, 16, 0)
        self.seek = QLineEdit()
        self.seek.setPlaceholderText(tr("Name, number, last digits ( {key} )", key=cap("find")))
        self.seek.setAccessibleName(tr("Look for"))
        self.seek.setMinimumHeight(48)
        self.seek.textEdited.connect(self.presenter.seek)
        below.addWidget(self.seek)
        self._empty = QLabel()
        self._empty.setProperty("role", "muted")
        self._empty.setContentsMargins(24, 8, 24, 8)
        self._rows: RowModel[Row] = RowModel(self.work, self._words, lambda row: row.id)
        self.list = painted_list(self._rows, self._delegate, tr("Orders"), lambda row: self.presenter.mark(row.id))
        box.addLayout(head)
        box.addLayout(below)
        box.addWidget(self._empty)
        box.addWidget(self.list, 1)

    @staticmethod
    def _delegate(made: QListView) -> QStyledItemDelegate:
        return _Delegate(made)

    @staticmethod
    def _words(row: Row) -> str:
        return ", ".join(filter(None, (row.title, row.detail, row.side, row.state)))

    def _build_panel(self) -> None:
        side = self.panel_box()
        side.addWidget(self._build_story(), 1)
        self._problem = Problem()
        side.addWidget(self._problem)
        self.approval = ApprovalBox(self.presenter.session)
        self.approval.entered.connect(self._approve)
        side.addWidget(self.approval)
        self.inputs: list[QLineEdit] = []
        fields = QGridLayout()
        fields.setSpacing(8)
        for at in range(_FIELDS):
            field = PromptField()
            field.setMinimumHeight(48)
            field.textEdited.connect(partial(self.presenter.type, at))
            fields.addWidget(field, *((0, 0, 1, 2) if not at else (1, at - 1)))
            self.inputs.append(field)
        side.addLayout(fields)
        grid = QGridLayout()
        grid.setSpacing(8)
        self.actions: list[KeyButton] = []
        for at in range(_ACTIONS):
            button = KeyButton("", f"F{_FIRST_ACTION + at}", kind="outline", stacked=True)
            touch(button, partial(self._press, _FIRST_ACTION + at), 56)
            grid.addWidget(button, at // 2, at % 2)
            self.actions.append(button)
        side.addLayout(grid)
        primary = KeyButton("", cap("primary"), kind="primary", stacked=True)
        self.primary = touch(primary, self.presenter.primary, 64)
        side.addSpacing(8)
        side.addWidget(self.primary)

    def _build_story(self) -> QScrollArea:
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        self._title = QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._title.setWordWrap(True)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        box.addWidget(self._title)
        self._facts = FactGrid(_FACTS)
        box.addLayout(self._facts)
        self._items = QVBoxLayout()
        self._items.setSpacing(0)
        box.addLayout(self._items)
        box.addStretch(1)
        self.checks: list[QCheckBox] = []
        return scrolled(inside)

    # ---- drawing -----------------------------------------------------------------------

    def enter(self) -> None:
        self.presenter.enter()
        self.work.setFocus()

    def leave(self) -> None:
        self.presenter.leave()

    def draw(self) -> None:
        presenter = self.presenter
        rows = presenter.rows
        for section, button in zip(presenter.sections, self._lists, strict=True):
            button.setChecked(section is presenter.section)
        self._rows.show_rows(rows)
        at = next((number for number, row in enumerate(rows) if row.id == presenter.marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))
        self._empty.setVisible(not rows)
        self._empty.setText(tr("Nothing like that is here.") if presenter.sought else presenter.section.empty())
        if self.seek.text() != presenter.sought:
            self.seek.setText(presenter.sought)
        self._draw_story(presenter.current)
        self._draw_offer()

    def _draw_story(self, row: Row | None) -> None:
        self._title.setText(row.title if row is not None else "")
        facts = [fact for fact in (row.facts if row is not None else ()) if fact[1]]
        self._facts.show_facts(facts)
        items = row.items[:_ITEMS] if row is not None else ()
        while len(self.checks) < len(items):
            check = QCheckBox()
            check.setMinimumHeight(48)
            check.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            check.clicked.connect(partial(self._toggled, len(self.checks)))
            self._items.addWidget(check)
            self.checks.append(check)
        for number, check in enumerate(self.checks):
            check.setVisible(number < len(items))
            if number < len(items):
                item = items[number]
                key = f"{number + 1}  " if number < 9 else ""
                check.setText(f"{key}{item.text} · {item.state}")
                check.setChecked(item.open and item.id not in self.presenter.left_out)
                check.setEnabled(item.open)

    def _draw_offer(self) -> None:
        presenter = self.presenter
        offer = presenter.offer
        self._problem.tell(presenter.problem)
        self.approval.ask(presenter.asks_who)
        hints = presenter.section.hints()
        for at, field in enumerate(self.inputs):
            field.setVisible(at < len(hints))
            if at < len(hints):
                field.setPlaceholderText(hints[at])
                field.setAccessibleName(hints[at])
            if field.text() != presenter.typed[at]:
                field.setText(presenter.typed[at])
        actions = {action.key: action for action in offer.actions}
        for at, button in enumerate(self.actions):
            action = actions.get(_FIRST_ACTION + at)
            button.setVisible(action is not None)
            if action is not None:
                button.set_label(action.label)
                button.setEnabled(action.run is not None and not presenter.asking)
        self.primary.set_label(offer.primary)
        self.primary.setEnabled(offer.run is not None and not presenter.asking)

    # ---- keys --------------------------------------------------------------------------

    def _open(self, number: int) -> None:
        self.presenter.open(number)
        self.work.setFocus()

    def _press(self, key: int) -> None:
        self.presenter.act(key)

    def _approve(self) -> None:
        if (approver := self.approval.approver) is not None:
            self.presenter.approve(approver)
        else:
            self.approval.pin.setFocus()

    def _toggled(self, at: int) -> None:
        self.presenter.toggle(at)
        self.draw()  # a press on one that cannot be chosen has changed its mark

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        presenter = self.presenter
        if kind == "primary":
            self._approve() if presenter.asks_who else presenter.primary()
        elif kind == "price" and int(value) <= len(self._lists):
            self._open(int(value))
        elif kind == "price":
            return presenter.act(int(value))
        elif kind in ("up", "down"):
            presenter.step(-1 if kind == "up" else 1)
        elif kind in ("line_up", "line_down"):
            presenter.step(-_PAGE if kind == "line_up" else _PAGE)
        elif kind == "find":
            self.seek.setFocus()
            self.seek.selectAll()
        elif kind == "digit" and value.isdigit() and value != "0":
            presenter.toggle(int(value) - 1)
        elif kind == "back":
            self._back()
        else:
            return False
        return True

    def _back(self) -> None:
        """One step: out of a field, then what was looked for, then the screen."""
        if self.presenter.asks_who:
            self.presenter.mark("")
            self.presenter.refresh()
            self.work.setFocus()
        elif any(field.hasFocus() for field in (self.seek, *self.inputs)):
            self.work.setFocus()
        elif self.presenter.sought:
            self.presenter.seek("")
        else:
            self._leave()
