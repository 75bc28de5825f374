"""What an ESC/POS printer says: one byte an answer, or four at once when it speaks unasked.

    answer                  pattern            tells
    DLE EOT 1 to 4          0..1 ..10          state now; overtakes what waits to be printed
    automatic status (ASB)  0..1 ..00 + 3      state changed; sent unasked once GS a has asked for it
    GS r 1                  0..0 ....          state when the printer got to it, so what came before is out
    XON, XOFF               11, 13             anywhere, even inside automatic status

An answer names no question. DLE EOT answers are told apart by their order alone,
so a question is only asked when the one before it is answered or given up for good.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

_XON: Final = 0x11
_XOFF: Final = 0x13
_ASB_LENGTH: Final = 4

Kind = Literal["realtime", "asb", "in_order", "xon", "xoff", "stray"]

# Where each fact is: command -> (fixed bits: mask and value) and field -> mask.
_TABLES: Final[dict[str, tuple[int, int, dict[str, int]]]] = {
    "DLE EOT 1": (0x93, 0x12, {"drawer_pin3_high": 0x04, "offline": 0x08}),
    "DLE EOT 2": (0x93, 0x12, {"cover_open": 0x04, "feeding_by_button": 0x08, "paper_end_stop": 0x20, "error": 0x40}),
    "DLE EOT 3": (
        0x93,
        0x12,
        {
            "mechanical_error": 0x04,
            "autocutter_error": 0x08,
            "unrecoverable_error": 0x20,
            "auto_recoverable_error": 0x40,
        },
    ),
    "DLE EOT 4": (0x93, 0x12, {"paper_near_end": 0x0C, "paper_end": 0x60}),
    "GS r 1": (0x90, 0x00, {"paper_near_end": 0x03, "paper_end": 0x0C}),
    "GS r 2": (0x90, 0x00, {"drawer_pin3_high": 0x01}),
}
_ASB: Final[tuple[tuple[int, int, dict[str, int]], ...]] = (
    (0x93, 0x10, {"drawer_pin3_high": 0x04, "offline": 0x08, "cover_open": 0x20, "feeding_by_button": 0x40}),
    (
        0x90,
        0x00,
        {
            "mechanical_error": 0x04,
            "autocutter_error": 0x08,
            "unrecoverable_error": 0x20,
            "auto_recoverable_error": 0x40,
        },
    ),
    (0x90, 0x00, {"paper_near_end": 0x03, "paper_end": 0x0C}),
    (0x90, 0x00, {}),
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, of one byte or, for "asb", four."""

    kind: Kind
    data: bytes


class ReplyReader:
    """Cuts the bytes of a printer into answers, however they arrive."""

    def __init__(self) -> None:
        self._asb = bytearray()

    @property
    def pending(self) -> bytes:
        """The beginning of an automatic status whose rest has not come yet."""
        return bytes(self._asb)

    def feed(self, data: bytes) -> list[Reply]:
        """The answers that these bytes complete."""
        replies = []
        for byte in data:
            reply = self._take(byte)
            if reply is not None:
                replies.append(reply)
        return replies

    def _take(self, byte: int) -> Reply | None:
        one = bytes([byte])
        if byte in (_XON, _XOFF):
            return Reply("xon" if byte == _XON else "xoff", one)
        if self._asb and byte & 0x90 == 0:
            self._asb.append(byte)
            if len(self._asb) < _ASB_LENGTH:
                return None
            whole = bytes(self._asb)
            self._asb.clear()
            return Reply("asb", whole)
        # Anything else inside an automatic status means that its rest was lost.
        self._asb.clear()
        if byte & 0x93 == 0x10:
            self._asb.append(byte)
            return None
        if byte & 0x93 == 0x12:
            return Reply("realtime", one)
        if byte & 0x90 == 0:
            return Reply("in_order", one)
        return Reply("stray", one)


def decode(command: str, byte: int) -> dict[str, bool] | None:
    """The facts in an answer to "DLE EOT 1" … "GS r 2"; None when it cannot be an answer to that."""
    mask, value, fields = _TABLES[command]
    if byte & mask != value:
        return None
    return {name: bool(byte & bits) for name, bits in fields.items()}


def decode_asb(data: bytes) -> dict[str, bool] | None:
    """The facts in four bytes of automatic status; None when they are not one."""
    if len(data) != _ASB_LENGTH:
        return None
    facts: dict[str, bool] = {}
    for byte, (mask, value, fields) in zip(data, _ASB, strict=True):
        if byte & mask != value:
            return None
        facts.update((name, bool(byte & bits)) for name, bits in fields.items())
    return facts
