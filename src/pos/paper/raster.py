"""A page as dots, for printers that print pictures and for previews."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from pos.paper.artwork import inked
from pos.paper.codes import modules
from pos.paper.faces import Faces
from pos.paper.page import Code, Item, Page, Picture, Rule, Text, Turned

_BLACK: Final = 255
_WHITE: Final = 0
# Clockwise here, counter-clockwise in Pillow.
_TRANSPOSED: Final = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Rows of dots from the top, each padded to whole bytes; the first dot is the highest bit, 1 is black."""

    width: int
    height: int
    data: bytes

    def image(self) -> Image.Image:
        """The same as a picture, black on white."""
        return Image.frombytes("1", (self.width, self.height), bytes(255 - byte for byte in self.data))


@dataclass(frozen=True, slots=True)
class Dots:
    """Measures text by the shipped fonts at a printer's resolution."""

    faces: Faces
    per_mm: float
    stacks: bool = False

    def text_mm(self, text: str, size_mm: float, bold: bool) -> float:
        return self.faces.width_px(text, round(size_mm * self.per_mm), bold) / self.per_mm

    def line_mm(self, size_mm: float) -> float:
        return size_mm * 1.22


def bitmap(page: Page, faces: Faces, dots_per_mm: float) -> Bitmap:
    """The page at a resolution; at 8 dots a mm a line of text takes well under a millisecond."""
    image = _drawn(page, faces, dots_per_mm)
    # Fifteen times as fast as packing by Pillow's own one-bit images.
    return Bitmap(*image.size, np.packbits(np.asarray(image), axis=1).tobytes())


def _drawn(page: Page, faces: Faces, per_mm: float) -> Image.Image:
    size = (round(page.width_mm * per_mm), max(1, round(page.height_mm * per_mm)))
    image = Image.new("L", size, _WHITE)
    for item in page.items:
        _draw(image, item, faces, per_mm)
    return image


def _draw(image: Image.Image, item: Item, faces: Faces, per_mm: float) -> None:
    match item:
        case Text():
            _draw_text(image, item, faces, per_mm)
        case Rule():
            _draw_rule(image, item, per_mm)
        case Code():
            _draw_code(image, item, per_mm)
        case Picture():
            _, _, width, height = box = _dots(item, per_mm)
            image.paste(inked(item.art, width, height), box[:2])
        case Turned():
            # As characters have no dots to spare, they are drawn upright and their dots are turned.
            upright = _drawn(item.upright, faces, per_mm)
            image.paste(upright.transpose(_TRANSPOSED[item.turn]), _dots(item, per_mm)[:2])


def _dots(item: Item, per_mm: float) -> tuple[int, int, int, int]:
    """Left, top, width and height; nothing is less than a dot."""
    left, top = round(item.x_mm * per_mm), round(item.y_mm * per_mm)
    return left, top, max(1, round(item.width_mm * per_mm)), max(1, round(item.height_mm * per_mm))


def _draw_text(image: Image.Image, item: Text, faces: Faces, per_mm: float) -> None:
    size_px = round(item.size_mm * per_mm)
    left, top = item.x_mm * per_mm, item.y_mm * per_mm
    width, height = item.width_mm * per_mm, item.height_mm * per_mm
    free = width - faces.width_px(item.text, size_px, item.bold)
    x = left + {"left": 0.0, "center": free / 2, "right": free}[item.align]
    if item.inverse:
        box = (round(left), round(top), round(left + width) - 1, round(top + height) - 1)
        ImageDraw.Draw(image).rectangle(box, fill=_BLACK)
        top += (height - size_px * 1.22) / 2
    faces.draw(image, x, top, item.text, size_px, item.bold, _WHITE if item.inverse else _BLACK)


def _draw_rule(image: Image.Image, item: Rule, per_mm: float) -> None:
    draw = ImageDraw.Draw(image)
    _, y, _, height = _dots(item, per_mm)
    start, end = item.x_mm * per_mm, (item.x_mm + item.width_mm) * per_mm
    step = item.dash_mm * per_mm or end - start
    x = start
    while x < end:
        left, right = round(x), round(min(x + step, end)) - 1
        if left <= right:  # the last dash may come out as less than a dot
            draw.rectangle((left, y, right, y + height - 1), fill=_BLACK)
        x += 2 * step


def _draw_code(image: Image.Image, item: Code, per_mm: float) -> None:
    rows = modules(item.symbology, item.payload)
    size = (len(rows[0]), len(rows))
    # Whole dots a module: a scanner reads a slightly smaller code better than a ragged one.
    across = max(1, int(item.width_mm * per_mm) // size[0])
    down = across if item.symbology == "qr" else max(1, int(item.height_mm * per_mm) // size[1])
    sides = (size[0] * across, size[1] * down)
    small = Image.new("L", size)
    small.putdata([_BLACK if dark else _WHITE for row in rows for dark in row])
    place = (
        round(item.x_mm * per_mm + (item.width_mm * per_mm - sides[0]) / 2),
        round(item.y_mm * per_mm + (item.height_mm * per_mm - sides[1]) / 2),
    )
    image.paste(small.resize(sides, Image.Resampling.NEAREST), place)
