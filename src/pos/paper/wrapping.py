"""Text into lines of a width: shrunk as far as its style allows, then wrapped."""

from __future__ import annotations

import unicodedata
from typing import Final, Protocol

from pos.paper.elements import Style

_SHRINK: Final = 0.93


class Measure(Protocol):
    """How wide text comes out: the shipped fonts, or the cells of a printer's own font."""

    @property
    def stacks(self) -> bool:
        """Whether there are only characters: nothing is side by side, turned, drawn or in a place of its own."""

    def text_mm(self, text: str, size_mm: float, bold: bool) -> float:
        """Width of one line of text."""

    def line_mm(self, size_mm: float) -> float:
        """From one line's top to the next one's."""


def fit(measure: Measure, text: str, style: Style, width_mm: float, scale: float) -> tuple[float, list[str]]:
    """The size and the lines at which a text `scale` times its size fits its width."""
    size = style.size_mm * scale
    smallest = style.smallest_mm * scale
    lines = _wrap(measure, text, size, style.bold, width_mm)
    while style.lines and len(lines) > style.lines and size > smallest:
        size = max(smallest, size * _SHRINK)
        lines = _wrap(measure, text, size, style.bold, width_mm)
    return size, lines


def _wrap(measure: Measure, text: str, size_mm: float, bold: bool, width_mm: float) -> list[str]:
    lines: list[str] = []
    for paragraph in unicodedata.normalize("NFC", text).splitlines():
        if measure.text_mm(paragraph, size_mm, bold) <= width_mm:
            if paragraph.strip():
                lines.append(paragraph)
            continue
        line = ""
        for piece in _pieces(paragraph):
            if measure.text_mm((line + piece).rstrip(), size_mm, bold) <= width_mm:
                line += piece
                continue
            if line.strip():
                lines.append(line.rstrip())
            *full, line = _chop(measure, piece.lstrip(), size_mm, bold, width_mm)
            lines.extend(full)
        if line.strip():
            lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> list[str]:
    """Where a line may break: after spaces, and around wide (Chinese) characters."""
    pieces: list[str] = []
    joined = False  # whether the next character goes on with the last piece
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        # Closing punctuation never starts a line.
        stays = character.isspace() or (unicodedata.category(character) in ("Pe", "Pf", "Po", "Mn") and wide)
        if pieces and (stays or (joined and not wide)):
            pieces[-1] += character
        else:
            pieces.append(character)
        joined = not wide and not character.isspace()
    return pieces


def _chop(measure: Measure, word: str, size_mm: float, bold: bool, width_mm: float) -> list[str]:
    """A word in pieces of at most the width; at least one character each."""
    parts = [""]
    for character in word:
        if parts[-1] and measure.text_mm((parts[-1] + character).rstrip(), size_mm, bold) > width_mm:
            parts.append("")
        parts[-1] += character
    return parts
