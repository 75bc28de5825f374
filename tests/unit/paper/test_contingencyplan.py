"""The contingency plan on paper: a page a level, each whole by itself."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader

from pos.data import resource
from pos.domain.contingency.level import Level
from pos.domain.contingency.plan import LevelText, Person, Plan, parse
from pos.paper.contingencyplan import as_pdf
from pos.paper.faces import FONT_FILES
from pos.paper.pdf import PdfFace, pdf_face
from pos.paper.reports.words import ReportWords, Writer

WORDS = ReportWords(resource("reports", "words.toml").read_text(encoding="utf-8"))
SHIPPED = parse(resource("contingency.toml").read_text("utf-8"), "contingency.toml")
DUTY = Person("duty", "Dana Duty", "+43 1 555 01 00", {"en": "Duty manager"}, (Level.AWAY,))
MADE = "2027-03-01T18:00:00+01:00"


@pytest.fixture(scope="module")
def face() -> PdfFace:
    return pdf_face({name: resource("fonts", name).read_bytes() for name in FONT_FILES})


def pages(plan: Plan, face: PdfFace, language: str = "en") -> list[str]:
    made = as_pdf(plan, Writer(language, WORDS), face, MADE)
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(made)).pages]


def test_each_level_has_a_page_with_its_steps_and_whom_to_call(face: PdfFace) -> None:
    plan = Plan("2027-1", date(2027, 3, 1), "Ada", (DUTY,), {}).over(SHIPPED)
    made = pages(plan, face)
    assert len(made) == 6  # five levels that are not normal, and the evacuation
    assert made[1].startswith("The office cannot be reached What to do 1. Go on selling")
    assert "Dana Duty, Duty manager" in made[1]
    assert "+43 1 555 01 00" in made[1]
    assert "Dana Duty" not in made[2]  # is not told at that level
    assert "Dana Duty" in made[5]
    assert "1. Stop selling." in made[5]
    for number, page in enumerate(made, 1):
        assert "Contingency plan 2027-1 · In force from: Mon, 1 Mar 2027 · Approved by: Ada" in page
        assert f"Page {number} of 6" in page


def test_more_than_fits_goes_on_on_the_next_page_of_the_level(face: PdfFace) -> None:
    long = tuple({"en": f"Step {n}. " + "and much more of it " * 14} for n in range(12))
    levels = SHIPPED.levels | {Level.AWAY: LevelText({"en": "Away"}, long, (), long)}
    made = pages(Plan("1", date(2027, 3, 1), levels=levels).over(SHIPPED), face)
    assert len(made) == 8
    assert all(page.startswith("Away") for page in made[1:4])  # the level stands on top of what goes on
    whole = " ".join(made[1:4])
    assert all(whole.count(f"Step {n}. ") == 2 for n in range(12))


@pytest.mark.parametrize(("language", "word"), [("hu", "Teendők"), ("zh_TW", "該怎麼做")])
def test_its_own_words_are_in_the_readers_language(face: PdfFace, language: str, word: str) -> None:
    assert word in pages(SHIPPED, face, language)[0]


def test_the_same_plan_gives_the_same_bytes(face: PdfFace) -> None:
    write = Writer("en", WORDS)
    assert as_pdf(SHIPPED, write, face, MADE) == as_pdf(SHIPPED, write, face, MADE)
