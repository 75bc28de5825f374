"""The cash drawer: where it hangs, how it is opened, and whether somebody has left it open.

It hangs on a printer, which opens it and has its sensor; or on a serial port of its own, which opens it
when certain bytes come and says nothing. What the sensor says is told once for each time the drawer is
opened: by the till or by hand, and again when it has been open for too long. A sensor that falls silent
says nothing about the drawer: neither that it was shut nor that it is left open.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pos.devices.transport import Address, Transport, TransportError
from pos.devices.worker.outcome import DeviceState, Printer, Result

MakeDrawer = Callable[[Callable[[], bool]], Printer]
By = Literal["till", "test", "hand"]
DrawerState = Literal["open", "left_open", "shut"]
# The state, who opened it, and for how many seconds it has been open.
TellDrawer = Callable[[DrawerState, By, float], None]

LEFT_OPEN_S: Final = 30.0
_OPENS_S: Final = 10.0  # opened so soon after it was told to, it was the till; a sensor is asked every three seconds
_SLICE_S: Final = 0.1
_STALLED_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class DrawerPlace:
    """Where the drawer hangs: on the printer of a `role`, or, with `make`, on its own port.

    `inverted`: its sensor says the opposite of what the printer's profile has. After `left_open_s`
    seconds it counts as left open; 0 for never.
    """

    role: str = ""
    inverted: bool = False
    left_open_s: float = LEFT_OPEN_S
    make: MakeDrawer | None = None


class DrawerWatch:
    """What the sensor's levels mean. `seen` is called by the thread that has the sensor, `kicked` by any."""

    def __init__(self, place: DrawerPlace, tell: TellDrawer, now_s: Callable[[], float] = time.monotonic) -> None:
        self._place, self._tell, self._now_s = place, tell, now_s
        self.is_open: bool | None = None
        self._kicked: tuple[float, By] | None = None
        self._opened_s = 0.0
        self._by: By = "till"
        self._told = False  # that it is left open

    def kicked(self, by: By) -> None:
        """The drawer is told to open."""
        self._kicked = self._now_s(), by

    def seen(self, level: bool | None) -> None:
        """The sensor as last asked: open, shut, or nothing."""
        is_open = level if level is None or not self._place.inverted else not level
        now = self._now_s()
        if is_open is None:
            return
        was, self.is_open = self.is_open, is_open
        if not is_open:
            if was:
                self._tell("shut", self._by, now - self._opened_s)
            return
        if not was:
            self._opened_s, self._told = now, False
            # One that stood open when the till began was opened by nobody who could be named.
            self._by = "till" if was is None else self._who(now)
            self._tell("open", self._by, 0.0)
        open_s = now - self._opened_s
        if self._place.left_open_s and open_s >= self._place.left_open_s and not self._told:
            self._told = True
            self._tell("left_open", self._by, open_s)

    def _who(self, now: float) -> By:
        kicked, self._kicked = self._kicked, None
        return kicked[1] if kicked is not None and now - kicked[0] <= _OPENS_S else "hand"


class SerialDrawer:
    """A drawer on a serial port of its own; `kick` are the bytes that open it. See `Printer`: it prints nothing."""

    poll_s = 3.0

    def __init__(self, address: Address, kick: bytes, stopping: Callable[[], bool]) -> None:
        self._address, self._kick, self._stopping = address, kick, stopping
        self._transport: Transport | None = None

    def probe(self) -> DeviceState:
        try:
            # Nothing but a write or a read shows that an adapter was pulled out.
            self._open().read(0.0)
        except TransportError as error:
            self.close()
            return DeviceState("absent" if error.absent else "offline", str(error))
        return DeviceState("unknown", "connected; this drawer does not say how it is")

    def print(
        self, job: str, content: Mapping[str, Any], started: Callable[[], None], tell: Callable[[DeviceState], None]
    ) -> Result:
        return Result("failed", "a drawer prints nothing")

    def kick_drawer(self) -> Result:
        reused = self._transport is not None
        try:
            self._send()
        except TransportError as error:
            self.close()
            if not reused:
                return Result("failed", str(error))
            # The port was an old one: the adapter may have been out and in again since.
            return self.kick_drawer()
        return Result("done", "the drawer was told to open")

    def drawer_open(self) -> bool | None:
        return None

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
        self._transport = None

    def _open(self) -> Transport:
        if self._transport is None:
            self._transport = self._address.open()
        return self._transport

    def _send(self) -> None:
        transport, view, sent = self._open(), memoryview(self._kick), 0
        until = time.monotonic() + _STALLED_S
        while sent < len(view):
            sent += transport.write(view[sent:], _SLICE_S)
            if sent < len(view) and (time.monotonic() > until or self._stopping()):
                raise TransportError("the drawer's port takes no data")
