"""The help: what can be done here, what signs mean, what to do in trouble, then all keys; found by typing."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QLineEdit

from pos.ui.frame.help import HelpOverlay
from pos.ui.frame.helptext import purpose
from pos.ui.keys import KEYS, cap, listed
from pos.ui.screens import _BUILDERS
from tests.window.counter import CTRL, Counter, Key


def words(help_: HelpOverlay) -> list[str]:
    """What is to be read, in the order it stands in."""
    return [label.text() for label in help_.findChildren(QLabel) if label.isVisible()]


def opened(counter: Counter) -> HelpOverlay:
    counter.press(Key.Key_Question)
    assert counter.window.help.isVisible()
    return counter.window.help


def test_it_begins_with_this_screen_and_lists_every_key_and_trouble(counter: Counter) -> None:
    help_ = opened(counter)
    said = words(help_)
    assert purpose("sell") in said
    for caption, text in ((cap("best"), "Best together"), (cap("customer"), "Customer"), ("Enter", "Cash")):
        assert (caption, text) in list(zip(said, said[1:], strict=False)), text
    assert all(text in said for _, rows in listed() for _, text in rows)
    assert "in another window's hand: it is asked for it" in said  # what a seat's ring means
    for case in ("The printer jams in the middle", "Nobody knows whether the card was charged", "The line is down"):
        assert case in said
    assert said.index(purpose("sell")) < said.index("Keys" if "Keys" in said else "Choosing seats")
    counter.press(Key.Key_Escape)
    counter.press(Key.Key_5, modifier=CTRL)
    counter.until(lambda: counter.screen == "drawer")
    said = words(opened(counter))
    assert purpose("drawer") in said
    assert "Best together" not in said
    assert "in another window's hand: it is asked for it" not in said


def test_typing_finds_and_no_key_reaches_what_lies_under_it(counter: Counter) -> None:
    help_ = opened(counter)
    counter.type("jam")
    said = words(help_)
    assert "The printer jams in the middle" in said
    assert "The drawer does not open" not in said
    assert "Paying" not in said
    counter.press(Key.Key_B)
    assert counter.sell.lines == ()
    assert "Nothing in the help has all these words." in words(help_)
    assert isinstance(counter.focus(), QLineEdit)
    counter.press(Key.Key_Escape)
    assert not help_.isVisible()
    counter.press(Key.Key_B)  # the keyboard is the sale's again
    counter.settled(2)


def test_while_the_office_is_away_the_line_is_the_first_trouble(counter: Counter) -> None:
    said = words(opened(counter))
    assert said.index("The line is down") > said.index("A ticket does not come out")
    counter.press(Key.Key_Escape)
    counter.house.cut("no_network")
    counter.until(lambda: not counter.window.session.link.online)
    said = words(opened(counter))
    assert said.index("The line is down") < said.index("A ticket does not come out")
    assert "connection refused" in " ".join(said)


def test_every_screen_says_what_it_is_for() -> None:
    assert {name for name in _BUILDERS if purpose(name) == purpose("")} == set()


def test_it_is_there_before_anybody_has_signed_in(counter: Counter) -> None:
    counter.window.session.lock()
    assert purpose("signin") in words(opened(counter))


def test_every_key_of_the_window_is_in_the_help() -> None:
    shown = " ".join(key for _, rows in listed() for key, _ in rows)
    numbered = {"price", "drop", "digit", "quick", "screen"}
    own = {"primary", "back", "erase", "save", "case"}  # shown on the screens that have them, or said in a row's words
    missing = [
        key.action for key in KEYS if key.action.partition(":")[0] not in numbered | own and key.cap not in shown
    ]
    texts = " ".join(text for _, rows in listed() for _, text in rows)
    assert [action for action in missing if cap(action) not in texts] == []
