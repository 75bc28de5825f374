"""What is seen of a device: its bytes both ways, without what nobody may see; and how long ago."""

from __future__ import annotations

import dataclasses
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.devices.transport import read_address
from pos.devices.worker.outcome import DeviceState
from pos.devices.worker.terminal import TerminalWorker
from pos.devices.worker.terminal_watch import terminal_watch
from pos.devices.worker.watch import Dump, Watch
from pos.devices.worker.zvt_terminal import zvt_maker
from pos.devices.zvt.framing import frame
from pos.devices.zvt.trace import MessageTrace
from tests.peers.toy_terminal import CARD, ToyTerminal

PASSWORD = "573921"
VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "zvt.json").read_text(encoding="utf-8"))


@pytest.fixture(params=[False, True], ids=["tcp", "serial"])
def toy(request: pytest.FixtureRequest) -> Iterator[ToyTerminal]:
    with ToyTerminal(serial=request.param) as toy:
        yield toy


def test_a_payment_is_seen_without_password_and_card(toy: ToyTerminal) -> None:
    watch = terminal_watch(toy.url)
    address = dataclasses.replace(read_address(toy.url, "till.toml", "terminal"), tap=watch.tap)
    ready = threading.Event()

    def changed(_: str, state: DeviceState) -> None:
        watch.changed()
        ready.set()

    worker = TerminalWorker(zvt_maker(address, PASSWORD, "till.toml", "terminal"), changed)
    try:
        assert ready.wait(10)
        assert worker.pay("k", 1250, "EUR").result(20).state == "approved"
        traffic = watch.traffic()
    finally:
        worker.close()
    sent, heard = "\n".join(traffic["sent"]), "\n".join(traffic["heard"])
    assert "06 01 · authorisation · 04 000000001250" in sent
    assert "04 0F · 27 00 04 000000001250" in heard
    assert "22 ***" in heard
    for secret in (PASSWORD, CARD, CARD[:12], " ".join(CARD[at : at + 2] for at in range(0, 16, 2))):
        assert secret not in sent + heard
    assert watch.seen()["heard_s"] is not None


@pytest.mark.parametrize("serial", [False, True])
def test_what_a_terminal_shows_or_prints_is_seen_by_its_length_alone(serial: bool) -> None:
    texts = 0
    for case in VECTORS["vectors"]:
        if case.get("scope") == "apdu" and case["type"] in ("print_line", "print_text_block", "intermediate_status"):
            data = bytes.fromhex(case["hex"])
            for shown in MessageTrace(serial=serial).feed(frame(data) if serial else data):
                texts += 1
                assert re.fullmatch(r"[0-9A-F]{2} [0-9A-F]{2} · \*\*\* \d+ bytes", shown), shown
    assert texts >= 3


@given(st.lists(st.binary(max_size=40), max_size=12), st.integers(0, 3))
def test_a_card_number_is_masked_however_the_line_cuts_it(noise: list[bytes], cut: int) -> None:
    dump = Dump()
    for piece in noise:
        dump.feed(piece)
    for at in range(0, 16, cut + 1):
        dump.feed(CARD[at : at + cut + 1].encode())
    text = "".join(line[36:] for line in dump.lines())
    assert CARD not in text
    assert CARD[:12] not in text
    assert CARD[:12].encode().hex(" ").upper() not in " ".join(line[:36].strip() for line in dump.lines())


def test_a_card_number_that_slides_out_of_sight_is_masked_to_its_last_digit() -> None:
    dump = Dump()
    dump.feed(CARD.encode())
    for _ in range(160):
        dump.feed(b".")
        shown = "".join(line[36:] for line in dump.lines())
        assert sum(letter.isdigit() for letter in shown) <= 4, shown


def test_what_is_kept_has_an_end_and_shows_bytes_as_they_are() -> None:
    dump = Dump()
    dump.feed(b"\x1b@Tosca\n")
    assert dump.lines() == [f"{'1B 40 54 6F 73 63 61 0A':<36}·@Tosca·"]
    dump.feed(bytes(1_000_000))
    assert len(dump.lines()) == 15
    assert len(dump._bytes) < 200


class Wire:
    """A line that takes three bytes at a time and says one thing."""

    def __init__(self) -> None:
        self.closed = False
        self.says: list[bytes] = [b"", b"\x12"]

    def write(self, data: memoryview, timeout_s: float) -> int:
        return min(3, len(data))

    def read(self, timeout_s: float) -> bytes:
        return self.says.pop(0) if self.says else b""

    def close(self) -> None:
        self.closed = True


def test_only_what_really_went_through_is_seen() -> None:
    watch = Watch()
    wire = Wire()
    tapped = watch.tap(wire)
    assert watch.seen() == {"since_s": None, "did": "", "did_s": None, "sent_s": None, "heard_s": None}
    assert tapped.write(memoryview(b"abcdef"), 0.1) == 3
    assert tapped.read(0.1) == b""
    assert watch.seen()["heard_s"] is None
    assert tapped.read(0.1) == b"\x12"
    traffic = watch.traffic()
    assert (traffic["sent"][0][36:], traffic["heard"][0][:2]) == ("abc", "12")
    watch.did("printed")
    seen: dict[str, Any] = watch.seen()
    assert (seen["did"], seen["did_s"] < 5, seen["sent_s"] < 5, seen["heard_s"] < 5) == ("printed", True, True, True)
    tapped.close()
    assert wire.closed
    watch.tap(Wire())
    assert watch.traffic() == traffic, "what was said before a break is what somebody looks for"


def test_a_message_that_broke_off_does_not_swallow_the_next_connections_first() -> None:
    watch = terminal_watch("tcp://127.0.0.1:20007")
    watch.tap(Wire())
    watch.heard(bytes.fromhex("040f30 27"))
    watch.tap(Wire())
    watch.heard(bytes.fromhex("800000"))
    assert watch.traffic()["heard"] == ["80 00"]


BMPS = st.sampled_from(["2700", "04000000001250", "490978", "2952500295", "0b000123", "3b978539000000000000", "ff"])


@given(st.lists(BMPS, max_size=5), st.integers(0, 5), st.binary(max_size=60), st.integers(1, 9), st.booleans())
def test_whatever_a_terminal_sends_no_card_and_no_error_comes_of_it(
    around: list[str], at: int, noise: bytes, step: int, serial: bool
) -> None:
    fields = [*around[:at], f"22f0f8{CARD}", *around[at:]]
    data = bytes.fromhex("".join(fields))
    message = b"\x04\x0f" + bytes([len(data)]) + data
    stream = (frame(message) if serial else message) + noise
    trace = MessageTrace(serial=serial)
    lines = [line for start in range(0, len(stream), step) for line in trace.feed(stream[start : start + step])]
    assert lines
    assert CARD[:12] not in "".join(lines).replace(" ", "")
