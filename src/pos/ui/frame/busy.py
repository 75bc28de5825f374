"""The line under the top bar: it moves while something that was asked for takes more than a second."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from pos.ui.bridge import Bridge
from pos.ui.i18n import tr

_PATIENCE_MS: Final = 1000
_STEP_MS: Final = 120
_STEPS: Final = 12  # from the left edge to the right one
HEIGHT_PX: Final = 3


class BusyLine(QWidget):
    """Quiet it is the rule between top bar and notices; it never takes more room than that."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._opening, self._at = bridge, False, 0
        self.setFixedHeight(HEIGHT_PX)
        self._patience = QTimer(self, singleShot=True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._begin)
        self._steps = QTimer(self)
        self._steps.setInterval(_STEP_MS)
        self._steps.timeout.connect(self._step)
        bridge.asked.connect(self._asked)
        bridge.settled.connect(self._settled)
        if bridge.acting:
            self._asked()

    @property
    def moving(self) -> bool:
        return self._steps.isActive()

    def opens(self, step: str) -> None:
        """The till is being opened, or, with nothing, is open."""
        self._opening = bool(step)
        if self._opening:
            self._asked()
        else:
            self._settled()

    def sizeHint(self) -> QSize:
        return QSize(1, HEIGHT_PX)

    def _asked(self) -> None:
        if not self.moving and not self._patience.isActive():
            self._patience.start()

    def _settled(self) -> None:
        if self._bridge.acting or self._opening:
            return
        self._patience.stop()
        self._steps.stop()
        self.setAccessibleName("")
        self.update()

    def _begin(self) -> None:
        self._at = 0
        self._steps.start()
        self.setAccessibleName(tr("Working …"))
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, tr("Working …")))
        self.update()

    def _step(self) -> None:
        self._at = (self._at + 1) % _STEPS
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, role = self.palette(), QPalette.ColorRole
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), colors.color(role.Base))
            painter.fillRect(0, HEIGHT_PX - 1, self.width(), 1, colors.color(role.Mid))
            if self.moving:
                part = self.width() // _STEPS
                painter.fillRect(self._at * part, 0, 2 * part, HEIGHT_PX, colors.color(role.Highlight))
