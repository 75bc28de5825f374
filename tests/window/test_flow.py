"""The flow of a sale: how few actions it takes, by keyboard, finger and mouse; nothing that only informs stands in the
way; every screen is one keystroke away; what was picked survives a till that is killed."""

from __future__ import annotations

import ast
import re
import shutil
from collections import Counter as Tally
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget

import pos
from pos.domain.money import Money
from pos.ui.frame.rail import screens
from pos.ui.keys import KEYS, cap
from pos.ui.sell.cash import due_in_cash, quick_amounts
from pos.ui.theme.widgets import KeyButton
from pos.ui.window import CounterWindow
from tests.window.counter import ALT, CTRL, SHIFT, Counter, Key
from tests.window.till import OTHER, RefusedClaim, TillHouse
from tests.words import catalogues

MODALS = ("QMessageBox", "QInputDialog", "QErrorMessage", "QProgressDialog")


class Hands:
    """One cashier: whatever she presses is counted."""

    def __init__(self, counter: Counter) -> None:
        self.counter, self.actions = counter, 0

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.actions += 1
        QTest.keyClick(self.counter.focus(), key, modifier)

    def tap(self, widget: QWidget, at: QPoint | None = None) -> None:
        """A finger or the mouse, in the middle of what is pressed."""
        assert widget.isVisible()
        assert widget.isEnabled()
        self.actions += 1
        where = at if at is not None else widget.rect().center()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=where)


@pytest.fixture
def hands(counter: Counter) -> Hands:
    return Hands(counter)


def sold(counter: Counter, tickets: int) -> None:
    counter.until(lambda: counter.sell.payment.sale is not None)
    sale = counter.sell.payment.sale
    assert sale is not None
    assert len(sale.tickets) == tickets
    (found,) = counter.house.ask("find", sale=sale.id)["sales"]
    assert "name" not in found
    assert "buyer" not in found


# ---- how few actions -----------------------------------------------------------------------


def test_two_seats_for_cash_by_keyboard_in_at_most_five_actions_and_nobody_is_asked_for_a_name(hands: Hands) -> None:
    counter = hands.counter
    hands.press(Key.Key_B)
    counter.settled(2)
    hands.press(Key.Key_Return)
    sold(counter, 2)
    hands.press(Key.Key_Return)
    assert counter.sell.payment.sale is None
    assert hands.actions <= 5


def test_one_ticket_for_cash_in_at_most_four_actions(hands: Hands) -> None:
    counter = hands.counter
    hands.press(Key.Key_1)
    hands.press(Key.Key_B)
    counter.settled(1)
    hands.press(Key.Key_Return)
    sold(counter, 1)
    hands.press(Key.Key_Return)
    assert hands.actions <= 4


def test_two_chosen_seats_by_mouse_with_a_banknote_in_at_most_five_actions(hands: Hands) -> None:
    counter = hands.counter
    map_ = counter.selling.view.map
    seats = counter.at_hand()[:2]
    map_.zoom_to(seats)
    for n, ix in enumerate(seats, 1):
        hands.tap(map_, map_.position_of(ix).toPoint())
        counter.settled(n)
    hands.tap(counter.selling.side.pay._quick[0])
    sold(counter, 2)
    assert counter.sell.payment.sale is not None
    assert counter.sell.payment.sale.change.minor > 0
    hands.tap(counter.selling.side.change._next)
    assert hands.actions <= 5


def test_a_whole_sale_goes_by_fingers_alone(hands: Hands) -> None:
    """Count, category, best, price type, terms, the note given, the receipt, the next customer."""
    counter = hands.counter
    view, side = counter.selling.view, counter.selling.side
    hands.tap(view.stepper._more)
    assert counter.sell.count == 3
    circle = [item.name for item in view.categories.items].index("Circle")
    hands.tap(view.categories, view.categories._boxes()[circle].center().toPoint())
    assert counter.sell.chosen_category == "Circle"
    hands.tap(view.best)
    counter.settled(3)
    kinds = [kind.id for kind in counter.sell.types]
    hands.tap(side.prices._buttons[kinds.index("child")])
    counter.until(lambda: counter.sell.lines[-1].price_type == "child")
    hands.tap(side.pay._told)
    assert counter.sell.payment.told
    hands.tap(side.pay._quick[1])
    sold(counter, 3)
    hands.tap(side.change._receipt)
    hands.tap(side.change._next)
    counter.until(lambda: len(counter.house.printers.paper) == 3)
    assert counter.sell.payment.sale is None


# ---- nothing in the way --------------------------------------------------------------------


class _Dialogs(QObject):
    """Hears of every dialogue that opens."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QDialog):
            self.opened.append(type(watched).__name__)
        return False


@pytest.fixture
def dialogs(qapp: QApplication) -> Iterator[_Dialogs]:
    heard = _Dialogs()
    qapp.installEventFilter(heard)
    yield heard
    qapp.removeEventFilter(heard)


def test_no_dialogue_opens_in_a_sale_a_refusal_a_void_and_a_refund(counter: Counter, dialogs: _Dialogs) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.type("1")
    counter.press(Key.Key_Return)
    assert "missing" in counter.selling.side.pay._note.text()
    counter.press(Key.Key_Escape, Key.Key_Return)
    sold(counter, 2)
    counter.press(Key.Key_Z, modifier=CTRL | SHIFT)
    counter.until(lambda: counter.window.found.deal.told is not None)
    counter.press(Key.Key_Escape)
    counter.until(lambda: counter.window.found.deal.kind == "")
    counter.window.found.refund()
    counter.until(lambda: counter.window.found.deal.told is not None)
    counter.press(Key.Key_Return)
    assert counter.window.found.deal.problem
    counter.house.printers.outcome = ("failed", "paper jam")
    counter.press(Key.Key_1, modifier=CTRL)
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.house.cut()
    counter.press(Key.Key_Return)
    sold(counter, 2)
    assert dialogs.opened == []


def test_no_screen_knows_a_box_that_only_informs() -> None:
    """The one that there is tells of a start that failed, when there is no window to tell it in."""
    found = []
    for path in sorted((Path(pos.__file__).parent / "ui").rglob("*.py")):
        names = {node.id for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Name)}
        found += [path.name for box in MODALS if box in names]
    assert found == ["application.py"]


# ---- keys ----------------------------------------------------------------------------------


@pytest.fixture
def supervisor(counter: Counter) -> Counter:
    counter.press(Key.Key_L, modifier=CTRL)
    counter.sign_in("sofia")
    counter.until(lambda: counter.screen == "sell")
    return counter


def test_every_screen_is_one_keystroke_away(supervisor: Counter) -> None:
    digits = {name: Key(Key.Key_0 + number) for number, name, _, _ in screens()}
    assert {"sell", "orders", "found", "customers", "drawer", "disputes", "devices", "reports"} <= set(digits)
    keys = {name: (key, CTRL) for name, key in digits.items()}
    keys |= {"shows": (Key.Key_O, CTRL), "audit": (Key.Key_A, CTRL | SHIFT), "settings": (Key.Key_Comma, CTRL)}
    for name, (key, modifier) in keys.items():
        supervisor.press(key, modifier=modifier)
        assert supervisor.screen == name
        supervisor.press(Key.Key_1, modifier=CTRL)
        assert supervisor.screen == "sell"


def test_the_main_button_of_every_screen_says_enter_and_no_key_stands_on_two_buttons(supervisor: Counter) -> None:
    for name in ("sell", "orders", "found", "customers", "drawer", "disputes", "devices", "reports", "shows", "audit"):
        supervisor.window.go(name)
        supervisor.qtbot.wait(30)
        screen = supervisor.window.current
        assert screen is not None
        # The frame's keys are there on every screen, and the price keys are the panel's own.
        buttons = [*screen.work.findChildren(KeyButton), *screen.panel.findChildren(KeyButton)]
        seen = [button for button in buttons if button.isVisible()]
        caps = [label.text() for button in seen for label in button.findChildren(QLabel) if label is button._cap]
        shown = Tally(text for text in caps if text)
        assert [text for text, count in shown.items() if count > 1] == [], name
        for button in seen:
            if button.property("role") == "primary":
                assert button._cap.text() == cap("primary"), name


def test_no_language_makes_a_key_of_a_letter_in_a_text() -> None:
    """Qt would make Alt with that letter a shortcut of the button, which is in no table. Its own buttons have such."""
    mnemonic = re.compile(r"&\w")
    for language in catalogues.TRANSLATED:
        ours = [message for message in catalogues.read(language) if not any(map(mnemonic.search, _parts(message.id)))]
        texts = [part for message in ours for part in _parts(message.string)]
        assert [text for text in texts if mnemonic.search(text)] == [], language


def _parts(text: str | Sequence[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def test_no_key_is_that_of_a_text_field_everywhere() -> None:
    """Copy, cut, paste and select belong to whoever types."""
    theirs = {"Ctrl+C", "Ctrl+V", "Ctrl+X"}
    assert [key.action for key in KEYS if theirs & set(key.sequences)] == []


# ---- cash ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "coin", "total", "due", "offered"),
    [
        ("EUR", "0.01", "12.50", "12.50", ["15", "20", "50"]),
        ("HUF", "5", "7298", "7300", ["7500", "8000", "10000"]),
        ("VND", "1000", "350000", "350000", ["360000", "400000", "500000"]),
        ("TWD", "1", "1200", "1200", ["1500", "2000"]),
        ("UAH", "0.50", "339.90", "340", ["350", "400", "500"]),
        ("CHF", "0.05", "93.37", "93.35", ["100", "200"]),
    ],
)
def test_round_amounts_are_banknotes_of_the_currency(
    currency: str, coin: str, total: str, due: str, offered: list[str]
) -> None:
    owed = due_in_cash(Money.parse(total, currency), coin)
    assert owed == Money.parse(due, currency)
    assert quick_amounts(owed) == [Money.parse(amount, currency) for amount in offered]


def test_the_change_stays_large_until_the_next_sale_begins(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_1, modifier=ALT)
    sold(counter, 2)
    change = counter.selling.side.change
    for key in (Key.Key_PageUp, Key.Key_T, Key.Key_Plus):
        counter.press(key)
        assert change.isVisible()
    counter.window.go("drawer")
    counter.window.go("sell")
    assert change.isVisible()
    assert change._change.font().pixelSize() >= 64
    counter.click(counter.at_hand()[-1])
    counter.settled(1)
    assert not change.isVisible()


# ---- what was picked survives --------------------------------------------------------------


def test_the_basket_is_there_again_after_a_till_was_killed(counter: Counter, tmp_path: Path) -> None:
    """Its files as they lie at that moment, taken from under it: nobody has closed or flushed anything."""
    counter.press(Key.Key_B)
    counter.settled(2)
    seats = counter.labels
    after = tmp_path / "after"
    after.mkdir()
    for file in tmp_path.glob("ledger.db*"):
        shutil.copyfile(file, after / file.name)
    shutil.copyfile(tmp_path / "replica.db", after / "replica.db")
    house = TillHouse(after, after / "replica.db")
    try:
        window = CounterWindow(house.front, language="en", theme="light")
        counter.qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        counter.qtbot.waitActive(window, timeout=5000)
        again = Counter(window, house, counter.qtbot)
        again.until(lambda: bool(window.signin.users))
        again.sign_in("anna")
        again.settled(2)
        assert again.labels == seats
        again.until(lambda: again.screen == "sell")
        again.press(Key.Key_Return)
        again.until(lambda: again.sell.payment.sale is not None)
    finally:
        house.stop()


def test_where_another_window_was_faster_the_next_best_are_taken_with_the_same_key(counter: Counter) -> None:
    show, category = counter.window.session.show_id, counter.sell.chosen_category
    first = counter.house.ask("best", show=show, category=category, count=12)["places"]
    wanted = [place for place in first if counter.sell.hall.states[counter.sell.hall.plan.index[place]] == 0]  # type: ignore[union-attr]
    assert wanted, "some have to be asked for"
    counter.house.office.refuses[wanted[0]] = RefusedClaim(wanted[0], "right_elsewhere", OTHER, 1_780_000_000)
    counter.sell.set_count(12)
    counter.press(Key.Key_B)
    counter.settled(12)
    assert not {line.place for line in counter.sell.lines} & set(first)
    assert counter.toast == ""
