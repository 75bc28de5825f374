"""What all power losses need: a recorder, and room for thousands of databases."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.powerloss import recording
from tests.simulation.runs import scratch


@pytest.fixture(scope="session")
def recorder() -> None:
    """Without it there is nothing to cut."""
    if why := "strace is Linux's" if sys.platform != "linux" else recording.available():
        pytest.skip(why)


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory: thousands of databases are opened in it."""
    folder = (scratch() or tmp_path) / f"housefull-power-{os.getpid()}"
    folder.mkdir()
    yield folder
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
