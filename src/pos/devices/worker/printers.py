"""All printers of a till, and the drawer that hangs on one of them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from pos.devices.profile import Profile
from pos.devices.transport import Address
from pos.devices.worker import receipt_printer
from pos.devices.worker.drawer import By, DrawerPlace, DrawerWatch, TellDrawer
from pos.devices.worker.folder import FolderPrinter, PdfPress
from pos.devices.worker.label_printer import LabelPrinter
from pos.devices.worker.outcome import DeviceState, Finished, Outcome, Printer
from pos.devices.worker.printer_worker import PrinterWorker
from pos.devices.worker.receipt_printer import ReceiptPrinter
from pos.devices.worker.ticket_printer import TicketPrinter
from pos.domain.errors import Unreadable

_log = logging.getLogger(__name__)


class Press(receipt_printer.Press, PdfPress, Protocol):
    """Sets jobs in whatever form a printer wants (pos.paper.press)."""


MakePrinter = Callable[[Callable[[], bool]], Printer]


def printer_maker(profile: Profile, address: Address, press: Press, where: str, key: str) -> MakePrinter:
    """What a PrinterWorker needs to make its printer. Raises Unreadable, naming `where` and `key`,
    when the profile cannot be used at that address."""
    if (profile.protocol == "pdf") != (address.scheme == "pdf"):
        raise Unreadable(where, key, f"{profile.name} cannot be reached by {address.scheme}://")
    if profile.protocol == "pdf":
        return lambda stopping: FolderPrinter(profile, Path(address.path), press)
    match profile.protocol:
        case "fgl":
            return lambda stopping: TicketPrinter(profile, address, press, stopping)
        case "zpl":
            return lambda stopping: LabelPrinter(profile, address, press, stopping)
        case _:
            return lambda stopping: ReceiptPrinter(profile, address, press, stopping)


Submission = tuple[str, Mapping[str, Any], Callable[[], None], Finished]


class Printers:
    """The printers by role ("ticket", "receipt"), each with its worker. Fulfils the till's port.

    `makers` come from `printer_maker`; a role left out is a printer that is not there.
    `drawer` is where the drawer hangs, None without one.
    `on_state` is told of every change of state, `did` of every deed and `on_drawer` of what becomes
    of the drawer, in the worker's thread.
    A printer may be exchanged for another while the till sells; see `swap`. `numbered` are those whose blank
    tickets carry serial numbers.
    """

    def __init__(
        self,
        makers: Mapping[str, MakePrinter],
        drawer: DrawerPlace | None,
        on_state: Callable[[str, DeviceState], None],
        did: Callable[[str, str], None] = lambda name, what: None,
        on_drawer: TellDrawer = lambda state, by, open_s: None,
        numbered: frozenset[str] = frozenset(),
    ) -> None:
        self._on_state, self._did, self._on_drawer = on_state, did, on_drawer
        self._numbered = numbered
        self._lock = threading.Lock()
        self._waiting: dict[str, list[Submission]] = {}  # for a printer that is being exchanged
        self._place: DrawerPlace | None = None
        self._drawer: DrawerWatch | None = None
        self._port: PrinterWorker | None = None  # the drawer's own
        self.hang_drawer(drawer)
        self._workers = {role: self._worker(role, make) for role, make in makers.items()}

    def _worker(self, role: str, make: MakePrinter) -> PrinterWorker:
        def sensed(level: bool | None) -> None:
            place, drawer = self._place, self._drawer
            if place is not None and drawer is not None and place.role == role:
                drawer.seen(level)

        return PrinterWorker(f"printer.{role}", make, self._on_state, self._did, sensed)

    def submit(
        self,
        role: str,
        job: str,
        content: dict[str, Any],
        started: Callable[[], None],
        finished: Finished,
    ) -> None:
        """Print in its turn. Without such a printer `finished` is called before this returns."""
        with self._lock:
            worker, waiting = self._workers.get(role), self._waiting.get(role)
            if waiting is not None:
                waiting.append((job, content, started, finished))
                return
            if worker is not None:
                worker.submit(job, content, started, finished)
                return
        finished("failed", f"there is no {role} printer")

    def withdraw(self, role: str, job: str) -> bool:
        """Take back a job that has not begun; False when it may have."""
        with self._lock:
            waiting = self._waiting.get(role, [])
            found = next((each for each in waiting if each[0] == job), None)
            if found is not None:
                waiting.remove(found)
                return True
            worker = self._workers.get(role)
            return worker is not None and worker.withdraw(job)

    def swap(self, role: str, make: MakePrinter | None) -> list[str]:
        """Let a printer go, within 2 s, and put another in its place, or none.

        The names of the jobs that the old one had not begun: they are nobody's now. What is submitted
        meanwhile waits for the new one.
        """
        with self._lock:
            old = self._workers.get(role)
            waiting = self._waiting.setdefault(role, [])
            left = old.take_back() if old is not None else []
        if old is not None:
            old.close()
        fresh = self._worker(role, make) if make is not None else None
        with self._lock:
            del self._waiting[role]
            others = {name: worker for name, worker in self._workers.items() if name != role}
            self._workers = others | ({role: fresh} if fresh is not None else {})
        for job, content, started, finished in waiting:
            if fresh is not None:
                fresh.submit(job, content, started, finished)
            else:
                finished("failed", f"there is no {role} printer any more")
        return left

    def hang_drawer(self, place: DrawerPlace | None) -> None:
        """The drawer hangs there from now on, or there is none. Takes up to 2 s where it had a port of its own."""
        old, self._port = self._port, None
        if old is not None:
            old.close()
        self._place, self._drawer = place, None if place is None else DrawerWatch(place, self._on_drawer)
        if place is not None and place.make is not None:
            self._port = PrinterWorker("drawer", place.make, self._on_state, self._did)

    def kick_drawer(self) -> None:
        """Open the drawer, if there is one. One that stays shut is logged and seen in its state."""
        if self._place is not None:
            self.open_drawer(_log_shut, "till")

    def open_drawer(self, finished: Finished, by: By) -> None:
        """Open the drawer, and hear what came of it."""
        place, drawer = self._place, self._drawer
        if place is None or drawer is None:
            finished("failed", "there is no drawer")
            return
        worker = self._port or self._workers.get(place.role)
        if worker is None:
            finished("failed", f"there is no {place.role} printer for it to hang on")
            return
        drawer.kicked(by)
        worker.kick_drawer(finished)

    def states(self) -> dict[str, dict[str, str]]:
        """Device name -> {"state", "text"}."""
        states = {f"printer.{role}": worker.state for role, worker in self._workers.items()}
        if self._place is not None and self._drawer is not None:
            states["drawer"] = self._drawer_state(self._place, self._drawer)
        return {name: {"state": state.state, "text": state.text} for name, state in states.items()}

    def present(self, role: str) -> bool:
        """Whether there is such a printer at all."""
        return role in self._workers

    def numbered(self, role: str) -> bool:
        """Whether the blanks in this printer carry serial numbers."""
        return role in self._numbered

    def set_numbered(self, roles: frozenset[str]) -> None:
        """Those whose blanks carry serial numbers from now on."""
        self._numbered = roles

    def close(self) -> None:
        """End all workers, at most 2 s for all of them together."""
        workers = [*self._workers.values(), *([self._port] if self._port is not None else [])]
        for worker in workers:
            worker.end()
        for worker in workers:
            worker.close()

    def _drawer_state(self, place: DrawerPlace, drawer: DrawerWatch) -> DeviceState:
        if self._port is not None:
            return self._port.state
        worker = self._workers.get(place.role)
        if worker is None:
            return DeviceState("absent", f"there is no {place.role} printer for it to hang on")
        if worker.state.state not in ("ready", "paper_low"):
            return worker.state
        words = {None: "its sensor says nothing", True: "open", False: "shut"}
        return DeviceState("ready", words[drawer.is_open])


def _log_shut(outcome: Outcome, text: str, sheets: int | None = None, /) -> None:
    if outcome != "done":
        _log.warning("the drawer was not opened: %s", text)
