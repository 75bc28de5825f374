"""Paper of training: every page says on both ends that it is of no worth, on every kind of paper."""

from __future__ import annotations

import io

import pypdf
import pytest

from pos.paper.press import Press
from pos.paper.stamp import BAR_MM
from tests.unit.paper.presses import fonts, layouts, press
from tests.unit.paper.samples import TICKETS, receipt, report, ticket

WORDS = {"en": "TRAINING", "uk": "НАВЧАННЯ", "vi": "TẬP DƯỢT", "hu": "GYAKORLÁS", "zh_TW": "訓練用"}


def stamping() -> Press:
    return Press(layouts(), fonts(), training=True)


@pytest.mark.parametrize("job", [receipt(), report(), {"kind": "tickets", "tickets": [ticket(), ticket()]}])
def test_every_page_is_stamped_above_and_below(job: dict[str, object]) -> None:
    pages = pypdf.PdfReader(io.BytesIO(stamping().pdf(job, 80.0, 72.0, 0.0))).pages
    plain = pypdf.PdfReader(io.BytesIO(Press(layouts(), fonts()).pdf(job, 80.0, 72.0, 0.0))).pages
    assert len(pages) == len(plain)
    for page, was in zip(pages, plain, strict=True):
        assert page.extract_text().count("NOT VALID") == 2
        assert "NOT VALID" not in was.extract_text()


def test_a_roll_grows_by_its_bars_and_keeps_what_is_on_it() -> None:
    (stamped,), (plain,) = stamping().bitmaps(receipt(), 72.0, 8.0), press().bitmaps(receipt(), 72.0, 8.0)
    bar = round(BAR_MM * 8)
    assert (stamped.image().width, stamped.image().height) == (plain.image().width, plain.image().height + 2 * bar)
    middle = stamped.image().crop((0, bar, plain.image().width, bar + plain.image().height))
    assert middle.tobytes() == plain.image().tobytes()


@pytest.mark.parametrize("language", TICKETS)
def test_it_is_said_in_the_papers_own_language_and_fits(language: str) -> None:
    for width_mm in (48.0, 72.0):
        (lines, *_) = stamping().lines(ticket(language), width_mm, 1.5, 8.0)
        texts = ["".join(run.text for run in line.runs) for line in lines if line.kind == "text"]
        assert WORDS[language] in texts[0]
        assert WORDS[language] in texts[-1]
