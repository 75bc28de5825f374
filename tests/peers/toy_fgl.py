"""A Boca ticket printer for tests: reads FGL as the guide describes it, prints to pictures, says what it must.

It shares no code with the sender. In its normal mode, which this is, it tells each change once and unasked,
and answers questions in order and only while it is ready. Out of tickets it keeps what it has not printed.
"""

from __future__ import annotations

import re
import time
from typing import Final

from PIL import Image

ACK, OUT, X_ON, POWER_ON, X_OFF, JAM, ILLEGAL, CUTTER = (
    b"\x06",
    b"\x10",
    b"\x11",
    b"\x12",
    b"\x13",
    b"\x18",
    b"\x19",
    b"\x1d",
)
LOW, LOADED = b"\x0f", b"\x0c"
# What is no picture, no position and no end, and yet may stand in a ticket.
_PLAIN: Final = re.compile(rb"CB|P[12]|NR|F\d+|HW\d+,\d+")
_COMMAND: Final = re.compile(rb"[A-Za-z]+[-+]?[\d,]*")


class ToyBoca:
    """A machine for `carrier`. `print_s` is how long one ticket takes."""

    def __init__(self, width: int = 1650, height: int = 600, print_s: float = 0.02) -> None:
        self.size, self.print_s = (width, height), print_s
        self.tickets: list[Image.Image] = []  # what came out
        self.not_understood: list[bytes] = []
        self.kicks = 0
        self.count = 4616  # of its life
        self.stock = 10_000
        self.low = False
        self.silent = False  # takes everything, says nothing, prints
        self.deaf = False  # takes everything, does nothing
        self.hold = False  # prints nothing for now
        self.ack_late_s = 0.0  # how long after a ticket its acknowledgement comes
        self.ready_byte = X_ON  # what it answers to <S1> when all is well
        self.received = bytearray()
        self._said = bytearray()
        self._stopped = b""  # the fault that it stands still for
        self._reset()

    def _reset(self) -> None:
        self._input = bytearray()
        self._waiting: list[Image.Image | bytes] = []
        self._clear()
        self._done_s: float | None = None
        self._acks: list[float] = []  # when acknowledgements are due

    def _clear(self) -> None:
        self._picture = Image.new("1", self.size, 1)
        self._row = self._column = 0

    # What happens to it

    def load(self, tickets: int = 10_000, said: bytes = LOADED + X_ON) -> None:
        """Someone loads tickets."""
        self.stock, self._stopped = tickets, b""
        self._tell(said)

    def stop(self, fault: bytes) -> None:
        """It jams: the ticket under way, if any, is lost."""
        self._stopped = fault
        if self._done_s is not None:
            self._waiting.pop(0)
            self._done_s = None
        self._tell(fault + X_OFF)

    def clear_fault(self) -> None:
        self._stopped = b""
        self._tell(X_ON)

    def restart(self) -> None:
        """Off and on: everything in it is forgotten."""
        self._reset()
        self._said.clear()
        self._stopped = b""
        self._tell(POWER_ON + X_ON)

    def test_ticket(self) -> None:
        """Someone presses its test button."""
        self._tell(b"\x05")

    def run_low(self) -> None:
        self.low = True
        self._tell(LOW)

    @property
    def held(self) -> int:
        """Tickets that it has and has not printed."""
        return sum(not isinstance(item, bytes) for item in self._waiting)

    # A machine for a carrier

    def receive(self, data: bytes) -> None:
        self.received += data
        if self.deaf:
            return
        self._input += data
        while self._command():
            pass

    def say(self) -> bytes:
        said = bytes(self._said)
        self._said.clear()
        return said

    def work(self) -> None:
        self._print()
        while self._acks and self._acks[0] <= time.monotonic():
            self._acks.pop(0)
            self._tell(ACK)

    def _print(self) -> None:
        while self._waiting and not self._stopped:
            item = self._waiting[0]
            if isinstance(item, bytes):
                self._answer(item)
            elif self.hold:
                return
            elif not self.stock:
                self._stopped = OUT
                self._tell(OUT + X_OFF)
                return
            elif not self._printed(item):
                return
            self._waiting.pop(0)

    def _printed(self, ticket: Image.Image) -> bool:
        now = time.monotonic()
        if self._done_s is None:
            self._done_s = now + self.print_s
        if now < self._done_s:
            return False
        self._done_s = None
        self.tickets.append(ticket)
        self.stock -= 1
        self.count += 1
        self._acks.append(now + self.ack_late_s)
        return True

    def _answer(self, question: bytes) -> None:
        if question == b"S1":
            self._tell(LOW if self.low else self.ready_byte)
        else:
            self._tell(f"{self.count:07} PROM = FGL46R10\r\n".encode())

    def _tell(self, said: bytes) -> None:
        if not self.silent:
            self._said += said

    # Reading

    def _command(self) -> bool:
        """Take one command, or the text before it; whether there was one."""
        start = self._input.find(b"<")
        if start < 0:
            self._input.clear()
            return False
        del self._input[:start]
        end = self._input.find(b">")
        if end < 0:
            return False
        inside = bytes(self._input[1:end])
        if inside[:1] in (b"G", b"g") and inside[1:].isdigit():
            count = int(inside[1:])
            if len(self._input) < end + 1 + count:
                return False
            self._draw(bytes(self._input[end + 1 : end + 1 + count]), inside[:1] == b"g")
            del self._input[: end + 1 + count]
            return True
        del self._input[: end + 1]
        self._do(inside)
        return True

    def _do(self, inside: bytes) -> None:
        if inside.startswith(b"RC"):
            self._row, self._column = map(int, inside[2:].split(b","))
        elif inside in (b"p", b"q", b"z", b"h"):
            self._waiting.append(self._picture)
            self._clear()
        elif inside in (b"S1", b"S2"):
            self._waiting.append(inside)
        elif inside == b"CB":
            self._clear()
        elif inside == b"DA":
            self.kicks += 1
        elif not _PLAIN.fullmatch(inside):
            self.not_understood.append(inside)
            if not _COMMAND.fullmatch(inside):
                self._tell(ILLEGAL)

    def _draw(self, data: bytes, hexadecimal: bool) -> None:
        try:
            columns = bytes.fromhex(data.decode()) if hexadecimal else data
        except ValueError:
            self.not_understood.append(data)
            self._tell(ILLEGAL)
            return
        strip = Image.new("1", (len(columns), 8), 1)
        strip.putdata([0 if column & 0x80 >> row else 255 for row in range(8) for column in columns])
        self._picture.paste(strip, (self._column, self._row))
        self._column += len(columns)
