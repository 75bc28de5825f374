"""Names over the hall: of the sections with what is free in them, and of the rows close up.

They lie over the picture of the seats and are not part of it, so a count that changes
repaints no seat. Each text is rendered once and kept as a pixmap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap, QRegion

from pos.domain.plan import Plan
from pos.ui.seatmap.geometry import Geometry
from pos.ui.theme.fonts import text_font
from pos.ui.theme.tokens import LIGHT, Tokens

_SECTION_PX: Final = 10
_ROW_PX: Final = 11
_SPACING: Final = 1.0
_BLOCK_PX: Final = 9
_STEPS: Final = 24  # how finely a section's curved top edge is known
_MANY_SECTIONS: Final = 12  # more than that are blocks of a bowl, with no room for names between them
_SMALL_BLOCK: Final = 260  # px; a block lower than this carries its name on its seats

# Shares of a block's box from its middle, where its name may go when there is no room for it there.
_BESIDE: Final = ((0.0, 0.0), (0.0, -0.2), (0.0, 0.2), (-0.2, 0.0), (0.2, 0.0), (0.18, 0.18), (-0.18, -0.18))

Wording = Callable[[str, int], tuple[str, str]]
"""Puts a section's name and count into words, each for itself: they stand side by side or one below the other."""


_Placed = tuple[QPixmap, QRect, int]  # a name, where it stands, and its zone


@dataclass(frozen=True)
class _Section:
    """A zone with seats: its box and its seats' positions, plan units."""

    zone: int
    name: str
    box: tuple[float, float, float, float]
    xs: NDArray[np.float32]
    ys: NDArray[np.float32]

    @property
    def middle(self) -> float:
        return (self.box[0] + self.box[2]) / 2

    @cached_property
    def _crowns(self) -> list[float]:
        """The top edge within n of _STEPS steps from the middle outwards."""
        step = max((self.box[2] - self.box[0]) / 2 / _STEPS, 1e-6)
        lowest = np.full(_STEPS + 1, np.inf)
        np.minimum.at(lowest, (np.abs(self.xs - self.middle) / step).astype(np.intp).clip(0, _STEPS), self.ys)
        crowns: list[float] = np.minimum.accumulate(lowest).tolist()
        return crowns

    def crown(self, reach: float) -> float:
        """The top edge at the middle, over `reach` to either side; rows are often curved."""
        half = (self.box[2] - self.box[0]) / 2
        crown = self._crowns[min(int(reach / half * _STEPS) + 1, _STEPS) if half > 0 else _STEPS]
        return crown if crown < np.inf else self.box[1]


class Labels:
    """The texts of one hall; positions are px of the scaled hall."""

    def __init__(self, plan: Plan, geometry: Geometry) -> None:
        self._plan, self._geometry = plan, geometry
        self._zone = np.frombuffer(plan.zone, np.uint16).astype(np.intp)
        self._sections = _sections(plan, self._zone)
        self._pixmaps: dict[tuple[str, ...], QPixmap] = {}
        self._placed: list[_Placed] | None = None
        self._covered = QRegion()  # by all names together
        self._around = QRect()  # where names are placed: the view and as much again on every side
        self._placed_for: tuple[float, Tokens, float] = (0.0, LIGHT, 1.0)
        self._texts: dict[int, tuple[str, str]] = {}

    @property
    def zone(self) -> NDArray[np.intp]:
        """Each place's zone, in the plan's order."""
        return self._zone

    def forget(self) -> None:
        """The palette or the pixel ratio changed."""
        self._pixmaps.clear()
        self._placed = None

    def set_counts(self, counts: NDArray[np.intp], wording: Wording) -> list[QRect]:
        """What each zone has left, by zone. Returns where that makes a difference, px of the scaled hall."""
        texts = {sec.zone: wording(sec.name, int(counts[sec.zone])) for sec in self._sections}
        changed = {zone for zone, text in texts.items() if self._texts.get(zone) != text}
        self._texts = texts
        if not changed or self._placed is None:
            return []
        before = [box for _, box, zone in self._placed if zone in changed]
        self._placed = self._place(*self._placed_for)
        return before + [box for _, box, zone in self._placed if zone in changed]

    def section_at(self, x: float, y: float) -> tuple[float, float, float, float] | None:
        """The box of the smallest section that holds a point, plan units."""
        reach = self._geometry.pitch
        hit = [
            sec.box
            for sec in self._sections
            if sec.box[0] - reach <= x <= sec.box[2] + reach and sec.box[1] - reach <= y <= sec.box[3] + reach
        ]
        return min(hit, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=None)

    # ---- sections --------------------------------------------------------------------------

    def paint_sections(
        self, painter: QPainter, view: QRect, part: QRect, scale: float, tokens: Tokens, ratio: float
    ) -> None:
        """Draw the names in a part of the view; the painter's (0, 0) is the view's top left corner."""
        if self._placed is None or self._placed_for != (scale, tokens, ratio) or not self._around.contains(view):
            self._placed_for = (scale, tokens, ratio)
            self._around = view.adjusted(-view.width(), -view.height(), view.width(), view.height())
            self._placed = self._place(scale, tokens, ratio)
        if not self._covered.intersects(part):
            return
        for pixmap, box, _ in self._placed:
            if box.intersects(part):
                painter.drawPixmap(box.topLeft() - view.topLeft(), pixmap)

    def _place(self, scale: float, tokens: Tokens, ratio: float) -> list[_Placed]:
        placed: list[_Placed] = []
        taken = QRegion()
        for sec in self._sections:
            left, top, right, bottom = (round(edge * scale) for edge in sec.box)
            if not self._around.intersects(QRect(left, top, right - left + 1, bottom - top + 1)):
                continue
            name, count = (text.upper() for text in self._texts.get(sec.zone, (sec.name, "")))
            if len(self._sections) > _MANY_SECTIONS and bottom - top < _SMALL_BLOCK * ratio:
                at = QPoint((left + right) // 2, (top + bottom) // 2)
                choices: list[tuple[str, ...]] = [(name, count), (name, "")]
            else:
                at, choices = QPoint(), [(f"{name} {count}",), (name,)]
            for lines in choices:
                pixmap = self._text(lines, tokens, ratio)
                box = self._room(sec, pixmap, scale, at, taken)
                if box is not None:
                    taken = taken.united(box)
                    placed.append((pixmap, box, sec.zone))
                    break
        self._covered = taken
        return placed

    def _room(self, sec: _Section, pixmap: QPixmap, scale: float, at: QPoint, taken: QRegion) -> QRect | None:
        """Where a name goes: above its section, or, of a block, on its middle or a little beside that."""
        if at.isNull():
            box = QRect(self._above(sec, pixmap, scale), pixmap.size())
            return None if taken.intersects(box) else box
        width, height = (sec.box[2] - sec.box[0]) * scale, (sec.box[3] - sec.box[1]) * scale
        if pixmap.width() > width * 1.15 or pixmap.height() > height:
            return None
        for across, down in _BESIDE:
            moved = at + QPoint(round(width * across), round(height * down))
            box = QRect(moved - QPoint(pixmap.width() // 2, pixmap.height() // 2), pixmap.size())
            if not taken.intersects(box):
                return box
        return None

    def _above(self, sec: _Section, pixmap: QPixmap, scale: float) -> QPoint:
        """Where a name goes that stands clear above the middle of its section."""
        half = self._geometry.pitch * scale * 0.55
        crown = sec.crown((pixmap.width() / 2 + half) / scale) * scale
        return QPoint(round(sec.middle * scale - pixmap.width() / 2), round(crown - half - pixmap.height()))

    def _text(self, lines: tuple[str, ...], tokens: Tokens, ratio: float, plate: bool = True) -> QPixmap:
        key = (*lines, "plate" if plate else "plain")
        if key not in self._pixmaps:
            self._pixmaps[key] = _render(lines, tokens, ratio, plate)
        return self._pixmaps[key]

    @cached_property
    def _row_ends(self) -> NDArray[np.float64]:
        return _row_ends(self._plan)  # only when one looks closely: a bowl has thousands of rows

    # ---- rows ------------------------------------------------------------------------------

    def paint_rows(
        self, painter: QPainter, view: QRect, part: QRect, scale: float, tokens: Tokens, ratio: float
    ) -> None:
        """Draw the row's letter beyond both ends of every row in a part of the view."""
        ends = self._row_ends
        reach = self._geometry.pitch * scale * 0.95
        xs, ys = ends[:, 0] * scale + ends[:, 2] * reach, ends[:, 1] * scale + ends[:, 3] * reach
        room = part.adjusted(-40, -40, 40, 40)
        seen = np.flatnonzero((xs > room.left()) & (xs < room.right()) & (ys > room.top()) & (ys < room.bottom()))
        for n, x, y in zip(seen.tolist(), xs[seen].tolist(), ys[seen].tolist(), strict=True):
            pixmap = self._text((self._plan.rows[int(ends[n, 4])].label,), tokens, ratio, plate=False)
            at = QPoint(round(x - pixmap.width() / 2), round(y - pixmap.height() / 2))
            painter.drawPixmap(at - view.topLeft(), pixmap)


def _render(lines: tuple[str, ...], tokens: Tokens, ratio: float, plate: bool) -> QPixmap:
    stacked = len(lines) > 1
    size = (_BLOCK_PX if stacked else _SECTION_PX) if plate else _ROW_PX
    font = text_font(round(size * ratio), QFont.Weight.Bold)
    if plate and not stacked:
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, _SPACING * ratio)
    metrics = QFontMetrics(font)
    lines = tuple(filter(None, lines))
    # Capitals alone need no room below the line: a close plate leaves the row above it in sight.
    line = metrics.height() - round(ratio) if stacked else metrics.capHeight() + round(2 * ratio)
    width = max(metrics.horizontalAdvance(text) for text in lines)
    pixmap = QPixmap(width + round((4 if stacked else 10) * ratio), line * len(lines) + round(2 * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if plate:
            ground = QColor(tokens.paper)
            ground.setAlpha(222)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(pixmap.rect(), 4 * ratio, 4 * ratio)
        for n, text in enumerate(lines):
            painter.setFont(font)
            painter.setPen(QColor(tokens.ink if stacked and n == 0 else tokens.muted))
            left = (pixmap.width() - metrics.horizontalAdvance(text)) // 2
            painter.drawText(left, n * line + round(ratio) + (line + metrics.capHeight()) // 2, text)
    return pixmap


def _sections(plan: Plan, zone: NDArray[np.intp]) -> list[_Section]:
    xs, ys = np.frombuffer(plan.xs, np.float32), np.frombuffer(plan.ys, np.float32)
    by_zone = np.argsort(zone, kind="stable")
    ends = np.cumsum(np.bincount(zone, minlength=len(plan.zones)))
    found, first = [], 0
    for number, end in enumerate(ends.tolist()):
        places, first = by_zone[first:end], end
        if not len(places):
            continue
        x, y = xs[places], ys[places]
        box = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
        found.append(_Section(number, plan.zones[number], box, x, y))
    return found


def _row_ends(plan: Plan) -> NDArray[np.float64]:
    """Both ends of every row: x, y, the direction outwards (x, y), and the row's index. One of a single seat has its
    letter on the left."""
    rows = np.array([(n, row.first, row.end - 1) for n, row in enumerate(plan.rows) if row.end > row.first], np.intp)
    index, first, last = rows.reshape(-1, 3).T
    xs = np.frombuffer(plan.xs, np.float32).astype(np.float64)
    ys = np.frombuffer(plan.ys, np.float32).astype(np.float64)
    long = np.hypot(xs[last] - xs[first], ys[last] - ys[first]) > 0
    ends = [_outwards(xs, ys, first[long], first[long] + 1), _outwards(xs, ys, last[long], last[long] - 1)]
    alone = first[~long]
    ends.append(np.stack([xs[alone], ys[alone], np.full(len(alone), -1.0), np.zeros(len(alone))], axis=1))
    return np.column_stack([np.concatenate(ends), np.concatenate([index[long], index[long], index[~long]])])


def _outwards(
    xs: NDArray[np.float64], ys: NDArray[np.float64], ends: NDArray[np.intp], inner: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Where rows end, and the direction there, away from the seat before."""
    dx, dy = xs[ends] - xs[inner], ys[ends] - ys[inner]
    length = np.hypot(dx, dy)
    length[length == 0] = 1.0
    return np.stack([xs[ends], ys[ends], dx / length, dy / length], axis=1)
