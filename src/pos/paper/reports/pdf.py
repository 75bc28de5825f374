"""A report as a PDF document of A4: text that can be searched and copied, and charts as shapes.

Every page says which one it is of how many, when the report was made, and that it is provisional while it is.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from pos.domain.report import Report
from pos.paper.page import Item, Text
from pos.paper.pdf import PdfFace, canvas_for, draw, start_page
from pos.paper.reports.flow import lay_out
from pos.paper.reports.sheets import (
    BAR_GAP_MM,
    BAR_MM,
    LABEL_MM,
    LINE,
    MARGIN_MM,
    NAME_COLUMNS,
    NAME_LINE_MM,
    SMALL_MM,
    Figure,
    Sheets,
)
from pos.paper.reports.words import Writer

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

Step = Callable[[int, int], None]
_INKS: Final = (0.25, 0.45, 0.62, 0.76, 0.87)  # greys of shares, so that they print in black as well
_AXIS_MM: Final = 22.0  # for what the lines stand for
_NAMES_MM: Final = 6.0
_ROOM_MM: Final = 14.0  # that a label takes at least


def as_pdf(report: Report, write: Writer, face: PdfFace, step: Step = lambda done, of: None) -> bytes:
    """The same report gives the same bytes. `step` is told how many rows are set; what it raises ends the work."""
    sheets = lay_out(report, write, face, step)
    file = io.BytesIO()
    canvas = canvas_for(file, face, f"{write.say(report.name)} · {report.venue}")
    for number, page in enumerate(sheets.pages, 1):
        start_page(canvas, *sheets.page_mm, MARGIN_MM)
        for item in page:
            if isinstance(item, Figure):
                _Drawing(canvas, item, write, face).draw()
            else:
                draw(canvas, item, face)
        for item in _foot(sheets, report, write, number):
            draw(canvas, item, face)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _foot(sheets: Sheets, report: Report, write: Writer, number: int) -> list[Item]:
    y = sheets.page_mm[1] - 2 * MARGIN_MM - SMALL_MM * LINE
    made = f"{write.say('made_at')}: {write.fact(report.made_at)}"
    page = write.say("page_of", page=str(number), pages=str(len(sheets.pages)))
    height = SMALL_MM * LINE
    found: list[Item] = [
        Text(0.0, y, sheets.width_mm, height, made, SMALL_MM, False, "left", False, 0),
        Text(0.0, y, sheets.width_mm, height, page, SMALL_MM, False, "right", False, 0),
    ]
    if report.provisional:
        mark = write.say("provisional")
        found.append(Text(sheets.width_mm / 2 - 20, y, 40.0, height, mark, SMALL_MM, True, "center", True, 0))
    return found


class _Drawing:
    """One chart, in millimetres from the page's upper left corner, y upwards."""

    def __init__(self, canvas: Canvas, figure: Figure, write: Writer, face: PdfFace) -> None:
        self._canvas, self._plot, self._write, self._face = canvas, figure.plot, write, face
        self._figure = figure
        self._shares = figure.plot.kind == "shares"
        self._x = figure.x_mm + (0.0 if self._shares else _AXIS_MM)
        self._width = figure.width_mm - (0.0 if self._shares else _AXIS_MM)
        self._height = figure.height_mm - _NAMES_MM
        self._base = -figure.y_mm - self._height  # where y is 0

    def draw(self) -> None:
        if self._shares:
            self._draw_shares()
        else:
            self._draw_lines()
            self._draw_line() if self._plot.kind == "line" else self._draw_bars()
            self._draw_names()
        self._canvas.setFillGray(0)
        self._canvas.setStrokeGray(0)

    def _text(self, x: float, top: float, width: float, text: str, align: str = "left") -> None:
        """Cut to its width: what is drawn stands in the table in full."""
        while text and self._face.text_mm(text, LABEL_MM, False) > width:
            text = text[:-2].rstrip() + "…" if len(text) > 2 else ""
        line = Text(x, -top, width, LABEL_MM * LINE, text, LABEL_MM, False, align, False, 0)  # type: ignore[arg-type]
        draw(self._canvas, line, self._face)

    def _draw_lines(self) -> None:
        plot = self._plot
        for tick in plot.ticks:
            y = self._base + plot.height(tick) * self._height
            self._canvas.setLineWidth(0.3 if tick == 0 else 0.1)
            self._canvas.setDash()
            self._canvas.line(self._x, y, self._x + self._width, y)
            said = self._write.cell(plot.like_value(tick), plot.value_kind)
            self._text(self._figure.x_mm, y + LABEL_MM / 2, _AXIS_MM - 2.0, said, "right")

    def _draw_bars(self) -> None:
        self._canvas.setFillGray(_INKS[1])
        for bar in self._plot.bars():
            if bar.height:
                place = (self._x + bar.x * self._width, self._base + bar.y * self._height)
                self._canvas.rect(*place, bar.width * self._width, bar.height * self._height, stroke=0, fill=1)
        self._canvas.setFillGray(0)

    def _draw_line(self) -> None:
        points = [(self._x + x * self._width, self._base + y * self._height) for x, y in self._plot.points()]
        path = self._canvas.beginPath()
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        self._canvas.setLineWidth(0.5)
        self._canvas.setDash()
        self._canvas.drawPath(path, stroke=1, fill=0)
        for x, y in points:
            self._canvas.circle(x, y, 0.7, stroke=0, fill=1)

    def _draw_names(self) -> None:
        plot = self._plot
        place = self._width / len(plot.labels)
        every = max(1, int(-(-_ROOM_MM // place)))
        for at in range(0, len(plot.labels), every):
            wide = place * every
            middle = self._x + (at + 0.5) * place
            said = self._write.cell(plot.labels[at], plot.label_kind)
            left = max(self._x - _AXIS_MM / 2, middle - wide / 2)
            self._text(left, self._base - 1.2, wide - 1.0, said, "center")

    def _draw_shares(self) -> None:
        """One bar in parts, and below it what they are."""
        plot, top = self._plot, -self._figure.y_mm
        column, deep = self._width / NAME_COLUMNS, -(-len(plot.labels) // NAME_COLUMNS)
        for at, (box, label, value) in enumerate(zip(plot.shares(), plot.labels, plot.values, strict=True)):
            self._canvas.setFillGray(_INKS[at % len(_INKS)])
            self._canvas.setStrokeGray(1)
            self._canvas.setLineWidth(0.3)
            self._canvas.rect(
                self._x + box.x * self._width, top - BAR_MM, box.width * self._width, BAR_MM, stroke=1, fill=1
            )
            x, y = self._x + at // deep * column, top - BAR_MM - BAR_GAP_MM - at % deep * NAME_LINE_MM
            self._canvas.rect(x, y - LABEL_MM, LABEL_MM, LABEL_MM, stroke=0, fill=1)
            self._canvas.setFillGray(0)
            said = f"{self._write.cell(label, plot.label_kind)}  {self._write.cell(value, plot.value_kind)}"
            self._text(x + LABEL_MM + 1.5, y, column - LABEL_MM - 4.0, said)
