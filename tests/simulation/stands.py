"""A stadium's seats by category, and the season file with one show there."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from pos.data import resource
from pos.domain.best import Field, together
from pos.domain.choice import block
from pos.domain.plan import Plan, Row

SHOW: Final = "final"
PLAN: Final = "stadium.json"
FREE, GONE = 0, -1  # in a stand's column, beside the number of the till that holds the seat


@dataclass
class Stand:
    """One category, as a plan of its own: a quarter of the stadium is searched sooner than all of it."""

    name: str
    plan: Plan
    column: list[int] = field(default_factory=list)  # who has which seat: FREE, GONE, or a till

    @classmethod
    def of(cls, plan: Plan, number: int) -> Stand:
        rows: list[Row] = []
        kept: list[int] = []
        for row in plan.rows:
            seats = [ix for ix in range(row.first, row.end) if plan.category[ix] == number]
            if seats:
                rows.append(replace(row, first=len(kept), end=len(kept) + len(seats)))
                kept += seats
        part = replace(
            plan,
            categories=(plan.categories[number],),
            rows=tuple(rows),
            shapes=(),
            place_ids=tuple(plan.place_ids[ix] for ix in kept),
            numbers=tuple(plan.numbers[ix] for ix in kept),
            xs=array("f", (plan.xs[ix] for ix in kept)),
            ys=array("f", (plan.ys[ix] for ix in kept)),
            category=array("H", [0] * len(kept)),
            zone=array("H", (plan.zone[ix] for ix in kept)),
            row=array("I", (r for r, row in enumerate(rows) for _ in range(row.first, row.end))),
        )
        return cls(plan.categories[number].name, part, [FREE] * len(kept))

    def best(self, party: int, *who: int) -> list[int] | None:
        """The best seats together of those that these have."""
        found = together(Field.of(self.plan, self.name, lambda ix: self.column[ix] in who), party)
        return list(found.seats) if found else None

    def unsold(self, party: int) -> bool:
        """Whether so many together are left, in whoever's hands."""
        return together(Field.of(self.plan, self.name, lambda ix: self.column[ix] != GONE), party) is not None

    def block(self, count: int, part: float) -> list[int]:
        """Up to so many of the pool's seats, in runs."""
        return block(self.plan, self.name, count, lambda ix: self.column[ix] == FREE, part) if count > 0 else []


def write_season(folder: Path, ceilings: Mapping[str, int], count: int) -> Path:
    """One show, for which so many tills are allotted so many seats of each category."""
    (folder / PLAN).write_bytes(resource("plans", PLAN).read_bytes())
    prices = "\n".join(f'"{name}" = {{ adult = "58.00" }}' for name in ceilings)
    allotment = ", ".join(f'"{name}" = {ceiling}' for name, ceiling in ceilings.items())
    tills_ = "\n".join(f'[[till]]\nid = "T{number}"' for number in range(1, count + 1))
    file = folder / "season.toml"
    file.write_text(
        f"""
venue = {{ id = "stadium", name = "The Stadium", timezone = "Europe/Vienna", currency = "EUR" }}
tax = [{{ id = "reduced", rate = "10" }}]
plan = [{{ id = "stadium", file = "stadium.json" }}]
price_type = [{{ id = "adult", name = {{ en = "Adult" }} }}]
terms = [{{ id = "standard" }}]
production = [{{ id = "cup", title = {{ en = "Cup" }} }}]
user = [{{ id = "anna", name = "Anna", role = "cashier", pin = "2468" }}]
[[prices]]
id = "usual"
tax = "reduced"
[prices.table]
{prices}
[[show]]
id = "{SHOW}"
production = "cup"
starts = "2027-12-03T19:30:00+01:00"
plan = "stadium"
prices = "usual"
terms = "standard"
allotment = {{ {allotment} }}
{tills_}
""",
        encoding="utf-8",
    )
    return file
