"""Scanners and card readers: what their bytes say, and their workers on a real serial line."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.devices.readers.lines import MOST, LineReader
from pos.devices.readers.magstripe import Swipe, Unread, is_swipe, read_swipe
from pos.devices.transport import read_address
from pos.devices.worker.outcome import DeviceState
from pos.devices.worker.reader import Readers, ReaderWorker, line_source
from pos.domain.errors import Unreadable
from tests.peers.toy_scanner import ToyScanner
from tests.unit.domain.test_mask import card_numbers

CODE = "7Q4MZ2XKDR8T"


# ---- bytes -------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t", b"\x03", b"\x04"])
def test_a_reading_ends_as_the_scanner_was_told_to_end_it(end: bytes) -> None:
    lines = LineReader()
    assert lines.feed(CODE.encode() + end + b"NEXT") == [CODE]
    assert lines.inside
    assert lines.give_up() == ["NEXT"]
    assert not lines.inside


def test_what_stands_around_a_code_is_no_part_of_it() -> None:
    assert LineReader("~", "#").feed(b"\x02]Q1~ABC#\r") == ["ABC"]
    assert LineReader().feed(b"\x02]C0ABC\x03") == ["ABC"]


@given(st.lists(st.text("ABCXYZ0123456789", min_size=1, max_size=40), max_size=12), st.data())
def test_readings_come_whole_however_the_line_cuts_them(codes: list[str], data: st.DataObject) -> None:
    stream = "".join(code + "\r\n" for code in codes).encode()
    lines, found = LineReader(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += lines.feed(stream[:size])
        stream = stream[size:]
    assert found == codes


@given(st.lists(st.binary(max_size=3000), max_size=8))
def test_no_bytes_are_too_much(pieces: list[bytes]) -> None:
    lines = LineReader()
    for piece in pieces:
        for text in [*lines.feed(piece), *lines.give_up()]:
            assert text.strip() == text
            assert 0 < len(text) <= MOST


def test_a_reading_that_does_not_end_is_left_out_and_the_next_one_heard() -> None:
    lines = LineReader()
    for _ in range(50):
        assert lines.feed(b"X" * 100) == []
    assert lines.feed(b"X\rNEXT\r") == ["NEXT"]


# ---- magnetic stripes --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("%M00417^ANNA MUSTER^?;00417=2812?", "00417"),
        (";00417?", "00417"),
        ("%M00417?", "M00417"),
        ("%E?;00417=2812?", "00417"),
        ("%M00417?+;00417?1", "00417"),
        (";00417?;990=1?", "00417"),
    ],
)
def test_a_member_card_has_its_number_in_front(text: str, number: str) -> None:
    assert is_swipe(text)
    assert read_swipe(text) == Swipe(number, bank=False)


@pytest.mark.parametrize(
    "text",
    [
        "%B5413330089604111^MUSTER/ANNA^28122010000000000?;5413330089604111=28122010000000000?",
        ";5413330089604111=28122010000000000?",
        "%B5413 3300 8960 4111^MUSTER/ANNA^2812?",
        "%M00417?;5413330089604111=2812?",
    ],
)
def test_a_banks_card_keeps_its_last_four_digits_only(text: str) -> None:
    swipe = read_swipe(text)
    assert swipe.bank
    assert swipe.number.replace(" ", "").strip("*") == "4111"


@pytest.mark.parametrize("text", ["%E?;E?", "%?", ";417", "%M1?;2?;3?;4?", "%", ";", "?;1?", ";;1?", "%^ANNA?"])
def test_a_stripe_that_was_not_read_whole_says_so_and_shows_nothing_of_it(text: str) -> None:
    with pytest.raises(Unread) as caught:
        read_swipe(text)
    assert not any(letter.isdigit() for letter in str(caught.value))


@given(st.text("%;?^=B0123456789 EM", max_size=80), card_numbers())
def test_no_swipe_lets_a_card_number_through(noise: str, number: str) -> None:
    for text in (noise, f"%B{number}^X^9?;{number}=9?", f"%M1?;{number}=1?{noise}"):
        assert number not in told(text)


def told(text: str) -> str:
    """All that reading a stripe gives away."""
    try:
        return read_swipe(text).number
    except Unread as unread:
        return str(unread)


# ---- workers -----------------------------------------------------------------------------


class Hearing:
    """A worker, and what the till would have heard of it. The till takes readings while `takes`."""

    def __init__(self, url: str) -> None:
        self.texts: list[str] = []
        self.states: list[DeviceState] = []
        self.takes = True
        self._waiting: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        open_ = line_source(read_address(url, "till.toml", "scanner.transport"), "till.toml", "scanner.transport")
        self.worker = ReaderWorker("scanner", open_, lambda name, state: self.states.append(state))
        self.worker.start(self._heard)

    def _heard(self, text: str, taken: Callable[[], None]) -> None:
        with self._lock:
            self.texts.append(text)
            if not self.takes:
                self._waiting.append(taken)
                return
        taken()

    def take_all(self) -> None:
        with self._lock:
            self.takes = True
            waiting, self._waiting = self._waiting, []
        for taken in waiting:
            taken()

    def until(self, seen: Callable[[], bool], seconds: float = 10.0) -> None:
        end = time.monotonic() + seconds
        while not seen():
            assert time.monotonic() < end, (self.states, len(self.texts))
            time.sleep(0.005)

    def wait_connected(self) -> None:
        """What a port had before it was opened is not heard."""
        self.until(lambda: self.worker.state.text == "connected, nothing read yet")

    def wait_for(self, state: str) -> None:
        self.until(lambda: self.worker.state.state == state)


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[ToyScanner]:
    with ToyScanner(tmp_path / "ttyACM0") as toy:
        yield toy


@pytest.fixture
def hearing(toy: ToyScanner) -> Iterator[Hearing]:
    hearing = Hearing(toy.url)
    hearing.wait_connected()
    yield hearing
    hearing.worker.close()


def test_a_port_that_opens_is_not_yet_a_scanner_that_works(toy: ToyScanner, hearing: Hearing) -> None:
    assert hearing.worker.state.state == "unknown"
    toy.scan(CODE)
    hearing.wait_for("ready")
    assert hearing.texts == [CODE]


def test_two_hundred_scans_at_eight_times_the_pace_of_a_counter_lose_none(toy: ToyScanner, hearing: Hearing) -> None:
    codes = [f"{CODE}{number:03d}" for number in range(200)]
    for code in codes:
        toy.scan(code)
        time.sleep(1 / 40)
    hearing.until(lambda: len(hearing.texts) == len(codes))
    assert hearing.texts == codes


def test_a_till_that_does_not_keep_up_loses_none_either(toy: ToyScanner, hearing: Hearing) -> None:
    hearing.takes = False
    codes = [f"{CODE}{number:03d}" for number in range(200)]
    for code in codes:
        toy.scan(code)
    hearing.until(lambda: len(hearing.texts) >= 64)
    time.sleep(0.3)
    assert len(hearing.texts) == 64, "more wait in the till than it has room for"
    hearing.take_all()
    hearing.until(lambda: len(hearing.texts) == len(codes))
    assert hearing.texts == codes


def test_a_scanner_that_ends_nothing_is_heard_by_its_silence(toy: ToyScanner, hearing: Hearing) -> None:
    toy.send(CODE.encode())
    hearing.until(lambda: hearing.texts == [CODE])


def test_a_scanner_is_pulled_out_and_put_in_again(toy: ToyScanner, hearing: Hearing) -> None:
    toy.scan("BEFORE")
    hearing.until(lambda: hearing.texts == ["BEFORE"])
    toy.send(b"HAL")
    time.sleep(0.1)
    toy.unplug()
    hearing.wait_for("absent")
    toy.plug()
    hearing.wait_connected()
    toy.scan("AFTER")
    hearing.until(lambda: len(hearing.texts) == 2)
    assert hearing.texts == ["BEFORE", "AFTER"], "half a code is no code"


def test_a_till_ends_while_it_does_not_keep_up(toy: ToyScanner, hearing: Hearing) -> None:
    hearing.takes = False
    for number in range(100):
        toy.scan(f"{CODE}{number}")
    hearing.until(lambda: len(hearing.texts) >= 64)
    began = time.monotonic()
    hearing.worker.close()
    assert time.monotonic() - began < 1.0


@pytest.mark.expect_log("scanner: ZeroDivisionError")
def test_a_mistake_does_not_end_the_thread_and_its_words_are_not_logged(
    toy: ToyScanner, hearing: Hearing, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear = hearing.worker._on_reading

    def fail(text: str, taken: Callable[[], None]) -> None:
        hearing.worker._on_reading = hear
        raise ZeroDivisionError(text)

    hearing.worker._on_reading = fail
    toy.scan("5413330089604111")
    hearing.wait_for("error")
    hearing.wait_connected()
    toy.scan(CODE)
    hearing.until(lambda: hearing.texts == [CODE])
    assert "5413330089604111" not in caplog.text


def test_a_scanner_cannot_hang_on_a_file() -> None:
    with pytest.raises(Unreadable, match=r"till.toml: scanner.transport: nothing is read from file://"):
        line_source(read_address("file:///dev/usb/lp0", "t", "k"), "till.toml", "scanner.transport")


def test_one_that_types_is_named_and_nothing_more_is_said_of_it() -> None:
    readers = Readers({}, ("scanner",), lambda name, state: None)
    assert readers.states() == {"scanner": {"state": "unknown", "text": "types like a keyboard"}}
    readers.close()
