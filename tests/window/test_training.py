"""Training at the window: the banner, the way in and out, the line; and the program that is started for it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from pos.app.training.launch import Launcher
from pos.ui.signin.view import SignInScreen
from tests.window.counter import CTRL, SHIFT, Counter, Key
from tests.window.till import TillHouse

Open = Callable[..., Counter]


class ToyCable:
    """A line that is only remembered."""

    def __init__(self) -> None:
        self.whole = True

    def cut(self) -> None:
        self.whole = False

    def mend(self) -> None:
        self.whole = True


def banner(counter: Counter) -> str:
    label = counter.window.findChild(QLabel, "training")
    assert label is not None
    assert label.width() == counter.window.width()
    return label.text()


def screen(counter: Counter) -> SignInScreen:
    found = counter.window.screens["signin"]
    assert isinstance(found, SignInScreen)
    return found


def test_a_real_window_asks_for_training_at_the_sign_in_screen_only_and_stays_as_it_is(open_window: Open) -> None:
    counter = open_window()
    asked: list[bool] = []
    counter.window.practice.asked.connect(lambda: asked.append(True))
    assert counter.window.findChild(QLabel, "training") is None
    counter.press(Key.Key_T, modifier=CTRL)
    counter.qtbot.mouseClick(screen(counter).train, Qt.MouseButton.LeftButton)
    assert asked == [True, True]
    assert screen(counter).line.isHidden()
    counter.sign_in("anna")
    counter.open_shift("100")
    counter.press(Key.Key_T, modifier=CTRL)
    counter.until(lambda: "sign-in screen" in counter.toast)
    counter.press(Key.Key_T, modifier=CTRL | SHIFT)
    counter.until(lambda: "in training only" in counter.toast)
    assert asked == [True, True]
    assert counter.window.isVisible()


def test_the_banner_of_training_is_as_wide_as_the_window_on_every_screen_and_says_how_it_stands(
    open_window: Open, house: TillHouse
) -> None:
    cable = ToyCable()
    house.desk.outside = replace(house.desk.outside, cable=cable)
    counter = open_window(training=True)
    practice = counter.window.practice
    for state, words in (("making", "are being made"), ("starting", "starting"), ("", "nothing sold here is real")):
        practice.told.emit(state, False)
        counter.until(lambda words=words: words in banner(counter))  # type: ignore[misc]
    practice.told.emit("", True)
    counter.until(lambda: "2468" in banner(counter))
    counter.sign_in("anna")
    counter.open_shift("100")
    counter.press(Key.Key_T, modifier=CTRL | SHIFT)
    counter.until(lambda: "the line is cut" in banner(counter))
    assert not cable.whole
    counter.press(Key.Key_T, modifier=CTRL | SHIFT)
    counter.until(lambda: "the line is cut" not in banner(counter))
    assert cable.whole
    counter.window.set_theme("dark")
    assert counter.window.tokens.paper in counter.window.practice_banner.styleSheet()


def test_training_is_left_by_the_key_that_began_it(open_window: Open, house: TillHouse) -> None:
    counter = open_window(training=True)
    asked: list[bool] = []
    counter.window.practice.asked.connect(lambda: asked.append(True))
    counter.sign_in("anna")
    counter.press(Key.Key_T, modifier=CTRL)
    assert asked == [True]


def test_a_scan_of_a_training_ticket_is_said_at_a_real_window(counter: Counter) -> None:
    counter.window.scans.typed("TRAINN0STY9N")
    counter.until(lambda: "from training" in counter.toast)


def test_one_training_is_started_at_a_time_beside_the_till(tmp_path: Path) -> None:
    said, go = tmp_path / "said.txt", tmp_path / "go"
    code = (
        f"import pathlib, sys, time; open({str(said)!r}, 'a').write(' '.join(sys.argv[1:]) + chr(10))\n"
        f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.01)"
    )
    launcher, over = Launcher(tmp_path, (sys.executable, "-c", code)), Event()
    assert launcher.begin(over.set)
    assert not launcher.begin()
    assert not over.is_set()
    go.touch()
    assert over.wait(20)
    launcher.run()  # again, and it is waited for
    over.clear()
    assert launcher.begin(over.set, drill=True)
    assert over.wait(20)
    data = f"--data {tmp_path}"
    lines = [f"{data} --training", f"{data} --training", f"{data} --drill"]
    assert said.read_text(encoding="utf-8").splitlines() == lines
    go.unlink()
    over.clear()
    assert launcher.begin(over.set)
    launcher.end()  # the house is evacuated
    assert over.wait(20)


def test_training_is_left_at_once_with_a_shift_open(open_window: Open) -> None:
    """A real window would ask; nothing of training can be lost."""
    counter = open_window(training=True)
    counter.sign_in("anna")
    counter.open_shift("100")
    assert counter.window.close()
    assert not counter.window.isVisible()
