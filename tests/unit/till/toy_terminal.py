"""A payment terminal at the edge of the till, which does as the test says and remembers what it charged."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Literal

from pos.domain.card import CardOutcome, CardSlip, Shown

State = Literal["approved", "declined", "unknown"]


@dataclass
class ScriptedTerminal:
    """Implements `pos.till.ports.Terminal`. `script` says how the next orders end, approved when it is empty.

    `charged` is the money that really moved, by key. An "unknown" one charges when `takes` says so.
    """

    script: list[State] = field(default_factory=list)
    takes: bool = True
    recovers: bool = True  # whether it can still tell what it did
    holding: bool = False  # orders are carried out, and their answers wait for `let_through`
    charged: dict[str, int] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    waiting: list[tuple[Future[CardOutcome], CardOutcome]] = field(default_factory=list)
    slips: tuple[CardSlip, ...] = ()  # what it has printed with whatever it does next
    ends: list[CardOutcome] = field(default_factory=list)  # how the next ends of day go
    state_now: str = "ready"
    aborts: int = 0
    listeners: list[Callable[[Shown], None]] = field(default_factory=list)
    reverses: bool = True
    reverses_heard: bool = True  # whether the till hears that it has reversed

    def present(self) -> bool:
        return True

    def pay(self, key: str, minor: int, currency: str) -> Future[CardOutcome]:
        return self._move(key, minor)

    def refund(self, key: str, minor: int, currency: str) -> Future[CardOutcome]:
        return self._move(key, -minor)

    def _move(self, key: str, minor: int) -> Future[CardOutcome]:
        assert key not in self.charged, "the same intent twice"
        state = self.script.pop(0) if self.script else "approved"
        if state == "approved" or (state == "unknown" and self.takes):
            self.charged[key] = minor
        self.told.append(f"{state} {minor}")
        receipt = {"trace": str(len(self.charged)), "card": "************1234"} if state == "approved" else {}
        return self._answer(CardOutcome(state, f"it is {state}", receipt, self.slips))

    def recover(self, key: str, minor: int, currency: str, before: dict[str, str]) -> Future[CardOutcome]:
        if not self.recovers:
            return self._answer(CardOutcome("unknown", "no answer"))
        state: State = "approved" if key in self.charged else "declined"
        return self._answer(CardOutcome(state, "as the terminal remembers it", {"trace": "7"}, self.slips))

    def reverse(self, receipt: dict[str, str], minor: int, currency: str) -> Future[CardOutcome]:
        if not self.reverses:
            return self._answer(CardOutcome("declined", "not any more"))
        key = next(key for key, amount in reversed(self.charged.items()) if amount == minor)
        del self.charged[key]
        return self._answer(CardOutcome("approved" if self.reverses_heard else "unknown", "reversed", {}, self.slips))

    def settled(self, key: str) -> None:
        self.told.append(f"settled {key}")

    def last(self) -> dict[str, str]:
        return {"trace": "6"}

    def end_of_day(self, currency: str) -> Future[CardOutcome]:
        self.told.append(f"end of day {currency}")
        return self._answer(self.ends.pop(0))

    def repeat(self) -> Future[CardOutcome]:
        state: State = "approved" if self.slips else "declined"
        return self._answer(CardOutcome(state, "nothing to repeat", {"trace": "7"}, self.slips))

    def enquire(self) -> Future[CardOutcome]:
        self.state_now = "asked"
        return self._answer(CardOutcome("approved", ""))

    def abort(self) -> None:
        self.aborts += 1

    def subscribe(self, listener: Callable[[Shown], None]) -> None:
        self.listeners = [listener]

    def state(self) -> dict[str, str]:
        return {"state": self.state_now, "text": ""}

    def _answer(self, outcome: CardOutcome) -> Future[CardOutcome]:
        future: Future[CardOutcome] = Future()
        if self.holding:
            self.waiting.append((future, outcome))
        else:
            future.set_result(outcome)
        return future

    # ---- what a test does ------------------------------------------------------------------

    def let_through(self) -> None:
        self.holding = False
        waiting, self.waiting = self.waiting, []
        for future, outcome in waiting:
            future.set_result(outcome)

    def show(self, what: str, words: str = "") -> None:
        for listener in self.listeners:
            listener(Shown(what, words))

    @property
    def total(self) -> int:
        """What has really moved, in minor units."""
        return sum(self.charged.values())
