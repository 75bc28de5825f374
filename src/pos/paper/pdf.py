"""Pages as a PDF document, for office printers and for sending.

The text stays text, so that it can be searched and copied. reportlab cannot embed
Inter's outlines, so a PDF is set in WenQuanYi Micro Hei throughout, bold by a stroke.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pos.paper.page import BASELINE, Code, Item, Page, Rule, Text
from pos.paper.raster import qr_modules

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

_FACE: Final = "WenQuanYiMicroHei"
_POINTS: Final = 72 / 25.4  # points a mm
_BOLD: Final = 1 / 30  # stroke of bold text, in em
# This font draws typographic quotes as wide as a Chinese character, which tears words apart.
_NARROW_QUOTES: Final = str.maketrans("‘’“”", "''\"\"")


@dataclass(frozen=True)
class PdfFace:
    """Measures text for PDF. Made by `pdf_face`."""

    font: TTFont
    stacks: bool = False

    def text_mm(self, text: str, size_mm: float, bold: bool) -> float:
        width: float = self.font.stringWidth(text.translate(_NARROW_QUOTES), size_mm)
        return width

    def line_mm(self, size_mm: float) -> float:
        return size_mm * 1.22


def pdf_face(han_font: bytes) -> PdfFace:
    """Reads the font (the bytes of wqy-microhei.ttc); takes about a second, so once a process."""
    from reportlab.pdfbase.ttfonts import TTFont  # slow to import, and few tills print PDF

    return PdfFace(TTFont(_FACE, io.BytesIO(han_font), subfontIndex=0))


def pdf(pages: Sequence[Page], face: PdfFace, margin_mm: float, shortest_mm: float, title: str) -> bytes:
    """One document, a sheet a page, each at least `shortest_mm` long. The same pages give the same bytes."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(face.font)
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1)
    canvas.setTitle(title)
    for page in pages:
        height = max(shortest_mm, page.height_mm + 2 * margin_mm)
        canvas.setPageSize(((page.width_mm + 2 * margin_mm) * _POINTS, height * _POINTS))
        canvas.scale(_POINTS, _POINTS)
        canvas.translate(margin_mm, height - margin_mm)
        for item in page.items:
            _draw(canvas, item, face)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _draw(canvas: Canvas, item: Item, face: PdfFace) -> None:
    """In millimetres from the page's upper left corner, y upwards."""
    match item:
        case Text():
            _draw_text(canvas, item, face)
        case Rule():
            canvas.setLineWidth(item.thickness_mm)
            canvas.setDash(*([item.dash_mm, item.dash_mm],) if item.dash_mm else ())
            y = -item.y_mm - item.thickness_mm / 2
            canvas.line(item.x_mm, y, item.x_mm + item.width_mm, y)
        case Code():
            modules = qr_modules(item.payload)
            side = item.size_mm / len(modules)
            for y, row in enumerate(modules):
                for x, dark in enumerate(row):
                    if dark:
                        canvas.rect(item.x_mm + x * side, -item.y_mm - (y + 1) * side, side, side, stroke=0, fill=1)


def _draw_text(canvas: Canvas, item: Text, face: PdfFace) -> None:
    free = item.width_mm - face.text_mm(item.text, item.size_mm, item.bold)
    x = item.x_mm + {"left": 0.0, "center": free / 2, "right": free}[item.align]
    if item.inverse:
        canvas.setFillGray(0)
        canvas.rect(item.x_mm, -item.y_mm - item.height_mm, item.width_mm, item.height_mm, stroke=0, fill=1)
    grey = 1 if item.inverse else 0
    text = canvas.beginText(x, -item.y_mm - BASELINE * item.size_mm)
    text.setFont(_FACE, item.size_mm)
    text.setFillGray(grey)
    text.setStrokeGray(grey)
    if item.bold:
        canvas.setDash()
        canvas.setLineWidth(item.size_mm * _BOLD)
        text.setTextRenderMode(2)
    text.textLine(item.text.translate(_NARROW_QUOTES))
    text.setTextRenderMode(0)
    canvas.drawText(text)
    canvas.setFillGray(0)
    canvas.setStrokeGray(0)
