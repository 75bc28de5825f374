"""Every shipped layout in every language and size: all of it is there, nothing is cut off, nothing lies on
anything else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos.domain.errors import Unreadable
from pos.paper.compose import compose
from pos.paper.faces import Faces
from pos.paper.layout import read_layout
from pos.paper.lines import Cells
from pos.paper.page import Page, Turned
from pos.paper.pdf import pdf_face
from pos.paper.raster import Dots
from pos.paper.wrapping import Measure
from tests.unit.paper.fitting import faults, inks, moved_apart, words
from tests.unit.paper.presses import fonts, layout
from tests.unit.paper.samples import TICKETS, area_ticket, receipt, report, ticket

SHEETS = ["ticket-boca", "ticket-label", "ticket-a4"]
FACES = Faces(fonts())
DOTS = Dots(FACES, 8.0)
MEASURES: dict[str, Measure] = {
    "203 dpi": Dots(FACES, 203 / 25.4),
    "300 dpi": Dots(FACES, 300 / 25.4),
    "pdf": pdf_face(fonts()),
}
LONG = {"buyer": "Katalin Székely-Hódmezővásárhelyi", "address": "1 Ring Road, 1010 Vienna"}
JOBS: list[dict[str, Any]] = [
    *(ticket(language) for language in TICKETS),
    *(ticket(language, copy=2, training=True, code="HF7K2M9QX4TB.2", **LONG) for language in TICKETS),
    area_ticket(),
    ticket(date=None, time=None, zone=None, row=None, number=None, place="Standing, gallery", **LONG),
]


def name(job: dict[str, Any]) -> str:
    return "-".join([job["kind"], job["language"], *(("full",) if job["copy"] else ())])


@pytest.mark.parametrize("job", JOBS, ids=name)
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("which", SHEETS)
def test_every_sheet_holds_every_language(which: str, measure: str, job: dict[str, Any]) -> None:
    page = compose(layout(which), job, 0.0, MEASURES[measure])
    assert faults(page, MEASURES[measure]) == []
    read = words(page)
    for field in ("title", "venue", "price", "code", "ticket", "price_type", "buyer", "fees", "sold"):
        assert str(job.get(field, "")).replace(" ", "") in read, field
    for line in job.get("terms", []):
        assert line.replace(" ", "") in read


@pytest.mark.parametrize("job", [*JOBS, receipt(), receipt(copy=1), report()], ids=name)
@pytest.mark.parametrize("measure", [*MEASURES, "cells"])
@pytest.mark.parametrize("width_mm", [48.0, 72.0, 104.0])
def test_every_roll_holds_every_language(width_mm: float, measure: str, job: dict[str, Any]) -> None:
    measures = {**MEASURES, "cells": Cells(1.5)}
    which = {"ticket": "ticket-standard", "receipt": "receipt-standard", "z_report": "z-report"}[job["kind"]]
    page = compose(layout(which), job, width_mm, measures[measure])
    assert faults(page, measures[measure]) == []


def test_a_sheet_is_as_large_as_its_paper_whatever_the_printer() -> None:
    for which, size in (("ticket-boca", (139.7, 50.8)), ("ticket-label", (101.6, 50.8)), ("ticket-a4", (210, 297))):
        page = compose(layout(which), ticket(), 72.0, DOTS)
        assert (page.width_mm, page.height_mm, page.sheet) == (*size, True)


def test_characters_alone_take_what_is_on_a_sheet_one_below_the_other() -> None:
    page = compose(layout("ticket-boca"), ticket(), 72.0, Cells(1.5))
    assert page.width_mm == 72.0
    assert not any(isinstance(item, Turned) for item in page.items)
    assert faults(page, Cells(1.5)) == []


TITLES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")) | st.just(" "), max_size=120)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(TITLES, TITLES, st.lists(TITLES, max_size=5), st.sampled_from(SHEETS))
def test_whatever_is_said_fits_or_is_refused(title: str, place: str, terms: list[str], which: str) -> None:
    job = ticket(title=title, place=place, zone=place, terms=terms)
    told = []
    try:
        page = compose(layout(which), job, 0.0, DOTS)
    except Unreadable as error:
        refused = error.where == which and error.key.startswith("box[") and "even at half its size" in error.reason
        told = [] if refused else [str(error)]
    else:
        told = faults(page, DOTS)
    assert told == []


def test_what_is_cut_off_or_lies_on_other_things_is_found() -> None:
    """The check itself."""
    text = 'name = "x"\nkind = "ticket"\n[[element]]\ntext = "{title}"\n[[element]]\ntext = "{venue}"'
    page = compose(read_layout(text, "x"), ticket(), 72.0, DOTS)
    assert faults(page, DOTS) == []
    assert faults(moved_apart(page, 3.0), DOTS) == ["'Tosca' lies on 'Opera House'"]
    short = Page(page.width_mm, page.height_mm - 2.0, page.items)
    assert faults(short, DOTS) == ["'Opera House' is cut off"]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_box_is_turned_into_its_own_place(turn: int) -> None:
    """What is first in it lies at the top, the right, the bottom or the left of where the box lies."""
    text = (
        'name = "x"\nkind = "ticket"\n[page]\nwidth = 100\nheight = 60\n'
        f"[[box]]\nx = 30\ny = 10\nwidth = 40\nheight = 40\nturn = {turn}\n"
        'element = [{text = "{title}", size = 5.0}]'
    )
    (ink,) = inks(compose(read_layout(text, "x"), ticket(), 0.0, DOTS), DOTS)
    near = {
        0: ink.left == pytest.approx(30) and ink.top < 15,
        90: ink.top == pytest.approx(10) and ink.right > 65,
        180: ink.right == pytest.approx(70) and ink.bottom > 45,
        270: ink.bottom == pytest.approx(50) and ink.left < 35,
    }
    assert near[turn], ink


@pytest.mark.parametrize(("turn", "size"), [(0, (100, 60)), (90, (60, 100)), (180, (100, 60)), (270, (60, 100))])
def test_a_whole_page_is_turned(turn: int, size: tuple[int, int]) -> None:
    text = (
        f'name = "x"\nkind = "ticket"\n[page]\nwidth = 100\nheight = 60\nturn = {turn}\n'
        '[[box]]\nx = 0\ny = 0\nwidth = 100\nheight = 60\nelement = [{text = "{title}", size = 5.0}]'
    )
    page = compose(read_layout(text, "x"), ticket(), 0.0, DOTS)
    (ink,) = inks(page, DOTS)
    assert (page.width_mm, page.height_mm) == size
    corner = {0: (ink.left, ink.top), 90: (60 - ink.right, ink.top), 180: (100 - ink.right, 60 - ink.bottom)}
    corner[270] = (ink.left, 100 - ink.bottom)
    assert max(corner[turn]) < 2.0


def test_what_does_not_fit_its_box_shrinks_together() -> None:
    text = (
        'name = "x"\nkind = "ticket"\n[page]\nwidth = 40\nheight = 20\n[[box]]\nx = 0\ny = 0\nwidth = 40\nheight = {}\n'
        'element = [{{text = "{{title}}", size = 5.0}}, {{text = "{{venue}}", size = 3.0}}]'
    )
    roomy = compose(read_layout(text.format(20), "x"), ticket(), 0.0, DOTS)
    tight = compose(read_layout(text.format(7), "x"), ticket(), 0.0, DOTS)
    sizes = [[item.size_mm for item in page.items] for page in (roomy, tight)]  # type: ignore[union-attr]
    assert sizes[0] == [5.0, 3.0]
    assert sizes[1][0] < 5.0
    assert sizes[1][0] / sizes[1][1] == pytest.approx(5 / 3)
    with pytest.raises(Unreadable, match=r"box\[0\].*40 × 3 mm does not fit, even at half its size"):
        compose(read_layout(text.format(3), "x"), ticket(), 0.0, DOTS)


def test_a_page_longer_than_a_roll_is_refused() -> None:
    """It would be refused by the printer's memory, or by ours."""
    text = 'name = "x"\nkind = "ticket"' + "\n[[element]]\nspace = 500" * 41
    with pytest.raises(Unreadable, match=r"comes out 20\.5 m long"):
        compose(read_layout(text, "x"), ticket(), 72.0, DOTS)


@pytest.mark.parametrize("symbology", ["code128", "pdf417"])
def test_a_code_too_long_for_its_place_is_refused_and_not_printed_unreadable(symbology: str) -> None:
    text = f'name = "x"\nkind = "ticket"\n[[element]]\n{symbology} = "{{code}}"'
    with pytest.raises(Unreadable, match=f"a {symbology} of 200 characters needs .* mm, and has"):
        compose(read_layout(text, "x"), ticket(code="aB3-" * 50), 48.0, DOTS)


def test_a_code_of_characters_that_it_cannot_have_is_refused() -> None:
    text = 'name = "x"\nkind = "ticket"\n[[element]]\ncode128 = "{title}"'
    with pytest.raises(Unreadable, match="does not go into a code128"):
        compose(read_layout(text, "x"), ticket(title="牡丹亭"), 72.0, DOTS)
