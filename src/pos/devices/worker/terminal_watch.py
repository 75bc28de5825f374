"""What is seen of a payment terminal: its messages, without what nobody may see."""

from __future__ import annotations

from collections import deque
from typing import Final

from pos.devices.worker.watch import Watch
from pos.devices.zvt.trace import MessageTrace

_MESSAGES: Final = 16


class Messages:
    """A terminal's messages in one direction, a line each. See `Trace`."""

    def __init__(self, *, serial: bool) -> None:
        self._serial = serial
        self._lines: deque[str] = deque(maxlen=_MESSAGES)
        self.begin()

    def begin(self) -> None:
        self._trace = MessageTrace(serial=self._serial)

    def feed(self, data: bytes) -> None:
        self._lines.extend(self._trace.feed(data))

    def lines(self) -> list[str]:
        return list(self._lines)


def terminal_watch(transport: str) -> Watch:
    """A watch of the payment terminal at this address."""
    serial = transport.startswith("serial:")
    return Watch(lambda: Messages(serial=serial))
