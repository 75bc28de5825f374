"""A device that hangs, breaks off, talks nonsense or moves: no sale waits for it, is lost or is printed twice."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evening.house import House, Window
from tests.peers.serial_printer import SerialPrinter
from tests.unit.app.bench import RECEIPTS, TICKETS, Bench

AT_ONCE_S = 1.5  # a sale beside a device in trouble; alone it takes a few hundredths


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path / "bench")
    bench.counter.open("sam")
    bench.wait(lambda: all(bench.device(name)["state"] == "ready" for name in (TICKETS, RECEIPTS)))
    yield bench
    bench.close()


def sell_at_once(bench: Bench, *places: str) -> list[str]:
    """Sales that are answered at once, whatever the printer does; the codes of their tickets."""
    codes = []
    for place in places:
        began = time.monotonic()
        codes.append(bench.counter.sell(place)["tickets"][0]["code"])
        assert time.monotonic() - began < AT_ONCE_S
    return codes


def tickets(bench: Bench) -> dict[int, str]:
    """State by ticket job."""
    return {job["job"]: job["state"] for job in bench.ask("jobs")["jobs"] if job["tickets"]}


def test_a_printer_that_hangs_holds_up_no_sale_and_prints_each_ticket_once(bench: Bench) -> None:
    bench.tickets.set("silent")
    codes = sell_at_once(bench, "A-1", "A-2", "A-3")
    bench.wait(lambda: set(tickets(bench).values()) == {"failed"}, 40)
    assert bench.receipts.papers, "the other printer works on"
    bench.tickets.set("online")
    bench.wait(lambda: bench.device(TICKETS)["state"] == "ready")
    for job in tickets(bench):
        bench.ask("retry", job=job)
    bench.wait(lambda: set(tickets(bench).values()) == {"done"}, 40)
    assert sorted(bench.tickets.codes()) == sorted(codes)


def test_a_plug_pulled_in_mid_ticket_is_a_question_and_never_a_second_print(bench: Bench) -> None:
    bench.tickets.break_after(3000)
    codes = sell_at_once(bench, "A-1", "A-2")
    bench.wait(lambda: sorted(tickets(bench).values()) == ["done", "unknown"], 40)
    assert bench.tickets.codes().count(codes[1]) == 1
    refused = bench.counter.refusal("move_job", job=1, to=RECEIPTS)
    assert refused.fields["state"] == "unknown"
    bench.ask("printed", job=1, came_out=False)
    bench.wait(lambda: set(tickets(bench).values()) == {"done"}, 40)
    assert f"{codes[0]}.1" in bench.tickets.codes(), "marked as a copy"


def test_a_printer_that_comes_back_on_another_path_is_set_up_and_goes_on(bench: Bench) -> None:
    printer = SerialPrinter()
    try:
        bench.ask("device_put", device=TICKETS, values={"transport": printer.url})
        bench.wait(lambda: bench.device(TICKETS)["state"] == "ready")
        first = sell_at_once(bench, "A-1")
        bench.wait(lambda: tickets(bench)[1] == "done", 30)
        printer.pull_out()
        bench.wait(lambda: bench.device(TICKETS)["state"] in ("offline", "absent"), 20)
        second = sell_at_once(bench, "A-2")
        bench.wait(lambda: tickets(bench)[3] == "failed", 30)
        printer.plug_in()
        bench.ask("device_put", device=TICKETS, values={"transport": printer.url})
        bench.wait(lambda: bench.device(TICKETS)["state"] == "ready", 20)
        bench.ask("retry", job=3)
        third = sell_at_once(bench, "A-3")
        bench.wait(lambda: set(tickets(bench).values()) == {"done"}, 30)
        assert printer.codes() == [*first, *second, *third]
    finally:
        printer.close()


def test_a_serial_printer_pulled_out_in_mid_ticket_is_a_question(bench: Bench) -> None:
    printer = SerialPrinter()
    try:
        bench.ask("device_put", device=TICKETS, values={"transport": printer.url})
        bench.wait(lambda: bench.device(TICKETS)["state"] == "ready")
        printer.break_after = 150
        sell_at_once(bench, "A-1", "A-2")
        bench.wait(lambda: sorted(tickets(bench).values()) == ["failed", "unknown"], 40)
        assert printer.codes() == []
        bench.ask("move_job", job=3, to=RECEIPTS)
        bench.wait(lambda: sorted(tickets(bench).values()) == ["done", "unknown"], 30)
    finally:
        printer.close()


class Babbler:
    """Answers whatever comes with nonsense, and much of it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.url = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="babbler")
        self._thread.start()

    def _serve(self) -> None:
        noise = random.Random(6)
        while not self._over.is_set():
            with contextlib.suppress(OSError):
                wire, _ = self._listener.accept()
                with wire:
                    wire.settimeout(0.05)
                    while not self._over.is_set():
                        with contextlib.suppress(TimeoutError):
                            if not wire.recv(65536):
                                break
                        wire.sendall(noise.randbytes(400))

    def close(self) -> None:
        self._over.set()
        self._thread.join(5)
        self._listener.close()


def test_a_printer_that_talks_nonsense_blocks_and_loses_nothing(bench: Bench) -> None:
    babbler = Babbler()
    try:
        bench.ask("device_put", device=TICKETS, values={"transport": babbler.url})
        codes = sell_at_once(bench, "A-1", "A-2", "A-3")
        bench.wait(lambda: set(tickets(bench).values()) <= {"done", "failed", "unknown"}, 60)
        assert len(bench.device(TICKETS)["heard"]) <= 15
        left = bench.ask("device_put", device=TICKETS, values={"transport": bench.tickets.url})
        assert left["now"]
        bench.wait(lambda: bench.device(TICKETS)["state"] == "ready")
        more = sell_at_once(bench, "A-4")
        bench.wait(lambda: tickets(bench)[7] == "done", 30)
        assert bench.tickets.codes() == more
        sold = [bench.ask("find", code=code)["sales"][0]["tickets"][0]["state"] for code in codes]
        assert sold == ["live"] * 3
    finally:
        babbler.close()


# ---- killed with paper waiting -------------------------------------------------------------


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    with House(tmp_path / "house", f"sqlite:///{tmp_path / 'office.db'}") as house:
        window = house.window("T1")
        window.open()
        yield window


def jobs(window: Window) -> dict[int, tuple[str, str]]:
    return {row["job"]: (row["printer"], row["state"]) for row in window.till.ok("jobs")["jobs"]}


def wait_jobs(window: Window, states: dict[int, str], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while any(jobs(window)[job][1] != state for job, state in states.items()):
        assert time.monotonic() < end, jobs(window)
        time.sleep(0.05)


def test_the_queue_and_what_was_moved_in_it_survive_a_kill(window: Window) -> None:
    till, ticket_printer, receipt_printer = window.till, window.tickets, window.receipts
    assert ticket_printer is not None
    assert receipt_printer is not None
    ticket_printer.hold(True)
    receipt_printer.hold(True)
    free = window.seats("here")[:3]
    codes = [window.sell(place)["tickets"][0]["code"] for place in free]
    wait_jobs(window, {1: "started", 2: "started", 3: "queued", 5: "queued"})
    assert till.ok("move_job", job=3, to=RECEIPTS)["moved"] == [3]
    assert till.refused("move_job", job=1, to=RECEIPTS)["code"] == "not_allowed"
    till.kill()
    ticket_printer.set("off")  # what it had not printed is forgotten with its power
    receipt_printer.set("off")
    for printer in (ticket_printer, receipt_printer):
        printer.hold(False)
        printer.set("online")
    window.restart()
    assert {
        event["job"] for event in (till.wait_event("print_unknown"), till.wait_event("print_unknown", after=2))
    } <= {1, 2}
    till.ok("sign_in", user="anna", pin="2468")
    wait_jobs(window, {1: "unknown", 2: "unknown", 3: "done", 4: "done", 5: "done", 6: "done"})
    assert jobs(window)[3] == (RECEIPTS, "done")
    assert [code for code in receipt_printer.codes() if code in codes] == [codes[1]]
    assert [code for code in ticket_printer.codes() if code in codes[1:]] == [codes[2]]
