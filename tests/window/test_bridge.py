"""Futures to the window's thread: in order, once, never waiting; stale answers are dropped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from pos.domain.errors import Refused
from pos.ui.bridge import Bridge
from pos.ui.window import CounterWindow
from tests.window.counter import Key


class Silent:
    """A till that takes every question and answers none, until the test does."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any], Future[Any]]] = []
        self.listeners: list[Callable[[dict[str, Any]], None]] = []

    def _ask(self, verb: str, fields: dict[str, Any]) -> Future[Any]:
        future: Future[Any] = Future()
        self.asked.append((verb, fields, future))
        return future

    def call(self, verb: str, **fields: Any) -> Future[dict[str, Any]]:
        return self._ask(verb, fields)

    def seat_map(self, show: str) -> Future[Any]:
        return self._ask("seat_map", {"show": show})

    def states_of(self, show: str, indexes: list[int]) -> Future[bytes]:
        return self._ask("states_of", {"show": show, "indexes": indexes})

    def subscribe(self, listener: Callable[[dict[str, Any]], None]) -> None:
        self.listeners.append(listener)


class Screen(QObject):
    """What an answer belongs to, until it is taken off the window."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[Any] = []

    def take(self, answer: Any) -> None:
        self.got.append(answer)


def test_an_answer_for_what_was_taken_off_the_screen_is_dropped(qtbot: QtBot) -> None:
    till, gone, there = Silent(), Screen(), Screen()
    bridge = Bridge(till)
    failures: list[str] = []
    bridge.failed.connect(failures.append)
    for screen in (gone, there):
        bridge.call("status", screen.take, screen.take)
    delete(gone)
    for _, _, future in till.asked:
        future.set_result({"ok": True})
    qtbot.waitUntil(lambda: there.got == [{"ok": True}])
    assert gone.got == []
    assert failures == []


def elsewhere(work: Callable[[], None]) -> None:
    """Do something on another thread, to the end."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(5)


def test_answers_arrive_on_the_windows_thread(qtbot: QtBot) -> None:
    till, seen = Silent(), []
    bridge = Bridge(till)
    here = QThread.currentThread()
    bridge.call("one", lambda answer: seen.append((answer["n"], QThread.currentThread() is here)))
    elsewhere(lambda: till.asked[0][2].set_result({"n": 1}))
    assert seen == []
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(1, True)]


def test_a_stale_answer_does_not_overwrite_a_newer_one(qtbot: QtBot) -> None:
    till, seen = Silent(), []
    bridge = Bridge(till)
    bridge.latest("map", "old", lambda answer: seen.append("old"))
    bridge.latest("map", "new", lambda answer: seen.append("new"))
    bridge.latest("other", "other", lambda answer: seen.append("other"))
    for _, _, future in reversed(till.asked):
        elsewhere(lambda future=future: future.set_result({}))
    qtbot.waitUntil(lambda: len(seen) == 2)
    qtbot.wait(20)
    assert sorted(seen) == ["new", "other"]


def test_a_refusal_goes_to_who_asked_else_to_the_window(qtbot: QtBot) -> None:
    till, seen = Silent(), []
    bridge = Bridge(till)
    bridge.refused.connect(lambda refused: seen.append(("window", refused.code)))
    bridge.call("a", refused=lambda refused: seen.append(("asker", refused.code)))
    bridge.call("b")
    for _, _, future in till.asked:
        elsewhere(lambda future=future: future.set_exception(Refused("sold")))
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == [("asker", "sold"), ("window", "sold")]


@pytest.mark.expect_log("the till failed")
def test_a_defect_is_shown_and_ends_what_was_under_way(qtbot: QtBot) -> None:
    till, seen = Silent(), []
    bridge = Bridge(till)
    bridge.failed.connect(lambda text: seen.append(text))
    bridge.call("a", lambda _: seen.append("done"), ended=lambda: seen.append("ended"))
    elsewhere(lambda: till.asked[0][2].set_exception(RuntimeError("broken")))
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == ["ended", "broken"]


def test_nothing_is_delivered_after_the_close(qtbot: QtBot) -> None:
    till, seen = Silent(), []
    bridge = Bridge(till)
    bridge.call("a", lambda _: seen.append("answer"))
    bridge.heard.connect(seen.append)
    elsewhere(lambda: till.asked[0][2].set_result({}))
    bridge.close()
    till.listeners[0]({"event": "link"})
    qtbot.wait(20)
    assert seen == []


def test_with_a_till_that_never_answers_the_window_still_answers(qtbot: QtBot) -> None:
    """No press waits for the till: each key is dealt with in less than 100 ms."""
    till = Silent()
    window = CounterWindow(till, language="en", theme="light")
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitActive(window)
    qtbot.waitUntil(lambda: any(verb == "users" for verb, _, _ in till.asked))
    answer(till, "users", {"users": [{"user": "anna", "name": "Anna", "role": "cashier"}]})
    qtbot.waitUntil(lambda: bool(window.signin.users))
    QTest.keyClicks(window, "1234")
    slowest = 0.0
    answer_later = [
        ("sign_in", {"user": "anna", "name": "Anna", "role": "cashier", "shift": "S1", "shift_since": None})
    ]
    QTest.keyClick(window, Key.Key_Return)
    for verb, said in answer_later:
        answer(till, verb, said)
    qtbot.waitUntil(lambda: window.current is not None and window.current.name == "sell", timeout=10_000)
    for key in (Key.Key_B, Key.Key_F1, Key.Key_F2, Key.Key_Return, Key.Key_5, Key.Key_Slash, Key.Key_Escape, Key.Key_T):
        before = time.perf_counter()
        QTest.keyClick(window.focusWidget() or window, key)
        slowest = max(slowest, time.perf_counter() - before)
    assert slowest < 0.1
    window.close()


def answer(till: Silent, verb: str, said: dict[str, Any]) -> None:
    """Answer the first unanswered question of this kind, from another thread."""
    future = next(future for name, _, future in till.asked if name == verb and not future.done())
    elsewhere(lambda: future.set_result(said))
