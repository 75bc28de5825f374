"""The devices' screen over real printers on sockets: seen, tried out, moved, changed, taken away by the keyboard."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from pos.ui.devices.presenter import DevicesPresenter
from pos.ui.devices.view import DevicesScreen
from pos.ui.window import CounterWindow
from tests.unit.app.bench import RECEIPTS, TICKETS, Bench
from tests.unit.till.counter import PINS
from tests.window.counter import CTRL, Key


class Desk:
    """The window on a bench of printers, and hands to work with."""

    def __init__(self, bench: Bench, qtbot: QtBot, theme: str) -> None:
        self.bench, self.qtbot = bench, qtbot
        self.window = CounterWindow(bench.counter.front, language="en", theme=theme)
        qtbot.addWidget(self.window, before_close_func=CounterWindow.close_now)
        self.window.resize(1366, 768)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitActive(self.window, timeout=5000)
        self.until(lambda: bool(self.window.signin.users))

    def until(self, seen: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(seen, timeout=15_000)

    def press(self, *keys: Key) -> None:
        for key in keys:
            QTest.keyClick(QApplication.focusWidget() or self.window, key)

    def enter(self, user: str) -> None:
        """Sign in, and go to the devices."""
        self.window.signin.choose(user)
        QTest.keyClicks(QApplication.focusWidget() or self.window, PINS[user])
        self.press(Key.Key_Return)
        self.until(lambda: self.window.session.person is not None)
        QTest.keyClick(QApplication.focusWidget() or self.window, Key.Key_8, CTRL)
        self.until(lambda: len(self.presenter.devices) == 4)

    @property
    def presenter(self) -> DevicesPresenter:
        return self.window.devices

    @property
    def screen(self) -> DevicesScreen:
        screen = self.window.screens["devices"]
        assert isinstance(screen, DevicesScreen)
        return screen

    def words(self) -> str:
        return "\n".join(label.text() for label in self.screen.panel.findChildren(QLabel) if label.isVisible())

    def shot(self, name: str) -> None:
        """A picture, for whoever looks: SHOTS names the folder."""
        if folder := os.environ.get("SHOTS"):
            self.qtbot.wait(50)
            self.window.grab().save(str(Path(folder) / f"{name}.png"))


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Desk]:
    bench = Bench(tmp_path / "bench")
    bench.counter.open("sam")
    bench.wait(lambda: all(bench.device(name)["state"] == "ready" for name in (TICKETS, RECEIPTS)))
    bench.ask("sign_out")
    desk = Desk(bench, qtbot, getattr(request, "param", "light"))
    yield desk
    desk.window.close()
    bench.close()


def test_devices_are_seen_with_address_state_deeds_and_bytes(desk: Desk) -> None:
    desk.bench.counter.sign_in("sam")
    desk.bench.counter.sell("A-1")
    desk.bench.wait(lambda: desk.bench.jobs() == {1: "done", 2: "done"})
    desk.enter("sam")
    said = desk.words()
    for text in ("Tickets", "ready", desk.bench.tickets.url, "epson-tm-t88v", "ticket-standard"):
        assert text in said, text
    assert "job 1 done: printed" in said
    assert "Sent to it" in said
    assert "Heard from it" in said
    desk.shot("devices-light")
    desk.press(Key.Key_Down)
    assert desk.presenter.marked == RECEIPTS
    desk.press(Key.Key_Escape)
    assert desk.window.current is not None
    assert desk.window.current.name == "sell"


def test_what_happens_to_a_device_is_seen_at_once(desk: Desk) -> None:
    desk.enter("sam")
    desk.bench.tickets.set("cover_open")
    desk.until(lambda: "the cover is open" in desk.words())


def test_a_device_is_tried_out_with_enter(desk: Desk) -> None:
    desk.enter("anna")
    desk.press(Key.Key_Return)
    desk.until(lambda: "It works: printed" in desk.words())
    assert desk.bench.tickets.codes() == ["TEST"]
    desk.bench.tickets.set("paper_out")
    desk.press(Key.Key_Return)
    desk.until(lambda: "▲ It does not work: there is no paper" in desk.words())


def test_a_cashier_sets_nothing_up_and_sees_no_bytes(desk: Desk) -> None:
    desk.enter("anna")
    assert "Sent to it" not in desk.words()
    before = desk.bench.file.read_bytes()
    desk.press(Key.Key_F1, Key.Key_F2, Key.Key_F4, Key.Key_F4)
    assert desk.presenter.draft is None
    desk.qtbot.wait(50)
    assert desk.bench.file.read_bytes() == before


@pytest.mark.parametrize("desk", ["dark"], indirect=True)
def test_paper_that_waits_goes_to_the_other_printer(desk: Desk) -> None:
    desk.bench.counter.sign_in("sam")
    desk.bench.tickets.set("paper_out")
    desk.bench.wait(lambda: desk.bench.device(TICKETS)["state"] == "paper_out")
    for seat in ("A-1", "A-2", "A-3"):
        desk.bench.counter.sell(seat)
    desk.bench.wait(lambda: [desk.bench.jobs()[job] for job in (1, 3, 5)] == ["failed"] * 3)
    desk.enter("sam")
    desk.until(lambda: len(desk.presenter.waiting) == 3)
    badge = desk.window.rail._buttons["devices"]
    desk.until(lambda: badge.accessibleName() == "Devices 3")
    desk.screen.waiting_list.clicked.emit(desk.screen.waiting.index(0))
    desk.shot("devices-queue-dark")
    assert "not printed" in desk.words()
    assert "there is no paper" in desk.words()
    desk.press(Key.Key_F1)
    desk.until(lambda: len(desk.presenter.waiting) == 2)
    desk.screen.waiting_list.clicked.emit(desk.screen.waiting.index(0))
    desk.press(Key.Key_F2)
    desk.until(lambda: not desk.presenter.waiting)
    desk.bench.receipts.wait_for(6)
    desk.until(lambda: badge.accessibleName() == "Devices")
    assert len(desk.bench.receipts.codes()) == 3


def test_paper_that_may_have_come_out_is_not_moved(desk: Desk) -> None:
    desk.bench.counter.sign_in("sam")
    desk.bench.tickets.break_after(4000)
    desk.bench.counter.sell("A-1")
    desk.bench.wait(lambda: desk.bench.jobs()[1] == "unknown")
    desk.enter("sam")
    desk.until(lambda: len(desk.presenter.waiting) == 1)
    desk.presenter.mark("1")
    assert "may be on paper already" in desk.words()
    desk.press(Key.Key_F1, Key.Key_F2)
    desk.qtbot.wait(100)
    assert desk.bench.jobs()[1] == "unknown"


def test_a_printer_is_found_and_changed_by_the_keyboard(desk: Desk) -> None:
    desk.enter("sam")
    desk.press(Key.Key_F1)
    address = desk.screen.form.fields["transport"]
    assert isinstance(address, QLineEdit)
    assert address.hasFocus()
    address.selectAll()
    QTest.keyClicks(address, f"127.0.0.1:{desk.bench.spare.port}")
    desk.press(Key.Key_F3)
    desk.until(lambda: desk.screen.form.found.count() > 0)
    desk.shot("devices-form-light")
    last = desk.screen.form.found.item(desk.screen.form.found.count() - 1)
    assert "something answers there" in last.text()
    desk.screen.form.found.itemClicked.emit(last)
    assert address.text() == desk.bench.spare.url
    desk.press(Key.Key_Return)
    desk.until(lambda: desk.presenter.draft is None)
    assert desk.bench.device(TICKETS)["values"]["transport"] == desk.bench.spare.url
    assert f'transport = "{desk.bench.spare.url}"' in desk.bench.file.read_text()
    desk.until(lambda: "in force" in desk.window.toast.text)


def test_what_cannot_be_is_said_and_what_was_typed_stays(desk: Desk) -> None:
    desk.enter("sam")
    desk.press(Key.Key_F1)
    desk.presenter.type("transport", "tcp://nowhere")
    desk.press(Key.Key_Return)
    desk.until(lambda: "must look like tcp://" in desk.words())
    assert desk.presenter.draft is not None
    assert desk.presenter.draft.values["transport"] == "tcp://nowhere"
    desk.press(Key.Key_Escape)
    assert desk.presenter.draft is None
    assert desk.window.current is desk.screen


def test_a_device_is_added_and_taken_away_when_said_twice(desk: Desk) -> None:
    desk.enter("sam")
    desk.press(Key.Key_F2)
    shown = [desk.screen.form.found.item(at).text() for at in range(desk.screen.form.found.count())]
    assert shown == ["F1  Scanner", "F2  Card reader", "F3  Customer display"]
    desk.shot("devices-add")
    desk.press(Key.Key_F1)
    field = desk.screen.form.fields["transport"]
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "serial:///dev/ttyACM0")
    desk.press(Key.Key_Return)
    desk.until(lambda: desk.presenter.marked == "scanner" and len(desk.presenter.devices) == 5)
    assert "from the next start" in desk.window.toast.text
    desk.press(Key.Key_F4)
    desk.qtbot.wait(50)
    assert "scanner" in desk.bench.file.read_text()
    desk.press(Key.Key_F4)
    desk.until(lambda: len(desk.presenter.devices) == 4)
    assert "scanner" not in desk.bench.file.read_text()


def test_a_terminals_password_is_neither_shown_nor_lost(desk: Desk) -> None:
    desk.enter("sam")
    desk.presenter.mark("terminal")
    desk.press(Key.Key_F1)
    password = desk.screen.form.fields["password"]
    assert isinstance(password, QLineEdit)
    assert (password.text(), password.echoMode()) == ("", QLineEdit.EchoMode.Password)
    desk.presenter.type("transport", "tcp://127.0.0.1:11")
    desk.press(Key.Key_Return)
    desk.until(lambda: desk.presenter.draft is None)
    assert 'password = "573921"' in desk.bench.file.read_text()
    assert "tcp://127.0.0.1:11" in desk.bench.file.read_text()


def test_a_choice_is_made_from_what_ships(desk: Desk) -> None:
    desk.enter("sam")
    desk.press(Key.Key_F1)
    model = desk.screen.form.fields["profile"]
    assert isinstance(model, QComboBox)
    assert "zebra-zd" in [model.itemText(at) for at in range(model.count())]


def test_the_frame_stays_and_what_can_be_pressed_is_large_enough(desk: Desk) -> None:
    window = desk.window
    desk.enter("sam")
    parts = [window.top, window.banner, window.tabs, window.rail, window.works, window.panels, window.foot]
    before = [part.geometry() for part in parts]
    desk.press(Key.Key_F1)
    desk.qtbot.wait(30)
    assert [part.geometry() for part in parts] == before
    small = [
        (each.accessibleName(), each.width(), each.height())
        for each in desk.screen.panel.findChildren(QPushButton)
        if each.isVisible() and min(each.width(), each.height()) < 48
    ]
    assert small == []


def test_a_drawer_opened_by_hand_or_left_open_is_said_until_it_is_shut(desk: Desk) -> None:
    desk.enter("anna")
    emit = desk.bench.counter.desk.emit
    tell = lambda **fields: desk.bench.counter.desk.post(lambda: emit("drawer", **fields))  # noqa: E731
    tell(state="open", by="till", open_s=0)
    tell(state="open", by="hand", open_s=0)
    desk.until(lambda: "opened by hand" in desk.window.toast.text)
    tell(state="left_open", by="hand", open_s=31)
    desk.until(lambda: "The drawer is open since" in desk.window.banner.accessibleName())
    desk.shot("devices-drawer-open")
    tell(state="shut", by="hand", open_s=40)
    desk.until(lambda: "The drawer is open" not in desk.window.banner.accessibleName())


def test_the_drawers_warning_is_set_in_the_form(desk: Desk) -> None:
    desk.enter("sam")
    desk.presenter.mark("drawer")
    desk.press(Key.Key_F1)
    desk.presenter.type("left_open_s", "12")
    desk.shot("devices-drawer-form")
    desk.press(Key.Key_Return)
    desk.until(lambda: desk.presenter.draft is None)
    assert "left_open_s = 12\n" in desk.bench.file.read_text()
    assert 'via = "printer.receipt"' in desk.bench.file.read_text()
