"""The counter window: painted first, the till opened behind it."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pos.app.late import LateFront
from pos.app.progress import begun
from pos.app.training.launch import Launcher
from pos.settings import KEYBOARD, BadSettings, Settings, read_settings
from pos.store import REPLICA
from pos.ui.application import (
    Teller,
    after_first_paint,
    application,
    begin_again_smaller,
    display_missing,
    fill_screen,
    show_failure,
    theme,
)
from pos.ui.frame.face import LEAST
from pos.ui.i18n import tr
from pos.ui.scanning.wedge import Typing
from pos.ui.window import CounterWindow

if TYPE_CHECKING:
    from pos.app.counter import Till
    from pos.embedded import EmbeddedOffice

log = logging.getLogger(__name__)


class Opening:
    """Opens a till, and before it the office of a till that is alone, in a thread of its own.

    `told` hears how far it has come ("office", "till", then nothing), `failed` what went wrong. On Linux an office ends
    with the thread that started it: this one stays until both are closed.
    """

    def __init__(
        self, settings: Settings, front: LateFront, told: Callable[[str], None], failed: Callable[[str], None]
    ) -> None:
        self._settings, self._front = settings, front
        self._told, self._failed = told, failed
        self._till: Till | None = None
        self._office: EmbeddedOffice | None = None
        self._thread: threading.Thread | None = None
        self._ready, self._over = threading.Event(), threading.Event()

    def begin(self) -> None:
        self._thread = threading.Thread(target=self._run, name="opening", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Wait for the till to be open, then close it and its office: nothing is left half done."""
        if self._thread is None:
            return
        self._ready.wait()
        if self._till is not None:
            self._till.close()
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._open()
        finally:
            self._ready.set()
            self._over.wait()
            if self._office is not None:
                self._office.stop()

    def _open(self) -> None:
        # Imported here: SQLAlchemy, the agent, even the log's handlers would delay the first paint.
        from pos.app.logs import log_to

        log_to(self._settings.folder)
        try:
            if self._settings.embedded:
                from pos.app.own_office import own_office

                self._told("office")
                self._office = own_office(self._settings)
            self._told("till")
            from pos.app.counter import Till

            till = self._till = Till(self._settings)
        except Exception as error:
            log.exception("the till could not be opened")
            self._failed(str(error))
            return
        self._front.arrive(till.front)
        till.front.resume()
        till.go_online()
        self._told("")


def run_window(folder: Path) -> int:
    """Open the counter window for a data folder; the exit code."""
    missing = display_missing()
    if missing:
        sys.stderr.write(f"housefull: {missing}\n")
        return 2
    told = _told(folder)
    # Qt must know the scale before anything can be shown, be it what is wrong with the settings.
    app = application(told.window.scale if isinstance(told, Settings) else None)
    begin_again_smaller(LEAST)
    settings = _settings(folder, told)
    if settings is None:
        return 2
    window, opening = counter_window(settings)
    fill_screen(window)
    code = app.exec()
    opening.close()
    return code


def _told(folder: Path) -> Settings | BadSettings | None:
    """The settings, what is wrong with them, or None where there are none."""
    try:
        return read_settings(folder)
    except FileNotFoundError:
        return None
    except BadSettings as error:
        return error


def _settings(folder: Path, told: Settings | BadSettings | None) -> Settings | None:
    """The settings that were read; at the first start they are made here. None when the person gave up."""
    if isinstance(told, BadSettings):
        show_failure(str(told))
        return None
    if told is not None and not begun(folder):
        return told
    # Only a new till, or one whose guide was left, needs what is imported for this.
    from pos.app.first_start import first_start

    return first_start(folder)


def _typing(settings: Settings) -> Typing | None:
    """The scanner and card reader that type like a keyboard, if any does."""
    scanner, reader = settings.scanner, settings.card_reader
    types = Typing(
        scanner is not None and scanner.transport == KEYBOARD,
        reader is not None and reader.transport == KEYBOARD,
        scanner.prefix if scanner is not None else "",
        scanner.suffix if scanner is not None else "",
    )
    return types if types.scanner or types.reader else None


def counter_window(settings: Settings) -> tuple[CounterWindow, Opening]:
    """The window, not yet shown, and the till that opens behind it."""
    front = LateFront(settings.folder / REPLICA)
    window = CounterWindow(
        front, language=settings.locale, settings=settings.window, theme=theme(), typing=_typing(settings)
    )
    window.session.own_office = settings.embedded
    teller = Teller(window)
    teller.told.connect(window.opens)
    opening = Opening(settings, front, teller.told.emit, teller.failed.emit)
    launcher = Launcher(settings.folder)
    if settings.customer_display is not None and settings.customer_display.kind == "window":
        after_first_paint(window, window.show_customer)
    after_first_paint(window, opening.begin)
    window.practice.asked.connect(lambda: _train(window, launcher))
    window.practice.ordered.connect(lambda: _train(window, launcher, drill=True))
    window.practice.over.connect(lambda: _return_to(window))
    window.session.heard.connect(lambda event: _cleared(window, launcher) if event["event"] == "evacuation" else None)
    return window, opening


def _cleared(window: CounterWindow, launcher: Launcher) -> None:
    """The house is evacuated: nobody goes on practising over what says so."""
    if window.session.evacuation:
        launcher.end()
        _return_to(window)


def _train(window: CounterWindow, launcher: Launcher, *, drill: bool = False) -> None:
    try:
        begun = launcher.begin(window.practice.over.emit, drill=drill)
    except OSError as error:
        window.toast.say("warning", tr("Training does not start: {reason}", reason=error))
        return
    says = tr("Training opens in a window of its own; this till stays as it is.")
    if drill:
        says = tr("The drill opens in a window of its own; this till stays as it is.")
    window.toast.say("plain", says if begun else tr("Training is open already, in a window of its own."))


def _return_to(window: CounterWindow) -> None:
    """Training is over. Without a window manager, as in a kiosk, nobody else gives the keyboard back."""
    window.raise_()
    window.activateWindow()
