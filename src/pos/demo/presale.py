"""Who has bought already: orders of neighbours over a hall, as an evening's sale leaves them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from pos.domain.plan import Plan

# Who comes with the adults of a party, as often as it stands here.
_COMPANY: Final = ("adult",) * 6 + ("child",) * 2 + ("senior", "student")
_CODE_LETTERS: Final = "ACDEFHJKLMNPQRTUVWXY34679"  # none looks like another, nor spells much


@dataclass(frozen=True, slots=True)
class Habits:
    """`share` of the places is sold, in orders of `parties` groups of `party` neighbours (at least, at most)."""

    share: float
    party: tuple[int, int]
    parties: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Line:
    """Places of an order at one price type; an area's id is repeated for each of its units."""

    price_type: str
    places: list[str]


class Floor:
    """The seats of a hall that nobody has: runs of neighbours, from which parties are cut."""

    def __init__(self, plan: Plan, taken: set[int], rng: Random) -> None:
        self._rng = rng
        self._runs: list[list[int]] = []
        for line in plan.lines:
            self._add_free(line, taken)

    def _add_free(self, line: tuple[int, ...], taken: set[int]) -> None:
        run: list[int] = []
        for seat in (*line, None):
            if seat is None or seat in taken:
                if run:
                    self._runs.append(run)
                run = []
            else:
                run.append(seat)

    def cut(self, wanted: int) -> list[int]:
        """Up to `wanted` neighbours, of which fewer are left only where a run ends; empty when all is gone.

        A single seat is not left over where it can be helped, since nobody sells well alone.
        """
        if not self._runs:
            return []
        at = self._rng.randrange(len(self._runs))
        self._runs[at], self._runs[-1] = self._runs[-1], self._runs[at]
        run = self._runs.pop()
        size = min(wanted, len(run))
        starts = [first for first in range(len(run) - size + 1) if first != 1 and len(run) - size - first != 1]
        first = self._rng.choice(starts) if starts else 0
        self._runs += [rest for rest in (run[:first], run[first + size :]) if rest]
        return run[first : first + size]


def seat_orders(plan: Plan, taken: set[int], habits: Habits, rng: Random) -> Iterator[list[Line]]:
    """Orders for `habits.share` of the plan's seats, none of them among the indexes in `taken`.

    Access places are sold in pairs, to a guest and a companion.
    """
    pairs = _access_pairs(plan)
    access = {seat for pair in pairs for seat in pair}
    left = round(len(plan) * habits.share)
    for guest, companion in pairs[: round(len(pairs) * habits.share)]:
        left -= 2
        yield [Line("adult", [plan.place_ids[guest]]), Line("companion", [plan.place_ids[companion]])]
    floor = Floor(plan, taken | access, rng)
    while left > 0:
        order: list[Line] = []
        for _ in range(rng.randint(*habits.parties)):
            seats = floor.cut(min(left, rng.randint(*habits.party)))
            if not seats:
                break
            left -= len(seats)
            order += _lines([plan.place_ids[seat] for seat in seats], rng)
        if not order:
            return
        yield _joined(order)


def area_orders(area: str, capacity: int, share: float, rng: Random) -> Iterator[list[Line]]:
    """Orders for `share` of a standing area's units."""
    left = round(capacity * share)
    while left > 0:
        size = min(left, rng.randint(1, 4))
        left -= size
        yield [Line("adult", [area] * size)]


def new_code(used: set[str], rng: Random) -> str:
    """An order's code that is not in `used`, and now is."""
    while (code := "".join(rng.choices(_CODE_LETTERS, k=6))) in used:
        pass
    used.add(code)
    return code


def _access_pairs(plan: Plan) -> list[tuple[int, int]]:
    by_category: dict[str, list[int]] = {}
    for seat, category in enumerate(plan.category):
        by_category.setdefault(plan.categories[category].name, []).append(seat)
    return list(zip(by_category.get("Wheelchair", []), by_category.get("Companion", []), strict=True))


def _lines(places: list[str], rng: Random) -> list[Line]:
    company = rng.choice(_COMPANY)
    adults = len(places) - (rng.randint(1, len(places) // 2) if len(places) > 1 else 0)
    return [Line("adult", places[:adults]), Line(company, places[adults:])]


def _joined(lines: list[Line]) -> list[Line]:
    """One line for each price type."""
    places: dict[str, list[str]] = {}
    for line in lines:
        places.setdefault(line.price_type, []).extend(line.places)
    return [Line(price_type, found) for price_type, found in places.items() if found]
