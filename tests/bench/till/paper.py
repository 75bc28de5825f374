"""From a click on a seat to the ticket's bytes in the printer's socket, against the paper's own time.

The till, its disk and its printers' workers are real, the printers answer in a process of
their own. The window's part, a few milliseconds of painting, is not in it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pos.app import devices
from pos.app.layouts import LayoutShelf
from pos.data import printer_data
from pos.devices.worker.receipt_printer import ReceiptPrinter
from pos.settings import read_settings, write_settings
from tests.unit.till.counter import TILL, Counter, show_document, small_hall

SALES = 100
WARM_UP = 10
GOAL = 0.02
SPEED_MM_S = 300.0
DOTS_PER_MM = 8.0
DOTS = 576
_SHEET_BYTES = 5_000  # more than any question or pulse, less than any ticket

_DEVICES = """
[printer.ticket]
profile = "epson-tm-t88v"
transport = "tcp://127.0.0.1:{0}"
layout = "ticket-standard"
[printer.receipt]
profile = "epson-tm-t88v"
transport = "tcp://127.0.0.1:{1}"
layout = "receipt-standard"
[drawer]
via = "printer.receipt"
"""


class Socket:
    """When a ticket's bytes were handed over, seen where the worker sends them."""

    def __init__(self) -> None:
        self.handed = threading.Event()
        self.at = 0.0
        self.bytes = 0
        self._send = ReceiptPrinter._send

    @contextmanager
    def watched(self) -> Iterator[None]:
        def send(printer: ReceiptPrinter, data: bytes, **how: Any) -> None:
            self._send(printer, data, **how)
            if threading.current_thread().name == "printer.ticket" and len(data) > _SHEET_BYTES:
                self.at, self.bytes = time.perf_counter(), len(data)
                self.handed.set()

        ReceiptPrinter._send = send  # type: ignore[method-assign]
        try:
            yield
        finally:
            ReceiptPrinter._send = self._send  # type: ignore[method-assign]


def click_to_bytes() -> dict[str, Any]:
    """p99 of a sale of one ticket, from the click on its seat to its bytes in the socket."""
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    socket = Socket()
    with tempfile.TemporaryDirectory(prefix="housefull-bench-") as name, _two_printers() as ports, socket.watched():
        os.environ["XDG_STATE_HOME"] = str(Path(name) / "state")
        folder = Path(name) / "till"
        folder.mkdir()
        write_settings(folder, TILL, "http://127.0.0.1:9", _DEVICES.format(*ports))
        shelf = LayoutShelf(printer_data("layouts"), folder / "layouts")
        settings = read_settings(folder)
        printers = devices.printers(settings, shelf, lambda name, state, text: None, devices.device_watches(settings))
        counter = Counter(folder, [show_document("aida")], plan=small_hall(2, 100), printers=printers)
        try:
            counter.open()
            seats = [f"{row}-{number}" for row in "AB" for number in range(1, 100)]
            counter.add(*seats[: SALES + WARM_UP])
            counter.ask("clear")
            times = [_sell(counter, socket, seat) for seat in seats[: SALES + WARM_UP]][WARM_UP:]
        finally:
            printers.close()
            counter.stop()
    rows = socket.bytes / (DOTS / 8)
    paper = rows / DOTS_PER_MM / SPEED_MM_S * 1000
    p99 = statistics.quantiles(times, n=100, method="inclusive")[98]
    return {
        "name": "click_to_bytes",
        "value": statistics.median(times),
        "p99": p99,
        "unit": "ms",
        "floor_name": "paper time of that ticket at 300 mm/s",
        "floor": paper,
        "ratio": p99 / paper,
        "goal": f"p99 <= {GOAL:.0%}",
        "ok": p99 <= GOAL * paper,
    }


def _sell(counter: Counter, socket: Socket, seat: str) -> float:
    socket.handed.clear()
    began = time.perf_counter()
    counter.front.call("add", show="aida", places=[seat], price_type="adult")
    counter.front.call("pay", tenders=[{"kind": "cash", "amount": "59.00"}]).result(10)
    if not socket.handed.wait(10):
        raise TimeoutError("the ticket was not sent")
    took = (socket.at - began) * 1000
    # The customer leaves; the paper comes out.
    deadline = time.monotonic() + 10
    while any(job["state"] in ("queued", "started") for job in counter.ask("jobs")["jobs"]):
        if time.monotonic() > deadline:
            raise TimeoutError("the paper did not come out")
        time.sleep(0.01)
    return took


@contextmanager
def _two_printers() -> Iterator[list[str]]:
    command = [sys.executable, str(Path(__file__).with_name("two_printers.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()
        finally:
            process.stdin.close()
