"""Breadth-first search of every state that a model can reach: a violation comes with its shortest trace."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

S = TypeVar("S", bound=Hashable)


class TooLarge(Exception):
    """There are more states than were allowed for: the search proved nothing."""


@dataclass(frozen=True)
class Found:
    """What a search has seen. `violation` is "" when every reachable state keeps the invariant."""

    states: int
    steps: frozenset[str]  # the names of all that happened
    violation: str = ""
    trace: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.violation:
            return f"safe in all {self.states:,} states"
        return f"{self.violation} after: " + "; ".join(self.trace)


def explore(
    start: S, steps: Callable[[S], Iterable[tuple[str, S]]], broken: Callable[[S], str], *, at_most: int
) -> Found:
    """Visit every state from `start`. Raises TooLarge beyond `at_most` states."""
    with _no_cycles():
        return _explore(start, steps, broken, at_most)


def _explore(
    start: S, steps: Callable[[S], Iterable[tuple[str, S]]], broken: Callable[[S], str], at_most: int
) -> Found:
    came_from: dict[S, tuple[S, str] | None] = {start: None}
    names: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        state = waiting.popleft()
        if violation := broken(state):
            return Found(len(came_from), frozenset(names), violation, _trace(came_from, state))
        for name, after in steps(state):
            name = names.setdefault(name, name)
            if after not in came_from:
                came_from[after] = (state, name)
                waiting.append(after)
        if len(came_from) > at_most:
            raise TooLarge(f"more than {at_most:,} states")
    return Found(len(came_from), frozenset(names))


@contextmanager
def _no_cycles() -> Iterator[None]:
    """States are trees. Looking for cycles among millions of them takes longer than the search."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _trace(came_from: dict[S, tuple[S, str] | None], state: S) -> tuple[str, ...]:
    names: list[str] = []
    while (step := came_from[state]) is not None:
        state, name = step
        names.append(name)
    return tuple(reversed(names))
