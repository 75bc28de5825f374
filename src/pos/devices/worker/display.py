"""The worker of a line display: one thread, and room for one scene, the newest.

A scene that was overtaken while the display was slow or away is not shown late. Such a display answers
nothing, so that it is never called ready: it is connected, or it is not.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from pos.devices.condition import State
from pos.devices.escpos.linedisplay import encode
from pos.devices.transport import Address, Transport, TransportError
from pos.devices.worker.outcome import DeviceState
from pos.domain.errors import Unreadable
from pos.domain.scene import Scene

_log = logging.getLogger(__name__)
_SLICE_S: Final = 0.1  # how long a wait may hold up the end of the program
_STALLED_S: Final = 3.0  # a display that takes no byte for so long has stopped
_LOOK_S: Final = 1.0  # how often a quiet line is looked after
_RETRY_S: Final = 2.0
_JOIN_S: Final = 2.0

NAME: Final = "customer_display"


def check_display_address(address: Address, where: str, key: str) -> Address:
    """The address, if a display can be there. Raises Unreadable, naming `where` and `key`."""
    if address.scheme not in ("serial", "tcp", "file"):
        raise Unreadable(where, key, f"a line display cannot be reached by {address.scheme}://")
    return address


class LineDisplay:
    """The thread of a line display. Fulfils the till's port; all methods from any thread.

    The thread starts at once; `close` ends it. `on_state` is told of every change, in the worker's thread.
    """

    def __init__(self, address: Address, on_state: Callable[[str, DeviceState], None]) -> None:
        self._address, self._on_state = address, on_state
        self._state = DeviceState("unknown", "not asked yet")
        self._change = threading.Condition()
        self._next: Scene | None = None
        self._last: Scene | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=NAME, daemon=True)
        self._thread.start()

    @property
    def state(self) -> DeviceState:
        return self._state

    def states(self) -> dict[str, dict[str, str]]:
        """Device name -> {"state", "text"}."""
        return {NAME: {"state": self._state.state, "text": self._state.text}}

    def show(self, scene: Scene) -> None:
        """Show this from now on; returns at once, however the display is."""
        with self._change:
            self._next = scene
            self._change.notify()

    def close(self) -> None:
        """End within 2 s."""
        with self._change:
            self._closing = True
            self._change.notify()
        self._thread.join(_JOIN_S)
        if self._thread.is_alive():
            _log.warning("%s: did not end within %s s", NAME, _JOIN_S)

    def _run(self) -> None:
        while not self._closing:
            try:
                self._show_on()
            except TransportError as error:
                self._say("absent" if error.absent else "offline", str(error))
            except Exception:  # noqa: BLE001 - a mistake must not end the thread
                _log.exception("%s: something went wrong that should not", NAME)
                self._say("error", "something went wrong in the till")
            with self._change:
                self._change.wait_for(lambda: self._closing, _RETRY_S)

    def _show_on(self) -> None:
        """Show scene after scene until the connection breaks or the till ends."""
        transport = self._address.open()
        try:
            self._say("unknown", "connected; such a display tells nothing of itself")
            if self._last is not None:
                self._write(transport, self._last)
            while not self._closing:
                scene = self._wait()
                if scene is not None:
                    self._write(transport, scene)
                transport.read(0.0)  # nothing is expected; a line that has broken says so here
        finally:
            transport.close()

    def _wait(self) -> Scene | None:
        """The newest scene that has not been shown, waiting a moment for one."""
        with self._change:
            if self._next is None and not self._closing:
                self._change.wait(_LOOK_S)
            scene, self._next = self._next, None
            self._last = scene or self._last
            return scene

    def _write(self, transport: Transport, scene: Scene) -> None:
        view = memoryview(encode(scene))
        progress = time.monotonic()
        while view and not self._closing:
            taken = transport.write(view, _SLICE_S)
            now = time.monotonic()
            if taken:
                view, progress = view[taken:], now
            elif now - progress > _STALLED_S:
                raise TransportError("the display takes no more data")

    def _say(self, state: State, text: str) -> None:
        new = DeviceState(state, text)
        if new != self._state:
            self._state = new
            self._on_state(NAME, new)
