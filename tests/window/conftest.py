"""The counter window against a real till; only the office's line and the printers are faked."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos.settings import WindowSettings
from pos.ui.scanning.wedge import Typing
from pos.ui.window import CounterWindow
from tests.window.counter import Counter
from tests.window.till import TillHouse, make_replica


@pytest.fixture(scope="module", autouse=True)
def swept(qapp: QApplication) -> Iterator[None]:
    """What a file's windows have left is collected on their thread, before anything else runs here."""
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def sweeping(qapp: QApplication, swept: None) -> Iterator[None]:
    """Garbage of a window is collected on its thread alone, as `Sweeper` has it in the program. Here only what is young
    is looked at, which costs an eighth: the rest is for `swept`."""
    gc.disable()
    yield
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect(1)


@pytest.fixture(scope="session")
def season_replica(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo season of this very moment, as a replica; made once."""
    return make_replica(tmp_path_factory.mktemp("season"), datetime.now(ZoneInfo("Europe/Vienna")))


@pytest.fixture
def house(tmp_path: Path, season_replica: Path) -> Iterator[TillHouse]:
    """A till of its own for each test."""
    replica = tmp_path / "replica.db"
    shutil.copyfile(season_replica, replica)
    house = TillHouse(tmp_path, replica)
    yield house
    house.stop()


@pytest.fixture
def open_window(house: TillHouse, qtbot: QtBot) -> Callable[..., Counter]:
    """Open the window as it stands after a start."""

    def open_it(
        theme: str = "light",
        training: bool = False,
        drill: bool = False,
        typing: Typing | None = None,
        settings: WindowSettings | None = None,
    ) -> Counter:
        window = CounterWindow(
            house.front,
            language="en",
            settings=settings,
            theme=theme,
            training=training,
            drill=drill,
            typing=typing,
        )
        qtbot.addWidget(window, before_close_func=CounterWindow.close_now)
        window.resize(1366, 768)
        window.show()
        window.activateWindow()
        qtbot.waitActive(window, timeout=5000)
        counter = Counter(window, house, qtbot)
        counter.until(lambda: bool(window.signin.users) and bool(window.session.venue.name))
        return counter

    return open_it


@pytest.fixture
def counter(open_window: Callable[..., Counter], house: TillHouse) -> Counter:
    """Signed in, shift open, the opera's show of tonight on the map."""
    counter = open_window()
    counter.sign_in("anna")
    counter.open_shift("150")
    counter.choose("tosca")
    return counter
