"""The glyphs of the rail, drawn as strokes on a 24 x 24 grid so that they take any colour and size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

_GRID: Final = 24


def _lines(path: QPainterPath, *strokes: tuple[tuple[float, float], ...]) -> None:
    for stroke in strokes:
        path.moveTo(*stroke[0])
        for point in stroke[1:]:
            path.lineTo(*point)


def _sell(path: QPainterPath) -> None:
    # A ticket: two notches at its sides and the perforation between the parts.
    path.moveTo(3, 6)
    path.lineTo(21, 6)
    path.lineTo(21, 9.5)
    path.arcTo(QRectF(18.5, 9.5, 5, 5), 90, 180)
    path.lineTo(21, 18)
    path.lineTo(3, 18)
    path.lineTo(3, 14.5)
    path.arcTo(QRectF(0.5, 9.5, 5, 5), 270, 180)
    path.closeSubpath()
    _lines(path, ((14.5, 9), (14.5, 10.4)), ((14.5, 12), (14.5, 13.4)), ((14.5, 15), (14.5, 15.6)))


def _orders(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(4, 3, 16, 18), 2, 2)
    _lines(path, ((8, 8), (16, 8)), ((8, 12), (16, 12)), ((8, 16), (13, 16)))


def _pickup(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(3, 5, 18, 14), 2, 2)
    _lines(path, ((3.6, 6.5), (12, 13), (20.4, 6.5)))


def _refund(path: QPainterPath) -> None:
    _lines(path, ((4, 8), (20, 8)), ((8, 4), (4, 8), (8, 12)), ((20, 16), (4, 16)), ((16, 12), (20, 16), (16, 20)))


def _people(path: QPainterPath) -> None:
    path.addEllipse(QRectF(8, 3.5, 8, 8))
    path.moveTo(4, 20)
    path.cubicTo(4, 11.5, 20, 11.5, 20, 20)


def _drawer(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(3, 12, 18, 8), 2, 2)
    _lines(path, ((10, 16), (14, 16)), ((5.5, 12), (7, 4.5), (17, 4.5), (18.5, 12)), ((9.5, 8), (14.5, 8)))


def _inbox(path: QPainterPath) -> None:
    _lines(path, ((3, 13), (8, 13), (9.5, 16), (14.5, 16), (16, 13), (21, 13)))
    _lines(path, ((3, 13), (6, 5), (18, 5), (21, 13), (21, 19), (3, 19), (3, 13)))


def _reports(path: QPainterPath) -> None:
    _lines(path, ((4, 4), (4, 20), (20, 20)), ((8, 20), (8, 13)), ((12.5, 20), (12.5, 8)), ((17, 20), (17, 11)))


def _devices(path: QPainterPath) -> None:
    # A printer: paper in at the top, the ticket out at the front.
    _lines(path, ((7, 8), (7, 3), (17, 3), (17, 8)))
    path.addRoundedRect(QRectF(3, 8, 18, 9), 2, 2)
    path.addRect(QRectF(7, 14, 10, 7))
    _lines(path, ((17, 11.2), (18, 11.2)))


def _layouts(path: QPainterPath) -> None:
    # A sheet with its boxes, and the pencil that draws them.
    _lines(path, ((12, 21), (4, 21), (4, 3), (18, 3), (18, 10)), ((8, 8), (14, 8)), ((8, 12), (12, 12)))
    _lines(path, ((13, 20.5), (13.5, 17.5), (19.5, 11.5), (22, 14), (16, 20), (13, 20.5)))


def _lock(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(5, 11, 14, 9), 2, 2)
    path.moveTo(8, 11)
    path.lineTo(8, 8)
    path.arcTo(QRectF(8, 4, 8, 8), 180, -180)
    path.lineTo(16, 11)


def _settings(path: QPainterPath) -> None:
    # Three sliders.
    for y, knob in ((6, 15), (12, 8), (18, 13)):
        _lines(path, ((3, y), (knob - 2.2, y)), ((knob + 2.2, y), (21, y)))
        path.addEllipse(QRectF(knob - 2.2, y - 2.2, 4.4, 4.4))


_GLYPHS: Final[dict[str, Callable[[QPainterPath], None]]] = {
    "sell": _sell,
    "orders": _orders,
    "pickup": _pickup,
    "refund": _refund,
    "people": _people,
    "drawer": _drawer,
    "inbox": _inbox,
    "reports": _reports,
    "devices": _devices,
    "layouts": _layouts,
    "lock": _lock,
    "settings": _settings,
}

ICONS: Final = tuple(_GLYPHS)


def paint_icon(painter: QPainter, name: str, box: QRectF, color: QColor) -> None:
    """Draw an icon of ICONS into a square `box`. Raises KeyError for a name that is not among them."""
    path = QPainterPath()
    _GLYPHS[name](path)
    scale = box.width() / _GRID
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(QPointF(box.topLeft()))
    painter.scale(scale, scale)
    pen = QPen(color, 1.6 if scale <= 1 else 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    painter.restore()
