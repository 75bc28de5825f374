"""Where the whole hall goes in a view, parts of whose corners are taken by other things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF

Taken = Callable[[float, float, float, float], bool]
"""Whether anything of the hall lies in a rectangle: left, top, right, bottom, plan units."""

_LEAST: Final = 0.55  # of the scale it has without obstacles; where less is left, they may lie over it
_HALVINGS: Final = 7
_ASIDE: Final = (0.5, 0.35, 0.65, 0.2, 0.8, 0.0, 1.0)  # shares of the free room before the hall; the middle first


@dataclass(frozen=True)
class Fit:
    """A scale, and which point of the scaled hall is at the view's top left corner, px."""

    scale: float
    left: int
    top: int


def fit(
    content: QRectF,
    width: float,
    height: float,
    padding: float,
    highest: float,
    obstacles: Sequence[QRectF],
    taken: Taken,
) -> Fit:
    """The largest at which no obstacle, px of the view, covers anything of the hall; in the middle if that can be."""
    across, down = max(width - 2 * padding, 1), max(height - 2 * padding, 1)
    plain = min(across / max(content.width(), 1e-6), down / max(content.height(), 1e-6), highest)
    if not obstacles:
        return _at(content, plain, width, height, 0.5, 0.5, padding)
    low, high = plain * _LEAST, plain
    best = _placed(content, plain, width, height, padding, obstacles, taken)
    if best is not None:
        return best
    best = _placed(content, low, width, height, padding, obstacles, taken)
    if best is None:
        return _at(content, plain, width, height, 0.5, 0.5, padding)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        found = _placed(content, middle, width, height, padding, obstacles, taken)
        if found is None:
            high = middle
        else:
            low, best = middle, found
    return best


def _placed(
    content: QRectF,
    scale: float,
    width: float,
    height: float,
    padding: float,
    obstacles: Sequence[QRectF],
    taken: Taken,
) -> Fit | None:
    """Where it can lie at this scale, as near to the middle as may be; None for nowhere."""
    places = sorted(((x, y) for x in _ASIDE for y in _ASIDE), key=lambda at: abs(at[0] - 0.5) + abs(at[1] - 0.5))
    for x, y in places:
        at = _at(content, scale, width, height, x, y, padding)
        if not any(
            taken(
                (box.left() + at.left) / scale,
                (box.top() + at.top) / scale,
                (box.right() + at.left) / scale,
                (box.bottom() + at.top) / scale,
            )
            for box in obstacles
        ):
            return at
    return None


def _at(content: QRectF, scale: float, width: float, height: float, x: float, y: float, padding: float) -> Fit:
    """With share x of the free width to the left of the hall, and y of the height above it."""
    before = padding + x * (width - 2 * padding - content.width() * scale)
    above = padding + y * (height - 2 * padding - content.height() * scale)
    return Fit(scale, round(content.left() * scale - before), round(content.top() * scale - above))
