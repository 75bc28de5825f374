"""The worker of the payment terminal: one thread that owns it, and at most one order at a time.

What it guards, whatever its callers do:
1. The same key never charges twice: it gives the outcome that it had.
2. While it is not known what became of one key, no other one moves money.
3. Every order ends with an outcome. One that had begun when the thread was told to end is unknown.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Final, Protocol

from pos.devices.worker.outcome import DeviceState
from pos.domain.card import CardOutcome, Shown
from pos.domain.money import Money

_log = logging.getLogger(__name__)
_JOIN_S: Final = 2.0
_KEPT: Final = 64  # outcomes that are remembered

NAME: Final = "terminal"


class PaymentDevice(Protocol):
    """One terminal, used by its worker's thread only, `begin` and `abort` from any. Nothing here raises
    for a device's sake."""

    @property
    def poll_s(self) -> float:
        """Seconds until `probe` should be called again when there is nothing else to do."""

    @property
    def last(self) -> dict[str, str]:
        """Trace, terminal and time of its last payment; empty when not known."""

    def probe(self) -> DeviceState:
        """Reach the terminal if need be, and ask how it is."""

    def pay(self, amount: Money) -> CardOutcome: ...

    def refund(self, amount: Money) -> CardOutcome: ...

    def reverse(self, receipt_number: int, amount: Money) -> CardOutcome: ...

    def recover(self, amount: Money, before: dict[str, str]) -> CardOutcome: ...

    def end_of_day(self, currency: str) -> CardOutcome: ...

    def repeat(self) -> CardOutcome: ...

    def begin(self) -> None:
        """A new order comes: an abort meant for an earlier one is forgotten."""

    def abort(self) -> None:
        """Ask the order under way to stop."""

    def close(self) -> None: ...


MakeDevice = Callable[[Callable[[Shown], None], Callable[[], bool]], PaymentDevice]


class TerminalWorker:
    """The thread of the payment terminal. Fulfils the till's port; all methods from any thread.

    `make` is called once with a listener for what the terminal shows, and a function that tells
    whether the worker is closing. `on_state` is told of every change of state, and `did` of
    what came of each order, in the worker's thread. The thread starts at once; `close` ends it.
    """

    def __init__(
        self,
        make: MakeDevice,
        on_state: Callable[[str, DeviceState], None],
        did: Callable[[str], None] = lambda what: None,
    ) -> None:
        self._on_state, self._did = on_state, did
        self._closing = threading.Event()
        self._listeners: list[Callable[[Shown], None]] = []
        self._change = threading.Condition()
        self._order: Callable[[], None] | None = None
        self._busy = False  # an order waits or is under way
        self._open: set[str] = set()  # keys whose outcome is not known
        self._outcomes: OrderedDict[str, Future[CardOutcome]] = OrderedDict()
        self._last: dict[str, str] = {}
        self._state = DeviceState("unknown", "not asked yet")
        self._device = make(self._shown, self._closing.is_set)
        self._thread = threading.Thread(target=self._run, name=NAME, daemon=True)
        self._thread.start()

    # ---- the port --------------------------------------------------------------------------

    def present(self) -> bool:
        return True

    def pay(self, key: str, minor: int, currency: str) -> Future[CardOutcome]:
        return self._move(key, lambda: self._device.pay(Money(minor, currency)))

    def refund(self, key: str, minor: int, currency: str) -> Future[CardOutcome]:
        return self._move(key, lambda: self._device.refund(Money(minor, currency)))

    def recover(self, key: str, minor: int, currency: str, before: dict[str, str]) -> Future[CardOutcome]:
        with self._change:
            known = self._outcomes.get(key)
            if known is not None and not (known.done() and known.result().state == "unknown"):
                return known
            # Also after a restart: until this is settled, nothing else is charged.
            self._open.add(key)
            if self._busy or self._closing.is_set():
                return _at_once("unknown", "the terminal is busy")
            return self._submit(key, lambda: self._device.recover(Money(minor, currency), dict(before)))

    def reverse(self, receipt: dict[str, str], minor: int, currency: str) -> Future[CardOutcome]:
        # Twice does no harm, so it needs no key: the terminal undoes a payment once.
        number = receipt.get("receipt", "")
        if not (number.isascii() and number.isdigit()):
            return _at_once("declined", "the terminal gave that payment no receipt number to undo it by")
        return self._plain(lambda: self._device.reverse(int(number), Money(minor, currency)))

    def settled(self, key: str) -> None:
        with self._change:
            self._open.discard(key)

    def last(self) -> dict[str, str]:
        return dict(self._last)

    def abort(self) -> None:
        with self._change:
            if self._busy:
                self._device.abort()

    def end_of_day(self, currency: str) -> Future[CardOutcome]:
        return self._plain(lambda: self._device.end_of_day(currency))

    def repeat(self) -> Future[CardOutcome]:
        return self._plain(self._device.repeat, moves=False)

    def enquire(self) -> Future[CardOutcome]:
        return self._plain(self._look, moves=False)

    def subscribe(self, listener: Callable[[Shown], None]) -> None:
        self._listeners.append(listener)

    def state(self) -> dict[str, str]:
        state = self._state
        return {"state": state.state, "text": state.text}

    def close(self) -> None:
        """End within 2 s. An order under way becomes unknown, one that has not begun is declined."""
        with self._change:
            self._closing.set()
            self._change.notify()
        self._thread.join(_JOIN_S)
        if self._thread.is_alive():
            _log.warning("%s: did not end within %s s", NAME, _JOIN_S)

    # ---- one order at a time ---------------------------------------------------------------

    def _move(self, key: str, act: Callable[[], CardOutcome]) -> Future[CardOutcome]:
        with self._change:
            known = self._outcomes.get(key)
            if known is not None:
                return known
            if refusal := self._why_not():
                return _at_once("declined", refusal)
            return self._submit(key, act)

    def _plain(self, act: Callable[[], CardOutcome], *, moves: bool = True) -> Future[CardOutcome]:
        """An order that may come twice without harm. One that `moves` nothing goes also while one is in doubt."""
        with self._change:
            if refusal := self._why_not(moves):
                return _at_once("declined", refusal)
            return self._submit("", act)

    def _look(self) -> CardOutcome:
        self._probe()
        return CardOutcome("approved", self._state.text)

    def _why_not(self, moves: bool = True) -> str:
        if moves and self._open:
            return "it is not known yet what became of the payment before"
        if self._busy:
            return "the terminal is busy with another payment"
        return "the till is being closed" if self._closing.is_set() else ""

    def _submit(self, key: str, act: Callable[[], CardOutcome]) -> Future[CardOutcome]:
        """Hand an order to the thread. With the lock held."""
        done: Future[CardOutcome] = Future()
        done.set_running_or_notify_cancel()  # whoever waits may give up waiting, never the order
        if key:
            self._outcomes[key] = done
            self._outcomes.move_to_end(key)
            while len(self._outcomes) > _KEPT:
                self._outcomes.popitem(last=False)
        self._busy = True
        self._device.begin()
        self._order = lambda: self._carry_out(key, act, done)
        self._change.notify()
        return done

    def _carry_out(self, key: str, act: Callable[[], CardOutcome], done: Future[CardOutcome]) -> None:
        try:
            outcome = act() if not self._closing.is_set() else CardOutcome("declined", "the till is being closed")
        except Exception as error:  # noqa: BLE001 - whatever it is, the order has an outcome
            # Its message stays out of the log: it may be made of what the terminal sent.
            where = traceback.extract_tb(error.__traceback__)[-1]
            _log.error("%s: %s at %s:%s", NAME, type(error).__name__, where.filename, where.lineno)
            outcome = CardOutcome("unknown", "something went wrong in the till")
        _log.info("%s: %s %s", NAME, outcome.state, outcome.receipt.get("trace", ""))
        self._did(f"{outcome.state}: {outcome.text}")
        with self._change:
            self._busy = False
            self._last = dict(self._device.last)
            if key and outcome.state == "unknown":
                self._open.add(key)
            else:
                self._open.discard(key)
        done.set_result(outcome)

    # ---- the thread ------------------------------------------------------------------------

    def _run(self) -> None:
        self._guarded(self._probe)
        while not self._closing.is_set():
            self._guarded(self._next())
        if self._order is not None:
            self._order()
        self._device.close()

    def _next(self) -> Callable[[], None]:
        """What to do next: an order, or else, when it is time, to look after the terminal."""
        with self._change:
            if self._order is None and not self._closing.is_set():
                self._change.wait(self._device.poll_s)
            order, self._order = self._order, None
        return self._probe if order is None else partial(self._serve, order)

    def _serve(self, order: Callable[[], None]) -> None:
        order()
        self._probe()  # at once: it also learns the payment that the next one is compared with

    def _guarded(self, act: Callable[[], None]) -> None:
        """A mistake in one order must not end the thread that the next ones wait for."""
        try:
            act()
        except Exception:  # noqa: BLE001 - logged as an error with its trace
            _log.exception("%s: something went wrong that should not", NAME)

    def _probe(self) -> None:
        if self._closing.is_set():
            return
        state = self._device.probe()
        self._last = dict(self._device.last)
        if state != self._state:
            self._state = state
            self._on_state(NAME, state)

    def _shown(self, shown: Shown) -> None:
        for listener in list(self._listeners):
            listener(shown)


def _at_once(state: str, text: str) -> Future[CardOutcome]:
    done: Future[CardOutcome] = Future()
    done.set_result(CardOutcome("unknown" if state == "unknown" else "declined", text))
    return done
