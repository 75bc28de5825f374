"""What a drill lets fail: the line, the ticket printer, and what is heard of a card."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pos.devices.worker.outcome import DeviceState, Printer, Result
from pos.devices.worker.pretend import PretendTerminal
from pos.devices.worker.printers import MakePrinter
from pos.domain.card import Shown
from pos.till.contingency.exercise import Exercise
from pos.till.setup import Cable

_TICKET: Final = "ticket"
_JAMMED: Final = DeviceState("error", "the paper is jammed")
_LOOK_S: Final = 0.5  # a jam that is cleared is seen so soon


class Faults:
    """Fulfils `pos.till.contingency.exercise.Faults`. `join` the training's cable to it when that is there."""

    def __init__(self) -> None:
        self._cable: Cable | None = None
        self._terminal: PretendTerminal | None = None
        self._lock = threading.Lock()
        self._jammed = False
        self._caught = False  # a job has been torn by the jam
        self._out: set[str] = set()  # jobs whose paper came out

    def join(self, cable: Cable) -> None:
        self._cable = cable

    def printers(self, makers: Mapping[str, MakePrinter]) -> dict[str, MakePrinter]:
        """The same printers, of which that for tickets may jam."""
        made = dict(makers)
        if _TICKET in made:
            make = made[_TICKET]
            made[_TICKET] = lambda stopping: JammingPrinter(make(stopping), self)
        return made

    def terminal(self, shown: Callable[[Shown], None], stopping: Callable[[], bool]) -> PretendTerminal:
        self._terminal = PretendTerminal(shown)
        return self._terminal

    # ---- what fails ------------------------------------------------------------------------

    def cut(self) -> None:
        if self._cable is not None:
            self._cable.cut()

    def mend(self) -> None:
        if self._cable is not None:
            self._cable.mend()

    def jam(self) -> None:
        with self._lock:
            self._jammed, self._caught = True, False

    def clear(self) -> None:
        """The next job prints. A jam that has caught no paper yet cannot be cleared."""
        with self._lock:
            if self._caught:
                self._jammed = False

    def lose_next(self, *, paid: bool) -> None:
        if self._terminal is not None:
            self._terminal.lose_next(paid=paid)

    # ---- what the printer asks -------------------------------------------------------------

    @property
    def seen(self) -> bool:
        """Whether the printer knows that it is jammed: since a job was torn."""
        with self._lock:
            return self._jammed and self._caught

    def tears(self) -> bool:
        """Whether the job that begins now is the one that is torn."""
        with self._lock:
            torn = self._jammed and not self._caught
            self._caught = self._caught or torn
            return torn

    def printed(self, job: str) -> None:
        with self._lock:
            self._out.add(job)

    def came_out(self, job: int) -> bool:
        with self._lock:
            return str(job) in self._out


class JammingPrinter:
    """A printer whose paper jams when the drill says so. See `Printer`."""

    poll_s = _LOOK_S

    def __init__(self, real: Printer, faults: Faults) -> None:
        self._real, self._faults = real, faults

    def probe(self) -> DeviceState:
        return _JAMMED if self._faults.seen else self._real.probe()

    def print(
        self, job: str, content: Mapping[str, Any], started: Callable[[], None], tell: Callable[[DeviceState], None]
    ) -> Result:
        if self._faults.seen:
            return Result("failed", _JAMMED.text)
        if self._faults.tears():
            started()
            return Result("unknown", "the paper jammed while this was printing")
        result = self._real.print(job, content, started, tell)
        if result.outcome == "done":
            self._faults.printed(job)
        return result

    def kick_drawer(self) -> Result:
        return self._real.kick_drawer()

    def drawer_open(self) -> bool | None:
        return self._real.drawer_open()

    def close(self) -> None:
        self._real.close()


@dataclass(frozen=True)
class Drill:
    """What a till for a drill is given beside its cable."""

    exercise: Exercise
    faults: Faults
