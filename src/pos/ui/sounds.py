"""What is heard at the window: accepted, refused, line lost, line back. Each of it is on the screen, too."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from pos.ui.frame.linewords import NOT_ASKED
from pos.ui.session import Session

if TYPE_CHECKING:
    from pos.ui.tones import Loudspeaker, Player

_TRIED: Final = ("accepted", "refused", "line_lost", "line_back")
_APART_MS: Final = 900
_ONCE_MS: Final = 250  # what is said twice, at a panel and in a toast, is heard once


class Sounds(QObject):
    """`asked` carries the name of every tone that is wanted, `enabled` or not."""

    asked = Signal(str)
    _bell = Signal()

    def __init__(self, session: Session, parent: QObject, *, enabled: bool, player: Player | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._player = player
        self.enable(enabled)
        self._speaker: Loudspeaker | None = None
        self._online: bool | None = None  # None until the line is known
        self._last, self._since = "", QElapsedTimer()
        self._bell.connect(QApplication.beep)  # from the loudspeaker's thread to the window's
        session.toast.connect(self._said)
        session.linked.connect(self._linked)
        session.bridge.declined.connect(lambda: self.play("refused"))

    def enable(self, on: bool) -> None:
        """Whether anything is heard from now on."""
        self.enabled = on and (self._player is not None or QGuiApplication.platformName() != "offscreen")

    def try_out(self) -> None:
        """Each of them once, one after the other."""
        for at, name in enumerate(_TRIED):
            QTimer.singleShot(at * _APART_MS, self, partial(self.play, name))

    def play(self, name: str) -> None:
        """Ask for a tone; returns at once, and nothing goes wrong where there is none."""
        if name == self._last and self._since.isValid() and self._since.elapsed() < _ONCE_MS:
            return
        self._last = name
        self._since.start()
        self.asked.emit(name)
        if self.enabled:
            if self._speaker is None:
                # The first paint does without it.
                from pos.ui.tones import Loudspeaker, find_player

                self._speaker = Loudspeaker(self._player or find_player(), self._bell.emit)
            self._speaker.play(name)

    def accepted(self) -> None:
        """A sale was made, or what was scanned is known."""
        self.play("accepted")

    def close(self) -> None:
        if self._speaker is not None:
            self._speaker.close()

    def _said(self, level: str, _: str) -> None:
        if level == "good":
            self.play("accepted")
        elif level in ("warning", "danger"):
            self.play("refused")

    def _linked(self) -> None:
        link = self._session.link
        if link.cause == NOT_ASKED:
            return  # a line that was not looked for yet is not lost
        before, self._online = self._online, link.online
        if before is not None and before != link.online:
            self.play("line_back" if link.online else "line_lost")
