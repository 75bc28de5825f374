"""ZVT on a serial line: each APDU is a block between DLE STX and DLE ETX with a checksum.

    10 02  APDU, every 10 in it twice  10 03  CRC-low CRC-high
    06     the block came whole (ACK)       15  it did not, say it again (NAK)

The checksum runs over the APDU, not doubled, and the 03. The specification names a
polynomial that no terminal uses: it is the reflected CRC-16, 0x8408 (Kermit's).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

ACK: Final = b"\x06"
NAK: Final = b"\x15"
_DLE: Final = 0x10
_STX: Final = 0x02
_ETX: Final = 0x03
_LONGEST: Final = 0xFFFF + 5

Kind = Literal["block", "ack", "nak", "damaged"]
_State = Literal["outside", "start", "inside", "doubled", "crc_low", "crc_high"]


@dataclass(frozen=True, slots=True)
class Piece:
    """What came over the line; `data` of a block is its APDU."""

    kind: Kind
    data: bytes = field(default=b"", repr=False)


def crc(data: bytes) -> int:
    """CRC-16/KERMIT; 0x2189 for b"123456789"."""
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value


def frame(apdu: bytes) -> bytes:
    """The block that carries an APDU."""
    doubled = apdu.replace(bytes([_DLE]), bytes([_DLE, _DLE]))
    check = crc(apdu + bytes([_ETX])).to_bytes(2, "little")
    return bytes([_DLE, _STX]) + doubled + bytes([_DLE, _ETX]) + check


class FrameReader:
    """Cuts the bytes of a serial line into blocks and acknowledgements, however they arrive."""

    def __init__(self) -> None:
        self._state: _State = "outside"
        self._block = bytearray()
        self._low = 0

    @property
    def inside(self) -> bool:
        """Whether a block has begun whose end has not come."""
        return self._state != "outside"

    def give_up(self) -> Piece:
        """The line fell silent inside a block: what came of it is damaged."""
        self._state = "outside"
        return Piece("damaged")

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces that these bytes complete."""
        return [piece for byte in data if (piece := self._take(byte)) is not None]

    def _take(self, byte: int) -> Piece | None:
        match self._state:
            case "outside":
                if byte in (ACK[0], NAK[0]):
                    return Piece("ack" if byte == ACK[0] else "nak")
                if byte == _DLE:
                    self._state = "start"
            case "start":
                self._begin(byte)
            case "inside":
                return self._text(byte)
            case "doubled":
                return self._after_dle(byte)
            case "crc_low":
                self._low, self._state = byte, "crc_high"
            case "crc_high":
                self._state = "outside"
                whole = crc(bytes(self._block) + bytes([_ETX])) == self._low | byte << 8
                return Piece("block", bytes(self._block)) if whole else Piece("damaged")
        return None

    def _begin(self, byte: int) -> None:
        self._block.clear()
        self._state = "inside" if byte == _STX else "outside"

    def _text(self, byte: int) -> Piece | None:
        if byte == _DLE:
            self._state = "doubled"
        elif len(self._block) >= _LONGEST:
            return self.give_up()
        else:
            self._block.append(byte)
        return None

    def _after_dle(self, byte: int) -> Piece | None:
        if byte == _DLE:
            self._block.append(byte)
            self._state = "inside"
        elif byte == _ETX:
            self._state = "crc_low"
        else:
            # A new block in the middle of one: the rest of the old one was lost.
            self._begin(byte)
            return Piece("damaged")
        return None
