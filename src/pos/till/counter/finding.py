"""Finding seats: the best that are free, with what speaks for them, and those that somebody has typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from pos.domain.best import Choice, Field, most_together, nature_of, pairs, split, together
from pos.domain.choice import orphans
from pos.domain.errors import Refused
from pos.domain.plan import Plan
from pos.domain.rights import PlaceState
from pos.domain.season import Show
from pos.domain.seating import Seating
from pos.domain.seatnames import find_seats, runs_in_words
from pos.till.belief import CODES, STATES
from pos.till.counter.house import laid_over
from pos.till.desk import Desk

MOST: Final = 200  # places in one choice
MOST_OPTIONS: Final = 9
_VACANT: Final = frozenset(CODES[state] for state in (PlaceState.FREE, PlaceState.HERE, PlaceState.ELSEWHERE))

# What speaks for a choice, and against it.
_WHY: Final = {
    "together": "side by side",
    "split": "no row has so many together",
    "pairs": "each with the nearest companion",
    "nearest": "nearest to the hall's best point",
    "next": "the next best",
    "none_single": "no single seat is left",
    "single_left": "a single seat is left: it cannot be avoided",
    "standing": "standing places",
}


def best(
    desk: Desk, *, show: str, category: str | None, count: int, accessible: bool = False, restricted: bool = False,
    companion: bool = False, split: bool = False, after: Sequence[str] = (), options: int = 1,
) -> dict[str, Any]:  # fmt: skip
    """The best `count` places that this till could sell now; none fit: no places.

    Without a category (None) all that have a price are looked at, but for those with a restricted view or for people
    who need them, which are asked for. `after` are places that were offered already. With the line down only
    what is in hand counts; else what is in hand or in the pool. Raises Refused("unknown_place" |
    "limit_exceeded" | "bad_request").
    """
    desk.signed_in("sell")
    the_show = desk.season().show(show)
    seating = desk.belief.seating(show)
    if category is not None and category not in seating.categories():
        raise Refused("unknown_place", show=show, place=category, category=category)
    category = category or ""
    if count > MOST:
        raise Refused("limit_exceeded", what="count", limit=MOST, asked=count)
    if category in seating.capacity:
        return _standing(desk, show, seating, category, count)
    plan = seating.plan
    if plan is None:
        raise Refused("bad_request", field="category", reason="this show has areas only: name one")
    field = field_of(desk, the_show, seating, plan, _categories(desk, the_show, plan, category, accessible, restricted))
    names = {item.name: c for c, item in enumerate(plan.categories)}
    mates = {names[a]: names[b] for a, b in the_show.companions.items() if a in names and b in names}
    if companion:
        field = replace(field, categories=frozenset([names[category]] if category else mates) & mates.keys())
    seen = {ix for place in after if (ix := seating.find(place)) is not None}
    found: list[dict[str, Any]] = []
    for _ in range(options):
        rest = replace(field, free=_but(field.free, frozenset(seen)))
        choice = _pairs(rest, mates, count) if companion else _choice(rest, count, split)
        if choice is None:
            break
        found.append(_told(plan, choice, companion, bool(seen)))
        seen |= set(choice.seats)
    if not found:
        most = 0 if companion else most_together(replace(field, free=_but(field.free, frozenset(seen))))
        return {"places": [], "rows": [], "why": [], "most_together": most, "options": []}
    return found[0] | {"options": found}


def _standing(desk: Desk, show: str, seating: Seating, area: str, count: int) -> dict[str, Any]:
    can_be_had = to_be_had(desk, show, seating)
    units = sum(map(can_be_had, seating.units(area)))
    if units < count:
        return {"places": [], "rows": [], "why": [], "most_together": units, "options": []}
    choice = {"places": [area] * count, "rows": [{"label": area, "places": [area] * count}], "why": ["standing"]}
    choice["text"] = _WHY["standing"]
    return choice | {"options": [choice]}


def _categories(
    desk: Desk, show: Show, plan: Plan, category: str, accessible: bool, restricted: bool
) -> frozenset[int]:
    """Where to look: the category named, else all with a price that are not to be asked for apart."""
    table = desk.season().prices[show.prices].table
    asked = {"": True, "access": accessible, "restricted": restricted}
    return frozenset(
        c
        for c, item in enumerate(plan.categories)
        if (item.name == category if category else bool(table.get(item.name)))
        and (category or asked[nature_of(item.name, show.accessible, show.restricted)])
    )


def field_of(desk: Desk, show: Show, seating: Seating, plan: Plan, categories: frozenset[int]) -> Field:
    """What may be chosen from in a show, of these categories."""
    column, taken = desk.belief.column(show.id), laid_over(desk, show.id, seating)
    vacant = lambda ix: column[ix] in _VACANT and ix not in taken  # noqa: E731
    return Field(plan, to_be_had(desk, show.id, seating), vacant, categories, show.taste)


def to_be_had(desk: Desk, show: str, seating: Seating) -> Callable[[int], bool]:
    """Whether this till could sell a place now without asking another window."""
    column, taken = desk.belief.column(show), laid_over(desk, show, seating)
    codes = {CODES[PlaceState.HERE]}
    if desk.outside.office.link().state == "online":
        codes.add(CODES[PlaceState.FREE])
    return lambda ix: column[ix] in codes and ix not in taken


def _but(free: Callable[[int], bool], seen: frozenset[int]) -> Callable[[int], bool]:
    return lambda ix: ix not in seen and free(ix)


def _choice(field: Field, count: int, over_rows: bool) -> Choice | None:
    """Together wherever that is possible, over rows only when told."""
    return together(field, count) or (split(field, count) if over_rows else None)


def _pairs(field: Field, mates: dict[int, int], count: int) -> Choice | None:
    found = pairs(field, mates, count)
    if found is None:
        return None
    alone = orphans(field.plan, [ix for pair in found for ix in pair], field.vacant)
    return Choice(tuple(found), len(alone))


def _told(plan: Plan, choice: Choice, companion: bool, after: bool) -> dict[str, Any]:
    """A choice as it is answered: its places, its rows in words, what speaks for it."""
    why = ["pairs" if companion else "split" if len(choice.parts) > 1 else "together"]
    why.append("next" if after else "nearest")
    why.append("single_left" if choice.alone else "none_single")
    answer = {
        "places": [plan.place_ids[ix] for ix in choice.seats],
        "rows": _rows(plan, choice.seats),
        "why": why,
        "text": ", ".join(_WHY[reason] for reason in why),
    }
    if companion:
        answer["pairs"] = [[plan.place_ids[ix] for ix in pair] for pair in choice.parts]
    return answer


def _rows(plan: Plan, seats: Sequence[int]) -> list[dict[str, Any]]:
    return [
        {"label": label, "places": [plan.place_ids[ix] for ix in mine]}
        for label, mine in runs_in_words(plan, list(seats))
    ]


def named(desk: Desk, *, show: str, text: str) -> dict[str, Any]:
    """The seats that a text names ("Stalls C 4-9, D 4-9", "C *" for a whole row), each with its state.

    `free` are those that could be had now without asking another window. Raises Refused("unknown_place").
    """
    desk.signed_in()
    desk.season().show(show)
    seating = desk.belief.seating(show)
    plan = seating.plan
    seats = find_seats(plan, text) if plan is not None else None
    if plan is None or not seats:
        raise Refused("unknown_place", show=show, place=text)
    column, can_be_had = desk.belief.column(show), to_be_had(desk, show, seating)
    return {
        "places": [plan.place_ids[ix] for ix in seats],
        "rows": _rows(plan, seats),
        "states": [STATES[column[ix]].value for ix in seats],
        "free": [plan.place_ids[ix] for ix in seats if can_be_had(ix)],
    }
