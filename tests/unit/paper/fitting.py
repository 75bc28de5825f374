"""Where the ink of a page lies, and whether any of it is cut off or lies on other ink."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

from pos.paper.page import BASELINE, Item, Page, Text, Turned
from pos.paper.wrapping import Measure

_ROUNDING_MM = 0.05
_ASCENT, _DESCENT = 0.75, 0.22  # em above and below the base line that letters may take, accents aside


@dataclass(frozen=True)
class Ink:
    """A rectangle with something in it, in mm on the page."""

    what: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Ink) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > _ROUNDING_MM and down > _ROUNDING_MM


def inks(page: Page, measure: Measure) -> list[Ink]:
    """Every thing on the page, those that are turned at the places where they come to lie."""
    found: list[Ink] = []
    for item in page.items:
        if isinstance(item, Turned):
            found += [_laid(ink, item) for ink in inks(item.upright, measure)]
        else:
            found.append(_ink(item, measure))
    return found


def _ink(item: Item, measure: Measure) -> Ink:
    if not isinstance(item, Text):
        what = getattr(item, "payload", type(item).__name__)
        return Ink(what, item.x_mm, item.y_mm, item.x_mm + item.width_mm, item.y_mm + item.height_mm)
    width = measure.text_mm(item.text, item.size_mm, item.bold)
    free = item.width_mm - width
    left = item.x_mm + {"left": 0.0, "center": free / 2, "right": free}[item.align]
    if measure.stacks:  # a printer's own characters are as high as their lines, whatever size was asked for
        return Ink(item.text, left, item.y_mm + 0.15 * item.height_mm, left + width, item.y_mm + 0.85 * item.height_mm)
    base = item.y_mm + BASELINE * item.size_mm
    return Ink(item.text, left, base - _ASCENT * item.size_mm, left + width, base + _DESCENT * item.size_mm)


def _laid(ink: Ink, box: Turned) -> Ink:
    x, y, width, height = box.x_mm, box.y_mm, box.width_mm, box.height_mm
    match box.turn:
        case 90:
            sides = (x + width - ink.bottom, y + ink.left, x + width - ink.top, y + ink.right)
        case 180:
            sides = (x + width - ink.right, y + height - ink.bottom, x + width - ink.left, y + height - ink.top)
        case 270:
            sides = (x + ink.top, y + height - ink.right, x + ink.bottom, y + height - ink.left)
        case _:
            sides = (x + ink.left, y + ink.top, x + ink.right, y + ink.bottom)
    return Ink(ink.what, *sides)


def faults(page: Page, measure: Measure) -> list[str]:
    """What is cut off by the edge of the paper or by its own box, and what lies on something else."""
    everything = inks(page, measure)
    edge = Ink("paper", -_ROUNDING_MM, -_ROUNDING_MM, page.width_mm + _ROUNDING_MM, page.height_mm + _ROUNDING_MM)
    cut = [
        f"{ink.what!r} is cut off"
        for ink in everything
        if ink.left < edge.left or ink.top < edge.top or ink.right > edge.right or ink.bottom > edge.bottom
    ]
    wide = [f"{text.text!r} is wider than its box" for text in _texts(page) if _too_wide(text, measure)]
    laid = [f"{one.what!r} lies on {other.what!r}" for one, other in combinations(everything, 2) if one.overlaps(other)]
    return cut + wide + laid


def _texts(page: Page) -> list[Text]:
    found: list[Text] = []
    for item in page.items:
        if isinstance(item, Turned):
            found += _texts(item.upright)
        elif isinstance(item, Text):
            found.append(item)
    return found


def _too_wide(text: Text, measure: Measure) -> bool:
    return measure.text_mm(text.text, text.size_mm, text.bold) > text.width_mm + _ROUNDING_MM


def words(page: Page) -> str:
    """All that is written on the page, without spaces."""
    return "".join(text.text for text in _texts(page)).replace(" ", "")


def moved_apart(page: Page, by_mm: float) -> Page:
    """The page with its last item moved up: for showing that `faults` finds what lies on something else."""
    last = page.items[-1]
    return replace(page, items=(*page.items[:-1], replace(last, y_mm=last.y_mm - by_mm)))
