"""The worker: one thread that owns one printer and takes its jobs in order.

Callbacks are called in the worker's thread. `started` may block, until the till has
recorded durably that the job has begun; the other callbacks should return at once.
The drawer goes before waiting jobs, since a customer waits for change, and is never
opened late: if the printer cannot be reached now, or is at a job for too long, it stays shut.

A job is taken under the lock, right before its first byte: from then on it cannot be
withdrawn, and one that was withdrawn before, or that the end of the worker has overtaken,
is never begun. So whoever withdraws a job may have it printed elsewhere.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from pos.devices.worker.outcome import DeviceState, Finished, Printer, Result

_log = logging.getLogger(__name__)
_MOST_JOBS: Final = 64
_JOIN_S: Final = 2.0
_LATE_S: Final = 20.0  # after so long nobody stands at the drawer any more


class _NotWanted(Exception):
    """The job was withdrawn, or the worker is to end, before its first byte left."""


@dataclass(eq=False, slots=True)
class _Job:
    """A job in this worker's hands. `taken`: its first byte is about to leave, or has left."""

    name: str
    content: Mapping[str, Any]
    started: Callable[[], None]
    finished: Finished
    taken: bool = False
    withdrawn: bool = False


class PrinterWorker:
    """The thread and queue of one printer, called `name` ("printer.ticket").

    `make_printer` is called once with a function that tells whether the worker is
    closing, and gives the printer. `on_state` is told of every change of state, `did` of
    every job and kick, `sensed` of what the drawer's sensor said, whenever the printer was
    asked. The thread starts at once; `close` ends it.
    """

    def __init__(
        self,
        name: str,
        make_printer: Callable[[Callable[[], bool]], Printer],
        on_state: Callable[[str, DeviceState], None],
        did: Callable[[str, str], None] = lambda name, what: None,
        sensed: Callable[[bool | None], None] = lambda level: None,
    ) -> None:
        self._name, self._on_state, self._did, self._sensed = name, on_state, did, sensed
        self._closing = threading.Event()
        self._printer = make_printer(self._closing.is_set)
        self._change = threading.Condition()
        self._urgent: deque[Callable[[], None]] = deque()
        self._jobs: deque[_Job] = deque()
        self._current: _Job | None = None
        self._state = DeviceState("unknown", "not asked yet")
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def state(self) -> DeviceState:
        """How the printer was when last asked; from any thread."""
        return self._state

    def submit(
        self,
        job: str,
        content: Mapping[str, Any],
        started: Callable[[], None],
        finished: Finished,
    ) -> None:
        """Print `content` in its turn; returns at once, from any thread.

        `started` is called before the first byte leaves. `finished` is called exactly once, with
        done, failed (nothing was sent) or unknown, except for jobs that `close` finds not begun.
        """
        with self._change:
            if len(self._jobs) < _MOST_JOBS:
                self._jobs.append(_Job(job, content, started, finished))
            else:
                # Said by the thread, too: a caller is never called back from inside its call.
                self._urgent.append(partial(finished, "failed", f"{_MOST_JOBS} jobs are waiting already"))
            self._change.notify()

    def withdraw(self, job: str) -> bool:
        """Take a job back that has not begun; from any thread. False when it has, or is not here:
        then nothing is known but what `finished` will say, or has said."""
        with self._change:
            waiting = next((each for each in self._jobs if each.name == job), None)
            if waiting is not None:
                self._jobs.remove(waiting)
                return True
            current = self._current
            if current is None or current.name != job or current.taken or current.withdrawn:
                return False
            current.withdrawn = True
            return True

    def take_back(self) -> list[str]:
        """Take every job back that has not begun; their names in order."""
        with self._change:
            names = [job.name for job in self._jobs]
            self._jobs.clear()
            current = self._current
            if current is not None and not (current.taken or current.withdrawn):
                current.withdrawn = True
                names.insert(0, current.name)
            return names

    def kick_drawer(self, finished: Finished) -> None:
        """Open the drawer, before any waiting job; returns at once, from any thread."""
        with self._change:
            self._urgent.append(partial(self._kick, time.monotonic(), finished))
            self._change.notify()

    def end(self) -> None:
        """Ask the thread to end; `close` waits for it."""
        with self._change:
            self._closing.set()
            self._change.notify()

    def close(self) -> None:
        """End within 2 s. A job under way is unknown unless it is confirmed; those not begun are left."""
        self.end()
        self._thread.join(_JOIN_S)
        if self._thread.is_alive():
            _log.warning("%s: did not end within %s s", self._name, _JOIN_S)

    def _run(self) -> None:
        self._guarded(self._probe)
        while not self._closing.is_set():
            self._guarded(self._next())
        self._printer.close()

    def _next(self) -> Callable[[], None]:
        """What to do next: a job, or else, when it is time, to look after the printer."""
        with self._change:
            if not (self._urgent or self._jobs or self._closing.is_set()):
                self._change.wait(self._printer.poll_s)
            if self._urgent:
                return self._urgent.popleft()
            if self._jobs:
                self._current = self._jobs.popleft()
                return partial(self._print, self._current)
        return self._probe

    def _guarded(self, act: Callable[[], None]) -> None:
        """A mistake in one job must not end the thread that the next ones wait for."""
        try:
            act()
        except Exception:  # noqa: BLE001 - logged as an error with its trace
            _log.exception("%s: something went wrong that should not", self._name)

    def _print(self, job: _Job) -> None:
        begun = False

        def begin() -> None:
            nonlocal begun
            with self._change:
                if job.withdrawn or self._closing.is_set():
                    raise _NotWanted
                job.taken = True
            job.started()
            begun = True

        try:
            result = self._printer.print(job.name, job.content, begin, self._tell)
        except _NotWanted:
            result = Result("failed", "the till is being closed")
        except Exception as error:  # noqa: BLE001 - whatever it is, the job has an outcome
            _log.exception("%s: job %s", self._name, job.name)
            result = Result("unknown" if begun else "failed", str(error) or type(error).__name__)
        with self._change:
            self._current, job.taken = None, True
            left = job.withdrawn or (self._closing.is_set() and not begun)
        if not left:
            self._did(self._name, f"job {job.name} {result.outcome}: {result.text}")
            job.finished(result.outcome, result.text, result.sheets)
        self._probe()

    def _kick(self, asked_s: float, finished: Finished) -> None:
        late = time.monotonic() - asked_s > _LATE_S
        result = Result("failed", "the printer was at a job for too long") if late else self._printer.kick_drawer()
        self._did(self._name, f"drawer {result.outcome}: {result.text}")
        finished(result.outcome, result.text)

    def _probe(self) -> None:
        if self._closing.is_set():
            return
        state = self._printer.probe()
        self._sensed(self._printer.drawer_open())
        self._tell(state)

    def _tell(self, state: DeviceState) -> None:
        if state != self._state:
            self._state = state
            self._on_state(self._name, state)
