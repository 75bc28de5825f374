"""The devices of this machine in a technician's hands: seen, tried out, named, changed and taken away.

till.toml is what counts. A change is read as the till would read it, and everything that would be made of
it is made, before the file is replaced; so a till always starts again with what is in it. Printers and the
drawer are exchanged while the till runs. All else begins with the next start: a terminal may be in the
middle of a payment, and what reads or shows is part of the window.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, replace
from typing import Any, Final, TypeVar

from pos import toml_edit
from pos.app.test_page import test_page
from pos.data import printer_data
from pos.devices.worker.drawer import DrawerPlace
from pos.devices.worker.find import find
from pos.devices.worker.outcome import Outcome
from pos.devices.worker.printers import MakePrinter, Printers
from pos.devices.worker.watch import Watch
from pos.domain.errors import Refused, Unreadable
from pos.settings import BadSettings, Settings, device_values, replace_settings, settings_from
from pos.till.setup import SetUp
from pos.tillvalues import AUTO

log = logging.getLogger(__name__)
_JOIN_S: Final = 4.0
_AT_ONCE: Final = ("printer.ticket", "printer.receipt", "drawer")
T = TypeVar("T")
Tested = tuple[Outcome, str]


class DeviceSetup:
    """Fulfils the till's port. `makers` gives what the printers are made of, `drawer` where the drawer
    hangs, and `check` looks at everything else that settings name; all raise Unreadable. `layouts` are
    the names of those there are, `numbered` the printers whose blanks carry serial numbers."""

    def __init__(
        self,
        settings: Settings,
        printers: Printers,
        watches: Mapping[str, Watch],
        *,
        makers: Callable[[Settings], Mapping[str, MakePrinter]],
        drawer: Callable[[Settings], DrawerPlace | None],
        check: Callable[[Settings], object],
        layouts: Callable[[], list[str]],
        numbered: Callable[[Settings], frozenset[str]],
    ) -> None:
        self._file, self._till, self._locale = settings.file, settings.till, settings.locale
        self._printers, self._watches = printers, watches
        self._makers, self._drawer, self._check, self._layouts = makers, drawer, check, layouts
        self._numbered = numbered
        self._values = device_values(self._text())
        self._window = _told(settings)
        self._one = threading.Lock()  # one change after another

    def named(self) -> list[dict[str, Any]]:
        return [
            {"name": name, "values": dict(values), **self._watch(name).seen()} for name, values in self._values.items()
        ]

    def window(self) -> dict[str, Any]:
        return dict(self._window)

    def choices(self) -> dict[str, list[str]]:
        profiles = sorted(path.stem for path in printer_data("profiles").glob("*.toml"))
        return {"profile": profiles, "layout": self._layouts()}

    def traffic(self, name: str) -> dict[str, list[str]]:
        return self._watch(name).traffic()

    def find(self, addresses: Sequence[str]) -> Future[list[dict[str, str]]]:
        return _apart(lambda: find(tuple(addresses)))

    def test(self, name: str) -> Future[Tested]:
        done: Future[Tested] = Future()

        def finished(outcome: Outcome, text: str, sheets: int | None = None, /) -> None:
            done.set_result((outcome, text))

        if name == "drawer":
            self._printers.open_drawer(finished, "test")
        else:
            role = name.removeprefix("printer.")
            content = test_page(role, self._till, self._locale, self._values[name])
            self._printers.submit(role, "test", content, lambda: None, finished)
        return done

    def put(self, name: str, values: Mapping[str, Any]) -> Future[SetUp]:
        return _apart(lambda: self._change(name, lambda text: toml_edit.put(text, name, values)))

    def remove(self, name: str) -> Future[SetUp]:
        return _apart(lambda: self._change(name, lambda text: toml_edit.without(text, name)))

    def close(self) -> None:
        """Change nothing any more; one that was begun is finished, within 4 s."""
        self._one.acquire(timeout=_JOIN_S)

    def _watch(self, name: str) -> Watch:
        return self._watches[name]

    def _text(self) -> str:
        return self._file.read_bytes().decode()

    def _change(self, name: str, edit: Callable[[str], str]) -> SetUp:
        with self._one:
            return self._change_alone(name, edit)

    def _change_alone(self, name: str, edit: Callable[[str], str]) -> SetUp:
        try:
            text = edit(self._text())
            settings = settings_from(text, self._file)
            makers, drawer, numbered = self._makers(settings), self._drawer(settings), self._numbered(settings)
            self._check(settings)
            replace_settings(self._file, text)
        except (toml_edit.CannotEdit, BadSettings, Unreadable, ValueError) as error:
            raise Refused("bad_request", field=name, reason=str(error)) from error
        except OSError as error:
            raise Refused("storage_failed", reason=str(error)) from error
        had_receipts, self._values = "printer.receipt" in self._values, device_values(text)
        self._window = _told(settings)
        log.info("%s was set up: %s", name, self._values.get(name, "taken away"))
        self._printers.set_numbered(numbered)
        done = self._put_in_force(name, makers, drawer)
        if "terminal" in self._values and had_receipts != ("printer.receipt" in self._values):
            # A terminal is told when it registers whether the till prints its slips.
            later = "the terminal has its slips as before until the next start"
            return replace(done, text=f"{done.text}; {later}")
        return done

    def _put_in_force(self, name: str, makers: Mapping[str, MakePrinter], drawer: DrawerPlace | None) -> SetUp:
        if name not in _AT_ONCE:
            return SetUp(now=False, text="this is in force from the next start of the till")
        role = name.removeprefix("printer.")
        if name == "drawer" or (drawer is not None and drawer.role == role):
            self._printers.hang_drawer(drawer)
        if name == "drawer":
            return SetUp(now=True, text="in force")
        left = self._printers.swap(role, makers.get(role))
        return SetUp(now=True, text="in force", left=tuple((role, job) for job in left))


def _told(settings: Settings) -> dict[str, Any]:
    told = asdict(settings.window)
    return told | {"scale": AUTO if told["scale"] is None else told["scale"]}


def _apart(work: Callable[[], T]) -> Future[T]:
    """Do something that takes a while, in a thread that nobody need wait for at the end."""
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - whoever holds the Future gets it
            done.set_exception(error)

    threading.Thread(target=run, name="setup", daemon=True).start()
    return done
