"""A till without a payment terminal."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Literal

from pos.domain.card import CardOutcome, Shown

_TEXT = "there is no payment terminal"


class AbsentTerminal:
    """Declines everything, since nothing is ever sent. Fulfils the till's port."""

    def present(self) -> bool:
        return False

    def pay(self, key: str, minor: int, currency: str) -> Future[CardOutcome]:
        return _at_once("declined")

    def recover(self, key: str, minor: int, currency: str, before: dict[str, str]) -> Future[CardOutcome]:
        # The terminal may have been taken out of the settings with a payment open.
        return _at_once("unknown")

    def settled(self, key: str) -> None:
        """There is nothing that this would allow."""

    def refund(self, key: str, minor: int, currency: str) -> Future[CardOutcome]:
        return _at_once("declined")

    def reverse(self, receipt: dict[str, str], minor: int, currency: str) -> Future[CardOutcome]:
        return _at_once("declined")

    def end_of_day(self, currency: str) -> Future[CardOutcome]:
        return _at_once("declined")

    def repeat(self) -> Future[CardOutcome]:
        return _at_once("declined")

    def enquire(self) -> Future[CardOutcome]:
        return _at_once("declined")

    def last(self) -> dict[str, str]:
        return {}

    def abort(self) -> None:
        """There is nothing to stop."""

    def subscribe(self, listener: Callable[[Shown], None]) -> None:
        """It never says anything."""

    def state(self) -> dict[str, str]:
        return {"state": "absent", "text": _TEXT}

    def close(self) -> None:
        """There is nothing to let go of."""


def _at_once(state: Literal["declined", "unknown"]) -> Future[CardOutcome]:
    done: Future[CardOutcome] = Future()
    done.set_result(CardOutcome(state, _TEXT))
    return done
