"""A small window, as a large scale makes it: 1920 × 1080 at 200 % has 960 × 540 px of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from pos.ui.application import fitting_scale, scaled
from pos.ui.frame.face import LEAST
from pos.ui.sell.basketview import ROW_PX
from pos.ui.theme.widgets import KeyButton, MoneyLabel, RailButton
from pos.ui.window import CounterWindow
from tests.pictures import rulers
from tests.window.counter import CTRL, Counter, Key


@pytest.fixture
def small(counter: Counter) -> Counter:
    counter.window.resize(*LEAST)
    counter.qtbot.wait(50)
    return counter


def seen(widget: QWidget, window: CounterWindow) -> bool:
    """Whether all of it is on screen."""
    return widget.isVisible() and widget.visibleRegion().boundingRect().size() == widget.size()


def test_what_the_sum_is_and_the_main_action_are_seen_in_a_small_window(small: Counter) -> None:
    small.press(Key.Key_B)
    small.settled(2)
    small.qtbot.wait(50)
    for screen in ("sell", "drawer", "found", "count", "reports", "devices"):
        small.window.go(screen)
        small.qtbot.wait(50)
        panel = small.window.screens[screen].panel
        (main,) = [
            each for each in panel.findChildren(KeyButton) if each.property("role") == "primary" and each.isVisible()
        ]
        assert seen(main, small.window), screen
        assert main.mapTo(small.window, QPoint(0, main.height())).y() <= LEAST[1], screen
    small.window.go("sell")
    small.qtbot.wait(50)
    assert small.selling.side.basket.height() >= ROW_PX, "the marked ticket is not seen"
    totals = [each for each in small.selling.side.findChildren(MoneyLabel) if each.of_display_size and each.isVisible()]
    assert len(totals) == 1
    assert seen(totals[0], small.window)


def test_the_whole_hall_is_seen_in_a_small_window(small: Counter) -> None:
    map_ = small.selling.view.map
    assert seen(map_, small.window)
    assert map_.width() > 400
    assert map_.height() > 150


def test_all_of_a_small_frame_is_large_enough_for_a_finger_and_within_the_window(small: Counter) -> None:
    rail = [each for each in small.window.rail.findChildren(RailButton) if each.isVisible()]
    assert {(each.width(), each.height()) for each in rail} == {(48, 48)}
    assert len({(each.x(), each.y()) for each in rail}) == len(rail)
    assert all(seen(each, small.window) for each in rail)
    small.press(Key.Key_5, modifier=CTRL)
    assert small.screen == "drawer"
    assert rulers.small(small.window) == []


def test_a_window_that_gets_larger_again_stands_as_it_was_drawn(counter: Counter) -> None:
    window = counter.window
    parts = [window.top, window.banner, window.tabs, window.rail, window.works, window.panels, window.foot]
    before = [part.geometry() for part in parts]
    window.resize(*LEAST)
    counter.qtbot.wait(50)
    assert [part.geometry() for part in parts] != before
    window.resize(1366, 768)
    counter.qtbot.wait(50)
    assert [part.geometry() for part in parts] == before


@pytest.mark.parametrize(
    ("screen", "asked", "fits"),
    [
        ((1920, 1080), 200, 200),
        ((3840, 2160), 200, 200),
        ((1366, 768), 200, 142),
        ((1366, 768), 125, 125),
        ((800, 600), 150, 100),
    ],
)
def test_a_scale_that_leaves_no_room_is_limited(screen: tuple[int, int], asked: int, fits: int) -> None:
    assert fitting_scale(*screen, asked, LEAST) == fits


def test_a_program_that_would_not_fit_begins_again_with_what_fits(tmp_path: Path) -> None:
    """The screen of the offscreen platform has 800 × 800 px."""
    program = tmp_path / "program.py"
    program.write_text(
        "from pos.ui.application import application, begin_again_smaller, limited_to\n"
        "app = application(200)\n"
        "begin_again_smaller((640, 540))\n"
        "print(app.primaryScreen().devicePixelRatio(), limited_to())\n"
    )
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, timeout=60, env=environment, check=False
    )
    assert done.stdout.split() == ["1.25", "125"], done.stderr


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_the_scale_is_what_qt_draws_with_whatever_the_system_says(scale: int) -> None:
    code = "from PySide6.QtGui import QGuiApplication as G; a = G([]); print(a.primaryScreen().devicePixelRatio())"
    environment = os.environ | scaled(scale) | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=environment)
    assert float(done.stdout) == scale / 100, done.stderr
