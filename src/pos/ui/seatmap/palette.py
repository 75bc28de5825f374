"""The categories' colours as they are shown: the plan's own, moved as little as it takes to tell them apart.

A plan's colours are its author's, and seldom chosen with a thought for colour-blind cashiers. Every two that are shown
are to be ΔE >= 30 apart in normal, protan, deutan and tritan sight. Some eight colours have room for that; where a
plan has more categories, the rest are as far from all others as there is room.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pos.ui.seatmap.sight import APART, Floats, distances, linear, rgb_of, seen
from pos.ui.theme.color import BODY_CONTRAST, apart, luminance

# Eight colours that are far enough apart on a light ground, and eight on a dark one; found by a long search.
_ON_LIGHT: Final = ("#FFAA00", "#66CCCC", "#226644", "#AACC88", "#6622FF", "#AA0088", "#CC88FF", "#886600")
_ON_DARK: Final = ("#AADD77", "#0099EE", "#77FFCC", "#F0E442", "#004477", "#D55E00", "#CC79A7", "#665544")
_LEVELS: Final = (0, 51, 102, 153, 204, 255)
# L*: on darker ones the ring of a seat in hand is not seen, and they look like the basket; lighter ones like no seat.
_DARKEST, _LIGHTEST = 38.0, 92.0
_LUMINANCE: Final = np.array([0.2126, 0.7152, 0.0722])
_ROUNDS: Final = 3

Ints = NDArray[np.intp]


@lru_cache(maxsize=32)
def told_apart(colors: tuple[str, ...], paper: str) -> tuple[str, ...]:
    """The colours to show these in, on this ground, in the same order."""
    own = tuple(apart(color, paper, BODY_CONTRAST) for color in colors)
    if least_distance(own) >= APART:
        return own
    fixed = _ON_LIGHT if luminance(paper) > 0.18 else _ON_DARK
    candidates = (*(apart(color, paper, BODY_CONTRAST) for color in fixed), *own, *_lattice(paper))
    away = distances(seen(rgb_of(candidates)))
    wanted = away[0][len(fixed) : len(fixed) + len(own)]  # in normal sight
    least = away.min(axis=0)
    ways = [_assigned(_begun(least, len(fixed), len(own)), wanted)]
    if (in_turn := _in_turn(least, wanted)) is not None:
        ways.append(in_turn)
    for _ in range(_ROUNDS):
        ways = [_moved_home(chosen, least, wanted) for chosen in ways]
    chosen = min(ways, key=lambda way: float(wanted[range(len(own)), way].sum()))
    return tuple(candidates[n] for n in chosen)


def least_distance(colors: tuple[str, ...]) -> float:
    """ΔE of the two that are most alike, to whoever sees them so; infinite for fewer than two."""
    if len(colors) < 2:
        return float("inf")
    least = distances(seen(rgb_of(colors))).min(axis=0)
    return float(least[~np.eye(len(colors), dtype=bool)].min())


def _lattice(paper: str) -> list[str]:
    """What else a seat's body may be on this ground."""
    rgb = np.stack(np.meshgrid(_LEVELS, _LEVELS, _LEVELS, indexing="ij"), -1).reshape(-1, 3).astype(np.float64)
    lightness = seen(rgb)[:, 0, 0]
    light, ground = linear(rgb) @ _LUMINANCE + 0.05, luminance(paper) + 0.05
    contrast = np.maximum(light, ground) / np.minimum(light, ground)
    fits = (lightness >= _DARKEST) & (lightness <= _LIGHTEST) & (contrast >= BODY_CONTRAST)
    return [f"#{red:02X}{green:02X}{blue:02X}" for red, green, blue in rgb[fits].astype(int).tolist()]


def _begun(least: Floats, fixed: int, count: int) -> list[int]:
    """The fixed colours, and for more categories than these whatever is farthest from all so far."""
    found = list(range(fixed))
    while len(found) < count:
        found.append(int(least[found].min(axis=0).argmax()))
    return found


def _in_turn(least: Floats, wanted: Floats) -> list[int] | None:
    """Each in turn the nearest to its own that is far enough from those before: the least change where categories
    are few. None where that leaves no room for the last ones."""
    found: list[int] = []
    for own in wanted:
        free = least[found].min(axis=0) >= APART if found else np.ones(len(own), np.bool_)
        if not free.any():
            return None
        found.append(int(np.where(free, own, np.inf).argmin()))
    return found


def _assigned(found: list[int], wanted: Floats) -> list[int]:
    """Who gets which: the nearest to its own, swapped until no two would rather have the other's."""
    order, count = list(found), len(wanted)
    swapped = True
    while swapped:
        swapped = False
        for a in range(count):
            for b in range(a + 1, len(order)):
                now, then = wanted[a, order[a]], wanted[a, order[b]]
                if b < count:
                    now, then = now + wanted[b, order[b]], then + wanted[b, order[a]]
                if then < now - 1e-9:
                    order[a], order[b] = order[b], order[a]
                    swapped = True
    return order[:count]


def _moved_home(chosen: list[int], least: Floats, wanted: Floats) -> list[int]:
    """Each in turn comes as near to the plan's own colour as the others let it."""
    chosen = list(chosen)
    among = least[np.ix_(chosen, chosen)] + np.diag(np.full(len(chosen), np.inf))
    gap = min(APART, float(among.min()))
    for n in range(len(chosen)):
        others = chosen[:n] + chosen[n + 1 :]
        free = least[others].min(axis=0) >= gap
        chosen[n] = int(np.where(free, wanted[n], np.inf).argmin())
    return chosen
