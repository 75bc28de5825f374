"""Cards that are held to a PC/SC reader: read once, and the reader's troubles told."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.devices.readers.nfc import read_uid
from pos.devices.transport import TransportError
from pos.devices.worker.nfc import PcscSource
from pos.devices.worker.reader import ReaderWorker
from tests.peers.toy_pcsc import ToyPcsc

UID = bytes.fromhex("04A1B2C3D4E5F6")


@pytest.fixture
def pcsc(monkeypatch: pytest.MonkeyPatch) -> ToyPcsc:
    return ToyPcsc(monkeypatch)


@given(st.lists(st.integers(0, 255), max_size=300), st.integers(0, 255), st.integers(0, 255))
def test_an_answer_is_a_number_or_said_to_be_none(data: list[int], sw1: int, sw2: int) -> None:
    good = (sw1, sw2) == (0x90, 0) and len(data) in (4, 7, 8, 10)
    try:
        assert bytes.fromhex(read_uid(data, sw1, sw2)) == bytes(data)
    except ValueError:
        assert not good
    else:
        assert good


def test_a_card_counts_once_for_as_long_as_it_is_held(pcsc: ToyPcsc) -> None:
    source, (reader,) = PcscSource(), pcsc.readers
    assert source.readings(0.0) == []
    reader.card = UID
    assert source.readings(0.0) == ["04A1B2C3D4E5F6"]
    assert source.readings(0.0) == []
    reader.card = None
    assert source.readings(0.0) == []
    reader.card = UID
    assert source.readings(0.0) == ["04A1B2C3D4E5F6"]
    reader.card = bytes(4)
    assert source.readings(0.0) == ["00000000"], "another card without a gap is another card"
    assert reader.open == 0, "nothing is kept open"


def test_a_card_that_is_torn_away_or_strange_is_none(pcsc: ToyPcsc, caplog: pytest.LogCaptureFixture) -> None:
    source, (reader,) = PcscSource(), pcsc.readers
    reader.card, reader.tears = UID, True
    assert source.readings(0.0) == []
    reader.tears, reader.status = False, (0x63, 0x00)
    assert source.readings(0.0) == []
    assert "the reader answered 63 00" in caplog.text
    reader.status = (0x90, 0x00)
    assert source.readings(0.0) == ["04A1B2C3D4E5F6"]


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smartcard", None)
    with pytest.raises(TransportError, match=r"pyscard is not installed.*pip install 'housefull\[nfc\]'") as caught:
        PcscSource()
    assert caught.value.absent


def test_without_a_reader_or_the_systems_service_it_says_so(pcsc: ToyPcsc) -> None:
    pcsc.readers.clear()
    with pytest.raises(TransportError, match="no card reader is connected"):
        PcscSource()
    pcsc.runs = False
    with pytest.raises(TransportError, match="card service does not answer: Service not available"):
        PcscSource()


@pytest.fixture
def worker() -> Iterator[ReaderWorker]:
    worker = ReaderWorker("card_reader", PcscSource, lambda name, state: None)
    yield worker
    worker.close()


def test_a_reader_is_pulled_out_and_put_in_again(pcsc: ToyPcsc, worker: ReaderWorker) -> None:
    heard: list[str] = []

    def hear(text: str, taken: Callable[[], None]) -> None:
        heard.append(text)
        taken()

    worker.start(hear)
    (reader,) = pcsc.readers
    reader.card = UID
    until(lambda: heard == ["04A1B2C3D4E5F6"])
    assert worker.state.state == "ready"
    reader.tears = True
    pcsc.readers.clear()
    until(lambda: worker.state.state == "absent")
    reader.tears = False
    pcsc.readers.append(reader)
    until(lambda: len(heard) == 2)


def until(seen: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.005)
