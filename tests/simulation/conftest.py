"""Templates for the evenings that are played in this process."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.simulation.house import Outcome, play
from tests.simulation.runs import scratch
from tests.simulation.season import Templates


@pytest.fixture(scope="session")
def evening() -> Iterator[Callable[..., Outcome]]:
    """Call it with a seed and `play`'s options."""
    with tempfile.TemporaryDirectory(prefix="housefull-evenings-", dir=scratch()) as name:
        templates = Templates(Path(name) / "templates")

        def run(seed: int, *, long: bool = False, mutation: str = "") -> Outcome:
            folder = Path(name) / "evening"
            folder.mkdir()
            try:
                return play(seed, folder, templates, long=long, mutation=mutation)
            finally:
                shutil.rmtree(folder)

        yield run
