"""A window with a scanner, a card reader and a line display on real serial lines: an evening of scans."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.evening.house import House, Window
from tests.evening.season import SHOW, season
from tests.peers.toy_display import ToyDisplay
from tests.peers.toy_scanner import ToyScanner
from tests.peers.toy_terminal import CARD

PURSES = '[[gift_card]]\ncode = "GC-1"\nbalance = "20.00"\n'


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "house", f"sqlite:///{tmp_path / 'office.db'}", season(extra=PURSES)) as house:
        yield house


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[ToyScanner]:
    with ToyScanner(tmp_path / "ttyACM0") as toy:
        yield toy


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[ToyScanner]:
    with ToyScanner(tmp_path / "ttyUSB0", end=b"\r") as toy:
        yield toy


@pytest.fixture
def display() -> Iterator[ToyDisplay]:
    with ToyDisplay(serial=True) as toy:
        yield toy


@pytest.fixture
def window(house: House, scanner: ToyScanner, reader: ToyScanner, display: ToyDisplay) -> Window:
    more = (
        f'[scanner]\ntransport = "{scanner.url}"\nmembers = "M-"\n'
        f'[card_reader]\ntransport = "{reader.url}"\n'
        f'[customer_display]\nkind = "escpos"\ntransport = "{display.url}"\nlocale = "hu"\n'
    )
    window = house.window("T1", printers=False, more=more)
    window.open()
    wait_for(window, "scanner", lambda shown: shown["text"] == "connected, nothing read yet")
    wait_for(window, "card_reader", lambda shown: shown["text"] == "connected, nothing read yet")
    return window


def wait_for(window: Window, device: str, seen: Callable[[dict[str, str]], bool]) -> None:
    end = time.monotonic() + 20
    while not seen(shown := window.till.ok("status")["devices"][device]):
        assert time.monotonic() < end, shown
        time.sleep(0.05)


def scanned(window: Window, toy: ToyScanner, text: str) -> dict[str, Any]:
    """What the till says of one reading."""
    mark = window.till.heard()
    toy.scan(text)
    return window.till.wait_event("scanned", after=mark, seconds=10)


def test_an_evening_of_scans(window: Window, scanner: ToyScanner, reader: ToyScanner, display: ToyDisplay) -> None:
    till = window.till
    display.until(lambda seen: "The House" in seen[0])

    # A gift card pays: nobody but the office knows it, until it is asked.
    (seat, other, *_) = window.seats("here")
    basket = till.ok("add", show=SHOW, places=[seat], price_type="adult")["basket"]
    display.until(lambda seen: seen[1] == "Összesen       59.00")
    assert scanned(window, scanner, "GC-1")["kind"] == "unknown"
    purse = till.ok("purse", code="GC-1")["purse"]
    assert (purse["kind"], purse["left"], basket["total"]) == ("gift_card", "20.00", "59.00")
    assert scanned(window, scanner, "GC-1")["left"] == "20.00"
    gift = {"kind": "gift_card", "code": "GC-1", "amount": "20.00"}
    sale = till.ok("pay", tenders=[gift, {"kind": "cash", "amount": "39.00", "given": "50.00"}])["sale"]
    display.until(lambda seen: seen == ("Összesen       59.00", "Visszajáró     11.00"))
    assert scanned(window, scanner, "GC-1")["left"] == "0.00"

    # The ticket is found, and lets in once.
    code = sale["tickets"][0]["code"]
    event = scanned(window, scanner, code)
    assert (event["kind"], event["sale"], event["by"]) == ("ticket", sale["id"], "scanner")
    assert till.ok("admit", code=event["code"], show=event["show"])["admitted"]["id"] == event["ticket"]
    assert till.refused("admit", code=event["code"], show=event["show"])["code"] == "already_admitted"
    assert scanned(window, scanner, sale["id"])["kind"] == "sale"

    # Members, by their code and by their stripe.
    assert scanned(window, scanner, "M-417")["kind"] == "member"
    member = scanned(window, reader, "%M417^MUSTER/ANNA^?;00417=2812?")
    assert (member["kind"], member["text"], member["by"]) == ("member", "00417", "card_reader")

    # Pulled out and put in again, while the window sells on.
    scanner.unplug()
    wait_for(window, "scanner", lambda shown: shown["state"] == "absent")
    window.sell(other)
    scanner.plug()
    wait_for(window, "scanner", lambda shown: shown["text"] == "connected, nothing read yet")
    assert scanned(window, scanner, code)["kind"] == "ticket"
    wait_for(window, "scanner", lambda shown: shown["state"] == "ready")


def test_five_scans_a_second_while_the_window_sells_lose_none(window: Window, scanner: ToyScanner) -> None:
    till = window.till
    seats = window.seats("here")
    mark = till.heard()
    codes = [f"NOSUCH{number:02d}" for number in range(25)]
    for number, code in enumerate(codes):
        began = time.monotonic()
        scanner.scan(code)
        if number % 5 == 0 and seats:
            window.sell(seats.pop())
        time.sleep(max(0.0, 0.2 - (time.monotonic() - began)))
    till.wait_event("scanned", after=mark, text=codes[-1], seconds=10)
    assert [event["text"] for event in till.events if event["event"] == "scanned"] == codes


def test_a_payment_cards_number_is_nowhere(
    house: House, window: Window, scanner: ToyScanner, reader: ToyScanner, display: ToyDisplay
) -> None:
    assert scanned(window, reader, f"%B{CARD}^MUSTER/ANNA^2812?;{CARD}=2812?")["kind"] == "card"
    assert scanned(window, reader, CARD)["kind"] == "card"
    event = scanned(window, scanner, CARD)
    assert (event["kind"], event["text"]) == ("card", "************4111")
    assert window.till.ok("find", code=CARD) == {"sales": []}
    assert window.till.refused("purse", code=CARD)["code"] == "unknown_ticket"
    window.till.ok("sync")
    window.till.quit()
    told = "".join(window.till.lines)
    for file in [*house.folder.rglob("*"), *house.folder.parent.glob("office.db*")]:
        if file.is_file():
            told += file.read_bytes().decode("latin-1")
    assert CARD not in told
    assert "MUSTER" not in told
