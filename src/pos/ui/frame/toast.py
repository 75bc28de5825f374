"""A sentence over the work area that informs without interrupting: nothing waits for it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from pos.ui.theme.apply import restyle

_SIGNS: Final = {"plain": "", "good": "✓  ", "warning": "▲  ", "danger": "■  "}
_SHOWN_MS: Final = 7000
_LOUD_MS: Final = 15_000
_LETTER_MS: Final = 70  # what somebody needs who reads slowly, and looks up first


class Toast(QFrame):
    """Sits at the foot of `over`, where it hides no seats; a press, or time, takes it away."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setProperty("role", "panel")
        self._text = QLabel()
        self._text.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.addWidget(self._text)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.hide)
        over.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    def say(self, level: str, sentence: str) -> None:
        """`level` is "plain", "good", "warning" or "danger"; each has a sign beside its colour."""
        self._text.setText(_SIGNS[level] + sentence)
        self._text.setProperty("role", level if level != "plain" else "")
        self.setAccessibleName(sentence)
        restyle(self)
        self._place()
        self.show()
        self.raise_()
        self._timer.start(_LOUD_MS if level == "danger" else shown_ms(sentence))

    def _place(self) -> None:
        width = min(640, self._over.width() - 48)
        self._text.setFixedWidth(width - 34)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((self._over.width() - width) // 2, self._over.height() - self.height() - 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False


def shown_ms(sentence: str) -> int:
    """How long a sentence that is no alarm stays: one that says what to do instead takes longer to read."""
    return min(max(_SHOWN_MS, _LETTER_MS * len(sentence)), _LOUD_MS)
