"""A hall turned by quarters, so that the stage is where this window wants it."""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QTransform

from pos.domain.plan import Plan

QUARTERS: Final = 4


def turned(plan: Plan, quarters: int) -> Plan:
    """The same places, clockwise by so many quarters of a turn; the very same plan for none."""
    if not quarters % QUARTERS:
        return plan
    m = _matrix(plan, quarters)
    xs, ys = np.frombuffer(plan.xs, np.float32), np.frombuffer(plan.ys, np.float32)
    sideways = quarters % 2 == 1
    return replace(
        plan,
        width=plan.height if sideways else plan.width,
        height=plan.width if sideways else plan.height,
        xs=_column(xs * m[0][0] + ys * m[0][1] + m[0][2]),
        ys=_column(xs * m[1][0] + ys * m[1][1] + m[1][2]),
    )


def transform(plan: Plan, quarters: int) -> QTransform:
    """What turns the plan's drawings with its places."""
    (a, b, dx), (c, d, dy) = _matrix(plan, quarters)
    return QTransform(a, c, b, d, dx, dy)


def _matrix(plan: Plan, quarters: int) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """x' = a x + b y + dx, y' = c x + d y + dy; the hall stays where coordinates are positive."""
    return (
        ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
        ((0.0, -1.0, plan.height), (1.0, 0.0, 0.0)),
        ((-1.0, 0.0, plan.width), (0.0, -1.0, plan.height)),
        ((0.0, 1.0, 0.0), (-1.0, 0.0, plan.width)),
    )[quarters % QUARTERS]


def _column(values: NDArray[np.floating]) -> array[float]:
    found = array("f")
    found.frombytes(np.ascontiguousarray(values, np.float32).tobytes())
    return found
