"""The help overlay: every key, over the work area, until any key is pressed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

import pos
from pos.ui.i18n import tr
from pos.ui.keys import listed
from pos.ui.session import Session
from pos.ui.theme.widgets import keycap


def about(session: Session) -> str:
    """What a technician asks for on the telephone."""
    status = session.status
    return tr(
        "Housefull {version} · till {till} · key in {key_at}",
        version=pos.__version__,
        till=status.till,
        key_at=status.key_at or "?",
    )


def advice(session: Session) -> str:
    """What to do while the office is away, nothing while it is there."""
    if session.link.online:
        return ""
    return tr(
        "The office cannot be reached. Go on selling what is in hand; sales are kept here and sent by themselves. "
        "Check the network cable, then call whoever looks after the office. Nothing needs to be typed twice. "
        "{detail}",
        detail=session.link.detail,
    ).strip()


class HelpOverlay(QWidget):
    """Covers `over`; hidden until `toggle`. `advice` says what to do while the office is away,
    `about` what a technician asks for."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._card = QFrame(self)
        self._card.setProperty("role", "panel")
        box = QVBoxLayout(self._card)
        box.setContentsMargins(24, 16, 24, 16)
        self._advice = QLabel()
        self._advice.setWordWrap(True)
        self._advice.setProperty("role", "warning")
        title = QLabel(tr("Keys"))
        title.setProperty("role", "title")
        box.addWidget(title)
        box.addWidget(self._advice)
        grid = QGridLayout()
        grid.setHorizontalSpacing(40)
        grid.setVerticalSpacing(8)
        for number, (name, rows) in enumerate(listed()):
            # Down, then across: the two longest stand side by side, so that all goes into the least window.
            grid.addWidget(self._group(name, rows), number % 2, number // 2, Qt.AlignmentFlag.AlignTop)
        box.addLayout(grid)
        self._about = QLabel()
        self._about.setProperty("role", "small")
        box.addSpacing(12)
        box.addWidget(self._about)
        self.hide()

    @staticmethod
    def _group(name: str, rows: list[tuple[str, str]]) -> QWidget:
        group = QWidget()
        grid = QGridLayout(group)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        head = QLabel(name)
        head.setProperty("role", "strong")
        grid.addWidget(head, 0, 0, 1, 2)
        for at, (key, text) in enumerate(rows, 1):
            grid.addWidget(keycap(key), at, 0, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(QLabel(text), at, 1)
        return group

    def toggle(self, advice: str = "", about: str = "") -> None:
        if self.isVisible():
            self.hide()
            return
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        self._about.setText(about)
        self.setGeometry(self._over.rect())
        self._card.adjustSize()
        self._card.move((self.width() - self._card.width()) // 2, max(8, (self.height() - self._card.height()) // 2))
        self.show()
        self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        veil = QColor(self.palette().color(QPalette.ColorRole.Window))
        veil.setAlpha(200)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), veil)
