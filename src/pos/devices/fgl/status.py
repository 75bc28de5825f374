"""What an FGL printer says: one byte an event, and text in answer to some questions.

A printer in its normal mode tells every change once, unasked, and answers questions only while it is
ready, in order after all that it was sent before. So a question that is not answered is a fault, and
the text that answers <S2> shows that everything before it has been dealt with. A byte alone cannot show
that: <S1> is answered with bytes that come unasked, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Effect = Literal["ack", "test", "low", "out", "loaded", "ready", "busy", "power", "jam", "cutter", "fault", "note"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """One byte of status. `ready`: the printer can print. `path`: the ticket path it is about, 0 for the printer."""

    description: str
    effect: Effect
    ready: bool = False
    path: int = 0
    also: str = ""  # what another description of the language says of it

    @property
    def out_of_tickets(self) -> bool:
        return self.effect == "out"

    @property
    def ticket_jam(self) -> bool:
        return self.effect == "jam"

    @property
    def cutter_jam(self) -> bool:
        return self.effect == "cutter"

    @property
    def ticket_acknowledged(self) -> bool:
        return self.effect in ("ack", "test")


MEANINGS: Final[dict[int, Meaning]] = {
    0x01: Meaning("Reject bin warning", "note"),
    0x02: Meaning("Reject bin error", "fault"),
    0x03: Meaning("Paper jam path 1", "jam", path=1),
    0x04: Meaning("Paper jam path 2", "jam", path=2),
    0x05: Meaning("Test ticket ACK", "test", ready=True),  # by the printer's own button: no ticket of ours
    0x06: Meaning("Ticket ACK", "ack", ready=True),
    0x07: Meaning("Wrong file identifier", "fault"),
    0x08: Meaning("Invalid checksum", "fault"),
    0x09: Meaning("Valid checksum", "note", ready=True),
    0x0A: Meaning("Out of paper path 1", "out", path=1),
    0x0B: Meaning("Out of paper path 2", "out", path=2),
    0x0C: Meaning("Paper loaded path 1", "loaded", ready=True, path=1),
    0x0D: Meaning("Paper loaded path 2", "loaded", ready=True, path=2),
    0x0E: Meaning("Escrow jam", "jam"),
    0x0F: Meaning("Low paper", "low"),
    0x10: Meaning("Out of tickets", "out"),
    0x11: Meaning("X-On (ready)", "ready", ready=True),
    0x12: Meaning("Power on", "power", ready=True),
    0x13: Meaning("X-Off (busy)", "busy"),
    0x14: Meaning("Bad flash memory", "fault"),
    0x15: Meaning("Ticket NAK", "fault", also="illegal print command"),
    0x16: Meaning("Ticket taken", "note", ready=True, also="ribbon low"),
    0x17: Meaning("Ticket waiting", "note", also="ribbon out"),
    0x18: Meaning("Ticket jam", "jam"),
    0x19: Meaning("Illegal data", "fault"),
    0x1A: Meaning("Powerup problem", "fault"),
    0x1C: Meaning("Download error", "fault"),
    0x1D: Meaning("Cutter jam", "cutter"),
    0x1E: Meaning("Stuck ticket", "jam"),
    0x1F: Meaning("Cutter jam path 2", "cutter", path=2),
    0x41: Meaning("Good status (X-On)", "ready", ready=True),
}
_LONGEST_TEXT: Final = 64
_LINE_END: Final = b"\r\n"  # also events, when they come by themselves
_FIRMWARE: Final = re.compile(r"(\d{7}) PROM = \S")


@dataclass(frozen=True, slots=True)
class Counted:
    """The answer to <S2>: how many tickets the printer has printed in its life, as far as its counter goes."""

    tickets: int


class StatusReader:
    """Cuts the bytes of a printer into events and answers, however they arrive."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._told = False  # whether the text under way has been understood already
        self._line_end = bytearray()  # what may still end the line of a text

    def feed(self, data: bytes) -> list[Meaning | Counted]:
        """What these bytes complete. A byte that means nothing is passed over."""
        found: list[Meaning | Counted] = []
        for byte in data:
            event = self._take(byte)
            if event is not None:
                found.append(event)
        return found

    def _take(self, byte: int) -> Meaning | Counted | None:
        if 0x20 <= byte < 0x7F and (self._text or chr(byte).isdigit()):
            return self._spell(byte)
        if self._text:
            self._text.clear()
            self._told, self._line_end = False, bytearray(_LINE_END)
        if byte in self._line_end:
            self._line_end.remove(byte)
            return None
        self._line_end.clear()
        return MEANINGS.get(byte)

    def _spell(self, byte: int) -> Counted | None:
        if len(self._text) < _LONGEST_TEXT:
            self._text.append(byte)
        match = _FIRMWARE.match(self._text.decode("ascii"))
        if match is None or self._told:
            return None
        self._told = True
        return Counted(int(match[1]))
