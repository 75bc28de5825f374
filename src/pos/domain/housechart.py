"""A house chart: the hall of one show with what each place was at a moment, for paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pos.domain.plan import Plan

NAME: Final = "house_chart"
STATES: Final = ("free", "here", "elsewhere", "held", "sold", "basket")  # by the codes of the map's columns
PAPER: Final = len(STATES)  # the code of what is on a numbered paper ticket of this till, where a chart tells of it


@dataclass(frozen=True)
class HouseChart:
    """`states` is one code a seat, in the plan's order; `marks` are letters on held places, what they are held for.

    `areas` are those beside the seats: name, how many are left, how many there are.
    `starts`, `made_at` and `as_of` are ISO 8601; `as_of` is what the office last said, empty where it never did.
    """

    show: str
    title: str
    venue: str
    starts: str
    made_at: str
    as_of: str
    plan: Plan
    states: bytes
    marks: Mapping[int, str] = field(default_factory=dict)
    areas: tuple[tuple[str, int, int], ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """The states that this chart tells apart, by their codes."""
        return (*STATES, "paper") if PAPER in self.states else STATES

    def count(self, places: Iterable[int]) -> dict[str, int]:
        """How many of these places are in each state."""
        told = self.told
        found = dict.fromkeys(told, 0)
        for ix in places:
            found[told[self.states[ix]]] += 1
        return found
