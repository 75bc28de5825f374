"""Composing: conditions, wrapping, and nothing off the paper."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.paper.compose import compose
from pos.paper.elements import Layout
from pos.paper.faces import Faces
from pos.paper.layout import read_layout
from pos.paper.lines import Cells
from pos.paper.page import Code, Page, Rule, Text
from pos.paper.raster import Dots
from pos.paper.wrapping import Measure
from tests.unit.paper import presses
from tests.unit.paper.presses import fonts
from tests.unit.paper.samples import TICKETS, area_ticket, receipt, report, ticket

DOTS = Dots(Faces(fonts()), 8.0)
JOBS = [
    *(ticket(language, copy=1, training=True) for language in TICKETS),
    area_ticket(address="1 Ring Road"),
    receipt(rounding="-0.02"),
    report(),
]


def standard(kind: str) -> Layout:
    return presses.layout({"ticket": "ticket-standard", "receipt": "receipt-standard", "z_report": "z-report"}[kind])


def page_of(job: dict[str, Any], width_mm: float = 72.0, measure: Measure = DOTS) -> Page:
    return compose(standard(job["kind"]), job, width_mm, measure)


def texts(page: Page) -> list[str]:
    return [item.text for item in page.items if isinstance(item, Text)]


def one(element: str) -> Layout:
    return read_layout(f'name = "x"\nkind = "ticket"\n[[element]]\n{element}', "x")


@pytest.mark.parametrize("job", JOBS, ids=lambda job: f"{job['kind']}-{job['language']}")
@pytest.mark.parametrize("width_mm", [48.0, 72.0, 100.0])
@pytest.mark.parametrize("measure", [DOTS, Cells(1.5)], ids=["dots", "cells"])
def test_any_layout_fits_any_paper(job: dict[str, Any], width_mm: float, measure: Measure) -> None:
    page = page_of(job, width_mm, measure)
    for item in page.items:
        assert item.x_mm >= 0
        assert item.y_mm >= 0
        match item:
            case Text():
                assert item.x_mm + item.width_mm <= width_mm + 0.01
                assert measure.text_mm(item.text, item.size_mm, item.bold) <= item.width_mm + 0.01, item.text
                assert item.y_mm + item.height_mm <= page.height_mm + 0.01
            case Rule():
                assert item.x_mm + item.width_mm <= width_mm + 0.01
            case Code():
                assert item.x_mm + item.width_mm <= width_mm + 0.01
                assert item.width_mm >= 20
    assert any(isinstance(item, Code) for item in page.items) == (job["kind"] == "ticket")


@pytest.mark.parametrize("job", JOBS, ids=lambda job: f"{job['kind']}-{job['language']}")
def test_every_word_of_the_content_is_on_the_paper(job: dict[str, Any]) -> None:
    printed = "".join(texts(page_of(job, 48.0))).replace(" ", "")
    shown = [value for name, value in job.items() if isinstance(value, str)]
    for name in ("lines", "fees", "tenders", "taxes"):
        found = job.get(name, [])
        shown += [text for row in found if isinstance(row, dict) for text in row.values()]
    shown += job.get("terms", []) + [row["amount"] for group in job.get("groups", []) for row in group["rows"]]
    # Kind and language are not for the customer; date and time, zone and row stand for the longer forms.
    longer = {"ticket": ("kind", "language", "starts", "place", "sale", "currency")}
    unseen = {str(job[name]) for name in longer.get(job["kind"], ("kind", "language")) if name in job}
    for text in set(shown) - unseen:
        assert text.replace(" ", "") in printed, text


def test_a_reprint_says_so_and_an_original_does_not() -> None:
    assert "DUPLICATE 2" in texts(page_of(ticket(copy=2)))
    assert "MÁSOLAT 1" in texts(page_of(ticket("hu", copy=1)))
    assert not any("DUPLICATE" in text for text in texts(page_of(ticket())))
    assert "COPY 1" in texts(page_of(receipt(copy=1)))


def test_training_is_plain_to_see() -> None:
    marked = [item for item in page_of(ticket(training=True)).items if isinstance(item, Text) and item.inverse]
    assert [item.text for item in marked] == ["TRAINING – NOT VALID"]


def test_an_area_takes_the_place_of_row_and_seat() -> None:
    printed = texts(page_of(area_ticket()))
    assert "Standing" in printed
    assert "Row" not in printed


@pytest.mark.parametrize(
    ("condition", "values", "shown"),
    [
        ('when = "doors"', {"doors": "18:00"}, True),
        ('when = "doors"', {"doors": ""}, False),
        ('when = "doors"', {}, False),
        ('when = "copy"', {"copy": 0}, False),
        ('when = ["doors", "tax"]', {"doors": "18:00"}, False),
        ('unless = "doors"', {"doors": "18:00"}, False),
        ('unless = "doors"', {}, True),
        ('when = "tax"\nunless = "doors"', {"tax": "10 %"}, True),
    ],
)
def test_conditions(condition: str, values: dict[str, Any], shown: bool) -> None:
    page = compose(one(f'text = "here"\n{condition}'), values, 72.0, DOTS)
    assert (texts(page) == ["here"]) is shown


def test_what_is_left_out_takes_no_room() -> None:
    with_gap = one('text = "here"\nwhen = "doors"\ngap = 20.0')
    assert compose(with_gap, {}, 72.0, DOTS).height_mm == 0


def test_a_long_title_shrinks_before_it_wraps_and_stops_at_the_smallest() -> None:
    layout = one('text = "{title}"\nsize = 10.0\nsmallest = 6.0\nlines = 1')
    short = compose(layout, {"title": "Tosca"}, 72.0, DOTS).items[0]
    longer = compose(layout, {"title": "Tosca and Turandot"}, 72.0, DOTS).items
    longest = compose(layout, {"title": "Tosca and Turandot and some more of them"}, 72.0, DOTS).items
    assert isinstance(short, Text)
    assert short.size_mm == 10.0
    assert [item.text for item in longer if isinstance(item, Text)] == ["Tosca and Turandot"]
    assert 6.0 <= longer[0].size_mm < 10.0  # type: ignore[union-attr]
    assert len(longest) > 1
    assert {item.size_mm for item in longest} == {6.0}  # type: ignore[union-attr]


def test_chinese_breaks_anywhere_but_not_before_a_full_stop() -> None:
    layout = one('text = "{title}"\nsize = 10.0')
    printed = texts(compose(layout, {"title": "遲到觀眾須於中場。休息時入場"}, 80.0, DOTS))
    assert len(printed) > 1
    assert all(not line.startswith("。") for line in printed)


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Mn", "Me", "Mc")) | st.just(" ")
    ),
    st.floats(8.0, 80.0),
)
def test_wrapping_loses_nothing(title: str, width_mm: float) -> None:
    import unicodedata

    layout = one('text = "{title}"\nsize = 4.0')
    for measure in (Cells(1.5), DOTS):
        printed = texts(compose(layout, {"title": title}, width_mm, measure))
        assert "".join(printed).replace(" ", "") == unicodedata.normalize("NFC", title).replace(" ", "")


def test_composed_letters_are_put_together() -> None:
    layout = one('text = "{title}"')
    assert texts(compose(layout, {"title": "e\u0302\u0323"}, 72.0, DOTS)) == ["\u1ec7"]
