"""What a seat looks like: each state's shape as an antialiased picture, computed from distances.

Pictures are computed, not painted one by one, because a whole atlas of them (states x
categories x sub-pixel positions) is wanted anew for every zoom step.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pos.ui.seatmap import states as s
from pos.ui.seatmap.states import CategoryShape
from pos.ui.theme.color import BODY_CONTRAST, OUTLINE_CONTRAST, apart, channels, mix, readable_on
from pos.ui.theme.tokens import Tokens

Cover = NDArray[np.floating]  # 0..1 a pixel; axes: y phase, x phase, y, x
Pixels = NDArray[np.uint32]  # premultiplied ARGB, same axes

_DIMMED: Final = {s.FREE: 0.36, s.SOLD: 0.65, s.ELSEWHERE: 0.45, s.HELD: 0.45, s.UNPRICED: 0.5}
GAP_FROM: Final = 15.0  # px; from this size the ring of "in hand" stands off its disc
TICK_ABOVE_NUMBER_FROM: Final = 30.0  # px; from this size a basket seat shows its number too


@dataclass(frozen=True)
class SeatColors:
    """The colours one category is drawn in on one palette."""

    body: str
    outline: str
    text: str

    @classmethod
    def of(cls, color: str, tokens: Tokens) -> SeatColors:
        body = apart(color, tokens.paper, BODY_CONTRAST)
        return cls(body, apart(body, tokens.paper, OUTLINE_CONTRAST + 0.05), readable_on(body))


@dataclass(frozen=True)
class Raster:
    """A square of `side` px (even) in which a seat of `size` px stands at each of phases x phases positions.

    Phase (v, u) of n has its centre at (side / 2 - 1 + (u + 1/2) / n, the same with v).
    """

    size: float
    side: int
    phases: int

    @cached_property
    def offsets(self) -> tuple[Cover, Cover]:
        """Each pixel's distance from the seat's centre: (dx, dy), in px."""
        pixels = np.arange(self.side, dtype=np.float32) + 0.5
        centres = self.side / 2 - 1 + (np.arange(self.phases, dtype=np.float32) + 0.5) / self.phases
        away = (pixels[None, :] - centres[:, None]).astype(np.float32)
        shape = (self.phases, self.phases, self.side, self.side)
        return np.broadcast_to(away[None, :, None, :], shape), np.broadcast_to(away[:, None, :, None], shape)


def raster_for(size: float, phases: int) -> Raster:
    """The smallest raster that a seat of `size` px, with its basket mark, fits into."""
    return Raster(size, 2 * int(np.ceil(size * 0.56 + 2.1)), phases)


def _cover(distance: Cover) -> Cover:
    cover: Cover = np.clip(0.5 - distance, 0.0, 1.0)
    return cover


def _edge(shape: CategoryShape, dx: Cover, dy: Cover, radius: float) -> Cover:
    """Signed distance to the shape's edge, in px: negative inside."""
    if shape == "disc":
        disc: Cover = np.hypot(dx, dy) - radius
        return disc
    if shape == "square":
        square: Cover = np.maximum(np.abs(dx), np.abs(dy)) - radius * 0.9
        return square
    base = dy - radius * 0.8
    flank = (np.abs(dx) * 1.9 - (dy + radius * 1.05)) / np.float32(np.hypot(1.9, 1.0))
    triangle: Cover = np.maximum(base, flank)
    return triangle


def _band(edge: Cover, width: float) -> Cover:
    return _cover(np.abs(edge + width / 2) - width / 2)


def _stroke(dx: Cover, dy: Cover, a: tuple[float, float], b: tuple[float, float], width: float) -> Cover:
    """A straight line from a to b with round ends."""
    length_x, length_y = b[0] - a[0], b[1] - a[1]
    along = ((dx - a[0]) * length_x + (dy - a[1]) * length_y) / (length_x**2 + length_y**2)
    along = np.clip(along, 0, 1)
    return _cover(np.hypot(dx - a[0] - along * length_x, dy - a[1] - along * length_y) - width / 2)


def _over(under: Cover, color: str, cover: Cover) -> Cover:
    """`color` laid over premultiplied RGBA (last axis), where it covers."""
    red, green, blue = channels(color)
    paint = np.array([red, green, blue, 255], np.float32)
    laid: Cover = paint * cover[..., None] + under * (1 - cover[..., None])
    return laid


def draw(
    state: int, shape: CategoryShape, colors: SeatColors, tokens: Tokens, raster: Raster, numbered: bool, dimmed: bool
) -> Pixels:
    """One state of one category, at every phase of the raster. `numbered` leaves room for the seat's number."""
    inks = {
        "body": colors.body,
        "outline": colors.outline,
        "held": mix(colors.outline, tokens.muted, 0.3),
        "ink": tokens.ink,
        "sold": tokens.sold,
        "basket": tokens.basket,
        "on basket": tokens.on_basket,
    }
    rgba = np.zeros((*raster.offsets[0].shape, 4), np.float32)
    for ink, cover in _layers(state, shape, raster, numbered):
        rgba = _over(rgba, inks[ink], cover)
    if dimmed:
        rgba *= _DIMMED.get(state, 1.0)
    # Blue comes first in memory on the little-endian machines that Qt's 32-bit formats are native to.
    parts = np.ascontiguousarray(rgba[..., [2, 1, 0, 3]] + 0.5, np.uint8)
    pixels: Pixels = parts.view(np.uint32)[..., 0]
    return pixels


@lru_cache(maxsize=32)
def _layers(state: int, shape: CategoryShape, raster: Raster, numbered: bool) -> tuple[tuple[str, Cover], ...]:
    """The shapes that make up a state, lowest first, and what each is inked with; the same in every category."""
    dx, dy = raster.offsets
    size, radius = raster.size, raster.size / 2
    line = min(max(size * 0.1, 0.9), max(1.6, size * 0.05))
    if state == s.SOLD:
        return (("sold", _cover(np.maximum(np.abs(dx), np.abs(dy)) - size * 0.29)),)
    if state == s.UNPRICED:
        return (("sold", _cover(np.hypot(dx, dy) - size * 0.16)),)
    if state == s.BASKET:
        disc = _cover(np.hypot(dx, dy) - radius * 1.1)
        return ("basket", disc), ("on basket", _tick(dx, dy, radius, numbered))
    edge = _edge(shape, dx, dy, radius)
    if state == s.FREE:
        return ("outline", _cover(edge)), ("body", _cover(edge + line))
    if state == s.HERE:
        ring = min(max(size * 0.17, 1.3), 3.2)
        if size < GAP_FROM:
            return ("ink", _cover(edge - 0.2)), ("body", _cover(edge + ring - 0.2))
        gap = ring + min(max(size * 0.05, 1.2), 2.5)
        return ("ink", _band(edge, ring)), ("body", _cover(edge + gap))
    rim = _band(edge, max(line, 1.0))
    if state == s.ELSEWHERE:
        dashes = 6 if size < 11 else 8 if size < 24 else 12
        swing = np.cos(np.arctan2(dy, dx) * dashes) + 0.15
        return (("outline", rim * np.clip(swing * radius / dashes * 1.6 + 0.5, 0, 1)),)
    bar = _stroke(dx, dy, (-radius * 0.66, radius * 0.66), (radius * 0.66, -radius * 0.66), max(line, 1.0))
    bar *= _cover(edge + line / 2)
    if numbered:
        bar *= 1 - _cover(np.hypot(dx, dy) - radius * 0.58)
    return (("held", np.maximum(rim, bar)),)


def _tick(dx: Cover, dy: Cover, radius: float, numbered: bool) -> Cover:
    small = numbered and radius * 2 >= TICK_ABOVE_NUMBER_FROM
    scale, up = (radius * 0.5, radius * 0.52) if small else (radius, 0.0)
    corner = (-0.12 * scale, 0.36 * scale - up)
    width = max(0.2 * scale, 1.1)
    short = _stroke(dx, dy, (-0.46 * scale, 0.04 * scale - up), corner, width)
    return np.maximum(short, _stroke(dx, dy, corner, (0.5 * scale, -0.36 * scale - up), width))
