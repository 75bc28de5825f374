"""A Boca printer's worker against one on a real socket: every ticket out once, or said to be in doubt."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pos.devices.worker import ticket_printer
from tests.peers.carrier import Serial, Tcp
from tests.peers.toy_fgl import CUTTER, ILLEGAL, JAM, X_ON, ToyBoca
from tests.peers.toy_printer import read_codes
from tests.unit.paper.samples import receipt, report, ticket
from tests.wire.devices.pens import profile
from tests.wire.devices.window import Counter, Job

# A ticket of the shipped layout is longer than the stock; what these tests are about is one piece a ticket.
BOCA = replace(profile("boca-lemur-200"), length_mm=120.0, speed_mm_s=1000.0)
SIZE = (1100, 945)


PATIENCE_S = 8.0


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience that a toy needs."""
    monkeypatch.setattr(ticket_printer, "_CONFIRM_S", 1.5)
    monkeypatch.setattr(ticket_printer, "_QUIET_S", 0.5)
    monkeypatch.setattr(ticket_printer, "_ANSWER_S", 0.4)


@pytest.fixture
def boca() -> ToyBoca:
    return ToyBoca(*SIZE)


@pytest.fixture
def line(boca: ToyBoca) -> Iterator[Tcp]:
    with Tcp(boca) as line:
        assert isinstance(line, Tcp)
        yield line


@pytest.fixture
def counters() -> Iterator[Callable[..., Counter]]:
    made: list[Counter] = []

    def make(url: str, model: Any = BOCA) -> Counter:
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


def numbered(count: int, letter: str = "A") -> list[str]:
    return [f"{letter * 4}{number:04}" for number in range(count)]


def codes(boca: ToyBoca) -> list[str]:
    return [code.text for paper in boca.tickets for code in read_codes(paper)]


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.01)


def all_in_it(boca: ToyBoca, counter: Counter, *wanted: str) -> Job:
    """A job whose tickets are all in the printer before it prints the first."""

    def hold() -> None:
        boca.hold = True

    job = counter.print(group(*wanted), started=hold)
    until(lambda: boca.held == len(wanted))
    boca.hold = False
    return job


def test_a_sale_is_printed_ticket_by_ticket(boca: ToyBoca, counter: Counter) -> None:
    assert counter.print(group("AAAA0001", "AAAA0002")).outcome() == "done"
    assert codes(boca) == ["AAAA0001", "AAAA0002"]
    assert counter.print(receipt()).outcome() == "done"
    assert counter.print(report()).outcome() == "done"
    assert boca.not_understood == []
    assert len(boca.tickets) == 5  # the report is longer than the stock


def test_no_job_writes_the_printers_memory(boca: ToyBoca, counter: Counter) -> None:
    assert counter.print(ticket(title="<lve5><PF> & <s91>")).outcome() == "done"
    assert boca.not_understood == []


def test_done_is_the_last_acknowledgement_and_nothing_before(boca: ToyBoca, counter: Counter, line: Tcp) -> None:
    boca.hold = True
    job = counter.print(group("AAAA0001", "AAAA0002"))
    until(lambda: boca.held == 2)
    time.sleep(0.2)
    assert not job.ended.is_set()
    boca.hold = False
    assert job.outcome() == "done"


def test_the_printers_own_test_ticket_acknowledges_nothing(boca: ToyBoca, counter: Counter, line: Tcp) -> None:
    boca.hold = True
    job = counter.print(ticket())
    until(lambda: boca.held == 1)
    with line.lock:
        boca.test_ticket()
    assert job.outcome() == "unknown"
    assert "0 of 1 confirmed" in job.text


def test_at_most_three_tickets_are_ahead(boca: ToyBoca, counter: Counter) -> None:
    boca.hold = True
    job = counter.print(group(*numbered(8)))
    until(lambda: boca.held == 3)
    time.sleep(0.3)
    assert boca.held == 3
    boca.hold = False
    assert job.outcome() == "done"
    assert codes(boca) == numbered(8)


# Out of tickets


def test_out_of_tickets_on_the_way_the_job_waits_and_nothing_is_doubled(
    boca: ToyBoca, counter: Counter, line: Tcp
) -> None:
    boca.stock = 2
    job = counter.print(group(*numbered(6)))
    following = counter.print(group("NEXT0001"), name="J2")
    counter.wait_for("paper_out")
    assert "4 of the job come out when it is loaded: do not print them again" in counter.state["text"]
    time.sleep(3.0)  # longer than any other silence is borne
    assert not job.ended.is_set()
    assert not following.began.is_set()
    with line.lock:
        boca.load()
    assert job.outcome() == "done"
    assert following.outcome() == "done"
    assert codes(boca) == [*numbered(6), "NEXT0001"]
    counter.wait_for("ready")


def test_loaded_in_the_middle_it_is_said_to_be_ready(boca: ToyBoca, counter: Counter, line: Tcp) -> None:
    boca.stock, boca.print_s = 1, 0.3
    job = counter.print(group("AAAA0001", "AAAA0002"))
    counter.wait_for("paper_out")
    with line.lock:
        boca.load()
    assert job.outcome() == "done"
    assert [state.state for state in counter.heard][-2:] == ["paper_out", "ready"]


def test_out_of_tickets_before_a_job_nothing_is_sent(boca: ToyBoca, counter: Counter, line: Tcp) -> None:
    boca.stock = 1
    assert counter.print(group("AAAA0001")).outcome() == "done"
    assert counter.print(group("AAAA0002")).began.wait(3)  # it does not say so before it is asked to print
    counter.wait_for("paper_out")
    with line.lock:
        boca.load(1)
    until(lambda: len(boca.tickets) == 2)
    with line.lock:
        boca.stock, boca._stopped = 0, b"\x10"
        boca._said += b"\x10\x13"
    counter.wait_for("paper_out")
    refused = counter.print(group("AAAA0003"))
    assert refused.outcome() == "failed"
    assert not refused.began.is_set()
    assert "out of tickets" in refused.text


def test_closed_while_it_waits_the_printer_still_has_them(boca: ToyBoca, counter: Counter, line: Tcp) -> None:
    boca.stock = 1
    job = all_in_it(boca, counter, *numbered(3))
    counter.wait_for("paper_out")
    start = time.monotonic()
    counter.printers.close()
    assert time.monotonic() - start < 2.0
    assert job.outcome() == "unknown"
    assert "1 of 3 confirmed; 2 may still come out of the printer" in job.text
    assert job.sheets == 1


def test_unplugged_while_out_of_tickets_nothing_is_sent_before_they_are_out(
    boca: ToyBoca, counter: Counter, line: Tcp
) -> None:
    boca.stock = 1
    job = all_in_it(boca, counter, *numbered(3))
    counter.wait_for("paper_out")
    line.switch(False)
    assert job.outcome() == "unknown"
    assert "2 may still come out of the printer" in job.text
    line.switch(True)
    again = counter.print(group("COPY0001"))
    assert again.outcome() == "failed"
    assert not again.began.is_set()
    assert again.text.startswith("out of tickets; up to 2 tickets of an earlier job are still in the printer")
    with line.lock:
        boca.load()
    until(lambda: len(boca.tickets) == 3)
    counter.wait_for("ready")
    assert counter.print(group("NEXT0001")).outcome() == "done"
    assert codes(boca) == [*numbered(3), "NEXT0001"]


def test_loaded_again_it_is_sent_nothing_before_what_it_holds_is_out(
    boca: ToyBoca, counter: Counter, line: Tcp
) -> None:
    boca.stock = 1
    job = all_in_it(boca, counter, *numbered(3))
    counter.wait_for("paper_out")
    line.switch(False)
    assert job.outcome() == "unknown"
    line.switch(True)
    until(lambda: line.connections == 2)
    boca.print_s = 1.5
    with line.lock:
        boca.load()  # which it says at once, with the byte that also answers a question
    again = counter.print(group("COPY0001"))
    assert again.outcome() == "failed"
    assert not again.began.is_set()
    assert "2 tickets of an earlier job are still in the printer" in again.text
    boca.print_s = 0.02
    until(lambda: len(boca.tickets) == 3)


@pytest.mark.parametrize("ack_late_s", [0.0, 0.4])
def test_late_acknowledgements_do_not_confirm_the_next_job(boca: ToyBoca, counter: Counter, ack_late_s: float) -> None:
    boca.hold = True
    assert counter.print(group("LATE0001", "LATE0002")).outcome() == "unknown"
    boca.ack_late_s = ack_late_s

    def slow_down() -> None:
        boca.print_s = 9.0

    boca.hold = False
    following = counter.print(group("NEXT0001"), started=slow_down)
    assert following.outcome() == "unknown"
    assert "0 of 1 confirmed" in following.text
    assert codes(boca) == ["LATE0001", "LATE0002"]


def test_switched_off_and_on_what_was_in_it_is_forgotten(boca: ToyBoca, counters: Callable[..., Counter]) -> None:
    """Over a serial line nothing else than a byte tells that."""
    with Serial(boca) as line:
        counter = counters(line.url)
        counter.wait_for("ready")
        boca.stock = 1
        job = all_in_it(boca, counter, *numbered(3))
        counter.wait_for("paper_out")
        with line.lock:
            boca.stock = 100
            boca.restart()
        assert job.outcome() == "unknown"
        assert job.text.startswith("the printer was switched off and on"), "and not only when it has taken too long"
        assert "1 of 3 confirmed" in job.text
        assert "may still come out" not in job.text
        assert counter.print(group("NEXT0001")).outcome() == "done"
        assert codes(boca) == ["AAAA0000", "NEXT0001"]
        counter.printers.close()


def test_switched_off_with_tickets_in_it_it_is_free_again(boca: ToyBoca, counter: Counter, line: Tcp) -> None:
    boca.stock = 1
    job = all_in_it(boca, counter, *numbered(3))
    counter.wait_for("paper_out")
    line.switch(False)
    assert job.outcome() == "unknown"
    with line.lock:
        boca.stock = 100
        boca.restart()
    line.switch(True)
    counter.wait_for("ready")
    assert counter.print(group("NEXT0001")).outcome() == "done"
    assert codes(boca) == ["AAAA0000", "NEXT0001"]


# Other faults


@pytest.mark.parametrize(("fault", "text"), [(JAM, "ticket jam"), (CUTTER, "cutter jam"), (b"\x1e", "stuck ticket")])
def test_a_jam_on_the_way_is_unknown_and_the_next_job_waits_its_turn(
    boca: ToyBoca, counter: Counter, line: Tcp, fault: bytes, text: str
) -> None:
    boca.print_s = 0.4
    job = all_in_it(boca, counter, *numbered(3))
    until(lambda: len(boca.tickets) == 1)
    with line.lock:
        boca.stop(fault)
    assert job.outcome() == "unknown"
    assert job.text.startswith(f"{text}; 1 of 3 confirmed; 2 may still come out of the printer")
    refused = counter.print(group("LOST0001"))
    assert refused.outcome() == "failed"
    assert not refused.began.is_set()
    assert refused.text == f"{text}; up to 2 tickets of an earlier job are still in the printer and may come out"
    counter.wait_for("error")
    boca.print_s = 0.02
    with line.lock:
        boca.clear_fault()
    counter.wait_for("ready")
    assert counter.print(group("NEXT0001")).outcome() == "done"
    assert codes(boca)[-1] == "NEXT0001"
    assert len(set(codes(boca))) == len(codes(boca))


def test_a_ticket_that_it_refuses_is_unknown(boca: ToyBoca, counter: Counter, line: Tcp) -> None:
    boca.hold = True
    job = counter.print(ticket())
    until(lambda: boca.held == 1)
    with line.lock:
        boca._tell(ILLEGAL)
    assert job.outcome() == "unknown"
    assert "illegal data" in job.text


@pytest.mark.parametrize("count", [900, 20_000])
def test_unplugged_in_mid_ticket_is_unknown_and_the_next_is_whole(
    boca: ToyBoca, counter: Counter, line: Tcp, count: int
) -> None:
    line.break_after = count
    job = counter.print(group("BROKEN01"))
    assert job.outcome() == "unknown"
    assert "0 of 1 confirmed" in job.text
    assert counter.print(group("WHOLE001")).outcome() == "done"
    assert codes(boca) == ["WHOLE001"]
    assert counter.print(group("WHOLE001")).outcome() == "done"
    assert boca.tickets[0].tobytes() == boca.tickets[1].tobytes()


def test_silence_after_the_bytes_is_unknown(boca: ToyBoca, counter: Counter) -> None:
    def fall_silent() -> None:
        boca.silent = True

    job = counter.print(ticket(), started=fall_silent)
    assert job.outcome() == "unknown"
    assert "has not confirmed in time" in job.text


def test_one_that_does_not_answer_is_sent_nothing(boca: ToyBoca, counter: Counter, line: Tcp) -> None:
    boca.deaf = True
    job = counter.print(ticket())
    assert job.outcome() == "failed"
    assert not job.began.is_set()
    assert "does not answer: out of tickets, jammed, busy" in job.text
    counter.wait_for("unknown")


def test_off_it_fails_fast_and_comes_back_by_itself(boca: ToyBoca, counter: Counter, line: Tcp) -> None:
    line.switch(False)
    counter.wait_for("offline")
    job = counter.print(ticket())
    assert job.outcome(3.0) == "failed"
    assert not job.began.is_set()
    boca.restart()
    line.switch(True)
    counter.wait_for("ready")
    assert counter.print(ticket()).outcome() == "done"


def test_tickets_running_out_are_said_and_printed_on(boca: ToyBoca, counter: Counter, line: Tcp) -> None:
    with line.lock:
        boca.run_low()
    counter.wait_for("paper_low")
    assert counter.print(ticket()).outcome() == "done"


def test_one_that_answers_with_its_acknowledgement_confirms_nothing_by_that(
    boca: ToyBoca, counters: Callable[..., Counter]
) -> None:
    boca.ready_byte = b"\x06"
    with Tcp(boca) as line:
        counter = counters(line.url)
        counter.wait_for("ready")
        boca.print_s = 9.0
        job = counter.print(ticket())
        assert job.outcome() == "unknown"
        assert "0 of 1 confirmed" in job.text
        counter.printers.close()


def test_one_whose_reports_are_off_is_done_when_all_is_sent_and_says_so(
    boca: ToyBoca, counters: Callable[..., Counter]
) -> None:
    boca.silent = True
    with Tcp(boca) as line:
        counter = counters(line.url, replace(BOCA, confirms=False))
        job = counter.print(group("DUMB0001", "DUMB0002", "DUMB0003", "DUMB0004", "DUMB0005"))
        assert job.outcome() == "done"
        assert "sent in full" in job.text
        until(lambda: len(boca.tickets) == 5)
        assert counter.state["state"] == "unknown"
        counter.printers.close()


def test_the_drawer_hangs_on_it(boca: ToyBoca, counter: Counter) -> None:
    counter.printers.kick_drawer()
    until(lambda: boca.kicks == 1)
    assert boca.not_understood == []


@pytest.mark.parametrize(("options", "hexadecimal"), [("?baud=115200", False), ("?baud=115200&flow=xonxoff", True)])
def test_a_serial_line_with_xon_xoff_gets_digits(
    boca: ToyBoca, counters: Callable[..., Counter], options: str, hexadecimal: bool
) -> None:
    with Serial(boca, options) as line:
        counter = counters(line.url)
        counter.wait_for("ready")
        assert counter.print(group("AAAA0001", "AAAA0002")).outcome() == "done"
        assert codes(boca) == ["AAAA0001", "AAAA0002"]
        assert (max(boca.received) < 0x80) is hexadecimal
        counter.printers.close()


@pytest.mark.parametrize("stock", [0, 1])
@pytest.mark.parametrize("options", ["?baud=115200", "?baud=115200&flow=xonxoff"])
def test_loaded_again_over_a_serial_line_it_goes_on(
    boca: ToyBoca, counters: Callable[..., Counter], options: str, stock: int
) -> None:
    """With XON/XOFF the line keeps to itself what tells so."""
    with Serial(boca, options) as line:
        counter = counters(line.url)
        counter.wait_for("ready")
        boca.stock = stock
        job = counter.print(group(*numbered(8)))
        counter.wait_for("paper_out")
        with line.lock:
            boca.load(said=X_ON)
        assert job.outcome() == "done"
        counter.wait_for("ready")
        assert codes(boca) == numbered(8)
        counter.printers.close()


def test_loaded_again_it_may_still_fall_silent(boca: ToyBoca, counters: Callable[..., Counter]) -> None:
    with Serial(boca, "?baud=115200&flow=xonxoff") as line:
        counter = counters(line.url)
        counter.wait_for("ready")
        boca.stock, boca.print_s = 1, 0.2
        job = counter.print(group(*numbered(8)))
        counter.wait_for("paper_out")
        with line.lock:
            boca.load(said=X_ON)
        until(lambda: len(boca.tickets) >= 4)
        boca.hold = True
        assert job.outcome() == "unknown"
        assert "has not confirmed in time" in job.text
        counter.printers.close()


def test_a_page_longer_than_the_stock_goes_on_on_the_next_ticket(counters: Callable[..., Counter]) -> None:
    boca = ToyBoca(1650, 600)
    with Tcp(boca) as line:
        counter = counters(line.url, profile("boca-lemur"))
        counter.wait_for("ready")
        job = counter.print(group("LONG0001"))
        assert job.outcome() == "done"
        assert len(boca.tickets) > 1
        assert codes(boca) == ["LONG0001"]  # no code is cut in two
        counter.printers.close()


def test_a_device_file_is_a_way_to_it(boca: ToyBoca, counters: Callable[..., Counter], tmp_path: Path) -> None:
    path = tmp_path / "printer.fgl"
    counter = counters(f"file://{path}", replace(BOCA, confirms=False))
    assert counter.print(group("FILE0001")).outcome() == "done"
    boca.receive(path.read_bytes())
    boca.work()
    time.sleep(0.05)
    boca.work()
    assert codes(boca) == ["FILE0001"]


def test_jobs_are_counted_one_by_one(boca: ToyBoca, counter: Counter) -> None:
    jobs: list[Job] = [counter.print(group(code)) for code in numbered(12)]
    assert [job.outcome() for job in jobs] == ["done"] * 12
    assert codes(boca) == numbered(12)
