"""Writes resources/fonts/Inter-*.ttf: Inter's outlines as TrueType, which reportlab can embed in a PDF.

Run it after a change of Inter, in an environment that has fonttools: python installer/inter_ttf.py
The same fonts give the same files. Features are left out, for reportlab uses none.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

FONTS = Path(__file__).parents[1] / "resources" / "fonts"
_WITHIN = 1 / 1000  # em that a curve may lie off
_LEFT_OUT = ("CFF ", "VORG", "GSUB", "GPOS", "GDEF", "DSIG", "BASE")
# Without instructions there is nothing to reserve.
_NO_INSTRUCTIONS = (
    "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
    "maxSizeOfInstructions", "maxComponentElements", "maxPoints", "maxContours", "maxCompositePoints",
    "maxCompositeContours", "maxComponentDepth",
)  # fmt: skip


def convert(source: Path) -> Path:
    """Write the TrueType form of an OpenType font beside it."""
    font = TTFont(source, recalcTimestamp=False)
    glyphs = {}
    for name, outline in font.getGlyphSet().items():
        pen = TTGlyphPen(font.getGlyphSet())
        outline.draw(Cu2QuPen(pen, font["head"].unitsPerEm * _WITHIN, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = font.getGlyphOrder(), glyphs
    font["glyf"].compile(font)  # works out the boxes
    for name, glyph in glyphs.items():
        font["hmtx"][name] = (font["hmtx"][name][0], glyph.xMin if glyph.numberOfContours else 0)
    profile = font["maxp"]
    profile.tableVersion, profile.maxZones = 0x00010000, 1
    for field in _NO_INSTRUCTIONS:
        setattr(profile, field, 0)
    font["post"].formatType = 3.0
    for table in _LEFT_OUT:
        if table in font:
            del font[table]
    font.sfntVersion = "\0\1\0\0"
    target = source.with_suffix(".ttf")
    font.save(target)
    return target


if __name__ == "__main__":
    for weight in ("Medium", "Bold"):
        print(convert(FONTS / f"Inter-{weight}.otf"))
