"""Arithmetic on "#RRGGBB" colours: contrast as WCAG 2 defines it, mixing, and pushing apart."""

from __future__ import annotations

import re
from typing import Final

TEXT_CONTRAST: Final = 4.5
OUTLINE_CONTRAST: Final = 3.0
BODY_CONTRAST: Final = 1.65  # of a filled seat against the ground; yellow on paper would otherwise melt away


def channels(color: str) -> tuple[int, int, int]:
    """Red, green and blue, 0..255. Raises ValueError for anything but "#RRGGBB"."""
    if not re.fullmatch("#[0-9A-Fa-f]{6}", color):
        raise ValueError(f"{color!r} is not a colour like #56B4E9")
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def luminance(color: str) -> float:
    """Relative luminance, 0 (black) to 1 (white)."""
    red, green, blue = (_linear(value / 255) for value in channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mix(color: str, towards: str, share: float) -> str:
    """`color` with `share` (0..1) of `towards` in it."""
    mixed = (round(a + (b - a) * share) for a, b in zip(channels(color), channels(towards), strict=True))
    return "#{:02X}{:02X}{:02X}".format(*mixed)


def apart(color: str, ground: str, ratio: float) -> str:
    """`color`, darkened or lightened just enough to reach `ratio` against `ground`.

    It moves away from the ground: to black on a light one, to white on a dark one.
    """
    away = "#000000" if luminance(ground) > 0.18 else "#FFFFFF"
    for step in range(51):
        moved = mix(color, away, step / 50)
        if contrast(moved, ground) >= ratio:
            return moved
    return away


def readable_on(color: str) -> str:
    """Black or white, whichever reads better as text on `color`."""
    return max(("#101010", "#FFFFFF"), key=lambda ink: contrast(ink, color))
