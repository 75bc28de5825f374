"""From the start of the process to a window that somebody can sign in at."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from pos.settings import write_settings
from tests.bench.map import screen
from tests.unit.till.counter import TILL, Counter, show_document, small_hall

TIMES = 11
GOAL = 2.0


def start() -> list[dict[str, Any]]:
    """First paint, and the people to sign in on the screen, in times of a bare Qt window."""
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    with tempfile.TemporaryDirectory(prefix="housefull-bench-") as name, screen.screen() as display:
        os.environ["XDG_STATE_HOME"] = str(Path(name) / "state")
        # Compiled before it is measured, as an installed program is.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(name) / "compiled")
        folder = Path(name) / "till"
        counter = Counter(folder, [show_document("aida")], plan=small_hall(20, 40))
        counter.open()
        counter.stop()
        # Nobody listens there: a start must not wait for the office.
        write_settings(folder, TILL, "http://127.0.0.1:9")
        _till(folder)  # compiled and in the page cache, like the window it is held against
        _bare()
        bare, paint, ready = [], [], []
        for _ in range(TIMES):
            bare.append(_bare())
            painted, people = _till(folder)
            paint.append(painted)
            ready.append(people)
    floor = statistics.median(bare)
    return [_record("start_paint", paint, floor, display), _record("start", ready, floor, display)]


def _record(name: str, times: list[float], floor: float, display: str) -> dict[str, Any]:
    value = statistics.median(times)
    return {
        "name": name,
        "value": value,
        "p99": max(times),
        "unit": "ms",
        "floor_name": f"bare Qt window, {display}",
        "floor": floor,
        "ratio": value / floor,
        "goal": f"<= {GOAL:g}x",
        "ok": value <= GOAL * floor,
    }


def _till(folder: Path) -> tuple[float, float]:
    """Milliseconds to the first paint, and to the people on the screen."""
    began = time.monotonic()
    told = _told("starting.py", str(folder))
    return tuple((float(moment) - began) * 1000 for moment in told.split())  # type: ignore[return-value]


def _bare() -> float:
    began = time.monotonic()
    return (float(_told("bare.py")) - began) * 1000


def _told(script: str, *arguments: str) -> str:
    # By its path: as a module it would import this package, and all that benchmarks need, before it begins.
    command = [sys.executable, str(Path(__file__).with_name(script)), *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=60).stdout
