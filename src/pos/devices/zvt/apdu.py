"""An APDU, ZVT's unit of talk: class, instruction, length, data.

    06 01 07 …            up to 254 bytes of data
    06 D3 FF BD 04 …      more: FF, then the length in two bytes, the low one first

Over TCP they follow one another bare, cut by the network as it likes. Two kinds of
errors, by whose fault it is: Malformed is the terminal's, BadOrder is ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

_LONG: Final = 0xFF


class Malformed(ValueError):
    """The terminal sent what makes no sense. The message holds none of it, since it may be a card's number."""


class BadOrder(ValueError):
    """The till asked for what ZVT cannot say."""


@dataclass(frozen=True, slots=True)
class Apdu:
    """`control` is class and instruction, 0x0601. The data is not shown: it may hold a card's number."""

    control: int
    data: bytes = field(default=b"", repr=False)

    def __bytes__(self) -> bytes:
        size = len(self.data)
        if size > 0xFFFF:
            raise BadOrder(f"{size} bytes are too many for one message")
        length = bytes([size]) if size < _LONG else bytes([_LONG]) + size.to_bytes(2, "little")
        return self.control.to_bytes(2, "big") + length + self.data


def header(data: bytes | bytearray) -> tuple[int, int, int] | None:
    """Control, length of the data, and where it begins; None while too little has come to tell."""
    if len(data) < 3:
        return None
    control = int.from_bytes(data[:2], "big")
    if data[2] != _LONG:
        return control, data[2], 3
    if len(data) < 5:
        return None
    return control, int.from_bytes(data[3:5], "little"), 5


def read_apdu(data: bytes) -> Apdu:
    """Read exactly one. Raises Malformed when the length does not fit."""
    head = header(data)
    if head is None:
        raise Malformed("is too short for a message")
    control, length, start = head
    if len(data) - start != length:
        raise Malformed(f"announces {length} bytes of data and has {len(data) - start}")
    return Apdu(control, data[start:])


class ApduReader:
    """Cuts a stream of bytes into APDUs, however they arrive."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> list[Apdu]:
        """The APDUs that these bytes complete."""
        self._bytes += data
        found = []
        while (head := header(self._bytes)) is not None:
            control, length, start = head
            if len(self._bytes) < start + length:
                break
            found.append(Apdu(control, bytes(self._bytes[start : start + length])))
            del self._bytes[: start + length]
        return found
