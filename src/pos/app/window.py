"""The counter window: painted first, the till opened behind it."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pos.app.late import LateFront
from pos.settings import BadSettings, Settings, read_settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from pos.app.counter import Till
    from pos.ui.window import CounterWindow

log = logging.getLogger(__name__)
_SIGNALS_SEEN_MS: Final = 200


def display_missing() -> str:
    """What to do about a missing display, "" when there is one."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    return (
        "there is no display to open a window on. Run this in a desktop session, or over ssh -X, "
        "or under a virtual one: xvfb-run -s '-screen 0 1920x1080x24' housefull …; "
        "housefull --headless needs no display."
    )


def application() -> QApplication:
    """The one QApplication, which Ctrl-C ends."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(["housefull"])
    assert isinstance(app, QApplication)
    app.setApplicationName("Housefull")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: app.quit())
    # Python sees a signal only when it runs; the event loop lets it run this often.
    timer = QTimer(app)
    timer.timeout.connect(lambda: None)
    timer.start(_SIGNALS_SEEN_MS)
    return app


def theme() -> str:
    """HOUSEFULL_THEME: light, dark or system (the default)."""
    chosen = os.environ.get("HOUSEFULL_THEME", "system")
    return chosen if chosen in ("light", "dark", "system") else "system"


class Opening:
    """Opens a till in a thread of its own; what went wrong is told on the window's thread."""

    def __init__(self, settings: Settings, front: LateFront, failed: Callable[[str], None]) -> None:
        self._settings = settings
        self._front = front
        self._failed = failed
        self._till: Till | None = None
        self._thread = threading.Thread(target=self._open, name="opening", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Wait for the till to be open, then close it: nothing is left half done."""
        self._thread.join()
        if self._till is not None:
            self._till.close()

    def _open(self) -> None:
        try:
            # Imported here: SQLAlchemy and the agent would delay the first paint.
            from pos.app.counter import Till

            till = self._till = Till(self._settings)
        except Exception as error:
            log.exception("the till could not be opened")
            self._failed(str(error))
            return
        self._front.arrive(till.front)
        till.front.resume()
        till.go_online()


def run_window(folder: Path) -> int:
    """Open the counter window for a data folder; the exit code."""
    missing = display_missing()
    if missing:
        sys.stderr.write(f"housefull: {missing}\n")
        return 2
    from pos.__main__ import log_to

    log_to(folder)
    app = application()
    settings = _settings(folder)
    if settings is None:
        return 2
    window, opening = counter_window(settings)
    window.show()
    code = app.exec()
    opening.close()
    return code


def _settings(folder: Path) -> Settings | None:
    """The settings; at the first start they are made here. None when the person gave up."""
    try:
        return read_settings(folder)
    except FileNotFoundError:
        from pos.app.first_start import first_start

        return first_start(folder)
    except BadSettings as error:
        show_failure(str(error))
        return None


def counter_window(settings: Settings) -> tuple[CounterWindow, Opening]:
    """The window, not yet shown, and the till that opens behind it."""
    from PySide6.QtCore import QObject, QTimer, Signal

    from pos.ui.window import CounterWindow

    class Teller(QObject):
        failed = Signal(str)

    front = LateFront()
    window = CounterWindow(front, language=settings.locale, theme=theme())
    teller = Teller(window)
    teller.failed.connect(show_failure)
    opening = Opening(settings, front, teller.failed.emit)
    # The event loop's first turn is after the first paint.
    QTimer.singleShot(0, window, opening.begin)
    return window, opening


def show_failure(text: str) -> None:
    """Say why the till does not open, and end."""
    from PySide6.QtWidgets import QApplication, QMessageBox

    sys.stderr.write(f"housefull: {text}\n")
    QMessageBox.critical(None, "Housefull", text)
    QApplication.exit(2)
