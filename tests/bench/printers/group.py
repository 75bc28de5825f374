"""300 tickets for a group on a Boca that prints at once: how long the till keeps it waiting.

The worker, the socket and the printer's process are real. Against it stands what the paper takes, and
the same pages set, made into bytes and handed to the same printer by nothing but a socket.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pos.devices.fgl import encode
from pos.devices.transport import read_address
from pos.devices.worker.outcome import DeviceState
from pos.devices.worker.printers import Printers, printer_maker
from tests.unit.paper.presses import press
from tests.unit.paper.samples import ticket
from tests.wire.devices.pens import profile

TICKETS = 300
AHEAD = 3
PAPER_GOAL = 0.1
SOCKET_GOAL = 2.0
FIRST_GOAL = 6.0


def group_job() -> list[dict[str, Any]]:
    """All of them, and the first."""
    model = profile("boca-lemur")
    content = {"kind": "tickets", "tickets": [ticket(code=f"GROUP{at:07}") for at in range(TICKETS)]}
    with _instant_printer() as port:
        took, first = _through_the_worker(model, content, port)
    with _instant_printer() as port:
        bare = _through_a_socket(model, content, port)
    paper_s = model.printed_mm / model.speed_mm_s
    return [
        _record("group_job", took, "paper time of 300 tickets", paper_s * TICKETS, PAPER_GOAL),
        _record("group_job_socket", took, "the same pages through a bare socket", bare, SOCKET_GOAL),
        _record("group_first_byte", first, "paper time of one ticket", paper_s, FIRST_GOAL),
    ]


def _record(name: str, value: float, floor_name: str, floor: float, goal: float) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "unit": "s",
        "floor_name": floor_name,
        "floor": floor,
        "ratio": value / floor,
        "goal": f"<= {goal:g}",
        "ok": value <= goal * floor,
    }


def _through_the_worker(model: Any, content: dict[str, Any], port: int) -> tuple[float, float]:
    """Seconds until the job is done, and until its first byte leaves."""
    ready, done = threading.Event(), threading.Event()
    times: dict[str, float] = {}
    outcomes: list[str] = []

    def on_state(name: str, state: DeviceState) -> None:
        if state.state == "ready":
            ready.set()

    def finished(outcome: str, text: str, sheets: int | None = None, /) -> None:
        times["done"] = time.perf_counter()
        outcomes.append(f"{outcome}: {text}")
        done.set()

    address = read_address(f"tcp://127.0.0.1:{port}", "bench", "transport")
    make = printer_maker(model, address, press("ticket-boca"), "bench", "transport")
    printers = Printers({"ticket": make}, None, on_state)
    try:
        if not ready.wait(20):
            raise TimeoutError("the printer did not answer")
        began = time.perf_counter()
        printers.submit(
            "ticket", "1", content, lambda: times.setdefault("first", time.perf_counter()) and None, finished
        )
        if not done.wait(120) or outcomes != ["done: printed"]:
            raise RuntimeError(f"the group was not printed: {outcomes}")
    finally:
        printers.close()
    return times["done"] - began, times["first"] - began


def _through_a_socket(model: Any, content: dict[str, Any], port: int) -> float:
    setter = press("ticket-boca")
    began = time.perf_counter()
    pictures = setter.bitmaps(content, model.printed_mm, model.dots_per_mm)
    with socket.create_connection(("127.0.0.1", port)) as line:
        acknowledged = 0
        for number, dots in enumerate(pictures, 1):
            line.sendall(encode.ticket(dots, model, hexadecimal=False))
            while number - acknowledged >= AHEAD:
                acknowledged += line.recv(64).count(b"\x06")
        while acknowledged < len(pictures):
            acknowledged += line.recv(64).count(b"\x06")
    return time.perf_counter() - began


@contextmanager
def _instant_printer() -> Iterator[int]:
    command = [sys.executable, str(Path(__file__).with_name("instant_printer.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()
