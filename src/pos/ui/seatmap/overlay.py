"""What lies over the hall for a moment: the basket seen from afar, hover, focus, the rectangle being drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform

from pos.ui.seatmap.camera import Camera
from pos.ui.seatmap.geometry import Geometry
from pos.ui.seatmap.hall import seat_size
from pos.ui.theme import tokens as theme
from pos.ui.theme.tokens import Tokens

_LEAST_RING: Final = 7.0  # px; a ring round a seat of one pixel must still be found
FAR_DOT: Final = 4.5  # px; radius of a basket seat where seats are dots


class Overlay:
    """Marks, drawn in device px with the view's top left corner at (0, 0)."""

    def __init__(self) -> None:
        self.focus = -1
        self.focus_shown = False
        self.hover = -1
        self.block = QRectF()  # the block in focus, plan units; empty for none
        self.rubber: QPolygonF | None = None  # px of the widget

    def clear(self) -> None:
        self.focus = self.hover = -1
        self.block = QRectF()
        self.rubber = None

    def paint(self, painter: QPainter, camera: Camera, geometry: Geometry, tokens: Tokens) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hover >= 0 and self.hover != self.focus:
            self._ring(painter, camera, geometry, self.hover, QColor(tokens.accent), theme.LINE)
        if self.focus >= 0 and self.focus_shown:
            # Ground under the ring keeps it apart from the seat's own outline and its neighbours.
            self._ring(painter, camera, geometry, self.focus, QColor(tokens.paper), 5.0)
            self._ring(painter, camera, geometry, self.focus, QColor(tokens.accent), 2.5)
        if not self.block.isEmpty():
            self._around(painter, camera, self.block, QColor(tokens.paper), 6.0)
            self._around(painter, camera, self.block, QColor(tokens.accent), 3.0)
        if self.rubber is not None:
            self._rubber(painter, camera, tokens, self.rubber)

    def paint_far_basket(
        self, painter: QPainter, camera: Camera, geometry: Geometry, places: Iterable[int], tokens: Tokens
    ) -> None:
        """Dots that can be seen for basket seats that are a pixel or two."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.paper), theme.LINE * camera.ratio))
        painter.setBrush(QColor(tokens.basket))
        for place in places:
            radius = FAR_DOT * camera.ratio
            painter.drawEllipse(QPointF(*camera.to_view(*geometry.at(place))), radius, radius)

    def reach(self, camera: Camera) -> float:
        """How far from a seat's centre its marks go, px of the widget."""
        return max(seat_size(camera.seat_pitch) / 2 / camera.ratio, _LEAST_RING) + 6

    def _ring(
        self, painter: QPainter, camera: Camera, geometry: Geometry, place: int, color: QColor, width: float
    ) -> None:
        radius = max(seat_size(camera.seat_pitch) / 2 + 2.5 * camera.ratio, _LEAST_RING * camera.ratio)
        painter.setPen(QPen(color, width * camera.ratio))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(*camera.to_view(*geometry.at(place))), radius, radius)

    def _around(self, painter: QPainter, camera: Camera, box: QRectF, color: QColor, width: float) -> None:
        left, top = camera.to_view(box.left(), box.top())
        painter.setPen(QPen(color, width * camera.ratio))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        size = box.size() * camera.scale
        painter.drawRoundedRect(QRectF(left, top, size.width(), size.height()), theme.RADIUS, theme.RADIUS)

    def _rubber(self, painter: QPainter, camera: Camera, tokens: Tokens, rubber: QPolygonF) -> None:
        ratio = camera.ratio
        ground = QColor(tokens.accent)
        ground.setAlphaF(0.12)
        painter.setPen(QPen(QColor(tokens.accent), theme.LINE * ratio))
        painter.setBrush(ground)
        painter.drawPolygon(QTransform.fromScale(ratio, ratio).map(rubber))
