"""The map's key: one glyph a state, drawn by the same hand as the seats."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPaintEvent, QPixmap
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

Step = tuple[str, str, str]
"""A step of the heat: its colour, its figure, and its words."""


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
    """Glyphs with their words, one below the other, and what the colours stand for where they are no categories.

    It lies over a corner of the map, which is painted often, so its picture is kept.
    """

    def __init__(self, parent: QWidget | None = None, tokens: Tokens = theme.LIGHT) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tokens = tokens
        self._entries: list[Entry] = []
        self._steps: list[Step] = []
        self._picture: QPixmap | None = None
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
        self._changed()

    def set_steps(self, steps: list[Step]) -> None:
        """What the colours stand for, in this order; none where they are the categories'."""
        if steps != self._steps:
            self._steps = list(steps)
            self._changed()

    def _changed(self) -> None:
        said = [words for _, _, words in self._entries] + [f"{figure}: {words}" for _, figure, words in self._steps]
        self.setAccessibleName(", ".join(said))
        self.resize(self.sizeHint())
        self.updateGeometry()
        self._forget()

    def _forget(self) -> None:
        self._picture = None
        self.update()

    def set_tokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._forget()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(text_font(theme.SMALL))
        widest = max(
            (metrics.horizontalAdvance(words) for _, _, words in (*self._entries, *self._steps)),
            default=0,
        )
        gap = _LINE // 2 if self._steps else 0
        return QSize(widest + _GLYPH + 20, _LINE * (len(self._entries) + len(self._steps)) + gap)

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            with QPainter(self._picture) as painter:
                self._paint(painter, ratio)
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._picture)

    def _paint(self, painter: QPainter, ratio: float) -> None:
        look = self._tokens
        ground = QColor(look.paper)
        ground.setAlpha(222)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(self.rect(), theme.RADIUS, theme.RADIUS)
        painter.setFont(text_font(theme.SMALL))
        for n, (state, shape, words) in enumerate(self._entries):
            glyph = seat_pixmap(state, look, look.muted, _GLYPH, shape, ratio)
            middle = n * _LINE + _LINE / 2
            half = glyph.deviceIndependentSize().height() / 2
            painter.drawPixmap(QPointF(_GLYPH / 2 + 2 - half, middle - half), glyph)
            self._say(painter, n * _LINE, words)
        top = len(self._entries) * _LINE + _LINE // 2
        for n, (color, figure, words) in enumerate(self._steps):
            inks = SeatColors.of(color, look)
            box = QRectF(1, top + n * _LINE + 2, _GLYPH + 5, _LINE - 4)
            painter.setPen(QColor(inks.outline))
            painter.setBrush(QColor(inks.body))
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(QColor(inks.text))
            painter.setFont(text_font(theme.SMALL, QFont.Weight.DemiBold))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, figure)
            painter.setFont(text_font(theme.SMALL))
            self._say(painter, top + n * _LINE, words)

    def _say(self, painter: QPainter, top: float, words: str) -> None:
        painter.setPen(QColor(self._tokens.muted))
        painter.drawText(QRectF(_GLYPH + 10, top, self.width(), _LINE), Qt.AlignmentFlag.AlignVCenter, words)
