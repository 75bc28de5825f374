"""The number of a card that is held to a reader, by PC/SC (part 3, 3.2.2.1.3: GET DATA)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

# FF CA 00 00 00: the reader itself answers with the card's UID, whatever the card is.
ASK: Final = (0xFF, 0xCA, 0x00, 0x00, 0x00)
_GOOD: Final = (0x90, 0x00)
_SIZES: Final = (4, 7, 10)  # bytes of a UID, by ISO/IEC 14443-3; PC/SC gives 8 for ISO/IEC 15693
_OTHER: Final = 8


def read_uid(data: Sequence[int], sw1: int, sw2: int) -> str:
    """The UID in hexadecimal. Raises ValueError when that is no answer with one."""
    if (sw1, sw2) != _GOOD:
        raise ValueError(f"the reader answered {sw1:02X} {sw2:02X}")
    if len(data) not in (*_SIZES, _OTHER):
        raise ValueError(f"{len(data)} bytes are no card's number")
    return bytes(data).hex().upper()
