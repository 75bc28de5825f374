"""A cashier at a real window over a real till: every key pressed is counted, every wait for the till is timed.

An errand is a generator of waits: it presses keys and yields what it waits for, so that one loop serves three
windows at once, as three cashiers would.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from pos.app.counter import Till
from pos.demo.cable import Cable
from pos.ui.window import CounterWindow
from tests.peers.toy_printer import ToyPrinter
from tests.window.eyes import Eyes

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
Key = Qt.Key
WAIT_S = 30.0

Seen = Callable[[], bool]
Errand = Generator[tuple[str, Seen], None, None]


@dataclass
class Served:
    """One customer: the errand, the keys it took, and the till's own time in it by what was waited for."""

    errand: str
    actions: int = 0
    waits_ms: list[tuple[str, float]] = field(default_factory=list)

    @property
    def own_ms(self) -> float:
        return sum(took for _, took in self.waits_ms)


class Clerk(Eyes):
    """`user` sells at `window`; `served` is what was done, the newest last."""

    def __init__(
        self, till: Till, window: CounterWindow, user: str, pin: str, printers: tuple[ToyPrinter, ...], cable: Cable
    ) -> None:
        """The line to the office goes through `cable`."""
        self.till, self.window, self.user, self.pin, self.printers = till, window, user, pin, printers
        self.cable = cable
        self.refused: Callable[[], int] = lambda: 0  # how often the till has said no
        self.served: list[Served] = []
        self._errand: Errand | None = None
        self._waits: tuple[str, Seen] | None = None
        self._since = 0.0

    # ---- hands -----------------------------------------------------------------------------

    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        for key in keys:
            self._count(1)
            QTest.keyClick(self._focus(), key, modifier)

    def type(self, text: str) -> None:
        """Letters and digits: each is a key, and they are one action, as words are."""
        self._count(1)
        QTest.keyClicks(self._focus(), text)

    def _count(self, actions: int) -> None:
        if self.served:
            self.served[-1].actions += actions

    def _focus(self) -> QWidget:
        return self.window.focusWidget() or self.window

    # ---- eyes ------------------------------------------------------------------------------

    @property
    def asked(self) -> bool:
        """Whether a question stands in the panel: nothing was together, for one."""
        return self.selling.questions.now is not None

    def has(self, tickets: int) -> Seen:
        return lambda: len(self.sell.lines) == tickets

    def sold(self) -> bool:
        return self.sell.payment.sale is not None

    def story(self) -> str:
        """What is on screen, for whoever reads a failure."""
        search, asked = self.selling.view.search.text(), self.selling.questions.now
        question = f"{asked.title}: {[answer.title for answer in asked.answers]}" if asked is not None else ""
        link = self.window.session.link
        deal = self.window.found.deal
        told = f"{deal.kind=} {deal.problem=} {deal.asks=} {deal.busy=}"
        said = f"said {self.window.toast.text!r}, {link.online=}, {told}"
        return f"{self.user} at {self.screen}, {search=}, {question=}, {said}"

    # ---- at work ---------------------------------------------------------------------------

    @property
    def free(self) -> bool:
        return self._errand is None

    def begin(self, name: str, errand: Errand) -> None:
        self.served.append(Served(name))
        self._errand, self._waits = errand, None

    def go_on(self) -> bool:
        """One step further, if what was waited for is there. Raises AssertionError when it does not come."""
        if self._errand is None:
            return False
        if self._waits is not None:
            what, seen = self._waits
            took = time.perf_counter() - self._since
            if not seen():
                assert took < WAIT_S, f"{self.served[-1].errand}: {what} has not come; {self.story()}"
                return False
            self.served[-1].waits_ms.append((what, took * 1000))
            self._waits = None
        self.attend()
        self._since = time.perf_counter()
        self._waits = next(self._errand, None)
        if self._waits is None:
            self._errand = None
        return True

    def attend(self) -> None:
        """Keys go to the window that is active."""
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            end = time.perf_counter() + WAIT_S
            while not self.window.isActiveWindow():
                QApplication.processEvents()
                assert time.perf_counter() < end, "the window does not come to the front"


def work(clerks: list[Clerk], customers: list[tuple[str, Callable[[Clerk], Errand]]], at: dict[int, Seen]) -> None:
    """Serve everybody in turn, each at the first window that is free. `at` is what happens when so many have come."""
    came = 0
    while came < len(customers) or not all(clerk.free for clerk in clerks):
        moved = False
        for clerk in clerks:
            if clerk.free and came < len(customers):
                if came in at:
                    at[came]()
                name, errand = customers[came]
                came += 1
                clerk.begin(name, errand(clerk))
            moved = clerk.go_on() or moved
        QApplication.processEvents()
        if not moved:
            time.sleep(0.001)
