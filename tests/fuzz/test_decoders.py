"""A short run of every target; `make fuzz` goes on for as long as it is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.names import NAMES

pytest.importorskip("atheris", reason="there is no atheris for this system")

ROOT = Path(__file__).parents[2]


def fuzz(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *words], capture_output=True, text=True, timeout=100, cwd=ROOT
    )


@pytest.mark.parametrize("name", NAMES)
def test_whatever_comes_it_is_read_or_refused(name: str) -> None:
    done = fuzz(name, "--runs", "4000", "--seconds", "60", "--seed", "1")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done 4000 runs" in done.stderr, done.stderr[-500:]
