"""Choosing places: seats side by side, near the front and the middle, or a block to keep in hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pos.domain.plan import Plan


def best_together(plan: Plan, category: str, count: int, free: Callable[[int], bool]) -> list[int] | None:
    """The best `count` neighbours of a category, or None when no row has so many free.

    Best is nearest to the point a third of the way back on the category's middle line;
    a choice that would leave a single free seat beside it counts as a little worse.
    """
    wanted = [c for c, item in enumerate(plan.categories) if item.name == category]
    if not wanted or count < 1:
        return None
    x0, y0 = _heart(plan, wanted[0])
    best: tuple[float, list[int]] | None = None
    for run in _free_runs(plan, wanted[0], free):
        for start in range(len(run) - count + 1):
            seats = list(run[start : start + count])
            middle = seats[count // 2], seats[(count - 1) // 2]
            x = (plan.xs[middle[0]] + plan.xs[middle[1]]) / 2
            y = (plan.ys[middle[0]] + plan.ys[middle[1]]) / 2
            lonely = (start == 1) + (len(run) - start - count == 1)
            cost = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5 * (1 + 0.25 * lonely)
            if best is None or cost < best[0]:
                best = (cost, seats)
    return best[1] if best else None


def block(plan: Plan, category: str, count: int, free: Callable[[int], bool], part: float = 0.0) -> list[int]:
    """Up to `count` free places of a category in as few unbroken runs as possible.

    `part` in [0, 1) says how far into the category's runs to begin, so that tills that
    ask at the same moment look at different rows.
    """
    wanted = [c for c, item in enumerate(plan.categories) if item.name == category]
    if not wanted:
        return []
    runs = sorted(_free_runs(plan, wanted[0], free), key=lambda run: run[0])
    runs = runs[int(len(runs) * part) :] + runs[: int(len(runs) * part)]
    # Long runs first within what is at hand: a pair is sold from a long run more often.
    pairs = [run for run in runs if len(run) >= 2]
    singles = [run for run in runs if len(run) < 2]
    chosen: list[int] = []
    for run in pairs + singles:
        chosen.extend(run[: count - len(chosen)])
        if len(chosen) >= count:
            break
    return chosen


def orphans(plan: Plan, chosen: Iterable[int], free: Callable[[int], bool]) -> list[int]:
    """Free seats that choosing `chosen` would leave alone between taken neighbours or an aisle."""
    taken = set(chosen)
    rows = {plan.row[ix] for ix in taken}
    alone: list[int] = []
    for run in plan.lines:
        if not run or plan.row[run[0]] not in rows or not taken & set(run):
            continue
        open_before = [free(ix) for ix in run]
        open_after = [is_open and ix not in taken for is_open, ix in zip(open_before, run, strict=True)]
        for at, ix in enumerate(run):
            if open_after[at] and _single(open_after, at) and not _single(open_before, at):
                alone.append(ix)
    return alone


def _single(opened: Sequence[bool], at: int) -> bool:
    return not (at > 0 and opened[at - 1]) and not (at + 1 < len(opened) and opened[at + 1])


def _heart(plan: Plan, category: int) -> tuple[float, float]:
    xs = [x for x, c in zip(plan.xs, plan.category, strict=True) if c == category]
    ys = [y for y, c in zip(plan.ys, plan.category, strict=True) if c == category]
    return (min(xs) + max(xs)) / 2, min(ys) + (max(ys) - min(ys)) / 3


def _free_runs(plan: Plan, category: int, free: Callable[[int], bool]) -> Iterable[tuple[int, ...]]:
    for run in plan.lines:
        open_run: list[int] = []
        for ix in run:
            if plan.category[ix] == category and free(ix):
                open_run.append(ix)
            elif open_run:
                yield tuple(open_run)
                open_run = []
        if open_run:
            yield tuple(open_run)
