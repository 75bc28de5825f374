"""The map's key: one glyph a state, drawn by the same hand as the seats."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos.ui.seatmap import states as s
from pos.ui.seatmap.glyphs import SeatColors, draw, raster_for
from pos.ui.seatmap.states import CategoryShape
from pos.ui.theme import tokens as theme
from pos.ui.theme.fonts import text_font
from pos.ui.theme.tokens import Tokens

_GLYPH: Final = 12  # px
_LINE: Final = 21  # px

Entry = tuple[int, CategoryShape, str]
"""A state, the shape to show it with, and its words."""


def seat_pixmap(
    state: int, tokens: Tokens, color: str, size: float = _GLYPH, shape: CategoryShape = "disc", ratio: float = 1.0
) -> QPixmap:
    """One seat as it looks on the map, `size` px across; `ratio` is the screen's device px a px."""
    raster = raster_for(size * ratio, 1)
    pixels = draw(state, shape, SeatColors.of(color, tokens), tokens, raster, numbered=False, dimmed=False)
    square = np.ascontiguousarray(pixels.reshape(raster.side, raster.side))
    image = QImage(square.data, raster.side, raster.side, raster.side * 4, QImage.Format.Format_ARGB32_Premultiplied)
    pixmap = QPixmap.fromImage(image.copy())
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


class Legend(QWidget):
    """Glyphs with their words, one below the other, on no ground of its own: it lies over a corner of the map."""

    def __init__(self, parent: QWidget | None = None, tokens: Tokens = theme.LIGHT) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tokens = tokens
        self._entries: list[Entry] = []
        self.set_entries(
            [
                (s.FREE, "disc", "free"),
                (s.HERE, "disc", "in hand here"),
                (s.ELSEWHERE, "disc", "another window"),
                (s.HELD, "disc", "held"),
                (s.SOLD, "disc", "sold"),
                (s.BASKET, "disc", "basket"),
            ]
        )

    def set_entries(self, entries: list[Entry]) -> None:
        """What the key explains, in this order, in the cashier's language."""
        self._entries = list(entries)
        self.setAccessibleName(", ".join(words for _, _, words in entries))
        self.resize(self.sizeHint())
        self.updateGeometry()
        self.update()

    def set_tokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(text_font(theme.SMALL))
        widest = max((metrics.horizontalAdvance(words) for _, _, words in self._entries), default=0)
        return QSize(widest + _GLYPH + 20, _LINE * len(self._entries))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = self._tokens
        with QPainter(self) as painter:
            ground = QColor(look.paper)
            ground.setAlpha(222)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(self.rect(), theme.RADIUS, theme.RADIUS)
            painter.setFont(text_font(theme.SMALL))
            for n, (state, shape, words) in enumerate(self._entries):
                glyph = seat_pixmap(state, look, look.muted, _GLYPH, shape, self.devicePixelRatioF())
                middle = n * _LINE + _LINE / 2
                half = glyph.deviceIndependentSize().height() / 2
                painter.drawPixmap(QPointF(_GLYPH / 2 + 2 - half, middle - half), glyph)
                painter.setPen(QColor(look.muted))
                field = QRectF(_GLYPH + 10, n * _LINE, self.width(), _LINE)
                painter.drawText(field, Qt.AlignmentFlag.AlignVCenter, words)
