"""The categories under the map: sign, name, price, what is left; the one chosen is where `Best together` looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from pos.ui.seatmap import states as s
from pos.ui.seatmap.legend import seat_pixmap
from pos.ui.seatmap.states import CategoryShape
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.tokens import Tokens

_HEIGHT: Final = 56
_GLYPH: Final = 13
_WIDEST: Final = 168  # px for one category, however few there are


@dataclass(frozen=True, slots=True)
class CategoryItem:
    """A category as it is to be read; `price` and `left` are finished text."""

    name: str
    color: str
    price: str
    left: str
    shape: CategoryShape
    chosen: bool


class CategoryBar(QWidget):
    """Two lines a category, all of them always in sight. `picked` carries a name."""

    picked = Signal(str)

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self._items: list[CategoryItem] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_items(self, items: list[CategoryItem]) -> None:
        if items != self._items:
            self._items = items
            self.setAccessibleName("; ".join(f"{item.name} {item.price} {item.left}" for item in items))
            self.update()

    @property
    def items(self) -> list[CategoryItem]:
        return self._items

    def set_tokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, _HEIGHT)

    def _boxes(self) -> list[QRectF]:
        """Each category's place. Room is shared out by the length of what is written there."""
        if not self._items:
            return []
        wishes = [min(_WIDEST, self._wish(item)) for item in self._items]
        share = min(1.0, (self.width() - 16) / sum(wishes))
        boxes, x = [], 8.0
        for wish in wishes:
            boxes.append(QRectF(x, 4, wish * share, _HEIGHT - 7))
            x += wish * share
        return boxes

    @staticmethod
    def _wish(item: CategoryItem) -> float:
        plain, bold = QFontMetricsF(text_font(14)), QFontMetricsF(text_font(14, QFont.Weight.Bold))
        figures = bold.horizontalAdvance(item.price) + plain.horizontalAdvance(item.left) + 6
        return max(plain.horizontalAdvance(item.name), figures) + _GLYPH + 24

    def paintEvent(self, event: QPaintEvent) -> None:
        look = self._tokens
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), QColor(look.paper))
            painter.fillRect(0, 0, self.width(), 1, QColor(look.line))
            for item, box in zip(self._items, self._boxes(), strict=True):
                self._paint(painter, item, box)

    def _paint(self, painter: QPainter, item: CategoryItem, box: QRectF) -> None:
        look = self._tokens
        if item.chosen:
            pen = painter.pen()
            pen.setColor(QColor(look.accent))
            pen.setWidthF(t.LINE)
            painter.setPen(pen)
            painter.setBrush(QColor(look.card))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), t.RADIUS, t.RADIUS)
        glyph = seat_pixmap(s.FREE, look, item.color, _GLYPH, item.shape, self.devicePixelRatioF())
        half = glyph.deviceIndependentSize().height() / 2
        painter.drawPixmap(QPointF(box.left() + 14 - half, box.top() + 15 - half), glyph)
        first = QRectF(box.left() + 26, box.top() + 5, box.width() - 32, 20)
        second = QRectF(box.left() + 26, box.top() + 24, box.width() - 32, 20)
        painter.setPen(QColor(look.ink))
        painter.setFont(text_font(14))
        name = painter.fontMetrics().elidedText(item.name, Qt.TextElideMode.ElideRight, int(first.width()))
        painter.drawText(first, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(text_font(14, QFont.Weight.Bold))
        painter.drawText(second, Qt.AlignmentFlag.AlignVCenter, item.price)
        taken = painter.fontMetrics().horizontalAdvance(item.price) + 6 if item.price else 0
        painter.setPen(QColor(look.muted))
        painter.setFont(text_font(14))
        painter.drawText(second.adjusted(taken, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, item.left)

    def _at(self, at: QPointF) -> CategoryItem | None:
        found = (item for item, box in zip(self._items, self._boxes(), strict=True) if box.contains(at))
        return next(found, None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (item := self._at(event.position())) is not None:
            self.picked.emit(item.name)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            item = self._at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), f"{item.name} {item.price} · {item.left}" if item else "", self)
            return True
        return super().event(event)
