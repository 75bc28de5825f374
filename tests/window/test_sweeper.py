"""Garbage that has to do with Qt is collected by the window's thread, however much the others make."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from pos.ui.application import Sweeper


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    """As Python has it from the start."""
    gc.enable()
    yield
    gc.disable()


class Knot:
    """Refers to itself, so that only the collector ends it; `ended_by` gets the thread that does."""

    def __init__(self, ended_by: list[str]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: ended_by.append(threading.current_thread().name))


def others_at_work() -> list[list[int]]:
    """Another thread makes so much that Python would collect; what it made."""
    made: list[list[int]] = []
    thread = threading.Thread(target=lambda: made.extend([number] for number in range(50_000)), name="another")
    thread.start()
    thread.join()
    return made


def test_only_the_windows_thread_collects(qtbot: QtBot) -> None:
    sweeper, ended_by = Sweeper(QObject()), list[str]()
    gc.collect()
    Knot(ended_by)
    made = others_at_work()
    assert ended_by == []
    sweeper.sweep()
    assert (len(made), ended_by) == (50_000, ["MainThread"])


def test_without_it_another_thread_does(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc, "disable", lambda: None)
    with pytest.raises(AssertionError):
        test_only_the_windows_thread_collects(qtbot)


def test_what_is_not_due_is_not_collected(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", collected.append)
    sweeper = Sweeper(QObject())
    for counts, generation in (((1, 1, 1), None), ((701, 1, 1), 0), ((1, 11, 1), 1), ((701, 11, 11), 2)):
        monkeypatch.setattr(gc, "get_count", lambda counts=counts: counts)
        monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
        sweeper.sweep()
        assert collected == ([] if generation is None else [generation])
        collected.clear()
