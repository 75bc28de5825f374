"""The whole hall, small, in a corner of the map: which part of it is in view. A press goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from pos.ui.theme import tokens as theme
from pos.ui.theme.tokens import Tokens

if TYPE_CHECKING:
    from pos.ui.seatmap.hall import Hall

_MOST: Final = QSize(176, 132)  # px
_EDGE: Final = 4  # px between the frame and the hall
_LEAST: Final = 6.0  # px that the mark of the view is wide at least


class Minimap(QWidget):
    """`sought` carries the point of the plan that somebody wants to see."""

    sought = Signal(float, float)

    def __init__(self, parent: QWidget, tokens: Tokens = theme.LIGHT) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._tokens = tokens
        self.hall: Hall | None = None
        self._content = QRectF()
        self._scale = 1.0
        self._picture = QImage()
        self._part = QRectF()  # what is in view, plan units
        self.hide()

    def set_hall(self, hall: Hall, content: QRectF) -> None:
        """Show a hall; `content` is what there is to see of it, plan units."""
        self.hall, self._content = hall, content
        across = (_MOST.width() - 2 * _EDGE) / max(content.width(), 1e-6)
        down = (_MOST.height() - 2 * _EDGE) / max(content.height(), 1e-6)
        self._scale = min(across, down)
        self.resize(round(content.width() * self._scale) + 2 * _EDGE, round(content.height() * self._scale) + 2 * _EDGE)
        self.draw()

    def set_tokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.draw()

    def draw(self) -> None:
        """Take the hall's picture anew."""
        if self.hall is None:
            return
        ratio = self.devicePixelRatioF()
        image = QImage(self.size() * ratio, QImage.Format.Format_RGB32)
        pixels = np.frombuffer(image.bits(), np.uint32).reshape(image.height(), image.width())
        scale, edge = self._scale * ratio, _EDGE * ratio
        origin = (round(self._content.left() * scale - edge), round(self._content.top() * scale - edge))
        self.hall.paint_small(image, pixels, origin, scale)
        image.setDevicePixelRatio(ratio)
        self._picture = image
        self.update()

    def look(self, left: float, top: float, right: float, bottom: float) -> None:
        """This part of the plan is in view now."""
        part = QRectF(left, top, right - left, bottom - top)
        if part != self._part:
            self._part = part
            self.update()

    @property
    def mark(self) -> QRectF:
        """Where the part in view is marked, px."""
        at = self._part.translated(-self._content.topLeft())
        mark = QRectF(at.topLeft() * self._scale, at.size() * self._scale).translated(_EDGE, _EDGE)
        wider, higher = max(_LEAST - mark.width(), 0.0) / 2, max(_LEAST - mark.height(), 0.0) / 2
        return mark.adjusted(-wider, -higher, wider, higher)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = self._tokens
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(look.paper))
            painter.drawImage(0, 0, self._picture)
            painter.setPen(QPen(QColor(look.edge), theme.LINE))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
            box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
            painter.setPen(QPen(QColor(look.paper), 4.0))
            painter.drawRect(self.mark.intersected(box))
            painter.setPen(QPen(QColor(look.accent), 2.0))
            painter.drawRect(self.mark.intersected(box))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the seats below have not been clicked

    def _seek(self, event: QMouseEvent) -> None:
        at = event.position()
        self.sought.emit(
            self._content.left() + (at.x() - _EDGE) / self._scale, self._content.top() + (at.y() - _EDGE) / self._scale
        )
