"""What is done is said before, what is asked is asked once and only where it matters, and whoever approves is named."""

from __future__ import annotations

import re
import socket
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

import pos.ui
from pos.ui.shift.count import CountScreen
from tests.window.counter import CTRL, SHIFT, Counter, Key
from tests.window.test_returns import find, screen, sell
from tests.window.till import PINS

# Where a second Enter is asked for, and why: money leaves, something closes, or what was typed can hardly be meant.
_ASKED_TWICE = {
    "shift/presenter.py": "closing a shift",
    "shift/handover.py": "a drawer goes to somebody else",
    "shift/listed.py": "a closed shift is verified for good",
    "shift/opening.py": "no float at all; an old drawer is counted out of the books",
    "devices/presenter.py": "a device is taken out of till.toml",
    "drawer/dayend.py": "closing the terminal's day",
    "drawer/presenter.py": "cash out",
    "sell/card.py": "a person's word on money that no machine knows of",
    "sell/split.py": "a person's word that money has arrived",
    "frame/leaving.py": "closing the window",
    "found/callingoff.py": "a show is abandoned",
    "frozen/presenter.py": "places of a till that is gone are released",
    "shift/takeover.py": "a dead till's drawer is counted out of the books",
    "paperpack/pack.py": "paper tickets are given up as lost",
}


def words(counter: Counter) -> str:
    assert counter.window.current is not None
    work, panel = counter.window.current.work, counter.window.current.panel
    labels = [*work.findChildren(QLabel), *panel.findChildren(QLabel)]
    return "\n".join(label.text() for label in labels if label.isVisible())


def test_only_what_takes_money_away_closes_or_ends_for_good_asks_a_second_time() -> None:
    root = Path(pos.ui.__file__).parent
    flag = re.compile(r"self\.(_?sure|armed|_armed)\b")
    asking = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if flag.search(path.read_text(encoding="utf-8"))
    }
    assert asking == set(_ASKED_TWICE)


def test_one_enter_does_what_can_be_undone_and_two_what_takes_money_away(counter: Counter) -> None:
    """Every kind of primary action, with the number of Enters it takes."""
    house, window = counter.house, counter.window

    def enters(done: Callable[[], bool], most: int = 3) -> int:
        for number in range(1, most + 1):
            counter.press(Key.Key_Return)
            counter.qtbot.wait(40)
            counter.until(lambda: not window.bridge.acting)
            counter.qtbot.wait(40)
            if done():
                return number
        raise AssertionError(f"it was not done: {words(counter)}")

    def moves() -> int:
        return len(house.ask("shift")["moves"])

    # A sale, and the next customer.
    counter.press(Key.Key_B)
    counter.settled(2)
    assert enters(lambda: counter.sell.payment.sale is not None) == 1
    assert enters(lambda: counter.sell.payment.sale is None) == 1
    # Cash in, which is there; cash out, which is gone.
    counter.press(Key.Key_5, modifier=CTRL)
    counter.until(lambda: window.drawer.state is not None)
    for key, amount, needed in ((Key.Key_F1, "20", 1), (Key.Key_F3, "30", 2)):
        had = moves()
        window.screens["drawer"].work.setFocus()
        counter.press(key)
        counter.type(amount)
        counter.press(Key.Key_Slash)
        counter.type("change")
        assert enters(lambda had=had: moves() == had + 1) == needed  # type: ignore[misc]
    counter.press(Key.Key_Escape)
    # A copy and a refund: their lines stand there, with a reason one Enter is enough.
    counter.press(Key.Key_1, modifier=CTRL)
    ticket = sell(counter)[0]
    found = find(counter, ticket["code"])
    counter.press(Key.Key_F5)
    counter.until(lambda: found.deal.told is not None)
    counter.press(Key.Key_F1)
    assert found.deal.told is not None
    if not found.deal.told.needs:
        assert enters(lambda: found.result.startswith("Paid out: ")) == 1
    # Closing the shift.
    counter.press(Key.Key_Escape)
    window.go("count")
    assert enters(lambda: counter.screen == "report") == 2


def test_a_refund_and_a_void_show_their_exact_lines_before_any_pin(counter: Counter) -> None:
    tickets = sell(counter, 2)
    found = find(counter, tickets[0]["code"])
    counter.press(Key.Key_F5)
    counter.until(lambda: found.deal.told is not None)
    counter.press(Key.Key_F3, Key.Key_F6)  # no fee is kept: that needs a supervisor
    counter.until(lambda: bool(found.deal.asks) and found.deal.told is not None)
    panel = screen(counter).deal
    counter.until(panel.approval.isVisible)
    formats = counter.window.session.formats
    row = found.rows[0]
    said = [label.text() for label in panel._lines.findChildren(QLabel) if label.isVisible()]
    assert formats.amount(row.price) in said
    assert found.deal.told is not None
    assert any(place in said for place in found.deal.told.labels.values())
    assert formats.money(found.deal.told.amount) in said
    assert panel.approval.pin.text() == ""
    assert counter.house.bodies("TicketsRefunded") == []
    counter.press(Key.Key_Escape)
    counter.press(Key.Key_Z, modifier=CTRL | SHIFT)
    counter.until(lambda: found.deal.kind == "void" and found.deal.told is not None)
    said = [label.text() for label in panel._lines.findChildren(QLabel) if label.isVisible()]
    assert all(any(label == text for text in said) for label in found.deal.told.labels.values())
    assert counter.house.bodies("TicketsVoided") == []


def test_a_supervisor_who_is_locked_out_is_said_to_be_and_the_cashier_stays(counter: Counter) -> None:
    tickets = sell(counter)
    found = find(counter, tickets[0]["code"])
    counter.press(Key.Key_F5)
    counter.until(lambda: found.deal.told is not None)
    counter.press(Key.Key_F3, Key.Key_F6)
    counter.until(lambda: bool(found.deal.asks))
    box = screen(counter).deal.approval
    counter.until(lambda: box.who.count() > 1)
    box.who.setCurrentIndex(box.who.findData("sofia"))
    for _ in range(5):
        box.pin.setText("0000")
        counter.press(Key.Key_Return)
        counter.until(lambda: not found.deal.busy)
    assert "Too many wrong PINs" in found.deal.problem
    assert counter.house.ask("status")["user"] == "anna"
    counter.press(Key.Key_Escape)
    counter.press(Key.Key_F5)
    counter.until(lambda: found.deal.told is not None)
    counter.press(Key.Key_F3, Key.Key_F6)
    counter.until(lambda: any("locked until" in box.who.itemText(at) for at in range(box.who.count())))
    box.who.setCurrentIndex(box.who.findData("lin"))
    box.pin.setText(PINS["lin"])
    counter.press(Key.Key_Return)
    counter.until(lambda: len(counter.house.bodies("TicketsRefunded")) == 1)
    body: dict[str, Any] = counter.house.bodies("TicketsRefunded")[0]["refund"]
    assert (body["user"], body["approver"]) == ("anna", "lin")


def test_what_it_means_to_open_and_close_a_shift_offline_is_on_the_screen(open_window: Callable[..., Counter]) -> None:
    counter = open_window()
    counter.house.cut("no_office")
    counter.until(lambda: not counter.window.session.link.online)
    counter.sign_in("anna")
    counter.until(lambda: counter.screen == "open")
    counter.until(lambda: "the shift opens here and now, with 0 places in hand" in words(counter))
    counter.open_shift("150")
    counter.window.go("count")
    assert "It is provisional until the office has every entry" in words(counter)
    counter.press(Key.Key_Return, Key.Key_Return)
    counter.until(lambda: counter.screen == "report")
    report = counter.window.closing.report
    assert report is not None
    assert report.provisional
    assert "provisional until the office has every entry of this shift" in words(counter)
    counter.house.mend()
    counter.until(lambda: counter.window.session.link.online)
    count = counter.window.screens["count"]
    assert isinstance(count, CountScreen)
    assert "provisional" not in count.meaning.text()


def test_undo_takes_back_the_last_line_and_the_last_pick_of_seats(counter: Counter) -> None:
    first, second, *_ = counter.free()
    counter.click(first)
    counter.settled(1)
    counter.press(Key.Key_B)
    counter.settled(3)
    counter.press(Key.Key_Z, modifier=CTRL)
    counter.settled(1)
    assert counter.labels == [counter.label(first)]
    counter.press(Key.Key_Z, modifier=CTRL)
    counter.settled(0)
    counter.click(second)
    counter.settled(1)
    counter.press(Key.Key_Delete, modifier=SHIFT)  # a line that was taken away by mistake
    counter.settled(0)


def test_no_dialog_stops_the_work_only_to_inform() -> None:
    """A box that waits stands only before there is a window, or where a file is chosen, which is the act itself."""
    root = Path(pos.ui.__file__).parent
    box = re.compile(r"QMessageBox\.|QInputDialog|QProgressDialog|\(QDialog\)|QDialog\(|\.exec\(")
    having = {
        path.relative_to(root).as_posix() for path in root.rglob("*.py") if box.search(path.read_text(encoding="utf-8"))
    }
    before_the_window = {"application.py", "welcome/guide.py"}
    assert having <= before_the_window, having


def test_a_line_that_is_too_long_ends_in_dots_and_stays_whole_for_a_reader(counter: Counter) -> None:
    banner = counter.window.banner
    counter.house.cut("no_network")
    counter.until(lambda: banner.property("level") == "amber")
    assert not banner._rest.text().endswith("…")
    banner.show_message("amber", "It happened.", "and much more of it " * 20, "What to do (?)")
    assert banner._rest.text().endswith("…")
    assert banner._rest.fontMetrics().horizontalAdvance(banner._rest.text()) <= banner._rest.width()
    assert "and much more of it " * 20 in banner.accessibleName()


def test_with_the_cable_out_the_windows_thread_asks_no_network_and_answers_at_once(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(*_: object) -> None:
        raise AssertionError("the window's thread asks the network")

    counter.house.cut("no_network")
    counter.until(lambda: not counter.window.session.link.online)
    real, main = socket.socket.connect, threading.current_thread()
    monkeypatch.setattr(
        socket.socket, "connect", lambda *a: connect() if threading.current_thread() is main else real(*a)
    )
    took = []
    for key in (Key.Key_B, Key.Key_PageUp, Key.Key_Plus, Key.Key_Minus, Key.Key_F1, Key.Key_R, Key.Key_Question):
        began = time.monotonic()
        counter.press(key)
        took.append(time.monotonic() - began)
    counter.press(Key.Key_Escape)
    assert statistics.median(took) < 0.1, took
