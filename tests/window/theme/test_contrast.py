"""Contrast, computed from the palettes."""

import pytest

from pos.ui.theme import tokens as t
from pos.ui.theme.color import OUTLINE_CONTRAST, TEXT_CONTRAST, apart, channels, contrast, mix, readable_on

PALETTES = [t.LIGHT, t.DARK, t.CONTRAST]
ENHANCED = 7.0  # WCAG 2.2, 1.4.6
TEXT = [
    ("ink", "paper"),
    ("ink", "card"),
    ("muted", "paper"),
    ("muted", "card"),
    ("accent", "paper"),
    ("accent", "card"),
    ("on_accent", "accent"),
    ("good", "paper"),
    ("good", "card"),
    ("warning", "card"),
    ("warning", "warning_ground"),
    ("danger", "card"),
    ("danger", "danger_ground"),
    ("on_basket", "basket"),
]
OUTLINES = [("edge", "paper"), ("edge", "card"), ("accent", "paper"), ("accent", "card"), ("basket", "paper")]


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(palette, text, ground):
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= TEXT_CONTRAST


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
@pytest.mark.parametrize(("outline", "ground"), OUTLINES)
def test_outlines_and_focus_can_be_seen(palette, outline, ground):
    assert contrast(getattr(palette, outline), getattr(palette, ground)) >= OUTLINE_CONTRAST


@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_high_contrast_has_more_of_it(text, ground):
    assert contrast(getattr(t.CONTRAST, text), getattr(t.CONTRAST, ground)) >= ENHANCED


@pytest.mark.parametrize(("outline", "ground"), [*OUTLINES, ("line", "paper"), ("line", "card"), ("sold", "paper")])
def test_high_contrast_has_outlines_for_all_that_divides(outline, ground):
    assert contrast(getattr(t.CONTRAST, outline), getattr(t.CONTRAST, ground)) >= OUTLINE_CONTRAST


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#FFFFFF", "#777777") == contrast("#777777", "#FFFFFF")


def test_a_colour_is_moved_just_far_enough():
    moved = apart("#F0E442", "#FAFAF7", 3.0)
    assert 3.0 <= contrast(moved, "#FAFAF7") < 3.3
    assert apart("#0B5563", "#FAFAF7", 3.0) == "#0B5563"
    assert contrast(apart("#101010", "#15181B", 3.0), "#15181B") >= 3.0


def test_text_on_a_colour_takes_the_better_ink():
    assert readable_on("#F0E442") == "#101010"
    assert readable_on("#0B5563") == "#FFFFFF"


def test_mixing():
    assert mix("#000000", "#FFFFFF", 0.5) in {"#7F7F7F", "#808080"}
    assert mix("#123456", "#FFFFFF", 0) == "#123456"


@pytest.mark.parametrize("wrong", ["", "#FFF", "red", "#GGGGGG", "0B5563F"])
def test_what_is_no_colour_is_refused(wrong):
    with pytest.raises(ValueError, match="is not a colour"):
        channels(wrong)
