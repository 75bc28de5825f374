"""What the customers of a drill ask for: places of this till's own season, as things stand when they come."""

from __future__ import annotations

from pos.domain.drills.script import Step, Task
from pos.domain.rights import PlaceState
from pos.domain.season import Show
from pos.till.belief import CODES
from pos.till.counter.passing import in_use
from pos.till.desk import Desk


def wish(desk: Desk, step: Step) -> tuple[str, str, str] | None:
    """A show, a category and, for a seat that is not in hand, which; None when there is nothing to ask for."""
    now = desk.clock.now()
    shows = [show for show in desk.season().shows.values() if show.plan and show.sells_at(now)]
    for show in sorted(shows, key=lambda one: (one.starts <= now, one.starts, one.id)):
        found = _seat(desk, show) if step.task is Task.ELSEWHERE else _category(desk, show, step.count)
        if found is not None:
            return show.id, *found
    return None


def category_of(desk: Desk, show: str, place: str) -> str:
    """The category of a seat, or the area itself."""
    seating = desk.belief.seating(show)
    ix = seating.find(place)
    return seating.category(ix) if ix is not None else place


def label_of(desk: Desk, show: str, place: str) -> str:
    """A seat as a ticket says it, "" where none was asked for."""
    plan = desk.belief.seating(show).plan
    return plan.label(plan.index[place]) if place and plan is not None else ""


def _places(desk: Desk, show: Show, state: PlaceState) -> list[int]:
    column, used = desk.belief.column(show.id), in_use(desk)
    plan = desk.belief.seating(show.id).plan
    if plan is None:
        return []
    places = enumerate(plan.place_ids)
    return [ix for ix, place in places if column[ix] == CODES[state] and (show.id, place) not in used]


def _category(desk: Desk, show: Show, count: int) -> tuple[str, str] | None:
    """The category of which most is in hand."""
    seating = desk.belief.seating(show.id)
    here: dict[str, int] = {}
    for ix in _places(desk, show, PlaceState.HERE):
        if (category := seating.category(ix)) not in show.accessible:
            here[category] = here.get(category, 0) + 1
    best = max(sorted(here), key=lambda name: here[name], default="")
    return (best, "") if best and here[best] >= count else None


def _seat(desk: Desk, show: Show) -> tuple[str, str] | None:
    """A seat that the office has and this till has not; of a category of which another can be offered."""
    seating = desk.belief.seating(show.id)
    here = {seating.category(ix) for ix in _places(desk, show, PlaceState.HERE)} - set(show.accessible)
    free = [ix for ix in _places(desk, show, PlaceState.FREE) if seating.category(ix) in here]
    if not free or seating.plan is None:
        return None
    return seating.category(free[0]), seating.plan.place_ids[free[0]]
