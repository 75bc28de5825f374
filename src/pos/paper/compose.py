"""Composing: a layout and a content become a page.

Text never falls off the paper: what does not fit shrinks as far as its style
allows, then goes on to further lines. Chinese breaks between any two characters,
other scripts between words, and a word too long for its line wherever it must.
In a box all of it shrinks together until it fits, down to half its size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pos.domain.errors import Unreadable
from pos.paper.codes import LEAST_MODULE_MM, PDF417_ROW, QUIET, modules
from pos.paper.elements import (
    Box,
    Cell,
    CodeElement,
    Columns,
    Element,
    Group,
    Image,
    Layout,
    Line,
    Paragraph,
    Repeat,
    Sheet,
    Space,
    Split,
    Style,
)
from pos.paper.page import BASELINE, Align, Code, Item, Page, Picture, Rule, Text, Turn, Turned
from pos.paper.wrapping import Measure, fit

_SHRINK: Final = 0.93
_LEAST_SCALE: Final = 0.5  # of what does not fit its box
_GUTTER_MM: Final = 2.0
_QUIET_MM: Final = 1.0
_NARROWEST_MM: Final = 5.0  # of the left of two stacks
_ROUNDING_MM: Final = 0.01
_LONGEST_MM: Final = 20_000.0  # of a roll; the receipt of 300 tickets takes four


def compose(layout: Layout, content: Mapping[str, Any], width_mm: float, measure: Measure) -> Page:
    """Set one page of `content`, which is checked already, on paper `width_mm` wide; on a sheet, that wide.

    Raises Unreadable when a code or a box cannot hold what it should.
    """
    try:
        if layout.sheet is not None and not measure.stacks:
            return _set_sheet(layout.sheet, content, measure)
        flow = _Flow(measure, layout.margin_mm, width_mm - 2 * layout.margin_mm)
        _set_all(flow, layout.elements, content)
        for box in layout.sheet.boxes if layout.sheet else ():
            if box.condition.holds(content):
                _set_all(flow, box.elements, content)
    except _NoRoom as error:
        raise Unreadable(layout.name, error.key, str(error)) from error
    if flow.y_mm > _LONGEST_MM:
        raise Unreadable(
            layout.name, "", f"comes out {flow.y_mm / 1000:.1f} m long; no more than 20 are printed at once"
        )
    return Page(width_mm, flow.y_mm, tuple(flow.items))


class _NoRoom(Exception):
    """Something cannot be made small enough. `key` is the box, when it is in one."""

    key = ""


@dataclass
class _Flow:
    """Where the next thing goes, and what has been set so far. Texts and gaps are `scale` times their size."""

    measure: Measure
    x_mm: float
    width_mm: float
    y_mm: float = 0.0
    row: int = 0
    scale: float = 1.0
    items: list[Item] = field(default_factory=list)

    def beside(self, x_mm: float, width_mm: float) -> _Flow:
        """A second flow that starts level with this one and sets onto the same page."""
        return _Flow(self.measure, x_mm, width_mm, self.y_mm, self.row, self.scale, self.items)


# ---- sheets and boxes ----------------------------------------------------------------------


def _set_sheet(sheet: Sheet, content: Mapping[str, Any], measure: Measure) -> Page:
    items: list[Item] = []
    row = 0
    for at, box in enumerate(sheet.boxes):
        if box.condition.holds(content):
            try:
                put = _set_box(box, content, measure, row)
            except _NoRoom as error:
                error.key = f"box[{at}]"
                raise
            items += put.items
            row = put.row
    if sheet.turn == 0:
        return Page(sheet.width_mm, sheet.height_mm, tuple(items), sheet=True)
    sides = (sheet.width_mm, sheet.height_mm)
    width, height = sides if sheet.turn == 180 else sides[::-1]
    return Page(width, height, (Turned(0.0, 0.0, width, height, sheet.turn, tuple(items), 0),), sheet=True)


def _set_box(box: Box, values: Mapping[str, Any], measure: Measure, row: int) -> _Flow:
    """A flow with what is in the box, at its place on the sheet."""
    sides = (box.width_mm, box.height_mm)
    width, height = sides if box.turn in (0, 180) else sides[::-1]
    inner = _fitted(_Flow(measure, 0.0, width, row=row), box.elements, values, height)
    sunk = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[box.sink] * max(0.0, height - inner.y_mm)
    inner.items = _turned((box.x_mm, box.y_mm, *sides), box.turn, _moved(inner.items, 0.0, sunk), row)
    return inner


def _fitted(flow: _Flow, elements: Sequence[Element], values: Mapping[str, Any], height_mm: float) -> _Flow:
    """Like `flow`, with the elements set as large as the height allows."""
    scale = flow.scale
    while True:
        inner = _Flow(flow.measure, 0.0, flow.width_mm, row=flow.row, scale=scale)
        _set_all(inner, elements, values)
        if inner.y_mm <= height_mm + _ROUNDING_MM:
            return inner
        scale *= _SHRINK
        if scale < _LEAST_SCALE:
            size = f"{flow.width_mm:g} × {height_mm:g} mm"
            raise _NoRoom(f"what is to go into {size} does not fit, even at half its size")


def _turned(place: tuple[float, float, float, float], turn: Turn, items: Sequence[Item], row: int) -> list[Item]:
    """Items of a box, at its place on the page."""
    if turn == 0:
        return _moved(items, *place[:2])
    return [Turned(*place, turn, tuple(items), row)]


def _moved(items: Sequence[Item], x_mm: float, y_mm: float) -> list[Item]:
    return [replace(item, x_mm=item.x_mm + x_mm, y_mm=item.y_mm + y_mm) for item in items]


# ---- elements ------------------------------------------------------------------------------


def _set_all(flow: _Flow, elements: Sequence[Element], values: Mapping[str, Any]) -> None:
    for element in elements:
        if element.condition.holds(values):
            flow.y_mm = max(0.0, flow.y_mm + element.gap_mm * flow.scale)
            _set(flow, element, values)


def _set(flow: _Flow, element: Element, values: Mapping[str, Any]) -> None:
    match element:
        case Paragraph(words=words, style=style):
            text = words.fill(values)
            if text.strip():
                _set_cells(flow, [_Slot(text, style, flow.x_mm, flow.width_mm)])
        case Columns(cells=cells):
            _set_cells(flow, _cells(flow, cells, values))
        case Line(thickness_mm=thickness, dash_mm=dash):
            flow.items.append(Rule(flow.x_mm, flow.y_mm, flow.width_mm, thickness, dash, flow.row))
            flow.y_mm += thickness
            flow.row += 1
        case CodeElement(words=words):
            _set_code(flow, element, words.fill(values))
        case Image():
            _set_image(flow, element)
        case Space(height_mm=height):
            flow.y_mm += height * flow.scale
        case Split():
            _set_split(flow, element, values)
        case Repeat(name=name, each=each):
            for item in values.get(name) or ():
                inner = item if isinstance(item, Mapping) else {"item": item}
                _set_all(flow, each, {**values, **inner})
        case Group():
            _set_group(flow, element, values)
        case _:
            raise TypeError(f"{element!r} cannot be set")


def _set_code(flow: _Flow, code: CodeElement, payload: str) -> None:
    if not payload:
        return
    rows = modules(code.symbology, payload)
    columns = len(rows[0])
    width = flow.width_mm - 2 * _QUIET_MM
    if code.symbology != "qr":
        width = flow.width_mm * columns / (columns + 2 * QUIET[code.symbology])
    width = min(width, code.width_mm or width)
    module = width / columns
    if module < LEAST_MODULE_MM and not flow.measure.stacks:
        need = columns * LEAST_MODULE_MM
        raise _NoRoom(f"a {code.symbology} of {len(payload)} characters needs {need:.1f} mm, and has {width:.1f}")
    height = {"qr": width, "code128": code.height_mm, "pdf417": code.height_mm or len(rows) * PDF417_ROW * module}
    x = flow.x_mm + _indent(code.align, flow.width_mm - width)
    flow.items.append(Code(x, flow.y_mm, width, height[code.symbology], code.symbology, payload, flow.row))
    flow.y_mm += height[code.symbology]
    flow.row += 1


def _set_image(flow: _Flow, image: Image) -> None:
    if flow.measure.stacks:
        return
    width = min(image.width_mm, flow.width_mm)
    height = width * image.art.height / image.art.width
    x = flow.x_mm + _indent(image.align, flow.width_mm - width)
    flow.items.append(Picture(x, flow.y_mm, width, height, image.art, flow.row))
    flow.y_mm += height
    flow.row += 1


def _indent(align: Align, free_mm: float) -> float:
    return {"left": 0.0, "center": free_mm / 2, "right": free_mm}[align]


def _set_group(flow: _Flow, group: Group, values: Mapping[str, Any]) -> None:
    if flow.measure.stacks:
        _set_all(flow, group.elements, values)
        return
    on_its_side = group.turn in (90, 270)
    width, height = (group.height_mm, flow.width_mm) if on_its_side else (flow.width_mm, group.height_mm)
    inner = _Flow(flow.measure, 0.0, width, row=flow.row, scale=flow.scale)
    inner = _fitted(inner, group.elements, values, height or float("inf"))
    sides = (inner.y_mm, group.height_mm) if on_its_side else (flow.width_mm, group.height_mm or inner.y_mm)
    if inner.items:
        flow.items += _turned((flow.x_mm, flow.y_mm, *sides), group.turn, inner.items, flow.row)
        flow.y_mm += sides[1]
        flow.row = inner.row


def _set_split(flow: _Flow, split: Split, values: Mapping[str, Any]) -> None:
    beside = max(split.stack_below_mm, split.right_width_mm + _GUTTER_MM + _NARROWEST_MM)
    if flow.measure.stacks or flow.width_mm < beside:
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


# ---- text ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Slot:
    """Text to be set into a width."""

    text: str
    style: Style
    x_mm: float
    width_mm: float


def _cells(flow: _Flow, cells: Sequence[Cell], values: Mapping[str, Any]) -> list[_Slot]:
    """Cells with a width keep it; the others share the rest by what their text needs."""
    texts = [cell.words.fill(values) for cell in cells]
    gutter = min(_GUTTER_MM, flow.width_mm / 20)
    room = flow.width_mm - gutter * (len(cells) - 1)
    kept = sum(cell.width_mm for cell in cells)
    # On paper too narrow for the widths they shrink, and leave a little to the others.
    squeeze = min(1.0, room * 0.9 / kept) if kept else 1.0
    needs = [
        0.0 if cell.width_mm else flow.measure.text_mm(text, cell.style.size_mm * flow.scale, cell.style.bold) + 0.1
        for cell, text in zip(cells, texts, strict=True)
    ]
    shares = _share(room - kept * squeeze, needs)
    boxes, x = [], flow.x_mm
    for cell, text, share in zip(cells, texts, shares, strict=True):
        width = cell.width_mm * squeeze or share
        boxes.append(_Slot(text, cell.style, x, width))
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


def _set_cells(flow: _Flow, boxes: Sequence[_Slot]) -> None:
    """Set texts side by side on common base lines."""
    fitted = [fit(flow.measure, box.text, box.style, box.width_mm, flow.scale) for box in boxes]
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
