"""Pages as a PDF document, for office printers and for sending.

The text stays text, so that it can be searched and copied. It is set in the same faces as everywhere
else; reportlab embeds TrueType outlines only, so Inter comes a second time, as those (installer/inter_ttf.py).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from pos.paper.artwork import inked
from pos.paper.codes import modules
from pos.paper.page import BASELINE, Code, Item, Page, Picture, Rule, Text, Turned

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

_POINTS: Final = 72 / 25.4  # points a mm
_PICTURE_PER_MM: Final = 300 / 25.4
_BOLD: Final = 1 / 30  # stroke of bold Chinese, which has no bold cut, in em


class _Run(NamedTuple):
    text: str
    font: TTFont
    stroked: bool


@dataclass(frozen=True)
class PdfFace:
    """The fonts, and how wide text comes out in them. Made by `pdf_face`."""

    medium: TTFont
    bold: TTFont
    han: TTFont
    stacks: bool = False

    def text_mm(self, text: str, size_mm: float, bold: bool) -> float:
        return sum(float(run.font.stringWidth(run.text, size_mm)) for run in self.runs(text, bold))

    def line_mm(self, size_mm: float) -> float:
        return size_mm * 1.22

    def runs(self, text: str, bold: bool) -> list[_Run]:
        """Text in pieces of one font; what neither font has is left to Inter, as on every other paper."""
        inter = self.bold if bold else self.medium
        pieces = []
        for han, part in groupby(text, key=self._is_han):
            pieces.append(_Run("".join(part), self.han if han else inter, han and bold))
        return pieces

    def _is_han(self, character: str) -> bool:
        code = ord(character)
        return code not in self.medium.face.charToGlyph and code in self.han.face.charToGlyph


def pdf_face(fonts: Mapping[str, bytes]) -> PdfFace:
    """Reads the fonts, from the bytes of the files of FONT_FILES; takes about a second, so once a process."""
    from reportlab.pdfbase.ttfonts import TTFont  # slow to import, and few tills print PDF

    medium, bold = (TTFont(name, io.BytesIO(fonts[f"{name}.ttf"])) for name in ("Inter-Medium", "Inter-Bold"))
    return PdfFace(medium, bold, TTFont("WenQuanYiMicroHei", io.BytesIO(fonts["wqy-microhei.ttc"]), subfontIndex=0))


def pdf(pages: Sequence[Page], face: PdfFace, margin_mm: float, shortest_mm: float, title: str) -> bytes:
    """One document; the same pages give the same bytes.

    Off a roll each has `margin_mm` around it and is at least `shortest_mm` long; a sheet is as large as it is.
    """
    file = io.BytesIO()
    canvas = canvas_for(file, face, title)
    for page in pages:
        margin = 0.0 if page.sheet else margin_mm
        height = page.height_mm if page.sheet else max(shortest_mm, page.height_mm + 2 * margin_mm)
        start_page(canvas, page.width_mm + 2 * margin, height, margin)
        for item in page.items:
            draw(canvas, item, face)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def canvas_for(file: io.BytesIO, face: PdfFace, title: str) -> Canvas:
    """An empty document in these fonts, of which the same drawing makes the same bytes."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfgen.canvas import Canvas

    for font in (face.medium, face.bold, face.han):
        pdfmetrics.registerFont(font)
    canvas = Canvas(file, invariant=1)
    canvas.setTitle(title)
    return canvas


def start_page(canvas: Canvas, width_mm: float, height_mm: float, margin_mm: float = 0.0) -> None:
    """From here on in millimetres from the upper left corner inside the margin, y upwards."""
    canvas.setPageSize((width_mm * _POINTS, height_mm * _POINTS))
    canvas.scale(_POINTS, _POINTS)
    canvas.translate(margin_mm, height_mm - margin_mm)


def draw(canvas: Canvas, item: Item, face: PdfFace) -> None:
    """In millimetres from the page's upper left corner, y upwards."""
    match item:
        case Text():
            _draw_text(canvas, item, face)
        case Rule():
            canvas.setLineWidth(item.height_mm)
            canvas.setDash(*([item.dash_mm, item.dash_mm],) if item.dash_mm else ())
            y = -item.y_mm - item.height_mm / 2
            canvas.line(item.x_mm, y, item.x_mm + item.width_mm, y)
        case Code():
            _draw_code(canvas, item)
        case Picture():
            _draw_picture(canvas, item)
        case Turned():
            canvas.saveState()
            # Turned about the middle of its box, so that the middle of what stands upright lies there.
            canvas.translate(item.x_mm + item.width_mm / 2, -item.y_mm - item.height_mm / 2)
            canvas.rotate(-item.turn)
            upright = item.upright
            canvas.translate(-upright.width_mm / 2, upright.height_mm / 2)
            for each in upright.items:
                draw(canvas, each, face)
            canvas.restoreState()


def _draw_code(canvas: Canvas, item: Code) -> None:
    """One path for the whole code: squares side by side in one path leave no hair lines between them."""
    rows = modules(item.symbology, item.payload)
    across, down = item.width_mm / len(rows[0]), item.height_mm / len(rows)
    path = canvas.beginPath()
    for y, row in enumerate(rows):
        x = 0
        for dark, run in groupby(row):
            wide = len(list(run))
            if dark:
                path.rect(item.x_mm + x * across, -item.y_mm - (y + 1) * down, wide * across, down)
            x += wide
    canvas.drawPath(path, stroke=0, fill=1)


def _draw_picture(canvas: Canvas, item: Picture) -> None:
    """In black and white, at 300 dpi, as it would come out of a printer of dots."""
    from reportlab.lib.utils import ImageReader

    size = (max(1, round(item.width_mm * _PICTURE_PER_MM)), max(1, round(item.height_mm * _PICTURE_PER_MM)))
    picture = inked(item.art, *size).point(lambda ink: 255 - ink).convert("RGB")
    place = (item.x_mm, -item.y_mm - item.height_mm, item.width_mm, item.height_mm)
    canvas.drawImage(ImageReader(picture), *place, mask=None)


def _draw_text(canvas: Canvas, item: Text, face: PdfFace) -> None:
    free = item.width_mm - face.text_mm(item.text, item.size_mm, item.bold)
    x = item.x_mm + {"left": 0.0, "center": free / 2, "right": free}[item.align]
    if item.inverse:
        canvas.setFillGray(0)
        canvas.rect(item.x_mm, -item.y_mm - item.height_mm, item.width_mm, item.height_mm, stroke=0, fill=1)
    grey = 1 if item.inverse else 0
    text = canvas.beginText(x, -item.y_mm - BASELINE * item.size_mm)
    text.setFillGray(grey)
    text.setStrokeGray(grey)
    canvas.setDash()
    canvas.setLineWidth(item.size_mm * _BOLD)
    for run in face.runs(item.text, item.bold):
        text.setFont(run.font.fontName, item.size_mm)
        text.setTextRenderMode(2 if run.stroked else 0)
        text.textOut(run.text)
    text.setTextRenderMode(0)  # reportlab takes every text to begin so, but to PDF the last one's mode goes on
    canvas.drawText(text)
    canvas.setFillGray(0)
    canvas.setStrokeGray(0)
