"""A payment terminal for training: it asks for a card, takes none, and charges nobody.

Whoever practises should meet every outcome, so the last two digits of the amount, in minor units, choose it:
51 is declined, 52 is lost on the way and found to have been paid when the terminal is asked. All else is approved.
A drill has the next payment lost for good, whatever its amount (`lose_next`): only a person can say what became of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from pos.devices.worker.outcome import DeviceState
from pos.domain.card import CardOutcome, DayTotals, Shown
from pos.domain.money import Money

DECLINED: Final = 51
LOST: Final = 52
_CARD_S: Final = 1.5  # until the customer has found the card
_TEXT: Final = "for training: no card is charged"


class PretendTerminal:
    """See `PaymentDevice`. `card_s` is how long a customer takes."""

    poll_s = 60.0

    def __init__(self, shown: Callable[[Shown], None], card_s: float = _CARD_S) -> None:
        self._shown, self._card_s = shown, card_s
        self._stop = threading.Event()
        self._trace = 0
        self._minor = 0
        self._loses: bool | None = None  # whether the payment that is to be lost is charged
        self._silent = False  # nobody is told what became of the last payment

    @property
    def last(self) -> dict[str, str]:
        return {"trace": f"{self._trace:06}", "terminal": "TRAINING"} if self._trace else {}

    def probe(self) -> DeviceState:
        return DeviceState("ready", _TEXT)

    def lose_next(self, *, paid: bool) -> None:
        """From any thread."""
        self._loses = paid

    def pay(self, amount: Money) -> CardOutcome:
        self._silent = False
        ending = amount.minor % 100
        if not self._card_comes():
            return CardOutcome("declined", "stopped at the till")
        if self._loses is not None:
            paid, self._loses, self._silent = self._loses, None, True
            if paid:
                self._carried_out(amount.minor)
            return CardOutcome("unknown", "the line to the terminal broke")
        if ending == DECLINED:
            return CardOutcome("declined", "the bank has declined: amounts that end in 51 are, in training")
        outcome = self._carried_out(amount.minor)
        if ending == LOST:
            return CardOutcome("unknown", "the line broke: it does for amounts that end in 52, in training")
        return outcome

    def refund(self, amount: Money) -> CardOutcome:
        if not self._card_comes():
            return CardOutcome("declined", "stopped at the till")
        return self._carried_out(-amount.minor)

    def reverse(self, receipt_number: int, amount: Money) -> CardOutcome:
        return self._carried_out(-amount.minor)

    def recover(self, amount: Money, before: dict[str, str]) -> CardOutcome:
        if self._silent:
            return CardOutcome("unknown", "the terminal does not answer")
        if self.last and self.last != before:
            return CardOutcome("approved", _TEXT, self._receipt())
        return CardOutcome("declined", "nothing was charged")

    def end_of_day(self, currency: str) -> CardOutcome:
        handed, self._minor = self._minor, 0
        return CardOutcome("approved", _TEXT, totals=DayTotals(handed))

    def repeat(self) -> CardOutcome:
        return CardOutcome("approved", _TEXT, self._receipt())

    def begin(self) -> None:
        self._stop.clear()

    def abort(self) -> None:
        self._stop.set()

    def close(self) -> None:
        """There is nothing to let go of."""

    def _card_comes(self) -> bool:
        self._shown(Shown("insert_card", "TRAINING"))
        return not self._stop.wait(self._card_s)

    def _carried_out(self, minor: int) -> CardOutcome:
        self._trace += 1
        self._minor += minor
        return CardOutcome("approved", _TEXT, self._receipt())

    def _receipt(self) -> dict[str, str]:
        return self.last | {"receipt": str(self._trace), "card_name": "TRAINING"}
