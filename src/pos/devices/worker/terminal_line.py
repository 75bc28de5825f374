"""How APDUs travel to a payment terminal and back: bare over TCP, in acknowledged blocks over a serial line.

Serial: a block is acknowledged within T2, else sent again, twice at most. A gap of T1 inside a
block means that the rest was lost; it is asked for again. A block that comes twice because our
acknowledgement was lost is given up the line once.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from pos.devices.transport import Address, Transport, TransportError
from pos.devices.zvt.apdu import Apdu, ApduReader, Malformed, read_apdu
from pos.devices.zvt.framing import ACK, NAK, FrameReader, Piece, frame

_SLICE_S: Final = 0.05  # how long a wait may hold up the end of the program
_STALLED_S: Final = 5.0  # a network that takes no byte for so long has stopped
_RESENDS: Final = 2


@dataclass(frozen=True, slots=True)
class Timing:
    """ZVT's times, in seconds, and how long an order may take that moves no money."""

    t1: float = 0.2
    t2: float = 5.0
    t3: float = 5.0
    t4: float = 180.0
    plain: float = 15.0


class NothingSent(TransportError):
    """The connection was gone before the first byte."""


class TerminalLine(Protocol):
    """An open way for APDUs. Everything here raises TransportError when it breaks."""

    def send(self, apdu: Apdu) -> None:
        """Hand it over. NothingSent when not even its first byte left."""

    def receive(self, timeout_s: float) -> Apdu | None:
        """The next one, waiting up to `timeout_s`."""

    def close(self) -> None: ...


def open_line(address: Address, timing: Timing, stopping: Callable[[], bool]) -> TerminalLine:
    """Reach the terminal. `stopping` ends every wait early. Raises TransportError."""
    if address.scheme == "serial":
        return SerialLine(address.open(), timing, stopping)
    return TcpLine(address.open(), stopping)


class TcpLine:
    """Bare APDUs, one after another."""

    def __init__(self, transport: Transport, stopping: Callable[[], bool]) -> None:
        self._transport, self._stopping = transport, stopping
        self._reader = ApduReader()
        self._waiting: deque[Apdu] = deque()

    def send(self, apdu: Apdu) -> None:
        _write(self._transport, bytes(apdu), first=True)

    def receive(self, timeout_s: float) -> Apdu | None:
        deadline = time.monotonic() + timeout_s
        while not self._waiting:
            left = deadline - time.monotonic()
            self._waiting.extend(self._reader.feed(self._transport.read(max(0.0, min(left, _SLICE_S)))))
            if not self._waiting and (left <= 0 or self._stopping()):
                return None
        return self._waiting.popleft()

    def close(self) -> None:
        self._transport.close()


class SerialLine:
    """Acknowledged blocks."""

    def __init__(self, transport: Transport, timing: Timing, stopping: Callable[[], bool]) -> None:
        self._transport, self._timing, self._stopping = transport, timing, stopping
        self._reader = FrameReader()
        self._pieces: deque[Piece] = deque()
        self._waiting: deque[Apdu] = deque()
        self._last_block = b""
        self._answered = True  # the terminal acknowledged what we sent after its last block
        self._heard = time.monotonic()

    def send(self, apdu: Apdu) -> None:
        self._answered = False
        block = frame(bytes(apdu))
        for attempt in range(1 + _RESENDS):
            _write(self._transport, block, first=attempt == 0)
            if self._acknowledged():
                return
        raise TransportError("the terminal does not acknowledge")

    def receive(self, timeout_s: float) -> Apdu | None:
        deadline = time.monotonic() + timeout_s
        while not self._waiting:
            left = deadline - time.monotonic()
            self._listen(max(0.0, min(left, _SLICE_S)))
            while self._pieces:
                self._take(self._pieces.popleft())
            if not self._waiting and (left <= 0 or self._stopping()):
                return None
        return self._waiting.popleft()

    def close(self) -> None:
        self._transport.close()

    def _acknowledged(self) -> bool:
        """Whether the block just sent was taken.

        A new block from the terminal says so, too: an order that it is at work on must not be sent
        again, since it might be carried out twice.
        """
        deadline = time.monotonic() + self._timing.t2
        while time.monotonic() < deadline and not self._stopping():
            self._listen(_SLICE_S)
            while self._pieces:
                piece = self._pieces.popleft()
                if piece.kind in ("ack", "nak"):
                    self._answered = piece.kind == "ack"
                    return self._answered
                if self._take(piece):
                    return True
        return False

    def _listen(self, timeout_s: float) -> None:
        data = self._transport.read(timeout_s)
        now = time.monotonic()
        if data:
            self._heard = now
            self._pieces.extend(self._reader.feed(data))
        elif self._reader.inside and now - self._heard > self._timing.t1:
            self._pieces.append(self._reader.give_up())

    def _take(self, piece: Piece) -> bool:
        """Acknowledge what came; whether it was a new block."""
        if piece.kind == "damaged":
            _write(self._transport, NAK)
        elif piece.kind == "block":
            _write(self._transport, ACK)
            if self._answered or piece.data != self._last_block:
                self._deliver(piece.data)
                return True
        return False

    def _deliver(self, block: bytes) -> None:
        self._last_block, self._answered = block, False
        try:
            self._waiting.append(read_apdu(block))
        except Malformed as error:
            raise TransportError(f"the terminal's message {error}") from error


def _write(transport: Transport, data: bytes, *, first: bool = False) -> None:
    """Send all of it. Raises NothingSent when it is the `first` of something and not even its first byte left."""
    view, sent = memoryview(data), 0
    progress = time.monotonic()
    while sent < len(data):
        try:
            taken = transport.write(view[sent:], _SLICE_S)
            if not taken and time.monotonic() - progress > _STALLED_S:
                raise TransportError("the terminal takes no more data")
        except TransportError as error:
            raise (NothingSent(str(error)) if first and not sent else error) from error
        if taken:
            sent, progress = sent + taken, time.monotonic()
