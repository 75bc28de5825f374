"""Opens a hall with random states for looking at: python tests/window/seatmap/hall_on_screen.py HALL [options]."""

from __future__ import annotations

import argparse
import sys

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout

from pos.data import resource
from pos.domain.plan import Plan, read_plan
from pos.ui.seatmap import states as s
from pos.ui.seatmap.legend import Legend
from pos.ui.seatmap.widget import SeatMap
from pos.ui.theme import tokens as theme
from pos.ui.theme.apply import dress
from pos.ui.theme.fonts import load_fonts

SHAPES = {"Restricted view": "triangle", "Wheelchair": "square", "Companion": "square"}


def random_states(plan: Plan, seed: int = 7) -> np.ndarray:
    """An evening's mixture: mostly sold or free, a block in hand, some held and elsewhere."""
    dice = np.random.default_rng(seed)
    states = dice.choice([s.FREE, s.SOLD, s.HELD, s.ELSEWHERE], len(plan), p=[0.42, 0.52, 0.04, 0.02]).astype(np.uint8)
    for line in plan.lines[10:13]:
        states[list(line)] = s.HERE
    return states


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hall", choices=["studio", "opera", "stadium"])
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--offline", action="store_true")
    parser.add_argument("--zooms", type=int, default=0)
    parser.add_argument("--zoom-to", type=int, nargs="*", default=[])
    parser.add_argument("--size", type=int, nargs=2, default=[910, 560])
    parser.add_argument("--areas", action="store_true")
    parser.add_argument("--focus", type=int, default=-1)
    parser.add_argument("--save")
    given = parser.parse_args()
    app = QApplication(sys.argv)
    load_fonts()
    tokens = theme.DARK if given.dark else theme.LIGHT
    dress(app, tokens)
    path = resource("plans", f"{given.hall}.json")
    plan = read_plan(path.read_bytes(), path.name)
    frame = QFrame()
    frame.setWindowTitle("hall")
    seats = SeatMap(tokens=tokens)
    seats.set_category_shapes(SHAPES)
    seats.set_show(plan, random_states(plan))
    legend = Legend(seats, tokens)
    legend.move(12, 8)
    box = QVBoxLayout(frame)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    box.addWidget(seats, 1)
    frame.resize(*given.size)
    basket = list(plan.lines[14][5:7])
    seats.set_basket(basket)
    seats.set_offline(given.offline)
    if given.areas:
        seats.set_areas([("Standing", "Standing", 61, 20, 150), ("Terrace", "Terrace", 400, 0, 1200)])
    frame.show()

    def then() -> None:
        for _ in range(given.zooms):
            seats.zoom_in()
        if given.zoom_to:
            seats.zoom_to(given.zoom_to)
        if given.focus >= 0:
            seats._focus(given.focus, shown=True)
        if given.save:
            QTimer.singleShot(300, lambda: (frame.grab().save(given.save), app.quit()))

    QTimer.singleShot(100, then)
    return app.exec()


if __name__ == "__main__":
    raise SystemExit(main())
