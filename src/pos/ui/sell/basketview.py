"""The basket as a list of tickets: painted rows, because a school class is one of three hundred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import (
    QEvent,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from pos.ui.frame.face import FULL
from pos.ui.rows import ROW, Index, RowModel
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import money_font, text_font

ROW_PX: Final = 52
_REMOVE_PX: Final = 48  # the width that removes, a touch target of its own
_SEEN = QSize(96, 36)  # px, the key that confirms a proof


@dataclass(frozen=True, slots=True)
class BasketRow:
    """One row as it is drawn. `line` is None while the office is being asked.

    `question` is set while a proof is to be confirmed; `answer` is the key's text for yes.
    `head` is a heading over one show's tickets, where there are several.
    """

    line: Any
    title: str
    detail: str
    price: str
    marked: bool = False
    question: str = ""
    answer: str = ""
    cap: str = ""
    head: bool = False


def _words(row: BasketRow) -> str:
    return ", ".join(filter(None, (row.title, row.question or row.detail, row.price)))


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: BasketRow = index.data(ROW)
        box, colors = QRect(option.rect), option.palette
        role = QPalette.ColorRole
        ink, muted = colors.color(role.Text), colors.color(role.PlaceholderText)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.head:
            painter.fillRect(box.adjusted(0, 4, 0, -1), colors.color(role.AlternateBase))
        if row.marked:
            painter.fillRect(box, colors.color(role.Light))
            painter.fillRect(box.left(), box.top(), 4, box.height(), colors.color(role.Highlight))
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, colors.color(role.Mid))
        left = box.left() + (12 if row.marked else 0)
        right = box.right() - _REMOVE_PX
        if row.line is not None:
            self._cross(painter, remove_box(box), muted)
        if row.question:
            self._key(painter, seen_box(box), row, colors)
            right = seen_box(box).left() - 8
        else:
            painter.setFont(money_font())
            painter.setPen(ink)
            painter.drawText(
                QRect(left, box.top(), right - left, ROW_PX),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                row.price,
            )
            right -= painter.fontMetrics().horizontalAdvance(row.price) + 8
        self._text(
            painter,
            QPoint(left, box.top() + 23),
            right - left,
            row.title,
            text_font(t.BODY, QFont.Weight.DemiBold),
            ink,
        )
        if row.question:
            self._text(
                painter,
                QPoint(left, box.top() + 42),
                right - left,
                row.question,
                text_font(t.SMALL, QFont.Weight.DemiBold),
                ink,
            )
        else:
            self._text(painter, QPoint(left, box.top() + 42), right - left, row.detail, text_font(t.SMALL), muted)
        painter.restore()

    @staticmethod
    def _text(painter: QPainter, at: QPoint, width: int, text: str, font: QFont, color: QColor) -> None:
        painter.setFont(font)
        painter.setPen(color)
        painter.drawText(at, QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width))

    @staticmethod
    def _cross(painter: QPainter, box: QRect, color: QColor) -> None:
        middle, arm = box.center(), 4
        painter.setPen(QPen(color, t.LINE))
        painter.drawLine(middle + QPoint(-arm, -arm), middle + QPoint(arm, arm))
        painter.drawLine(middle + QPoint(-arm, arm), middle + QPoint(arm, -arm))

    @staticmethod
    def _key(painter: QPainter, box: QRect, row: BasketRow, colors: QPalette) -> None:
        accent = colors.color(QPalette.ColorRole.Highlight)
        painter.setPen(QPen(accent, t.LINE))
        painter.setBrush(colors.color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(box, t.RADIUS, t.RADIUS)
        painter.setPen(accent)
        painter.setFont(text_font(t.SMALL, QFont.Weight.DemiBold))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{row.answer}  {row.cap}".strip())


def remove_box(row: QRect) -> QRect:
    """Where a press removes the ticket."""
    return QRect(row.right() - _REMOVE_PX + 1, row.top(), _REMOVE_PX, row.height())


def seen_box(row: QRect) -> QRect:
    """Where a press confirms the proof."""
    top = row.top() + (row.height() - _SEEN.height()) // 2
    return QRect(QPoint(row.right() - _REMOVE_PX - _SEEN.width(), top), _SEEN)


class BasketList(QListView):
    """Shows BasketRows; tells which line was marked, removed, or had its proof seen."""

    marked = Signal(object)
    removed = Signal(object)
    seen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # A line that changes its price type is redrawn where it is: here only how many there are counts.
        self._rows = RowModel(self, _words, lambda _: None)
        self.setModel(self._rows)
        self.setItemDelegate(_Delegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        # The keys belong to the map; the list is worked with PgUp, PgDn and the price keys.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def minimumSizeHint(self) -> QSize:
        # What must be seen stands below; the tickets scroll in whatever is left. In a small window the panel scrolls,
        # and the marked ticket stays in sight.
        return QSize(0, ROW_PX if self.window().height() < FULL[1] else 0)

    def show_rows(self, rows: list[BasketRow]) -> None:
        self._rows.show_rows(rows)
        for number, row in enumerate(rows):
            if row.marked:
                self.scrollTo(self._rows.index(number))

    @property
    def rows(self) -> list[BasketRow]:
        return self._rows.rows

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if (
            not index.isValid()
            or event.button() != Qt.MouseButton.LeftButton
            or event.type() != QEvent.Type.MouseButtonPress
        ):
            return
        row, box, at = self._rows.rows[index.row()], self.visualRect(index), event.position().toPoint()
        if row.line is None:
            return
        if remove_box(box).contains(at):
            self.removed.emit(row.line)
        elif row.question and seen_box(box).contains(at):
            self.seen.emit()
        else:
            self.marked.emit(row.line)
