"""A made-up bowl of any size: 96 blocks in two rings round a pitch, and an evening's states."""

from __future__ import annotations

import math
from array import array

import numpy as np

from pos.domain.plan import Category, Plan, Row
from pos.ui.seatmap import states as s

BLOCKS = 96
ACROSS = 30  # seats in a block's row
COLORS = ("#D55E00", "#E69F00", "#56B4E9", "#009E73")
PITCH = {
    "shape": "rectangle",
    "position": {"x": 5000, "y": 5000},
    "color": "#9ad19a",
    "rectangle": {"width": 2000, "height": 1000},
    "text": {"text": "PITCH", "size": 24, "position": {"x": 0, "y": 0}},
}


def bowl(seats: int) -> Plan:
    """A bowl with exactly so many seats, 17 units apart in the row and 22 from row to row."""
    xs, ys = array("f"), array("f")
    category, zone, row = array("H"), array("H"), array("I")
    rows: list[Row] = []
    numbers: list[str] = []
    for block in range(BLOCKS):
        count = seats // BLOCKS + (block < seats % BLOCKS)
        angle = 2 * math.pi * (block // 2) / (BLOCKS / 2)
        for line in range(-(-count // ACROSS)):
            first, in_row = len(xs), min(ACROSS, count - line * ACROSS)
            rows.append(Row(block, str(line + 1), first, first + in_row))
            far = 3300 + 900 * (block % 2) + line * 22
            for n in range(in_row):
                aside = (n - (ACROSS - 1) / 2) * 17
                xs.append(6000 + far * math.cos(angle) - aside * math.sin(angle))
                ys.append(5500 + (far * math.sin(angle) + aside * math.cos(angle)) * 0.9)
                numbers.append(str(n + 1))
            category.extend([block % len(COLORS)] * in_row)
            zone.extend([block] * in_row)
            row.extend([len(rows) - 1] * in_row)
    return Plan(
        f"Bowl of {seats}",
        12_000.0,
        11_000.0,
        tuple(Category(f"Cat {n + 1}", color) for n, color in enumerate(COLORS)),
        tuple(str(1000 + block) for block in range(BLOCKS)),
        tuple(rows),
        (PITCH,),
        tuple(f"bowl-{n}" for n in range(seats)),
        tuple(numbers),
        xs,
        ys,
        category,
        zone,
        row,
    )


def evening(seats: int) -> bytes:
    """Half sold, most of the rest free, some in hand, at other windows and held."""
    mixture = {s.FREE: 0.35, s.HERE: 0.05, s.ELSEWHERE: 0.05, s.HELD: 0.05, s.SOLD: 0.5}
    dice = np.random.default_rng(1)
    return dice.choice(list(mixture), seats, p=list(mixture.values())).astype(np.uint8).tobytes()
