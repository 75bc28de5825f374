"""The states a place can be in on the map, one byte each. Shape says the state, colour the category."""

from __future__ import annotations

from typing import Final, Literal

FREE: Final = 0
HERE: Final = 1  # this till holds the right
ELSEWHERE: Final = 2  # another window holds it
HELD: Final = 3  # a named hold or a reservation
SOLD: Final = 4
BASKET: Final = 5
UNPRICED: Final = 6  # not for sale in this show

STATES: Final = (FREE, HERE, ELSEWHERE, HELD, SOLD, BASKET, UNPRICED)
IN_HAND: Final = (HERE, BASKET)  # what still sells with the office away

CategoryShape = Literal["disc", "triangle", "square"]
"""How a category's places are drawn: restricted view is a triangle, access places are squares."""

SHAPES: Final[tuple[CategoryShape, ...]] = ("disc", "triangle", "square")
