"""The line under the map: each category's sign and colour, its price and what is free."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos.ui.seatmap import states as s
from pos.ui.seatmap.legend import seat_pixmap
from pos.ui.seatmap.states import CategoryShape
from pos.ui.theme import tokens as theme
from pos.ui.theme.fonts import text_font
from pos.ui.theme.tokens import Tokens

_HEIGHT: Final = 48
_GLYPH: Final = 13
_AFTER_GLYPH: Final = 7
_WORD_GAP: Final = 5
_GAP: Final = 14  # between categories
_INDENT: Final = 14.0
_SHORTEST: Final = 24  # px, of a name that has to give way


@dataclass(frozen=True, slots=True)
class StripItem:
    """A category: its name, colour ("#56B4E9"), price and free count as they are to be read."""

    name: str
    color: str
    price: str
    free: str
    shape: CategoryShape = "disc"


class CategoryStrip(QWidget):
    """All categories in one line; in two smaller ones, and then with shorter names, where they are many."""

    picked = Signal(str)  # the name of the category that was clicked

    def __init__(self, parent: QWidget | None = None, tokens: Tokens = theme.LIGHT) -> None:
        super().__init__(parent)
        self._tokens = tokens
        self._items: list[StripItem] = []
        self._boxes: list[tuple[str, QRectF]] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_items(self, items: list[StripItem]) -> None:
        """Show these categories, in this order."""
        self._items = list(items)
        self.setAccessibleName("; ".join(f"{item.name} {item.price} {item.free}" for item in items))
        self.update()

    def set_tokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._tokens.paper))
            painter.fillRect(0, 0, self.width(), 1, QColor(self._tokens.line))
            size, lines = self._setting()
            height = (self.height() - 1) / len(lines)
            self._boxes = []
            for n, line in enumerate(lines):
                self._paint_line(painter, size, 1 + n * height, height, line)

    def _paint_line(self, painter: QPainter, size: int, top: float, height: float, line: list[StripItem]) -> None:
        look, x = self._tokens, _INDENT
        for item in line:
            left = x
            glyph = seat_pixmap(s.FREE, look, item.color, _GLYPH, item.shape, self.devicePixelRatioF())
            half = glyph.deviceIndependentSize().height() / 2
            painter.drawPixmap(QPointF(x + _GLYPH / 2 - half, top + height / 2 - half), glyph)
            x += _GLYPH + _AFTER_GLYPH
            for text, color, weight in (
                (item.name, look.ink, QFont.Weight.Normal),
                (item.price, look.ink, QFont.Weight.Bold),
                (item.free, look.muted, QFont.Weight.Normal),
            ):
                font = text_font(size, weight)
                width = QFontMetricsF(font).horizontalAdvance(text)
                painter.setFont(font)
                painter.setPen(QColor(color))
                painter.drawText(QRectF(x, top, width + 2, height), Qt.AlignmentFlag.AlignVCenter, text)
                x += width + (_WORD_GAP if text else 0)
            self._boxes.append((item.name, QRectF(left, top, x - left, height)))
            x += _GAP

    def _setting(self) -> tuple[int, list[list[StripItem]]]:
        """The type size (px) and the lines in which all categories fit."""
        room = self.width() - 2 * _INDENT
        for size in (15, 14):
            if self._width(size, self._items) <= room:
                return size, [self._items]
        metrics = QFontMetricsF(text_font(13))
        longest = max(metrics.horizontalAdvance(item.name) for item in self._items)
        items = self._items
        while True:
            for cut in range(1, len(items)):
                if self._width(13, items[:cut]) <= room and self._width(13, items[cut:]) <= room:
                    # As even as they come: the first line is the last that is no shorter than the second.
                    even = [c for c in range(cut, len(items)) if self._width(13, items[:c]) <= room]
                    best = min(even, key=lambda c: abs(self._width(13, items[:c]) - self._width(13, items[c:])))
                    return 13, [items[:best], items[best:]]
            longest -= 6
            if longest < _SHORTEST:
                return 13, [items]
            shorter = [metrics.elidedText(item.name, Qt.TextElideMode.ElideRight, longest) for item in self._items]
            items = [replace(item, name=name) for item, name in zip(self._items, shorter, strict=True)]

    def _width(self, size: int, items: list[StripItem]) -> float:
        plain, bold = QFontMetricsF(text_font(size)), QFontMetricsF(text_font(size, QFont.Weight.Bold))
        texts = sum(
            plain.horizontalAdvance(item.name) + bold.horizontalAdvance(item.price) + plain.horizontalAdvance(item.free)
            for item in items
        )
        return texts + len(items) * (_GLYPH + _AFTER_GLYPH + 3 * _WORD_GAP + _GAP) - _GAP

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        for name, box in self._boxes:
            if box.contains(event.position()):
                self.picked.emit(name)
                return
