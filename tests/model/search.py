"""Breadth-first search of every state that a model can reach: a violation comes with its shortest trace."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S", bound=Hashable)


class TooLarge(Exception):
    """There are more states than were allowed for: the search proved nothing."""


@dataclass(frozen=True)
class Found(Generic[S]):
    """What a search has seen. `violation` is "" when every reachable state keeps the invariants."""

    states: int
    violation: str = ""
    trace: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.violation:
            return f"safe in all {self.states} states"
        return f"{self.violation} after: " + "; ".join(self.trace)


def explore(
    start: S, steps: Callable[[S], Iterable[tuple[str, S]]], broken: Callable[[S], str], *, at_most: int
) -> Found[S]:
    """Visit every state from `start`. Raises TooLarge beyond `at_most` states."""
    came_from: dict[S, tuple[S, str] | None] = {start: None}
    waiting = deque([start])
    while waiting:
        state = waiting.popleft()
        if violation := broken(state):
            return Found(len(came_from), violation, _trace(came_from, state))
        for name, after in steps(state):
            if after not in came_from:
                came_from[after] = (state, name)
                waiting.append(after)
        if len(came_from) > at_most:
            raise TooLarge(f"more than {at_most} states")
    return Found(len(came_from))


def _trace(came_from: dict[S, tuple[S, str] | None], state: S) -> tuple[str, ...]:
    names: list[str] = []
    while (step := came_from[state]) is not None:
        state, name = step
        names.append(name)
    return tuple(reversed(names))
