"""One dialogue with a terminal: an order, and everything said until it is over.

Laws of those that may move money:
1. Approved takes two words: a good result (04 0F with 00) and the completion (06 0F).
2. Declined is said by the terminal: it refused the order before anything began, or it ended the
   dialogue with no good result in it.
3. Everything else is unclear: silence, a lost connection, contradiction, another amount than ordered.
   The terminal may abort (06 1E) after a good result, or ignore our abort and charge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from pos.devices.zvt.apdu import Apdu, Malformed
from pos.devices.zvt.messages import (
    Abort,
    Completion,
    IntermediateStatus,
    PrintLine,
    PrintTextBlock,
    Reply,
    StatusInformation,
    decode,
)
from pos.devices.zvt.orders import NOT_POSSIBLE, TAKEN, Kind, Order
from pos.devices.zvt.slips import Slips
from pos.devices.zvt.texts import RESULTS, saying
from pos.domain.card import Shown
from pos.domain.money import Money

State = Literal[
    "asked", "running", "booked", "failed", "doubtful",  # under way
    "approved", "declined", "unclear", "done", "refused",  # over
]  # fmt: skip
Event = Literal["accepted", "refused", "shown", "printed", "booked", "failed", "garbled", "completed", "aborted"]
Table = Mapping[tuple[State, Event], State]

_MONEY: Final[Table] = {
    # Asked: nothing has come back yet. A first word that is not a reply means that it was taken.
    ("asked", "accepted"): "running",
    ("asked", "refused"): "declined",
    ("asked", "shown"): "running",
    ("asked", "printed"): "running",
    ("asked", "booked"): "booked",
    ("asked", "failed"): "failed",
    ("asked", "garbled"): "doubtful",
    ("asked", "completed"): "unclear",
    ("asked", "aborted"): "declined",
    # Running: replies are those to our abort, whatever they say.
    ("running", "accepted"): "running",
    ("running", "refused"): "running",
    ("running", "shown"): "running",
    ("running", "printed"): "running",
    ("running", "booked"): "booked",
    ("running", "failed"): "failed",
    ("running", "garbled"): "doubtful",
    ("running", "completed"): "unclear",
    ("running", "aborted"): "declined",
    # Booked: a good result.
    ("booked", "accepted"): "booked",
    ("booked", "refused"): "booked",
    ("booked", "shown"): "booked",
    ("booked", "printed"): "booked",
    ("booked", "booked"): "booked",
    ("booked", "failed"): "doubtful",
    ("booked", "garbled"): "doubtful",
    ("booked", "completed"): "approved",
    ("booked", "aborted"): "unclear",
    # Failed: a bad result; another card may be tried.
    ("failed", "accepted"): "failed",
    ("failed", "refused"): "failed",
    ("failed", "shown"): "failed",
    ("failed", "printed"): "failed",
    ("failed", "booked"): "booked",
    ("failed", "failed"): "failed",
    ("failed", "garbled"): "doubtful",
    ("failed", "completed"): "declined",
    ("failed", "aborted"): "declined",
    # Doubtful: it has said two things, or one that cannot be read.
    ("doubtful", "accepted"): "doubtful",
    ("doubtful", "refused"): "doubtful",
    ("doubtful", "shown"): "doubtful",
    ("doubtful", "printed"): "doubtful",
    ("doubtful", "booked"): "doubtful",
    ("doubtful", "failed"): "doubtful",
    ("doubtful", "garbled"): "doubtful",
    ("doubtful", "completed"): "unclear",
    ("doubtful", "aborted"): "unclear",
}
# Where no money moves, the end is what counts, and a result is only something to read.
_PLAIN: Final[Table] = {
    ("asked", "accepted"): "running",
    ("asked", "refused"): "refused",
    ("asked", "completed"): "done",
    ("asked", "aborted"): "refused",
    **{("asked", event): "running" for event in ("shown", "printed", "booked", "failed", "garbled")},
    **{("running", event): "running" for event in ("accepted", "refused", "shown", "printed", "booked", "failed")},
    ("running", "garbled"): "running",
    ("running", "completed"): "done",
    ("running", "aborted"): "refused",
}
TABLES: Final[Mapping[Kind, Table]] = {
    "register": _PLAIN,
    "status_enquiry": _PLAIN,
    "repeat_receipt": _PLAIN,
    "end_of_day": _PLAIN,
    "pay": _MONEY,
    "refund": _MONEY,
    "reverse": _MONEY,
}
_UNDER_WAY: Final = frozenset({"asked", "running", "booked", "failed", "doubtful"})


@dataclass(frozen=True, slots=True)
class Step:
    """What a message from the terminal asks for."""

    answer: Apdu | None = None
    shown: Shown | None = None  # for the people at the counter
    progress: bool = False  # the terminal is at work: its time starts anew
    refused: bool = False  # it does not do what it was asked last


@dataclass
class Dialogue:
    """One order and what comes of it. Give it every message, until it is `over`."""

    order: Order
    state: State = "asked"
    text: str = ""  # why it ended so
    result: StatusInformation | None = None
    completion: Completion | None = None
    code: int | None = None  # of a refusal or an abort
    slips: Slips = field(default_factory=Slips)
    _own_words: str = ""

    @property
    def over(self) -> bool:
        return self.state not in _UNDER_WAY

    def receive(self, apdu: Apdu) -> Step:
        """A message from the terminal. After the end there is nothing more to come: Malformed."""
        if self.over:
            raise Malformed("comes after the end of the dialogue")
        step, event = self._read(apdu)
        if event is not None:
            self.state = TABLES[self.order.kind][self.state, event]
            self._settle()
        return step

    def lost(self, why: str) -> None:
        """Nothing more will come: the connection broke, or it took too long."""
        if not self.over:
            self.state, self.text = "unclear", why

    def _read(self, apdu: Apdu) -> tuple[Step, Event | None]:
        """What is to be answered, and what has happened; None when nothing that counts."""
        try:
            message = decode(apdu)
        except Malformed:
            garbled: Event | None = "garbled" if apdu.control == 0x040F else None
            return Step(TAKEN, progress=garbled is not None), garbled
        match message:
            case Reply():
                if not message.positive and self.state == "asked":
                    self.code = message.result_code
                return Step(refused=not message.positive), "accepted" if message.positive else "refused"
            case StatusInformation():
                self.result = message
                self._own_words = message.additional_text or ""
                return Step(TAKEN, progress=True), _result_event(message)
            case IntermediateStatus():
                return Step(TAKEN, _shown(message), progress=True), "shown"
            case PrintLine():
                self.slips.line(message)
                return Step(TAKEN), "printed"
            case PrintTextBlock():
                self.slips.block(message)
                return Step(TAKEN), "printed"
            case Completion():
                self.completion = message
                return Step(TAKEN), "completed"
            case Abort():
                self.code = message.result_code
                return Step(TAKEN), "aborted"
        return Step(NOT_POSSIBLE), None

    def _settle(self) -> None:
        """Hold what the terminal says was moved against what was ordered, and say why it ended."""
        moved, asked = self.result.amount_minor if self.result is not None else None, self.order.amount
        if self.state == "approved" and asked is not None and moved not in (None, asked.minor):
            self.state = "unclear"
            self.text = f"the terminal says it moved {Money(moved or 0, asked.currency)}, and was asked for {asked}"
        elif self.state == "unclear":
            self.text = "the terminal ended without saying clearly what it did"
        elif self.state in ("approved", "done"):
            self.text = self._own_words or "approved"
        elif self.over:
            self.text = self._reason()

    def _reason(self) -> str:
        code = self.code
        if code is None and self.result is not None:
            code = self.result.result_code
        if code is None:
            return self._own_words or "the terminal gave no reason"
        if 0 < code < 0x64:
            return self._own_words or f"declined by the card's network ({code:02X})"
        return self._own_words or RESULTS.get(code, f"error {code:02X}")


def _shown(message: IntermediateStatus) -> Shown | None:
    what = "" if message.code is None else saying(message.code)
    words = message.message_en or ""
    return Shown(what, words) if what or words else None


def _result_event(message: StatusInformation) -> Event:
    if message.result_code is None:
        return "garbled"
    return "failed" if message.result_code else "booked"
