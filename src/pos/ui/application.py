"""The one QApplication, how it ends, and what is said when nothing can open."""

from __future__ import annotations

import gc
import math
import os
import signal
import sys
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from pos.tillvalues import SCALES, THEMES
from pos.ui.theme.tokens import TOUCH

ENDING: Final = "ending"  # property of the application: the system ends it
FINGER_MM: Final = 9
_LEAST_SCREEN_MM: Final = 150
_MOST_SCREEN_MM: Final = 2000
LIMITED: Final = "HOUSEFULL_SCALE_LIMITED"  # the percent that fit on this screen, where more was asked for
_SIGNALS_SEEN_MS: Final = 200
_SWEEP_MS: Final = 500
_BETWEEN_PX: Final = 8  # two windows side by side
_TITLE_BAR_PX: Final = 40  # what a desktop puts around a window, about


def display_missing() -> str:
    """What to do about a missing display, "" when there is one."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    return (
        "there is no display to open a window on. Run this in a desktop session, or over ssh -X, "
        "or under a virtual one: xvfb-run -s '-screen 0 1920x1080x24' make demo. "
        "The headless face needs no display: housefull --headless, or housefull demo --headless."
    )


def application(scale: int | None = None) -> QApplication:
    """The one QApplication, which Ctrl-C and SIGTERM end; `scale` in percent, None for what the system says."""
    if scale is not None:
        os.environ |= scaled(min(scale, limited_to() or scale))
    app = QApplication.instance() or QApplication(["housefull"])
    assert isinstance(app, QApplication)
    app.setApplicationName("Housefull")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _end(app))
    # Python sees a signal only when it runs; the event loop lets it run this often.
    timer = QTimer(app)
    timer.timeout.connect(lambda: None)
    timer.start(_SIGNALS_SEEN_MS)
    Sweeper(app)
    return app


def scaled(scale: int) -> dict[str, str]:
    """What Qt must find in its environment before it starts, to draw everything at so many percent."""
    # Without the second, the system's own factor would multiply this one.
    return {"QT_SCALE_FACTOR": f"{scale / 100:g}", "QT_ENABLE_HIGHDPI_SCALING": "0"}


def fitting_scale(width: int, height: int, scale: int, least: tuple[int, int]) -> int:
    """The percent, at most `scale`, at which a screen of so many physical px has room for the `least` window."""
    return max(SCALES[0], min(scale, 100 * width // least[0], 100 * height // least[1]))


def limited_to() -> int:
    """The percent that the scale was lowered to, 0 where it was not."""
    return int(os.environ.get(LIMITED, "0"))


def finger_percent(screen: QScreen) -> int:
    """The percent of its px from which on what is TOUCH px high is 9 mm on this screen; 0 where that is not known.

    Screens that tell no size of their own answer one that no counter has.
    """
    width_mm = screen.physicalSize().width()
    width_px = screen.size().width() * screen.devicePixelRatio()
    if not _LEAST_SCREEN_MM <= width_mm <= _MOST_SCREEN_MM:
        return 0
    return math.ceil(100 * FINGER_MM * width_px / width_mm / TOUCH)


def begin_again_smaller(least: tuple[int, int]) -> None:
    """Where the scale leaves the screen no room for a window that can be worked in, begin again with one that does.

    Qt takes a scale only before it knows any screen, so this replaces the process, once.
    """
    screen = QGuiApplication.primaryScreen()
    if screen is None or LIMITED in os.environ:
        return
    asked = round(screen.devicePixelRatio() * 100)
    real = screen.size() * screen.devicePixelRatio()
    fits = fitting_scale(real.width(), real.height(), asked, least)
    if fits < asked:
        os.environ |= scaled(fits) | {LIMITED: f"{fits}"}
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


class Sweeper(QObject):
    """Collects cyclic garbage on the window's thread, and lets no other thread do it.

    In it may be what is connected to Qt's signals: taking that apart needs Qt's own lock, and a thread
    that has it and wants Python's waits for ever for the window's, which has Python's and wants Qt's.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.sweep)
        self._timer.start(_SWEEP_MS)

    def sweep(self) -> None:
        """Collect the generations that Python would by now have collected by itself."""
        due = [count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if any(due):
            gc.collect(2 if due[2] else 1 if due[1] else 0)


def _end(app: QApplication) -> None:
    # Nobody can be asked whether the window may close.
    app.setProperty(ENDING, True)
    # A dialog of the first start waits before the application runs, when quitting is not heard yet.
    app.closeAllWindows()
    app.quit()


def theme() -> str:
    """The theme that the environment's HOUSEFULL_THEME asks for instead of the settings', "" for none."""
    chosen = os.environ.get("HOUSEFULL_THEME", "")
    return chosen if chosen in THEMES else ""


class Teller(QObject):
    """Carries from any thread to the window's how the till is being opened, and why it is not."""

    failed = Signal(str)
    told = Signal(str)  # how far the till has come: "office", "till", or nothing when it is open

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.failed.connect(show_failure)


def after_first_paint(window: QWidget, then: Callable[[], None]) -> None:
    """Call `then` in the event loop's first idle turn, which is after the first paint."""
    QTimer.singleShot(0, window, then)


def show_failure(text: str) -> None:
    """Say why the till does not open, and end."""
    sys.stderr.write(f"housefull: {text}\n")
    QMessageBox.critical(None, "Housefull", text)
    QApplication.exit(2)


def fill_screen(window: QWidget) -> None:
    """Show it as large as its screen; without a window manager, as in a kiosk, nobody else does that."""
    window.resize(window.screen().availableSize())
    window.showMaximized()


def side_by_side(left: QWidget, right: QWidget) -> None:
    """Show both, the second beside the first and no wider or higher than the screen leaves it.

    On a screen too narrow for both, the second stands behind the first, at the right.
    """
    left.show()
    room = left.screen().availableGeometry()
    left.move(room.topLeft())
    beside = room.left() + left.width() + _BETWEEN_PX
    least = right.minimumSizeHint().width()
    width = max(least, min(right.width(), room.right() + 1 - beside))
    right.resize(width, min(right.height(), room.height() - _TITLE_BAR_PX))
    right.move(min(beside, max(room.left(), room.right() + 1 - width)), room.top())
    right.show()
    left.raise_()
    # Without a window manager nobody else gives the keyboard to a window.
    left.activateWindow()
