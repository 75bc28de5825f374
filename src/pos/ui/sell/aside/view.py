"""A question in the panel: its title, its answers as rows, a line to type in, Enter at the foot."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pos.ui.approval import ApprovalBox
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.sell.aside.question import Answer, Question
from pos.ui.session import Session
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.widgets import KeyButton

ROW_PX: Final = 60
_CAP_PX: Final = 28


def _words(row: Answer) -> str:
    return ", ".join(filter(None, (row.title, row.detail, row.right, row.below)))


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Answer = index.data(ROW)
        box = QRect(option.rect)
        painter.save()
        ink, muted = paint_ground(painter, option, 0)
        left, right = box.left() + 12, box.right() - 8
        if row.number:
            number = QRect(left, box.top(), _CAP_PX, ROW_PX)
            paint_text(painter, number, str(row.number), text_font(t.BODY, QFont.Weight.DemiBold), muted)
            left += _CAP_PX
        upper = QRect(left, box.top() + 8, right - left, 22)
        lower = QRect(left, box.top() + 32, right - left, 20)
        side = Qt.AlignmentFlag.AlignRight
        taken = paint_text(painter, upper, row.right, money_font(), ink, side) if row.right else 0
        strong = text_font(t.SMALL, QFont.Weight.DemiBold if row.warns else QFont.Weight.Normal)
        below = f"▲ {row.below}" if row.warns else row.below
        spare = paint_text(painter, lower, below, strong, ink if row.warns else muted, side) if row.below else 0
        upper.setRight(upper.right() - taken - (8 if taken else 0))
        lower.setRight(lower.right() - spare - (8 if spare else 0))
        paint_text(painter, upper, row.title, text_font(t.BODY, QFont.Weight.DemiBold), ink)
        paint_text(painter, lower, row.detail, text_font(t.SMALL), muted)
        painter.restore()


class QuestionView(QWidget):
    """Redraws from the question it is given."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.question: Question | None = None
        self._rows: RowModel[Answer] = RowModel(self, _words, lambda row: row.key)
        self._title, self._hint = QLabel(), QLabel()
        self._title.setProperty("role", "title")
        self._hint.setProperty("role", "muted")
        for label in (self._title, self._hint):
            label.setWordWrap(True)
        self.field = QLineEdit()
        self.rows: QListView = painted_list(self._rows, _Delegate, tr("Answers"), self._chosen)
        self.rows.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.action = KeyButton("", cap("primary"), kind="primary", stacked=True)
        self.back = KeyButton(tr("Back"), cap("back"))
        self.action.clicked.connect(self.enter)
        self.back.clicked.connect(self._give_up)
        self.approval = ApprovalBox(session)
        self.approval.entered.connect(self.enter)
        for button in (self.action, self.back):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        for widget in (self._title, self._hint, self.field):
            box.addWidget(widget)
        box.addWidget(self.rows, 1)
        box.addWidget(self.approval)
        box.addWidget(self.back)
        box.addWidget(self.action)

    def ask(self, question: Question) -> None:
        """Put a question; the field takes the keys if it has one."""
        self.question = question
        question.changed.connect(self.draw)
        self.field.clear()
        self.draw()

    def draw(self) -> None:
        question = self.question
        if question is None:
            return
        self._title.setText(question.title)
        self._hint.setText(question.hint)
        self._hint.setVisible(bool(question.hint))
        self.field.setVisible(bool(question.field))
        self.field.setPlaceholderText(question.field)
        self.field.setAccessibleName(question.field)
        asked_before = not self.approval.isHidden()
        self.approval.ask(question.approval)
        if question.approval and not asked_before:
            self.approval.pin.setFocus()
        self.action.setVisible(bool(question.action))
        self.action.set_label(question.action)
        self._rows.show_rows(question.answers)
        if question.answers and not question.typed:
            self.rows.setCurrentIndex(self._rows.index(min(question.marked, len(question.answers) - 1)))
        else:
            self.rows.clearSelection()

    def enter(self) -> None:
        """Enter, or a press on the main button."""
        if self.question is not None:
            self.question.approver = self.approval.approver
            self.question.enter(self.field.text())

    def _chosen(self, row: Answer) -> None:
        if self.question is not None:
            self.question.approver = self.approval.approver
            self.question.choose(row.key)

    def _give_up(self) -> None:
        if self.question is not None:
            self.question.ended.emit()
