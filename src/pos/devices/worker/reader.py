"""The workers of scanners and card readers: one thread each, that hands every reading on, in order.

A device may be pulled out and put in again at any time; what it had not sent whole by then is
nothing. When the till does not keep up, the thread stops reading at `_MOST` readings and leaves the
next ones where they wait anyway, in the system's buffer of the line: none is dropped.
A port that can be opened is connected; that the device works is known from its first reading only.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from pos.devices.condition import State
from pos.devices.readers.lines import LineReader
from pos.devices.transport import Address, Transport, TransportError
from pos.devices.worker.outcome import DeviceState
from pos.domain.errors import Unreadable

_log = logging.getLogger(__name__)
_MOST: Final = 64  # readings that the till has not taken yet
_SLICE_S: Final = 0.1  # how long a wait may hold up the end of the program
_RETRY_S: Final = 1.0
_SILENCE_S: Final = 0.25  # a reading without an end is whole after that
_JOIN_S: Final = 2.0

# A reading's text, and what to call once the till has taken it.
OnReading = Callable[[str, Callable[[], None]], None]


class Source(Protocol):
    """An open scanner or reader, used by its worker's thread only. Raises TransportError when it breaks."""

    def readings(self, timeout_s: float) -> list[str]:
        """What has been read, waiting up to `timeout_s` for a first one."""

    def close(self) -> None: ...


class LineSource:
    """A scanner or reader on a serial line or a socket."""

    def __init__(self, transport: Transport, lines: LineReader) -> None:
        self._transport, self._lines = transport, lines
        self._heard = time.monotonic()

    def readings(self, timeout_s: float) -> list[str]:
        data, now = self._transport.read(timeout_s), time.monotonic()
        if data:
            self._heard = now
            return self._lines.feed(data)
        if self._lines.inside and now - self._heard > _SILENCE_S:
            return self._lines.give_up()
        return []

    def close(self) -> None:
        self._transport.close()


def line_source(address: Address, where: str, key: str, prefix: str = "", suffix: str = "") -> Callable[[], Source]:
    """How to open a scanner at `address`. Raises Unreadable, naming `where` and `key`, where there can be none."""
    if address.scheme not in ("serial", "tcp"):
        raise Unreadable(where, key, f"nothing is read from {address.scheme}://; serial:// and tcp:// are")
    return lambda: LineSource(address.open(), LineReader(prefix, suffix))


class ReaderWorker:
    """The thread of one scanner or reader, called `name` ("scanner"). `start` begins it, `close` ends it.

    `on_state` is told of every change of state, in the worker's thread.
    """

    def __init__(self, name: str, open_: Callable[[], Source], on_state: Callable[[str, DeviceState], None]) -> None:
        self._name, self._open, self._on_state = name, open_, on_state
        self._state = DeviceState("unknown", "not asked yet")
        self._closing = threading.Event()
        self._room = threading.BoundedSemaphore(_MOST)
        self._on_reading: OnReading = lambda text, taken: taken()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def state(self) -> DeviceState:
        """How it was when last looked at; from any thread."""
        return self._state

    def start(self, on_reading: OnReading) -> None:
        """Begin to read. `on_reading` is called in the worker's thread and returns at once."""
        self._on_reading = on_reading
        self._thread.start()

    def end(self) -> None:
        """Ask the thread to end; `close` waits for it."""
        self._closing.set()

    def close(self) -> None:
        """End within 2 s."""
        self.end()
        if self._thread.ident is None:
            return
        self._thread.join(_JOIN_S)
        if self._thread.is_alive():
            _log.warning("%s: did not end within %s s", self._name, _JOIN_S)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._read_on()
            except TransportError as error:
                self._say("absent" if error.absent else "offline", str(error))
            except Exception as error:  # noqa: BLE001 - a mistake must not end the thread
                # Its message stays out of the log: it may be made of what was read.
                _log.error("%s: %s", self._name, type(error).__name__)
                self._say("error", "something went wrong in the till")
            self._closing.wait(_RETRY_S)

    def _read_on(self) -> None:
        """Read until it breaks or the till ends."""
        source = self._open()
        try:
            self._say("unknown", "connected, nothing read yet")
            while not self._closing.is_set():
                for text in source.readings(_SLICE_S):
                    self._say("ready", "ready")
                    self._hand_on(text)
        finally:
            source.close()

    def _hand_on(self, text: str) -> None:
        while not self._closing.is_set():
            if self._room.acquire(timeout=_SLICE_S):
                self._on_reading(text, self._room.release)
                return

    def _say(self, state: State, text: str) -> None:
        new = DeviceState(state, text)
        if new != self._state:
            self._state = new
            self._on_state(self._name, new)


class Readers:
    """All scanners and card readers of a till, by name. `keyboards` are those that type what they read:
    the window hears them, and nothing can be said of how they are."""

    def __init__(
        self,
        sources: Mapping[str, Callable[[], Source]],
        keyboards: tuple[str, ...],
        on_state: Callable[[str, DeviceState], None],
    ) -> None:
        self._workers = {name: ReaderWorker(name, open_, on_state) for name, open_ in sources.items()}
        self._keyboards = keyboards

    def start(self, on_reading: Callable[[str, str, Callable[[], None]], None]) -> None:
        """Begin to read: (name, text, what to call once it is taken), in the workers' threads."""
        for name, worker in self._workers.items():
            worker.start(lambda text, taken, name=name: on_reading(name, text, taken))  # type: ignore[misc]

    def states(self) -> dict[str, dict[str, str]]:
        """Device name -> {"state", "text"}."""
        states = {name: worker.state for name, worker in self._workers.items()}
        states |= {name: DeviceState("unknown", "types like a keyboard") for name in self._keyboards}
        return {name: {"state": state.state, "text": state.text} for name, state in states.items()}

    def close(self) -> None:
        """End all workers, at most 2 s for all of them together."""
        for worker in self._workers.values():
            worker.end()
        for worker in self._workers.values():
            worker.close()
