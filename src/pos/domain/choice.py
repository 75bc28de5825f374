"""Choosing places: a block to keep in hand, and what a choice leaves alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from pos.domain.plan import Plan


def block(plan: Plan, category: str, count: int, free: Callable[[int], bool], part: float = 0.0) -> list[int]:
    """Up to `count` free places of a category in as few unbroken runs as possible.

    `part` in [0, 1) says how far into the category's runs to begin, so that tills that
    ask at the same moment look at different rows.
    """
    return _in_runs(_free_runs(plan, category, plan.lines, free), count, part)


def block_of(plan: Plan, category: str, count: int, places: Collection[int]) -> list[int]:
    """The same of these places alone, which are few beside a whole plan: no other row is looked at."""
    lines = [plan.lines[number] for number in sorted({plan.line[ix] for ix in places})]
    return _in_runs(_free_runs(plan, category, lines, places.__contains__), count, 0.0)


def _in_runs(found: Iterable[tuple[int, ...]], count: int, part: float) -> list[int]:
    runs = sorted(found, key=lambda run: run[0])
    runs = runs[int(len(runs) * part) :] + runs[: int(len(runs) * part)]
    # Singles last: a pair is sold from a long run more often.
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


def _free_runs(
    plan: Plan, category: str, lines: Iterable[Sequence[int]], free: Callable[[int], bool]
) -> Iterator[tuple[int, ...]]:
    number = next((c for c, item in enumerate(plan.categories) if item.name == category), None)
    for run in lines if number is not None else ():
        open_run: list[int] = []
        for ix in run:
            if plan.category[ix] == number and free(ix):
                open_run.append(ix)
            elif open_run:
                yield tuple(open_run)
                open_run = []
        if open_run:
            yield tuple(open_run)
