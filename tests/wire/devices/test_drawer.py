"""The drawer: opened over a printer or a port of its own, and what its sensor's levels mean."""

from __future__ import annotations

import os
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pos.devices.transport import read_address
from pos.devices.worker.drawer import DrawerPlace, DrawerWatch, SerialDrawer
from pos.devices.worker.outcome import DeviceState
from pos.devices.worker.printers import Printers, printer_maker
from tests.peers.toy_printer import ToyPrinter
from tests.unit.paper.presses import press
from tests.wire.devices.pens import profile

WHERE = ("till.toml", "transport")


class Told:
    """What is told of a drawer, and a clock that a test moves."""

    def __init__(self, place: DrawerPlace) -> None:
        self.now = 100.0
        self.said: list[tuple[str, str]] = []
        self.watch = DrawerWatch(place, lambda state, by, open_s: self.said.append((state, by)), lambda: self.now)

    def see(self, level: bool | None, after_s: float = 3.0) -> list[tuple[str, str]]:
        """What is told when the sensor says that, so many seconds later."""
        self.now += after_s
        self.said.clear()
        self.watch.seen(level)
        return list(self.said)


def test_who_opened_it_and_that_it_is_left_open_is_told_once() -> None:
    told = Told(DrawerPlace("receipt"))
    assert told.see(False) == []
    told.watch.kicked("till")
    assert told.see(True) == [("open", "till")]
    assert told.see(True, 29) == []
    assert told.see(True, 2) == [("left_open", "till")]
    assert told.see(True, 60) == []
    assert told.see(False) == [("shut", "till")]
    assert told.see(True) == [("open", "hand")], "nobody asked for it this time"
    assert told.see(True, 31) == [("left_open", "hand")]


def test_a_kick_long_ago_does_not_excuse_a_key() -> None:
    told = Told(DrawerPlace("receipt"))
    told.see(False)
    told.watch.kicked("till")
    assert told.see(True, 11) == [("open", "hand")]


def test_a_sensor_that_says_nothing_tells_nothing() -> None:
    told = Told(DrawerPlace("receipt"))
    assert told.see(None, 1000) == []
    told.watch.kicked("test")
    told.see(False)
    assert told.see(True) == [("open", "test")]
    assert told.see(None, 60) == [], "the printer is away: it is not known whether the drawer is open"
    assert told.see(True) == [("left_open", "test")]


def test_one_that_stood_open_at_the_start_is_nobodys_deed() -> None:
    told = Told(DrawerPlace("receipt"))
    assert told.see(True) == [("open", "till")]
    assert told.see(True, 31) == [("left_open", "till")]


def test_polarity_and_never() -> None:
    told = Told(DrawerPlace("receipt", inverted=True, left_open_s=0))
    assert told.see(True) == []
    assert told.see(False) == [("open", "hand")]
    assert told.see(False, 10_000) == []


class Bench:
    """A printer with a drawer on it, and what is told of it."""

    def __init__(self, toy: ToyPrinter, place: DrawerPlace) -> None:
        self.said: list[tuple[str, str]] = []
        make = printer_maker(profile(), read_address(toy.url, *WHERE), press(), *WHERE)
        self.printers = Printers(
            {"receipt": make}, place, lambda *_: None, on_drawer=lambda state, by, _: self.said.append((state, by))
        )

    def until(self, seen: Callable[[], Any], seconds: float = 12.0) -> None:
        end = time.monotonic() + seconds
        while not seen():
            assert time.monotonic() < end, (self.said, self.printers.states())
            time.sleep(0.02)

    @property
    def drawer(self) -> dict[str, str]:
        return self.printers.states()["drawer"]


@pytest.fixture
def bench() -> Iterator[tuple[ToyPrinter, Bench]]:
    with ToyPrinter() as toy:
        bench = Bench(toy, DrawerPlace("receipt", left_open_s=1.0))
        bench.until(lambda: bench.drawer["text"] == "shut")
        yield toy, bench
        bench.printers.close()


def test_the_pin_of_a_real_printers_drawer_is_followed(bench: tuple[ToyPrinter, Bench]) -> None:
    toy, desk = bench
    desk.printers.kick_drawer()
    desk.until(lambda: desk.said == [("open", "till"), ("left_open", "till")])
    assert desk.drawer == {"state": "ready", "text": "open"}
    toy.shut_drawer()
    desk.until(lambda: desk.said[-1] == ("shut", "till"))
    toy.open_drawer()
    desk.until(lambda: desk.said[-1] == ("left_open", "hand"))
    assert toy.kicks == 1


@pytest.fixture
def line() -> Iterator[tuple[int, str]]:
    near, far = os.openpty()
    tty.setraw(far)
    yield near, os.ttyname(far)
    os.close(near)
    os.close(far)


def read(near: int, count: int, seconds: float = 5.0) -> bytes:
    os.set_blocking(near, False)
    data, end = b"", time.monotonic() + seconds
    while len(data) < count and time.monotonic() < end:
        try:
            data += os.read(near, 64)
        except BlockingIOError:
            time.sleep(0.01)
    return data


def serial_drawer(path: str, kick: bytes = b"\x1bp\x00\x19\xfa") -> DrawerPlace:
    address = read_address(f"serial://{path}?baud=9600", *WHERE)
    return DrawerPlace(make=lambda stopping: SerialDrawer(address, kick, stopping))


def test_a_drawer_on_a_port_of_its_own_gets_its_bytes_and_claims_nothing(line: tuple[int, str]) -> None:
    near, path = line
    printers = Printers({}, serial_drawer(path), lambda *_: None)
    outcomes: list[tuple[str, str]] = []
    try:
        printers.open_drawer(lambda outcome, text: outcomes.append((outcome, text)), "test")
        assert read(near, 5) == b"\x1bp\x00\x19\xfa"
        end = time.monotonic() + 5
        while not outcomes and time.monotonic() < end:
            time.sleep(0.01)
        assert outcomes == [("done", "the drawer was told to open")]
        assert printers.states()["drawer"]["state"] == "unknown", "it says nothing, so nothing is known"
    finally:
        printers.close()


def test_a_drawer_whose_port_is_gone_says_so_and_opens_when_it_is_back(tmp_path: Path, line: tuple[int, str]) -> None:
    near, path = line
    plug = tmp_path / "ttyUSB1"
    told: list[DeviceState] = []
    printers = Printers({}, serial_drawer(str(plug)), lambda name, state: told.append(state))
    outcomes: list[str] = []
    try:
        printers.open_drawer(lambda outcome, text: outcomes.append(outcome), "test")
        end = time.monotonic() + 8
        while not outcomes and time.monotonic() < end:
            time.sleep(0.01)
        assert outcomes == ["failed"]
        assert printers.states()["drawer"]["state"] == "absent"
        plug.symlink_to(path)
        printers.kick_drawer()
        assert read(near, 5) == b"\x1bp\x00\x19\xfa"
    finally:
        printers.close()


def test_a_drawer_opens_over_its_new_line_when_the_old_one_broke_unseen(tmp_path: Path) -> None:
    plug = tmp_path / "ttyUSB1"
    old_near, old_far = os.openpty()
    tty.setraw(old_far)
    plug.symlink_to(os.ttyname(old_far))
    drawer = SerialDrawer(read_address(f"serial://{plug}?baud=9600", *WHERE), b"\x07", lambda: False)
    try:
        assert drawer.kick_drawer().outcome == "done"
        assert read(old_near, 1) == b"\x07"
        os.close(old_near)
        os.close(old_far)
        near, far = os.openpty()
        tty.setraw(far)
        plug.unlink()
        plug.symlink_to(os.ttyname(far))
        assert drawer.kick_drawer().outcome == "done"
        assert read(near, 1) == b"\x07"
        os.close(near)
        os.close(far)
        assert drawer.kick_drawer().outcome == "failed"
    finally:
        drawer.close()
