"""What a cashier does at the window, in a cashier's words, for the tests."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pos.ui.seatmap import states
from pos.ui.window import CounterWindow
from tests.window.eyes import Eyes
from tests.window.till import PINS, TillHouse

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


class Counter(Eyes):
    """The window, the till behind it, and hands to work with."""

    def __init__(self, window: CounterWindow, house: TillHouse, qtbot: QtBot) -> None:
        self.window, self.house, self.qtbot = window, house, qtbot

    # ---- hands -------------------------------------------------------------------------

    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        """Keys to whatever has the focus, as a keyboard sends them."""
        for key in keys:
            QTest.keyClick(self.focus(), key, modifier)

    def type(self, text: str) -> None:
        QTest.keyClicks(self.focus(), text)

    def focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def until(self, seen: Callable[[], bool], timeout: int = 15_000) -> None:
        self.qtbot.waitUntil(seen, timeout=timeout)

    # ---- routine -----------------------------------------------------------------------

    def sign_in(self, user: str) -> None:
        """At a window that is locked, or is about to be."""
        self.until(lambda: self.window.session.person is None)
        self.window.signin.choose(user)
        self.type(PINS[user])
        self.press(Key.Key_Return)
        self.until(lambda: self.window.session.person is not None)

    def open_shift(self, amount: str) -> None:
        self.until(lambda: self.screen == "open")
        self.type(amount)
        self.press(Key.Key_Return)
        self.until(lambda: self.screen == "sell")

    def choose(self, title: str) -> None:
        """Sell the first show of a production and wait until its hall is on screen."""
        self.until(lambda: bool(self.window.session.shows))
        show = next(card.id for card in self.window.session.shows if card.id.startswith(title) and card.sells)
        self.window.choose_show(show)
        self.until(lambda: self.sell.hall.show_id == show and self.sell.show is not None and self.map_shows(show))

    def map_shows(self, show: str) -> bool:
        hall = self.sell.hall
        return hall.plan is not None and hall.opened_show == show

    # ---- eyes --------------------------------------------------------------------------

    @property
    def labels(self) -> list[str]:
        return [line.label for line in self.sell.lines]

    @property
    def toast(self) -> str:
        return self.window.toast.text if self.window.toast.isVisible() else ""

    def settled(self, count: int) -> None:
        """Wait until the basket holds so many tickets."""
        self.until(lambda: len(self.sell.lines) == count)

    def seats(self, state: int, category: str = "Stalls") -> list[int]:
        """The seats of a category in a state, as the map has them."""
        hall = self.sell.hall
        assert hall.plan is not None
        number = [each.name for each in hall.plan.categories].index(category)
        return [ix for ix, now in enumerate(hall.states) if now == state and hall.plan.category[ix] == number]

    def free(self) -> list[int]:
        return self.seats(states.FREE)

    def at_hand(self) -> list[int]:
        return self.seats(states.HERE)

    def label(self, ix: int) -> str:
        plan = self.sell.hall.plan
        assert plan is not None
        return plan.label(ix)

    def click(self, ix: int) -> None:
        """A click on a seat, zoomed in so that it means the seat."""
        map_ = self.selling.view.map
        map_.zoom_to([ix])
        self.qtbot.mouseClick(map_, Qt.MouseButton.LeftButton, pos=map_.position_of(ix).toPoint())
