"""`housefull devices list` and `test`: the devices of a till that is not running, as they are just now.

A device that a running till has in hand is not touched: most speak to one program at a time, and a till
that has to share its printer may lose a ticket. The till itself tells how its devices are.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from pos.app import devices, peripherals
from pos.app.layouts import LayoutShelf
from pos.app.peripherals import SCANNER
from pos.app.test_page import test_page
from pos.data import printer_data
from pos.devices.worker.display import NAME as DISPLAY
from pos.devices.worker.find import find
from pos.devices.worker.outcome import Finished, Outcome
from pos.devices.worker.printers import Printers
from pos.settings import Settings, device_values
from pos.store.identity import FolderInUse, FolderLock
from pos.till.counter.scan import CARD_READER

_LOOK_S: Final = 6.0  # in which every device has said how it is, or has not
_TEST_S: Final = 60.0
_READ_S: Final = 20.0  # for somebody to scan or swipe something
_OPENED_S: Final = 4.0  # in which a drawer's sensor is asked once more
_STEP_S: Final = 0.05
_NOT_ASKED: Final = "not asked yet"
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Bench:
    """The devices of a till, taken in hand. `states` tells how each is now."""

    printers: Printers
    states: Callable[[], dict[str, dict[str, str]]]


def list_devices(settings: Settings, addresses: list[str], say: Say) -> int:
    """Say how every device is that till.toml names, then what else is plugged in; the exit code.

    Raises Unreadable for settings that cannot be used.
    """
    values = device_values(settings.file.read_bytes().decode())
    try:
        with _taken(settings) as bench:
            _wait(lambda: all(state["text"] != _NOT_ASKED for state in bench.states().values()), _LOOK_S)
            states = bench.states()
    except FolderInUse as error:
        states = {}
        say(f"{error}: how its devices are is told there, by the devices screen or the verb devices")
    for name in values:
        say(_line(name, states.get(name), values[name]))
    if not values:
        say("no device is set up")
    for row in find(addresses):
        say(f"found: {row['address']}  {row['text']}")
    return 0


def test_device(settings: Settings, name: str, say: Say) -> int:
    """Try one device out and say what came of it; 0 when it works, 1 when not, or when that is not known, 2 when
    there is no such device or a till has it in hand. Raises Unreadable."""
    values = device_values(settings.file.read_bytes().decode())
    if name not in values:
        say(f"{settings.file} names no {name}; it names {', '.join(values) or 'no device'}")
        return 2
    try:
        with _taken(settings, name) as bench:
            outcome, text = _tried(settings, name, bench, values[name], say)
    except FolderInUse as error:
        say(f"{error}: try it out there, on the devices screen or by the verb device_test")
        return 2
    say(f"{name}: {outcome}: {text}")
    return 0 if outcome == "done" else 1


def _line(name: str, state: Mapping[str, str] | None, values: Mapping[str, object]) -> str:
    about = ", ".join(f"{key} {value}" for key, value in values.items())
    known = "in use" if state is None else f"{state['state']} ({state['text']})"
    return f"{name}: {known}: {about}"


@contextmanager
def _taken(settings: Settings, only: str = "") -> Iterator[Bench]:
    """The devices, or the `only` one with what it hangs on. Raises FolderInUse, Unreadable."""
    with ExitStack() as undo:
        lock = FolderLock(settings.folder)
        undo.callback(lock.release)
        watches = devices.device_watches(settings)
        shelf = LayoutShelf(printer_data("layouts"), settings.folder / "layouts")
        roles = {f"printer.{role}" for role in settings.printers} if not only else {only}
        if only == "drawer" and settings.drawer is not None:
            roles = {f"printer.{settings.drawer.via}"}
        makers = {
            role: make
            for role, make in devices.printer_makers(settings, shelf, watches).items()
            if f"printer.{role}" in roles
        }
        drawer = devices.drawer_place(settings, watches) if only in ("", "drawer") else None
        printers = Printers(makers, drawer, lambda *_: None)
        undo.callback(printers.close)
        tellers: list[Callable[[], dict[str, dict[str, str]]]] = [printers.states]
        if settings.terminal is not None and only in ("", "terminal"):
            terminal = devices.terminal(settings, lambda *_: None, watches["terminal"])
            undo.callback(terminal.close)
            tellers.append(lambda: {"terminal": terminal.state()})
        if only in ("", SCANNER, CARD_READER):
            readers = peripherals.readers(settings, lambda *_: None, watches)
            undo.callback(readers.close)
            readers.start(lambda name, text, taken: taken())
            tellers.append(readers.states)
        if only in ("", DISPLAY) and (display := peripherals.display(settings, lambda *_: None, watches)):
            undo.callback(display.close)
            tellers.append(display.states)
        yield Bench(printers, lambda: {name: state for tell in tellers for name, state in tell().items()})


def _tried(settings: Settings, name: str, bench: Bench, values: Mapping[str, object], say: Say) -> tuple[Outcome, str]:
    if name == "drawer":
        outcome, text = _heard(lambda finished: bench.printers.open_drawer(finished, "test"))
        if outcome == "done":
            _wait(lambda: bench.states()["drawer"]["text"] == "open", _OPENED_S)
            text += f"; {bench.states()['drawer']['text']}"
        return outcome, text
    if name.startswith("printer."):
        role = name.removeprefix("printer.")
        page = test_page(role, settings.till, settings.locale, values)
        return _heard(lambda finished: bench.printers.submit(role, "test", page, lambda: None, finished))
    if name in (SCANNER, CARD_READER):
        say(f"scan or swipe something within {_READ_S:g} s")
        _wait(lambda: bench.states()[name]["state"] in ("ready", "absent", "offline"), _READ_S)
    else:
        _wait(lambda: bench.states()[name]["text"] != _NOT_ASKED, _TEST_S)
    state = bench.states().get(name, {"state": "unknown", "text": "it is not used as it is set up"})
    outcomes: dict[str, Outcome] = {"ready": "done", "unknown": "unknown"}
    return outcomes.get(state["state"], "failed"), state["text"]


def _heard(begin: Callable[[Finished], None]) -> tuple[Outcome, str]:
    """Begin something, and wait for what is told of its end."""
    ended = threading.Event()
    told: list[tuple[Outcome, str]] = []

    def finished(outcome: Outcome, text: str, sheets: int | None = None, /) -> None:
        told.append((outcome, text))
        ended.set()

    begin(finished)
    if not ended.wait(_TEST_S):
        return "unknown", f"nothing was heard of it within {_TEST_S:g} s"
    return told[0]


def _wait(seen: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not seen() and time.monotonic() < end:
        time.sleep(_STEP_S)
