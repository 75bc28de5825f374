"""Dots and PDF: read back by programs that know nothing of this one."""

from __future__ import annotations

import io
import secrets
from typing import Any

import pypdf
import pytest

from pos.domain.errors import Unreadable
from pos.paper.faces import Faces
from pos.paper.press import Press
from pos.paper.raster import Bitmap
from tests.peers.toy_printer import read_codes
from tests.unit.paper.presses import fonts, layouts, press
from tests.unit.paper.samples import TICKETS, receipt, report, ticket


def picture(job: dict[str, Any], width_mm: float = 72.0) -> Bitmap:
    (only,) = press().bitmaps(job, width_mm, 8.0)
    return only


@pytest.mark.parametrize("language", TICKETS)
@pytest.mark.parametrize("width_mm", [48.0, 72.0])
def test_the_code_can_be_read_off_the_ticket(language: str, width_mm: float) -> None:
    (code,) = read_codes(picture(ticket(language), width_mm).image())
    assert code.text == "HF7K2M9QX4TB"


def test_codes_of_any_length_can_be_read() -> None:
    for length in (8, 16, 40, 90, 200):
        payload = secrets.token_urlsafe(length)
        # Among so many squares zxing-cpp now and then makes out a Codabar of three signs as well.
        found = read_codes(picture(ticket(code=payload)).image())
        assert [code.text for code in found if str(code.format) == "QR Code"] == [payload]


def test_the_same_content_gives_the_same_dots() -> None:
    assert picture(report()) == picture(report())
    assert picture(report()) != picture(report(copy=1))


def test_dots_fill_the_paper_exactly() -> None:
    dots = picture(ticket())
    assert (dots.width, len(dots.data)) == (576, dots.height * 72)
    assert dots.image().size == (dots.width, dots.height)


def test_one_page_a_ticket() -> None:
    job = {"kind": "tickets", "tickets": [ticket("en", code="AAAA0001"), ticket("vi", code="AAAA0002")]}
    pages = press().bitmaps(job, 72.0, 8.0)
    assert [code.text for page in pages for code in read_codes(page.image())] == ["AAAA0001", "AAAA0002"]


def test_no_character_of_the_five_languages_is_missing() -> None:
    """A character that no font has would be drawn as the box both draw for one that cannot exist."""
    faces = Faces(fonts())
    box = faces._glyph("Inter-Medium.otf", "\uffff")
    han_box = faces._glyph("wqy-microhei.ttc", "\uffff")
    words = "".join(str(value) for job in (*TICKETS.values(), receipt(), report()) for value in job.values())
    for character in set(words + "€₴₫ґіїєőűệẵ") - {" ", "\u00a0", "\u202f"}:
        name = "Inter-Medium.otf" if faces._in_inter(character) else "wqy-microhei.ttc"
        assert faces._glyph(name, character) not in (box, han_box), character


def test_a_pdf_has_its_text_and_its_code() -> None:
    job = {"kind": "tickets", "tickets": [ticket(language) for language in TICKETS]}
    document = press().pdf(job, 80.0, 72.0, 100.0)
    pages = pypdf.PdfReader(io.BytesIO(document)).pages
    assert len(pages) == len(TICKETS)
    for page, wanted in zip(pages, TICKETS.values(), strict=True):
        text = page.extract_text().replace("\n", "").replace(" ", "")
        assert wanted["title"].replace(" ", "") in text
        assert wanted["price_type"].replace(" ", "") in text
        assert float(page.mediabox.width) == pytest.approx(80 / 25.4 * 72, abs=0.1)
        assert float(page.mediabox.height) >= 100 / 25.4 * 72 - 0.1


def test_a_pdf_of_the_same_content_is_the_same() -> None:
    assert press().pdf(report(), 80.0, 72.0, 0.0) == press().pdf(report(), 80.0, 72.0, 0.0)


def test_a_job_without_a_layout_is_refused() -> None:
    tickets_only = Press([layout for layout in layouts() if layout.kind == "ticket"], fonts())
    with pytest.raises(Unreadable, match="no layout for a receipt, only for: ticket"):
        tickets_only.bitmaps(receipt(), 72.0, 8.0)
