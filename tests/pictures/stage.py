"""What a walk plays on: a real till with the demo season, the window over it, and hands, without a test around them."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from pos.till.front import Front
from pos.ui.window import CounterWindow
from tests.unit.app.bench import Bench
from tests.unit.till.counter import PINS as BENCH_PINS
from tests.unit.till.toy_terminal import ScriptedTerminal
from tests.window.counter import Counter
from tests.window.drilling import Held
from tests.window.till import PINS, TillHouse, make_replica

SIZE = (1366, 768)


class Hands:
    """The few things of pytest-qt that `Counter` works with."""

    def waitUntil(self, seen: Callable[[], bool], timeout: int = 15_000) -> None:
        end = time.monotonic() + timeout / 1000
        while not seen():
            if time.monotonic() > end:
                raise TimeoutError("what the walk waited for did not come")
            QTest.qWait(10)

    def wait(self, ms: int) -> None:
        QTest.qWait(ms)

    def keyClicks(self, widget: QWidget, text: str) -> None:
        QTest.keyClicks(widget, text)

    def mouseClick(self, widget: QWidget, button: Qt.MouseButton, pos: QPoint) -> None:
        QTest.mouseClick(widget, button, Qt.KeyboardModifier.NoModifier, pos)


class Stage:
    """Makes the season once, and from it a fresh till for each walk. `close` when done."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._folder = Path(tempfile.mkdtemp(prefix="pictures"))
        self.replica = make_replica(self._folder, datetime.now(ZoneInfo("Europe/Vienna")))
        self._made = 0
        self.held: Held | None = None  # the drill that is held on it

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def season(
        self, *, cards: bool = False, training: bool = False, packs: bool = False, drill: bool = False
    ) -> Iterator[Counter]:
        """The demo season behind the window, as it stands after a start."""
        folder = self._fresh()
        shutil.copyfile(self.replica, folder / "replica.db")
        house = TillHouse(
            folder, folder / "replica.db", ScriptedTerminal() if cards else None, self.language, packs=packs
        )
        self.held = Held(house) if drill else None
        try:
            with self._window(house, house.front, training, drill=drill) as counter:
                counter.until(lambda: bool(counter.window.session.venue.name))
                yield counter
        finally:
            house.stop()

    @contextmanager
    def bench(self) -> Iterator[Counter]:
        """A till with printers on sockets."""
        bench = Bench(self._fresh() / "bench")
        known = dict(PINS)
        PINS.update(BENCH_PINS)
        try:
            bench.counter.open("sam")
            bench.ask("sign_out")
            with self._window(bench, bench.counter.front, False) as counter:
                yield counter
        finally:
            PINS.clear()
            PINS.update(known)
            bench.close()

    def _fresh(self) -> Path:
        self._made += 1
        folder = self._folder / str(self._made)
        folder.mkdir()
        return folder

    @contextmanager
    def _window(
        self, house: TillHouse | Bench, front: Front, training: bool, *, drill: bool = False
    ) -> Iterator[Counter]:
        window = CounterWindow(front, language=self.language, theme="light", training=training, drill=drill)
        window.resize(*SIZE)
        window.show()
        window.activateWindow()
        # Whoever signs in first speaks the stage's language; with the demo season the others have it from the till.
        window.signin.speak(self.language)
        counter = Counter(window, house, Hands())
        try:
            counter.until(lambda: bool(window.signin.users))
            if self.language != "en":
                window.signin.speak(self.language)  # else each person's own counts from their sign-in on
            yield counter
        finally:
            window.close_now()
            window.deleteLater()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
