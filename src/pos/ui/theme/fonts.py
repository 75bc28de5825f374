"""The two shipped typefaces, so that the window looks alike on every machine."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

from pos.data import resource
from pos.ui.theme import tokens

FAMILIES: Final = ["Inter", "WenQuanYi Micro Hei"]
_FILES: Final = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "Inter-Bold.otf", "wqy-microhei.ttc")


def load_fonts() -> None:
    """Add the shipped fonts to the running application. Raises OSError naming a file Qt cannot read."""
    for name in _FILES:
        path = resource("fonts", name)
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise OSError(f"{path}: not a font that Qt can read")


def text_font(size: int = tokens.BODY, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The font for text, `size` in px."""
    font = QFont(FAMILIES)
    font.setPixelSize(size)
    font.setWeight(weight)
    return font


def money_font(size: int = tokens.BODY) -> QFont:
    """The font for amounts, `size` in px: bold, with tabular figures so that columns line up.

    The two display sizes stand alone on the screen and keep the closer, proportional figures.
    """
    font = text_font(size, QFont.Weight.Bold)
    if size < tokens.TOTAL:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font
