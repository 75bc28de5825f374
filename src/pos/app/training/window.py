"""The window of training: painted at once, its office and till made ready behind it."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pos.app.late import LateFront
from pos.app.training.world import FAILURES, Opened, World
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

if TYPE_CHECKING:
    from pos.app.counter import Till

log = logging.getLogger(__name__)


class Opening:
    """Opens the world and its till in a thread of its own, which stays with them: the office ends with it.

    `came` is told how far it is: "making", "starting", or "" with whether the demo's people are there; `failed` why
    it does not. Both in that thread.
    """

    def __init__(
        self,
        world: World,
        make: Callable[[Opened], Till],
        front: LateFront,
        came: Callable[[str, bool], None],
        failed: Callable[[str], None],
    ) -> None:
        self._world, self._make, self._front, self._came, self._failed = world, make, front, came, failed
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
        from pos.app.logs import log_to

        log_to(self._world.folder)
        try:
            opened = self._world.open(lambda what: self._came(what, False))
            till = self._make(opened)
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


def run_training(folder: Path, *, drill: bool = False) -> int:
    """Open the window of training, or of the drill that was ordered, beside the till of `folder`; the exit code."""
    missing = display_missing()
    if missing:
        sys.stderr.write(f"housefull: {missing}\n")
        return 2
    try:
        world, make = _made(folder, drill=drill)
    except RuntimeError as error:
        sys.stderr.write(f"housefull: {error}\n")
        return 2
    real = _real(folder)
    app = application(real.window.scale if real is not None else None)
    begin_again_smaller(LEAST)
    window, opening = training_window(world, make, real, drill=drill)
    fill_screen(window)
    code = app.exec()
    opening.close()
    return code


def _made(folder: Path, *, drill: bool) -> tuple[World, Callable[[Opened], Till]]:
    """The world, and how to make the till in it. Raises NoDrill, a RuntimeError."""
    if drill:
        from pos.app.training.drill import training_till

        return training_till(folder, drill=True)

    def make(opened: Opened) -> Till:
        from pos.app.counter import Till

        return Till(opened.settings, opened.cable)

    return World(folder), make


def training_window(
    world: World, make: Callable[[Opened], Till], real: Settings | None, *, drill: bool = False
) -> tuple[CounterWindow, Opening]:
    """The window, not yet shown, and what opens behind it. It looks and speaks as the `real` one does."""
    front = LateFront(world.till / REPLICA)
    window = CounterWindow(
        front,
        language=real.locale if real is not None else "en",
        settings=real.window if real is not None else None,
        theme=theme(),
        training=True,
        drill=drill,
        typing=Typing(True, False, "", ""),
    )
    opening = Opening(world, make, front, window.practice.told.emit, Teller(window).failed.emit)
    window.practice.asked.connect(window.close)
    after_first_paint(window, opening.begin)
    return window, opening


def _real(folder: Path) -> Settings | None:
    try:
        return read_settings(folder)
    except (FileNotFoundError, BadSettings):
        return None
