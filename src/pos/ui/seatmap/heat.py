"""The hall by price or by what is left: steps of one scale instead of the categories' colours.

The scale goes from light to dark, so that its order is read without any colour; close up a seat carries its step's
figure, and the key says what the steps are. Shapes go on saying the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from pos.domain.plan import Plan
from pos.ui.theme.tokens import Tokens

if TYPE_CHECKING:
    from pos.ui.seatmap.hall import Hall

Mode = Literal["category", "price", "left"]
MODES: Final[tuple[Mode, ...]] = ("category", "price", "left")
STEPS: Final = 6
# Light to dark on a light ground; the lightness of any two steps differs by 9 L* or more, whatever one sees of hues.
_ON_LIGHT: Final = ("#D8C94F", "#8DBB5B", "#3FA27C", "#1F7F8C", "#2A5787", "#3A2A66")
_ON_DARK: Final = ("#5A4A8E", "#3F6CA8", "#2F93A5", "#4DB58B", "#A3CB67", "#F4E77A")

Ints = NDArray[np.intp]


def scale(tokens: Tokens) -> tuple[str, ...]:
    """The steps' colours, the least first; what is dear or free stands out most from the ground."""
    return _ON_DARK if tokens.dark else _ON_LIGHT


@dataclass(frozen=True)
class Prices:
    """Steps of price. `bounds` are each step's least and most, minor units; `step` is by category, -1 for none."""

    bounds: tuple[tuple[int, int], ...]
    step: tuple[int, ...]


def price_steps(plan: Plan, prices: Mapping[str, int]) -> Prices:
    """Categories by price, minor units: each price a step of its own where there are steps enough, else neighbours
    share one."""
    distinct = sorted(set(prices.values()))
    groups = [part.tolist() for part in np.array_split(np.array(distinct, np.int64), min(STEPS, len(distinct) or 1))]
    step_of = {price: n for n, group in enumerate(groups) for price in group}
    bounds = tuple((group[0], group[-1]) for group in groups if group)
    return Prices(bounds, tuple(step_of.get(prices.get(each.name, -1), -1) for each in plan.categories))


def spread_out(step: int, steps: int) -> int:
    """Which of the scale's colours a step of so many has, so that few steps use all of its range."""
    return (STEPS - 1) if steps < 2 else round(step * (STEPS - 1) / (steps - 1))


@dataclass
class Left:
    """Steps of what is left, row by row: 0 nothing, 1 to 5 a fifth more each."""

    plan: Plan
    row: Ints = field(init=False)
    left: Ints = field(init=False)
    step: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.row = np.frombuffer(self.plan.row, np.uint32).astype(np.intp)
        self._places = np.maximum(np.bincount(self.row, minlength=len(self.plan.rows)), 1)
        self.left = np.zeros(len(self.plan.rows), np.intp)
        self.step = np.zeros(len(self.plan.rows), np.intp)

    def count(self, sells: NDArray[np.bool_]) -> None:
        """Count anew; whether each place can be sold, in the plan's order."""
        self.left = np.bincount(self.row[sells], minlength=len(self.plan.rows)).astype(np.intp)
        self.step = self._steps()

    def change(self, places: Ints, by: Ints) -> Ints:
        """Some places can be sold now, or no longer: the rows whose step is another one."""
        np.add.at(self.left, self.row[places], by)
        before, self.step = self.step, self._steps()
        return np.flatnonzero(before != self.step)

    def _steps(self) -> Ints:
        steps: Ints = -(-self.left * (STEPS - 1) // self._places)
        return steps


@dataclass
class Heat:
    """How a hall is to be coloured. `prices` are by category, minor units."""

    mode: Mode = "category"
    prices: Mapping[str, int] = field(default_factory=dict)
    _left: Left | None = None

    def key(self, plan: Plan, tokens: Tokens) -> list[tuple[str, int, int]]:
        """Each step's colour with what it stands for: the least and most price, or per cent left. Empty by category."""
        inks = scale(tokens)
        if self.mode == "price":
            bounds = price_steps(plan, self.prices).bounds
            return [(inks[spread_out(n, len(bounds))], *bound) for n, bound in enumerate(bounds)]
        if self.mode == "left":
            fifth = 100 // (STEPS - 1)
            return [(ink, max(0, (n - 1) * fifth), n * fifth) for n, ink in enumerate(inks)]
        return []

    def apply(self, hall: Hall, sells: NDArray[np.bool_], tokens: Tokens) -> None:
        """Colour all of it; `sells` says by state whether a place counts as left."""
        inks, self._left = scale(tokens), None
        if self.mode == "price":
            found = price_steps(hall.plan, self.prices)
            count = len(found.bounds)
            category = np.frombuffer(hall.plan.category, np.uint16).astype(np.intp)
            hall.set_heat(np.array(found.step, np.intp)[category], [inks[spread_out(n, count)] for n in range(count)])
        elif self.mode == "left":
            self._left = Left(hall.plan)
            self._left.count(sells[hall.states[hall.geometry.slot]])
            hall.set_heat(self._left.step[self._left.row], inks)
        else:
            hall.set_heat(None, ())

    def change(self, hall: Hall, places: Ints, by: Ints) -> Ints:
        """Some places count as left now (by 1), or no longer (by -1): recolours the rows that come to another step
        by that. Returns their slots."""
        if self._left is None or not len(rows := self._left.change(places, by)):
            return np.empty(0, np.intp)
        moved = np.flatnonzero(np.isin(self._left.row, rows))
        hall.set_step(moved, self._left.step[self._left.row[moved]])
        slots: Ints = hall.geometry.slot[moved]
        return slots
