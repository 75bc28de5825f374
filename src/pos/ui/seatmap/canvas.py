"""The cached picture of the hall: larger than the view, so that a pan is a copy and no painting.

Positions are px of the scaled hall. What of the picture is up to date is kept as a region;
everything else is painted when it comes into view, or by and by when nothing else happens.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QImage, QPainter, QRegion

Paint = Callable[[QImage, NDArray[np.uint32], QRect, tuple[int, int], float], None]

_MARGIN: Final = 160  # px on every side
_THIN: Final = 64  # px; a narrower strip is painted wider, or a steady pan would paint one in every frame
_WIDER: Final = 80  # px


class Canvas:
    """One image and what it holds. `paint` fills a rectangle of it (see `Hall.paint`)."""

    def __init__(self, paint: Paint) -> None:
        self._paint = paint
        self._image = QImage()
        self._pixels: NDArray[np.uint32] = np.zeros((0, 0), np.uint32)
        self._at = QRect()
        self._scale = 0.0
        self._valid = QRegion()

    @property
    def nbytes(self) -> int:
        """Bytes the picture takes."""
        return self._pixels.nbytes

    def forget(self) -> None:
        """Everything looks different now (palette, line, another zoom): paint all of it anew."""
        self._valid = QRegion()

    def spoil(self, rect: QRect) -> None:
        """A rectangle of the scaled hall changed."""
        self._valid = self._valid.subtracted(QRegion(rect))

    def show(self, painter: QPainter, view: QRect, part: QRect, scale: float) -> None:
        """Bring `part` of the view up to date and copy it. Both are px of the scaled hall.

        The painter's (0, 0) is the view's top left corner, its unit the device px.
        """
        self._move(view, scale)
        for rect in _rectangles(QRegion(part).subtracted(self._valid)):
            self._refresh(rect)
            if min(rect.width(), rect.height()) < _THIN:
                ahead = rect.adjusted(-_WIDER, -_WIDER, _WIDER, _WIDER).intersected(self._at)
                for more in _rectangles(QRegion(ahead).subtracted(self._valid)):
                    self._refresh(more)
        painter.drawImage(part.topLeft() - view.topLeft(), self._image, part.translated(-self._at.topLeft()))

    def settle(self) -> bool:
        """Paint about half of what is missing in the margin; whether there is more to do.

        Halves, because all of it at once would take longer than a frame in a large hall.
        """
        missing = _rectangles(QRegion(self._at).subtracted(self._valid))
        enough = sum(rect.width() * rect.height() for rect in missing) / 2
        for rect in missing:
            self._refresh(rect)
            enough -= rect.width() * rect.height()
            if enough <= 0:
                break
        return not QRegion(self._at).subtracted(self._valid).isEmpty()

    def _refresh(self, rect: QRect) -> None:
        origin = (self._at.left(), self._at.top())
        self._paint(self._image, self._pixels, rect.translated(-self._at.topLeft()), origin, self._scale)
        self._valid = self._valid.united(rect)

    def _move(self, view: QRect, scale: float) -> None:
        if scale != self._scale:
            self._scale, self._valid = scale, QRegion()
        size = QSize(view.width() + 2 * _MARGIN, view.height() + 2 * _MARGIN)
        if self._image.size() != size:
            self._image = QImage(size, QImage.Format.Format_RGB32)
            self._pixels = np.frombuffer(self._image.bits(), np.uint32).reshape(size.height(), size.width())
            self._valid, self._at = QRegion(), QRect()
        if self._at.contains(view):
            return
        at = QRect(view.topLeft() - QPoint(_MARGIN, _MARGIN), size)
        self._valid = self._valid.intersected(at)
        if not self._valid.isEmpty():
            self._shift(at.left() - self._at.left(), at.top() - self._at.top())
        self._at = at

    def _shift(self, dx: int, dy: int) -> None:
        """Move the picture's content left by dx and up by dy, in one stroke through its memory.

        What runs over an edge ends up on the other side; it is outside of what is valid.
        """
        step = (dy * self._pixels.shape[1] + dx) * 4
        base, size = self._pixels.ctypes.data, self._pixels.nbytes
        if step >= 0:
            ctypes.memmove(base, base + step, size - step)
        else:
            ctypes.memmove(base - step, base, size + step)


def _rectangles(region: QRegion) -> list[QRect]:
    # PySide's stubs do not know that a region can be iterated.
    return list(cast(Iterable[QRect], region))
