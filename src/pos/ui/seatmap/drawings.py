"""The plan's own drawings (stage, pitch, bars) in the theme's greys, with their text."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPolygonF

from pos.ui.theme.color import channels, mix
from pos.ui.theme.fonts import text_font
from pos.ui.theme.tokens import Tokens

_OWN_COLOR: Final = 0.2  # how much of the plan's colour is let into the theme's grey
_GREY: Final = 24  # channels no further apart than this have no colour to let in
_LETTER_SPACING: Final = 1.2  # px


def outline(shape: dict[str, Any]) -> QPainterPath:
    """A drawing's outline in plan units, before its rotation; empty for a kind that is not known."""
    path = QPainterPath()
    x, y = _number(shape.get("position"), "x"), _number(shape.get("position"), "y")
    kind, body = shape.get("shape"), shape.get(str(shape.get("shape")))
    if kind == "rectangle":
        path.addRect(QRectF(x, y, _number(body, "width"), _number(body, "height")))
    elif kind == "circle":
        radius = _number(body, "radius")
        path.addEllipse(QPointF(x, y), radius, radius)
    elif kind == "ellipse":
        radii = body.get("radius") if isinstance(body, dict) else None
        path.addEllipse(QPointF(x, y), _number(radii, "x"), _number(radii, "y"))
    elif kind == "polygon" and isinstance(body, dict):
        points = [QPointF(x + _number(p, "x"), y + _number(p, "y")) for p in body.get("points", [])]
        if len(points) > 2:
            path.addPolygon(QPolygonF(points))
            path.closeSubpath()
    return path


def _number(parent: Any, key: str) -> float:
    """A coordinate of a drawing; a drawing is decoration, so what is missing is 0 and never an error."""
    value = parent.get(key) if isinstance(parent, dict) else None
    return float(value) if isinstance(value, int | float) else 0.0


class Drawings:
    """All drawings of a hall, with their outlines made once."""

    def __init__(self, shapes: tuple[dict[str, Any], ...]) -> None:
        self._paths = [(shape, path, _covered(shape, path)) for shape in shapes for path in (outline(shape),)]

    @property
    def bounds(self) -> QRectF:
        """What all drawings cover, plan units; empty if there are none."""
        box = QRectF()
        for _, path, _ in self._paths:
            box = box.united(path.boundingRect())
        return box

    def paint(self, painter: QPainter, rect: QRect, origin: tuple[int, int], scale: float, tokens: Tokens) -> None:
        """Paint what falls into `rect`, px; `origin` in px is the painter's (0, 0), `scale` px a plan unit."""
        for shape, path, covered in self._paths:
            at = QRectF(covered.topLeft() * scale, covered.size() * scale).translated(-origin[0], -origin[1])
            if at.intersects(QRectF(rect)) or _text_box(shape, path, origin, scale).intersects(QRectF(rect)):
                _paint(painter, shape, path, origin, scale, tokens)


def _covered(shape: dict[str, Any], path: QPainterPath) -> QRectF:
    """The box a drawing stays within, however it is turned."""
    box = path.boundingRect()
    if not _number(shape, "rotation"):
        return box
    reach = (box.width() ** 2 + box.height() ** 2) ** 0.5 / 2
    return QRectF(box.center().x() - reach, box.center().y() - reach, 2 * reach, 2 * reach)


def _paint(
    painter: QPainter,
    shape: dict[str, Any],
    path: QPainterPath,
    origin: tuple[int, int],
    scale: float,
    tokens: Tokens,
) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-origin[0], -origin[1])
    painter.scale(scale, scale)
    middle = path.boundingRect().center()
    if turn := _number(shape, "rotation"):
        painter.translate(middle)
        painter.rotate(turn)
        painter.translate(-middle)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_fill(shape, tokens))
    painter.drawPath(path)
    painter.restore()
    _paint_text(painter, shape, _text_box(shape, path, origin, scale), scale, tokens)


def _fill(shape: dict[str, Any], tokens: Tokens) -> QColor:
    own = shape.get("color")
    try:
        parts = channels(str(own))
    except ValueError:
        return QColor(tokens.shape)
    if max(parts) - min(parts) <= _GREY:
        return QColor(tokens.shape)
    return QColor(mix(tokens.shape, str(own), _OWN_COLOR))


def _text_box(shape: dict[str, Any], path: QPainterPath, origin: tuple[int, int], scale: float) -> QRectF:
    """Where a drawing's text goes, px: it may stick out of its shape. Empty without a text."""
    words = shape.get("text")
    if not isinstance(words, dict) or not words.get("text"):
        return QRectF()
    at = path.boundingRect().center() + QPointF(
        _number(words.get("position"), "x"), _number(words.get("position"), "y")
    )
    size = _text_size(words, scale)
    half = len(str(words["text"])) * (size + _LETTER_SPACING) / 2 + size
    return QRectF(at.x() * scale - origin[0] - half, at.y() * scale - origin[1] - size, 2 * half, 2 * size)


def _text_size(words: dict[str, Any], scale: float) -> int:
    return round(min(max((_number(words, "size") or 24) * scale, 10), 28))


def _paint_text(painter: QPainter, shape: dict[str, Any], box: QRectF, scale: float, tokens: Tokens) -> None:
    if box.isEmpty():
        return
    font = text_font(_text_size(shape["text"], scale), QFont.Weight.Bold)
    font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, _LETTER_SPACING)
    painter.setFont(font)
    painter.setPen(QColor(tokens.muted))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, str(shape["text"]["text"]))
