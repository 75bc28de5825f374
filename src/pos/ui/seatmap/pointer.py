"""What the mouse means: a click, a rectangle or another shape being drawn, or the hall being pushed about.

Pure: it is told of presses, moves and releases and says what they amount to.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QPointF, QRectF

_STEP: Final = 4.0  # px between the points of a shape
DRAG_FROM: Final = 8.0  # px the pointer may tremble in a click; gloves and touch screens do


@dataclass(frozen=True, slots=True)
class Click:
    at: QPointF


@dataclass(frozen=True, slots=True)
class Pan:
    """Push the hall by so many px."""

    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle being drawn; `done` once the button is released."""

    rect: QRectF
    done: bool


@dataclass(frozen=True, slots=True)
class Lasso:
    """Any shape being drawn, through these points and back to the first; `done` once the button is released."""

    points: tuple[QPointF, ...]
    done: bool


Meaning = Click | Pan | Rectangle | Lasso | None


class _Mode(Enum):
    IDLE = auto()
    PRESSED = auto()
    DRAWING = auto()
    PANNING = auto()


class Pointer:
    """One pointer's state between its press and its release. Positions are px of the widget."""

    def __init__(self) -> None:
        self._mode = _Mode.IDLE
        self._from = self._last = QPointF()
        self._lasso = False
        self._points: list[QPointF] = []

    @property
    def busy(self) -> bool:
        return self._mode is not _Mode.IDLE

    @property
    def panning(self) -> bool:
        return self._mode is _Mode.PANNING

    def press(self, at: QPointF, *, pans: bool, lasso: bool = False) -> None:
        """A button went down; `pans` for the middle and right buttons and with the space bar held, `lasso` where a
        drag draws any shape instead of a rectangle."""
        if self.busy:
            return
        self._mode = _Mode.PANNING if pans else _Mode.PRESSED
        self._from = self._last = at
        self._lasso, self._points = lasso, [at]

    def move(self, at: QPointF) -> Meaning:
        if self._mode is _Mode.PANNING:
            step = at - self._last
            self._last = at
            return Pan(step.x(), step.y())
        if self._mode is _Mode.PRESSED and (at - self._from).manhattanLength() > DRAG_FROM:
            self._mode = _Mode.DRAWING
        return self._drawn(at, done=False) if self._mode is _Mode.DRAWING else None

    def release(self, at: QPointF) -> Meaning:
        mode, self._mode = self._mode, _Mode.IDLE
        if mode is _Mode.DRAWING:
            return self._drawn(at, done=True)
        return Click(self._from) if mode is _Mode.PRESSED else None

    def _drawn(self, at: QPointF, *, done: bool) -> Meaning:
        if not self._lasso:
            return Rectangle(QRectF(self._from, at).normalized(), done)
        if (at - self._points[-1]).manhattanLength() >= _STEP:
            self._points.append(at)
        return Lasso(tuple(self._points), done)

    def cancel(self) -> bool:
        """Give up what was begun; whether there was anything."""
        busy, self._mode = self.busy, _Mode.IDLE
        return busy
