"""The settings screen over a real till.toml: what anybody may change, what a supervisor may, what is in force when."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from pos.settings import WindowSettings, read_settings
from pos.ui.application import finger_percent
from pos.ui.theme.widgets import RailButton
from tests.pictures.stage import Stage
from tests.window.counter import CTRL, Counter, Key


@pytest.fixture
def counter(qtbot: QtBot) -> Iterator[Counter]:
    stage = Stage()
    with stage.bench() as counter:
        yield counter
    stage.close()


def opened(counter: Counter, user: str) -> None:
    counter.sign_in(user)
    counter.press(Key.Key_Comma, modifier=CTRL)
    counter.until(lambda: counter.screen == "settings" and bool(counter.window.choices.values))


def kept(counter: Counter) -> WindowSettings:
    return read_settings(counter.house.file.parent).window


def settled(counter: Counter) -> None:
    counter.until(lambda: not counter.window.choices.asking)


def words(counter: Counter) -> str:
    return "\n".join(label.text() for label in counter.window.findChildren(QLabel) if label.isVisible())


def test_a_cashier_changes_the_look_at_once_and_it_is_kept(counter: Counter) -> None:
    opened(counter, "anna")
    counter.press(Key.Key_F4)
    counter.until(lambda: counter.window.tokens.name == "contrast")
    assert kept(counter) == WindowSettings(theme="contrast")
    counter.press(Key.Key_F2)
    counter.until(lambda: counter.window.tokens.name == "light")
    assert kept(counter).theme == "light"
    assert "under the desk" in counter.house.file.read_text(), "what a person wrote stays"
    counter.press(Key.Key_Escape)
    assert counter.screen != "settings"


def test_a_finger_gets_there_from_the_top_bar(counter: Counter) -> None:
    (button,) = counter.window.top.findChildren(RailButton)
    assert not button.isVisible()
    counter.sign_in("anna")
    counter.until(button.isVisible)
    button.click()
    assert counter.screen == "settings"
    assert min(button.width(), button.height()) >= 48


def test_the_size_is_kept_for_the_next_start_and_said_so(counter: Counter) -> None:
    opened(counter, "anna")
    assert "next start" not in words(counter)
    counter.press(Key.Key_F6)
    settled(counter)
    counter.press(Key.Key_F6)
    settled(counter)
    assert kept(counter).scale == 125
    assert "next start" in words(counter)
    counter.press(Key.Key_F5)
    settled(counter)
    counter.press(Key.Key_F5)
    settled(counter)
    assert kept(counter).scale is None


def test_sounds_are_switched_off_and_tried_out(counter: Counter) -> None:
    asked: list[str] = []
    counter.window.sounds.asked.connect(asked.append)
    opened(counter, "anna")
    counter.press(Key.Key_F9)
    settled(counter)
    assert not kept(counter).sounds
    assert not counter.window.sounds.enabled
    counter.press(Key.Key_F10)
    counter.until(lambda: asked == ["accepted", "refused", "line_lost", "line_back"])


def test_when_it_locks_is_a_supervisors_to_say(counter: Counter) -> None:
    opened(counter, "anna")
    counter.press(Key.Key_F7)
    counter.qtbot.wait(50)
    assert kept(counter).lock_after == 10
    assert counter.house.counter.refusal("window_put", values={"lock_after": 0}).code == "not_allowed"
    counter.press(Key.Key_L, modifier=CTRL)
    opened(counter, "sam")
    counter.until(lambda: counter.window.choices.may_lock)
    counter.press(Key.Key_F7)
    settled(counter)
    assert kept(counter).lock_after == 5
    assert counter.window.attendance.idle.interval() == 5 * 60_000


def test_what_makes_no_sense_is_refused_and_changes_nothing(counter: Counter) -> None:
    counter.sign_in("sam")
    before = counter.house.file.read_bytes()
    for values in ({"scale": 300}, {"theme": "pink"}, {"sounds": 1}, {"colour": "red"}):
        assert counter.house.counter.refusal("window_put", values=values).code == "bad_request"
    assert counter.house.file.read_bytes() == before


class Screen:
    """What `finger_percent` asks of a QScreen."""

    def __init__(self, pixels: int, mm: int) -> None:
        self._pixels, self._mm = pixels, mm

    def physicalSize(self) -> Screen:
        return self

    def size(self) -> Screen:
        return self

    def width(self) -> float:
        self._asked = getattr(self, "_asked", 0) + 1
        return self._mm if self._asked == 1 else self._pixels

    def devicePixelRatio(self) -> float:
        return 1.0


@pytest.mark.parametrize(("pixels", "mm", "percent"), [(1920, 531, 68), (1366, 293, 88), (3840, 344, 210), (800, 0, 0)])
def test_how_large_a_finger_is_on_a_screen(pixels: int, mm: int, percent: int) -> None:
    assert finger_percent(Screen(pixels, mm)) == percent  # type: ignore[arg-type]
