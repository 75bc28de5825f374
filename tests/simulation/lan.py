"""The local network between tills: cables of their own, and the window where a till answers others.

What is asked and answered, signed and certified is the program's; only the socket is not there.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sync import wire
from sync.agent.neighbour_window import NeighbourWindow
from tests.simulation.network import Reply, Request, SimCarrier
from tests.simulation.scheduler import Process
from tests.simulation.threads import world


class LanCarrier(SimCarrier):
    """To another till. The address is "ASKER>TILL", which is its cable's name."""

    def __init__(self, url: str, tls: Any) -> None:
        super().__init__(url.removeprefix("http://"), tls)


class LanWindow(NeighbourWindow):
    """Answers as the real one does; `open` has those that listen, by the till's name, and in which process."""

    open: ClassVar[dict[str, tuple[Process, LanWindow]]] = {}

    def start(self) -> None:
        self.open[self._till] = world().current.process, self
        self._say("ready", "")

    def stop(self) -> None:
        self.open.pop(self._till, None)


class Neighbour:
    """The far end of a cable: whichever machine is the till of that name by now."""

    def __init__(self, till: str) -> None:
        self._till = till

    def deliver(self, request: Request, reply: Reply) -> bool:
        process, window = LanWindow.open.get(self._till, (None, None))
        if process is None or window is None or process.dead:
            return False

        def answer() -> None:
            status, headers, body = window.answer(request.method, request.path, request.headers, request.body)
            reply((status, headers.get(wire.H_SIGNATURE, ""), body))

        world().spawn("neighbour asks", answer, process)
        return True
