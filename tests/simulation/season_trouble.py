"""What the office changes in its season while tills sell: prices, areas, the plan, a show that is cancelled."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from pos.domain.errors import Unreadable
from tests.peers.small_season import hall
from tests.simulation.names import SHOWS
from tests.simulation.season import prices, show

if TYPE_CHECKING:
    from tests.simulation.house import House

_CAPACITIES: Final = (6, 7, 8, 9, 10)


class SeasonTrouble:
    def __init__(self, house: House) -> None:
        self._house, self.world = house, house.world
        self._cancelled: set[str] = set()

    def prices(self) -> None:
        """What is sold offline meanwhile has its own price by value."""
        stalls, area = self.world.random.choice((("58.13", "12.02"), ("61.00", "12.02"), ("49.95", "15.35")))
        self._import("prices changed", prices(stalls, area))

    def area(self) -> None:
        """More or fewer places in the foyer; fewer only if nobody has them."""
        name, capacity = self.world.random.choice(SHOWS), self.world.random.choice(_CAPACITIES)
        if name not in self._cancelled:
            self._import("area changed", show(name, capacity=capacity))

    def plan(self) -> None:
        """A hall with a third row: for as long as no seat is leased or sold."""
        (self._house.office.file.with_name("hall.json")).write_text(json.dumps(hall(rows=3)), "utf-8")
        self._import("plan changed", '[[plan]]\nid = "hall"\nfile = "hall.json"\n' + "".join(map(show, SHOWS)))

    def cancel(self) -> None:
        """One show of the evening at most; its tickets come back whole, at any window."""
        if not self._cancelled:
            self._cancelled.add(SHOWS[1])
            self._import("show cancelled", show(SHOWS[1], state="cancelled"))

    def _import(self, what: str, text: str) -> None:
        if self._house.office.recovering:
            return
        try:
            self._house.office.import_text(text)
        except Unreadable as error:
            self.world.fault(f"{what}: refused", f"the office: {error}")
        else:
            self.world.fault(what, f"the office: {what}")
