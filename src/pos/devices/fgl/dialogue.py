"""What is known of an FGL printer from what it said, and how many tickets it has acknowledged.

byte                      faults          then
out of tickets            out             what it was sent and has not printed stays in it, and is printed on reload
paper loaded, X-on        none            goes on by itself
jam, cutter, NAK, …       that fault      stays until X-on
power on                  none            what was in it is forgotten
ticket ACK                as before       one more of our tickets is out
"""

from __future__ import annotations

from typing import Final

from pos.devices.condition import State
from pos.devices.fgl.encode import ASK
from pos.devices.fgl.status import Counted, Effect, Meaning, StatusReader

# What a byte makes of the fault that is known: the fault it names, "" for none, absent for as before.
_FAULTS: Final[dict[Effect, str]] = {
    "out": "out", "jam": "jam", "cutter": "cutter", "fault": "fault",
    "loaded": "", "ready": "", "power": "",
}  # fmt: skip


class Dialogue:
    """One connection's worth of talk with one printer that prints from ticket path `path`.

    It tells a fault once, so what was known on the connection `before` still is.
    """

    def __init__(self, path: int = 1, before: Dialogue | None = None) -> None:
        self._path = path
        self._reader = StatusReader()
        self._fault: str = "" if before is None else before._fault
        self._text: str = "" if before is None else before._text
        self._low = self._low_heard = self._fault_heard = False
        self.answered_ever = False
        self.waiting = False  # whether a question is still open
        self.busy = False  # it asked for a pause
        self.restarts = 0  # how often it was switched off and on
        self.acknowledged = 0  # tickets so far
        self._since_out = 0  # of them, since it ran out

    @property
    def out_of_tickets(self) -> bool:
        return self._fault == "out"

    def ask(self) -> bytes:
        """The questions to send. Only when none is open."""
        if self.waiting:
            raise RuntimeError("a question that is open is answered when the printer is ready again")
        self.waiting, self._low_heard, self._fault_heard = True, False, False
        return ASK

    def receive(self, data: bytes) -> None:
        """Take in what the printer sent."""
        for event in self._reader.feed(data):
            match event:
                case Counted():
                    self._answered()
                case Meaning() if event.path in (0, self._path):
                    self._learn(event)

    def _answered(self) -> None:
        """What it has not said again since it was asked is over."""
        self.answered_ever = True
        self.waiting, self._low = False, self._low_heard
        if not self._fault_heard:
            self._fault = ""

    def _learn(self, said: Meaning) -> None:
        self.answered_ever = True
        if said.effect in _FAULTS:
            self._fault = _FAULTS[said.effect]
            self._text = said.description.lower()
            self._fault_heard, self._since_out = bool(self._fault), 0
        match said.effect:
            case "ack":
                self._count()
            case "low":
                self._low = self._low_heard = True
            case "loaded":
                self._low = False
            case "busy":
                self.busy = True
            case "power":
                self.restarts += 1
        if said.effect in ("ready", "power"):
            self.busy = False

    def _count(self) -> None:
        """One more ticket is out. The first after the last of the stock may be that one."""
        self.acknowledged += 1
        self._since_out = self._since_out + 1 if self.out_of_tickets else 0
        if self._since_out > 1:
            # Where the line itself heeds X-on and X-off, nothing else tells that it was loaded.
            self._fault = ""

    def condition(self) -> tuple[State, str]:
        """The state and a sentence. Nothing heard yet is unknown, never ready."""
        if self._fault == "out":
            return "paper_out", "out of tickets"
        if self._fault:
            return "error", self._text
        if not self.answered_ever:
            return "unknown", "has not said anything yet"
        if self._low:
            return "paper_low", "the tickets are running out"
        return "ready", "ready"
