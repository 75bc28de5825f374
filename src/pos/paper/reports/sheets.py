"""Sheets of A4 as they fill from top to bottom, before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from pos.domain.chart import Plot
from pos.paper.elements import Style
from pos.paper.page import Align, Item, Rule, Text
from pos.paper.wrapping import Measure, fit

SHORT_MM: Final = 210.0  # A4
LONG_MM: Final = 297.0
MARGIN_MM: Final = 16.0
TEXT_MM: Final = 3.2
SMALL_MM: Final = 2.7
LINE: Final = 1.25  # of the size, from one line to the next
BLOCK_MM: Final = 6.0  # between one thing and the next
LABEL_MM: Final = 2.3  # the size of what is said in a chart
BAR_MM: Final = 8.0
BAR_GAP_MM: Final = 2.5
NAME_COLUMNS: Final = 3
NAME_LINE_MM: Final = LABEL_MM * LINE + 0.8
_RUNNING_MM: Final = 7.0
_FOOT_MM: Final = 8.0
_LEAST_MM: Final = 4.0  # a column that a word goes into at all


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart in its box, whose upper left corner is at (x, y)."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    plot: Plot


def shares_mm(count: int) -> float:
    """How high a bar of shares is with its names in columns below."""
    return BAR_MM + BAR_GAP_MM + -(-count // NAME_COLUMNS) * NAME_LINE_MM


@dataclass
class Sheets:
    """`page_mm` is width and height of the paper; places are counted from inside its margins. `running` stands on
    top of every page but the first, and `y_mm` is where the next thing goes."""

    page_mm: tuple[float, float]
    running: str
    pages: list[list[Item | Figure]] = field(default_factory=list)
    y_mm: float = 0.0

    @property
    def width_mm(self) -> float:
        return self.page_mm[0] - 2 * MARGIN_MM

    @property
    def bottom_mm(self) -> float:
        return self.page_mm[1] - 2 * MARGIN_MM - _FOOT_MM

    @property
    def whole_mm(self) -> float:
        """What fits below the running head of an empty page."""
        return self.bottom_mm - _RUNNING_MM

    def turn(self) -> None:
        """Begin a page."""
        self.pages.append([])
        self.y_mm = 0.0
        if len(self.pages) > 1:
            self.put(0.0, self.width_mm, self.running, SMALL_MM)
            self.y_mm = _RUNNING_MM

    def need(self, height_mm: float) -> bool:
        """Go on to the next page unless there is so much room here; whether it did."""
        if self.y_mm + height_mm <= self.bottom_mm:
            return False
        self.turn()
        return True

    def put(
        self, x_mm: float, width_mm: float, text: str, size_mm: float, bold: bool = False, align: Align = "left"
    ) -> None:
        """One line here; the place for the next thing stays."""
        height = size_mm * LINE
        self.pages[-1].append(Text(x_mm, self.y_mm, width_mm, height, text, size_mm, bold, align, False, 0))

    def rule(self, thickness_mm: float, x_mm: float = 0.0, width_mm: float = 0.0) -> None:
        self.pages[-1].append(Rule(x_mm, self.y_mm, width_mm or self.width_mm, thickness_mm, 0.0, 0))

    def paragraph(self, text: str, measure: Measure, size_mm: float = TEXT_MM, bold: bool = False) -> None:
        """A text over the whole width, on to the next page where it must."""
        for line in wrapped(measure, text, self.width_mm, size_mm, bold):
            self.need(size_mm * LINE)
            self.put(0.0, self.width_mm, line, size_mm, bold)
            self.y_mm += size_mm * LINE


def wrapped(
    measure: Measure, text: str, width_mm: float, size_mm: float = TEXT_MM, bold: bool = False
) -> tuple[str, ...]:
    """The lines of a text in a column; an empty text has one, empty."""
    style = Style(size_mm, bold, "left", 0, size_mm, False)
    _, lines = fit(measure, text, style, max(_LEAST_MM, width_mm), 1.0)
    return tuple(lines) or ("",)
