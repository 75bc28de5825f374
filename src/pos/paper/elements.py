"""What a layout is made of, read and checked. How it is written is in docs/layouts.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pos.paper.page import Align, Art, Symbology, Turn

FIELD: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """A text with {fields}, by language."""

    by_language: Mapping[str, str]

    def fill(self, values: Mapping[str, Any]) -> str:
        """The text in the language of `values`, fields filled in; an absent field is empty."""
        language = str(values.get("language", "en"))
        pattern = self.by_language.get(language, self.by_language["en"])
        return FIELD.sub(lambda match: str(values.get(match[1], "")), pattern)


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set. With `lines` > 0 it shrinks, down to `smallest`, to keep to so many lines."""

    size_mm: float
    bold: bool
    align: Align
    lines: int
    smallest_mm: float
    inverse: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """The fields that must be there, and those that must not."""

    when: tuple[str, ...]
    unless: tuple[str, ...]

    def holds(self, values: Mapping[str, Any]) -> bool:
        return all(values.get(name) for name in self.when) and not any(values.get(name) for name in self.unless)


@dataclass(frozen=True, slots=True)
class Element:
    """What every element has."""

    condition: Condition
    gap_mm: float


@dataclass(frozen=True, slots=True)
class Paragraph(Element):
    words: Words
    style: Style


@dataclass(frozen=True, slots=True)
class Cell:
    """One column; `width_mm` 0 shares what the others leave."""

    words: Words
    style: Style
    width_mm: float


@dataclass(frozen=True, slots=True)
class Columns(Element):
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Line(Element):
    thickness_mm: float
    dash_mm: float


@dataclass(frozen=True, slots=True)
class CodeElement(Element):
    """A code at most `width_mm` wide, 0 for as wide as there is room. `height_mm` 0 follows from the width."""

    symbology: Symbology
    words: Words
    width_mm: float
    height_mm: float
    align: Align


@dataclass(frozen=True, slots=True)
class Image(Element):
    """A picture `width_mm` wide and as high as it then comes out."""

    art: Art
    width_mm: float
    align: Align


@dataclass(frozen=True, slots=True)
class Space(Element):
    height_mm: float


@dataclass(frozen=True, slots=True)
class Split(Element):
    """Two stacks side by side; on paper narrower than `stack_below_mm` one above the other."""

    left: tuple[Element, ...]
    right: tuple[Element, ...]
    right_width_mm: float
    stack_below_mm: float


@dataclass(frozen=True, slots=True)
class Repeat(Element):
    name: str
    each: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Group(Element):
    """Elements turned together. On the page they are `height_mm` high, 0 for as high as they come out."""

    elements: tuple[Element, ...]
    turn: Turn
    height_mm: float


@dataclass(frozen=True, slots=True)
class Box:
    """Elements in a place of their own on a sheet; the box is as it lies on the sheet, before it is turned."""

    condition: Condition
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    turn: Turn
    sink: Literal["top", "middle", "bottom"]
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Paper of a fixed size with boxes on it. It reaches the printer turned clockwise by `turn`."""

    width_mm: float
    height_mm: float
    turn: Turn
    boxes: tuple[Box, ...]

    @property
    def across_mm(self) -> float:
        """Its width as it reaches the printer."""
        return self.height_mm if self.turn in (90, 270) else self.width_mm


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout. `elements` from top to bottom of a roll, or a `sheet`."""

    name: str
    kind: str
    margin_mm: float
    elements: tuple[Element, ...]
    sheet: Sheet | None = None
