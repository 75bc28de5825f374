"""The places of one show: its plan's seats, then the units of its areas, in one numbering.

A place's index is its position here: seats 0 … n-1 in the plan's order, then each
area's units. Columns (states, tokens) run in this order on the wire, in the replica
and on the map. Units of an area (`Foyer#1`) are inside only; faces show counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from pos.domain.plan import Plan
from pos.domain.season import Area


class Seating:
    """`plan` may be None for a show that has areas only."""

    def __init__(self, plan: Plan | None, areas: Iterable[Area]) -> None:
        self.plan = plan
        self.areas = tuple(areas)
        self.seats = len(plan) if plan else 0
        self._first: dict[str, int] = {}
        at = self.seats
        for area in self.areas:
            self._first[area.id] = at
            at += area.capacity
        self._count = at

    def __len__(self) -> int:
        return self._count

    def __contains__(self, place: str) -> bool:
        return self.find(place) is not None

    def find(self, place: str) -> int | None:
        """Index of a seat or of an area's unit (`Foyer#3`), or None."""
        area, mark, unit = place.rpartition("#")
        if mark:
            capacity = self.capacity.get(area)
            if capacity is None or not unit.isdigit() or not 1 <= int(unit) <= capacity:
                return None
            return self._first[area] + int(unit) - 1
        return self.plan.index.get(place) if self.plan else None

    @cached_property
    def capacity(self) -> dict[str, int]:
        """Area id -> units."""
        return {area.id: area.capacity for area in self.areas}

    def units(self, area: str) -> range:
        """The indexes of an area's units."""
        first = self._first[area]
        return range(first, first + self.capacity[area])

    def place(self, ix: int) -> str:
        """The place id at an index: the plan's seat_guid, or `Foyer#3`."""
        if self.plan is not None and 0 <= ix < self.seats:
            return self.plan.place_ids[ix]
        area = self.area_at(ix)
        return f"{area}#{ix - self._first[area] + 1}"

    def area_at(self, ix: int) -> str:
        """The area that an index is in. Raises IndexError for a seat's index and for none at all."""
        for area in reversed(self.areas):
            if self._first[area.id] <= ix < self._count:
                return area.id
        raise IndexError(ix)

    def category(self, ix: int) -> str:
        """The price zone: a seat's category, or the area's own id."""
        if self.plan is not None and ix < self.seats:
            return self.plan.categories[self.plan.category[ix]].name
        return self.area_at(ix)

    def shown(self, ix: int) -> str:
        """The place as faces name it: the seat_guid, or the area's id."""
        return self.place(ix) if ix < self.seats else self.area_at(ix)

    def label(self, ix: int) -> str:
        """What a person reads: "Stalls L 14", or the area's id."""
        return self.plan.label(ix) if self.plan is not None and ix < self.seats else self.area_at(ix)

    def of_category(self, category: str) -> Iterator[int]:
        """All indexes of a category or area."""
        if category in self.capacity:
            yield from self.units(category)
        elif self.plan is not None:
            for c, item in enumerate(self.plan.categories):
                if item.name == category:
                    yield from (ix for ix, value in enumerate(self.plan.category) if value == c)

    def categories(self) -> tuple[str, ...]:
        seats = tuple(c.name for c in self.plan.categories) if self.plan else ()
        return seats + tuple(area.id for area in self.areas)
