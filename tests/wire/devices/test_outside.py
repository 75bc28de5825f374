"""Our printing held against programs that others wrote: zpl-renderer-js, zxing-cpp and receiptio."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image, ImageChops

from pos.devices.worker.pieces import pieces
from pos.devices.zpl import encode
from tests.peers import node
from tests.peers.node import receiptio, rendered
from tests.peers.toy_printer import ToyPrinter, read_codes
from tests.unit.paper.presses import press
from tests.unit.paper.samples import TICKETS, ticket
from tests.wire.devices.pens import profile
from tests.wire.devices.window import Counter

ZEBRA = profile("zebra-zd")
ROWS = round(ZEBRA.length_mm * ZEBRA.dots_per_mm)
# What receiptio calls each of our states.
THEIRS = {"online": "online", "cover_open": "coveropen", "paper_out": "paperempty"}
OURS = {"online": "ready", "cover_open": "cover_open", "paper_out": "paper_out"}


def zpl(*jobs: dict[str, Any], layout: str) -> tuple[bytes, list[Image.Image]]:
    """Labels as they are sent, and the pictures they should be."""
    shapes = [
        piece
        for job in jobs
        for page in press(layout).bitmaps(job, ZEBRA.printed_mm, ZEBRA.dots_per_mm)
        for piece in pieces(page, ROWS)
    ]
    pictures = [
        Image.frombytes("1", (shape.width, shape.height), bytes(byte ^ 0xFF for byte in shape.data)) for shape in shapes
    ]
    return b"".join(encode.label(shape) for shape in shapes), pictures


# ZPL


def test_labels_are_drawn_dot_for_dot_and_their_codes_read() -> None:
    jobs = [ticket(language, code=f"OUTSIDE{number}") for number, language in enumerate(TICKETS)]
    said, pictures = zpl(*jobs, layout="ticket-label")
    drawn = rendered(said, ZEBRA.printed_mm, ZEBRA.length_mm, ZEBRA.dots_per_mm)
    assert len(drawn) == len(pictures) == len(TICKETS)
    for label, picture in zip(drawn, pictures, strict=True):
        ours = Image.new("L", label.size, 255)
        ours.paste(picture.convert("L"), (0, 0))
        assert ImageChops.difference(label.convert("L"), ours).getbbox() is None
    codes = {code.text for label in drawn for code in read_codes(label)}
    assert codes == {f"OUTSIDE{number}" for number in range(len(TICKETS))}


def test_a_damaged_label_is_not_drawn_the_same() -> None:
    """The test above would prove nothing if the renderer did not look at the data."""
    said, (picture, *_) = zpl(ticket(code="OUTSIDE1"), layout="ticket-label")
    turned = picture.transpose(Image.Transpose.ROTATE_180)
    label = rendered(said, ZEBRA.printed_mm, ZEBRA.length_mm, ZEBRA.dots_per_mm)[0].convert("L")
    ours = Image.new("L", label.size, 255)
    ours.paste(turned.convert("L"), (0, 0))
    assert ImageChops.difference(label, ours).getbbox() is not None


def test_a_page_longer_than_the_label_loses_nothing() -> None:
    said, pictures = zpl(ticket(code="OUTSIDE1"), layout="ticket-standard")
    drawn = rendered(said, ZEBRA.printed_mm, ZEBRA.length_mm, ZEBRA.dots_per_mm)
    assert len(drawn) == len(pictures) > 1
    assert [code.text for label in drawn for code in read_codes(label)] == ["OUTSIDE1"]


# ESC/POS


@pytest.fixture
def toy() -> Iterator[ToyPrinter]:
    with ToyPrinter() as toy:
        yield toy


@pytest.mark.parametrize("mode", THEIRS)
def test_their_client_and_ours_see_the_same_printer(toy: ToyPrinter, mode: Any) -> None:
    toy.set(mode)
    assert receiptio(toy.port, "-p", "escpos", "-q") == THEIRS[mode]
    counter = Counter(toy.url, profile())
    try:
        counter.wait_for(OURS[mode])
    finally:
        counter.printers.close()


@pytest.mark.parametrize("options", [("-p", "escpos"), ()])
def test_their_client_finds_out_what_the_printer_speaks(toy: ToyPrinter, options: tuple[str, ...]) -> None:
    assert receiptio(toy.port, *options, "-q") == "online"


def test_their_client_sees_a_printer_that_is_off(toy: ToyPrinter) -> None:
    toy.set("off")
    assert receiptio(toy.port, "-p", "escpos", "-q") == "disconnect"


def test_their_client_and_ours_see_the_same_drawer(toy: ToyPrinter) -> None:
    counter = Counter(toy.url, profile())
    try:
        counter.wait_for("ready")
        seen = []
        for kick in (False, True):
            if kick:
                counter.printers.kick_drawer()
            deadline = time.monotonic() + 8
            wanted = "open" if kick else "shut"
            while counter.printers.states()["drawer"]["text"] != wanted and time.monotonic() < deadline:
                time.sleep(0.05)
            seen.append(counter.printers.states()["drawer"]["text"])
    finally:
        counter.printers.close()
    drawer = ("-p", "escpos", "-q", "drawer2")  # the sensor is high when it is open, as our profile says
    theirs = receiptio(toy.port, *drawer)
    toy.shut_drawer()
    assert (seen, theirs) == (["shut", "open"], "draweropen")
    assert receiptio(toy.port, *drawer) == "drawerclosed"


def test_what_their_client_prints_comes_out_of_our_toy(toy: ToyPrinter) -> None:
    """The toy was written beside our encoder; this was not."""
    receipt = "^^^RECEIPT\n\nSeat 14|58.00\n---\n{code:THEIRS0001;option:qrcode,6,m}\n"
    assert receiptio(toy.port, "-p", "escpos", "-c", "48", receipt=receipt) == "success"
    toy.wait_for(1)
    assert toy.codes() == ["THEIRS0001"]


def test_what_is_locked_is_what_runs() -> None:
    assert (node.version("receiptio"), node.version("zpl-renderer-js")) == ("2.1.2", "3.4.0")
    assert "resolved" not in (node.HERE / "package-lock.json").read_text(encoding="utf-8")
