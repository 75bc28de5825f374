"""The readings in a scanner's or card reader's stream of bytes.

A reading ends with a carriage return, line feed, tab, ETX or EOT, whichever the device was told to
send; one that sends nothing behind a reading is heard by its silence (`give_up`). What a device
puts before a code, STX or an AIM symbology identifier ("]Q1"), is no part of it.
"""

from __future__ import annotations

import re
from typing import Final

MOST: Final = 1024  # bytes of one reading; a code or three tracks have far fewer
_END: Final = re.compile(rb"[\r\n\t\x03\x04]+")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_SYMBOLOGY: Final = re.compile(r"^\][A-Za-z][0-9A-Za-z]")


class LineReader:
    """Feed it what came; it gives whole readings as text. Memory is bounded by `MOST`.

    `prefix` and `suffix` are texts that the device was told to put around each reading.
    """

    def __init__(self, prefix: str = "", suffix: str = "") -> None:
        self._prefix, self._suffix = prefix, suffix
        self._buffer = bytearray()
        self._too_long = False

    @property
    def inside(self) -> bool:
        """Whether a reading has begun and not ended."""
        return bool(self._buffer) or self._too_long

    def feed(self, data: bytes) -> list[str]:
        """The readings that these bytes complete. One longer than `MOST` is left out."""
        *whole, rest = _END.split(data)
        found = []
        for piece in whole:
            self._take(piece)
            found += self.give_up()
        self._take(rest)
        return found

    def give_up(self) -> list[str]:
        """The device has fallen silent: what it sent so far is a whole reading, if it is anything."""
        text = bytes(self._buffer).decode("utf-8", errors="replace")
        self._buffer.clear()
        self._too_long = False
        text = _SYMBOLOGY.sub("", _CONTROL.sub("", text).strip())
        text = text.removeprefix(self._prefix).removesuffix(self._suffix).strip()
        return [text] if text else []

    def _take(self, piece: bytes) -> None:
        if self._too_long or len(self._buffer) + len(piece) > MOST:
            self._buffer.clear()
            self._too_long = True
        else:
            self._buffer += piece
