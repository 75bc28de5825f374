"""A paper pack as a PDF document of A4: what to do, the hall, the seats in hand, who comes for tickets, prices, and
the log that sales are written down in.

Each part begins on a page of its own, so that one person may have the log and another the list, and every page says
of which show it is, of which till, and when it was made.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from pos.domain.housechart import PAPER, STATES, HouseChart
from pos.domain.paperpack import BLANK_LINES, NAME, PaperPack, PriceSheet
from pos.domain.report import COUNT, Cell, Column, Table
from pos.paper.housechart import Sheet, draw_sheet, sheets_of
from pos.paper.page import Item, Text
from pos.paper.pdf import PdfFace, canvas_for, draw, start_page
from pos.paper.reports.grid import set_table
from pos.paper.reports.sheets import (
    BLOCK_MM,
    LINE,
    LONG_MM,
    MARGIN_MM,
    SHORT_MM,
    SMALL_MM,
    TEXT_MM,
    Figure,
    Sheets,
    wrapped,
)
from pos.paper.reports.words import Writer

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

Step = Callable[[int, int], None]
_TITLE_MM: Final = 8.0
_HEADING_MM: Final = 4.6
_BODY_MM: Final = 3.8  # read by torchlight
_FACT_MM: Final = 80.0  # the most that the names of facts take
_LOG_MM: Final = 8.4  # from one line of the log to the next: written by hand
_LEAST_MM: Final = 0.9  # between seats on a map: closer they are a grey
_CATEGORIES: Final = 6  # columns of prices that a page is wide enough for
_LOG: Final = (
    ("ticket", 40.0),
    ("place", 46.0),
    ("pack_type", 20.0),
    ("price", 24.0),
    ("cash", 24.0),
    ("at", 16.0),
)
_LOG_GAP_MM: Final = 1.6


def as_pdf(pack: PaperPack, write: Writer, face: PdfFace, step: Step = lambda done, of: None) -> bytes:
    """The same pack gives the same bytes. `step` is told how many pages are drawn; what it raises ends the work."""
    running = f"{write.say(NAME)} · {pack.title} · {write.fact(pack.starts)} · {pack.till}"
    sheets = Sheets((SHORT_MM, LONG_MM), running)
    sheets.turn()
    _cover(sheets, pack, write, face)
    front = len(sheets.pages)
    for part in (_seats, _pickups, _prices, _log):
        part(sheets, pack, write, face)
    halls = _halls(pack.chart) if pack.chart is not None else []
    of, file = len(sheets.pages) + len(halls), io.BytesIO()
    canvas = canvas_for(file, face, running)
    for number in range(1, of + 1):
        step(number - 1, of)
        at = number - 1 - front
        if pack.chart is not None and 0 <= at < len(halls):
            draw_sheet(canvas, pack.chart, halls[at], write, face, number, of, areas=at == 0)
        else:
            page = sheets.pages[number - 1 if at < 0 else number - 1 - len(halls)]
            _draw(canvas, page, _foot(sheets, pack, write, number, of), face)
    step(of, of)
    canvas.save()
    return file.getvalue()


def _halls(chart: HouseChart) -> list[Sheet]:
    """The pages of the map: all of the hall, where its seats can be told apart on one page, and the sections of which
    there is something to sell here."""
    here = STATES.index("here")

    def wanted(sheet: Sheet) -> bool:
        if sheet.whole:
            return sheet.zone is not None or sheet.pitch >= _LEAST_MM
        return any(chart.states[ix] in (here, PAPER) for ix in sheet.places)

    return list(filter(wanted, sheets_of(chart)))


def _draw(canvas: Canvas, page: Sequence[Item | Figure], foot: Sequence[Item], face: PdfFace) -> None:
    start_page(canvas, SHORT_MM, LONG_MM, MARGIN_MM)
    for item in (*page, *foot):
        if not isinstance(item, Figure):  # a pack has no charts
            draw(canvas, item, face)
    canvas.showPage()


def _foot(sheets: Sheets, pack: PaperPack, write: Writer, number: int, of: int) -> list[Item]:
    height, y = SMALL_MM * LINE, sheets.page_mm[1] - 2 * MARGIN_MM - SMALL_MM * LINE
    made = f"{write.say('made_at')}: {write.fact(pack.made_at)}"
    page = write.say("page_of", page=str(number), pages=str(of))
    found: list[Item] = [
        Text(0.0, y, sheets.width_mm, height, made, SMALL_MM, False, "left", False, 0),
        Text(0.0, y, sheets.width_mm, height, page, SMALL_MM, False, "right", False, 0),
    ]
    if pack.training:
        mark = write.say("pack_training")
        found.append(Text(sheets.width_mm / 2 - 32, y, 64.0, height, mark, SMALL_MM, True, "center", True, 0))
    return found


def _heading(sheets: Sheets, words: str) -> None:
    """Never alone at the foot of a page."""
    sheets.y_mm += BLOCK_MM
    sheets.need(_HEADING_MM * LINE + 3 * _BODY_MM * LINE)
    sheets.put(0.0, sheets.width_mm, words, _HEADING_MM, bold=True)
    sheets.y_mm += _HEADING_MM * LINE + 1.0


def _rows(sheets: Sheets, table: Table, write: Writer, face: PdfFace) -> None:
    for _ in set_table(sheets, table, write, face):
        pass


# ---- the cover -------------------------------------------------------------------------------


def _cover(sheets: Sheets, pack: PaperPack, write: Writer, face: PdfFace) -> None:
    sheets.paragraph(pack.venue, face)
    sheets.y_mm += 1.5
    sheets.paragraph(write.say(NAME), face, _TITLE_MM, bold=True)
    sheets.y_mm += 1.5
    facts = [(write.say(key), value) for key, value in _facts(pack, write)]
    left = min(_FACT_MM, max(face.text_mm(name, _BODY_MM, False) for name, _ in facts) + 5.0)
    for name, value in facts:
        lines = wrapped(face, value, sheets.width_mm - left, _BODY_MM, bold=True)
        sheets.need(len(lines) * _BODY_MM * LINE)
        sheets.put(0.0, left, name, _BODY_MM)
        for line in lines:
            sheets.put(left, sheets.width_mm - left, line, _BODY_MM, bold=True)
            sheets.y_mm += _BODY_MM * LINE
    _numbered_lines(sheets, write.say("pack_steps"), pack.steps, face)
    if pack.people:
        people = tuple((one.telephone, one.name, one.role) for one in pack.people)
        columns = tuple(Column(head) for head in ("pack_telephone", "name", "pack_role"))
        _rows(sheets, Table("pack_calls", columns, people), write, face)
    rules = ["pack_numbered_how"] if pack.tickets else []
    rules += ["pack_list", "pack_log_how", "pack_after"]
    _numbered_lines(sheets, write.say("pack_how"), [write.say(rule) for rule in rules], face)


def _facts(pack: PaperPack, write: Writer) -> Iterator[tuple[str, str]]:
    yield "show", pack.title
    yield "starts", write.fact(pack.starts)
    yield "till", pack.till
    yield "made_at", write.fact(pack.made_at)
    if pack.as_of:
        yield "pack_as_of", write.fact(pack.as_of)
    yield "pack_plan", pack.plan
    yield "pack_seats", write.cell(pack.in_hand, COUNT)
    yield "pack_numbered", write.cell(len(pack.tickets), COUNT)
    yield "pack_pickups", write.cell(len(pack.pickups), COUNT)


def _numbered_lines(sheets: Sheets, heading: str, texts: Sequence[str], face: PdfFace) -> None:
    if not texts:
        return
    _heading(sheets, heading)
    for number, text in enumerate(texts, 1):
        lines = wrapped(face, text, sheets.width_mm - 7.0, _BODY_MM)
        sheets.need(len(lines) * _BODY_MM * LINE)
        sheets.put(0.0, 6.0, f"{number}.", _BODY_MM, bold=True)
        for line in lines:
            sheets.put(7.0, sheets.width_mm - 7.0, line, _BODY_MM)
            sheets.y_mm += _BODY_MM * LINE
        sheets.y_mm += 1.0


# ---- lists -----------------------------------------------------------------------------------


def _seats(sheets: Sheets, pack: PaperPack, write: Writer, face: PdfFace) -> None:
    sheets.turn()
    columns = (Column("category"), Column("pack_row"), Column("pack_seen"), Column("count", COUNT))
    rows: tuple[tuple[Cell, ...], ...] = tuple((run.category, run.row, run.seats, run.count) for run in pack.seats)
    total: tuple[Cell, ...] | None = (None, None, None, pack.in_hand) if rows else None
    _rows(sheets, Table("pack_seats", columns, rows, total), write, face)
    sheets.y_mm += BLOCK_MM / 2
    sheets.paragraph(write.say("pack_list"), face)


def _pickups(sheets: Sheets, pack: PaperPack, write: Writer, face: PdfFace) -> None:
    sheets.turn()
    rows = tuple((one.name or "?", one.sale, one.place, _where(one.ready_at, write)) for one in pack.pickups)
    columns = (Column("name"), Column("sale"), Column("place"), Column("state"))
    _rows(sheets, Table("pack_pickups", columns, rows), write, face)


def _where(till: str, write: Writer) -> str:
    return write.say("pack_ready", till=till) if till else write.say("pack_blank")


def _prices(sheets: Sheets, pack: PaperPack, write: Writer, face: PdfFace) -> None:
    sheets.turn()
    for prices in pack.prices:
        heading = write.say("pack_prices")
        if prices.since:
            heading = write.say("pack_prices_from", time=write.fact(prices.since))
        for table in _price_tables(prices, heading, write):
            _rows(sheets, table, write, face)
    for name, amount in pack.fees:
        sheets.y_mm += BLOCK_MM / 2
        sheets.paragraph(write.say("pack_fee", name=name, amount=write.fact(amount)), face)


def _price_tables(prices: PriceSheet, heading: str, write: Writer) -> Iterator[Table]:
    """Price types down, categories across, so many of them as fit beside each other."""
    categories = list(dict.fromkeys(category for row in prices.rows for category in row.prices))
    proofs = any(row.proof for row in prices.rows)
    for at in range(0, len(categories), _CATEGORIES):
        part = categories[at : at + _CATEGORIES]
        columns = (Column("number"), Column("price_type"), *(Column(category) for category in part))
        rows: list[tuple[Cell, ...]] = []
        for row in prices.rows:
            cells = [write.fact(row.prices[category]) if category in row.prices else "–" for category in part]
            if any(category in row.prices for category in part):
                rows.append((str(row.number), row.name, *cells, *((row.proof,) if proofs else ())))
        yield Table(heading, (*columns, *((Column("pack_proof"),) if proofs else ())), tuple(rows))


# ---- the log ---------------------------------------------------------------------------------


def _log(sheets: Sheets, pack: PaperPack, write: Writer, face: PdfFace) -> None:
    """A line for each numbered ticket, then empty ones, with the price types by number on top of every page."""
    sheets.turn()
    legend = " · ".join(f"{row.number} {row.name}" for row in (pack.prices[0].rows if pack.prices else ()))
    _log_head(sheets, legend, write, face)
    lines = [(f"{one.short}   {one.id}", one.place) for one in pack.tickets] + [("", "")] * BLANK_LINES
    for ticket, place in lines:
        if sheets.need(_LOG_MM):
            _log_head(sheets, legend, write, face)
        sheets.y_mm += _LOG_MM
        _across(sheets, (ticket, place), TEXT_MM, up_mm=TEXT_MM * LINE)
        x = 0.0
        for _, width in _LOG:
            sheets.rule(0.15, x, width - _LOG_GAP_MM)
            x += width + _LOG_GAP_MM


def _log_head(sheets: Sheets, legend: str, write: Writer, face: PdfFace) -> None:
    sheets.put(0.0, sheets.width_mm, write.say("pack_log"), _HEADING_MM, bold=True)
    sheets.y_mm += _HEADING_MM * LINE + 0.5
    sheets.paragraph(legend, face, SMALL_MM)
    sheets.paragraph(write.say("pack_log_how"), face, SMALL_MM)
    sheets.y_mm += 2.0
    _across(sheets, [write.say(key) for key, _ in _LOG], SMALL_MM, bold=True)
    sheets.y_mm += SMALL_MM * LINE


def _across(sheets: Sheets, texts: Sequence[str], size_mm: float, *, up_mm: float = 0.0, bold: bool = False) -> None:
    """Texts over the log's columns, `up_mm` above where the page is filled to."""
    sheets.y_mm -= up_mm
    x = 0.0
    for text, (_, width) in zip(texts, _LOG, strict=False):
        sheets.put(x, width, text, size_mm, bold)
        x += width + _LOG_GAP_MM
    sheets.y_mm += up_mm
