"""A Zebra label printer for tests: reads ZPL's pictures, prints them, and answers ~HS and ~HQES at once.

It shares no code with the sender. `mute` is how many are: out of labels or ribbon, or open, they do not answer.
"""

from __future__ import annotations

import base64
import re
import time
import zlib
from typing import Final

from PIL import Image

_PICTURE: Final = re.compile(rb"\^FO(\d+),(\d+)\^GFA,(\d+),(\d+),(\d+),:Z64:([A-Za-z0-9+/=]+):([0-9A-Fa-f]{4})\^FS")
_REST: Final = re.compile(rb"\s*(?:\^PQ1)?\s*")


class ToyZebra:
    """A machine for `carrier`. `print_s` is how long one label takes."""

    def __init__(self, width: int = 816, height: int = 406, print_s: float = 0.02) -> None:
        self.size, self.print_s = (width, height), print_s
        self.labels: list[Image.Image] = []  # what came out
        self.not_understood: list[bytes] = []
        self.stock = 10_000
        self.head_open = self.ribbon_out = self.paused = self.cutter_stuck = self.low = False
        self.mute = False
        self.silent = False  # takes everything, says nothing, prints
        self.deaf = False  # takes everything, does nothing
        self.hold = False  # prints nothing for now
        self.blind = False  # counts a label nowhere while it is at the head
        self.received = bytearray()
        self._said = bytearray()
        self.restart()

    # What happens to it

    def restart(self) -> None:
        """Off and on: everything in it is forgotten."""
        self._input = bytearray()
        self._waiting: list[Image.Image] = []
        self._done_s: float | None = None

    def load(self, labels: int = 10_000) -> None:
        self.stock = labels

    @property
    def held(self) -> int:
        """Labels that it has and has not printed."""
        return len(self._waiting)

    @property
    def paper_out(self) -> bool:
        return not self.stock

    @property
    def _stopped(self) -> bool:
        return self.head_open or self.ribbon_out or self.paused or self.cutter_stuck or self.paper_out

    # A machine for a carrier

    def receive(self, data: bytes) -> None:
        self.received += data
        if self.deaf:
            return
        self._input += data
        while self._step():
            pass

    def say(self) -> bytes:
        said = bytes(self._said)
        self._said.clear()
        return said

    def work(self) -> None:
        while self._waiting and not self._stopped and not self.hold:
            now = time.monotonic()
            if self._done_s is None:
                self._done_s = now + self.print_s
            if now < self._done_s:
                return
            self._done_s = None
            self.labels.append(self._waiting.pop(0))
            self.stock -= 1

    # Reading

    def _step(self) -> bool:
        """Take one command or one label; whether there was one."""
        end = self._input.find(b"^XZ")
        at = self._input.find(b"~")  # heard wherever it stands, in its order
        if at >= 0 and (end < 0 or at < end):
            return self._immediate(at)
        if end < 0:
            return False
        whole = bytes(self._input[:end])
        del self._input[: end + 3]
        start = whole.rfind(b"^XA")
        if start >= 0:
            self._label(whole[start + 3 :])
        elif whole.strip():
            self.not_understood.append(whole)
        return True

    def _immediate(self, at: int) -> bool:
        for known in (b"~HQES", b"~HS", b"~JX"):
            if self._input.startswith(known, at):
                if known == b"~JX":  # gives up the label that is being received
                    del self._input[: at + len(known)]
                else:
                    del self._input[at : at + len(known)]
                    self._answer(known)
                return True
        return False

    def _label(self, said: bytes) -> None:
        picture = Image.new("1", self.size, 1)
        for match in _PICTURE.finditer(said):
            x, y, sent, total, across = (int(match[ix]) for ix in range(1, 6))
            dots = zlib.decompress(base64.b64decode(match[6]))
            if not sent == total == len(dots) or int(match[7], 16) != _crc(match[6]):
                self.not_understood.append(match[0])
                return
            ink = Image.frombytes("1", (across * 8, total // across), bytes(byte ^ 0xFF for byte in dots))
            picture.paste(ink, (x, y))
        rest = _PICTURE.sub(b"", said)
        if not _REST.fullmatch(rest):
            self.not_understood.append(rest)
        self._waiting.append(picture)

    def _answer(self, question: bytes) -> None:
        stopped = self.head_open or self.ribbon_out or self.paper_out
        if self.silent or (self.mute and stopped):
            return
        if question == b"~HQES":
            errors = self.paper_out * 1 | self.ribbon_out * 2 | self.head_open * 4 | self.cutter_stuck * 8
            warnings = self.low * 8
            self._said += (
                f"\x02\r\n\r\nPRINTER STATUS\r\n ERRORS:         {int(errors > 0)} 00000000 {errors:08X}\r\n"
                f" WARNINGS:       {int(warnings > 0)} 00000000 {warnings:08X}\r\n\x03"
            ).encode()
            return
        paused = int(self.paused or self._stopped)
        at_head = int(self._done_s is not None)
        under_way = 0 if self.blind else at_head
        formats = len(self._waiting) - at_head
        partial = int(b"^XA" in self._input)
        self._said += (
            f"\x02030,{int(self.paper_out)},{paused},0406,{formats:03},0,0,{partial},000,0,0,0\x03\r\n"
            f"\x02001,0,{int(self.head_open)},{int(self.ribbon_out)},0,2,4,0,{under_way:08},1,000\x03\r\n"
            "\x020000,0\x03\r\n"
        ).encode()


def _crc(data: bytes) -> int:
    """CRC-16-CCITT from 0, bit by bit."""
    register = 0
    for byte in data:
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1 ^ 0x1021 if register & 0x8000 else register << 1) & 0xFFFF
    return register
