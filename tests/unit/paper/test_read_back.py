"""Paper read back by programs that know nothing of this one: tesseract, pdftoppm with zxing-cpp, pypdf."""

from __future__ import annotations

import io
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest
import zxingcpp
from PIL import Image

from pos.paper.layout import read_layout
from pos.paper.press import Press
from tests.peers.toy_printer import read_codes
from tests.unit.paper.presses import fonts, press
from tests.unit.paper.samples import TICKETS, ticket

TRAINED = {"en": "eng", "zh_TW": "chi_tra", "vi": "vie", "uk": "ukr", "hu": "hun"}
SIZES = {"ticket-standard": 72.0, "ticket-boca": 139.7, "ticket-label": 101.6, "ticket-a4": 210.0}
KINDS = {"ticket-boca": {"QR Code", "PDF417"}, "ticket-label": {"QR Code", "Code 128"}}
_DPI = 300
_LEAST = 0.8  # of the words; tesseract itself takes a few for others


def dots(name: str, job: dict[str, Any]) -> Image.Image:
    (page,) = press(name).bitmaps(job, SIZES[name], _DPI / 25.4)
    return page.image().convert("L")


def read_by_eye(paper: Image.Image, language: str, folder: Path) -> str:
    """What tesseract reads, without spaces."""
    path = folder / "paper.png"
    paper.save(path, dpi=(_DPI, _DPI))
    told = subprocess.run(
        ["tesseract", str(path), "-", "-l", TRAINED[language], "--psm", "11"],
        env=os.environ | {"OMP_THREAD_LIMIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return re.sub(r"\s", "", told.stdout)


def words(job: dict[str, Any]) -> list[str]:
    """Words of three letters and more, or, of Chinese, two characters side by side."""
    text = " ".join([job["title"], job["venue"], job["price_type"], job["starts"], *job["terms"]])
    if job["language"] == "zh_TW":
        return re.findall(r"[\u4e00-\u9fff]{2}", text)
    return [word for word in re.findall(r"\w+", text) if len(word) > 2]


@pytest.mark.parametrize("language", TRAINED)
@pytest.mark.parametrize("name", ["ticket-standard", "ticket-boca", "ticket-label"])
def test_letters_of_all_five_languages_are_read_as_what_they_are(name: str, language: str, tmp_path: Path) -> None:
    job = ticket(language)
    seen = read_by_eye(dots(name, job), language, tmp_path)
    missed = [word for word in words(job) if word not in seen]
    assert len(missed) <= (1 - _LEAST) * len(words(job)), missed


def rendered(document: bytes, folder: Path) -> list[Image.Image]:
    """The pages of a PDF as poppler draws them."""
    path = folder / "paper.pdf"
    path.write_bytes(document)
    subprocess.run(["pdftoppm", "-r", str(_DPI), "-gray", "-png", str(path), str(folder / "page")], check=True)
    return [Image.open(page).convert("L") for page in sorted(folder.glob("page*.png"))]


def middles(paper: Image.Image) -> dict[str, tuple[float, float]]:
    """Kind of code -> where its middle lies, in mm."""
    found = {}
    for code in zxingcpp.read_barcodes(paper):
        at = code.position
        corners = [at.top_left, at.top_right, at.bottom_left, at.bottom_right]
        x, y = (sum(getattr(corner, axis) for corner in corners) / 4 for axis in "xy")
        found[str(code.format)] = (x / _DPI * 25.4, y / _DPI * 25.4)
    return found


@pytest.mark.parametrize("copy", [0, 1])
@pytest.mark.parametrize("name", KINDS)
def test_a_pdf_is_as_large_as_its_sheet_and_its_codes_lie_where_the_dots_have_them(
    name: str, copy: int, tmp_path: Path
) -> None:
    job = ticket(copy=copy)
    document = press(name).pdf(job, 80.0, 72.0, 100.0)
    (page,) = rendered(document, tmp_path)
    printed = dots(name, job)
    assert page.width == pytest.approx(printed.width, abs=2)
    assert page.height == pytest.approx(printed.height, abs=2)
    in_pdf, in_dots = middles(page), middles(printed)
    assert in_pdf.keys() == in_dots.keys() == KINDS[name]
    for kind, middle in in_dots.items():
        assert in_pdf[kind] == pytest.approx(middle, abs=1.0), kind
    assert {code.text for code in read_codes(page)} == {job["code"]}


_FINE = 25  # dpi at which pages are held against each other: coarser than the drawing of a letter
_ALIKE = 0.75  # correlation of what is dark; all have 0.84 at least, and pages of another language 0.63 at most


def likeness(one: Image.Image, other: Image.Image) -> float:
    """How well the dark of one page lies where that of the other does; 1 is the same."""
    size = (other.width * _FINE // _DPI, other.height * _FINE // _DPI)
    greys = [np.asarray(each.resize(size, Image.Resampling.BOX), float).ravel() for each in (one, other)]
    return float(np.corrcoef(*greys)[0, 1])


@pytest.mark.parametrize("language", TRAINED)
@pytest.mark.parametrize("name", SIZES)
def test_a_pdf_looks_like_what_a_printer_of_dots_prints(name: str, language: str, tmp_path: Path) -> None:
    (page,) = rendered(press(name).pdf(ticket(language), SIZES[name], SIZES[name], 0.0), tmp_path)
    assert likeness(page, dots(name, ticket(language))) > _ALIKE
    other = "hu" if language != "hu" else "en"
    assert likeness(page, dots(name, ticket(other, price="1", code="A" * 12))) < _ALIKE


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("symbology", ["qr", "code128", "pdf417"])
def test_what_is_turned_lies_in_a_pdf_where_the_dots_have_it(symbology: str, turn: int, tmp_path: Path) -> None:
    size = "size = 30.0" if symbology == "qr" else "width = 55.0"
    text = (
        f'name = "x"\nkind = "ticket"\n[page]\nwidth = 120\nheight = 100\n'
        f"[[box]]\nx = 10\ny = 20\nwidth = 70\nheight = 70\nturn = {turn}\n"
        f'element = [{{ {symbology} = "{{code}}", {size} }}]'
    )
    press_of_it = Press([read_layout(text, "x")], fonts())
    (drawn,) = press_of_it.bitmaps(ticket(), 120.0, _DPI / 25.4)
    (page,) = rendered(press_of_it.pdf(ticket(), 80.0, 72.0, 0.0), tmp_path)
    in_pdf, in_dots = middles(page), middles(drawn.image().convert("L"))
    assert len(in_dots) == 1
    (kind,) = in_dots
    assert in_pdf[kind] == pytest.approx(in_dots[kind], abs=0.5)


@pytest.mark.parametrize("name", ["ticket-boca", "ticket-label", "ticket-a4"])
def test_the_text_of_a_pdf_is_text(name: str) -> None:
    job = {"kind": "tickets", "tickets": [ticket(language) for language in TICKETS]}
    pages = pypdf.PdfReader(io.BytesIO(press(name).pdf(job, 80.0, 72.0, 0.0))).pages
    for page, wanted in zip(pages, TICKETS.values(), strict=True):
        text = re.sub(r"\s", "", page.extract_text())
        for field in ("title", "venue", "price_type", "code"):
            assert re.sub(r"\s", "", wanted[field]) in text, field
