"""The cached picture of the hall: larger than the view, so that a pan is a copy and no painting.

Positions are px of the scaled hall. What of the picture is up to date is kept as a region;
everything else is painted when it comes into view, or by and by when nothing else happens.
While a large hall is being zoomed, the last picture is shown stretched, and the new one is
painted in two halves once the wheel rests: a frame never has to paint 100,000 seats.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QRegion

Paint = Callable[[QImage, NDArray[np.uint32], QRect, tuple[int, int], float], None]
Weigh = Callable[[QRect, float], int]

_MARGIN: Final = 160  # px on every side
_THIN: Final = 64  # px; a narrower strip is painted wider, or a steady pan would paint one in every frame
_WIDER: Final = 80  # px
_STRETCH: Final = 1.6  # a larger step of the scale is a jump, and a stretched picture no help
_HEAVY: Final = 6_000  # seats in view that may take longer than a frame to paint


class _Picture:
    """An image, where in the scaled hall it lies, and which part of it is up to date."""

    def __init__(self, size: QSize) -> None:
        self.image = QImage(size, QImage.Format.Format_RGB32)
        self.pixels = np.frombuffer(self.image.bits(), np.uint32).reshape(size.height(), size.width())
        self.at = QRect(QPoint(), size)
        self.scale = 0.0
        self.valid = QRegion()

    def move(self, at: QRect) -> None:
        """Lie elsewhere, keeping what is there too. One stroke through memory moves every pixel.

        What runs over an edge ends up on the other side; it is outside of what is valid.
        """
        self.valid = self.valid.intersected(at)
        if not self.valid.isEmpty():
            dx, dy = at.left() - self.at.left(), at.top() - self.at.top()
            step = (dy * self.pixels.shape[1] + dx) * 4
            base, size = self.pixels.ctypes.data, self.pixels.nbytes
            ctypes.memmove(base + max(-step, 0), base + max(step, 0), size - abs(step))
        self.at = at


class Canvas:
    """The picture shown, and for a moment the one before it.

    `paint` fills a rectangle of one (see `Hall.paint`); `weigh` says how many seats are in
    a rectangle of the scaled hall.
    """

    def __init__(self, paint: Paint, weigh: Weigh) -> None:
        self._paint, self._weigh = paint, weigh
        self._now = _Picture(QSize(1, 1))
        self._before: _Picture | None = None
        self._stretched = False
        self._view = QRect()

    @property
    def nbytes(self) -> int:
        """Bytes the pictures take."""
        return self._now.pixels.nbytes + (self._before.pixels.nbytes if self._before else 0)

    def forget(self) -> None:
        """Everything looks different now: paint all of it anew."""
        self._now.valid = QRegion()
        self._stretched = False

    def spoil(self, rect: QRect) -> None:
        """A rectangle of the scaled hall changed."""
        self._now.valid = self._now.valid.subtracted(QRegion(rect))

    def show(self, painter: QPainter, view: QRect, part: QRect, scale: float, ground: QColor) -> None:
        """Bring `part` of the view up to date and copy it. Both are px of the scaled hall.

        The painter's (0, 0) is the view's top left corner, its unit the device px. `ground`
        is what lies beyond a stretched picture.
        """
        zoomed = scale != self._now.scale
        if zoomed:
            self._rescale(scale, self._weigh(view, scale) > _HEAVY)
        self._settle_at(view)
        if self._stretched and not zoomed:
            self._refresh_some(QRegion(view))
        missing = QRegion(part).subtracted(self._now.valid)
        if self._stretched and self._before is not None and not missing.isEmpty():
            painter.fillRect(QRect(QPoint(), view.size()), ground)
            self._draw_stretched(painter, view, self._before)
            for rect in _rectangles(QRegion(part).subtracted(missing)):
                self._draw(painter, view, rect)
            return
        self._stretched = False
        for rect in _rectangles(missing):
            self._refresh_ahead(rect)
        self._draw(painter, view, part)

    def settle(self) -> tuple[bool, bool]:
        """Paint about half a view of what is missing: first in the view, then in the margin.

        Returns whether the view has to be shown again, and whether there is more to do.
        """
        inside = self._stretched and self._refresh_some(QRegion(self._view))
        if not inside:
            self._refresh_some(QRegion(self._now.at))
        return inside, not QRegion(self._now.at).subtracted(self._now.valid).isEmpty()

    # ---- painting ----------------------------------------------------------------------------

    def _refresh(self, rect: QRect) -> None:
        now = self._now
        origin = (now.at.left(), now.at.top())
        self._paint(now.image, now.pixels, rect.translated(-now.at.topLeft()), origin, now.scale)
        now.valid = now.valid.united(rect)

    def _refresh_ahead(self, rect: QRect) -> None:
        self._refresh(rect)
        if min(rect.width(), rect.height()) < _THIN:
            ahead = rect.adjusted(-_WIDER, -_WIDER, _WIDER, _WIDER).intersected(self._now.at)
            for more in _rectangles(QRegion(ahead).subtracted(self._now.valid)):
                self._refresh(more)

    def _refresh_some(self, region: QRegion) -> bool:
        """Paint half a view of what is missing in a region; whether anything was."""
        room = self._view.width() * self._view.height() // 2 + 1
        missing = _rectangles(region.subtracted(self._now.valid))
        for rect in missing:
            if room <= 0:
                break
            height = min(rect.height(), -(-room // rect.width()))
            self._refresh(QRect(rect.left(), rect.top(), rect.width(), height))
            room -= rect.width() * height
        return bool(missing)

    def _draw(self, painter: QPainter, view: QRect, rect: QRect) -> None:
        painter.drawImage(rect.topLeft() - view.topLeft(), self._now.image, rect.translated(-self._now.at.topLeft()))

    def _draw_stretched(self, painter: QPainter, view: QRect, before: _Picture) -> None:
        factor = self._now.scale / before.scale
        held = before.valid.boundingRect()
        target = QRectF(
            held.left() * factor - view.left(),
            held.top() * factor - view.top(),
            held.width() * factor,
            held.height() * factor,
        )
        painter.drawImage(target, before.image, QRectF(held.translated(-before.at.topLeft())))

    # ---- which picture, and where --------------------------------------------------------------

    def _rescale(self, scale: float, heavy: bool) -> None:
        """Begin a picture of another scale; the last whole one stays for showing meanwhile."""
        now, view = self._now, QRegion(self._view)
        small_step = 1 / _STRETCH < scale / max(now.scale, 1e-9) < _STRETCH
        if heavy and small_step and not self._stretched and view.subtracted(now.valid).isEmpty():
            now.valid = view
            self._now, self._before = self._before or _Picture(QSize(1, 1)), now
            self._stretched = True
        self._stretched = self._stretched and heavy and small_step
        self._now.scale, self._now.valid = scale, QRegion()

    def _settle_at(self, view: QRect) -> None:
        self._view = view
        size = QSize(view.width() + 2 * _MARGIN, view.height() + 2 * _MARGIN)
        if self._now.image.size() != size:
            scale = self._now.scale
            self._now = _Picture(size)
            self._now.scale = scale
        if not self._now.at.contains(view):
            self._now.move(QRect(view.topLeft() - QPoint(_MARGIN, _MARGIN), size))


def _rectangles(region: QRegion) -> list[QRect]:
    # PySide's stubs do not know that a region can be iterated.
    return list(cast(Iterable[QRect], region))
