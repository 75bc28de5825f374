"""A till with a shift open, and one to be made as a test wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.till.counter import Counter


@pytest.fixture
def make_counter(tmp_path: Path) -> Iterator[Callable[..., Counter]]:
    """Call it with `Counter`'s arguments, the folder left out."""
    made: list[Counter] = []

    def make(*arguments: object, **options: object) -> Counter:
        made.append(Counter(tmp_path / f"till-{len(made)}", *arguments, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for counter in made:
        counter.stop()


@pytest.fixture
def counter(make_counter: Callable[..., Counter]) -> Counter:
    """A till with one show, online; Anna has a shift open."""
    made = make_counter()
    made.open()
    return made
