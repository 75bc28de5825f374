"""A contingency plan as a PDF document of A4, to be hung on the wall: a page a level, large enough to be read standing.

Every page is whole by itself: the level, what to do, whom to call, what works and what does not, and at its foot which
plan it is. A level of which there is more than fits goes on on the next page.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Final

from pos.domain.contingency.level import Level
from pos.domain.contingency.plan import Person, Plan
from pos.domain.price import Names
from pos.domain.season import name_in
from pos.paper.page import Item, Text
from pos.paper.pdf import PdfFace, canvas_for, draw, start_page
from pos.paper.reports.sheets import LINE, LONG_MM, MARGIN_MM, SHORT_MM, SMALL_MM, Figure, Sheets, wrapped
from pos.paper.reports.words import Writer

Step = Callable[[int, int], None]
_TITLE_MM, _HEAD_MM, _STEP_MM, _TEXT_MM = 9.0, 4.6, 5.2, 4.0
_MARK_MM: Final = 10.0  # for a number or a sign
_GAP_MM: Final = 2.0
_BLOCK_MM: Final = 6.0
_PHONE_MM: Final = 62.0
_SHOWN: Final = tuple(level for level in Level if level is not Level.NORMAL)


def as_pdf(plan: Plan, write: Writer, face: PdfFace, made_at: str, step: Step = lambda done, of: None) -> bytes:
    """The same plan gives the same bytes. `step` is told how many levels are set; what it raises ends the work."""
    sheets = _Plan(plan, write, face)
    for done, level in enumerate(_SHOWN):
        step(done, len(_SHOWN))
        sheets.level(level)
    sheets.evacuation()
    file = io.BytesIO()
    title = f"{write.say('contingency_plan')} {plan.version}"
    canvas = canvas_for(file, face, title)
    pages = sheets.pages()
    for number, page in enumerate(pages, 1):
        start_page(canvas, SHORT_MM, LONG_MM, MARGIN_MM)
        for item in [*page, *_foot(plan, write, made_at, number, len(pages))]:
            assert not isinstance(item, Figure), "there are no charts in a plan"
            draw(canvas, item, face)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _foot(plan: Plan, write: Writer, made_at: str, number: int, of: int) -> list[Item]:
    """Which plan it is, who approved it, when it was printed, and which page."""
    said = [
        f"{write.say('contingency_plan')} {plan.version}",
        f"{write.say('valid_from')}: {write.fact(plan.valid_from.isoformat())}",
        f"{write.say('approved_by')}: {plan.approved_by}" if plan.approved_by else "",
    ]
    width, height = SHORT_MM - 2 * MARGIN_MM, SMALL_MM * LINE
    y = LONG_MM - 2 * MARGIN_MM - 2 * height
    page = write.say("page_of", page=str(number), pages=str(of))
    made = f"{write.say('made_at')}: {write.fact(made_at)}"
    return [
        Text(0.0, y, width, height, " · ".join(filter(None, said)), SMALL_MM, True, "left", False, 0),
        Text(0.0, y + height, width, height, made, SMALL_MM, False, "left", False, 0),
        Text(0.0, y + height, width, height, page, SMALL_MM, False, "right", False, 0),
    ]


class _Plan:
    """Fills pages."""

    def __init__(self, plan: Plan, write: Writer, face: PdfFace) -> None:
        self._plan, self._write, self._face = plan, write, face
        self._sheets: list[Sheets] = []

    def pages(self) -> list[list[Item | Figure]]:
        return [page for sheets in self._sheets for page in sheets.pages]

    def level(self, level: Level) -> None:
        said = self._plan.levels[level]
        self._page(self._say(said.title))
        self._lines("plan_steps", said.steps, _STEP_MM, numbered=True)
        self._people(self._plan.told_at(level))
        self._lines("plan_works", said.works, _TEXT_MM, sign="+")
        self._lines("plan_fails", said.fails, _TEXT_MM, sign="–")

    def evacuation(self) -> None:
        self._page(self._write.say("evacuation"))
        self._lines("plan_steps", self._plan.evacuation, _STEP_MM, numbered=True)
        self._people(self._plan.people)

    def _say(self, names: Names) -> str:
        return name_in(names, self._write.language)

    def _page(self, title: str) -> None:
        sheets = Sheets((SHORT_MM, LONG_MM), title)
        sheets.turn()
        sheets.paragraph(title, self._face, _TITLE_MM, bold=True)
        sheets.y_mm += _GAP_MM
        sheets.rule(0.6)
        self._sheets.append(sheets)

    def _head(self, key: str) -> None:
        sheets = self._sheets[-1]
        sheets.y_mm += _BLOCK_MM
        sheets.need((_HEAD_MM + _STEP_MM) * LINE + _GAP_MM)
        sheets.paragraph(self._write.say(key), self._face, _HEAD_MM, bold=True)
        sheets.y_mm += _GAP_MM

    def _lines(self, head: str, texts: Iterable[Names], size: float, *, numbered: bool = False, sign: str = "") -> None:
        sheets, said = self._sheets[-1], [self._say(text) for text in texts]
        if said:
            self._head(head)
        for number, text in enumerate(said, 1):
            lines = wrapped(self._face, text, sheets.width_mm - _MARK_MM, size)
            sheets.need(len(lines) * size * LINE)
            sheets.put(0.0, _MARK_MM, f"{number}." if numbered else sign, size, bold=True)
            for line in lines:
                sheets.put(_MARK_MM, sheets.width_mm - _MARK_MM, line, size)
                sheets.y_mm += size * LINE
            sheets.y_mm += _GAP_MM

    def _people(self, people: Iterable[Person]) -> None:
        sheets, room = self._sheets[-1], self._sheets[-1].width_mm - _PHONE_MM
        known = list(people)
        if known:
            self._head("plan_people")
        for person in known:
            role = self._say(person.role)
            lines = wrapped(self._face, f"{person.name}, {role}" if role else person.name, room, _TEXT_MM)
            sheets.need(max(len(lines) * _TEXT_MM, _STEP_MM) * LINE)
            sheets.put(room, _PHONE_MM, person.telephone, _STEP_MM, bold=True, align="right")
            for line in lines:
                sheets.put(0.0, room, line, _TEXT_MM)
                sheets.y_mm += _TEXT_MM * LINE
            sheets.y_mm += _GAP_MM
