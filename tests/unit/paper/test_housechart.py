"""House charts: which pages there are, what stands on them, and that states are told by shape."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import pytest
from pypdf import PdfReader

from pos.data import resource
from pos.domain.housechart import HouseChart
from pos.domain.plan import Plan, read_plan
from pos.paper.faces import FONT_FILES
from pos.paper.housechart import as_pdf
from pos.paper.pdf import PdfFace, pdf_face
from pos.paper.reports.words import ReportWords, Writer

WORDS = ReportWords(resource("reports", "words.toml").read_text(encoding="utf-8"))


@cache
def face() -> PdfFace:
    return pdf_face({name: resource("fonts", name).read_bytes() for name in FONT_FILES})


@cache
def plan(name: str) -> Plan:
    path = resource("plans", f"{name}.json")
    return read_plan(path.read_bytes(), path.name)


def chart(hall: str, states: bytes = b"") -> HouseChart:
    drawn = plan(hall)
    return HouseChart(
        "tosca-1",
        "Tosca",
        "Opera House",
        "2027-12-03T19:30:00+01:00",
        "2027-12-03T19:02:11+01:00",
        "2027-12-03T18:59:00+01:00",
        drawn,
        states or bytes(len(drawn)),
        {},
        (("Standing", 60, 150),),
    )


def pages(made: HouseChart, language: str = "en") -> list[str]:
    reader = PdfReader(io.BytesIO(as_pdf(made, Writer(language, WORDS), face())))
    return [page.extract_text() for page in reader.pages]


def test_the_whole_hall_comes_first_and_then_a_page_a_section() -> None:
    found = pages(chart("opera"))
    assert len(found) == 1 + len(plan("opera").zones)
    for text, name in zip(found, ("Opera", *plan("opera").zones), strict=True):
        assert f"Tosca · {name}" in text
        assert "As of Fri, 3 Dec 2027 18:59" in text
        assert "Made at: Fri, 3 Dec 2027 19:02" in text
    assert "Page 2 of 6" in found[1]
    assert "Standing: 60 / 150" in found[0]
    assert len(pages(chart("studio"))) == 1


def test_a_section_says_how_many_of_its_places_are_in_each_state() -> None:
    drawn = plan("opera")
    circle = [ix for ix in range(len(drawn)) if drawn.zones[drawn.zone[ix]] == "Circle"]
    states = bytearray(len(drawn))
    for ix in circle[:7]:
        states[ix] = 4
    states[circle[7]] = 3
    page = pages(chart("opera", bytes(states)))[2]
    assert "Sold: 7" in page
    assert "Held: 1" in page
    assert f"Free: {len(circle) - 8}" in page
    assert "Sold: 0" in pages(chart("opera", bytes(states)))[1]


def test_seats_carry_their_numbers_and_rows_their_letters_where_there_is_room() -> None:
    (text,) = pages(chart("studio"))
    drawn = plan("studio")
    words = text.split()
    assert words.count("7") >= sum(number == "7" for number in drawn.numbers)
    assert all(words.count(row.label) >= 2 for row in drawn.rows)


def test_held_places_carry_the_letter_of_what_they_are_held_for() -> None:
    made = replace(chart("studio", bytes([3]) + bytes(219)), marks={0: "Q"})
    assert "Q" in pages(made)[0].split()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "House chart"), ("zh_TW", "座位圖"), ("vi", "Sơ đồ nhà hát"), ("uk", "План залу"), ("hu", "Nézőtéri rajz")],
)
def test_it_is_written_in_the_language_that_was_asked_for(language: str, words: str) -> None:
    assert words in pages(chart("studio"), language)[0]


def test_the_same_chart_gives_the_same_bytes_and_states_differ_in_what_is_drawn() -> None:
    write = Writer("en", WORDS)
    drawn = {code: as_pdf(chart("studio", bytes([code]) + bytes(219)), write, face()) for code in range(6)}
    assert len(set(drawn.values())) == 6
    assert drawn[4] == as_pdf(chart("studio", bytes([4]) + bytes(219)), write, face())


def test_what_is_sold_is_a_square_among_discs() -> None:
    def squares(code: int) -> int:
        data = as_pdf(chart("studio", bytes([code]) + bytes(219)), Writer("en", WORDS), face())
        contents = PdfReader(io.BytesIO(data)).pages[0].get_contents()
        assert contents is not None
        return contents.get_data().count(b" re")

    assert [squares(code) - squares(0) for code in range(6)] == [0, 0, 0, 0, 1, 0]


def test_progress_is_told_and_may_end_the_work() -> None:
    told: list[tuple[int, int]] = []
    as_pdf(chart("opera"), Writer("en", WORDS), face(), lambda done, of: told.append((done, of)))
    assert told[0] == (0, 2 * 1920)
    assert told[-1] == (2 * 1920, 2 * 1920)
    assert [done for done, _ in told] == sorted(done for done, _ in told)

    def enough(done: int, of: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        as_pdf(chart("opera"), Writer("en", WORDS), face(), enough)
