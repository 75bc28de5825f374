"""The start: the window first, what is being opened said in it; and work of more than a second seen to go on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from pos.app.late import LateFront
from pos.app.window import Opening
from pos.embedded import OfficeFailed
from pos.settings import read_settings, write_settings
from pos.ui.frame.busy import BusyLine
from pos.ui.window import CounterWindow
from tests.window.counter import Counter, Key
from tests.window.till import PINS, TillHouse


def words(window: CounterWindow) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def test_who_types_a_pin_while_the_till_opens_is_signed_in_when_it_is_open(house: TillHouse, qtbot: QtBot) -> None:
    front = LateFront(house.desk.outside.replica)
    window = CounterWindow(front, theme="light")
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.opens("office")
    window.show()
    qtbot.waitUntil(lambda: bool(window.signin.users))
    assert "own office is starting" in words(window)
    before = window.screens["signin"].work.geometry()
    window.opens("till")
    assert "The till is opening" in words(window)
    qtbot.waitUntil(lambda: window.findChild(BusyLine).moving, timeout=3000)
    window.signin.choose("anna")
    QTest.keyClicks(window, PINS["anna"])
    QTest.keyClick(window, Key.Key_Return)
    qtbot.wait(50)
    assert window.session.person is None
    front.arrive(house.front)
    window.opens("")
    qtbot.waitUntil(lambda: window.session.person is not None)
    assert "opening" not in words(window)
    assert not window.findChild(BusyLine).moving
    assert window.screens["signin"].work.geometry() == before


def test_what_takes_longer_than_a_second_is_seen_to_go_on(counter: Counter) -> None:
    line = counter.window._face.busy
    rows = line.geometry()
    counter.house.office.slow.clear()
    counter.click(counter.free()[0])
    counter.qtbot.wait(300)
    assert not line.moving, "a moment is nothing to speak of"
    counter.until(lambda: line.moving)
    assert line.accessibleName() == "Working …"
    counter.house.office.slow.set()
    counter.house.office.answer_now()
    counter.settled(1)
    counter.until(lambda: not line.moving)
    assert (line.accessibleName(), line.geometry()) == ("", rows)


@pytest.fixture
def opening(tmp_path: Path) -> Callable[[], tuple[Opening, list[str], list[str]]]:
    """The till of a folder with an office of its own; what is told, and what goes wrong."""
    write_settings(tmp_path, "W1", "http://127.0.0.1:9", embedded=True, plain_http=True)
    told: list[str] = []
    failed: list[str] = []

    def make() -> tuple[Opening, list[str], list[str]]:
        front = LateFront(tmp_path / "replica.db")
        return Opening(read_settings(tmp_path), front, told.append, failed.append), told, failed

    return make


def test_an_office_is_started_and_ended_by_the_thread_that_lives_as_long(
    opening: Callable[[], tuple[Opening, list[str], list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    deeds: list[tuple[str, str]] = []

    def did(what: str) -> None:
        deeds.append((what, threading.current_thread().name))

    office = SimpleNamespace(stop=lambda: did("office stops"))
    front = SimpleNamespace(resume=lambda: did("till opens"))
    till = SimpleNamespace(front=front, go_online=lambda: None, close=lambda: did("till closes"))
    monkeypatch.setattr("pos.app.own_office.own_office", lambda settings: did("office starts") or office)
    monkeypatch.setattr("pos.app.counter.Till", lambda settings: till)
    monkeypatch.setattr(LateFront, "arrive", lambda self, front: None)
    made, told, failed = opening()
    made.begin()
    made.close()
    here = threading.current_thread().name
    assert deeds == [
        ("office starts", "opening"),
        ("till opens", "opening"),
        ("till closes", here),
        ("office stops", "opening"),
    ]
    assert (told, failed) == (["office", "till", ""], [])


@pytest.mark.expect_log("the till could not be opened")
def test_an_office_that_does_not_start_is_told_and_leaves_no_till(
    opening: Callable[[], tuple[Opening, list[str], list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(settings: object) -> None:
        raise OfficeFailed("the port is taken")

    monkeypatch.setattr("pos.app.own_office.own_office", fails)
    made, told, failed = opening()
    made.begin()
    made.close()
    assert (told, failed) == (["office"], ["the port is taken"])
