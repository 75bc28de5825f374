"""A payment terminal on the counter: it charges cards, is not always heard, and knows afterwards what it did.

It is a machine of its own: it goes on charging when the till that asked is dead.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

from pos.domain.card import CardOutcome
from tests.simulation.scheduler import Process, Scheduler
from tests.simulation.threads import SimFuture

CRASHES: Final = ("while a card is charged",)
_CHARGES_S: Final = (0.2, 1.5)
_FORGETS: Final = 0.2  # how often it cannot tell when it is asked


class CardMachine:
    """What lies on the counter. `moved` is the money that it really took, minor units by intent."""

    def __init__(self, world: Scheduler, label: str, trouble: float) -> None:
        self.world, self.label, self.trouble = world, label, trouble
        self.moved: dict[str, int] = {}
        self.undone: list[int] = []  # what it has taken back, minor units
        self.at_work: set[str] = set()  # intents that it has been given, and has not ended

    def move(self, key: str, minor: int) -> bool:
        """Whether the card was good for it."""
        if self.world.chance(0.1):
            return False
        self.moved[key] = minor
        self.world.note(f"{self.label} terminal moves {minor} for {key}")
        return True


class SimTerminal:
    """Implements ports.Terminal for one run of a till."""

    def __init__(self, machine: CardMachine, process: Process) -> None:
        self._machine, self._world, self._process = machine, machine.world, process

    # ---- ports.Terminal ------------------------------------------------------------------

    def present(self) -> bool:
        return True

    def pay(self, key: str, minor: int, currency: str) -> Future[CardOutcome]:
        return self._order(key, minor)

    def refund(self, key: str, minor: int, currency: str) -> Future[CardOutcome]:
        return self._order(key, -minor)

    def recover(self, key: str, minor: int, currency: str, before: dict[str, str]) -> Future[CardOutcome]:
        if self._world.chance(_FORGETS):
            return self._soon(lambda: CardOutcome("unknown", "the terminal cannot tell"))
        if key in self._machine.at_work:  # for a till that is gone; it has another now
            return self._soon(lambda: CardOutcome("unknown", "the terminal is busy"))
        return self._soon(lambda: self._remembered(key))

    def reverse(self, receipt: dict[str, str], minor: int, currency: str) -> Future[CardOutcome]:
        def undo() -> CardOutcome:
            # Without the receipt, as when only a person has said that it was charged, there is nothing to name it by.
            if "intent" not in receipt or self._world.chance(self._machine.trouble):
                return CardOutcome("declined", "not any more")
            self._machine.undone.append(self._machine.moved.pop(receipt["intent"]))
            return CardOutcome("approved", "reversed")

        return self._soon(undo)

    def settled(self, key: str) -> None:
        """A person has said what became of it."""

    def last(self) -> dict[str, str]:
        return {}

    def abort(self) -> None:
        """It goes on all the same."""

    def subscribe(self, listener: Callable[[str], None]) -> None:
        """It shows nothing."""

    def state(self) -> dict[str, str]:
        return {"state": "ready", "text": ""}

    # ---- the terminal itself -------------------------------------------------------------

    def _order(self, key: str, minor: int) -> Future[CardOutcome]:
        """Charge once, however often it is asked, and whether the till hears of it or not."""
        done: SimFuture[CardOutcome] = SimFuture()
        heard = not self._world.chance(self._machine.trouble)
        reached = heard or self._world.chance(0.6)

        self._machine.at_work.add(key)

        def act() -> None:
            self._machine.at_work.discard(key)
            if reached and key not in self._machine.moved:
                self._machine.move(key, minor)
            if not heard:
                self._world.fault("card payment unknown", f"{self._machine.label}: no word on {key}")
                outcome = CardOutcome("unknown", "the terminal does not answer")
            else:
                outcome = self._remembered(key)
            if not self._process.dead:
                done.set_result(outcome)

        self._world.at(self._world.now + self._world.random.uniform(*_CHARGES_S), act)
        self._process.point(CRASHES[0])
        return done

    def _remembered(self, key: str) -> CardOutcome:
        if key in self._machine.moved:
            return CardOutcome("approved", "approved", {"intent": key})
        return CardOutcome("declined", "declined")

    def _soon(self, tell: Callable[[], CardOutcome]) -> Future[CardOutcome]:
        done: SimFuture[CardOutcome] = SimFuture()
        self._world.at(self._world.now + 0.2, lambda: None if self._process.dead else done.set_result(tell()))
        return done
