"""Signing in, locking, shifts: what a person does around the selling."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit

from tests.window.counter import CTRL, Counter, Key
from tests.window.till import PINS


@pytest.fixture
def closed(open_window: Callable[..., Counter]) -> Counter:
    """The window as it stands after a start."""
    return open_window()


def test_a_wrong_pin_is_said_and_forgotten_and_the_fifth_locks(closed: Counter) -> None:
    closed.window.signin.choose("bela")
    closed.type("0000")
    closed.press(Key.Key_Return)
    closed.until(lambda: "not right" in closed.window.signin.problem)
    assert closed.window.signin.pin == ""
    assert closed.screen == "signin"
    for _ in range(4):
        closed.type("0000")
        closed.press(Key.Key_Return)
        closed.until(lambda: not closed.window.signin.asking)
    assert "can sign in again in" in closed.window.signin.said
    closed.type(PINS["bela"])
    closed.press(Key.Key_Return)
    closed.until(lambda: not closed.window.signin.asking)
    assert closed.screen == "signin"


def test_the_pin_is_never_on_screen(closed: Counter) -> None:
    closed.type("2468")
    screen = closed.window.screens["signin"]
    assert not any("2468" in label.text() for label in screen.panel.findChildren(QLabel))


def test_people_are_chosen_by_their_key(closed: Counter) -> None:
    second = closed.window.signin.users[1].user
    closed.press(Key.Key_F2)
    assert closed.window.signin.chosen == second


def test_a_shift_opens_with_its_float(closed: Counter) -> None:
    closed.sign_in("anna")
    closed.open_shift("150.50")
    assert closed.house.ask("shift")["float"] == "150.50"


def test_an_empty_float_is_asked_about_once(closed: Counter) -> None:
    closed.sign_in("anna")
    closed.until(lambda: closed.screen == "open")
    closed.press(Key.Key_Return)
    assert closed.window.opening.problem
    closed.press(Key.Key_Return)
    closed.until(lambda: closed.screen == "sell")
    assert closed.house.ask("shift")["float"] == "0.00"


def test_locking_keeps_the_basket_and_signing_in_takes_it_up(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    labels = counter.labels
    counter.press(Key.Key_L, modifier=CTRL)
    counter.until(lambda: counter.screen == "signin")
    counter.house.settle()
    assert counter.house.ask("status")["user"] is None
    counter.press(Key.Key_B, Key.Key_Return)
    assert counter.window.session.person is None
    counter.sign_in("bela")
    counter.until(lambda: counter.screen == "sell" and counter.labels == labels)
    assert "Anna" in counter.selling.side.owner_note()


def test_a_shift_is_counted_blind_and_its_report_names_the_difference(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    sale = counter.sell.payment.sale
    assert sale is not None
    counter.press(Key.Key_Return)
    counter.press(Key.Key_5, modifier=CTRL)
    counter.until(lambda: counter.window.drawer.state is not None)
    counter.press(Key.Key_F4)
    assert counter.screen == "count"
    counter.until(lambda: isinstance(counter.focus(), QLineEdit))
    counter.type("3")  # three of the largest note, 600.00
    closing = counter.window.closing
    assert str(closing.counted) == "600.00"
    assert closing.report is None
    counter.press(Key.Key_Return)
    assert "600.00" in closing.problem
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.screen == "report")
    assert closing.report is not None
    assert closing.report.expected.minor == 15_000 + sale.total.minor
    assert closing.report.difference.minor == 60_000 - closing.report.expected.minor
    counter.until(lambda: counter.house.printers.paper[-1][1]["kind"] == "z_report")
    said = [label.text() for label in counter.window.screens["report"].work.findChildren(QLabel)]
    for text in ("Float", "€150.00", "Sold for cash", counter.window.session.formats.money(sale.total), "Counted"):
        assert text in said
    counter.press(Key.Key_Return)
    assert counter.screen == "open"


def test_after_the_close_no_shift_is_left_to_sell_in(counter: Counter) -> None:
    counter.window.go("count")
    counter.press(Key.Key_Return, Key.Key_Return)
    counter.until(lambda: counter.screen == "report")
    person = counter.window.session.person
    assert person is not None
    assert person.shift is None
    assert not any("shift since" in label.text() for label in counter.window.top.findChildren(QLabel))
    counter.press(Key.Key_Return)
    counter.press(Key.Key_1, modifier=CTRL)
    assert counter.screen == "open"


def test_one_total_may_be_counted_instead_of_pieces(counter: Counter) -> None:
    counter.window.go("count")
    counter.window.closing.count_by_total(True)
    counter.window.current.work.setFocus()  # type: ignore[union-attr]
    counter.type("150")
    counter.press(Key.Key_Return, Key.Key_Return)
    counter.until(lambda: counter.screen == "report")
    report = counter.window.closing.report
    assert report is not None
    assert report.difference.minor == 0


def test_an_empty_drawer_is_a_count_too(counter: Counter) -> None:
    counter.window.go("count")
    counter.press(Key.Key_Return, Key.Key_Return)
    counter.until(lambda: counter.screen == "report")
    report = counter.window.closing.report
    assert report is not None
    assert report.counted.minor == 0
    assert report.difference.minor == -15_000
    counter.press(Key.Key_Return)
    assert counter.house.ask("status")["shift"] is None


def test_a_shift_does_not_close_over_an_unpaid_basket(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.window.go("count")
    counter.window.closing.close()
    counter.window.closing.close()
    counter.until(lambda: "unpaid basket" in counter.window.closing.problem)
    assert counter.house.ask("status")["shift"] is not None


def test_cash_out_is_confirmed_and_booked_with_its_reason(counter: Counter) -> None:
    counter.press(Key.Key_5, modifier=CTRL)
    counter.until(lambda: counter.window.drawer.state is not None)
    counter.press(Key.Key_F3)
    counter.type("40")
    counter.press(Key.Key_Return)
    assert "Reason" in counter.window.drawer.problem
    counter.press(Key.Key_Slash)
    counter.type("to the safe")
    counter.press(Key.Key_Return)
    assert "leave the drawer" in counter.window.drawer.problem
    assert len(counter.house.ask("shift")["moves"]) == 1
    counter.press(Key.Key_Return)
    counter.until(lambda: len(counter.house.ask("shift")["moves"]) == 2)
    move = counter.house.ask("shift")["moves"][-1]
    assert (move["kind"], move["reason"]) == ("drop", "to the safe")


def test_an_idle_window_locks_itself_and_any_act_puts_it_off(counter: Counter) -> None:
    idle = counter.window.attendance.idle
    idle.setInterval(300)
    for _ in range(4):
        counter.qtbot.wait(150)
        counter.press(Key.Key_Plus)
    assert counter.screen == "sell"
    counter.until(lambda: counter.screen == "signin")


def test_who_may_not_sell_is_told_so_and_sees_no_basket_error(closed: Counter) -> None:
    closed.sign_in("adam")
    closed.until(lambda: closed.screen == "open")
    closed.press(Key.Key_5, Key.Key_Return)
    closed.qtbot.wait(50)
    assert closed.toast == ""
    assert closed.house.ask("status")["shift"] is None
