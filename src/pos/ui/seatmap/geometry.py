"""Where the seats are: columns kept in the order of a grid of cells, for drawing and for hits.

Two numberings meet here. A *place's index* is its position in the plan. Its *slot* is
its position in the grid's order, where neighbours in the hall are neighbours in memory;
everything that is drawn is kept by slot.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pos.domain.plan import Plan

Floats = NDArray[np.float32]
Slots = NDArray[np.intp]

_SEATS_A_CELL: Final = 8
_SAMPLE: Final = 64
_ACROSS: Final = 2.5  # how much more a step sideways counts than one ahead, for the arrow keys


class Geometry:
    """The fixed part of a hall. Distances and positions are plan units."""

    def __init__(self, plan: Plan) -> None:
        if not len(plan):
            raise ValueError(f"plan {plan.name!r} holds no seat")
        xs, ys = np.frombuffer(plan.xs, np.float32), np.frombuffer(plan.ys, np.float32)
        self.left, self.top = float(xs.min()), float(ys.min())
        self.right, self.bottom = float(xs.max()), float(ys.max())
        width, height = self.right - self.left, self.bottom - self.top
        area = max(width, 1.0) * max(height, 1.0)
        self.cell = max((area * _SEATS_A_CELL / len(xs)) ** 0.5, max(width, height) / 2000, 1e-3)
        self.columns = int(width / self.cell) + 1
        self.lines = int(height / self.cell) + 1
        cells = self._column(xs) + self._line(ys) * self.columns
        self.order: Slots = np.argsort(cells, kind="stable").astype(np.intp)
        self.slot: Slots = np.empty_like(self.order)
        self.slot[self.order] = np.arange(len(xs), dtype=np.intp)
        self.xs: Floats = xs[self.order]
        self.ys: Floats = ys[self.order]
        counts = np.bincount(cells, minlength=self.columns * self.lines)
        self.starts = np.concatenate(([0], np.cumsum(counts)))
        self.pitch = self._usual_pitch(plan)

    def __len__(self) -> int:
        return len(self.xs)

    def _column(self, xs: Floats) -> NDArray[np.int64]:
        columns: NDArray[np.int64] = np.clip(((xs - self.left) / self.cell).astype(np.int64), 0, self.columns - 1)
        return columns

    def _line(self, ys: Floats) -> NDArray[np.int64]:
        lines: NDArray[np.int64] = np.clip(((ys - self.top) / self.cell).astype(np.int64), 0, self.lines - 1)
        return lines

    def _usual_pitch(self, plan: Plan) -> float:
        """The distance seats are drawn for: the median from a sample of seats to their nearest neighbour."""
        if len(self) == 1:
            return max(plan.width, plan.height) / 10
        gaps = [self._gap(slot) for slot in np.linspace(0, len(self) - 1, _SAMPLE).astype(int).tolist()]
        apart = [gap for gap in gaps if 0 < gap < np.inf]
        return median(apart) if apart else max(plan.width, plan.height) / 10

    def _gap(self, slot: int) -> float:
        """From a seat to its nearest neighbour, looking ever further; infinite if it has none."""
        x, y, reach = float(self.xs[slot]), float(self.ys[slot]), self.cell
        while True:
            slots = self.near(x - reach, y - reach, x + reach, y + reach)
            slots = slots[slots != slot]
            gap = float(np.hypot(self.xs[slots] - x, self.ys[slots] - y).min()) if len(slots) else np.inf
            if gap <= reach or reach > max(self.columns, self.lines) * self.cell:
                return gap
            reach *= 2

    # ---- rectangles ----------------------------------------------------------------------

    def near(self, left: float, top: float, right: float, bottom: float) -> Slots:
        """The slots in every cell that touches the rectangle, ascending: a few more than are inside."""
        if right < self.left or left > self.right or bottom < self.top or top > self.bottom:
            return np.empty(0, np.intp)
        first = min(max(int((left - self.left) / self.cell), 0), self.columns - 1)
        last = min(max(int((right - self.left) / self.cell), 0), self.columns - 1)
        above = min(max(int((top - self.top) / self.cell), 0), self.lines - 1)
        below = min(max(int((bottom - self.top) / self.cell), 0), self.lines - 1)
        if first == 0 and last == self.columns - 1:
            return np.arange(self.starts[above * self.columns], self.starts[(below + 1) * self.columns], dtype=np.intp)
        rows = np.arange(above, below + 1) * self.columns
        begins, ends = self.starts[rows + first], self.starts[rows + last + 1]
        lengths = ends - begins
        total = int(lengths.sum())
        if not total:
            return np.empty(0, np.intp)
        shifts = np.repeat(begins - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        slots: Slots = np.arange(total, dtype=np.intp) + shifts
        return slots

    def inside(self, left: float, top: float, right: float, bottom: float) -> Slots:
        """The slots of the seats whose centre lies in the rectangle, ascending."""
        slots = self.near(left, top, right, bottom)
        xs, ys = self.xs[slots], self.ys[slots]
        return slots[(xs >= left) & (xs <= right) & (ys >= top) & (ys <= bottom)]

    def places_inside(self, left: float, top: float, right: float, bottom: float) -> list[int]:
        """The places whose centre lies in the rectangle, in the plan's order."""
        places: list[int] = np.sort(self.order[self.inside(left, top, right, bottom)]).tolist()
        return places

    def places_within(self, outline: Sequence[tuple[float, float]]) -> list[int]:
        """The places whose centre lies in a closed shape, in the plan's order; where it crosses itself, every other
        part is inside."""
        if len(outline) < 3:
            return []
        xs, ys = zip(*outline, strict=True)
        slots = self.inside(min(xs), min(ys), max(xs), max(ys))
        x, y = self.xs[slots].astype(np.float64), self.ys[slots].astype(np.float64)
        within = np.zeros(len(slots), np.bool_)
        for (ax, ay), (bx, by) in zip(outline, [*outline[1:], outline[0]], strict=True):
            if ay != by:
                crosses = (y < ay) != (y < by)
                within ^= crosses & (x < ax + (y - ay) / (by - ay) * (bx - ax))
        places: list[int] = np.sort(self.order[slots[within]]).tolist()
        return places

    # ---- single seats --------------------------------------------------------------------

    def nearest(self, x: float, y: float, within: float) -> int:
        """The place nearest to a point, no further than `within`; -1 if there is none."""
        slots = self.near(x - within, y - within, x + within, y + within)
        if not len(slots):
            return -1
        distances = np.hypot(self.xs[slots] - x, self.ys[slots] - y)
        best = int(distances.argmin())
        return int(self.order[slots[best]]) if distances[best] <= within else -1

    def towards(self, place: int, dx: int, dy: int) -> int:
        """The next place from here in a direction (-1, 0 or 1 each); the same one at the hall's edge.

        It looks in ever wider squares, so that the next row, an aisle or another
        section is reached, whichever comes first.
        """
        slot = int(self.slot[place])
        x, y = float(self.xs[slot]), float(self.ys[slot])
        reach, furthest = self.pitch * 4, 2 * max(self.right - self.left, self.bottom - self.top, self.pitch)
        while True:
            slots = self.near(x - reach, y - reach, x + reach, y + reach)
            away_x, away_y = self.xs[slots] - x, self.ys[slots] - y
            ahead = away_x * dx + away_y * dy
            aside = np.abs(away_x * dy - away_y * dx)
            fits = (ahead > self.pitch * 0.25) & (aside <= ahead * 1.5)
            costs = np.where(fits, ahead + _ACROSS * aside, np.inf)
            # Only what is closer than the square's edge is certain to be the best of all.
            if fits.any() and (float(costs.min()) <= reach or reach > furthest):
                return int(self.order[slots[int(costs.argmin())]])
            if reach > furthest:
                return place
            reach *= 3

    def at(self, place: int) -> tuple[float, float]:
        """Where a place is."""
        slot = int(self.slot[place])
        return float(self.xs[slot]), float(self.ys[slot])
