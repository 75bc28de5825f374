"""A house chart as a PDF document of A4: the whole hall, then a page a section, as drawn.

States are shapes in black, so that any printer and any eye can tell them apart. Every page says of which show it is,
when it was made, what the office had said last, what the shapes mean and how many there are of each.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from pos.domain.housechart import HouseChart
from pos.domain.plan import Plan, Row
from pos.paper.page import Align, Text
from pos.paper.pdf import PdfFace, canvas_for, draw, start_page
from pos.paper.reports.words import Writer

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

Step = Callable[[int, int], None]
_A4: Final = (210.0, 297.0)  # mm
_MARGIN: Final = 12.0
_HEAD, _FOOT = 20.0, 20.0  # mm, of every page
_TITLE, _BODY, _SMALL = 5.0, 3.4, 2.8  # mm
_WIDEST: Final = 9.0  # mm between seats at most
_NUMBERED_FROM: Final = 3.4  # mm between seats
_LETTERED_FROM: Final = 2.2  # mm between seats, for the rows' letters
_PEN: Final = 0.2  # mm
_NUMBERED: Final = ("free", "here", "elsewhere", "paper")  # states in whose shape a number can be read
_WORDS: Final = {
    "free": "free",
    "here": "chart_here",
    "elsewhere": "chart_elsewhere",
    "held": "held",
    "sold": "sold",
    "basket": "basket",
    "paper": "paper",
}


@dataclass(frozen=True)
class Sheet:
    """A page's part of the hall: its name, its places, and how the plan lies on the page (mm, y downwards)."""

    name: str
    zone: int | None  # None for all of the hall
    whole: bool  # whether it is all of the hall, with its drawings
    places: Sequence[int]
    page: tuple[float, float]
    scale: float
    left: float
    top: float
    pitch: float  # mm between seats


def as_pdf(chart: HouseChart, write: Writer, face: PdfFace, step: Step = lambda done, of: None) -> bytes:
    """The same chart gives the same bytes. `step` is told how many places are drawn; what it raises ends the work."""
    sheets, file = sheets_of(chart), io.BytesIO()
    canvas = canvas_for(file, face, f"{write.say('house_chart')} · {chart.title}")
    of, done = sum(len(sheet.places) for sheet in sheets), 0
    for number, sheet in enumerate(sheets, 1):
        step(done, of)
        draw_sheet(canvas, chart, sheet, write, face, number, len(sheets), areas=number == 1)
        done += len(sheet.places)
    step(of, of)
    canvas.save()
    return file.getvalue()


def draw_sheet(
    canvas: Canvas, chart: HouseChart, sheet: Sheet, write: Writer, face: PdfFace, number: int, of: int, *, areas: bool
) -> None:
    """One page of a chart, as page `number` of so many of its document; with what is left of `areas`, or without."""
    start_page(canvas, *sheet.page, _MARGIN)
    _Drawing(canvas, chart, sheet, write, face).draw(number, of, areas=areas)
    canvas.showPage()


def sheets_of(chart: HouseChart) -> list[Sheet]:
    plan = chart.plan
    by_zone: dict[int, list[int]] = {}
    for ix, zone in enumerate(plan.zone):
        by_zone.setdefault(zone, []).append(ix)
    alone = len(by_zone) == 1
    pages = [_sheet(chart, plan.zones[zone], zone, places, alone) for zone, places in sorted(by_zone.items())]
    return pages if alone else [_sheet(chart, plan.name, None, range(len(plan)), True), *pages]


def _sheet(chart: HouseChart, name: str, zone: int | None, places: Sequence[int], whole: bool) -> Sheet:
    plan = chart.plan
    xs, ys = [plan.xs[ix] for ix in places], [plan.ys[ix] for ix in places]
    usual = _usual(chart, zone)
    room = usual * 1.6  # for the rows' letters
    left, top, right, bottom = min(xs) - room, min(ys) - room, max(xs) + room, max(ys) + room
    for box, _ in _drawn(plan) if whole else ():
        left, top, right, bottom = min(left, box[0]), min(top, box[1]), max(right, box[2]), max(bottom, box[3])
    width, height = right - left, bottom - top
    page = _A4 if width < height else (_A4[1], _A4[0])
    across, down = page[0] - 2 * _MARGIN, page[1] - 2 * _MARGIN - _HEAD - _FOOT
    scale = min(across / width, down / height, _WIDEST / usual)
    return Sheet(
        name,
        zone,
        whole,
        places,
        page,
        scale,
        (across - width * scale) / 2 - left * scale,
        _HEAD + (down - height * scale) / 2 - top * scale,
        usual * scale,
    )


def _drawn(plan: Plan) -> list[tuple[tuple[float, float, float, float], str]]:
    """The box that each of the plan's drawings covers (left, top, right, bottom; plan units), and its words."""
    found = []
    for shape in plan.shapes:
        x, y = _number(shape.get("position"), "x"), _number(shape.get("position"), "y")
        body = shape.get(str(shape.get("shape")))
        if shape.get("shape") == "rectangle":
            points = [(x, y), (x + _number(body, "width"), y + _number(body, "height"))]
        elif shape.get("shape") == "polygon" and isinstance(body, dict):
            points = [(x + _number(p, "x"), y + _number(p, "y")) for p in body.get("points", [])]
        else:
            continue
        words = shape.get("text")
        if points:
            xs, ys = zip(*points, strict=True)
            text = str(words.get("text", "")) if isinstance(words, dict) else ""
            found.append(((min(xs), min(ys), max(xs), max(ys)), text))
    return found


def _number(parent: Any, key: str) -> float:
    """A coordinate of a drawing, which is decoration: what is missing is 0."""
    value = parent.get(key) if isinstance(parent, dict) else None
    return float(value) if isinstance(value, int | float) else 0.0


def _usual(chart: HouseChart, zone: int | None) -> float:
    """How far seats of a zone stand from their neighbours in the row, plan units."""
    plan = chart.plan
    gaps = [
        ((plan.xs[ix] - plan.xs[ix + 1]) ** 2 + (plan.ys[ix] - plan.ys[ix + 1]) ** 2) ** 0.5
        for row in plan.rows
        if zone is None or row.zone == zone
        for ix in range(row.first, row.end - 1)
    ]
    apart = [gap for gap in gaps if gap > 0]
    return median(apart) if apart else max(plan.width, plan.height) / 20


class _Drawing:
    """One page, in millimetres from its upper left corner inside the margin, y upwards."""

    def __init__(self, canvas: Canvas, chart: HouseChart, sheet: Sheet, write: Writer, face: PdfFace) -> None:
        self._canvas, self._chart, self._sheet, self._write, self._face = canvas, chart, sheet, write, face
        self._width = sheet.page[0] - 2 * _MARGIN
        self._height = sheet.page[1] - 2 * _MARGIN

    def draw(self, number: int, of: int, *, areas: bool) -> None:
        self._head(areas=areas)
        if self._sheet.whole:
            self._drawings()
        self._canvas.setLineWidth(min(_PEN, self._sheet.pitch * 0.08))
        told = self._chart.told
        by_state: dict[str, list[int]] = {state: [] for state in told}
        for ix in self._sheet.places:
            by_state[told[self._chart.states[ix]]].append(ix)
        radius = self._sheet.pitch * 0.42
        for state, places in by_state.items():
            self._shapes(state, [self._at(ix) for ix in places], radius)
        self._words_on_seats(by_state)
        self._legend(self._chart.count(self._sheet.places))
        self._foot(number, of)

    def _at(self, ix: int) -> tuple[float, float]:
        plan, sheet = self._chart.plan, self._sheet
        return plan.xs[ix] * sheet.scale + sheet.left, -(plan.ys[ix] * sheet.scale + sheet.top)

    def _drawings(self) -> None:
        """The stage and whatever else the plan draws, in grey, with its words."""
        canvas, sheet = self._canvas, self._sheet
        for box, words in _drawn(self._chart.plan):
            left, top, right, bottom = (
                edge * sheet.scale + (sheet.top if n % 2 else sheet.left) for n, edge in enumerate(box)
            )
            canvas.setFillGray(0.9)
            canvas.rect(left, -bottom, right - left, bottom - top, stroke=0, fill=1)
            canvas.setFillGray(0)
            self._text(left, (top + bottom) / 2 - _SMALL * 0.65, right - left, words, _SMALL, "center", bold=True)

    # ---- what states look like -------------------------------------------------------------

    def _shapes(self, state: str, middles: list[tuple[float, float]], radius: float) -> None:
        """All places of one state in one path: thousands of them are as quick as a few."""
        canvas = self._canvas
        canvas.setDash(*([radius * 0.5, radius * 0.5],) if state == "elsewhere" else ())
        path, inner = canvas.beginPath(), canvas.beginPath()
        for x, y in middles:
            if state == "sold":
                path.rect(x - radius * 0.6, y - radius * 0.6, radius * 1.2, radius * 1.2)
            elif state == "paper":
                path.rect(x - radius * 0.95, y - radius * 0.95, radius * 1.9, radius * 1.9)
            else:
                path.circle(x, y, radius)
            if state == "here":
                inner.circle(x, y, radius * 0.72)
            elif state == "held":
                inner.moveTo(x - radius * 0.7, y - radius * 0.7)
                inner.lineTo(x + radius * 0.7, y + radius * 0.7)
        canvas.setFillGray(0.45 if state == "sold" else 0.0)
        canvas.drawPath(path, stroke=int(state != "sold"), fill=int(state in ("sold", "basket")))
        canvas.drawPath(inner, stroke=1, fill=0)
        canvas.setDash()
        canvas.setFillGray(0)

    def _words_on_seats(self, by_state: dict[str, list[int]]) -> None:
        """Numbers, where seats are large enough; the letter of what a place is held for; and the rows' letters."""
        plan, sheet = self._chart.plan, self._sheet
        if sheet.pitch >= _NUMBERED_FROM:
            said = [(ix, plan.numbers[ix]) for state in _NUMBERED for ix in by_state.get(state, ())]
            said += [(ix, self._chart.marks.get(ix, "")) for ix in by_state["held"]]
            self._centred([(*self._at(ix), text) for ix, text in said], sheet.pitch * 0.32, bold=False)
        if sheet.pitch >= _LETTERED_FROM:
            rows = [row for row in plan.rows if row.end > row.first and sheet.zone in (None, row.zone)]
            self._centred([end for row in rows for end in self._ends(row)], sheet.pitch * 0.42, bold=True)

    def _ends(self, row: Row) -> Iterator[tuple[float, float, str]]:
        """Where a row's letter goes: beyond both of its ends, in its direction."""
        for end, inner in ((row.first, row.first + 1), (row.end - 1, row.end - 2)):
            x, y = self._at(end)
            dx, dy = (-1.0, 0.0)
            if row.first <= inner < row.end and self._at(inner) != (x, y):
                dx, dy = x - self._at(inner)[0], y - self._at(inner)[1]
            away = self._sheet.pitch / (dx * dx + dy * dy) ** 0.5
            yield x + dx * away, y + dy * away, row.label

    def _centred(self, said: list[tuple[float, float, str]], size: float, *, bold: bool) -> None:
        """Many short texts in one stroke, each about its middle."""
        text, widths = self._canvas.beginText(), dict[str, float]()
        for x, y, words in said:
            if words not in widths:
                widths[words] = self._face.text_mm(words, size, bold)
            text.setTextOrigin(x - widths[words] / 2, y - size * 0.36)
            for run in self._face.runs(words, bold):
                text.setFont(run.font.fontName, size)
                text.textOut(run.text)
        self._canvas.drawText(text)

    # ---- what stands around it -------------------------------------------------------------

    def _head(self, *, areas: bool) -> None:
        chart, write, half = self._chart, self._write, self._width * 0.6
        self._text(0.0, 0.0, half, f"{chart.title} · {self._sheet.name}", _TITLE, "left", bold=True)
        self._text(0.0, 7.0, half, f"{write.fact(chart.starts)} · {chart.venue}", _BODY, "left")
        if areas and chart.areas:
            left = " · ".join(f"{name}: {left} / {of}" for name, left, of in chart.areas)
            self._text(0.0, 12.0, half, left, _BODY, "left")
        right = self._width - half
        self._text(half, 0.0, right, write.say("house_chart"), _BODY, "right", bold=True)
        self._text(half, 5.0, right, f"{write.say('made_at')}: {write.fact(chart.made_at)}", _SMALL, "right")
        if chart.as_of:
            self._text(half, 9.5, right, write.say("chart_as_of", time=write.fact(chart.as_of)), _SMALL, "right")

    def _legend(self, counts: dict[str, int]) -> None:
        told = self._chart.told
        across = len(told) if self._width > self._height else -(-len(told) // 2)  # two lines of an upright page
        top, step, radius = self._height - _FOOT + 4.0, self._width / across, 1.6
        for n, state in enumerate(told):
            x, y = n % across * step, top + n // across * 5.0
            self._shapes(state, [(x + radius, -y - radius)], radius)
            words = f"{self._write.say(_WORDS[state])}: {counts[state]:d}"
            self._text(x + 3 * radius, y - 0.2, step - 3 * radius - 1, words, _SMALL, "left")

    def _foot(self, number: int, of: int) -> None:
        page = self._write.say("page_of", page=str(number), pages=str(of))
        self._text(0.0, self._height - _SMALL * 1.4, self._width, page, _SMALL, "right")

    def _text(
        self, x: float, y: float, width: float, text: str, size: float, align: Align, *, bold: bool = False
    ) -> None:
        draw(self._canvas, Text(x, y, width, size * 1.3, text, size, bold, align, False, 0), self._face)
