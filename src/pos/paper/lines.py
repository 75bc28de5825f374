"""A page as lines of a printer's own characters, for slow serial lines.

The page was measured in the printer's cells, so every text already fits. Each line
also comes with its picture, for the printer that has not all of its characters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Final, Literal

from pos.paper.codes import modules
from pos.paper.faces import Faces
from pos.paper.page import Code, Page, Rule, Symbology, Text
from pos.paper.raster import Bitmap, bitmap

_CELL_HEIGHT_MM: Final = 3.0  # 24 dots
_FEED: Final = 1.25  # from one line to the next, in heights
_LINE_MM: Final = _CELL_HEIGHT_MM * _FEED


@dataclass(frozen=True, slots=True)
class Run:
    """Characters `magnify` times as wide and high as plain ones, from x on."""

    x_mm: float
    text: str
    magnify: int
    bold: bool
    inverse: bool


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line: runs of text with their picture, a rule, a code with modules of `module_mm`, bars `height_mm`
    high, or `count` empty lines. A code comes with its text, for the printer that cannot draw it."""

    kind: Literal["text", "rule", "code", "space"]
    runs: tuple[Run, ...] = ()
    picture: Callable[[], Bitmap] | None = None
    payload: str = ""
    symbology: Symbology = "qr"
    module_mm: float = 0.0
    height_mm: float = 0.0
    count: int = 0


def magnification(size_mm: float) -> int:
    """How many times the plain character a size comes to."""
    return 1 if size_mm < 4.6 else 2 if size_mm < 9.0 else 3


def cells(text: str) -> int:
    """How many character cells a text takes; Chinese takes two a character."""
    return sum(
        2 if unicodedata.east_asian_width(each) in "WF" else 0 if unicodedata.combining(each) else 1 for each in text
    )


@dataclass(frozen=True, slots=True)
class Cells:
    """Measures text by a printer's own characters, `cell_mm` wide."""

    cell_mm: float
    stacks: bool = True

    def text_mm(self, text: str, size_mm: float, bold: bool) -> float:
        return cells(text) * magnification(size_mm) * self.cell_mm

    def line_mm(self, size_mm: float) -> float:
        return magnification(size_mm) * _CELL_HEIGHT_MM * _FEED


def typed(page: Page, faces: Faces, cell_mm: float, dots_per_mm: float) -> list[TypedLine]:
    """The lines of a page that was composed with `Cells(cell_mm)`."""
    lines: list[TypedLine] = []
    ordered = sorted(page.items, key=lambda item: item.row)
    bottom = 0.0
    for _, group in groupby(ordered, key=lambda item: item.row):
        items = list(group)
        # Small gaps are in the line feed already; a wide one is room to sign in.
        empty = int((min(item.y_mm for item in items) - bottom) / _LINE_MM)
        if empty > 0:
            lines.append(TypedLine("space", count=empty))
        bottom = max(item.y_mm + item.height_mm for item in items)
        texts = [item for item in items if isinstance(item, Text)]
        if texts:
            picture = partial(_picture, texts, page.width_mm, faces, dots_per_mm)
            lines.append(TypedLine("text", _runs(texts, cell_mm), picture))
        for item in items:
            match item:
                case Rule():
                    lines.append(TypedLine("rule"))
                case Code():
                    spelt = [_spelt(item, page)]
                    picture = partial(_picture, spelt, page.width_mm, faces, dots_per_mm)
                    module_mm = item.width_mm / len(modules(item.symbology, item.payload)[0])
                    code = (item.payload, item.symbology, module_mm, item.height_mm)
                    lines.append(TypedLine("code", _runs(spelt, cell_mm), picture, *code))
    return lines


def _spelt(code: Code, page: Page) -> Text:
    """A code's payload as text."""
    place = (0.0, code.y_mm, page.width_mm, _LINE_MM)
    return Text(*place, code.payload, _CELL_HEIGHT_MM, False, "center", False, code.row)


def _runs(texts: Sequence[Text], cell_mm: float) -> tuple[Run, ...]:
    return tuple(_run(text, cell_mm) for text in texts)


def _run(text: Text, cell_mm: float) -> Run:
    magnify = magnification(text.size_mm)
    width = cells(text.text) * magnify * cell_mm
    free = max(0.0, text.width_mm - width)
    if text.inverse:
        # The black box of a page is here a line of white-on-black characters.
        side = int(free / 2 / (magnify * cell_mm))
        return Run(text.x_mm, " " * side + text.text + " " * side, magnify, text.bold, True)
    x = text.x_mm + {"left": 0.0, "center": free / 2, "right": free}[text.align]
    return Run(x, text.text, magnify, text.bold, False)


def _picture(texts: Sequence[Text], width_mm: float, faces: Faces, dots_per_mm: float) -> Bitmap:
    """The line set in the shipped fonts, at about the size the printer's characters have."""
    height = max(magnification(text.size_mm) for text in texts) * _CELL_HEIGHT_MM * 1.22
    items = []
    for text in texts:
        size = magnification(text.size_mm) * _CELL_HEIGHT_MM
        wide = faces.width_px(text.text, round(size * dots_per_mm), text.bold) / dots_per_mm
        size *= min(1.0, text.width_mm / wide) if wide else 1.0
        items.append(replace(text, y_mm=height - size * 1.22, height_mm=size * 1.22, size_mm=size))
    return bitmap(Page(width_mm, height, tuple(items)), faces, dots_per_mm)
