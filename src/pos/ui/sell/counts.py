"""Counting seats of the map by category, over whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from pos.ui.seatmap.states import BASKET, ELSEWHERE, FREE, HERE, UNPRICED

if TYPE_CHECKING:
    from pos.domain.plan import Plan

_LEFT: Final = (FREE, HERE, ELSEWHERE)


def left_by_category(plan: Plan, states: bytes | bytearray, *, in_hand: bool) -> dict[str, int]:
    """Category -> seats not sold and not held; with `in_hand` only those this till may sell by itself."""
    column = np.frombuffer(bytes(states), np.uint8)
    wanted = np.isin(column, (HERE,) if in_hand else _LEFT)
    counts = np.bincount(np.asarray(plan.category)[wanted], minlength=len(plan.categories))
    return {category.name: int(count) for category, count in zip(plan.categories, counts, strict=True)}


def with_unpriced(plan: Plan, states: bytes | bytearray, priced: set[str]) -> bytes:
    """The states with every free seat of a category that has no price shown as not for sale."""
    column = np.frombuffer(bytes(states), np.uint8).copy()
    bare = [number for number, category in enumerate(plan.categories) if category.name not in priced]
    if bare:
        column[np.isin(np.asarray(plan.category), bare) & (column != BASKET)] = UNPRICED
    return column.tobytes()
