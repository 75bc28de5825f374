"""Printer profiles and transport addresses: what is shipped reads, and what is wrong is named."""

from __future__ import annotations

import pytest

from pos.devices.profile import read_profile, unknown_profile
from pos.devices.transport import Address, read_address
from pos.domain.errors import Unreadable
from tests.unit.paper.presses import PROFILES
from tests.wire.devices.pens import profile

HEAD = 'name = "X"\nprotocol = "escpos"\n[paper]\nprinted = 72.0\n'


def test_the_shipped_profiles_are_read() -> None:
    for path in PROFILES:
        assert read_profile(path.read_text(encoding="utf-8"), path.name).printed_mm > 0
    epson, plain = profile("epson-tm-t88v"), profile("generic-escpos-58")
    assert (epson.dots, epson.cut, epson.confirms) == (576, "partial", True)
    assert (plain.dots, plain.cut, plain.confirms) == (384, "none", False)
    assert profile("pdf").protocol == "pdf"
    boca, zebra = profile("boca-lemur"), profile("zebra-zd")
    assert (boca.protocol, boca.dots, round(boca.length_mm * boca.dots_per_mm)) == ("fgl", 1650, 600)
    assert (zebra.protocol, zebra.dots, round(zebra.length_mm * zebra.dots_per_mm)) == ("zpl", 813, 406)


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("[", "", "not TOML"),
        ('name = "X"\nprotocol = "epl"', "protocol", "'epl' is not one of escpos, fgl, pdf, zpl"),
        ('name = "X"\nprotocol = "fgl"\n[paper]\nprinted = 72', "paper.length", "not a number between 10 and 500"),
        ('name = "X"\nprotocol = "zpl"\n[paper]\npath = 2', "paper.path", "not known here"),
        ('protocol = "escpos"\n[paper]\nprinted = 72', "name", "must be a name"),
        ('name = "X"\nprotocol = "escpos"', "paper.printed", "not a number between 10 and 300"),
        (HEAD + "colour = 1", "paper.colour", "not known here; known are: cut"),
        (HEAD + 'cut = "torn"', "paper.cut", "'torn' is not one of partial, full, none"),
        (HEAD + "speed = 0", "paper.speed", "not a number between"),
        (HEAD + "[drawer]\npin = 3", "drawer.pin", "3 is not one of 2, 5"),
        (HEAD + "[text.code_pages]\nklingon = 1", "text.code_pages.klingon", "not a code page"),
        (HEAD + "[text.code_pages]\ncp858 = 300", "text.code_pages.cp858", "300 is not a number from 0 to 255"),
        ('name = "X"\nprotocol = "escpos"\nconfirms = 1\n[paper]\nprinted = 72', "confirms", "not true or false"),
        ('name = "X"\nprotocol = "pdf"\n[paper]\nprinted = 72\nspeed = 3', "paper.speed", "not known here"),
    ],
)
def test_a_wrong_profile_is_refused_naming_file_key_and_reason(text: str, key: str, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_profile(text, "mine.toml")
    assert (caught.value.where, caught.value.key) == ("mine.toml", key)
    assert reason in caught.value.reason


def test_an_unknown_profile_is_answered_with_those_there_are() -> None:
    error = unknown_profile("epson", ["pdf", "epson-tm-t88v"], "till.toml", "printer.ticket.profile")
    assert str(error) == (
        "till.toml: printer.ticket.profile: there is no printer profile 'epson'; there are: epson-tm-t88v, pdf"
    )


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("tcp://127.0.0.1:9100", Address("tcp", host="127.0.0.1", port=9100)),
        ("tcp://[::1]:9100", Address("tcp", host="::1", port=9100)),
        ("serial:///dev/ttyUSB0?baud=115200", Address("serial", path="/dev/ttyUSB0", baud=115200)),
        ("serial:///dev/ttyS0", Address("serial", path="/dev/ttyS0", baud=9600)),
        ("serial:///dev/ttyS0?flow=rtscts", Address("serial", path="/dev/ttyS0", baud=9600, flow="rtscts")),
        ("serial:///dev/ttyS0?flow=xonxoff", Address("serial", path="/dev/ttyS0", baud=9600, flow="xonxoff")),
        ("usb://04B8:0e1f", Address("usb", path="04b8:0e1f")),
        ("usb://0a5f:0202:ZD%3A1", Address("usb", path="0a5f:0202:ZD:1")),
        ("win32://EPSON TM-T88V", Address("win32", path="EPSON TM-T88V")),
        (r"win32://\\box\tickets", Address("win32", path=r"\\box\tickets")),
        ("file:///dev/usb/lp0", Address("file", path="/dev/usb/lp0")),
        ("pdf:///home/box/Tickets%20out", Address("pdf", path="/home/box/Tickets out")),
    ],
)
def test_addresses(url: str, address: Address) -> None:
    assert read_address(url, "till.toml", "printer.ticket.transport") == address


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ipp://x", "ipp:// is not supported; these are: tcp://, serial://, usb://, file://, win32://, pdf://"),
        ("usb://04b8", "must look like usb://04b8:0202"),
        ("usb://epson:tm", "must look like usb://04b8:0202"),
        ("usb://04b8:0202/x", "must look like usb://04b8:0202"),
        ("win32://", "must look like win32://NAME"),
        ("serial:///dev/ttyS0?flow=yes", "flow one of none, rtscts, xonxoff"),
        ("127.0.0.1:9100", "not supported"),
        ("tcp://127.0.0.1", "must look like tcp://"),
        ("tcp://127.0.0.1:99999", "is not an address"),
        ("tcp://127.0.0.1:9100/queue", "must look like tcp://"),
        ("serial:///dev/ttyUSB0?baud=12", "must look like serial:///"),
        ("serial:///dev/ttyUSB0?parity=odd", "must look like serial:///"),
        ("file://lp0", "must look like file:///path"),
        ("pdf:///", "must look like pdf:///path"),
    ],
)
def test_a_wrong_address_is_refused(url: str, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_address(url, "till.toml", "printer.ticket.transport")
    assert (caught.value.where, caught.value.key) == ("till.toml", "printer.ticket.transport")
    assert reason in caught.value.reason
