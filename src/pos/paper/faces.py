"""The shipped fonts: which one has a character, how wide a text is, its dots.

Inter sets everything it has; what it lacks, Chinese above all, is set in
WenQuanYi Micro Hei, made bold by printing it twice since it has no bold cut.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from PIL import Image, ImageFont

from pos.paper.page import BASELINE

_DRAWN: Final = ("Inter-Medium.otf", "Inter-Bold.otf", "wqy-microhei.ttc")
# The files of resources/fonts/ that a press needs; the last two are for PDF.
FONT_FILES: Final = (*_DRAWN, "Inter-Medium.ttf", "Inter-Bold.ttf")
_PROBE_PX: Final = 24
# A dot is black when ink covers this much of it, of 255: a little more ink than half, since
# thermal paper loses thin strokes.
_INK: Final = 112
_THRESHOLD: Final = [255 if ink >= _INK else 0 for ink in range(256)]
_CACHED: Final = 512


class _Run(NamedTuple):
    text: str
    han: bool


class Faces:
    """The fonts, from the bytes of files by their names in FONT_FILES.

    A face is used by one thread at a time: give every printer its own.
    Raises KeyError for a missing file and OSError for one that is no font.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = {name: files[name] for name in _DRAWN}
        self._sizes: dict[tuple[str, int], ImageFont.FreeTypeFont] = {}
        self._absent = {name: self._glyph(name, "\uffff") for name in _DRAWN}
        self._has: dict[str, bool] = {}
        # Most of a ticket is as on the one before it: the words, the title, the terms.
        self.width_px = lru_cache(_CACHED * 8)(self._width_px)
        self._runs = lru_cache(_CACHED)(self._split)
        self._run_width = lru_cache(_CACHED)(self._measured)
        self._picture = lru_cache(_CACHED)(self._drawn)

    def draw(self, onto: Image.Image, x: float, y: float, text: str, size_px: int, bold: bool, ink: int) -> None:
        """Set one line into a picture; y is the top of its em box, `ink` the value of its dots."""
        for run in self._runs(text):
            mask, (left, top) = self._picture(run, size_px, bold)
            onto.paste(ink, (round(x) + left, round(y + BASELINE * size_px) + top), mask)
            x += self._run_width(run, size_px, bold)

    def _width_px(self, text: str, size_px: int, bold: bool) -> float:
        """How far one line of text reaches, in dots."""
        return sum(self._run_width(run, size_px, bold) for run in self._runs(text))

    def _split(self, text: str) -> tuple[_Run, ...]:
        return tuple(_Run("".join(part), han) for han, part in groupby(text, key=lambda each: not self._in_inter(each)))

    def _in_inter(self, character: str) -> bool:
        known = self._has.get(character)
        if known is None:
            known = self._glyph("Inter-Medium.otf", character) != self._absent["Inter-Medium.otf"]
            # A character that neither has is left to Inter, whose box for it is plain to see.
            known = known or self._glyph("wqy-microhei.ttc", character) == self._absent["wqy-microhei.ttc"]
            self._has[character] = known
        return known

    def _glyph(self, name: str, character: str) -> bytes:
        return bytes(self._font(name, _PROBE_PX).getmask(character))

    def _font(self, name: str, size_px: int) -> ImageFont.FreeTypeFont:
        key = (name, size_px)
        if key not in self._sizes:
            self._sizes[key] = ImageFont.truetype(io.BytesIO(self._files[name]), size_px)
        return self._sizes[key]

    def _run_font(self, run: _Run, size_px: int, bold: bool) -> ImageFont.FreeTypeFont:
        name = "wqy-microhei.ttc" if run.han else "Inter-Bold.otf" if bold else "Inter-Medium.otf"
        return self._font(name, size_px)

    def _measured(self, run: _Run, size_px: int, bold: bool) -> float:
        return self._run_font(run, size_px, bold).getlength(run.text)

    def _drawn(self, run: _Run, size_px: int, bold: bool) -> tuple[Image.Image, tuple[int, int]]:
        """The dots of a run, and where they lie from the pen's place on the base line."""
        font = self._run_font(run, size_px, bold)
        grey, (left, top) = font.getmask2(run.text, mode="L", anchor="ls")
        ink = Image.frombytes("L", grey.size, bytes(grey)).point(_THRESHOLD, "1")
        if run.han and bold:
            # Han has no bold cut: print it twice, a little apart.
            smear = max(1, round(size_px / 28))
            double = Image.new("1", (ink.width + smear, ink.height))
            for shift in range(smear + 1):
                double.paste(1, (shift, 0), ink)
            ink = double
        return ink, (left, top)
