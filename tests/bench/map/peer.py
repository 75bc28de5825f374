"""The peer: the same hall as QGraphicsView has it, with an item a seat."""

from __future__ import annotations

import json
import subprocess
import sys
import time

from tests.bench.map import screen
from tests.bench.map.memory import resident_mb
from tests.bench.map.screen import Record, record

SEATS = 100_000


def map_peer() -> list[Record]:
    """Building, repainting the whole hall, and memory, against an item a seat; each in a process of its own.

    Times are the processor's, and of repaints the least: the two do not run side by side, and what
    other programs do to the caches meanwhile is neither's cost.
    """
    with screen.screen() as name:
        ours, theirs = _measure("map"), _measure("items")
    return [
        _line("map_peer_repaint", "repaint_ms", "ms", ours, theirs, 50, name),
        _line("map_peer_build", "build_ms", "ms", ours, theirs, 20, name),
        _line("map_peer_memory", "memory_mb", "MB", ours, theirs, 4, name),
    ]


def _line(
    title: str, key: str, unit: str, ours: dict[str, float], theirs: dict[str, float], times: int, name: str
) -> Record:
    better = theirs[key] / ours[key]
    peer = (f"QGraphicsView, an item a seat, {name}", theirs[key])
    return record(title, ours[key], unit, peer, f">= {times}x better", better >= times, ratio=better)


def _measure(kind: str) -> dict[str, float]:
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.map.peer", kind], capture_output=True, text=True, check=True
    )
    measured: dict[str, float] = json.loads(told.stdout)
    return measured


def _items() -> dict[str, float]:
    import numpy as np
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QBrush, QColor, QPainter, QPen
    from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsScene, QGraphicsView

    from tests.bench.map.bowl import bowl, evening

    plan = bowl(SEATS)
    states = np.frombuffer(evening(SEATS), np.uint8)
    before = resident_mb()
    begin = time.thread_time()
    scene = QGraphicsScene()
    brushes = [QBrush(QColor(category.color)) for category in plan.categories]
    sold, pen = QBrush(QColor("#C4C6C8")), QPen(QColor("#5C636A"), 1.5)
    for n in range(SEATS):
        item = QGraphicsEllipseItem(plan.xs[n] - 7, plan.ys[n] - 7, 14, 14)
        item.setPen(pen)
        item.setBrush(sold if states[n] == 4 else brushes[plan.category[n]])
        scene.addItem(item)
    view = QGraphicsView(scene)
    view.setRenderHint(QPainter.RenderHint.Antialiasing)
    view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
    view.resize(screen.WIDTH, screen.HEIGHT)
    view.fitInView(scene.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)
    build = (time.thread_time() - begin) * 1000
    view.show()
    screen.calm(1.0)
    times = [screen.turn_ms(view.viewport().update, time.thread_time) for _ in range(5)]
    return {"build_ms": build, "repaint_ms": min(times), "memory_mb": resident_mb() - before}


def _map() -> dict[str, float]:
    from tests.bench.map.bowl import bowl, evening
    from tests.bench.map.windows import Map

    plan, states = bowl(SEATS), evening(SEATS)
    before = resident_mb()
    begin = time.thread_time()
    seats = Map()
    seats.set_show(plan, states)
    build = (time.thread_time() - begin) * 1000
    seats.show()
    screen.calm(1.0)
    times = [screen.turn_ms(seats._repaint, time.thread_time) for _ in range(40)]
    return {"build_ms": build, "repaint_ms": min(times), "memory_mb": resident_mb() - before}


def main() -> None:
    screen.application()
    print(json.dumps(_map() if sys.argv[1] == "map" else _items()))


if __name__ == "__main__":
    main()
