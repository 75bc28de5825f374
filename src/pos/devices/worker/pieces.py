"""Pictures cut to the tickets or labels that they are printed on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pos.devices.dots import Dots


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of a picture."""

    width: int
    height: int
    data: bytes


def pieces(dots: Dots, rows: int) -> Iterator[Dots]:
    """The picture in pieces of at most `rows` rows. Nothing is lost when a layout is longer than the paper.

    It is parted where a row is white, so through no line of text and no code, as late as that is possible.
    """
    if dots.height <= rows:
        yield dots
        return
    across = math.ceil(dots.width / 8)
    inked = np.frombuffer(dots.data, np.uint8).reshape(dots.height, across).max(axis=1) > 0
    start = 0
    while start < dots.height:
        end = min(start + rows, dots.height)
        if end < dots.height:
            white = np.nonzero(~inked[start + 1 : end + 1])[0]
            end = start + 1 + int(white[-1]) if len(white) else end
        if inked[start:end].any():
            yield Piece(dots.width, end - start, dots.data[start * across : end * across])
        start = end
