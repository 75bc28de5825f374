"""The far view of a bowl: sections as blocks, each filled up to the share of its places that is left.

Closer than this no seat can be told from its neighbour, and what a person looks for is a block. How full it is
says its level, as in a glass, and its count; the colour is that of most of its places.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from pos.domain.plan import Plan
from pos.ui.theme import tokens as theme
from pos.ui.theme.color import mix
from pos.ui.theme.tokens import Tokens

BLOCKS_BELOW: Final = 1.8  # px between seats; closer up they are drawn one by one
LEVELS: Final = 24  # how finely a block's level is shown; smaller changes repaint nothing
_EMPTY, _FULL = 0.82, 0.25  # how much ground is mixed into the colour above and below the level
_ROOM: Final = 0.7  # of a seat's pitch, from its centre to the block's edge

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Block:
    """A section: its zone, the ends and middles of its rows and the room round a seat, plan units."""

    zone: int
    corners: Points
    room: float

    @cached_property
    def box(self) -> QRectF:
        (left, top), (right, bottom) = self.corners.min(axis=0).tolist(), self.corners.max(axis=0).tolist()
        room = self.room
        return QRectF(left - room, top - room, right - left + 2 * room, bottom - top + 2 * room)

    @cached_property
    def outline(self) -> Points:
        """What is drawn round all of its seats: only when it is, for a hall that fits needs none."""
        around = np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]) * self.room
        return _hull((_hull(self.corners)[:, None, :] + around).reshape(-1, 2))

    def placed(self, scale: float, origin: tuple[int, int]) -> QPolygonF:
        points = self.outline * scale - np.array(origin, np.float64)
        return QPolygonF([QPointF(x, y) for x, y in points.tolist()])


class Blocks:
    """All sections of a hall. `levels` are by zone, 0 to LEVELS."""

    def __init__(self, plan: Plan, pitch: float) -> None:
        self.all = _blocks(plan, pitch)
        self.categories = _usual_categories(plan)  # by zone
        self.levels: NDArray[np.intp] = np.zeros(len(plan.zones), np.intp)
        self._places = np.bincount(np.frombuffer(plan.zone, np.uint16), minlength=len(plan.zones))

    def set_left(self, left: NDArray[np.intp]) -> list[Block]:
        """How many places each zone has left. Returns the blocks whose level is another now."""
        # Anything left at all is seen, and full is only what nothing is gone of.
        levels = (left * LEVELS) // np.maximum(self._places, 1)
        levels = np.where((left > 0) & (levels == 0), 1, levels)
        changed = np.flatnonzero(levels != self.levels)
        self.levels = levels
        moved = set(changed.tolist())
        return [block for block in self.all if block.zone in moved]

    def paint(
        self, painter: QPainter, rect: QRect, origin: tuple[int, int], scale: float, colors: list[str], tokens: Tokens
    ) -> None:
        """Paint what touches `rect`, px, inked by zone; `origin` in px is the painter's (0, 0)."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for block in self.all:
            box = block.box
            at = QRectF(box.topLeft() * scale, box.size() * scale).translated(-origin[0], -origin[1])
            if not at.adjusted(-2, -2, 2, 2).intersects(QRectF(rect)):
                continue
            shape, level = block.placed(scale, origin), int(self.levels[block.zone])
            color = colors[block.zone] if level else tokens.sold
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mix(color, tokens.paper, _EMPTY)))
            painter.drawPolygon(shape)
            if level:
                surface = at.bottom() - at.height() * level / LEVELS
                painter.save()
                painter.setClipRect(
                    QRectF(at.left() - 1, surface, at.width() + 2, at.bottom() - surface + 1),
                    Qt.ClipOperation.IntersectClip,
                )
                painter.setBrush(QColor(mix(color, tokens.paper, _FULL)))
                painter.drawPolygon(shape)
                painter.restore()
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.edge), theme.LINE))
            painter.drawPolygon(shape)
        painter.restore()

    def next_to(self, zone: int, dx: int, dy: int) -> int:
        """The block that comes next in a direction (-1, 0 or 1 each); the same one at the hall's edge."""
        here = next((block for block in self.all if block.zone == zone), None)
        if here is None:
            return self.all[0].zone
        at, best, least = here.box.center(), zone, np.inf
        for block in self.all:
            away = block.box.center() - at
            ahead, aside = away.x() * dx + away.y() * dy, abs(away.x() * dy - away.y() * dx)
            if block.zone != zone and ahead > 0 and aside <= ahead * 2 and ahead + 2 * aside < least:
                best, least = block.zone, ahead + 2 * aside
        return best

    def box_of(self, zone: int) -> QRectF:
        """What a block covers, plan units; empty for a zone without seats."""
        return next((block.box for block in self.all if block.zone == zone), QRectF())


def _blocks(plan: Plan, pitch: float) -> list[Block]:
    corners: dict[int, list[int]] = {}
    for row in plan.rows:
        if row.end > row.first:
            # A row's ends and its middle, which bulges where rows are curved.
            corners.setdefault(row.zone, []).extend((row.first, (row.first + row.end - 1) // 2, row.end - 1))
    places = np.stack([np.frombuffer(plan.xs, np.float32), np.frombuffer(plan.ys, np.float32)], axis=1)
    return [Block(zone, places[seats].astype(np.float64), _ROOM * pitch) for zone, seats in sorted(corners.items())]


def _usual_categories(plan: Plan) -> NDArray[np.intp]:
    """By zone: the category that most of its places are in."""
    zones, categories = np.frombuffer(plan.zone, np.uint16), np.frombuffer(plan.category, np.uint16)
    count = max(len(plan.categories), 1)
    usual = np.bincount(zones.astype(np.intp) * count + categories, minlength=len(plan.zones) * count)
    most: NDArray[np.intp] = usual.reshape(len(plan.zones), count).argmax(axis=1)
    return most


def _hull(points: Points) -> Points:
    """The convex outline of some points (Andrew's monotone chain)."""
    ordered = sorted(set(map(tuple, points.tolist())))
    if len(ordered) < 3:
        return np.array(ordered, np.float64)

    def chain(along: list[tuple[float, float]]) -> list[tuple[float, float]]:
        found: list[tuple[float, float]] = []
        for x, y in along:
            while len(found) > 1:
                (ax, ay), (bx, by) = found[-2], found[-1]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                found.pop()
            found.append((x, y))
        return found[:-1]

    return np.array(chain(ordered) + chain(ordered[::-1]), np.float64)
