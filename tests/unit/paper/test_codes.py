"""Codes on paper, read by a program that knows nothing of this one."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from pos.paper.layout import read_layout
from pos.paper.press import Press
from pos.paper.raster import Bitmap
from tests.peers.toy_printer import read_codes
from tests.unit.paper.presses import fonts, press
from tests.unit.paper.samples import ticket

CODE = "HF7K2M9QX4TB"
KINDS = {"qr": "QR Code", "code128": "Code 128", "pdf417": "PDF417"}
ON_SHEETS = {"ticket-boca": {"qr", "pdf417"}, "ticket-label": {"qr", "code128"}, "ticket-a4": {"qr", "code128"}}


def drawn(elements: str, job: dict[str, Any], pictures: dict[str, bytes] | None = None) -> Bitmap:
    """The dots of a ticket of this layout, on 72 mm."""
    layout = read_layout(f'name = "x"\nkind = "ticket"\n{elements}', "x", (pictures or {}).get)
    (dots,) = Press([layout], fonts()).bitmaps(job, 72.0, 8.0)
    return dots


def read(image: Image.Image) -> dict[str, str]:
    """Kind -> text of the codes on a piece of paper."""
    return {str(code.format): code.text for code in read_codes(image)}


@pytest.mark.parametrize("symbology", KINDS)
@pytest.mark.parametrize("payload", [CODE, f"{CODE}.2", "123456789012", "aB3-/{}~ x"])
def test_every_kind_of_code_is_read_as_what_it_was(symbology: str, payload: str) -> None:
    dots = drawn(f'[[element]]\n{symbology} = "{{code}}"', ticket(code=payload))
    assert read(dots.image()) == {KINDS[symbology]: payload}


@pytest.mark.parametrize("symbology", KINDS)
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_codes_are_read_as_well(symbology: str, turn: int) -> None:
    dots = drawn(f'[[element]]\ngroup = [{{{symbology} = "{{code}}"}}]\nturn = {turn}\nheight = 60', ticket())
    assert read(dots.image()) == {KINDS[symbology]: CODE}


@pytest.mark.parametrize("per_mm", [203 / 25.4, 8.0, 300 / 25.4])
@pytest.mark.parametrize("which", ON_SHEETS)
@pytest.mark.parametrize("copy", [0, 12])
def test_the_codes_of_every_sheet_are_read(which: str, per_mm: float, copy: int) -> None:
    code = f"{CODE}.{copy}" if copy else CODE
    (dots,) = press(which).bitmaps(ticket(copy=copy, code=code), 210.0, per_mm)
    assert read(dots.image()) == {KINDS[kind]: code for kind in ON_SHEETS[which]}


def test_a_long_pdf417_is_read() -> None:
    payload = "sig1-" + "aB3_" * 40
    dots = drawn('[[element]]\npdf417 = "{code}"', ticket(code=payload))
    assert read(dots.image()) == {"PDF417": payload}


# ---- pictures --------------------------------------------------------------------------


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def ramp() -> bytes:
    """From black at the left to white at the right."""
    image = Image.new("L", (64, 16))
    image.putdata([4 * (at % 64) for at in range(64 * 16)])
    return png(image)


def black(dots: Bitmap, left: float, right: float) -> float:
    """How much of a vertical band is black."""
    image = dots.image().convert("L")
    band = image.crop((int(left * dots.width), 0, int(right * dots.width), dots.height))
    return 1 - sum(band.get_flattened_data()) / 255 / (band.width * band.height)


def test_a_picture_is_cut_off_at_half_or_dithered() -> None:
    element = '[[element]]\nimage = "ramp.png"\nwidth = 72.0\n'
    cut = drawn(element, ticket(), {"ramp.png": ramp()})
    dithered = drawn(f"{element}dither = true", ticket(), {"ramp.png": ramp()})
    assert (cut.width, cut.height) == (576, 144)
    assert black(cut, 0.0, 0.48) == 1.0
    assert black(cut, 0.52, 1.0) == 0.0
    assert black(dithered, 0.2, 0.3) == pytest.approx(0.75, abs=0.05)
    assert black(dithered, 0.7, 0.8) == pytest.approx(0.25, abs=0.05)


def test_what_is_transparent_stays_white() -> None:
    clear = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (0, 0, 16, 32))
    dots = drawn('[[element]]\nimage = "l.png"\nwidth = 72.0', ticket(), {"l.png": png(clear)})
    assert (black(dots, 0.0, 0.48), black(dots, 0.52, 1.0)) == (1.0, 0.0)


def test_a_picture_is_turned_with_its_group() -> None:
    element = '[[element]]\ngroup = [{ image = "ramp.png", width = 72.0 }]\nturn = 180'
    dots = drawn(element, ticket(), {"ramp.png": ramp()})
    assert (black(dots, 0.0, 0.48), black(dots, 0.52, 1.0)) == (0.0, 1.0)
