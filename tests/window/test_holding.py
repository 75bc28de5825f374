"""Holding and reserving in the window: the basket by two keys, what is held on the map, and out of a hold again."""

from __future__ import annotations

from PySide6.QtTest import QTest

from pos.ui.seatmap import states
from pos.ui.sell.aside.holding import (
    HoldFor,
    Holds,
    HoldUntil,
    HoldWhat,
    Orders,
    ReserveFor,
    ReserveUntil,
    ReserveWith,
    WithHold,
)
from tests.window.counter import CTRL, Counter, Key
from tests.window.test_questions import asked, titles
from tests.window.till import PINS


def hold(counter: Counter, what: Key, who: str) -> list[int]:
    """Hold the two best seats for somebody until 30 minutes before the start; where they are."""
    counter.press(Key.Key_B)
    counter.settled(2)
    seats = [line.ix for line in counter.sell.lines]
    counter.press(Key.Key_H, modifier=CTRL)
    asked(counter, HoldWhat)
    counter.press(what)
    asked(counter, HoldFor)
    counter.type(who)
    counter.press(Key.Key_Return)
    asked(counter, HoldUntil)
    counter.press(Key.Key_1)
    return seats


def test_the_basket_is_held_and_the_map_says_for_what_and_for_whom(counter: Counter) -> None:
    seats = hold(counter, Key.Key_3, "School 5b; row with room")
    counter.settled(0)
    assert "Held: 2 places" in counter.toast
    counter.until(lambda: counter.selling.view.map.state_of(seats[0]) == states.HELD)
    counter.until(lambda: counter.sell.hall.holds == dict.fromkeys(seats, "G"))
    counter.until(lambda: "School 5b" in counter.selling.view.pane.pointed.describe(seats[0]))
    said = counter.selling.view.pane.pointed.describe(seats[0])
    assert "held: group" in said
    assert "row with room" in said
    assert "G  group" in counter.selling.view.legend.accessibleName()


def test_what_is_held_is_sold_or_released_in_one_step(counter: Counter) -> None:
    seats = hold(counter, Key.Key_3, "School 5b")
    counter.settled(0)
    counter.press(Key.Key_H, modifier=CTRL)
    asked(counter, Holds)
    counter.until(lambda: titles(counter) == ["G  School 5b"])
    counter.press(Key.Key_1)
    asked(counter, WithHold)
    counter.press(Key.Key_1)
    counter.settled(2)
    assert sorted(line.ix for line in counter.sell.lines) == sorted(seats)
    counter.press(Key.Key_Delete, modifier=CTRL)
    counter.settled(0)
    counter.press(Key.Key_H, modifier=CTRL)
    asked(counter, Holds)
    counter.until(lambda: len(titles(counter)) == 1)
    counter.press(Key.Key_Return)
    asked(counter, WithHold)
    counter.press(Key.Key_2)
    counter.until(lambda: "For sale again: 2" in counter.toast)
    counter.until(lambda: counter.selling.view.map.state_of(seats[0]) in (states.FREE, states.HERE))


def test_a_hold_that_is_not_a_cashiers_asks_for_a_supervisor_in_its_place(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_H, modifier=CTRL)
    asked(counter, HoldWhat)
    counter.press(Key.Key_2)
    asked(counter, HoldFor)
    counter.press(Key.Key_Return)
    asked(counter, HoldUntil)
    counter.press(Key.Key_4)
    box = counter.selling.asking.approval
    counter.until(lambda: box.isVisible() and box.who.count() > 0)
    assert len(counter.sell.lines) == 2
    counter.until(box.pin.hasFocus)
    QTest.keyClicks(box.pin, PINS[box.who.currentData()])
    counter.press(Key.Key_Return)
    counter.settled(0)
    assert "Held: 2 places" in counter.toast
    counter.press(Key.Key_H, modifier=CTRL)
    asked(counter, Holds)
    counter.until(lambda: "P  press" in titles(counter))
    question = counter.selling.questions.now
    assert question is not None
    assert [row.below for row in question.answers if row.title == "P  press"] == [""], "the fourth answer was meant"


def test_the_basket_is_reserved_with_a_deposit_and_paid_later(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    total = counter.sell.payment.total
    counter.press(Key.Key_G, modifier=CTRL)
    asked(counter, ReserveFor)
    counter.type("Olha Koval; 0664 1234")
    counter.press(Key.Key_Return)
    asked(counter, ReserveUntil)
    counter.press(Key.Key_2)
    asked(counter, ReserveWith)
    counter.type("many")
    counter.press(Key.Key_Return)
    counter.until(lambda: "no amount" in (counter.selling.questions.now.hint if counter.selling.questions.now else ""))
    counter.selling.asking.field.clear()
    counter.type("20")
    counter.press(Key.Key_Return)
    counter.settled(0)
    assert "Reserved for Olha Koval" in counter.toast
    counter.press(Key.Key_G, modifier=CTRL)
    asked(counter, Orders)
    counter.until(lambda: titles(counter) == ["Olha Koval"])
    counter.press(Key.Key_1)
    counter.settled(2)
    assert counter.sell.basket is not None
    assert counter.sell.basket.deposit is not None
    assert counter.sell.payment.total == total - counter.sell.basket.deposit
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
