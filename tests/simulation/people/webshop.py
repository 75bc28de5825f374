"""Buyers at the office's own shop: each order takes free places from the pool."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

from pos.domain.errors import Unreadable
from tests.simulation.names import AREA, SHOWS
from tests.simulation.office import SimOffice
from tests.simulation.people.customers import Customers
from tests.simulation.scheduler import Scheduler


class WebShop:
    def __init__(self, world: Scheduler, office: SimOffice, customers: Customers, pace_s: float) -> None:
        self.world, self.office, self._customers, self._pace_s = world, office, customers, pace_s
        self.closing = False
        self.orders = 0

    def work(self) -> None:
        while not self.closing:
            self.world.sleep(self.world.random.expovariate(1.0 / self._pace_s))
            if not (self.closing or self.office.recovering):
                self._buy()

    def _buy(self) -> None:
        self.orders += 1
        code = f"W{self.orders}"
        show = self.world.random.choice(SHOWS)
        row, seat = self.world.random.choice("AB"), self.world.random.randint(1, 11)
        place = AREA if self.world.chance(0.3) else f"{row}-{seat}"
        try:
            self.office.import_text(
                f'[[order]]\ncode = "{code}"\nshow = "{show}"\n'
                f'lines = [{{ places = ["{place}"], price_type = "adult" }}]\n'
            )
        except Unreadable as error:
            self.world.note(f"web: {error}")
            return
        self.world.deeds["web order"] += 1
        self.world.note(f"web order {code}: {show} {place}")
        self._customers.bought(self._confirmation(code), by="transfer")

    def _confirmation(self, code: str) -> dict[str, object]:
        """What the buyer is sent by mail."""
        with closing(sqlite3.connect(self.office.file)) as db:
            (body,) = db.execute("SELECT body FROM sale WHERE id = ?", (code,)).fetchone()
        sale: dict[str, object] = json.loads(body)
        return sale
