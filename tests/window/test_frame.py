"""The frame: what never moves, what every key means, which shows are in sight, light and dark."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter as Tally
from collections.abc import Callable

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from pos.ui.keys import KEYS, cap
from tests.window.counter import CTRL, Counter, Key


def test_no_two_actions_share_a_key() -> None:
    taken = Tally(QKeySequence(sequence).toString() for key in KEYS for sequence in key.sequences)
    assert [sequence for sequence, count in taken.items() if count > 1] == []


def test_every_sequence_is_one_that_qt_knows() -> None:
    assert all(QKeySequence(sequence).toString() for key in KEYS for sequence in key.sequences)


def test_the_frame_stays_where_it_is_from_screen_to_screen(counter: Counter) -> None:
    window = counter.window
    parts = [window.top, window.banner, window.tabs, window.rail, window.works, window.panels, window.foot]
    before = [part.geometry() for part in parts]
    for name in ("shows", "drawer", "count", "sell"):
        window.go(name)
        counter.qtbot.wait(30)
        assert [part.geometry() for part in parts] == before, name


def test_screens_are_reached_by_their_keys_and_escape_leads_back(counter: Counter) -> None:
    counter.press(Key.Key_5, modifier=CTRL)
    assert counter.screen == "drawer"
    counter.press(Key.Key_Escape)
    assert counter.screen == "sell"
    counter.press(Key.Key_O, modifier=CTRL)
    assert counter.screen == "shows"
    counter.press(Key.Key_Escape)
    assert counter.screen == "sell"
    counter.press(Key.Key_1, modifier=CTRL)
    assert counter.screen == "sell"


def test_a_show_is_found_by_typing_and_chosen_with_enter(counter: Counter) -> None:
    counter.press(Key.Key_O, modifier=CTRL)
    counter.type("hedda")
    assert counter.screen == "shows"
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.screen == "sell")
    assert counter.window.session.show_id.startswith("hedda")


def test_control_tab_goes_to_the_next_show_of_the_tabs(counter: Counter) -> None:
    ids = [show for show, tab in counter.window.tabs._tabs if tab.isVisible()]
    at = ids.index(counter.window.session.show_id)
    counter.press(Key.Key_Tab, modifier=CTRL)
    assert counter.window.session.show_id == ids[(at + 1) % len(ids)]


def test_a_show_that_is_not_today_is_said_so(counter: Counter) -> None:
    session = counter.window.session
    assert session.show is not None
    # Late in the evening the next show is tomorrow's.
    today = session.formats.is_today(session.show.starts, session.now)
    assert ("Not today" in counter.window.banner.accessibleName()) is not today
    later = next(
        card.id
        for card in counter.window.session.shows
        if card.sells and not counter.window.session.formats.is_today(card.starts, counter.window.session.now)
    )
    counter.window.choose_show(later)
    assert "Not today" in counter.window.banner.accessibleName()


def test_the_line_says_until_when_a_show_that_has_begun_sells(counter: Counter) -> None:
    assert "Sales close" not in counter.window.banner.accessibleName()
    counter.choose("godot")
    assert "Sales close at" in counter.window.banner.accessibleName()


def test_light_and_dark_change_at_once(counter: Counter) -> None:
    ground = counter.window.grab().toImage().pixelColor(5, 5).lightness()
    counter.press(Key.Key_D, modifier=CTRL)
    counter.qtbot.wait(30)
    assert counter.window.tokens.dark
    assert counter.window.grab().toImage().pixelColor(5, 5).lightness() < ground


def test_primary_buttons_show_enter(counter: Counter) -> None:
    for name in ("sell", "shows", "drawer", "count"):
        counter.window.go(name)
        screen = counter.window.screens[name]
        for button in screen.panel.findChildren(QPushButton):
            if button.property("role") == "primary":
                assert cap("primary") in [label.text() for label in button.findChildren(QLabel)], name


def test_what_can_be_pressed_is_large_enough(counter: Counter) -> None:
    small = []
    for name in ("sell", "drawer", "count", "shows"):
        counter.window.go(name)
        counter.qtbot.wait(20)
        screen = counter.window.screens[name]
        for button in (*screen.work.findChildren(QPushButton), *screen.panel.findChildren(QPushButton)):
            if button.isVisible() and button.property("role") != "link" and min(button.width(), button.height()) < 48:
                small.append((name, button.accessibleName() or button.text(), button.width(), button.height()))
    assert small == []


def test_training_is_said_across_the_whole_window(open_window: Callable[..., Counter]) -> None:
    counter = open_window(training=True)
    label = counter.window.findChild(QLabel, "training")
    assert label is not None
    assert label.width() == counter.window.width()
    assert "TRAINING" in label.text()


def test_the_first_paint_needs_neither_numpy_nor_the_till(tmp_path: object) -> None:
    """What the sign-in screen imports; the rest comes when someone has signed in."""
    code = (
        "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from concurrent.futures import Future; from pos.ui.window import CounterWindow;"
        "till = type('T', (), {'subscribe': lambda s, f: None, 'call': lambda s, v, **k: Future()})();"
        "w = CounterWindow(till, theme='light'); w.show(); app.processEvents(); w.grab();"
        "heavy = {'numpy', 'sqlalchemy', 'babel', 'pos.ui.seatmap.widget', 'pos.till.front', 'pos.ui.tones'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_what_is_painted_is_muted_by_the_token_and_not_by_qt(counter: Counter, theme: str) -> None:
    """Qt makes its own muted colour, half the ink, where a stylesheet gives a widget an ink and no muted one."""
    window = counter.window
    window.set_theme(theme)
    for name in ("sell", "drawer", "found", "orders", "customers", "shows"):
        window.go(name)
        for widget in window.findChildren(QWidget):
            if widget.isVisible() and not isinstance(widget, QLabel):  # which has none to paint
                muted = widget.palette().placeholderText().color()
                assert muted.alpha() == 255, (name, type(widget).__name__, widget.accessibleName())


def test_at_the_usual_size_every_panel_is_seen_from_its_top(counter: Counter) -> None:
    for screen in ("sell", "drawer", "found", "count", "reports", "devices"):
        counter.window.go(screen)
        counter.qtbot.wait(20)
        panel = counter.window.screens[screen].panel
        room = panel.parentWidget()
        assert (panel.y(), panel.height()) == (0, room.height()), screen
