"""The screen of ticket paper: what there is at the left, what is done with it in the panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from pos.ui.approval import ApprovalBox
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.parts import Problem, foot, touch
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.stock.blanks import KINDS, NEEDS_WINDOW, BlanksPresenter, Row, kind_names
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.widgets import KeyButton, MoneyLabel

_ROW_PX: Final = 56
_ACROSS: Final = 3  # kinds in a row of the panel
_SIDE_PX: Final = 230


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROW)
        painter.save()
        ink, muted = paint_ground(painter, option)
        box = QRect(option.rect).adjusted(24, 6, -24, -6)
        upper, lower = QRect(box), QRect(box)
        upper.setHeight(box.height() // 2)
        lower.setTop(upper.bottom())
        lead = f"▲ {row.lead}" if row.warning else row.lead
        paint_text(painter, upper.adjusted(0, 0, -_SIDE_PX, 0), lead, text_font(t.BODY, QFont.Weight.DemiBold), ink)
        paint_text(painter, lower, row.detail, money_font(t.SMALL), muted)
        side = upper.adjusted(upper.width() - _SIDE_PX, 0, 0, 0)
        paint_text(painter, side, row.side, text_font(t.BODY), ink, Qt.AlignmentFlag.AlignRight)
        painter.restore()


class BlanksScreen(Screen):
    """F1–F9 choose what is done, arrows mark a row and fill its numbers in, Enter does it; Esc goes back."""

    name = "blanks"

    def __init__(self, presenter: BlanksPresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        self.build(presenter)

    def _build_work(self) -> None:
        box = self.work_box(4)
        title = QLabel(tr("Ticket paper"))
        title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        title.setContentsMargins(24, 0, 24, 0)
        self._rows: RowModel[Row] = RowModel(self.work, _words, lambda row: row.id)
        self.list = painted_list(self._rows, _Delegate, tr("Ticket paper"), self.presenter.mark)
        box.addWidget(title)
        box.addWidget(self.list, 1)

    def _build_panel(self) -> None:
        side = self.panel_box()
        head = QHBoxLayout()
        lead = QLabel(tr("Next in the printer"))
        lead.setProperty("role", "muted")
        self._next, self._left = MoneyLabel(size=t.TOTAL), QLabel()
        self._next.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        self._hint.setProperty("role", "muted")
        kinds = QGridLayout()
        kinds.setSpacing(6)
        self._kinds: dict[str, KeyButton] = {}
        for at, kind in enumerate(KINDS):
            button = KeyButton(kind_names()[kind], f"F{at + 1}", stacked=True)
            self._kinds[kind] = touch(button, partial(self._choose, kind), 50)
            button.setCheckable(True)
            kinds.addWidget(button, *divmod(at, _ACROSS))
        self.numbers, self.note, self.window = QLineEdit(), QLineEdit(), QComboBox()
        for field in (self.numbers, self.note, self.window):
            field.setMinimumHeight(48)
        self.numbers.textEdited.connect(partial(self.presenter.type, "numbers"))
        self.note.textEdited.connect(partial(self.presenter.type, "note"))
        self.window.setAccessibleName(tr("Window"))
        self.window.activated.connect(lambda _: self.presenter.type("window", str(self.window.currentData() or "")))
        self.approval = ApprovalBox(self.presenter.session)
        self.approval.entered.connect(self._send)
        self.problem = Problem()
        head.addWidget(lead, 1)
        head.addWidget(self._left)
        side.addLayout(head)
        side.addWidget(self._next)
        side.addLayout(kinds)
        for part in (self._hint, self.window, self.numbers, self.note, self.approval, self.problem):
            side.addWidget(part)
        side.addStretch(1)
        back = touch(KeyButton(tr("Back"), cap("back"), kind="outline", stacked=True), lambda: self.act("back"), 64)
        self._primary = touch(KeyButton("", cap("primary"), kind="primary", stacked=True), self._send, 64)
        side.addLayout(foot(back, self._primary, spacing_px=8))

    def enter(self) -> None:
        self.presenter.refresh()
        self.numbers.setFocus()

    def draw(self) -> None:
        presenter = self.presenter
        self._rows.show_rows(presenter.rows())
        at = next((n for n, row in enumerate(self._rows.rows) if row.id == presenter.marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))
        number, left = presenter.headline()
        self._next.setText(number)
        self._left.setText(left)
        for kind, button in self._kinds.items():
            button.setChecked(kind == presenter.kind)
        self._hint.setText(presenter.hint())
        self._hint.setVisible(not presenter.needs)  # a supervisor's PIN has its room then
        self._draw_fields()
        self.approval.ask(presenter.needs)
        self.problem.tell(presenter.problem, asked=presenter.needs)
        self._primary.set_label(tr("Booking…") if presenter.asking else tr("Book it"))
        self._primary.setEnabled(not presenter.asking)

    def _draw_fields(self) -> None:
        presenter = self.presenter
        for field, text in ((self.numbers, presenter.numbers), (self.note, presenter.note)):
            if field.text() != text:
                field.setText(text)
        asks = presenter.kind == "ask"
        self.numbers.setPlaceholderText(tr("How many") if asks else tr("Numbers, like A000123-200"))
        self.numbers.setAccessibleName(tr("How many") if asks else tr("Numbers"))
        label = tr("Label of the box") if presenter.kind == "receive" else tr("Reason or note")
        self.note.setPlaceholderText(label)
        self.note.setAccessibleName(label)
        self.window.setVisible(presenter.kind in NEEDS_WINDOW)
        choices = ["", *presenter.windows] + ([presenter.window] if presenter.window not in presenter.windows else [])
        choices = list(dict.fromkeys(choices))
        if [self.window.itemData(n) for n in range(self.window.count())] != choices:
            self.window.clear()
            for id in choices:
                self.window.addItem(presenter.window_name(id) if id else tr("Which window?"), id)
        self.window.setCurrentIndex(max(0, self.window.findData(presenter.window)))

    def _choose(self, kind: str) -> None:
        self.presenter.choose(kind)
        self.numbers.setFocus()

    def _send(self) -> None:
        self.presenter.send(self.approval.approver)
        if self.presenter.needs and not self.approval.pin.text():
            self.approval.pin.setFocus()

    def _step(self, by: int) -> None:
        rows = self._rows.rows
        at = next((n for n, row in enumerate(rows) if row.id == self.presenter.marked), -1)
        if rows:
            self.presenter.mark(rows[max(0, min(len(rows) - 1, at + by))])

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        if kind == "price" and int(value) <= len(KINDS):
            self._choose(KINDS[int(value) - 1])
        elif action in ("up", "down"):
            self._step(-1 if action == "up" else 1)
        elif action == "primary":
            self._send()
        elif action == "find":
            self.note.setFocus()
        elif action == "back":
            if not self.presenter.clear():
                self._leave()
            else:
                self.numbers.setFocus()
        else:
            return False
        return True


def _words(row: Row) -> str:
    return ", ".join(filter(None, (row.lead, row.detail, row.side)))
