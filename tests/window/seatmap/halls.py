"""Halls for the map's tests."""

from __future__ import annotations

from array import array
from functools import cache

import numpy as np

from pos.data import resource
from pos.domain.plan import Category, Plan, Row, read_plan
from pos.ui.seatmap import states as s


@cache
def shipped(name: str) -> Plan:
    """One of the shipped halls: studio, opera, stadium."""
    path = resource("plans", f"{name}.json")
    return read_plan(path.read_bytes(), path.name)


def seats_at(points: list[tuple[float, float]], shapes: tuple[dict, ...] = ()) -> Plan:
    """A hall of one row with seats at these points."""
    count = len(points)
    return Plan(
        "Sketch",
        100.0,
        100.0,
        (Category("Only", "#56B4E9"),),
        ("Zone",),
        (Row(0, "A", 0, count),),
        shapes,
        tuple(f"p{n}" for n in range(count)),
        tuple(str(n + 1) for n in range(count)),
        array("f", [x for x, _ in points]),
        array("f", [y for _, y in points]),
        array("H", [0] * count),
        array("H", [0] * count),
        array("I", [0] * count),
    )


def square(side: int, pitch: float = 10.0) -> Plan:
    """side x side seats; place n stands at column n % side, line n // side."""
    return seats_at([(x * pitch, y * pitch) for y in range(side) for x in range(side)])


def mixed(plan: Plan, seed: int = 5) -> np.ndarray:
    """Every state somewhere."""
    return np.random.default_rng(seed).choice(s.STATES, len(plan)).astype(np.uint8)
