"""What an open hall costs in memory, beside a bare window of Qt."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.bench.map import screen
from tests.bench.map.screen import Record, record

SEATS = 52_012


def resident_mb() -> float:
    """Memory of this process that is in use, MB; pages shared with others are counted in full."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError("/proc/self/status names no VmRSS")


def map_memory() -> Record:
    """A process that shows a hall of 52,012 seats, numpy included, against one that shows an empty window."""
    with screen.screen() as name:
        bare, full = (_measure(kind) for kind in ("bare", "map"))
    more = full - bare
    return record(
        "map_memory", more, "MB", (f"bare window, {name}", bare), "+ <= 150 MB", more <= 150, ratio=full / bare
    )


def _measure(kind: str) -> float:
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.map.memory", kind], capture_output=True, text=True, check=True
    )
    return float(told.stdout)


def main() -> None:
    """Show the one window or the other and say how much memory that took."""
    if sys.argv[1] == "bare":
        from PySide6.QtWidgets import QApplication, QWidget

        app = QApplication([])
        window = QWidget()
        window.resize(screen.WIDTH, screen.HEIGHT)
        window.show()
    else:
        app = screen.application()
        from tests.bench.map.bowl import bowl, evening
        from tests.bench.map.windows import Map

        window = Map()
        window.set_show(bowl(SEATS), evening(SEATS))
        window.show()
    screen.calm(1.0)
    app.processEvents()
    print(resident_mb())


if __name__ == "__main__":
    main()
