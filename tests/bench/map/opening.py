"""From the replica's file to the first painted frame."""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.map import screen
from tests.bench.map.screen import Record, record

_TIMES = 5


def map_open() -> list[Record]:
    """Opening a show in a running till: plan and states read from a file, decoded, built, shown, painted.

    The floor is what a cashier waits for an empty window: a process that shows one.
    """
    with screen.screen() as name:
        empty = statistics.median(_empty_window_ms() for _ in range(_TIMES))
        return [_open(seats, empty, name) for seats in (52_012, 100_000)]


def _open(seats: int, empty: float, name: str) -> Record:
    from tests.bench.map.bowl import bowl, evening

    screen.application()
    with tempfile.TemporaryDirectory(prefix="housefull-bench-") as folder:
        path = Path(folder) / "replica.db"
        db = sqlite3.connect(path)
        db.execute("CREATE TABLE show (plan BLOB, states BLOB)")
        db.execute("INSERT INTO show VALUES (?, ?)", (bowl(seats).to_bytes(), evening(seats)))
        db.commit()
        db.close()
        times = sorted(_open_ms(path) for _ in range(_TIMES))
    value = statistics.median(times)
    return record(
        f"map_open_{seats // 1000}k",
        value,
        "ms",
        (f"process to empty window, {name}", empty),
        "<= 2x",
        value <= 2 * empty,
        worst=times[-1],
    )


def _open_ms(path: Path) -> float:
    from pos.domain.plan import Plan
    from tests.bench.map.windows import Map

    begin = time.perf_counter()
    db = sqlite3.connect(path)
    blob, states = db.execute("SELECT plan, states FROM show").fetchone()
    db.close()
    seats = Map()
    seats.set_show(Plan.from_bytes(blob), states)
    seats.show()
    screen.wait_until(lambda: seats.painted)
    taken = (time.perf_counter() - begin) * 1000
    seats.hide()
    seats.deleteLater()
    screen.calm(0.1)
    return taken


def _empty_window_ms() -> float:
    begin = time.monotonic()
    told = subprocess.run([sys.executable, "-m", "tests.bench.map.opening"], capture_output=True, text=True, check=True)
    return (float(told.stdout) - begin) * 1000


def main() -> None:
    """Show an empty window and say when it was painted, on the clock all processes share."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPainter, QPaintEvent
    from PySide6.QtWidgets import QApplication, QWidget

    class Empty(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:
            with QPainter(self) as painter:
                painter.fillRect(event.rect(), self.palette().window())
            QTimer.singleShot(0, app.quit)

    app = QApplication([])
    window = Empty()
    window.resize(screen.WIDTH, screen.HEIGHT)
    window.show()
    app.exec()
    print(time.monotonic())


if __name__ == "__main__":
    main()
