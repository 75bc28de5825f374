"""A terminal's messages as a technician may see them: nothing is shown but what is known to be harmless.

    06 01 · 04 000000001250 49 0978          a payment and its amount
    06 00 · *** 15 bytes                     a registration: its password stays out
    04 0F · 27 00 04 000000001250 22 ***     a result: the card's number stays out

Shown are a message's class and instruction, and those BMPs that hold no card, no password and no text.
"""

from __future__ import annotations

from typing import Final

from pos.devices.zvt.apdu import Apdu, ApduReader
from pos.devices.zvt.fields import read_fields
from pos.devices.zvt.framing import FrameReader
from pos.devices.zvt.messages import COMMANDS

# Result, amount, currency, terminal, trace numbers, time, date, receipt number.
_SHOWN: Final = frozenset({0x27, 0x04, 0x49, 0x29, 0x0B, 0x37, 0x0C, 0x0D, 0x87})
_RESULT: Final = 0x040F
_PAY: Final = 0x0601
_REPLIES: Final = frozenset({0x80, 0x84})


class MessageTrace:
    """Cuts one direction's bytes into messages, and writes each as a line."""

    def __init__(self, *, serial: bool) -> None:
        self._frames = FrameReader() if serial else None
        self._apdus = ApduReader()

    def feed(self, data: bytes) -> list[str]:
        """The lines that these bytes complete."""
        if self._frames is None:
            return [masked(apdu) for apdu in self._apdus.feed(data)]
        lines: list[str] = []
        for piece in self._frames.feed(data):
            # Every block is a message of its own: a damaged one must not swallow the next.
            apdus = ApduReader().feed(piece.data) if piece.kind == "block" else []
            said = [piece.kind] if piece.kind in ("nak", "damaged") else []
            lines += [masked(apdu) for apdu in apdus] or said
        return lines


def masked(apdu: Apdu) -> str:
    """The message without anything that must not be seen."""
    head = apdu.control.to_bytes(2, "big").hex(" ").upper()
    name = COMMANDS[apdu.control][0].replace("_", " ") if apdu.control in COMMANDS else ""
    if apdu.control in (_RESULT, _PAY):
        shown = [
            f"{bmp:02X} {data.hex().upper() if bmp in _SHOWN else '***'}"
            for bmp, data in read_fields(apdu.data).bmps.items()
        ]
    else:
        shown = [f"*** {len(apdu.data)} bytes"] if apdu.data and apdu.control >> 8 not in _REPLIES else []
    return " · ".join(filter(None, (head, name, " ".join(shown))))
