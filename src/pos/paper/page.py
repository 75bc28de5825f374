"""A page: things at places, in millimetres from its upper left corner.

`row` is the line of text a thing belongs to, counted from the top: printers that
print characters instead of dots go by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right"]
Symbology = Literal["qr", "code128", "pdf417"]
Turn = Literal[0, 90, 180, 270]


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
    height_mm: float
    dash_mm: float
    row: int


@dataclass(frozen=True, slots=True)
class Code:
    """A code for a reader, its quiet zone not counted."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    symbology: Symbology
    payload: str
    row: int


@dataclass(frozen=True, slots=True)
class Art:
    """A picture as it was drawn: rows of grey values, 0 black. Dithered, or cut off at half when it is not."""

    name: str
    width: int
    height: int
    grey: bytes
    dither: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture stretched into a box."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    art: Art
    row: int


@dataclass(frozen=True, slots=True)
class Turned:
    """Things turned clockwise by `turn` degrees. The box is theirs as it lies on the page; they have their
    places in the box as it stands when it is read."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    turn: Turn
    items: tuple[Item, ...]
    row: int

    @property
    def upright(self) -> Page:
        """The box as a page of its own, the right way up."""
        sides = (self.width_mm, self.height_mm) if self.turn in (0, 180) else (self.height_mm, self.width_mm)
        return Page(*sides, self.items)


Item = Text | Rule | Code | Picture | Turned

BASELINE = 0.97


@dataclass(frozen=True, slots=True)
class Page:
    """One piece of paper: its width, its length, what is on it from top to bottom.

    Off a roll the width is the printed one and the length what is needed; a `sheet` has the size of the paper.
    """

    width_mm: float
    height_mm: float
    items: tuple[Item, ...]
    sheet: bool = False
