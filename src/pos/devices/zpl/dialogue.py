"""What is known of a ZPL printer from what it answered.

~HS answered      how it is, and how many labels it still has
~HQES answered    faults that ~HS does not tell, above all the cutter's; older printers do not know it
no answer         not known: may be out of labels or ribbon, or its head is open
"""

from __future__ import annotations

from typing import Final

from pos.devices.condition import State
from pos.devices.zpl.encode import ASK
from pos.devices.zpl.status import NO_ANSWER, Faults, Malformed, Status, StringReader, decode, decode_faults

SILENT: Final = f"does not answer: {', '.join(NO_ANSWER).lower()} or the connection lost"

# The first that is true is told.
_CONDITIONS: Final[tuple[tuple[str, State, str], ...]] = (
    ("head_open", "cover_open", "the print head is open"),
    ("paper_out", "paper_out", "out of labels"),
    ("ribbon_out", "paper_out", "out of ribbon"),
    ("config_lost", "error", "has lost its settings"),
    ("over_temperature", "offline", "the print head is too hot; it goes on by itself"),
    ("under_temperature", "offline", "the print head is too cold"),
    ("buffer_full", "offline", "its buffer is full"),
)
_FAULTS: Final[dict[str, tuple[State, str]]] = {
    "head_open": ("cover_open", "the print head is open"),
    "media_out": ("paper_out", "out of labels"),
    "ribbon_out": ("paper_out", "out of ribbon"),
    "cutter_fault": ("error", "the cutter is stuck"),
    "head_over_temperature": ("offline", "the print head is too hot; it goes on by itself"),
}


class Dialogue:
    """One connection's worth of talk with one printer."""

    def __init__(self) -> None:
        self._reader = StringReader()
        self._strings: list[str] = []
        self._faults = Faults(())
        self.status: Status | None = None  # what it answered last
        self.waiting = False  # whether ~HS is still open
        self.answers = 0  # to ~HS so far

    def ask(self) -> bytes:
        """The questions to send. Only when none is open."""
        if self.waiting:
            raise RuntimeError("answers carry no name: one round of questions at a time")
        self.waiting = True
        self._strings = []
        return ASK

    def receive(self, data: bytes) -> None:
        """Take in what the printer sent. What is no answer is passed over, so it counts as none."""
        for string in self._reader.feed(data):
            faults = decode_faults(string)
            if faults is not None:
                self._faults = faults
            elif self.waiting:
                self._take(string)

    def _take(self, string: str) -> None:
        self._strings.append(string)
        if len(self._strings) < 3:
            return
        try:
            self.status = decode(self._strings)
        except Malformed:
            self._strings = []
            return
        self.waiting = False
        self.answers += 1

    def condition(self) -> tuple[State, str]:
        """The state and a sentence. Nothing heard yet is unknown, never ready."""
        if self.status is None:
            return "unknown", "has not said anything yet"
        for name, state, text in _CONDITIONS:
            if self.status[name]:
                return state, text
        if self._faults.errors:
            first = self._faults.errors[0]
            return _FAULTS.get(first, ("error", first.replace("_", " ")))
        if self.status["paused"]:
            return "offline", "is paused: press its pause button"
        if self._faults.paper_near_end:
            return "paper_low", "the labels are running out"
        return "ready", "ready"
