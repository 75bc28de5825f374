"""The window of training: painted at once, its office and till made ready behind it."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from pos.app.late import LateFront
from pos.app.training.world import FAILURES, World
from pos.settings import BadSettings, Settings, read_settings
from pos.store import REPLICA
from pos.ui.application import (
    Teller,
    after_first_paint,
    application,
    begin_again_smaller,
    display_missing,
    fill_screen,
    theme,
)
from pos.ui.frame.face import LEAST
from pos.ui.scanning.wedge import Typing
from pos.ui.window import CounterWindow

log = logging.getLogger(__name__)


class Opening:
    """Opens the world and its till in a thread of its own, which stays with them: the office ends with it.

    `came` is told how far it is: "making", "starting", or "" with whether the demo's people are there; `failed` why
    it does not. Both in that thread.
    """

    def __init__(
        self, world: World, front: LateFront, came: Callable[[str, bool], None], failed: Callable[[str], None]
    ) -> None:
        self._world, self._front, self._came, self._failed = world, front, came, failed
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="training", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Close the till and end its office."""
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        # Imported here: SQLAlchemy, the agent, even the log's handlers would delay the first paint.
        from pos.app.counter import Till
        from pos.app.logs import log_to

        log_to(self._world.folder)
        try:
            opened = self._world.open(lambda what: self._came(what, False))
            till = Till(opened.settings, opened.cable)
        except FAILURES as error:
            log.exception("training could not be opened")
            self._world.close()
            self._failed(str(error))
            return
        self._front.arrive(till.front)
        till.front.resume()
        till.go_online()
        self._came("", opened.demo)
        self._over.wait()
        till.close()
        self._world.close()


def run_training(folder: Path) -> int:
    """Open the window of training beside the till of `folder`; the exit code."""
    missing = display_missing()
    if missing:
        sys.stderr.write(f"housefull: {missing}\n")
        return 2
    real = _real(folder)
    app = application(real.window.scale if real is not None else None)
    begin_again_smaller(LEAST)
    window, opening = training_window(folder, real)
    fill_screen(window)
    code = app.exec()
    opening.close()
    return code


def training_window(folder: Path, real: Settings | None) -> tuple[CounterWindow, Opening]:
    """The window, not yet shown, and what opens behind it. It looks and speaks as the `real` one does."""
    world = World(folder)
    front = LateFront(world.till / REPLICA)
    window = CounterWindow(
        front,
        language=real.locale if real is not None else "en",
        settings=real.window if real is not None else None,
        theme=theme(),
        training=True,
        typing=Typing(True, False, "", ""),
    )
    opening = Opening(world, front, window.practice.told.emit, Teller(window).failed.emit)
    window.practice.asked.connect(window.close)
    after_first_paint(window, opening.begin)
    return window, opening


def _real(folder: Path) -> Settings | None:
    try:
        return read_settings(folder)
    except (FileNotFoundError, BadSettings):
        return None
