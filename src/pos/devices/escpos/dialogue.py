"""What is known of a printer from what it said, and what was asked but not answered yet.

ask()       four DLE EOT questions; nothing more is asked until they are answered
receive()   answers in; facts, confirmations and the drawer's sensor come up to date
condition() the facts as a state
"""

from __future__ import annotations

from typing import Final

from pos.devices.condition import State
from pos.devices.escpos.encode import ASK
from pos.devices.escpos.status import ReplyReader, decode, decode_asb

_QUESTIONS: Final = ("DLE EOT 1", "DLE EOT 2", "DLE EOT 3", "DLE EOT 4")
_ERRORS: Final = {
    "autocutter_error": "the cutter is stuck",
    "unrecoverable_error": "an error that only switching it off and on clears",
    "mechanical_error": "a mechanical error",
}


class Dialogue:
    """One connection's worth of talk with one printer."""

    def __init__(self) -> None:
        self._reader = ReplyReader()
        self._open: list[str] = []
        self._facts: dict[str, bool] = {}
        self.answered_ever = False
        self.confirmations = 0  # answers to GS r 1 so far

    @property
    def waiting(self) -> bool:
        """Whether a question is still open."""
        return bool(self._open)

    def ask(self) -> bytes:
        """The questions to send. Only when none is open."""
        if self._open:
            raise RuntimeError("answers carry no name: one round of questions at a time")
        self._open = list(_QUESTIONS)
        return ASK

    def receive(self, data: bytes) -> None:
        """Take in what the printer sent."""
        for reply in self._reader.feed(data):
            match reply.kind:
                case "realtime" if self._open:
                    self._learn(decode(self._open.pop(0), reply.data[0]))
                case "asb":
                    self._learn(decode_asb(reply.data))
                case "in_order":
                    self.confirmations += 1
                    self._learn(decode("GS r 1", reply.data[0]))

    def _learn(self, facts: dict[str, bool] | None) -> None:
        if facts is not None:
            self.answered_ever = True
            self._facts.update(facts)

    def drawer_pin_high(self) -> bool | None:
        """The level of the drawer port's sensor, None when never told."""
        return self._facts.get("drawer_pin3_high")

    def condition(self) -> tuple[State, str]:
        """The state and a sentence. Nothing heard yet is unknown, never ready."""
        facts = self._facts
        if "offline" not in facts:
            return "unknown", "has not said anything yet"
        if facts.get("cover_open"):
            return "cover_open", "the cover is open"
        if facts.get("paper_end") or facts.get("paper_end_stop"):
            return "paper_out", "there is no paper"
        for name, text in _ERRORS.items():
            if facts.get(name):
                return "error", text
        if facts.get("auto_recoverable_error"):
            return "offline", "the print head is too hot; it goes on by itself"
        if facts.get("error"):
            return "error", "an error it does not name"
        if facts["offline"]:
            return "offline", "is switched to offline"
        if facts.get("paper_near_end"):
            return "paper_low", "the paper is running out"
        return "ready", "ready"
