"""ESC/POS as sent, read back by a printer that shares no code with the sender."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image, ImageChops

from pos.devices.escpos import encode
from pos.paper.layout import read_layout
from pos.paper.press import Press
from pos.paper.raster import Bitmap
from tests.peers.toy_printer import read_codes
from tests.unit.paper.presses import fonts, press
from tests.unit.paper.samples import TICKETS, receipt, report, ticket
from tests.wire.devices.pens import Inside, profile

EPSON = profile()
PLAIN = profile("generic-escpos-58")


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and ImageChops.difference(one.convert("L"), other.convert("L")).getbbox() is None


def typed(job: dict[str, Any]) -> bytes:
    (page,) = press().lines(job, EPSON.printed_mm, EPSON.cell_mm, EPSON.dots_per_mm)
    return encode.typed_sheet(page, EPSON)


@pytest.mark.parametrize("job", [ticket("vi"), ticket("zh_TW"), receipt(), report()])
def test_a_picture_comes_out_dot_for_dot(job: dict[str, Any]) -> None:
    (dots,) = press().bitmaps(job, EPSON.printed_mm, EPSON.dots_per_mm)
    inside = Inside()
    inside.tell(encode.picture_sheet(dots, EPSON))
    assert same(inside.last, dots.image())
    assert inside.pieces[0].cut
    assert len(inside.pieces) == 1


def test_the_question_is_answered_only_when_the_page_is_out() -> None:
    (dots,) = press().bitmaps(ticket(), EPSON.printed_mm, EPSON.dots_per_mm)
    sheet = encode.picture_sheet(dots, EPSON)
    inside = Inside()
    for start in range(0, len(sheet), 1000):
        assert inside.answers == b""
        assert not inside.pieces
        inside.tell(sheet[start : start + 1000])
    assert inside.answers == b"\x00"
    assert len(inside.pieces) == 1


def test_no_strip_is_longer_than_256_rows() -> None:
    dots = Bitmap(576, 1000, bytes(72 * 1000))
    sheet = encode.picture_sheet(dots, EPSON)
    heights = []
    at = sheet.index(b"\x1dv0")
    while sheet[at : at + 3] == b"\x1dv0":
        height = int.from_bytes(sheet[at + 6 : at + 8], "little")
        heights.append(height)
        at += 8 + 72 * height
    assert heights == [256, 256, 256, 232]


@pytest.mark.parametrize("cut_at", [1, 3, 4, 5, 7, 9, 20, 5000, 30_000, 45_000])
def test_after_a_break_anywhere_the_next_page_is_whole(cut_at: int) -> None:
    (dots,) = press().bitmaps(ticket(), EPSON.printed_mm, EPSON.dots_per_mm)
    sheet = encode.picture_sheet(dots, EPSON)
    inside = Inside()
    inside.paper.receive(sheet[:cut_at] + encode.hello(EPSON, False) + encode.separate(EPSON))
    inside.paper.receive(sheet)
    assert same(inside.last, dots.image())


def test_without_the_recovery_the_next_page_is_lost() -> None:
    """The test above would prove nothing if the printer forgave."""
    (dots,) = press().bitmaps(ticket(), EPSON.printed_mm, EPSON.dots_per_mm)
    sheet = encode.picture_sheet(dots, EPSON)
    inside = Inside()
    inside.paper.receive(sheet[:5000] + sheet)
    assert not any(same(piece.image, dots.image()) for piece in inside.pieces)


def test_a_break_in_a_typed_page_is_recovered_from_too() -> None:
    sheet = typed(ticket("zh_TW"))
    whole, broken = Inside(), Inside()
    whole.tell(sheet)
    for cut_at in range(0, len(sheet), 997):
        broken.paper.receive(sheet[:cut_at])
        broken.paper.receive(encode.hello(EPSON, True) + encode.separate(EPSON) + sheet)
        assert same(broken.last, whole.last)


def test_dots_that_spell_a_command_open_no_drawer() -> None:
    """Printers hear real-time commands inside pictures, too."""
    data = (b"\x10\x14\x01\x00\x01" + b"\x10\x04\x01" + b"\x10\x05\x01" + bytes(61)) * 10
    dots = Bitmap(576, 10, data)
    raw, sent = Inside(), Inside()
    raw.paper.receive(b"\x1dv0\x00\x48\x00\x0a\x00" + data)
    assert raw.pulses and raw.answers  # noqa: PT018 - it would have
    sent.tell(encode.picture_sheet(dots, EPSON))
    assert not sent.pulses
    assert sent.answers == b"\x00"
    changed = ImageChops.difference(sent.last.convert("L"), dots.image().convert("L")).histogram()[255]
    assert changed == 30


@pytest.mark.parametrize("language", TICKETS)
def test_a_typed_ticket_has_its_code_drawn_by_the_printer(language: str) -> None:
    inside = Inside()
    inside.tell(typed(ticket(language)))
    (code,) = read_codes(inside.last)
    assert code.text == "HF7K2M9QX4TB"


def test_a_typed_latin_ticket_is_a_second_at_9600_baud() -> None:
    assert len(typed(ticket("en"))) < 960
    assert b"\x1dv0" not in typed(ticket("en"))


def test_a_line_that_no_code_page_has_goes_as_a_picture_and_only_that_line() -> None:
    sheet = typed(ticket("en", title="牡丹亭"))
    assert b"\x1dv0" in sheet
    assert "牡丹亭".encode() not in sheet
    assert b"Friday 3 December 2027" in sheet


@pytest.mark.parametrize(
    ("text", "codec", "number"),
    [("Größe € 5", "cp858", 19), ("Őszi szűrő", "cp852", 18), ("Їжак ґанок", "cp1251", 46), ("Ελλάδα", "cp1253", 47)],
)
def test_one_code_page_a_line(text: str, codec: str, number: int) -> None:
    sheet = typed(ticket("en", terms=[text]))
    assert b"\x1bt" + bytes([number]) in sheet
    assert text.encode(codec) in sheet


def test_a_title_cannot_speak_to_the_printer() -> None:
    inside = Inside()
    inside.tell(typed(ticket("en", title="A\x1bp\x00\x19\x19", terms=["\x10\x14\x01\x00\x01"])))
    assert not inside.pulses


def test_the_native_code_is_what_the_manual_says() -> None:
    # GS ( k, functions 165, 167, 169, 180, 181: model 2, squares of 9 dots, level M, data, print.
    # 25 mm and 21 squares a side: 1.19 mm, 9 dots.
    expected = (
        b"\x1ba\x01"
        b"\x1d(k\x04\x001A2\x00"
        b"\x1d(k\x03\x001C\x09"
        b"\x1d(k\x03\x001E1"
        b"\x1d(k\x0f\x001P0HF7K2M9QX4TB"
        b"\x1d(k\x03\x001Q0"
        b"\x1ba\x00"
    )
    assert expected in typed(ticket("en"))


@pytest.mark.parametrize(("name", "cut"), [("epson-tm-t88v", True), ("generic-escpos-58", False)])
def test_the_end_of_a_page_follows_the_profile(name: str, cut: bool) -> None:
    model = profile(name)
    inside = Inside(model.dots)
    (dots,) = press().bitmaps(ticket(), model.printed_mm, model.dots_per_mm)
    inside.tell(encode.picture_sheet(dots, model))
    assert bool(inside.pieces) is cut
    inside.paper.tear_off()
    assert inside.last.size == (model.dots, dots.height + (0 if cut else 120))


def test_the_drawer_is_kicked_at_its_pin() -> None:
    inside = Inside()
    inside.tell(encode.kick(EPSON))
    assert inside.pulses == [2]
    assert encode.kick(EPSON) == b"\x1bp\x00\x32\x64"  # 100 ms on, 200 ms off, in 2 ms


def test_a_printer_without_paper_answers_but_does_not_print() -> None:
    (dots,) = press().bitmaps(ticket(), EPSON.printed_mm, EPSON.dots_per_mm)
    inside = Inside()
    inside.paper.change(paper_out=True)
    inside.tell(encode.picture_sheet(dots, EPSON) + encode.ASK)
    assert inside.answers == bytes([0x1A, 0x32, 0x12, 0x7E])
    assert not inside.pieces
    inside.paper.change(paper_out=False)
    assert same(inside.last, dots.image())
    assert inside.answers[4:] == b"\x00"


def typed_code(symbology: str, code: str, model: Any = EPSON) -> bytes:
    layout = read_layout(f'name = "x"\nkind = "ticket"\n[[element]]\n{symbology} = "{{code}}"', "x")
    (page,) = Press([layout], fonts()).lines(ticket(code=code), model.printed_mm, model.cell_mm, model.dots_per_mm)
    return encode.typed_sheet(page, model)


@pytest.mark.parametrize("symbology", ["code128", "pdf417"])
@pytest.mark.parametrize("payload", ["HF7K2M9QX4TB", "aB3-/{}~ x"])
def test_bars_are_drawn_by_the_printer(symbology: str, payload: str) -> None:
    inside = Inside()
    inside.tell(typed_code(symbology, payload))
    (code,) = read_codes(inside.last)
    assert code.text == payload


def test_the_native_bars_are_what_the_manual_says() -> None:
    sheet = typed_code("code128", "HF7K")
    assert b"\x1dh\x60\x1dw\x05\x1dH\x00\x1dk\x49\x06{BHF7K" in sheet, "96 dots high, modules of 5, no text, set B"
    sheet = typed_code("pdf417", "HF7K")
    for function in (b"\x1d(k\x03\x000D\x03", b"\x1d(k\x04\x000E02", b"\x1d(k\x07\x000P0HF7K", b"\x1d(k\x03\x000Q0"):
        assert function in sheet, function


def test_bars_that_a_printer_would_leave_out_go_as_their_text() -> None:
    """A printer says nothing of bars too wide for its paper; it just does not print them."""
    inside = Inside(PLAIN.dots)
    sheet = typed_code("code128", "HF7K2M9QX4TB-0001", PLAIN)
    assert b"\x1dk" not in sheet
    assert b"HF7K2M9QX4TB-0001" in sheet
    inside.tell(sheet)
