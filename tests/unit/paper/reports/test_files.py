"""Reports as workbooks, CSV, text and on the roll, read back by other means."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest

from pos.data import printer_data, resource
from pos.domain.errors import Unreadable
from pos.domain.report import MONEY, PERCENT, Chart, Column, Report, Table
from pos.paper.content import check
from pos.paper.formats import LANGUAGES
from pos.paper.layout import read_layout
from pos.paper.press import Press
from pos.paper.reports.csvfile import CsvStyle, as_csv
from pos.paper.reports.receipt import as_receipt
from pos.paper.reports.text import as_text
from pos.paper.reports.words import keys_of
from pos.paper.reports.xlsx import as_xlsx
from tests.unit.paper.reports.documents import FONTS, FORMULAS, TITLES, money, settlement, write

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Book:
    """A workbook as another program sees it: what is a string, what a number, what a formula."""

    def __init__(self, made: bytes) -> None:
        self.zip = zipfile.ZipFile(io.BytesIO(made))
        assert self.zip.testzip() is None
        strings = self.tree("xl/sharedStrings.xml").findall(f"{_MAIN}si")
        self.strings = ["".join(part.text or "" for part in one.iter(f"{_MAIN}t")) for one in strings]
        self.names = [sheet.attrib["name"] for sheet in self.tree("xl/workbook.xml").iter(f"{_MAIN}sheet")]
        styles = self.tree("xl/styles.xml")
        self.patterns = {one.attrib["numFmtId"]: one.attrib["formatCode"] for one in styles.iter(f"{_MAIN}numFmt")}
        formats = styles.find(f"{_MAIN}cellXfs")
        assert formats is not None
        self.formats = [one.attrib["numFmtId"] for one in formats]

    def tree(self, name: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.zip.read(name))

    def cell(self, sheet: int, name: str) -> tuple[str | float, str]:
        """The value of a cell, text or number, and how it is formatted."""
        for one in self.tree(f"xl/worksheets/sheet{sheet}.xml").iter(f"{_MAIN}c"):
            if one.attrib["r"] == name:
                value = one.find(f"{_MAIN}v")
                assert value is not None
                assert value.text is not None
                pattern = self.formats[int(one.attrib.get("s", "0"))]
                if one.attrib.get("t") == "s":
                    return self.strings[int(value.text)], self.patterns.get(pattern, pattern)
                return float(value.text), self.patterns.get(pattern, pattern)
        raise KeyError(name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_has_a_sheet_a_table_with_numbers_that_are_numbers(language: str) -> None:
    writer = write(language)
    book = Book(as_xlsx(settlement(currency="HUF" if language == "hu" else "EUR"), writer))
    assert book.names[:4] == [writer.say(key) for key in ("daily_settlement", "sales", "tender", "hour")]
    assert book.cell(2, "A4")[0] == TITLES[1]
    assert book.cell(2, "B3") == (40.0, "#,##0")
    value, pattern = book.cell(2, "C3")
    assert value == 1234.5
    assert pattern.startswith("#,##0.00")
    assert ("HUF" if language == "hu" else "EUR") in pattern
    assert book.cell(2, "E3")[0] == 0.875
    assert book.cell(2, "A8")[0] == writer.say("total")
    assert book.cell(2, "C8")[0] == 6182.5
    moment, _ = book.cell(5, "B3")
    assert datetime(1899, 12, 30) + timedelta(days=float(moment)) == datetime(2027, 12, 3, 19, 30)  # noqa: DTZ001
    texts = set(book.strings)
    assert [
        key for key in keys_of(settlement()) if writer.say(key) not in texts and key not in ("cashier", "supervisor")
    ] == []


def test_nothing_in_a_workbook_is_a_formula_whatever_a_name_looks_like() -> None:
    book = Book(as_xlsx(settlement(names=(*FORMULAS, "http://example.org/")), write("en")))
    assert [book.cell(2, f"A{row}")[0] for row in range(3, 8)] == [*FORMULAS, "http://example.org/"]
    sheets = [book.zip.read(name).decode() for name in book.zip.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
    assert 'ySplit="2"' in sheets[1]
    assert 'state="frozen"' in sheets[1]


def test_sheets_of_the_same_name_are_told_apart_and_charts_are_drawn() -> None:
    table = Table("A/B: [every]* show? of the whole long season", (Column("show"), Column("gross", MONEY)),
                  tuple((name, money(5)) for name in TITLES), None, Chart("bars", "show", "gross"))  # fmt: skip
    book = Book(as_xlsx(Report("sales", "Oper", "EUR", "2027-12-03T23:10:00+01:00", (), (table, table)), write("en")))
    assert book.names == ["Sales", "A B   every   show  of the whol", "A B   every   show  of the wh 2"]
    assert len([name for name in book.zip.namelist() if name.startswith("xl/charts/chart")]) == 2


def test_a_workbook_is_the_same_twice_and_says_how_far_it_is() -> None:
    assert as_xlsx(settlement(), write("vi")) == as_xlsx(settlement(), write("vi"))
    told: list[tuple[int, int]] = []
    as_xlsx(settlement(rows=1_200), write("en"), lambda done, of: told.append((done, of)))
    assert [done for done, _ in told] == [500, 1000, 1200, 1203, 1217, 1218]


def test_csv_is_read_back_as_it_was_meant() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(settlement(), write("uk")).decode(), newline="")))
    assert rows[0] == ["Денний розрахунок", "Oper am Ring"]
    at = rows.index(["Вистава", "Квитки", "Брутто", "Повернення", "Заповненість"])
    assert rows[at + 1] == ["Carmen – Bizet", "40", "1234.50", "-12.00", "87.50"]
    assert rows[at + 6] == ["Разом", "210", "6182.50", "-60.00", ""]
    assert ["T1-000123-1", "2027-12-03T19:30:00+01:00", "2027-12-03", "illness"] in rows


def test_csv_for_a_spreadsheet_of_a_country_with_decimal_commas() -> None:
    made = as_csv(settlement(currency="HUF"), write("hu"), CsvStyle(";", decimal_comma=True, bom=True))
    assert made.startswith(b"\xef\xbb\xbf")
    assert b"Carmen \xe2\x80\x93 Bizet;40;1234,50;-12,00;87,50\r\n" in made
    assert not as_csv(settlement(), write("hu")).startswith(b"\xef\xbb\xbf")
    with pytest.raises(Unreadable, match="must not be a comma"):
        CsvStyle(",", decimal_comma=True)
    with pytest.raises(Unreadable, match="is not one of"):
        CsvStyle("|")


def test_no_name_in_csv_is_a_formula_and_no_negative_amount_is_text() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(settlement(names=FORMULAS), write("en")).decode(), newline="")))
    named = [row for row in rows if len(row) == 5][1:5]
    assert [row[0] for row in named] == [f"'{name}" for name in FORMULAS]
    assert {row[3] for row in named} == {"-12.00"}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "\t"))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_stands_in_columns_and_cannot_steer_a_terminal(language: str) -> None:
    said = as_text(settlement(provisional=True, names=("\x1b[2Jgone", *TITLES)), write(language))
    assert "\x1b" not in said
    assert all(write(language).say(key) in said for key in keys_of(settlement(provisional=True)))
    row = next(line for line in said.splitlines() if line.startswith("蝴蝶夫人"))
    rule = next(line for line in said.splitlines() if line.startswith("--------") and line.count("  ") == 4)
    assert len(row) + 4 == len(rule), "four wide letters take eight cells"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width_mm", [72.0, 48.0])
def test_the_roll_carries_the_whole_report_on_either_width(language: str, width_mm: float) -> None:
    writer, report = write(language), settlement(provisional=True)
    job = as_receipt(report, writer, "Window 1")
    assert check(job) == "list"
    assert json.loads(json.dumps(job)) == job
    layout = read_layout(printer_data("layouts", "list-standard.toml").read_text("utf-8"), "list", lambda _: None)
    press = Press([layout], FONTS)
    (lines,) = press.lines(job, width_mm, width_mm / 32, 8.0)
    printed = " ".join(run.text for line in lines for run in line.runs)
    figures = (writer.cell(money(1_234_50), MONEY), writer.cell(8_750, PERCENT))
    words = [word for title in TITLES for word in title.split()]  # a name may go on beside its amount
    assert [text for text in (*words, *figures, writer.say("provisional")) if text not in printed] == []
    (dots,) = press.bitmaps(job, width_mm, 8.0)
    assert dots.width == round(width_mm * 8)


def test_a_table_too_long_for_the_roll_says_what_is_left_out() -> None:
    job = as_receipt(settlement(rows=450), write("en"), "Window 1")
    rows = job["groups"][1]["rows"]
    assert {"text": "50 more rows are not printed here.", "amount": ""} in rows
    assert rows[-4]["text"] == "Total"


def test_the_font_files_are_those_that_ship() -> None:
    assert all(resource("fonts", name).is_file() for name in FONTS)
