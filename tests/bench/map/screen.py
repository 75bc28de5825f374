"""A screen to measure on, and how long a window takes to be on it."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

WIDTH, HEIGHT = 1920, 1080
Record = dict[str, Any]


@contextmanager
def screen() -> Iterator[str]:
    """Qt's platform and display for this process and its children. Yields what it is called in the table."""
    before = {name: os.environ.get(name) for name in ("QT_QPA_PLATFORM", "DISPLAY")}
    server = _start_server()
    if server is not None:
        os.environ.update(QT_QPA_PLATFORM="xcb", DISPLAY=server[1])
    try:
        yield "Xvfb" if server else "offscreen"
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        if server is not None:
            server[0].terminate()
            server[0].wait()


def _start_server() -> tuple[subprocess.Popen[str], str] | None:
    """A virtual X server on a display of its own choosing; None where there is none to start."""
    program = shutil.which("Xvfb")
    if program is None:
        return None
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [program, "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
        text=True,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    if not number:
        server.wait()
        return None
    return server, f":{number}"


def application() -> Any:
    """The process's application, with the shipped fonts."""
    from PySide6.QtWidgets import QApplication

    from pos.ui.theme.fonts import load_fonts

    app = QApplication.instance() or QApplication([])
    load_fonts()
    return app


def wait_until(done: Callable[[], bool], seconds: float = 10.0) -> None:
    """Run the event loop until something is so. Raises TimeoutError."""
    from PySide6.QtWidgets import QApplication

    end = time.perf_counter() + seconds
    while not done():
        if time.perf_counter() > end:
            raise TimeoutError("the window was not painted")
        QApplication.processEvents()


def calm(seconds: float = 0.3) -> None:
    """Let everything that is still to be painted be painted."""
    from PySide6.QtWidgets import QApplication

    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        QApplication.processEvents()


def turn_ms(action: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """How long an action takes until what it changed is painted, ms."""
    from PySide6.QtWidgets import QApplication

    begin = clock()
    action()
    QApplication.processEvents()
    return (clock() - begin) * 1000


def p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


def record(
    name: str,
    value: float,
    unit: str,
    floor: tuple[str, float],
    goal: str,
    ok: bool,
    *,
    ratio: float | None = None,
    worst: float | None = None,
) -> Record:
    """A line of the table; the ratio is value / floor unless told."""
    made: Record = {
        "name": name,
        "value": value,
        "unit": unit,
        "floor_name": floor[0],
        "floor": floor[1],
        "ratio": value / floor[1] if ratio is None else ratio,
        "goal": goal,
        "ok": ok,
    }
    return made if worst is None else made | {"p99": worst}
