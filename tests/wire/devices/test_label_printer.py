"""A Zebra's worker against one on a real socket: what is done, failed and unknown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from pos.devices.worker import label_printer
from tests.peers.carrier import Serial, Tcp
from tests.peers.toy_printer import read_codes
from tests.peers.toy_zpl import ToyZebra
from tests.unit.paper.samples import receipt, ticket
from tests.wire.devices.pens import profile
from tests.wire.devices.window import Counter

# A ticket of the shipped layout is longer than the label; what these tests are about is one piece a ticket.
ZEBRA = replace(profile("zebra-zd"), length_mm=120.0)
SIZE = (816, 960)


PATIENCE_S = 8.0


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience that a toy needs."""
    monkeypatch.setattr(label_printer, "_CONFIRM_S", 1.0)
    monkeypatch.setattr(label_printer, "_ANSWER_S", 0.4)
    monkeypatch.setattr(label_printer, "_ASK_EVERY_S", 0.05)
    monkeypatch.setattr(label_printer, "_AHEAD", 3)


@pytest.fixture
def zebra() -> ToyZebra:
    return ToyZebra(*SIZE)


@pytest.fixture
def line(zebra: ToyZebra) -> Iterator[Tcp]:
    with Tcp(zebra) as line:
        assert isinstance(line, Tcp)
        yield line


@pytest.fixture
def counters() -> Iterator[Callable[..., Counter]]:
    made: list[Counter] = []

    def make(url: str, model: Any = ZEBRA) -> Counter:
        made.append(Counter(url, model))
        return made[-1]

    yield make
    for counter in made:
        counter.printers.close()


@pytest.fixture
def counter(line: Tcp, counters: Callable[..., Counter]) -> Counter:
    counter = counters(line.url)
    counter.wait_for("ready")
    return counter


def group(*codes: str) -> dict[str, Any]:
    return {"kind": "tickets", "tickets": [ticket(code=code) for code in codes]}


def numbered(count: int) -> list[str]:
    return [f"AAAA{number:04}" for number in range(count)]


def codes(zebra: ToyZebra) -> list[str]:
    return [code.text for paper in zebra.labels for code in read_codes(paper)]


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.01)


def test_a_sale_is_printed_label_by_label(zebra: ToyZebra, counter: Counter) -> None:
    assert counter.print(group("AAAA0001", "AAAA0002")).outcome() == "done"
    assert codes(zebra) == ["AAAA0001", "AAAA0002"]
    assert counter.print(receipt()).outcome() == "done"
    assert len(zebra.labels) == 3
    assert zebra.not_understood == []


def test_done_is_said_when_nothing_is_left_in_it(zebra: ToyZebra, counter: Counter) -> None:
    def hold() -> None:
        zebra.hold = True

    job = counter.print(group("AAAA0001", "AAAA0002"), started=hold)
    until(lambda: zebra.held == 2)
    time.sleep(1.2)  # longer than a label takes
    assert not job.ended.is_set()
    zebra.hold = False
    assert job.outcome() == "done"


def test_a_label_that_is_counted_nowhere_is_waited_for(zebra: ToyZebra, counter: Counter) -> None:
    zebra.blind, zebra.print_s = True, 0.7  # 120 mm at 150 mm/s take 0.8 s
    assert counter.print(group("AAAA0001")).outcome() == "done"
    assert len(zebra.labels) == 1


def test_a_group_goes_a_few_labels_ahead(zebra: ToyZebra, counter: Counter) -> None:
    def hold() -> None:
        zebra.hold = True

    job = counter.print(group(*numbered(8)), started=hold)
    until(lambda: zebra.held == 3)
    time.sleep(0.3)
    assert zebra.held == 3
    zebra.hold = False
    assert job.outcome() == "done"
    assert codes(zebra) == numbered(8)


@pytest.mark.parametrize("mute", [False, True])
@pytest.mark.parametrize(("fault", "state", "text"), [
    ("head_open", "cover_open", "head is open"), ("ribbon_out", "paper_out", "out of ribbon"),
    ("stock", "paper_out", "out of labels"),
])  # fmt: skip
def test_a_halted_printer_is_sent_nothing(
    zebra: ToyZebra, counter: Counter, fault: str, state: str, text: str, mute: bool
) -> None:
    zebra.mute = mute
    setattr(zebra, fault, 0 if fault == "stock" else True)
    job = counter.print(ticket())
    assert job.outcome() == "failed"
    assert not job.began.is_set()
    assert ("does not answer: media out, ribbon out, head open" if mute else text) in job.text
    counter.wait_for("unknown" if mute else state)
    setattr(zebra, fault, 100 if fault == "stock" else False)
    counter.wait_for("ready")
    assert zebra.labels == []


@pytest.mark.parametrize(("fault", "text"), [("paused", "paused"), ("cutter_stuck", "cutter is stuck")])
def test_paused_or_with_a_stuck_cutter_it_is_sent_nothing(
    zebra: ToyZebra, counter: Counter, fault: str, text: str
) -> None:
    setattr(zebra, fault, True)
    until(lambda: text in counter.state["text"])
    assert counter.print(ticket()).outcome() == "failed"
    assert zebra.labels == []


@pytest.mark.parametrize("mute", [False, True])
def test_labels_that_end_on_the_way_are_unknown_and_never_doubled(
    zebra: ToyZebra, counter: Counter, mute: bool
) -> None:
    zebra.stock, zebra.mute = 1, mute
    job = counter.print(group("AAAA0001", "AAAA0002", "AAAA0003"))
    assert job.outcome() == "unknown"
    assert ("does not answer" if mute else "out of labels; 3 of 3 were sent; it still has 2 labels") in job.text
    again = counter.print(group("COPY0001"))
    assert again.outcome() == "failed"
    assert not again.began.is_set()
    zebra.print_s = 0.5
    zebra.load()
    counter.wait_for("ready")
    if zebra.held:
        busy = counter.print(group("COPY0001"))
        assert busy.outcome() == "failed"
        assert "still busy with an earlier job" in busy.text
    until(lambda: len(zebra.labels) == 3)
    zebra.print_s = 0.02
    assert counter.print(group("NEXT0001")).outcome() == "done"
    assert codes(zebra) == ["AAAA0001", "AAAA0002", "AAAA0003", "NEXT0001"]


@pytest.mark.parametrize("count", [200, 3000])
def test_unplugged_in_mid_label_is_unknown_and_the_next_is_whole(
    zebra: ToyZebra, counter: Counter, line: Tcp, count: int
) -> None:
    line.break_after = count
    job = counter.print(group("BROKEN01"))
    assert job.outcome() == "unknown"
    assert counter.print(group("WHOLE001")).outcome() == "done"
    assert codes(zebra) == ["WHOLE001"]


def test_silence_after_the_bytes_is_unknown(zebra: ToyZebra, counter: Counter) -> None:
    def fall_silent() -> None:
        zebra.silent = True

    job = counter.print(ticket(), started=fall_silent)
    assert job.outcome() == "unknown"
    assert "does not answer" in job.text


def test_one_that_answers_and_never_prints_is_unknown(zebra: ToyZebra, counter: Counter) -> None:
    def hold() -> None:
        zebra.hold = True

    job = counter.print(ticket(), started=hold)
    assert job.outcome() == "unknown"
    assert "has not finished in time; 1 of 1 were sent; it still has 1 labels" in job.text


def test_one_that_never_answers_is_sent_nothing(zebra: ToyZebra, counters: Callable[..., Counter]) -> None:
    zebra.silent = True
    with Tcp(zebra) as line:
        counter = counters(line.url)
        job = counter.print(ticket())
        assert job.outcome() == "failed"
        assert not job.began.is_set()
        assert zebra.labels == []
        counter.printers.close()


def test_off_it_fails_fast_and_comes_back_by_itself(zebra: ToyZebra, counter: Counter, line: Tcp) -> None:
    line.switch(False)
    counter.wait_for("offline")
    assert counter.print(ticket()).outcome(3.0) == "failed"
    zebra.restart()
    line.switch(True)
    counter.wait_for("ready")
    assert counter.print(ticket()).outcome() == "done"


def test_labels_running_out_are_said_and_printed_on(zebra: ToyZebra, counter: Counter) -> None:
    zebra.low = True
    counter.wait_for("paper_low")
    assert counter.print(ticket()).outcome() == "done"


def test_no_drawer_hangs_on_it(zebra: ToyZebra, counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    counter.printers.kick_drawer()
    until(lambda: "no drawer can hang on a label printer" in caplog.text)
    assert counter.print(ticket()).outcome() == "done"


def test_a_serial_line_carries_it_too(zebra: ToyZebra, counters: Callable[..., Counter]) -> None:
    with Serial(zebra) as line:
        counter = counters(line.url)
        counter.wait_for("ready")
        assert counter.print(group("AAAA0001")).outcome() == "done"
        assert codes(zebra) == ["AAAA0001"]
        counter.printers.close()


def test_closed_before_it_had_finished_the_job_is_unknown(zebra: ToyZebra, counter: Counter) -> None:
    def hold() -> None:
        zebra.hold = True

    job = counter.print(group("AAAA0001"), started=hold)
    until(lambda: zebra.held == 1)
    start = time.monotonic()
    counter.printers.close()
    assert time.monotonic() - start < 2.0
    assert job.outcome() == "unknown"
