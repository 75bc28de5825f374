"""The far view: seats of a few pixels, written straight into the image's memory.

A seat becomes a stamp of k x k opaque pixels, the same for all seats of one state and
category. Every pixel of the stamp is one indexed write for all seats together.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pos.ui.seatmap import states as s
from pos.ui.seatmap.glyphs import SeatColors
from pos.ui.theme.color import channels, mix
from pos.ui.theme.tokens import Tokens

Pixels = NDArray[np.integer]

_FEW: Final = 2048  # pixels; fewer are written in one go
_NONE: Final[NDArray[np.intp]] = np.empty(0, np.intp)


def stamp_side(pitch: float) -> int:
    """How many pixels wide a seat is when seats are `pitch` px apart. Below 2 px they close up to an even tone."""
    return 2 if pitch < 2.4 else int(pitch * 0.92)


def stamp(state: int, colors: SeatColors, tokens: Tokens, side: int, dimmed: bool) -> NDArray[np.uint32]:
    """One state's pixels, (side * side,), opaque. What is left of the shapes: filled, hollow, small, dark."""
    fill, rim = {
        s.FREE: (colors.body, colors.body),
        s.HERE: (colors.body, tokens.ink),
        s.ELSEWHERE: (tokens.paper, mix(colors.outline, tokens.paper, 0.45)),
        s.HELD: (mix(colors.outline, tokens.paper, 0.6), mix(colors.outline, tokens.paper, 0.3)),
        s.SOLD: (tokens.sold, mix(tokens.sold, tokens.paper, 0.7)),
        s.BASKET: (tokens.basket, tokens.basket),
        s.UNPRICED: (tokens.line, tokens.paper),
    }[state]
    if side < 3:
        # No room for a rim: one tone has to say it.
        fill = rim = {s.HERE: mix(colors.body, tokens.ink, 0.45), s.SOLD: tokens.sold}.get(state, fill)
        if state == s.ELSEWHERE:
            fill = rim = mix(colors.outline, tokens.paper, 0.6)
    if dimmed and state not in s.IN_HAND:
        fill, rim = mix(fill, tokens.paper, 0.64), mix(rim, tokens.paper, 0.64)
    pixels = np.full((side, side), _opaque(rim), np.uint32)
    if side >= 3:
        pixels[1:-1, 1:-1] = _opaque(fill)
        if state == s.FREE:
            pixels[0, 0] = pixels[0, -1] = pixels[-1, 0] = pixels[-1, -1] = _opaque(mix(rim, tokens.paper, 0.5))
    return pixels.reshape(-1)


def _opaque(color: str) -> int:
    red, green, blue = channels(color)
    return 0xFF000000 | red << 16 | green << 8 | blue


def scatter(
    pixels: NDArray[np.uint32],
    clip: tuple[int, int, int, int],
    xs: Pixels,
    ys: Pixels,
    keys: NDArray[np.intp],
    stamps: NDArray[np.uint32],
) -> None:
    """Write one stamp a seat into `pixels`, (height, width), and nothing outside `clip`.

    `clip` is (left, top, right, bottom), ends exclusive; `xs`, `ys` are the stamps' top
    left pixels and may lie outside; `stamps` is (side * side, kinds), and `keys` says
    which kind each seat is.
    """
    if len(stamps) * len(keys) <= _FEW:
        _write(pixels, clip, xs, ys, stamps.take(keys, axis=1))
        return
    side = int(len(stamps) ** 0.5)
    cut = _NONE
    if not _all_inside(clip, xs, ys, side):
        left, top, right, bottom = clip
        touching = (xs > left - side) & (xs < right) & (ys > top - side) & (ys < bottom)
        xs, ys, keys = xs[touching], ys[touching], keys[touching]
        inner = (xs >= left) & (xs <= right - side) & (ys >= top) & (ys <= bottom - side)
        cut = np.flatnonzero(~inner)
    flat, width = pixels.reshape(-1), pixels.shape[1]
    whole, kinds = ys.astype(np.intp) * width + xs, keys
    if len(cut):
        whole, kinds = whole[inner], keys[inner]
    values = stamps[0].take(kinds)
    # Where stamps overlap, a later pixel of the stamp wins, whichever seat it belongs to. Keeping to
    # that order makes a part painted anew the same as if all had been.
    for n, row in enumerate(stamps):
        if n and not np.array_equal(row, stamps[n - 1]):
            values = row.take(kinds)
        flat[whole + (n // side * width + n % side)] = values
        if len(cut):
            _write(pixels, clip, xs[cut] + n % side, ys[cut] + n // side, row.take(keys[cut])[None, :])


def _all_inside(clip: tuple[int, int, int, int], xs: Pixels, ys: Pixels, side: int) -> bool:
    left, top, right, bottom = clip
    return bool(xs.min() >= left and xs.max() <= right - side and ys.min() >= top and ys.max() <= bottom - side)


def _write(
    pixels: NDArray[np.uint32], clip: tuple[int, int, int, int], xs: Pixels, ys: Pixels, stamps: NDArray[np.uint32]
) -> None:
    """The same for a few seats, each with its own stamp: every pixel is looked at for whether it is inside."""
    left, top, right, bottom = clip
    down, across = np.divmod(np.arange(len(stamps))[:, None], int(len(stamps) ** 0.5))
    x, y = xs + across, ys + down
    inside = (x >= left) & (x < right) & (y >= top) & (y < bottom)
    pixels[y[inside], x[inside]] = stamps[inside]
