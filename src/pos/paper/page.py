"""A page: things at places, in millimetres from its upper left corner.

`row` is the line of text a thing belongs to, counted from the top: printers that
print characters instead of dots go by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text inside a box. `size_mm` is the em; the baseline lies `BASELINE` em below y."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    text: str
    size_mm: float
    bold: bool
    align: Align
    inverse: bool  # white on a black box
    row: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line; `dash_mm` 0 means solid."""

    x_mm: float
    y_mm: float
    width_mm: float
    thickness_mm: float
    dash_mm: float
    row: int


@dataclass(frozen=True, slots=True)
class Code:
    """A square QR code of `payload`, its quiet zone not counted."""

    x_mm: float
    y_mm: float
    size_mm: float
    payload: str
    row: int


Item = Text | Rule | Code

BASELINE = 0.97


@dataclass(frozen=True, slots=True)
class Page:
    """One piece of paper: its printable width, its length, what is on it from top to bottom."""

    width_mm: float
    height_mm: float
    items: tuple[Item, ...]
