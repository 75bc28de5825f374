"""Seats by what a person types: "Stalls C 12", "stalls c 4-9, D 4-9", "C *" for a whole row.

Zone names may hold spaces and may be shortened to a prefix that only one has; a hall with one zone needs no
zone name. Of several, each goes on where the one before it was: "Stalls C 4-6, 9, D 4" is all in the stalls.
"""

from __future__ import annotations

import re
from typing import Final

from pos.domain.plan import Plan, Row

LONGEST: Final = 400  # characters
_SPAN: Final = re.compile(r"(\w+)(?:-(\w+))?|(\*)")


def find_seats(plan: Plan, text: str) -> list[int] | None:
    """The seats that the text names, each once, in its order; None when a part of it names none."""
    found: dict[int, None] = {}
    before: Row | None = None
    for part in re.split(r"[,;]", text[:LONGEST]):
        words = part.split()
        seats = _named(plan, words)
        if seats is None and before is not None:
            zone = plan.zones[before.zone].split()
            seats = _named(plan, [*zone, *words]) or _named(plan, [*zone, *before.label.split(), *words])
        if not seats:
            return None
        found.update(dict.fromkeys(seats))
        before = plan.rows[plan.row[seats[-1]]]
    return list(found)


def _named(plan: Plan, words: list[str]) -> list[int] | None:
    if len(words) < 2 or not (span := _SPAN.fullmatch(words[-1])):
        return None
    for cut in range(len(words) - 1):
        zones = _zones_named(plan, " ".join(words[:cut]))
        label = " ".join(words[cut:-1]).casefold()
        for row in plan.rows:
            if row.zone in zones and row.label.casefold() == label:
                return list(range(row.first, row.end)) if span[3] else _span(plan, row, span[1], span[2])
    return None


def _zones_named(plan: Plan, text: str) -> set[int]:
    wanted = text.casefold()
    if not wanted:
        seated = {row.zone for row in plan.rows if row.first < row.end}
        return seated if len(seated) == 1 else set()
    exact = {z for z, name in enumerate(plan.zones) if name.casefold() == wanted}
    if exact:
        return exact
    begins = {z for z, name in enumerate(plan.zones) if name.casefold().startswith(wanted)}
    return begins if len(begins) == 1 else set()


def _span(plan: Plan, row: Row, first: str, last: str | None) -> list[int] | None:
    seats = list(range(row.first, row.end))
    by_number = {plan.numbers[ix].casefold(): ix for ix in seats}
    if first.casefold() not in by_number or (last is not None and last.casefold() not in by_number):
        return None
    if last is None:
        return [by_number[first.casefold()]]
    if first.isdigit() and last.isdigit():
        low, high = sorted((int(first), int(last)))
        return [ix for ix in seats if plan.numbers[ix].isdigit() and low <= int(plan.numbers[ix]) <= high]
    a, b = sorted((by_number[first.casefold()], by_number[last.casefold()]))
    return list(range(a, b + 1))


def runs_in_words(plan: Plan, seats: list[int]) -> list[tuple[str, list[int]]]:
    """Seats row by row as a person reads them, each with its seats: "Stalls C 4–9", "Stalls D 2, 5"."""
    by_row: dict[int, list[int]] = {}
    for ix in seats:
        by_row.setdefault(plan.row[ix], []).append(ix)
    return [(_in_words(plan, plan.rows[row], sorted(mine)), mine) for row, mine in by_row.items()]


def _in_words(plan: Plan, row: Row, seats: list[int]) -> str:
    runs: list[list[str]] = []
    for at, ix in enumerate(seats):
        if at and ix == seats[at - 1] + 1:
            runs[-1][1:] = [plan.numbers[ix]]
        else:
            runs.append([plan.numbers[ix]])
    return f"{plan.zones[row.zone]} {row.label} " + ", ".join("–".join(run) for run in runs)
