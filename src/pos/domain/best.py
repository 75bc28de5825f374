"""The best seats that are free: side by side, over rows when told, in pairs; and why they are the best.

Best is nearest to the hall's own best point: on the middle line of what is asked for, as far forward as
the hall says (`Taste`). A single seat is left over only where nothing else is to be had. For the next
best, what was offered before is not free to choose, though it is still vacant beside a choice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from pos.domain.choice import orphans
from pos.domain.plan import Plan

_ACCESS: Final = ("wheelchair", "companion", "access")
_RESTRICTED: Final = ("restrict", "obstruct", "limited")
_CLOSE: Final = 300  # runs near the best point that parts are chosen from


@dataclass(frozen=True, slots=True)
class Taste:
    """How a hall ranks its seats. `front` from 0, the last row, to 1, the first, says where the best row is;
    `centre` how much a seat's distance to the side counts beside its distance to that row."""

    front: float = 2 / 3
    centre: float = 1.0


@dataclass(frozen=True)
class Field:
    """What may be chosen from. `free` are seats that can be had; `vacant` those that nobody has, which
    includes some that cannot be had just now: the next to be sold beside a choice."""

    plan: Plan
    free: Callable[[int], bool]
    vacant: Callable[[int], bool]
    categories: frozenset[int]  # indexes of the plan's
    taste: Taste = field(default_factory=Taste)

    @classmethod
    def of(cls, plan: Plan, category: str, free: Callable[[int], bool]) -> Field:
        """One category by name, where whatever cannot be had is somebody's."""
        return cls(plan, free, free, frozenset(c for c, item in enumerate(plan.categories) if item.name == category))


@dataclass(frozen=True, slots=True)
class Choice:
    """`parts` are runs of neighbours; `alone` is how many vacant seats they leave single."""

    parts: tuple[tuple[int, ...], ...]
    alone: int

    @property
    def seats(self) -> tuple[int, ...]:
        return tuple(ix for part in self.parts for ix in part)


@dataclass(frozen=True, slots=True)
class _Run:
    """Free neighbours of one category: `line`[first : end]."""

    line: tuple[int, ...]
    first: int
    end: int

    def __len__(self) -> int:
        return self.end - self.first


@dataclass(frozen=True, slots=True)
class _Block:
    """Neighbours: how many they leave alone, how far they are from the best point, and which."""

    alone: int
    away: float
    seats: tuple[int, ...]


def nature_of(category: str, accessible: Collection[str], restricted: Collection[str]) -> str:
    """ "access", "restricted" or "": what a category is apart from its price.

    A hall says it in its season file; where it does not, an English name that says it is believed.
    """
    name = category.casefold()
    if category in accessible:
        return "access"
    if category in restricted:
        return "restricted"
    if any(word in name for word in _RESTRICTED):
        return "restricted"
    return "access" if any(word in name for word in _ACCESS) else ""


def together(field: Field, count: int) -> Choice | None:
    """The best `count` neighbours of one category; None when no row has so many free."""
    heart = _heart(field)
    if heart is None or count < 1:
        return None
    best: _Block | None = None
    for bound, line in sorted(_bounds(field, heart)):
        if best is not None and best.alone == 0 and bound >= best.away:
            break
        for run in _runs(field, [field.plan.lines[line]]):
            best = _better(best, _best_block(field, run, count, heart))
    return Choice((best.seats,), best.alone) if best else None


def most_together(field: Field) -> int:
    """How many free neighbours of one category there are at most."""
    return max((len(run) for run in _runs(field, field.plan.lines)), default=0)


def split(field: Field, count: int) -> Choice | None:
    """`count` seats in a few runs that are close to each other; None when there are not so many.

    Each next run is the one that is nearest for the seats it brings. Nobody sits alone where the run
    before can spare a neighbour.
    """
    heart = _heart(field)
    if heart is None or count < 1:
        return None
    near = (field.plan.lines[line] for _, line in sorted(_bounds(field, heart)))
    runs = _enough(_runs(field, near), count)
    if sum(map(len, runs)) < count:
        return None
    step = 2 * _pitch(field.plan, runs)
    parts: list[tuple[int, ...]] = []
    while count:
        run = min(runs, key=partial(_dear, field, heart, count, step))
        size = min(count, len(run))
        if count - size == 1 and size >= 3:
            size -= 1
        block = _best_block(field, run, size, heart)
        assert block is not None, "the run is at least that long"
        parts.append(block.seats)
        count -= size
        runs = list(_without(runs, block.seats))
        if len(parts) == 1:
            heart = _middle(field.plan, block.seats)  # the others sit close to these
            runs.sort(key=partial(_nearest, field, heart))
            runs = _enough(runs, count)
    seats = [ix for part in parts for ix in part]
    return Choice(tuple(parts), len(orphans(field.plan, seats, field.vacant)))


def pairs(field: Field, companions: dict[int, int], count: int) -> list[tuple[int, int]] | None:
    """`count` access places, each with the free companion's place nearest to it, the closest pairs first.

    `companions` maps categories of access places to those of their companions. None when there are not so many.
    """
    plan = field.plan
    free: dict[int, list[int]] = {c: [] for c in {*companions, *companions.values()}}
    for ix, category in enumerate(plan.category):
        if category in free and field.free(ix):
            free[category].append(ix)
    heart = _heart(field) or (0.0, 0.0)
    near = sorted(
        (math.hypot(plan.xs[a] - plan.xs[b], plan.ys[a] - plan.ys[b]), _away(field, heart, (a,)), a, b)
        for category in companions.keys() & field.categories
        for a in free[category]
        for b in free[companions[category]]
        if a != b
    )
    chosen: list[tuple[int, int]] = []
    used: set[int] = set()
    for _, _, a, b in near:
        if len(chosen) < count and not {a, b} & used:
            chosen.append((a, b))
            used |= {a, b}
    return chosen if len(chosen) == count else None


# ---- how it is worked out ----------------------------------------------------------------


def _heart(field: Field) -> tuple[float, float] | None:
    """The best point of the categories asked for; None when the plan has no such seat."""
    plan = field.plan
    mine = [ix for ix, c in enumerate(plan.category) if c in field.categories]
    if not mine:
        return None
    xs, ys = [plan.xs[ix] for ix in mine], [plan.ys[ix] for ix in mine]
    first, last = min(ys), max(ys)
    return (min(xs) + max(xs)) / 2, first + (last - first) * (1 - field.taste.front)


def _runs(field: Field, lines: Iterable[tuple[int, ...]]) -> Iterator[_Run]:
    category, free = field.plan.category, field.free
    for line in lines:
        first = 0
        for at, ix in enumerate(line):
            if category[ix] not in field.categories or not free(ix):
                if at > first:
                    yield _Run(line, first, at)
                first = at + 1
            elif at > first and category[ix] != category[line[at - 1]]:
                yield _Run(line, first, at)
                first = at
        if len(line) > first:
            yield _Run(line, first, len(line))


def _bounds(field: Field, heart: tuple[float, float]) -> Iterator[tuple[float, int]]:
    """(how near to the heart a seat of it can be at most, number of the line), of every line."""
    for number, (x0, y0, x1, y1) in enumerate(field.plan.boxes):
        dx = max(x0 - heart[0], heart[0] - x1, 0.0) * field.taste.centre
        yield math.hypot(dx, max(y0 - heart[1], heart[1] - y1, 0.0)), number


def _best_block(field: Field, run: _Run, count: int, heart: tuple[float, float]) -> _Block | None:
    """The best `count` neighbours of a run."""
    best: _Block | None = None
    for at in range(run.first, run.end - count + 1):
        seats = run.line[at : at + count]
        block = _Block(_alone_beside(field, run.line, at, at + count), _away(field, heart, seats), seats)
        best = _better(best, block)
    return best


def _better(one: _Block | None, other: _Block | None) -> _Block | None:
    if one is None or other is None:
        return one or other
    return other if (other.alone, other.away) < (one.alone, one.away) else one


def _nearest(field: Field, heart: tuple[float, float], run: _Run) -> float:
    """How near the run comes, by its ends and its middle."""
    seats = run.line[run.first], run.line[(run.first + run.end - 1) // 2], run.line[run.end - 1]
    return min(_away(field, heart, (ix,)) for ix in seats)


def _dear(field: Field, heart: tuple[float, float], count: int, step: float, run: _Run) -> float:
    """How far a run is for each of the seats it would bring."""
    return (_nearest(field, heart, run) + step) / min(len(run), count)


def _enough(runs: Iterable[_Run], count: int) -> list[_Run]:
    """The first of these runs, some hundred and no fewer than have `count` seats: a stadium has thousands."""
    kept: list[_Run] = []
    seats = 0
    for run in runs:
        if len(kept) >= _CLOSE and seats >= count:
            break
        kept.append(run)
        seats += len(run)
    return kept


def _pitch(plan: Plan, runs: Iterable[_Run]) -> float:
    """How far apart neighbours are, in plan units; 1 where nobody has one."""
    for run in runs:
        if len(run) > 1:
            a, b = run.line[run.first : run.first + 2]
            return math.hypot(plan.xs[a] - plan.xs[b], plan.ys[a] - plan.ys[b])
    return 1.0


def _alone_beside(field: Field, line: Sequence[int], first: int, end: int) -> int:
    """How many vacant seats taking `line`[first : end] leaves without a vacant neighbour that had one."""

    def is_vacant(at: int) -> bool:
        return 0 <= at < len(line) and field.vacant(line[at])

    return (is_vacant(first - 1) and not is_vacant(first - 2)) + (is_vacant(end) and not is_vacant(end + 1))


def _middle(plan: Plan, seats: Sequence[int]) -> tuple[float, float]:
    a, b = seats[len(seats) // 2], seats[(len(seats) - 1) // 2]
    return (plan.xs[a] + plan.xs[b]) / 2, (plan.ys[a] + plan.ys[b]) / 2


def _away(field: Field, heart: tuple[float, float], seats: Sequence[int]) -> float:
    x, y = _middle(field.plan, seats)
    return math.hypot((x - heart[0]) * field.taste.centre, y - heart[1])


def _without(runs: Iterable[_Run], taken: Sequence[int]) -> Iterator[_Run]:
    """The runs once these neighbours are taken out of theirs."""
    for run in runs:
        if taken[0] not in run.line[run.first : run.end]:
            yield run
            continue
        at = run.line.index(taken[0], run.first)
        for first, end in ((run.first, at), (at + len(taken), run.end)):
            if end > first:
                yield _Run(run.line, first, end)
