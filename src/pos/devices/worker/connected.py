"""A printer at the end of a line: what is the same in every language that it may speak.

nothing sent yet     the page cannot be set, no connection, the printer says why not  -> failed
from the first byte  nothing counts but what the printer says: see each language
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

from pos.devices.transport import Address, Transport, TransportError
from pos.devices.worker.outcome import DeviceState, Result
from pos.domain.errors import Unreadable

SLICE_S: Final = 0.1  # how long a wait may hold up the end of the program
_STALLED_S: Final = 10.0  # a printer that takes no more data for so long has stopped

Tell = Callable[[DeviceState], None]
Sheet = TypeVar("Sheet")  # one piece of paper: its bytes, or what gives them when it is their turn


class NothingSent(TransportError):
    """The connection was gone before the first byte."""


class ConnectedPrinter(ABC, Generic[Sheet]):
    """One printer at an address. See `Printer`. `stopping` ends every wait early."""

    def __init__(self, address: Address, stopping: Callable[[], bool]) -> None:
        self._address, self._stopping = address, stopping
        self._transport: Transport | None = None

    @property
    def poll_s(self) -> float:
        return 3.0 if self._transport is not None else 2.0

    def probe(self) -> DeviceState:
        try:
            self._connect()
            return self._look()
        except TransportError as error:
            self._drop()
            return DeviceState("absent" if error.absent else "offline", str(error))

    def print(self, job: str, content: Mapping[str, Any], started: Callable[[], None], tell: Tell) -> Result:
        try:
            sheets = self._sheets(content)
        except Unreadable as error:
            return Result("failed", str(error))
        refusal = self._refusal()
        if refusal:
            return Result("failed", refusal)
        started()
        return self._deliver(sheets, tell)

    def kick_drawer(self) -> Result:
        refusal = self._refusal()
        if refusal:
            return Result("failed", refusal)
        try:
            self._send(self._kick())
        except TransportError as error:
            self._drop()
            return Result("failed", str(error))
        return Result("done", "the drawer was told to open")

    def close(self) -> None:
        self._drop()

    # What each language fills in

    @abstractmethod
    def _sheets(self, content: Mapping[str, Any]) -> Sequence[Sheet]:
        """The job, set, a piece of paper each. Raises Unreadable when it cannot be printed."""

    @abstractmethod
    def _greet(self) -> None:
        """A connection was made: begin a new dialogue. Raises TransportError."""

    @abstractmethod
    def _look(self) -> DeviceState:
        """Ask how it is. Raises TransportError."""

    @abstractmethod
    def _why_not(self) -> str:
        """Why nothing can be sent now; empty when it can. Raises TransportError."""

    @abstractmethod
    def _deliver(self, sheets: Sequence[Sheet], tell: Tell) -> Result:
        """Send, and wait for the printer's word. Never raises for the device's sake."""

    @abstractmethod
    def _receive(self, data: bytes) -> None:
        """Take in what the printer said."""

    @abstractmethod
    def _kick(self) -> bytes:
        """What opens the drawer. Raises TransportError where no drawer can be."""

    @abstractmethod
    def drawer_open(self) -> bool | None:
        """See `Printer`."""

    # The line

    def _refusal(self) -> str:
        """Why nothing can be sent now, whatever the reason."""
        try:
            return self._prepare()
        except TransportError as error:
            self._drop()
            return str(error)

    def _prepare(self) -> str:
        reused = self._transport is not None
        try:
            self._connect()
            return self._why_not()
        except TransportError:
            if not reused:
                raise
        # The connection was an old one: the printer may have been off and on again since.
        self._drop()
        self._connect()
        return self._why_not()

    def _connect(self) -> None:
        if self._transport is None:
            self._transport = self._address.open()
            self._greet()

    def _drop(self) -> None:
        if self._transport is not None:
            self._transport.close()
        self._transport = None

    def _listen(self, timeout_s: float) -> None:
        if self._transport is not None:
            self._receive(self._transport.read(timeout_s))

    def _push(self, data: memoryview) -> int:
        """Hand over some of it; how many bytes were taken within a slice. Raises TransportError."""
        if self._transport is None:
            raise TransportError("not connected")
        return self._transport.write(data, SLICE_S)

    def _send(self, data: bytes, *, nothing_before: bool = False) -> None:
        """Send all of it. Raises TransportError; NothingSent when not even the first byte of a job left."""
        view, sent = memoryview(data), 0
        progress = time.monotonic()
        while sent < len(data):
            try:
                taken = self._push(view[sent:])
            except TransportError as error:
                if nothing_before and sent == 0:
                    raise NothingSent(str(error)) from error
                raise
            if taken:
                progress = time.monotonic()
            elif time.monotonic() - progress > _STALLED_S or self._stopping():
                raise TransportError("the printer takes no more data")
            sent += taken
