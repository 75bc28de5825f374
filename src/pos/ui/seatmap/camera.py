"""Which part of the hall the window shows: scale and position, kept within sensible bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QRectF

from pos.ui.seatmap.fitting import Fit, Taken, fit

READING: Final = 16.0  # px between seats at the stop where a bowl's blocks can be read
TOUCHING: Final = 54.0  # px between seats at the stop for fingers: seats of 46 px
CLOSEST: Final = 80.0  # px between seats, the nearest one can go
_PADDING: Final = 16  # px round the hall when all of it is shown
_OVERSCROLL: Final = 0.35  # how much of the view may be empty when the hall is pushed aside


class Camera:
    """Positions here are device px; the hall itself is in plan units.

    `left`, `top` say which point of the scaled hall is at the view's top left corner. They
    are whole pixels, so that moving the view never changes how a seat is drawn.
    """

    def __init__(self, content: QRectF, pitch: float, ratio: float = 1.0) -> None:
        """`content` is what there is to see, `pitch` the usual distance of seats, both plan units."""
        self.content, self.pitch, self.ratio = content, pitch, ratio
        self.width = self.height = 1
        self.scale, self.left, self.top = 1.0, 0, 0
        self.fitted = True
        self._obstacles: tuple[QRectF, ...] = ()
        self._taken: Taken = lambda left, top, right, bottom: False
        self._whole: Fit | None = None
        self.fit()

    def resize(self, width: int, height: int, ratio: float) -> None:
        """The view has a new size, device px; a fitted hall stays fitted, else its middle stays in the middle."""
        middle = self.to_plan(self.width / 2, self.height / 2)
        self.width, self.height, self.ratio = max(width, 1), max(height, 1), ratio
        self._whole = None
        if self.fitted:
            self.fit()
        else:
            self.look_at(*middle)

    # ---- there and back --------------------------------------------------------------------

    def to_plan(self, x: float, y: float) -> tuple[float, float]:
        return (x + self.left) / self.scale, (y + self.top) / self.scale

    def to_view(self, x: float, y: float) -> tuple[float, float]:
        return x * self.scale - self.left, y * self.scale - self.top

    @property
    def view(self) -> QRect:
        """The view's rectangle in the scaled hall, px."""
        return QRect(self.left, self.top, self.width, self.height)

    @property
    def seat_pitch(self) -> float:
        """Px between seats at this scale."""
        return self.pitch * self.scale

    # ---- moving ----------------------------------------------------------------------------

    def avoid(self, obstacles: Sequence[QRectF], taken: Taken) -> None:
        """Keep the whole hall clear of these rectangles of the view, device px, when all of it is shown."""
        self._obstacles, self._taken, self._whole = tuple(obstacles), taken, None
        if self.fitted:
            self.fit()

    def fit(self) -> None:
        """Show the whole hall."""
        whole = self._fit()
        self.scale, self.left, self.top = whole.scale, whole.left, whole.top
        self.fitted = True

    def fit_scale(self) -> float:
        return self._fit().scale

    def _fit(self) -> Fit:
        if self._whole is None:
            self._whole = fit(
                self.content,
                self.width,
                self.height,
                _PADDING * self.ratio,
                TOUCHING * self.ratio / self.pitch,
                self._obstacles,
                self._taken,
            )
        return self._whole

    def zoom(self, scale: float, x: float, y: float) -> None:
        """Go to another scale while the point of the hall under (x, y) stays there."""
        at = self.to_plan(x, y)
        lowest = self.fit_scale()
        scale = min(max(scale, lowest), max(lowest, CLOSEST * self.ratio / self.pitch))
        if scale <= lowest * 1.001:
            self.fit()
            return
        self.scale, self.fitted = scale, False
        self.left = round(at[0] * scale - x)
        self.top = round(at[1] * scale - y)
        self._keep_in_sight()

    def pan(self, dx: int, dy: int) -> None:
        """Move the view by whole px."""
        if self.fitted:
            return
        self.left, self.top = self.left + dx, self.top + dy
        self._keep_in_sight()

    def show(self, left: float, top: float, right: float, bottom: float) -> None:
        """Zoom so that a rectangle of the plan fills the view, but no closer than for touching."""
        room = 2 * _PADDING * self.ratio + self.pitch
        across = (self.width - room) / max(right - left, self.pitch)
        down = (self.height - room) / max(bottom - top, self.pitch)
        lowest = self.fit_scale()
        self.scale = max(min(across, down, TOUCHING * self.ratio / self.pitch), lowest)
        if self.scale <= lowest * 1.001:
            self.fit()
            return
        self.fitted = False
        self.look_at((left + right) / 2, (top + bottom) / 2)

    def reveal(self, x: float, y: float) -> None:
        """Pan just so far that a point of the plan is inside the view, with some room around it."""
        room = min(1.5 * self.seat_pitch + 8 * self.ratio, min(self.width, self.height) / 2)
        at_x, at_y = self.to_view(x, y)
        dx = min(at_x - room, 0) + max(at_x + room - self.width, 0)
        dy = min(at_y - room, 0) + max(at_y + room - self.height, 0)
        if dx or dy:
            self.pan(round(dx), round(dy))

    def closer(self) -> float:
        """The next stop inwards: one step from the whole hall makes seats wide enough for a finger."""
        pitches = (TOUCHING, CLOSEST)
        return next((p for p in self._stops(*pitches) if p > self.scale * 1.05), self.scale)

    def farther(self) -> float:
        """The next stop outwards; on the way a bowl, whose seats are dots from afar, is read by the block."""
        whole = self.fit_scale()
        pitches = (TOUCHING,) if whole * self.pitch >= 4.5 * self.ratio else (READING, TOUCHING)
        return next((p for p in reversed(self._stops(*pitches)) if whole * 1.05 < p < self.scale * 0.95), whole)

    def _stops(self, *pitches: float) -> list[float]:
        return [pitch * self.ratio / self.pitch for pitch in pitches]

    def look_at(self, x: float, y: float) -> None:
        """Bring a point of the plan into the middle."""
        self.left = round(x * self.scale - self.width / 2)
        self.top = round(y * self.scale - self.height / 2)
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        box = self.content
        self.left = _held(self.left, box.left() * self.scale, box.right() * self.scale, self.width)
        self.top = _held(self.top, box.top() * self.scale, box.bottom() * self.scale, self.height)


def _held(at: int, low: float, high: float, view: int) -> int:
    """A view's edge `at`, held so that at most the overscroll share of the view is empty."""
    slack = view * _OVERSCROLL
    first, last = low - slack, high - view + slack
    if first > last:
        return round((low + high - view) / 2)
    return round(min(max(at, first), last))
