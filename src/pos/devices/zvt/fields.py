"""The data fields of an APDU: BMPs, each a number with a length of its own, and packed decimals.

LL, LLL    length in two or three bytes F0 to F9, one digit each
TLV        length as in a TLV container
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pos.devices.zvt.apdu import BadOrder, Malformed
from pos.devices.zvt.tlv import read_length

_LENGTHS: Final[dict[int, int | str]] = {
    **dict.fromkeys((0x01, 0x02, 0x03, 0x05, 0x19, 0x27, 0x72, 0x73, 0x74, 0x75, 0x8A, 0x8C, 0xA0), 1),
    **dict.fromkeys((0xD0, 0xD2, 0xD3, 0xE0, 0xE9, 0xEA, 0xF0, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD), 1),
    **dict.fromkeys((0x0D, 0x0E, 0x17, 0x3A, 0x49, 0x87), 2),
    **dict.fromkeys((0x0B, 0x0C, 0x37, 0x3D, 0x88, 0xAA), 3),
    **dict.fromkeys((0x29, 0x70, 0x71), 4),
    0xBA: 5,
    0x04: 6,
    **dict.fromkeys((0x3B, 0xEB), 8),
    0x2A: 15,
    **dict.fromkeys((0x22, 0x23, 0x2D, 0x8B, 0xA7, 0xD1, *range(0xE1, 0xE9), *range(0xF1, 0xF9)), "LL"),
    **dict.fromkeys((0x24, 0x2E, 0x3C, 0x60, 0x9A, 0xAF), "LLL"),
    0x06: "TLV",
}


@dataclass(frozen=True, slots=True)
class Fields:
    """BMPs by number. `unread` says why reading stopped early; what came before it is good."""

    bmps: dict[int, bytes]
    unread: str = ""


def read_fields(data: bytes) -> Fields:
    """Read BMPs up to the end, or to the first that cannot be read: its length is then unknown, too."""
    bmps: dict[int, bytes] = {}
    while data:
        try:
            length, size = _length(data)
        except Malformed as error:
            return Fields(bmps, f"BMP {data[0]:02X} {error}")
        start = 1 + size
        if len(data) < start + length:
            return Fields(bmps, f"BMP {data[0]:02X} announces {length} bytes and has {len(data) - start}")
        bmps.setdefault(data[0], data[start : start + length])
        data = data[start + length :]
    return Fields(bmps)


def _length(data: bytes) -> tuple[int, int]:
    """The length of the BMP at the beginning, and how many bytes after its number say it."""
    known = _LENGTHS.get(data[0])
    match known:
        case None:
            raise Malformed("is not known")
        case "TLV":
            return read_length(data[1:])
        case "LL" | "LLL":
            size = len(known)
            return length_of(data[1 : 1 + size], size), size
        case _:
            return int(known), 0


def length_of(data: bytes, size: int) -> int:
    """The length in `size` bytes F0 to F9. Raises Malformed."""
    if len(data) != size or any(byte & 0x0F > 9 for byte in data):
        raise Malformed("has a length that cannot be read")
    return int("".join(str(byte & 0x0F) for byte in data))


def bcd(value: int, size: int) -> bytes:
    """A number in `size` bytes, two digits each. Raises BadOrder when it does not fit."""
    if not 0 <= value < 100**size:
        raise BadOrder(f"{value} does not fit into {2 * size} digits")
    return bytes.fromhex(f"{value:0{2 * size}d}")


def unbcd(data: bytes) -> int:
    """The number in packed digits. Raises Malformed: what cannot be read is never zero."""
    digits = data.hex()
    if not digits.isdigit():
        raise Malformed("has a number that is not made of digits")
    return int(digits)
