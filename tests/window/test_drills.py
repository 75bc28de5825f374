"""Drills at the window: ordered, noted and learned from at the real one, and lived through in their own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLabel

from pos.domain.drills.script import Task
from pos.ui.drills.runningview import RunningScreen
from pos.ui.drills.strip import DrillStrip
from pos.ui.drills.view import DrillsScreen
from tests.window.counter import CTRL, SHIFT, Counter, Key
from tests.window.drilling import WHOLE, Held, with_drills
from tests.window.till import PINS, TillHouse

Open = Callable[..., Counter]


def drills_screen(counter: Counter) -> DrillsScreen:
    counter.press(Key.Key_F4, modifier=CTRL)
    counter.until(lambda: counter.screen == "drills" and bool(counter.window.drills.rows))
    screen = counter.window.screens["drills"]
    assert isinstance(screen, DrillsScreen)
    return screen


def listed(counter: Counter) -> list[tuple[str, str]]:
    return [(row.title, row.below) for row in counter.window.drills.rows]


def test_a_drill_is_ordered_held_noted_and_learned_from_by_the_keyboard(open_window: Open, house: TillHouse) -> None:
    there, counter = with_drills(house), open_window()
    window = counter.window
    ordered: list[bool] = []
    window.practice.ordered.connect(lambda: ordered.append(True))
    counter.sign_in("sofia")
    screen = drills_screen(counter)
    assert ("Anna", "Due now") in listed(counter)
    while window.drills.marked != "anna":
        counter.press(Key.Key_Down)
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(ordered))
    counter.until(lambda: counter.screen == "signin")  # nobody works here meanwhile
    assert there.ordered is not None
    assert (there.ordered.person, there.ordered.supervisor) == ("anna", "sofia")

    there.log = WHOLE
    window.practice.over.emit()
    counter.until(lambda: "15 of 30 points" in counter.toast)
    counter.sign_in("sofia")
    drills_screen(counter)
    counter.press(Key.Key_F2)
    (row,) = window.drills.rows
    assert (row.title, row.right, row.below) == ("Anna", "15 of 30", "Held to its end")
    texts = [label.text().removeprefix("▲ ") for label in screen.panel.findChildren(QLabel)]
    assert "Settled the lost card payment" in texts
    assert "wrong: a card was booked as declined that had been charged" in texts

    counter.press(Key.Key_F5)
    counter.type("Show the terminal's own list")
    screen.owner.setCurrentIndex(screen.owner.findData("anna"))
    screen.owner.activated.emit(screen.owner.currentIndex())
    counter.press(Key.Key_Return)
    counter.until(lambda: screen.problem.isVisible())
    assert "by which day" in screen.problem.text()
    screen.fields["due"].setFocus()
    counter.type("2099-03-01")
    counter.press(Key.Key_Return)
    counter.until(lambda: window.drills.section == "actions" and bool(window.drills.rows))
    (action,) = window.drills.rows
    assert (action.title, action.right, action.below) == (
        "Show the terminal's own list",
        "Open",
        "From drill W1-D00001",
    )

    screen.work.setFocus()
    counter.press(Key.Key_Return)  # it is done …
    counter.until(lambda: window.drills.editing == "done")
    counter.type("shown on Monday")
    counter.press(Key.Key_Return)  # … with a note
    counter.until(lambda: bool(window.drills.rows) and window.drills.rows[0].right == "Done")
    assert window.drills.rows[0].doc["note"] == "shown on Monday"


def test_a_cashier_has_a_drill_approved_in_place_and_sees_no_other_persons(open_window: Open, house: TillHouse) -> None:
    there, counter = with_drills(house), open_window()
    counter.sign_in("anna")
    screen = drills_screen(counter)
    assert [row.id for row in counter.window.drills.rows] == ["anna"]
    counter.press(Key.Key_Return)
    counter.until(lambda: screen.approval.isVisible() and screen.approval.who.count() > 0)
    assert there.ordered is None
    screen.approval.who.setCurrentIndex(screen.approval.who.findData("sofia"))
    screen.approval.pin.setFocus()
    counter.type(PINS["sofia"])
    counter.press(Key.Key_Return)
    counter.until(lambda: there.ordered is not None)
    assert there.ordered is not None
    assert there.ordered.supervisor == "sofia"


def test_a_supervisor_is_told_at_the_first_sign_in_of_the_day_who_is_due(open_window: Open, house: TillHouse) -> None:
    counter = open_window()
    counter.sign_in("sofia")
    counter.until(lambda: "due for a drill (^F4)" in counter.toast)
    counter.window.toast.hide()
    counter.press(Key.Key_L, modifier=CTRL)
    counter.until(lambda: counter.screen == "signin")
    counter.sign_in("sofia")
    counter.house.settle()
    counter.qtbot.wait(50)
    assert "drill" not in counter.toast


def test_in_a_drill_it_is_always_seen_who_waits_and_what_for(open_window: Open, house: TillHouse) -> None:
    held, counter = Held(house), open_window(training=True, drill=True)
    window = counter.window
    strip = window.findChild(DrillStrip)
    assert isinstance(strip, DrillStrip)

    def says() -> str:
        return " | ".join(label.text() for label in strip.findChildren(QLabel) if label.isVisible())

    assert not strip.isVisible()  # people and languages have the room
    counter.until(lambda: "sign in and open a shift" in window.practice_banner.text())
    counter.press(Key.Key_F4, modifier=CTRL)  # before anybody has signed in, too
    counter.until(lambda: counter.screen == "drills")
    screen = window.screens["drills"]
    assert isinstance(screen, RunningScreen)
    counter.until(lambda: "begins when Anna has signed in" in screen.text.text())
    counter.press(Key.Key_Escape)
    counter.until(lambda: counter.screen == "signin")
    counter.sign_in("anna")
    counter.open_shift("100")
    counter.until(lambda: "Nobody is waiting" in says())
    house.ask("sync")
    counter.choose("tosca")
    held.until(Task.SELL)
    counter.until(lambda: "in cash" in says())
    (customer,) = window.running.customers
    assert f"1. {customer.wish}" in says()
    assert window.running.left.startswith("9:")
    counter.press(Key.Key_T, modifier=CTRL | SHIFT)
    counter.until(lambda: "comes by itself" in counter.toast)
    assert held.faults.done == []

    counter.press(Key.Key_F4, modifier=CTRL)
    counter.until(lambda: counter.screen == "drills")
    counter.press(Key.Key_F5)
    counter.until(lambda: held.faults.done == ["clear"])
    counter.press(Key.Key_Return)
    counter.until(lambda: not window.running.customers)
    held.wait(600)
    counter.until(lambda: "The drill is over" in says())

    def texts() -> list[str]:
        return [label.text().removeprefix("▲ ") for label in screen.marks.findChildren(QLabel) if label.isVisible()]

    counter.until(lambda: "wrong: a customer who could have been served was turned away" in texts())
    assert "Opened the contingency sheet" in texts()
