"""The window is closed, locked or handed on: nothing is lost, it is said in words, and it is asked about once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox

from pos.settings import WindowSettings
from pos.ui.application import ENDING
from tests.window.counter import CTRL, SHIFT, Counter, Key
from tests.window.till import PINS, TillHouse


def said(counter: Counter) -> str:
    """What the question says."""
    return "\n".join(label.text() for label in counter.window.leaving.findChildren(QLabel) if label.isVisible())


def signin_says(counter: Counter) -> str:
    screen = counter.window.screens["signin"]
    labels = [*screen.work.findChildren(QLabel), *screen.panel.findChildren(QLabel)]
    return "\n".join(label.text() for label in labels if label.isVisible())


class Held:
    """A till that does not answer one verb until it is let go: a terminal whose customer takes his time."""

    def __init__(self, counter: Counter, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
        self._real, self._verb = counter.window.bridge.till.call, verb
        self.held: list[tuple[Future[Any], dict[str, Any]]] = []
        monkeypatch.setattr(counter.window.bridge.till, "call", self._call)

    def _call(self, verb: str, **fields: Any) -> Future[Any]:
        if verb != self._verb:
            return self._real(verb, **fields)
        answer: Future[Any] = Future()
        self.held.append((answer, fields))
        return answer

    def let_go(self) -> None:
        for answer, fields in self.held:
            answer.set_result(self._real(self._verb, **fields).result(10))


# ---- closing -------------------------------------------------------------------------------


def test_closing_over_an_open_basket_and_shift_asks_once_in_words_and_loses_nothing(counter: Counter) -> None:
    window = counter.window
    counter.press(Key.Key_B)
    counter.settled(2)
    window.session.refresh_status()
    counter.until(lambda: window.session.status.basket is not None and window.session.status.unsent > 0)
    window.close()
    assert window.isVisible()
    assert "Anna's basket, 2 tickets" in said(counter)
    assert "The shift stays open" in said(counter)
    assert "not at the office yet: kept on this machine" in said(counter)
    counter.press(Key.Key_B)  # no key reaches the sale under it
    counter.press(Key.Key_Escape)
    assert not window.leaving.isVisible()
    assert len(counter.labels) == 2
    window.close()
    window.close()  # asked for again: that is an answer
    assert not window.isVisible()
    assert counter.house.ask("status")["basket"]["tickets"] == 2
    assert counter.house.ask("status")["shift"] is not None


def test_enter_closes_and_a_window_over_which_nothing_is_open_closes_at_once(
    counter: Counter, open_window: Callable[..., Counter]
) -> None:
    window = counter.window
    window.close()
    assert window.leaving.isVisible()
    counter.press(Key.Key_Return)
    assert not window.isVisible()
    counter.house.ask("close_shift", counted={"total": "150.00"})
    counter.house.desk.submit(lambda: counter.house.desk.acknowledge(counter.house.desk.number)).result(10)
    again = open_window()
    again.until(lambda: not again.window.session.status.shift)
    again.window.close()
    assert not again.window.isVisible()


def test_what_was_unsent_and_in_the_basket_is_there_after_the_next_start(counter: Counter) -> None:
    counter.house.cut("no_network")
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    counter.press(Key.Key_Return, Key.Key_B)
    counter.settled(2)
    labels = counter.labels
    counter.window.close()
    counter.press(Key.Key_Return)
    assert not counter.window.isVisible()
    before = counter.house.ask("status")
    counter.house.stop()
    outside = counter.house.desk.outside
    again = TillHouse(outside.ledger.parent, outside.replica)
    try:
        after = again.ask("status")
        assert after["unsent"] == before["unsent"] > 0
        assert after["basket"] == before["basket"]
        assert len(again.bodies("TicketsSold")) == 1
        again.sign_in("anna", None)
        assert {line["label"] for line in again.ask("basket")["basket"]["lines"]} == set(labels)
    finally:
        again.stop()


def test_what_waits_at_the_printers_is_said_too(counter: Counter) -> None:
    counter.house.printers.outcome = ("failed", "paper is out")
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.window.paper.troubled == 2)  # the tickets and the receipt
    counter.window.close()
    assert "2 prints need an answer: it is asked for again after the next start." in said(counter)


def test_a_payment_under_way_is_not_broken_off_and_the_window_closes_after_it(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    terminal = Held(counter, monkeypatch, "pay")
    counter.press(Key.Key_Return)
    assert terminal.held
    for _ in range(3):
        counter.window.close()
        assert counter.window.isVisible()
    counter.press(Key.Key_Return)
    assert "The window closes when it is over" in said(counter)
    terminal.let_go()
    counter.until(lambda: not counter.window.isVisible())
    assert len(counter.house.bodies("TicketsSold")) == 1


def test_the_system_ends_the_program_without_a_question(counter: Counter, qapp: QApplication) -> None:
    qapp.setProperty(ENDING, True)
    try:
        counter.window.close()
    finally:
        qapp.setProperty(ENDING, False)
    assert not counter.window.isVisible()


def test_nothing_of_this_is_a_dialog(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QMessageBox, "exec", lambda *_: pytest.fail("a dialog blocks the window"))
    counter.window.close()
    assert QApplication.activeModalWidget() is None
    assert len([widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]) == 1


# ---- locking and handing on ----------------------------------------------------------------


def test_the_window_locks_after_the_minutes_of_till_toml_or_never(open_window: Callable[..., Counter]) -> None:
    counter = open_window(settings=WindowSettings(lock_after=3))
    counter.sign_in("anna")
    assert counter.window.attendance.idle.isActive()
    assert counter.window.attendance.idle.interval() == 180_000
    counter.window.attendance.watch(0)
    assert not counter.window.attendance.idle.isActive()
    counter.window.attendance.watch(1)
    assert counter.window.attendance.idle.interval() == 60_000


def test_idleness_never_locks_because_of_a_payment(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    terminal = Held(counter, monkeypatch, "pay")
    counter.press(Key.Key_Return)
    counter.window.attendance.idle.timeout.emit()
    terminal.let_go()
    counter.until(lambda: counter.sell.payment.sale is not None)
    counter.qtbot.wait(30)
    assert counter.screen == "sell"  # the customer took his time, the cashier is there


def test_a_lock_by_hand_waits_for_a_payment(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    terminal = Held(counter, monkeypatch, "pay")
    counter.press(Key.Key_Return)
    counter.press(Key.Key_L, modifier=CTRL)
    assert counter.window.session.person is not None
    counter.until(lambda: "locks as soon as this step is over" in counter.toast)
    terminal.let_go()
    counter.until(lambda: counter.screen == "signin")
    assert len(counter.house.bodies("TicketsSold")) == 1


def test_the_sign_in_screen_names_whose_basket_waits_and_what_becomes_of_it(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_L, modifier=CTRL)
    counter.until(lambda: "Anna's basket, 2 tickets" in signin_says(counter))
    assert " left. Whoever signs in goes on with it, and what is sold is theirs. ^P parks it." in signin_says(counter)
    clock = signin_says(counter)
    counter.until(lambda: signin_says(counter) != clock)  # it counts down
    counter.house.ask("sign_in", user="anna", pin=PINS["anna"])
    counter.house.ask("clear")
    counter.window.session.refresh_status()
    counter.until(lambda: "basket" not in signin_says(counter))


def test_another_person_is_at_work_within_two_seconds_and_what_they_sell_is_theirs(counter: Counter) -> None:
    window = counter.window
    counter.press(Key.Key_B)
    counter.settled(2)
    labels = counter.labels
    began = time.monotonic()
    counter.press(Key.Key_L, modifier=CTRL | SHIFT)
    counter.until(lambda: counter.screen == "signin")
    other = window.signin.chosen
    assert other not in ("", "anna")
    counter.type(PINS[other])
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.screen == "sell" and counter.labels == labels)
    assert time.monotonic() - began < 2
    assert "Anna" in counter.selling.side.owner_note()
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    assert counter.house.bodies("TicketsSold")[0]["sale"]["user"] == other
    counter.press(Key.Key_L, modifier=CTRL | SHIFT)  # and back: two who take turns find each other
    counter.until(lambda: counter.screen == "signin")
    assert window.signin.chosen == "anna"


def test_a_lock_waits_for_the_same_person(counter: Counter) -> None:
    counter.press(Key.Key_L, modifier=CTRL)
    counter.until(lambda: counter.screen == "signin")
    assert counter.window.signin.chosen == "anna"


def test_wrong_pins_lock_one_person_out_with_the_time_left_and_nobody_else(counter: Counter) -> None:
    counter.press(Key.Key_L, modifier=CTRL)
    counter.until(lambda: counter.screen == "signin")
    for _ in range(5):
        counter.type("0000")
        counter.press(Key.Key_Return)
        counter.until(lambda: not counter.window.signin.asking)
    assert "Anna can sign in again in" in signin_says(counter)
    assert "locked for" in signin_says(counter)
    before = signin_says(counter)
    counter.until(lambda: signin_says(counter) != before)  # it counts down
    counter.type(PINS["anna"])
    assert counter.window.signin.pin == ""  # nothing is typed into a lock
    counter.window.signin.refresh()  # nor does another look forget it
    counter.until(lambda: counter.window.signin.locked_for("anna") > 0)
    counter.sign_in("bela")
    assert counter.window.session.person is not None
