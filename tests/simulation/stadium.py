"""`python -m tests.simulation.stadium`: a stadium's on-sale, with ever more tills and outages, and what it costs.

The plan, the choice of seats, the allotments, the facts and the office's rules on SQLite are the program's; so is
every signature. A till is thin: its rights are in a dict, its replica is the common one. Time is simulated, chance
is seeded. Every till has as many seats to sell and as many customers, however many tills there are, so that what
grows from row to row of the table grows by the number of tills alone; the other seats are held back. With 200
tills, all 52,012 are on sale, and in an hour they go.

What is not measured: the wire, other databases (see `tests/bench`), and all pulls: one till's a second is really
answered, and its cost counted for all that are online, as if each pulled once a second.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import text

from pos.data import resource
from pos.domain.plan import read_plan
from sync.office.rules import changes
from sync.office.rules.claims import Claim
from sync.office.season.importer import import_season
from sync.office.store.engine import open_database
from tests.simulation.runs import scratch
from tests.simulation.stadium_office import BEGAN_S, Figures, StadiumOffice, Till
from tests.simulation.stands import FREE, GONE, PLAN, SHOW, Stand, write_season

SEATS_EACH: Final = 261  # for each till: 52,012 for 200
RATE: Final = 2.1  # customers a minute at each till
SIZES: Final = {1: 0.25, 2: 0.55, 3: 0.1, 4: 0.1}  # of parties; they want to sit together
PARTY: Final = sum(size * share for size, share in SIZES.items())  # seats, on average
TRIES: Final = 3  # a customer whose seats are taken meanwhile is offered others
COVER_MIN: Final = 20.0  # an allotment is for what such an outage may bring: two deviations more than expected
OUTAGE_MIN: Final = (5.0, 20.0)  # at least, at most
CUT_EACH_MIN: Final = 60.0  # between two outages of a till, on average
ALL_CUT_MIN: Final = 15.0  # half of the tills at once, from the middle of the sale on
SEEN_EVERY_S: Final = 3


@dataclass(frozen=True)
class Customer:
    till: Till
    stand: Stand
    party: int


def _ceiling(share: float, cover_min: float) -> int:
    """The allotment of a category that is this share of the house."""
    expected = cover_min * RATE * PARTY * share
    variance = sum(size**2 * part for size, part in SIZES.items()) / PARTY
    return int(expected + 2 * (variance * expected) ** 0.5 + max(SIZES))


class OnSale:
    """`play` it once."""

    def __init__(
        self, folder: Path, count: int, minutes: float, seats_each: int, seed: int, cover_min: float = COVER_MIN
    ) -> None:
        plan = read_plan(resource("plans", PLAN).read_bytes(), PLAN)
        self.stands = {c.name: Stand.of(plan, n) for n, c in enumerate(plan.categories) if n in set(plan.category)}
        self.seats = min(len(plan), count * seats_each)
        self.weights = [len(stand.column) for stand in self.stands.values()]
        self.ceilings = {
            name: _ceiling(len(stand.column) / len(plan), cover_min) for name, stand in self.stands.items()
        }
        self.chance = random.Random(seed)
        self.minutes = minutes
        self.sold: set[str] = set()
        database = open_database(f"sqlite:///{folder / 'office.db'}")
        import_season(database, write_season(folder, self.ceilings, count))
        self.office = StadiumOffice(database, self.stands, self.ceilings, count)
        self._hold_back(self.seats / len(plan))

    def _hold_back(self, share: float) -> None:
        """All but this share of each category, in whole rows."""
        held: list[dict[str, str]] = []
        for stand in self.stands.values():
            lines = list(stand.plan.lines)
            self.chance.shuffle(lines)
            left = round(len(stand.column) * (1 - share))
            for ix in (ix for line in lines for ix in line):
                if left > 0:
                    stand.column[ix], left = GONE, left - 1
                    held.append({"place": stand.plan.place_ids[ix]})
        if held:
            with self.office.database.write() as connection:
                connection.execute(
                    text(f"UPDATE place_right SET state = 'HELD' WHERE show_id = '{SHOW}' AND place = :place"), held
                )

    # ---- the sale --------------------------------------------------------------------------

    def play(self) -> Figures:
        """The whole sale, until every fact is at the office. Raises AssertionError when a seat was sold twice."""
        with self.office.database.read() as connection:
            latest, _ = changes.head(connection)
        for till in self.office.tills:
            till.cursor = latest
        self.office.seen(self.office.tills)
        for till in self.office.tills:
            self.office.allot(till)
        for second in range(round(self.minutes * 60)):
            self.office.now = BEGAN_S + float(second)
            self._cut_lines(second)
            online = [till for till in self.office.tills if till.back_at <= self.office.now]
            if second % SEEN_EVERY_S == 0:
                self.office.seen(online)
            self._customers()
            for till in online:
                self.office.push(till)
            for till in online:
                if till.sold:
                    self.office.allot(till)
            if online:
                self.office.pulls(self.chance.choice(online), online)
        for till in self.office.tills:
            self.office.push(till)
        self._judge()
        return self.office.figures

    def _cut_lines(self, second: int) -> None:
        for till in self.office.tills:
            if 0 < till.back_at <= self.office.now:
                till.back_at, till.sold = 0.0, True
                self.office.catch_up(till)
            if not till.back_at and self.chance.random() < 1 / (CUT_EACH_MIN * 60):
                till.back_at = self.office.now + 60 * self.chance.uniform(*OUTAGE_MIN)
        if second == round(self.minutes * 30):
            for till in self.office.tills[::2]:
                till.back_at = max(till.back_at, self.office.now + 60 * min(ALL_CUT_MIN, self.minutes / 4))

    def _customers(self) -> None:
        waiting: list[Customer] = []
        for till in self.chance.sample(self.office.tills, len(self.office.tills)):
            if self.chance.random() < RATE / 60:
                (stand,) = self.chance.choices(list(self.stands.values()), self.weights)
                (party,) = self.chance.choices(list(SIZES), list(SIZES.values()))
                customer = Customer(till, stand, party)
                if till.back_at:
                    self._serve_offline(customer)
                else:
                    self.office.figures.count["asked"] += 1
                    waiting.append(customer)
        for _ in range(TRIES):
            waiting = self._serve(waiting)
        self.office.figures.count["refused: taken"] += len(waiting)

    def _serve_offline(self, customer: Customer) -> None:
        stand, count = customer.stand, self.office.figures.count
        count["asked offline"] += 1
        seats = stand.best(customer.party, customer.till.number)
        if seats is not None:
            self._sell(customer.till, stand, seats)
        elif stand.unsold(customer.party):
            count["refused offline: elsewhere"] += 1
        else:
            count["refused offline: gone"] += 1

    def _serve(self, customers: list[Customer]) -> list[Customer]:
        """Each is offered the best of what is in hand and in the pool; who has to be offered something else.

        Seats that another till has are not waited for: they have just been chosen there, and would be declined.
        """
        chosen: list[tuple[Customer, list[int]]] = []
        claims: list[Claim] = []
        for customer in customers:
            stand, hand = customer.stand, customer.till.hands[customer.stand.name]
            seats = stand.best(customer.party, FREE, customer.till.number)
            if seats is None:
                why = "elsewhere" if stand.unsold(customer.party) else "gone"
                self.office.figures.count[f"refused: {why}"] += 1
                continue
            missing = [stand.plan.place_ids[ix] for ix in seats if ix not in hand]
            chosen.append((customer, seats))
            if missing:
                claims.append(self.office.claim(customer.till, missing, whole=True))
        refused = self.office.settle(claims)
        for customer, seats in chosen:
            if customer.till.number not in refused:
                self._sell(customer.till, customer.stand, seats)
        return [customer for customer, _ in chosen if customer.till.number in refused]

    def _sell(self, till: Till, stand: Stand, seats: list[int]) -> None:
        hand = till.hands[stand.name]
        grants = [hand.pop(ix) for ix in seats]
        till.client.sell(SHOW, *grants)
        for ix, grant in zip(seats, grants, strict=True):
            assert grant.place not in self.sold, f"{grant.place} is sold twice"
            self.sold.add(grant.place)
            stand.column[ix] = GONE
        till.sold = True
        self.office.figures.count["sales"] += 1

    def _judge(self) -> None:
        """The office has every seat that was sold, once, and nothing to dispute."""
        with self.office.database.read() as connection:
            sold = connection.execute(text("SELECT place FROM place_right WHERE state = 'SOLD'")).scalars().all()
            tickets = connection.execute(text("SELECT unit FROM ticket WHERE state = 'live'")).scalars().all()
            disputes = connection.execute(text("SELECT count(*) FROM dispute")).scalar_one()
        assert sorted(sold) == sorted(tickets) == sorted(self.sold)
        assert disputes == 0


# ---- the table -----------------------------------------------------------------------------

_COLUMNS: Final = (
    ("tills", 6), ("seats", 7), ("sales", 7), ("refused", 8), ("gone", 6), ("offline", 8), ("refused", 8), ("gone", 6),
    ("moved/sale", 11), ("back/sale", 10), ("tx/sale", 8), ("ms/sale", 8), ("claims", 7), ("pushes", 7), ("rebal.", 7),
    ("pulls", 7), ("kB/s/till", 10), ("largest kB", 11), ("run s", 7),
)  # fmt: skip


def row(on_sale: OnSale, seconds: float) -> list[str]:
    """Shares of the customers online and offline; rights granted and given back for a sale; the office's work.

    Refused online: the seats were taken at once, thrice, or idle at other tills. Refused offline: they were idle
    elsewhere. Gone: nobody had so many together any more.
    """
    count, cpu = on_sale.office.figures.count, on_sale.office.figures.cpu
    sales = max(1, count["sales"])
    online, offline = max(1, count["asked"]), max(1, count["asked offline"])
    told = count["told"] / len(on_sale.office.tills) / (on_sale.minutes * 60)
    works = [cpu[work] * 1000 / sales for work in ("claims", "pushes", "rebalancing", "pulls")]
    return [
        f"{len(on_sale.office.tills)}", f"{on_sale.seats:,}", f"{count['sales']:,}",
        f"{(count['refused: taken'] + count['refused: elsewhere']) / online:.2%}",
        f"{count['refused: gone'] / online:.1%}",
        f"{count['asked offline'] / (online + offline):.1%}",
        f"{count['refused offline: elsewhere'] / offline:.2%}", f"{count['refused offline: gone'] / offline:.1%}",
        f"{(count['granted'] + count['returned']) / sales:.2f}", f"{count['returned'] / sales:.2f}",
        f"{count['transactions'] / sales:.1f}", f"{sum(works):.1f}", *(f"{work:.1f}" for work in works),
        f"{told / 1000:.2f}", f"{on_sale.office.figures.largest / 1000:.0f}", f"{seconds:.0f}",
    ]  # fmt: skip


def play(
    count: int, minutes: float, seats_each: int = SEATS_EACH, seed: int = 1, cover_min: float = COVER_MIN
) -> OnSale:
    """One on-sale, to its end."""
    with tempfile.TemporaryDirectory(prefix="housefull-stadium-", dir=scratch()) as name:
        on_sale = OnSale(Path(name), count, minutes, seats_each, seed, cover_min)
        try:
            on_sale.play()
        finally:
            on_sale.office.database.close()
    return on_sale


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.stadium", description=__doc__)
    parser.add_argument("--tills", default="25,50,100,200", help="how many, a row each (25,50,100,200)")
    parser.add_argument("--minutes", type=float, default=60.0, help="of the sale (60)")
    parser.add_argument("--seats", type=int, default=SEATS_EACH, help=f"on sale for each till ({SEATS_EACH})")
    parser.add_argument(
        "--cover",
        type=float,
        default=COVER_MIN,
        metavar="MINUTES",
        help=f"of an outage, by the allotment ({COVER_MIN:g})",
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    print("".join(name.rjust(width) for name, width in _COLUMNS), flush=True)
    for count in map(int, options.tills.split(",")):
        began = time.monotonic()
        on_sale = play(count, options.minutes, options.seats, options.seed, options.cover)
        cells = row(on_sale, time.monotonic() - began)
        print("".join(cell.rjust(width) for cell, (_, width) in zip(cells, _COLUMNS, strict=True)), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
