"""A page as dots, for printers that print pictures and for previews."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import qrcode
from PIL import Image, ImageDraw
from qrcode.constants import ERROR_CORRECT_M

from pos.paper.faces import Faces
from pos.paper.page import Code, Item, Page, Rule, Text

_BLACK: Final = 255
_WHITE: Final = 0
# Readers take any of the eight masks. Weighing them all costs 2.1 of the 2.4 ms that a short code
# takes, and a customer waits for every one of them.
_MASK: Final = 3


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
    size = (round(page.width_mm * dots_per_mm), max(1, round(page.height_mm * dots_per_mm)))
    image = Image.new("L", size, _WHITE)
    for item in page.items:
        _draw(image, item, faces, dots_per_mm)
    # Fifteen times as fast as packing by Pillow's own one-bit images.
    return Bitmap(*size, np.packbits(np.asarray(image), axis=1).tobytes())


def _draw(image: Image.Image, item: Item, faces: Faces, per_mm: float) -> None:
    match item:
        case Text():
            _draw_text(image, item, faces, per_mm)
        case Rule():
            _draw_rule(image, item, per_mm)
        case Code():
            _draw_code(image, item, per_mm)


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
    y, height = round(item.y_mm * per_mm), max(1, round(item.thickness_mm * per_mm))
    start, end = item.x_mm * per_mm, (item.x_mm + item.width_mm) * per_mm
    step = item.dash_mm * per_mm or end - start
    x = start
    while x < end:
        draw.rectangle((round(x), y, round(min(x + step, end)) - 1, y + height - 1), fill=_BLACK)
        x += 2 * step


def _draw_code(image: Image.Image, item: Code, per_mm: float) -> None:
    modules = qr_modules(item.payload)
    # Whole dots a module: a scanner reads a slightly smaller code better than a ragged one.
    scale = max(1, int(item.size_mm * per_mm) // len(modules))
    side = len(modules) * scale
    small = Image.new("L", (len(modules), len(modules)))
    small.putdata([_BLACK if dark else _WHITE for row in modules for dark in row])
    slack = (item.size_mm * per_mm - side) / 2
    place = (round(item.x_mm * per_mm + slack), round(item.y_mm * per_mm + slack))
    image.paste(small.resize((side, side), Image.Resampling.NEAREST), place)


def qr_modules(payload: str) -> list[list[bool]]:
    """The squares of a QR code with medium error correction, without its quiet zone."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    code.add_data(payload)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]
