"""The keyboard filter: a scanner's keys are taken out before any field or shortcut of the window sees them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from pos.ui.scanning.burst import PAUSE_S, Burst, Verdict

PREFIX: Final = "~"  # unless till.toml names another
SENTINELS: Final = ("%", ";")  # of a magnetic stripe's tracks
_KEYS: Final = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride)
_ENDS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_END_TEXTS: Final = ("\r", "\n", "\t")  # whatever key they are said to be
_MODIFIERS: Final = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock)


@dataclass(frozen=True, slots=True)
class Typing:
    """What types in this window, by its settings: a `scanner` with a prefix and suffix, a card `reader`."""

    scanner: bool = False
    reader: bool = False
    prefix: str = ""
    suffix: str = ""

    def burst(self) -> Burst:
        prefix = self.prefix or PREFIX
        starts = (prefix,) * self.scanner + SENTINELS * self.reader
        return Burst(starts, prefix if self.scanner else "", self.suffix)


class Wedge(QObject):
    """Stands before whatever has the focus in `window`. A key that is given back may be a shortcut as before."""

    read = Signal(str)

    def __init__(self, window: QWidget, typing: Typing) -> None:
        super().__init__(window)
        self._window = window
        self._burst = typing.burst()
        self._held: list[QKeyEvent] = []
        self._down: set[int] = set()  # keys that were taken when they went down
        self._giving = False
        self._at_s = 0.0  # of the last key
        self._stamp_ms = 0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._time_out)
        self._last_look = False
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        window.installEventFilter(self)
        app.focusChanged.connect(self._focus_moved)
        self._focus_moved(None, app.focusWidget())

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        # One that has lost the focus gets no keys, so the filter may stay with it; set twice it counts once.
        if new is not None and new.window() is self._window:
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in _KEYS or self._giving or not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.KeyRelease:
            taken = event.key() in self._down
            self._down.discard(event.key())
            return taken
        if event.key() in _MODIFIERS:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            if self._burst.look(*self._of(event)) in (Verdict.HOLD, Verdict.DONE):
                event.accept()  # so that it comes as a key, and not as the window's shortcut
                return True
            return False
        return self._press(event)

    def _press(self, event: QKeyEvent) -> bool:
        key, ends, gap_s = self._of(event)
        verdict = self._burst.press(key, ends, gap_s)
        if verdict is Verdict.GIVE_BACK:
            self._give_back()
            verdict = self._burst.press(key, ends, gap_s)
        self._at_s, self._stamp_ms = time.monotonic(), event.timestamp()
        if verdict is Verdict.PASS:
            return False
        self._down.add(event.key())
        if verdict is Verdict.HOLD:
            self._held.append(event.clone())
            self._last_look = False
            self._timer.start(int(PAUSE_S * 1000))
        else:
            self._timer.stop()
            self._held.clear()
            self.read.emit(self._burst.text)
        return True

    def _of(self, event: QKeyEvent) -> tuple[str, bool, float]:
        """Its text, whether it ends a burst, and the seconds since the key before.

        The system's own time of a key counts where it is shorter: a window that was busy for a moment gets
        the keys of a burst late, though not slowly typed.
        """
        ends = event.key() in _ENDS or event.text() in _END_TEXTS
        gap_s = time.monotonic() - self._at_s
        if event.timestamp() and self._stamp_ms and event.timestamp() >= self._stamp_ms:
            gap_s = min(gap_s, (event.timestamp() - self._stamp_ms) / 1000)
        return "" if ends or event.isAutoRepeat() else event.text(), ends, gap_s

    def _time_out(self) -> None:
        # Keys that came while the window was busy are still to be heard, behind this.
        if not self._last_look:
            self._last_look = True
            self._timer.start(0)
            return
        self._burst.give_up()
        self._give_back()

    def _give_back(self) -> None:
        """Type what was held, as the person had meant it."""
        self._timer.stop()
        held, self._held = self._held, []
        self._giving = True
        try:
            for event in held:
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    again = QKeyEvent(kind, event.key(), event.modifiers(), event.text())
                    QApplication.sendEvent(QApplication.focusWidget() or self._window, again)
        finally:
            self._giving = False
