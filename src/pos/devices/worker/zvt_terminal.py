"""A ZVT terminal: how an order is carried out, and what is known when it goes wrong.

    before the first byte   cannot be reached, refuses to register        -> declined
    from the first byte     no reply in T3, nothing in T4, connection lost -> unknown
    the terminal's word     result and completion, refusal, abort          -> see zvt.dialogue

Each order that moves money begins with a registration: it shows that the connection lives and
sets the currency. After an unclear end the connection is dropped, so that no late word of the
old order can be taken for one of the next.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final, Literal

from pos.devices.transport import Address, TransportError
from pos.devices.worker.outcome import DeviceState
from pos.devices.worker.terminal import MakeDevice
from pos.devices.worker.terminal_line import NothingSent, TerminalLine, Timing, open_line
from pos.devices.zvt import orders
from pos.devices.zvt.apdu import BadOrder
from pos.devices.zvt.dialogue import Dialogue, State
from pos.devices.zvt.messages import StatusInformation
from pos.devices.zvt.orders import Order
from pos.devices.zvt.outcome import judge, last_payment, receipt, totals
from pos.devices.zvt.texts import RESULTS
from pos.domain.card import CardOutcome, CardSlip, Shown
from pos.domain.errors import Unreadable
from pos.domain.money import Money

_SLICE_S: Final = 0.1
# A terminal in one of these states is at work, and what it did last may not be its last word.
_AT_WORK: Final = frozenset({0x9C, 0xA0, 0xDC})
_PLAIN_ENDS: Final[dict[State, Literal["approved", "declined", "unknown"]]] = {
    "done": "approved", "refused": "declined", "unclear": "unknown",
}  # fmt: skip


def zvt_maker(
    address: Address, password: str, where: str, key: str, timing: Timing | None = None, *, prints: bool = True
) -> MakeDevice:
    """What a TerminalWorker needs to make its terminal. `prints`: receipts go to the till's printer.

    Raises Unreadable, naming `where` and `key`, when a terminal cannot be reached that way.
    """
    if address.scheme not in ("tcp", "serial"):
        raise Unreadable(where, key, f"a payment terminal cannot be reached by {address.scheme}://")
    reached = replace(address, stop_bits=2)  # ZVT's serial lines: 8 bits, no parity, 2 stop bits
    return lambda shown, stopping: ZvtTerminal(reached, password, shown, stopping, timing or Timing(), prints=prints)


class ZvtTerminal:
    """One terminal at an address, used by its worker's thread only; `abort` from any.

    `shown` is told what the terminal shows meanwhile. `stopping` ends every wait early.
    """

    def __init__(
        self,
        address: Address,
        password: str,
        shown: Callable[[Shown], None],
        stopping: Callable[[], bool],
        timing: Timing,
        *,
        prints: bool,
    ) -> None:
        self._address, self._password = address, orders.password_bytes(password)
        self._shown, self._stopping, self._timing, self._prints = shown, stopping, timing, prints
        self._line: TerminalLine | None = None
        self._currency: int | None = None  # of the last order
        self._abort = threading.Event()
        self._last: dict[str, str] = {}

    @property
    def poll_s(self) -> float:
        """Seconds until `probe` should be called again when there is nothing else to do."""
        return 10.0 if self._line is not None else 3.0

    @property
    def last(self) -> dict[str, str]:
        """Trace, terminal and time of its last payment; empty when not known."""
        return self._last

    def probe(self) -> DeviceState:
        """Reach the terminal if need be, ask how it is, and learn its last payment if that is not known."""
        try:
            if self._line is None:
                refusal = self._register()
                if refusal:
                    return DeviceState("error", refusal)
            asked = self._run(orders.status_enquiry(self._password))
            if asked.state == "unclear":
                return DeviceState("offline", asked.text)
            status = asked.completion.terminal_status if asked.completion is not None else None
            if not self._last and status not in _AT_WORK:
                self._learn()
        except TransportError as error:
            self._drop()
            return DeviceState("absent" if error.absent else "offline", str(error))
        if not status or status in _AT_WORK:
            return DeviceState("ready", "ready" if not status else RESULTS[status])
        return DeviceState("error", RESULTS.get(status, f"status {status:02X}"))

    def pay(self, amount: Money) -> CardOutcome:
        return self._move(amount, lambda: orders.pay(amount))

    def refund(self, amount: Money) -> CardOutcome:
        return self._move(amount, lambda: orders.refund(self._password, amount))

    def reverse(self, receipt_number: int, amount: Money) -> CardOutcome:
        return self._move(amount, lambda: orders.reverse(self._password, receipt_number, amount))

    def recover(self, amount: Money, before: dict[str, str]) -> CardOutcome:
        """What became of an order for `amount` that was given when `before` was the last payment."""
        try:
            self._currency = orders.currency_number(amount.currency)
            refusal = self._register() or self._at_work()
            if refusal:
                return CardOutcome("unknown", refusal)
            asked = self._run(orders.repeat_receipt(self._password))
        except (TransportError, BadOrder) as error:
            self._drop()
            return CardOutcome("unknown", str(error))
        found = asked.result
        if asked.state != "done" or found is None:
            return CardOutcome("unknown", asked.text or "the terminal does not say what it did last")
        self._last = last_payment(found)
        state, text = judge(found, amount, before)
        if state != "approved":
            return CardOutcome(state, text)
        # What it had to be printed then was lost with the till, or with the connection.
        return CardOutcome(state, text, receipt(found), self._papers_again())

    def end_of_day(self, currency: str) -> CardOutcome:
        """Have the terminal hand its payments in."""
        try:
            self._currency = orders.currency_number(currency)
        except BadOrder as error:
            return CardOutcome("declined", str(error))
        ended = self._plain(lambda: orders.end_of_day(self._password))
        self._last = {}  # some repeat their end of day from now on
        if isinstance(ended, CardOutcome):
            return ended
        found = ended.result or StatusInformation()
        if ended.state == "done" and found.result_code:
            return CardOutcome("declined", found.result_text_en or ended.text, {}, ended.slips.done)
        return CardOutcome(_PLAIN_ENDS[ended.state], ended.text, receipt(found), ended.slips.done, totals(found))

    def repeat(self) -> CardOutcome:
        """Have the papers of its last transaction again."""
        ended = self._plain(lambda: orders.repeat_receipt(self._password, printed=True))
        if isinstance(ended, CardOutcome):
            return ended
        found = ended.result or StatusInformation()
        return CardOutcome(_PLAIN_ENDS[ended.state], ended.text, receipt(found), ended.slips.done)

    def abort(self) -> None:
        """Ask the order under way to stop; nothing when none is."""
        self._abort.set()

    def begin(self) -> None:
        """A new order comes: an abort meant for an earlier one is forgotten."""
        self._abort.clear()

    def close(self) -> None:
        self._drop()

    # Orders

    def _move(self, amount: Money, make: Callable[[], Order]) -> CardOutcome:
        """Carry out an order that moves money."""
        try:
            order = make()
            self._currency = orders.currency_number(amount.currency)
            refusal = self._register()
        except (TransportError, BadOrder) as error:
            self._drop()
            return CardOutcome("declined", str(error))
        if refusal or self._abort.is_set():
            return CardOutcome("declined", refusal or "stopped before the terminal was asked")
        self._last = {}
        try:
            ended = self._run(order)
        except NothingSent as error:
            self._drop()
            return CardOutcome("declined", str(error))
        found = ended.result or StatusInformation()
        if ended.state == "approved":
            self._last = last_payment(found)
            return CardOutcome("approved", ended.text, receipt(found), ended.slips.done)
        if ended.state != "declined":
            return CardOutcome("unknown", ended.text, {}, ended.slips.done)
        # The next payment may come at once, and could not be told from this one without it.
        self._abort.clear()
        with suppress(TransportError):
            self._learn()
        return CardOutcome("declined", ended.text, {}, ended.slips.done)

    def _plain(self, make: Callable[[], Order]) -> Dialogue | CardOutcome:
        """Carry out an order that moves no money; an outcome when it did not get so far."""
        try:
            if refusal := self._register():
                return CardOutcome("declined", refusal)
            return self._run(make())
        except TransportError as error:
            self._drop()
            return CardOutcome("declined", str(error))

    def _papers_again(self) -> tuple[CardSlip, ...]:
        """The papers of the last transaction; none when it cannot print them again."""
        with suppress(TransportError):
            asked = self._run(orders.repeat_receipt(self._password, printed=True))
            if asked.state == "done":
                return asked.slips.done
        return ()

    def _register(self) -> str:
        """Register, over a new connection if need be; why that was refused. Raises TransportError."""
        if self._line is not None:
            try:
                return self._registered()
            except TransportError:
                self._drop()
        # The connection was an old one, if there was any: the terminal may have been off since.
        return self._registered()

    def _registered(self) -> str:
        if self._line is None:
            self._line = open_line(self._address, self._timing, self._stopping)
        done = self._run(orders.register(self._password, self._currency, prints=self._prints))
        if done.state == "unclear":
            raise TransportError(done.text)
        return "" if done.state == "done" else done.text

    def _at_work(self) -> str:
        """Why what the terminal did last may not be its last word yet; empty when it rests."""
        asked = self._run(orders.status_enquiry(self._password))
        if asked.state == "unclear":
            return asked.text
        status = asked.completion.terminal_status if asked.completion is not None else None
        code = status if status in _AT_WORK else asked.code if asked.code in _AT_WORK else None
        return "" if code is None else f"the terminal is still at work: {RESULTS[code]}"

    def _learn(self) -> None:
        asked = self._run(orders.repeat_receipt(self._password))
        if asked.state == "done" and asked.result is not None:
            self._last = last_payment(asked.result)

    # Talking

    def _run(self, order: Order) -> Dialogue:
        """One dialogue to its end. Raises NothingSent; any later trouble makes its end unclear."""
        if self._line is None:
            raise NothingSent("not connected")
        self._listen(self._line)
        dialogue = Dialogue(order)
        try:
            self._line.send(order.apdu)
        except NothingSent:
            raise
        except TransportError as error:
            dialogue.lost(str(error))
        # From here on the order has left, whatever becomes of what follows it.
        try:
            self._hear(dialogue, self._line)
        except TransportError as error:
            dialogue.lost(str(error))
        if dialogue.state == "unclear":
            self._drop()
        return dialogue

    def _listen(self, line: TerminalLine) -> None:
        """Take what the terminal said unasked, so that it is not taken for an answer. Raises NothingSent."""
        try:
            while (apdu := line.receive(0.0)) is not None:
                if apdu.control >> 8 not in (0x80, 0x84):
                    line.send(orders.TAKEN)
        except TransportError as error:
            raise NothingSent(str(error)) from error

    def _hear(self, dialogue: Dialogue, line: TerminalLine) -> None:
        long = dialogue.order.amount is not None or dialogue.order.kind == "end_of_day"
        work_s = self._timing.t4 if long else self._timing.plain
        deadline = time.monotonic() + self._timing.t3
        aborted = False
        while not dialogue.over:
            if self._stopping():
                if dialogue.order.amount is not None:
                    line.send(orders.ABORT)
                dialogue.lost("the till was closed before the terminal had finished")
                return
            if self._abort.is_set() and dialogue.state == "running" and not aborted:
                line.send(orders.ABORT)
                aborted = True
            left = deadline - time.monotonic()
            if left <= 0:
                asked = dialogue.state == "asked"
                dialogue.lost("the terminal does not answer" if asked else "the terminal has fallen silent")
                return
            apdu = line.receive(min(left, _SLICE_S))
            if apdu is None:
                continue
            asked = dialogue.state == "asked"
            step = dialogue.receive(apdu)
            if step.progress or (asked and dialogue.state != "asked"):
                deadline = time.monotonic() + work_s
            if step.answer is not None:
                line.send(step.answer)
            if step.shown is not None:
                self._shown(step.shown)
            if step.refused and aborted:
                self._shown(Shown("abort_ignored", ""))

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None
