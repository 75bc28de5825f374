"""A printer's worker against a printer on a real socket: what is done, failed and unknown."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pos.demo.cable import Cable
from pos.devices.profile import Profile
from pos.devices.transport import read_address
from pos.devices.worker import printer_worker
from pos.devices.worker.printers import Printers, printer_maker
from pos.domain.errors import Unreadable
from tests.peers.toy_printer import ToyPrinter
from tests.unit.paper.presses import press
from tests.unit.paper.samples import receipt, report, ticket
from tests.wire.devices.pens import Inside, profile
from tests.wire.devices.window import Counter, Job

EPSON = profile()


@pytest.fixture
def toy() -> Iterator[ToyPrinter]:
    with ToyPrinter() as toy:
        yield toy


@pytest.fixture
def counters() -> Iterator[Callable[..., Counter]]:
    made: list[Counter] = []

    def make(url: str, model: Profile = EPSON) -> Counter:
        made.append(Counter(url, model))
        return made[-1]

    yield make
    for counter in made:
        counter.printers.close()


@pytest.fixture
def counter(toy: ToyPrinter, counters: Callable[..., Counter]) -> Counter:
    counter = counters(toy.url)
    counter.wait_for("ready")
    return counter


def two(*codes: str) -> dict[str, Any]:
    return {"kind": "tickets", "tickets": [ticket(code=code) for code in codes]}


def test_a_sale_is_printed_ticket_by_ticket(toy: ToyPrinter, counter: Counter) -> None:
    job = counter.print(two("AAAA0001", "AAAA0002"))
    assert job.outcome() == "done"
    assert job.sheets == 2
    assert toy.codes() == ["AAAA0001", "AAAA0002"]
    assert len(toy.papers) == 2
    assert counter.print(receipt()).outcome() == "done"
    assert counter.print(report()).outcome() == "done"
    assert len(toy.papers) == 4
    assert toy.not_understood == []


def test_nothing_leaves_before_the_start_is_recorded(toy: ToyPrinter, counter: Counter) -> None:
    recorded = threading.Event()
    job = counter.print(ticket(), started=lambda: recorded.wait(5) and None)
    assert job.began.wait(5)
    time.sleep(0.2)
    assert not toy.papers
    assert not job.ended.is_set()
    recorded.set()
    assert job.outcome() == "done"
    assert len(toy.papers) == 1


@pytest.mark.expect_log("job J1")
def test_a_start_that_cannot_be_recorded_prints_nothing(toy: ToyPrinter, counter: Counter) -> None:
    def full() -> None:
        raise OSError("no space left on device")

    job = counter.print(ticket(), started=full)
    assert job.outcome() == "failed"
    assert "no space" in job.text
    assert counter.print(ticket(code="NEXT0001")).outcome() == "done"
    assert toy.codes() == ["NEXT0001"]


@pytest.mark.parametrize(
    ("mode", "state", "text"), [("paper_out", "paper_out", "no paper"), ("cover_open", "cover_open", "cover is open")]
)
def test_a_halted_printer_is_sent_nothing(toy: ToyPrinter, counter: Counter, mode: Any, state: str, text: str) -> None:
    toy.set(mode)
    job = counter.print(ticket())
    assert job.outcome(3.0) == "failed"
    assert text in job.text
    assert not job.began.is_set()
    counter.wait_for(state)
    toy.set("online")
    counter.wait_for("ready")
    assert not toy.papers


def test_a_printer_that_is_off_fails_fast_and_comes_back_by_itself(toy: ToyPrinter, counter: Counter) -> None:
    toy.set("off")
    counter.wait_for("offline")
    job = counter.print(ticket())
    assert job.outcome(3.0) == "failed"
    assert not job.began.is_set()
    toy.set("online")
    counter.wait_for("ready")
    assert counter.print(ticket()).outcome() == "done"


def test_off_and_on_between_two_jobs_is_no_failure(toy: ToyPrinter, counter: Counter) -> None:
    assert counter.print(ticket(code="AAAA0001")).outcome() == "done"
    toy.set("off")
    time.sleep(0.3)
    toy.set("online")
    assert counter.print(ticket(code="AAAA0002")).outcome() == "done"
    assert toy.codes() == ["AAAA0001", "AAAA0002"]


def test_a_host_that_never_answers_fails_in_three_seconds(counters: Callable[..., Counter]) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        # A full backlog swallows connections as an address without a machine does.
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        counter = counters(f"tcp://127.0.0.1:{full.getsockname()[1]}")
        counter.wait_for("offline")
        job = counter.print(ticket())
        assert job.outcome(4.5) == "failed"
        assert "does not answer" in job.text
        for filler in fillers:
            filler.close()


@pytest.mark.parametrize("count", [1000, 30_000])
def test_a_break_on_the_way_is_unknown_and_the_next_ticket_is_whole(
    toy: ToyPrinter, counter: Counter, count: int
) -> None:
    toy.break_after(count)
    job = counter.print(ticket(code="BROKEN01"))
    assert job.outcome() == "unknown"
    assert job.began.is_set()
    assert "0 of 1 confirmed" in job.text
    assert counter.print(ticket(code="WHOLE001")).outcome() == "done"
    assert "WHOLE001" in toy.codes()
    assert "BROKEN01" not in toy.codes()


def test_what_was_confirmed_before_the_break_is_said(toy: ToyPrinter, counter: Counter) -> None:
    toy.break_after(70_000)
    job = counter.print(two("AAAA0001", "AAAA0002"))
    assert job.outcome() == "unknown"
    assert toy.codes() == ["AAAA0001"]
    assert "of 2 confirmed" in job.text


def test_half_a_ticket_is_cut_off_before_the_next(toy: ToyPrinter, counter: Counter) -> None:
    assert counter.print(ticket(code="WHOLE001")).outcome() == "done"
    toy.break_after(30_000)
    assert counter.print(ticket(code="BROKEN01")).outcome() == "unknown"
    assert counter.print(ticket(code="WHOLE001")).outcome() == "done"
    whole, half, again = toy.papers
    assert half.height < whole.height
    assert again.tobytes() == whole.tobytes()


def test_paper_that_ends_on_the_way_is_unknown(toy: ToyPrinter, counter: Counter) -> None:
    toy.run_out_after(300)
    job = counter.print(ticket(code="LATE0001"))
    assert job.outcome() == "unknown"
    assert "no paper" in job.text
    assert counter.print(ticket()).outcome() == "failed"
    # With new paper the printer goes on by itself: what was unknown did come out.
    toy.set("online")
    toy.wait_for(1)
    assert toy.codes() == ["LATE0001"]
    assert counter.print(ticket(code="NEXT0001")).outcome() == "done"
    assert toy.codes() == ["LATE0001", "NEXT0001"]


def test_a_late_answer_does_not_confirm_the_next_job(toy: ToyPrinter, counter: Counter) -> None:
    for _ in range(3):
        assert counter.print(receipt()).outcome() == "done"
    toy.hold(True)
    assert counter.print(ticket(code="LATE0001")).outcome(20.0) == "unknown"
    refused = counter.print(ticket(code="LOST0001"))
    assert refused.outcome() == "failed"
    assert "busy with an earlier job" in refused.text
    following = counter.print(ticket(code="NEXT0001"))
    assert not following.began.wait(1.0)
    toy.hold(False)
    assert following.outcome() == "done"
    assert toy.codes() == ["LATE0001", "NEXT0001"]


def test_a_printer_that_falls_silent_is_sent_nothing(toy: ToyPrinter, counter: Counter) -> None:
    toy.set("silent")
    job = counter.print(ticket())
    assert job.outcome(3.0) == "failed"
    assert not job.began.is_set()
    assert "does not answer" in job.text
    counter.wait_for("offline")


def test_silence_after_the_bytes_is_unknown(toy: ToyPrinter, counter: Counter) -> None:
    def fall_silent() -> None:
        toy.set("silent")

    job = counter.print(ticket(), started=fall_silent)
    assert job.outcome(20.0) == "unknown"
    assert "has not confirmed in time" in job.text


def test_one_that_never_answers_is_printed_on_and_is_unknown(toy: ToyPrinter, counters: Callable[..., Counter]) -> None:
    toy.set("dumb")
    counter = counters(toy.url)
    job = counter.print(ticket(code="DUMB0001"))
    assert job.outcome() == "unknown"
    assert toy.codes() == ["DUMB0001"]
    assert counter.state["state"] == "unknown"


def test_one_that_cannot_confirm_is_done_when_all_is_sent_and_says_so(
    toy: ToyPrinter, counters: Callable[..., Counter]
) -> None:
    toy.set("dumb")
    counter = counters(toy.url, replace(EPSON, confirms=False))
    job = counter.print(ticket(code="DUMB0001"))
    assert job.outcome() == "done"
    assert "sent in full" in job.text
    toy.wait_for(1)
    assert counter.state["state"] == "unknown"


def test_what_cannot_be_set_fails_and_names_the_field(toy: ToyPrinter, counter: Counter) -> None:
    job = counter.print(ticket(code=None))
    assert job.outcome() == "failed"
    assert "code" in job.text
    assert not job.began.is_set()


def test_too_many_jobs_are_refused_and_none_is_lost(toy: ToyPrinter, counter: Counter) -> None:
    hold = threading.Event()
    first = counter.print(receipt(), started=lambda: hold.wait(10) and None)
    assert first.began.wait(5)
    jobs = [counter.print(receipt()) for _ in range(66)]
    hold.set()
    outcomes = [job.outcome(30.0) for job in jobs]
    assert outcomes.count("done") == 64
    assert outcomes.count("failed") == 2
    toy.wait_for(65)


def test_the_drawer_opens_before_waiting_jobs(toy: ToyPrinter, counter: Counter) -> None:
    hold = threading.Event()
    first = counter.print(ticket(), started=lambda: hold.wait(10) and None)
    assert first.began.wait(5)
    seen: list[int] = []
    second = counter.print(ticket(), started=lambda: seen.append(toy.kicks))
    counter.printers.kick_drawer()
    hold.set()
    assert second.outcome() == "done"
    assert seen == [1]
    deadline = time.monotonic() + 8
    while counter.printers.states()["drawer"]["text"] != "open" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert counter.printers.states()["drawer"] == {"state": "ready", "text": "open"}


def test_the_drawer_never_opens_late(toy: ToyPrinter, counter: Counter) -> None:
    toy.set("off")
    counter.wait_for("offline")
    counter.printers.kick_drawer()
    time.sleep(0.2)
    toy.set("online")
    counter.wait_for("ready")
    assert toy.kicks == 0


def test_the_drawer_stays_shut_when_nobody_stands_at_it_any_more(
    toy: ToyPrinter, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer_worker, "_LATE_S", 0.2)
    hold = threading.Event()
    job = counter.print(ticket(), started=lambda: hold.wait(10) and None)
    assert job.began.wait(5)
    counter.printers.kick_drawer()
    time.sleep(0.3)
    hold.set()
    assert job.outcome() == "done"
    assert counter.print(ticket()).outcome() == "done"
    assert toy.kicks == 0


def test_low_paper_is_said_and_printed_on(toy: ToyPrinter, counter: Counter) -> None:
    toy.run_low()
    counter.wait_for("paper_low")
    assert counter.print(ticket()).outcome() == "done"


def test_close_takes_less_than_two_seconds_in_any_state(toy: ToyPrinter, counters: Callable[..., Counter]) -> None:
    for mode in ("online", "silent", "off"):
        toy.set(mode)  # type: ignore[arg-type]
        time.sleep(0.3)
        counter = counters(toy.url)
        counter.print(ticket())
        start = time.monotonic()
        counter.printers.close()
        assert time.monotonic() - start < 2.0
        assert not any(thread.name == "printer.ticket" for thread in threading.enumerate())


def test_close_leaves_what_has_not_begun_without_an_outcome(toy: ToyPrinter, counter: Counter) -> None:
    toy.set("silent")
    waiting = [counter.print(ticket()) for _ in range(3)]
    counter.printers.close()
    assert not any(job.ended.is_set() or job.began.is_set() for job in waiting)


def test_the_cable_to_the_printer_is_cut(toy: ToyPrinter, counters: Callable[..., Counter]) -> None:
    cable = Cable("127.0.0.1", toy.port)
    counter = counters(f"tcp://127.0.0.1:{cable.port}")
    counter.wait_for("ready")
    assert counter.print(ticket(code="AAAA0001"), started=lambda: cable.cut(silent=True)).outcome(20.0) == "unknown"
    cable.mend()
    counter.wait_for("ready")
    assert counter.print(ticket(code="AAAA0002")).outcome() == "done"
    assert "AAAA0002" in toy.codes()
    cable.close()


def test_a_till_without_that_printer_says_so() -> None:
    printers = Printers({}, None, lambda name, state: None)
    job = Job()
    printers.submit("ticket", "J1", ticket(), job.began.set, job.finish)
    assert job.outcome(0.0) == "failed"
    assert not printers.present("ticket")
    assert printers.states() == {}
    printers.kick_drawer()


# Other ways to a printer


class Line:
    """A serial line: a pseudo-terminal with a printer behind it."""

    def __init__(self) -> None:
        self.near, far = os.openpty()
        self.url = f"serial://{os.ttyname(far)}?baud=115200"
        self._far = far
        self.inside = Inside()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        os.set_blocking(self.near, False)
        while not self._closing.wait(0.005):
            try:
                self.inside.paper.receive(os.read(self.near, 65536))
            except BlockingIOError:
                continue
            except OSError:
                return
            answers, self.inside.answers = self.inside.answers, b""
            if answers:
                os.write(self.near, answers)

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        os.close(self.near)
        os.close(self._far)


def test_a_serial_printer_gets_characters_and_confirms(counters: Callable[..., Counter]) -> None:
    line = Line()
    try:
        counter = counters(line.url)
        counter.wait_for("ready")
        job = counter.print(two("AAAA0001", "AAAA0002"))
        assert job.outcome() == "done"
        assert len(line.inside.pieces) == 2
        counter.printers.close()
    finally:
        line.close()


def test_an_unplugged_serial_adapter_is_absent_and_does_not_end_the_worker(
    counters: Callable[..., Counter], tmp_path: Path
) -> None:
    counter = counters("serial:///dev/ttyNOTHERE")
    counter.wait_for("absent")
    job = counter.print(ticket())
    assert job.outcome(3.0) == "failed"
    assert "is not there" in job.text
    line = Line()
    plugged = counters(line.url)
    plugged.wait_for("ready")
    line.close()
    plugged.wait_for("offline")
    assert plugged.print(ticket()).outcome(3.0) == "failed"


def test_a_file_takes_bytes_and_never_answers(counters: Callable[..., Counter], tmp_path: Path) -> None:
    path = tmp_path / "printer.bin"
    counter = counters(f"file://{path}", replace(EPSON, confirms=False))
    assert counter.print(ticket()).outcome() == "done"
    inside = Inside()
    inside.tell(path.read_bytes())
    assert len(inside.pieces) == 1


def test_a_device_file_that_is_missing_is_absent(counters: Callable[..., Counter]) -> None:
    counter = counters("file:///dev/usb/lp7")
    counter.wait_for("absent")
    assert counter.print(ticket()).outcome(3.0) == "failed"


def test_pdf_goes_to_a_folder_whole_or_not_at_all(counters: Callable[..., Counter], tmp_path: Path) -> None:
    folder = tmp_path / "out" / "pdf"
    counter = counters(f"pdf://{folder}", profile("pdf"))
    job = counter.print(ticket())
    assert job.outcome() == "done"
    assert job.began.is_set()
    assert [path.name for path in folder.iterdir()] == ["J1.pdf"]
    assert (folder / "J1.pdf").read_bytes().startswith(b"%PDF")
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    other = counters(f"pdf://{blocked}/pdf", profile("pdf"))
    refused = other.print(ticket())
    assert refused.outcome() == "failed"
    assert not refused.began.is_set()


@pytest.mark.parametrize(("model", "url"), [("pdf", "tcp://127.0.0.1:9100"), ("epson-tm-t88v", "pdf:///tmp/x")])
def test_a_profile_that_cannot_be_reached_that_way_is_refused(model: str, url: str) -> None:
    with pytest.raises(Unreadable, match="cannot be reached by"):
        printer_maker(profile(model), read_address(url, "t", "k"), press(), "t", "k")


def test_a_job_that_waits_is_withdrawn_and_one_that_has_begun_is_not(toy: ToyPrinter, counter: Counter) -> None:
    toy.hold(True)
    first = counter.print(ticket(code="AAAA0001"))
    assert first.began.wait(5)
    second = counter.print(ticket(code="AAAA0002"), name="J2")
    assert not counter.printers.withdraw("ticket", "J1")
    assert counter.printers.withdraw("ticket", "J2")
    assert not counter.printers.withdraw("ticket", "J2")
    assert not counter.printers.withdraw("receipt", "J1")
    toy.hold(False)
    assert first.outcome() == "done"
    assert counter.print(ticket(code="AAAA0003"), name="J3").outcome() == "done"
    assert toy.codes() == ["AAAA0001", "AAAA0003"]
    assert (second.began.is_set(), second.outcomes) == (False, [])


def test_a_job_taken_up_by_a_printer_that_is_slow_to_answer_is_withdrawn_and_never_begins(
    toy: ToyPrinter, counters: Callable[..., Counter]
) -> None:
    toy.set("dumb")  # before each job it is asked how it is, in vain, for a second; then it is printed on
    counter = counters(toy.url)
    counter.wait_for("unknown")
    job = counter.print(ticket(code="AAAA0001"))
    time.sleep(0.3)
    assert counter.printers.withdraw("ticket", "J1")
    assert counter.print(ticket(code="AAAA0002"), name="J2").outcome() == "unknown"
    toy.wait_for(1)
    assert toy.codes() == ["AAAA0002"]
    assert (job.began.is_set(), job.outcomes) == (False, [])


def test_no_job_is_lost_or_doubled_while_a_printer_is_exchanged(toy: ToyPrinter, counter: Counter) -> None:
    toy.hold(True)
    first = counter.print(ticket(code="FIRST"), name="first")
    assert first.began.wait(5)
    with ToyPrinter() as other:
        where = ("till.toml", "transport")
        make = printer_maker(EPSON, read_address(other.url, *where), press(), *where)
        left: list[str] = []
        swapping = threading.Thread(target=lambda: left.extend(counter.printers.swap("ticket", make)))
        jobs = {}
        for number in range(20):
            if number == 5:
                swapping.start()
            jobs[f"CODE{number:04d}"] = counter.print(ticket(code=f"CODE{number:04d}"), name=f"CODE{number:04d}")
            time.sleep(0.01)
        swapping.join(10)
        mine = [name for name in jobs if name not in left]
        assert {jobs[name].outcome() for name in mine} == {"done"}
        assert first.outcome() == "unknown"
        assert sorted(other.codes()) == sorted(mine)
        assert not any(jobs[name].outcomes or jobs[name].began.is_set() for name in left)
        assert len(left) >= 5
        assert counter.printers.swap("ticket", None) == []
        assert counter.print(ticket()).outcome() == "failed"
