"""Composing and drawing a ticket of 5½ × 2 inches, each with a seat and codes of its own.

The floor is what Pillow, qrcode and pdf417gen take to draw the same letters and codes, already set; of PDF,
what reportlab takes to write them. What is above it is ours: choosing, measuring, wrapping, shrinking.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import pdf417gen
import qrcode
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfgen.canvas import Canvas

from pos.paper.compose import compose
from pos.paper.faces import Faces
from pos.paper.page import Code, Item, Page, Text, Turned
from pos.paper.raster import Dots
from tests.unit.paper.presses import fonts, layout, press
from tests.unit.paper.samples import ticket

SHEET: Final = "ticket-boca"
WIDTH_MM, PER_MM = 139.7, 300 / 25.4
PAGES, WARM_UP = 60, 5
DOTS_GOAL, PDF_GOAL = 1.0, 1.5


def ticket_to_dots() -> dict[str, Any]:
    """Content to the bitmap that a printer's driver takes."""
    setter = press(SHEET)
    page = _page()
    times, floor = _times(
        lambda number: setter.bitmaps(_ticket(number), WIDTH_MM, PER_MM), lambda number: _draw_bare(page, number)
    )
    return _record("ticket_to_dots", times, "Pillow, qrcode and pdf417gen alone", floor, DOTS_GOAL)


def ticket_to_pdf() -> dict[str, Any]:
    """Content to a PDF document of one sheet."""
    setter = press(SHEET)
    setter.pdf(_ticket(0), 80.0, 72.0, 0.0)  # reads the font
    page = _page()
    times, floor = _times(
        lambda number: setter.pdf(_ticket(number), 80.0, 72.0, 0.0), lambda number: _write_bare(page, number)
    )
    return _record("ticket_to_pdf", times, "reportlab alone, the same letters and squares", floor, PDF_GOAL)


def _record(name: str, times: list[float], floor_name: str, floor: list[float], goal: float) -> dict[str, Any]:
    value, least = statistics.median(times), statistics.median(floor)
    return {
        "name": name,
        "value": value,
        "p99": statistics.quantiles(times, n=100, method="inclusive")[98],
        "unit": "ms",
        "floor_name": floor_name,
        "floor": least,
        "ratio": value / least,
        "goal": f"<= {goal:g}",
        "ok": value <= goal * least,
    }


def _times(ours: Callable[[int], object], bare: Callable[[int], object]) -> tuple[list[float], list[float]]:
    """Milliseconds of each turn but the first ones, of both in turn: what else the machine does falls on both."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(PAGES + WARM_UP):
        for work, found in zip((ours, bare), times, strict=True):
            began = time.perf_counter()
            work(number)
            found.append((time.perf_counter() - began) * 1000)
    return times[0][WARM_UP:], times[1][WARM_UP:]


def _code(number: int) -> str:
    return f"HF7K2M9Q{number:04d}"


def _ticket(number: int) -> dict[str, Any]:
    return ticket(code=_code(number), number=str(number), place=f"Stalls C {number}", ticket=f"T1-000123-{number}")


def _page() -> Page:
    return compose(layout(SHEET), _ticket(0), WIDTH_MM, Dots(Faces(fonts()), PER_MM))


def _items(page: Page) -> Iterator[Item]:
    for item in page.items:
        if isinstance(item, Turned):
            yield from _items(item.upright)
        else:
            yield item


def _draw_bare(page: Page, number: int) -> bytes:
    """The page's letters and codes by the libraries alone."""
    image = Image.new("L", (round(page.width_mm * PER_MM), round(page.height_mm * PER_MM)))
    draw = ImageDraw.Draw(image)
    for item in _items(page):
        x, y = item.x_mm * PER_MM, item.y_mm * PER_MM
        if isinstance(item, Text):
            draw.text((x, y), f"{item.text}{number}", fill=255, font=_font(round(item.size_mm * PER_MM), item.bold))
        elif isinstance(item, Code):
            matrix = _modules(item, number)
            small = Image.fromarray(np.array(matrix, np.uint8) * 255)
            size = (round(item.width_mm * PER_MM), round(item.height_mm * PER_MM))
            image.paste(small.resize(size, Image.Resampling.NEAREST), (round(x), round(y)))
    return np.packbits(np.asarray(image), axis=1).tobytes()


def _write_bare(page: Page, number: int) -> bytes:
    """The same through reportlab, as text and one rectangle a dark square."""
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1)
    for item in _items(page):
        if isinstance(item, Text):
            canvas.setFont("Inter-Bold" if item.bold else "Inter-Medium", item.size_mm)  # the press registered them
            canvas.drawString(item.x_mm, item.y_mm, f"{item.text}{number}")
        elif isinstance(item, Code):
            path = canvas.beginPath()
            for y, row in enumerate(_modules(item, number)):
                for x, dark in enumerate(row):
                    if dark:
                        path.rect(item.x_mm + x, item.y_mm + y, 1, 1)
            canvas.drawPath(path, stroke=0, fill=1)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _modules(item: Code, number: int) -> list[list[bool]]:
    if item.symbology == "qr":
        code = qrcode.QRCode(border=0, mask_pattern=3)
        code.add_data(_code(number))
        code.make()
        return [[bool(dark) for dark in row] for row in code.get_matrix()]
    words = pdf417gen.encode(_code(number), columns=2, security_level=2)
    return [[bit == "1" for word in row for bit in f"{word:b}"] for row in words]


_FONTS: Final[dict[tuple[int, bool], ImageFont.FreeTypeFont]] = {}


def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    if (size, bold) not in _FONTS:
        name = "Inter-Bold.otf" if bold else "Inter-Medium.otf"
        _FONTS[size, bold] = ImageFont.truetype(io.BytesIO(fonts()[name]), size)
    return _FONTS[size, bold]
