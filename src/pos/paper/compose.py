"""Composing: a layout and a content become a page of a given width.

Text never falls off the paper: what does not fit shrinks as far as its style
allows, then goes on to further lines. Chinese breaks between any two characters,
other scripts between words, and a word too long for its line wherever it must.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from pos.paper.layout import Cell, Columns, Element, Layout, Line, Paragraph, QrCode, Repeat, Space, Split, Style
from pos.paper.page import BASELINE, Align, Code, Item, Page, Rule, Text

_SHRINK: Final = 0.93
_GUTTER_MM: Final = 2.0
_QUIET_MM: Final = 1.0


class Measure(Protocol):
    """How wide text comes out: the shipped fonts, or the cells of a printer's own font."""

    @property
    def stacks(self) -> bool:
        """Whether elements side by side must go one above the other."""

    def text_mm(self, text: str, size_mm: float, bold: bool) -> float:
        """Width of one line of text."""

    def line_mm(self, size_mm: float) -> float:
        """From one line's top to the next one's."""


def compose(layout: Layout, content: Mapping[str, Any], width_mm: float, measure: Measure) -> Page:
    """Set one page of `content`, which is checked already, on paper `width_mm` wide."""
    flow = _Flow(measure, layout.margin_mm, width_mm - 2 * layout.margin_mm)
    _set_all(flow, layout.elements, content)
    return Page(width_mm, flow.y_mm, tuple(flow.items))


@dataclass
class _Flow:
    """Where the next thing goes, and what has been set so far."""

    measure: Measure
    x_mm: float
    width_mm: float
    y_mm: float = 0.0
    row: int = 0
    items: list[Item] = field(default_factory=list)

    def beside(self, x_mm: float, width_mm: float) -> _Flow:
        """A second flow that starts level with this one and sets onto the same page."""
        return _Flow(self.measure, x_mm, width_mm, self.y_mm, self.row, self.items)


def _set_all(flow: _Flow, elements: Sequence[Element], values: Mapping[str, Any]) -> None:
    for element in elements:
        if element.wanted(values):
            flow.y_mm = max(0.0, flow.y_mm + element.gap_mm)
            _set(flow, element, values)


def _set(flow: _Flow, element: Element, values: Mapping[str, Any]) -> None:
    match element:
        case Paragraph(words=words, style=style):
            text = words.fill(values)
            if text.strip():
                _set_cells(flow, [_Box(text, style, flow.x_mm, flow.width_mm)])
        case Columns(cells=cells):
            _set_cells(flow, _boxes(flow, cells, values))
        case Line(thickness_mm=thickness, dash_mm=dash):
            flow.items.append(Rule(flow.x_mm, flow.y_mm, flow.width_mm, thickness, dash, flow.row))
            flow.y_mm += thickness
            flow.row += 1
        case QrCode(words=words, size_mm=size, align=align):
            _set_code(flow, words.fill(values), size, align)
        case Space(height_mm=height):
            flow.y_mm += height
        case Split():
            _set_split(flow, element, values)
        case Repeat(name=name, each=each):
            for item in values.get(name) or ():
                inner = item if isinstance(item, Mapping) else {"item": item}
                _set_all(flow, each, {**values, **inner})
        case _:
            raise TypeError(f"{element!r} cannot be set")


def _set_code(flow: _Flow, payload: str, size_mm: float, align: Align) -> None:
    if not payload:
        return
    size = min(size_mm, flow.width_mm - 2 * _QUIET_MM)
    free = flow.width_mm - size
    x = flow.x_mm + {"left": 0.0, "center": free / 2, "right": free}[align]
    flow.items.append(Code(x, flow.y_mm, size, payload, flow.row))
    flow.y_mm += size
    flow.row += 1


def _set_split(flow: _Flow, split: Split, values: Mapping[str, Any]) -> None:
    if flow.measure.stacks or flow.width_mm < split.stack_below_mm:
        _set_all(flow, split.left, values)
        flow.y_mm += _GUTTER_MM
        _set_all(flow, split.right, values)
        return
    left_width = flow.width_mm - split.right_width_mm - _GUTTER_MM
    left = flow.beside(flow.x_mm, left_width)
    right = flow.beside(flow.x_mm + left_width + _GUTTER_MM, split.right_width_mm)
    _set_all(left, split.left, values)
    right.row = left.row
    _set_all(right, split.right, values)
    flow.y_mm, flow.row = max(left.y_mm, right.y_mm), right.row


@dataclass(frozen=True, slots=True)
class _Box:
    """Text to be set into a width."""

    text: str
    style: Style
    x_mm: float
    width_mm: float


def _boxes(flow: _Flow, cells: Sequence[Cell], values: Mapping[str, Any]) -> list[_Box]:
    """Cells with a width keep it; the others share the rest by what their text needs."""
    texts = [cell.words.fill(values) for cell in cells]
    gutter = min(_GUTTER_MM, flow.width_mm / 20)
    rest = flow.width_mm - sum(cell.width_mm for cell in cells) - gutter * (len(cells) - 1)
    needs = [
        0.0 if cell.width_mm else flow.measure.text_mm(text, cell.style.size_mm, cell.style.bold) + 0.1
        for cell, text in zip(cells, texts, strict=True)
    ]
    shares = _share(max(rest, 1.0), needs)
    boxes, x = [], flow.x_mm
    for cell, text, share in zip(cells, texts, shares, strict=True):
        width = cell.width_mm or share
        boxes.append(_Box(text, cell.style, x, width))
        x += width + gutter
    return boxes


def _share(rest_mm: float, needs: Sequence[float]) -> list[float]:
    """Divide: the first flexible cell takes what is left over; short ones are served before long ones."""
    shares = [0.0] * len(needs)
    open_cells = sorted((need, ix) for ix, need in enumerate(needs) if need)
    left = rest_mm
    for position, (need, ix) in enumerate(open_cells):
        shares[ix] = min(need, left / (len(open_cells) - position))
        left -= shares[ix]
    if open_cells:
        first = min(ix for _, ix in open_cells)
        shares[first] += left
    return shares


def _set_cells(flow: _Flow, boxes: Sequence[_Box]) -> None:
    """Set texts side by side on common base lines."""
    fitted = [_fit(flow.measure, box) for box in boxes]
    tallest = max((size for size, _ in fitted), default=0.0)
    bottom = flow.y_mm
    for box, (size, lines) in zip(boxes, fitted, strict=True):
        height = flow.measure.line_mm(size)
        # Smaller text starts on the same base line as the tallest of its row.
        y = flow.y_mm + (tallest - size) * BASELINE
        style = box.style
        for row, text in enumerate(lines, flow.row):
            place = (box.x_mm, y, box.width_mm, height)
            flow.items.append(Text(*place, text, size, style.bold, style.align, style.inverse, row))
            y += height
        bottom = max(bottom, y)
    flow.y_mm = bottom
    flow.row += max((len(lines) for _, lines in fitted), default=0)


def _fit(measure: Measure, box: _Box) -> tuple[float, list[str]]:
    """The size and lines at which the text fits its width."""
    style, size = box.style, box.style.size_mm
    lines = _wrap(measure, box.text, size, style.bold, box.width_mm)
    while style.lines and len(lines) > style.lines and size > style.smallest_mm:
        size = max(style.smallest_mm, size * _SHRINK)
        lines = _wrap(measure, box.text, size, style.bold, box.width_mm)
    return size, lines


def _wrap(measure: Measure, text: str, size_mm: float, bold: bool, width_mm: float) -> list[str]:
    lines: list[str] = []
    for paragraph in unicodedata.normalize("NFC", text).splitlines():
        if measure.text_mm(paragraph, size_mm, bold) <= width_mm:
            if paragraph.strip():
                lines.append(paragraph)
            continue
        line = ""
        for piece in _pieces(paragraph):
            if measure.text_mm((line + piece).rstrip(), size_mm, bold) <= width_mm:
                line += piece
                continue
            if line.strip():
                lines.append(line.rstrip())
            *full, line = _chop(measure, piece.lstrip(), size_mm, bold, width_mm)
            lines.extend(full)
        if line.strip():
            lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> list[str]:
    """Where a line may break: after spaces, and around wide (Chinese) characters."""
    pieces: list[str] = []
    joined = False  # whether the next character goes on with the last piece
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        # Closing punctuation never starts a line.
        stays = character.isspace() or (unicodedata.category(character) in ("Pe", "Pf", "Po", "Mn") and wide)
        if pieces and (stays or (joined and not wide)):
            pieces[-1] += character
        else:
            pieces.append(character)
        joined = not wide and not character.isspace()
    return pieces


def _chop(measure: Measure, word: str, size_mm: float, bold: bool, width_mm: float) -> list[str]:
    """A word in pieces of at most the width; at least one character each."""
    parts = [""]
    for character in word:
        if parts[-1] and measure.text_mm((parts[-1] + character).rstrip(), size_mm, bold) > width_mm:
            parts.append("")
        parts[-1] += character
    return parts
