"""The plan's own drawings (stage, pitch, bars) in the theme's greys, with their text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPolygonF, QTransform

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


@dataclass(frozen=True)
class _Drawing:
    """A drawing as it stands in the hall, plan units, with where its words go."""

    shape: dict[str, Any]
    path: QPainterPath
    words_at: QPointF


class Drawings:
    """All drawings of a hall, with their outlines made once; `turn` is how the hall is turned."""

    def __init__(self, shapes: tuple[dict[str, Any], ...], turn: QTransform | None = None) -> None:
        self._all = [_stood(shape, turn or QTransform()) for shape in shapes]

    @property
    def bounds(self) -> QRectF:
        """What all drawings cover, plan units; empty if there are none."""
        box = QRectF()
        for drawing in self._all:
            box = box.united(drawing.path.boundingRect())
        return box

    def paint(
        self,
        painter: QPainter,
        rect: QRect,
        origin: tuple[int, int],
        scale: float,
        tokens: Tokens,
        *,
        words: bool = True,
    ) -> None:
        """Paint what falls into `rect`, px; `origin` in px is the painter's (0, 0), `scale` px a plan unit."""
        for drawing in self._all:
            box = drawing.path.boundingRect()
            at = QRectF(box.topLeft() * scale, box.size() * scale).translated(-origin[0], -origin[1])
            text = _text_box(drawing, origin, scale) if words else QRectF()
            if at.intersects(QRectF(rect)) or text.intersects(QRectF(rect)):
                _paint(painter, drawing, origin, scale, tokens)
                _paint_text(painter, drawing.shape, text, scale, tokens)


def _stood(shape: dict[str, Any], turn: QTransform) -> _Drawing:
    path = outline(shape)
    middle, words = path.boundingRect().center(), shape.get("text")
    offset = words.get("position") if isinstance(words, dict) else None
    words_at = middle + QPointF(_number(offset, "x"), _number(offset, "y"))
    if own := _number(shape, "rotation"):
        about = QTransform().translate(middle.x(), middle.y()).rotate(own).translate(-middle.x(), -middle.y())
        path = about.map(path)
    return _Drawing(shape, turn.map(path), turn.map(words_at))


def _paint(painter: QPainter, drawing: _Drawing, origin: tuple[int, int], scale: float, tokens: Tokens) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-origin[0], -origin[1])
    painter.scale(scale, scale)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_fill(drawing.shape, tokens))
    painter.drawPath(drawing.path)
    painter.restore()


def _fill(shape: dict[str, Any], tokens: Tokens) -> QColor:
    own = shape.get("color")
    try:
        parts = channels(str(own))
    except ValueError:
        return QColor(tokens.shape)
    if max(parts) - min(parts) <= _GREY:
        return QColor(tokens.shape)
    return QColor(mix(tokens.shape, str(own), _OWN_COLOR))


def _text_box(drawing: _Drawing, origin: tuple[int, int], scale: float) -> QRectF:
    """Where a drawing's text goes, px, upright however the hall is turned: it may stick out of its shape."""
    words = drawing.shape.get("text")
    if not isinstance(words, dict) or not words.get("text"):
        return QRectF()
    size, at = _text_size(words, scale), drawing.words_at * scale
    half = len(str(words["text"])) * (size + _LETTER_SPACING) / 2 + size
    return QRectF(at.x() - origin[0] - half, at.y() - origin[1] - size, 2 * half, 2 * size)


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
