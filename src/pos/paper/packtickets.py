"""Numbered tickets on sheets of A4, for a till without a ticket printer: eight on a sheet, to be cut apart.

Each has what a gate needs (its code, as a square and in letters) and what a buyer needs (what, where, when), its
number in the pack, and a line on which the price is written by hand.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from pos.paper.codes import QUIET, modules
from pos.paper.page import Align, Code, Rule, Text
from pos.paper.pdf import PdfFace, canvas_for, draw, start_page
from pos.paper.reports.sheets import LINE, LONG_MM, SHORT_MM, wrapped
from pos.paper.reports.words import ReportWords

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

_ACROSS, _DOWN = 2, 4
_MARGIN_MM: Final = 8.0
_PAD_MM: Final = 5.0
_CODE_MM: Final = 27.0
_WIDTH: Final = (SHORT_MM - 2 * _MARGIN_MM) / _ACROSS
_HEIGHT: Final = (LONG_MM - 2 * _MARGIN_MM) / _DOWN
_SMALL, _BODY, _TITLE, _PLACE = 2.6, 3.2, 4.6, 5.4  # mm
_LEAST_MM: Final = 2.2


def tickets_pdf(
    tickets: Sequence[Mapping[str, Any]], words: ReportWords, face: PdfFace, *, training: bool = False
) -> bytes:
    """One document of these tickets (pos.paper.content.TicketContent); the same tickets give the same bytes."""
    file = io.BytesIO()
    canvas = canvas_for(file, face, str(tickets[0]["sale"]))
    for at, ticket in enumerate(tickets):
        place = at % (_ACROSS * _DOWN)
        if place == 0:
            if at:
                canvas.showPage()
            start_page(canvas, SHORT_MM, LONG_MM, _MARGIN_MM)
            _cuts(canvas)
        _Slip(canvas, face, words, str(ticket["language"]), place).draw(ticket, training=training)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def _cuts(canvas: Canvas) -> None:
    """Where to cut."""
    canvas.setLineWidth(0.1)
    canvas.setDash(1.2, 1.2)
    for n in range(1, _ACROSS):
        canvas.line(n * _WIDTH, 0.0, n * _WIDTH, -_DOWN * _HEIGHT)
    for n in range(1, _DOWN):
        canvas.line(0.0, -n * _HEIGHT, _ACROSS * _WIDTH, -n * _HEIGHT)
    canvas.setDash()


class _Slip:
    def __init__(self, canvas: Canvas, face: PdfFace, words: ReportWords, language: str, place: int) -> None:
        self._canvas, self._face, self._words, self._language = canvas, face, words, language
        self._x = place % _ACROSS * _WIDTH + _PAD_MM
        self._y = place // _ACROSS * _HEIGHT + _PAD_MM
        self._width = _WIDTH - 2 * _PAD_MM

    def draw(self, ticket: Mapping[str, Any], *, training: bool) -> None:
        left = self._width - _CODE_MM - 3.0
        self._code(str(ticket["code"]))
        self._line(0.0, left, str(ticket["venue"]), _SMALL)
        y = 4.5
        for line in wrapped(self._face, str(ticket["title"]), left, _TITLE, bold=True)[:2]:
            self._line(y, left, line, _TITLE, bold=True)
            y += _TITLE * LINE
        for key in ("starts", "address"):
            if ticket.get(key):
                self._line(y, left, str(ticket[key]), _BODY)
                y += _BODY * LINE
        y = max(y + 1.5, 22.0)
        for line in wrapped(self._face, str(ticket["place"]), left, _PLACE, bold=True)[:2]:
            self._line(y, left, line, _PLACE, bold=True)
            y += _PLACE * LINE
        if ticket.get("category") and ticket["category"] != ticket["place"]:
            self._line(y, left, str(ticket["category"]), _BODY)
        self._foot(ticket, training=training)

    def _foot(self, ticket: Mapping[str, Any], *, training: bool) -> None:
        bottom = _HEIGHT - 2 * _PAD_MM
        price = f"{self._words.say('pack_paid', self._language)}:"
        y = bottom - 12.0
        self._line(y, self._width, price, _BODY)
        x = self._face.text_mm(price, _BODY, False) + 2.0
        draw(self._canvas, Rule(self._x + x, self._y + y + _BODY * LINE, 34.0, 0.15, 0.0, 0), self._face)
        number = str(ticket["price_type"])
        if ticket.get("copy"):
            number += f" · {self._words.say('pack_copy', self._language, number=str(ticket['copy']))}"
        self._line(bottom - _BODY * LINE, self._width * 0.6, number, _BODY, bold=True)
        self._line(bottom - _SMALL * LINE, self._width, str(ticket["ticket"]), _SMALL, align="right")
        if training:
            mark = self._words.say("pack_training", self._language)
            box = Text(self._x, self._y + bottom - 21.0, self._width, 6.0, mark, _BODY, True, "center", True, 0)
            draw(self._canvas, box, self._face)

    def _code(self, code: str) -> None:
        rows = modules("qr", code)
        quiet = _CODE_MM * QUIET["qr"] / (len(rows) + 2 * QUIET["qr"])
        side = _CODE_MM - 2 * quiet
        x = self._x + self._width - _CODE_MM + quiet
        draw(self._canvas, Code(x, self._y + quiet - 1.0, side, side, "qr", code, 0), self._face)
        at = self._width - _CODE_MM
        self._text(at, _CODE_MM - 1.0, _CODE_MM, code, _SMALL, "center", bold=True)

    def _line(
        self, y: float, width: float, text: str, size: float, *, bold: bool = False, align: Align = "left"
    ) -> None:
        self._text(0.0, y, width, text, size, align, bold=bold)

    def _text(self, x: float, y: float, width: float, text: str, size: float, align: Align, *, bold: bool) -> None:
        """As large as it fits in its width, and no smaller than can be read."""
        while size > _LEAST_MM and self._face.text_mm(text, size, bold) > width:
            size *= 0.95
        box = Text(self._x + x, self._y + y, width, size * LINE, text, size, bold, align, False, 0)
        draw(self._canvas, box, self._face)
