"""Atlases: every picture a frame needs in one pixmap, and the fragments that place them.

`drawPixmapFragments` takes a pointer to an array of structs. The structs are rows of a
numpy array here, so a frame of many thousand seats is filled in by whole columns.
"""

from __future__ import annotations

from typing import Final, cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPixmap

from pos.ui.seatmap.glyphs import Raster
from pos.ui.theme.color import channels
from pos.ui.theme.fonts import text_font

Ints = NDArray[np.intp]

# QPainter::PixmapFragment: ten doubles. Scales and opacity stay 1, rotation stays 0.
_FIELDS: Final = 10
_X, _Y, _SOURCE_X, _SOURCE_Y, _WIDTH, _HEIGHT, _SCALE_X, _SCALE_Y, _ROTATION, _OPACITY = range(_FIELDS)
_LARGEST_TEXT: Final = 56.0  # px across a seat; a number is 22 px high there
_CHUNK: Final = 16_384  # fragments handed over at once: 1.3 MB, which stays in the cache


class Atlas:
    """A pixmap of equal squares; square n holds picture n."""

    def __init__(self, side: int, pictures: NDArray[np.uint32]) -> None:
        """`pictures` are premultiplied ARGB, (count, side, side)."""
        self.side = side
        self.across = max(1, min(len(pictures), 4096 // side))
        down = -(-len(pictures) // self.across)
        squares = np.zeros((down * self.across, side, side), np.uint32)
        squares[: len(pictures)] = pictures
        sheet = squares.reshape(down, self.across, side, side).transpose(0, 2, 1, 3).reshape(down * side, -1)
        sheet = np.ascontiguousarray(sheet)
        image = QImage(
            sheet.data, sheet.shape[1], sheet.shape[0], sheet.shape[1] * 4, QImage.Format.Format_ARGB32_Premultiplied
        )
        self.pixmap = QPixmap.fromImage(image.copy())


class Fragments:
    """Draws squares of an atlas. Holds the one array that frames reuse."""

    def __init__(self) -> None:
        self._rows = np.zeros((_CHUNK, _FIELDS), np.float64)
        self._rows[:, [_SCALE_X, _SCALE_Y, _OPACITY]] = 1.0
        first = shiboken6.wrapInstance(self._rows.ctypes.data, QPainter.PixmapFragment)
        self._pointer = cast(QPainter.PixmapFragment, first)

    def draw(self, painter: QPainter, atlas: Atlas, pictures: Ints, lefts: Ints, tops: Ints) -> None:
        """Draw picture n with its top left corner at (left n, top n), device px."""
        rows, side = self._rows, atlas.side
        rows[: len(pictures), [_WIDTH, _HEIGHT]] = side
        for start in range(0, len(pictures), _CHUNK):
            part = slice(start, start + _CHUNK)
            count = len(pictures[part])
            down, across = np.divmod(pictures[part], atlas.across)
            # A fragment is placed by its centre; `side` is even, so that stays a whole pixel.
            rows[:count, _X] = lefts[part] + side // 2
            rows[:count, _Y] = tops[part] + side // 2
            rows[:count, _SOURCE_X] = across * side
            rows[:count, _SOURCE_Y] = down * side
            painter.drawPixmapFragments(self._pointer, count, atlas.pixmap)


def place(positions: NDArray[np.float32], raster: Raster) -> tuple[Ints, Ints]:
    """Split positions (device px) into a square's first pixel and the sub-pixel phase to draw there."""
    whole = np.floor(positions)
    phase = ((positions - whole) * raster.phases).astype(np.intp)
    return whole.astype(np.intp) - (raster.side // 2 - 1), np.minimum(phase, raster.phases - 1)


def text_size(size: float) -> float:
    """The size of seats whose numbers look the same as those of `size` px: numbers stop growing before seats do."""
    return min(size, _LARGEST_TEXT)


def text_atlas(texts: list[str], inks: list[str], size: float) -> Atlas:
    """Seat numbers for seats of `size` px: picture ink x len(texts) + text. A long one is set smaller."""
    side = 2 * int(np.ceil(size / 2))
    covers = np.zeros((len(texts), side, side), np.uint8)
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    pixels = max(8, min(22, round(size * 0.4)))
    usual = text_font(pixels, QFont.Weight.DemiBold)
    metrics = QFontMetricsF(usual)
    for n, text in enumerate(texts):
        font, width = usual, metrics.horizontalAdvance(text)
        if width > side * 0.86:
            font = text_font(max(6, int(pixels * side * 0.86 / width)), QFont.Weight.DemiBold)
        image.fill(0)
        with QPainter(image) as painter:
            painter.setFont(font)
            painter.setPen(QColor("white"))
            painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)
        covers[n] = np.frombuffer(image.constBits(), np.uint8).reshape(side, side, 4)[..., 3]
    # Each text is set once and inked as often as there are inks: a pixel's cover says which of an ink's tones it is.
    shares = np.arange(256, dtype=np.float32)[:, None] / 255
    tones = [np.array([*reversed(channels(ink)), 255], np.float32) * shares + np.float32(0.5) for ink in inks]
    inked = np.stack([tone.astype(np.uint8).view(np.uint32)[:, 0].take(covers) for tone in tones])
    return Atlas(side, inked.reshape(-1, side, side))
