"""Reports as PDF, read back with pypdf: every word in every language, what stands on which page, and the same twice."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import replace

import pytest
from pypdf import PdfReader

from pos.domain.report import MONEY, Column, Report, Table
from pos.paper.formats import LANGUAGES
from pos.paper.page import Rule, Text
from pos.paper.pdf import PdfFace, pdf_face
from pos.paper.reports.flow import lay_out
from pos.paper.reports.pdf import as_pdf
from pos.paper.reports.sheets import MARGIN_MM, Figure, Sheets
from pos.paper.reports.words import keys_of
from tests.unit.paper.reports.documents import FONTS, TITLES, money, settlement, write


@pytest.fixture(scope="module")
def face() -> PdfFace:
    return pdf_face(FONTS)


def pages_of(made: bytes) -> list[str]:
    """The text of each page, spaces and all kinds of them as one."""
    return [
        re.sub(r"\s+", " ", unicodedata.normalize("NFKC", page.extract_text()))
        for page in PdfReader(io.BytesIO(made)).pages
    ]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_name_and_figure_is_there_to_be_read(language: str, face: PdfFace) -> None:
    report, writer = settlement(provisional=True), write(language)
    said = squeezed("".join(pages_of(as_pdf(report, writer, face))))
    expected = [writer.say(key) for key in keys_of(report)] + [*TITLES, "T2, T3", writer.standing(report)]
    expected += [writer.cell(cell, column.kind) for table in report.tables for row in table.rows for cell, column in
                 zip(row, table.columns, strict=True)]  # fmt: skip
    assert [text for text in expected if squeezed(text) not in said] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_is_one_that_the_fonts_lack(language: str, face: PdfFace) -> None:
    sheets = lay_out(settlement(provisional=True), write(language), face)
    texts = "".join(item.text for page in sheets.pages for item in page if isinstance(item, Text))
    have = face.medium.face.charToGlyph.keys() | face.han.face.charToGlyph.keys()
    assert {letter for letter in texts if ord(letter) not in have} == set()


def test_each_page_says_which_it_is_and_that_it_is_provisional(face: PdfFace) -> None:
    pages = pages_of(as_pdf(settlement(rows=150, provisional=True), write("en"), face))
    assert len(pages) >= 4
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert "PROVISIONAL" in page
        assert "Made at: Fri, 3 Dec 2027 23:10" in page
    assert "PROVISIONAL" not in "".join(pages_of(as_pdf(settlement(), write("en"), face)))


def test_a_long_table_has_its_heading_and_columns_on_every_page(face: PdfFace) -> None:
    pages = pages_of(as_pdf(long(200), write("en"), face))
    assert len(pages) >= 3
    assert all("Sales Show Gross" in page for page in pages)
    rows = [name for page in pages for name in re.findall(r"row \d+\b", page)]
    assert rows == [f"row {number}" for number in range(200)]


def long(rows: int, *, heading: str = "sales") -> Report:
    table = Table(
        heading,
        (Column("show"), Column("gross", MONEY)),
        tuple((f"row {number}", money(number)) for number in range(rows)),
        (None, money(777_77)),
    )
    return replace(settlement(), tables=(table,), facts=(), signatures=("cashier", "supervisor"))


@pytest.mark.parametrize("rows", range(30, 52))
def test_a_total_never_stands_alone_and_what_is_signed_is_on_one_page(rows: int, face: PdfFace) -> None:
    assert inside(lay_out(long(rows), write("en"), face)) == []
    pages = pages_of(as_pdf(long(rows), write("en"), face))
    (where,) = [page for page in pages if "€777.77" in page]
    assert f"row {rows - 1} " in where
    assert [("Cashier" in page, "Supervisor" in page) for page in pages].count((True, True)) == 1
    assert not any(("Cashier" in page) != ("Supervisor" in page) for page in pages)


def inside(sheets: Sheets) -> list[str]:
    """What reaches over the edge of what may be printed on, or into the foot."""
    wide, deep = sheets.page_mm[0] - 2 * MARGIN_MM + 0.05, sheets.bottom_mm + 0.05
    return [
        str(item)
        for page in sheets.pages
        for item in page
        if item.x_mm < 0 or item.x_mm + item.width_mm > wide or item.y_mm + item.height_mm > deep
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", [2, 6, 9, 14])
def test_nothing_reaches_over_the_edge_nor_into_the_next_column(language: str, columns: int, face: PdfFace) -> None:
    table = Table(
        "sales",
        (Column("show"), Column("price_type"), *(Column("occupancy", MONEY) for _ in range(columns - 2))),
        tuple((TITLES[2] * 9, TITLES[1] * 20, *([money(-123_456_78)] * (columns - 2))) for _ in range(4)),
        (None, None, *([money(-987_654_32)] * (columns - 2))),
    )
    sheets = lay_out(replace(settlement(), tables=(table,)), write(language), face)
    assert inside(sheets) == []
    texts = [item for page in sheets.pages for item in page if isinstance(item, Text)]
    wide = [item.text for item in texts if face.text_mm(item.text, item.size_mm, item.bold) > item.width_mm + 0.1]
    assert wide == []


def test_a_row_longer_than_a_page_goes_on_on_the_next(face: PdfFace) -> None:
    words = " ".join(f"word{number}" for number in range(3_000))
    table = Table("notes", (Column("note"),), (("before",), (words,), ("after",)))
    sheets = lay_out(replace(settlement(), tables=(table,)), write("en"), face)
    assert inside(sheets) == []
    said = " ".join(item.text for page in sheets.pages for item in page if isinstance(item, Text))
    assert re.findall(r"word\d+", said) == words.split()


def test_charts_are_shapes_and_a_table_without_rows_says_so(face: PdfFace) -> None:
    sheets = lay_out(settlement(), write("en"), face)
    kinds = [item.plot.kind for page in sheets.pages for item in page if isinstance(item, Figure)]
    assert kinds == ["shares", "bars", "line"]
    made = as_pdf(settlement(), write("en"), face)
    assert all("/XObject" not in page["/Resources"] for page in PdfReader(io.BytesIO(made)).pages), "no picture"
    empty = replace(settlement(), tables=(Table("holds", (Column("hold"),), ()),))
    assert "Holds Hold Nothing" in pages_of(as_pdf(empty, write("en"), face))[0]
    rules = [item for item in sheets.pages[0] if isinstance(item, Rule)]
    assert rules


def test_bold_chinese_leaves_what_follows_as_it_is(face: PdfFace) -> None:
    made = as_pdf(settlement(), write("zh_TW"), face)
    first = PdfReader(io.BytesIO(made)).pages[0].get_contents()
    assert first is not None
    modes = re.findall(rb"(\d) Tr|\bET\b", first.get_data())
    for before, ended in zip(modes, modes[1:], strict=False):
        assert not (before == b"2" and ended == b""), "a text ends while its letters are stroked"


def test_the_same_report_gives_the_same_bytes(face: PdfFace) -> None:
    assert as_pdf(settlement(), write("hu"), face) == as_pdf(settlement(), write("hu"), face)


def test_progress_is_told_and_may_end_the_work(face: PdfFace) -> None:
    told: list[tuple[int, int]] = []
    as_pdf(long(250), write("en"), face, lambda done, of: told.append((done, of)))
    assert told == [(100, 250), (200, 250), (250, 250)]

    class Enough(Exception):
        pass

    def stop(done: int, of: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        as_pdf(long(250), write("en"), face, stop)
