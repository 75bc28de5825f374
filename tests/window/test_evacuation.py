"""One key locks the window over whatever is on it, and only a PIN unlocks it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLabel

from pos.domain.contingency import evacuation as laws
from pos.ui.contingency.evacuation import EvacuationCover
from tests.window.counter import CTRL, SHIFT, Counter, Key
from tests.window.till import PINS, TillHouse


def press_evacuate(counter: Counter) -> EvacuationCover:
    counter.press(Key.Key_E, modifier=CTRL | SHIFT)
    cover = counter.window.evacuation
    assert cover.isVisible(), "it is there before the till has answered"
    return cover


def words(cover: EvacuationCover) -> str:
    return "\n".join(label.text() for label in cover.findChildren(QLabel) if label.isVisible())


def unlock(counter: Counter, user: str, key: Key = Key.Key_Return) -> None:
    cover = counter.window.evacuation
    counter.until(lambda: cover.who.count() > 0)
    people = [cover.who.itemData(at)[0] for at in range(cover.who.count())]
    cover.who.setCurrentIndex(people.index(user))
    counter.type(PINS[user])
    counter.press(key)


def test_it_locks_over_a_basket_which_stays(counter: Counter) -> None:
    counter.type("2")
    counter.press(Key.Key_B)
    counter.settled(2)
    cover = press_evacuate(counter)
    counter.until(lambda: "Called by Anna" in words(cover))
    counter.until(lambda: "Stop selling" in words(cover))
    assert words(cover).startswith("EVACUATION\nLeave the building")
    counter.until(lambda: counter.window.session.person is None and counter.screen == "signin")
    for key in (Key.Key_Escape, Key.Key_Return, Key.Key_F1):
        counter.press(key)  # none of these takes it away, and none reaches what lies under it
    counter.window.act("help")
    counter.window.act("line_page")
    assert not counter.window.close()
    assert counter.window.cover is cover
    supervisor = next(one.user for one in counter.window.signin.users if one.role == "supervisor")
    unlock(counter, supervisor)
    counter.until(lambda: not cover.isVisible())
    assert counter.house.bodies("EvacuationEnded")[0]["record"]["here"] is False
    counter.sign_in("anna")
    counter.settled(2)


def test_a_wrong_pin_is_said_and_a_cashier_unlocks_this_window_alone(counter: Counter) -> None:
    cover = press_evacuate(counter)
    counter.until(lambda: cover.who.count() > 0 and counter.window.session.person is None)
    counter.type("00")
    counter.press(Key.Key_Return)
    counter.until(lambda: "That PIN is not right." in words(cover))
    assert cover.pin.text() == ""
    unlock(counter, "anna")
    counter.until(lambda: not cover.isVisible())
    assert counter.house.bodies("EvacuationEnded")[0]["record"]["here"] is True
    press_evacuate(counter)  # and it locks again
    counter.until(lambda: len(counter.house.bodies("EvacuationCalled")) == 2)


def test_it_may_be_called_from_the_sign_in_screen(open_window: Callable[..., Counter]) -> None:
    counter = open_window()
    cover = press_evacuate(counter)
    counter.until(lambda: "Called at " in words(cover))


def test_it_is_there_after_a_restart_and_in_another_language(
    house: TillHouse, open_window: Callable[..., Counter]
) -> None:
    house.ask("evacuate")
    counter = open_window()
    house.desk.alarm.calls = ()  # as a program that has just begun has it
    house.front.resume()
    window = counter.window
    counter.until(lambda: "evacuation" in vars(window) and window.evacuation.isVisible())
    before = window.evacuation
    window.set_language("hu")
    assert window.evacuation is not before
    assert window.evacuation.isVisible()


def test_another_window_calls_it(counter: Counter, house: TillHouse) -> None:
    call = laws.called("W2-E1", "W2", "anna", "2027-03-01T18:00:00+01:00")
    over = laws.ended("W2-E2", "W2", "anna", "2027-03-01T18:01:00+01:00", ["W2-E1"], here=False)
    house.document("evacuation", call)
    counter.until(lambda: "evacuation" in vars(counter.window) and counter.window.evacuation.isVisible())
    house.document("evacuation", over)
    counter.until(lambda: not counter.window.evacuation.isVisible())
