"""One window over one till, and what needs no right from elsewhere: how soon a key shows what it did."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from pos.ui.window import CounterWindow
from tests.bench.rush.clerk import Key
from tests.window.till import PINS, TillHouse, make_replica

ROUNDS = 40
_SHOW = "tosca"
_WAIT_S = 30.0


@contextmanager
def window_at_work(folder: Path) -> Iterator[CounterWindow]:
    """Signed in, the shift open, the opera's hall on the map and its rights in hand."""
    replica = make_replica(folder, datetime.now(ZoneInfo("Europe/Vienna")))
    shutil.copyfile(replica, folder / "till.db")
    house = TillHouse(folder, folder / "till.db")
    window = CounterWindow(house.front, language="en", theme="light")
    try:
        window.resize(1366, 768)
        window.show()
        window.activateWindow()
        _until(lambda: bool(window.signin.users) and bool(window.session.venue.name) and window.isActiveWindow())
        window.signin.choose("anna")
        QTest.keyClicks(_focus(window), PINS["anna"])
        QTest.keyClick(_focus(window), Key.Key_Return)
        _until(lambda: window.current is not None and window.current.name == "open")
        QTest.keyClicks(_focus(window), "300")
        QTest.keyClick(_focus(window), Key.Key_Return)
        _until(lambda: bool(window.session.shows))
        show = next(card.id for card in window.session.shows if card.id.startswith(_SHOW) and card.sells)
        window.choose_show(show)
        _until(lambda: window.sell.hall.opened_show == show and window.sell.show is not None)
        yield window
    finally:
        window.close()
        house.stop()


def local_ms(window: CounterWindow) -> tuple[list[float], list[float]]:
    """Of seats picked, retyped, counted, given back; and of cash sales, until the change is on screen."""
    sell, local, paid = window.sell, [], []
    for n in range(ROUNDS):
        local.append(_took(window, Key.Key_B, lambda: len(sell.lines) == 2))
        kinds = [kind.id for kind in sell.types]
        child = Key(Key.Key_F1 + kinds.index("child"))
        local.append(_took(window, child, lambda: sell.lines[-1].price_type == "child"))
        local.append(_took(window, Key.Key_5, lambda: sell.payment.given == "5"))
        local.append(_took(window, Key.Key_Escape, lambda: sell.payment.given == ""))
        local.append(_took(window, Key.Key_PageUp, lambda: sell.marked == sell.lines[0].line))
        if n % 2:
            local.append(_took(window, Key.Key_Z, lambda: not sell.lines, Qt.KeyboardModifier.ControlModifier))
        else:
            paid.append(_took(window, Key.Key_Return, lambda: sell.payment.sale is not None))
            local.append(_took(window, Key.Key_Return, lambda: sell.payment.sale is None))
        sell.next_type = ""
    return local, paid


def rekey_ms(window: CounterWindow) -> tuple[list[float], float, int]:
    """Of paper tickets off a log sheet, each from its price key until it stands there, and of booking them all; how
    many keys that were. Every third is of the customer before."""
    till = window.bridge.till
    till.call("issue_paper", show=window.session.show_id, category="Stalls", count=ROUNDS).result(_WAIT_S)
    window.act("rekey")
    screen = window.rekeying
    _until(lambda: bool(screen.papers.types) and bool(screen.papers.packs))
    keyed, keys = [], 1
    for number in range(1, ROUNDS + 1):
        entry = f"+{number}" if number % 3 == 0 else str(number)
        QTest.keyClicks(_focus(window), entry)
        keyed.append(_took(window, Key.Key_F1, lambda number=number: len(screen.rows) == number))
        keys += len(entry) + 1
    return keyed, _took(window, Key.Key_Return, lambda: not screen.rows and not screen.asking), keys


def _took(
    window: CounterWindow,
    key: Qt.Key,
    seen: Callable[[], bool],
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> float:
    """From the key to what it does being known and painted."""
    began = time.perf_counter()
    QTest.keyClick(_focus(window), key, modifier)
    _until(seen)
    QApplication.processEvents()  # the paint that it asked for
    return (time.perf_counter() - began) * 1000


def _focus(window: CounterWindow) -> QWidget:
    return window.focusWidget() or window


def _until(seen: Callable[[], bool]) -> None:
    end = time.perf_counter() + _WAIT_S
    while not seen():
        QApplication.processEvents()
        assert time.perf_counter() < end, "it has not come"
