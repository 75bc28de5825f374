"""Something that lies over the whole window for a moment. It has the keyboard, and nothing behind it stops."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from pos.ui.parts import scrolled
from pos.ui.theme import tokens as t

_MARGIN_PX, _VEIL, _STEP_PX = 16, 200, 120


class Cover(QWidget):
    """Hidden until `open`; a press beside its card, or Esc, takes it away, and `give_back` gets the focus.

    A subclass fills `box`, and answers keys in `act`. No larger than `size_px`, nor than the window.
    """

    def __init__(self, over: QWidget, give_back: Callable[[], None], size_px: tuple[int, int]) -> None:
        super().__init__(over)
        self._over, self._give_back, self._size = over, give_back, size_px
        self._scroll: QScrollArea | None = None
        self._holds_focus = False
        self.card = QFrame(self)
        self.card.setProperty("role", "panel")
        self.box = QVBoxLayout(self.card)
        self.box.setContentsMargins(24, 16, 24, 16)
        self.box.setSpacing(8)
        over.installEventFilter(self)
        self.hide()

    def title(self, text: str) -> QLabel:
        """A heading, as wide as the card."""
        title = QLabel(text)
        title.setProperty("role", "title")
        title.setWordWrap(True)
        self.setAccessibleName(text)
        self.box.addWidget(title)
        return title

    def scrolling(self, inside: QWidget, box: QVBoxLayout | None = None) -> QScrollArea:
        """The part of the card that scrolls with the keys; there is one. It is put into `box`, or the card's own."""
        self._scroll = scrolled(inside)
        inside.setProperty("role", "")  # on the card's own ground
        (box or self.box).addWidget(self._scroll, 1)
        return self._scroll

    def open(self) -> None:
        self._place()
        self.show()
        self.raise_()
        self.setFocus()
        if not self._holds_focus:
            self._holds_focus = True
            QApplication.instance().focusChanged.connect(self._hold_focus)  # type: ignore[union-attr]

    def dismiss(self) -> None:
        self._let_go()
        self.hide()
        self._give_back()

    def _let_go(self) -> None:
        if self._holds_focus:
            self._holds_focus = False
            QApplication.instance().focusChanged.disconnect(self._hold_focus)  # type: ignore[union-attr]

    def _hold_focus(self, _: QWidget | None, now: QWidget | None) -> None:
        """Tab stays on the card: what lies under it is not to be typed into unseen."""
        if now is not None and now is not self and now.window() is self.window() and not self.isAncestorOf(now):
            self.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not self.isVisible() and not event.spontaneous():
            self._let_go()

    def act(self, action: str) -> None:
        """While it is shown, every key of the table comes here."""
        bar = self._scroll.verticalScrollBar() if self._scroll is not None else None
        steps = {"up": -1, "down": 1, "line_up": -4, "line_down": 4}
        if action in ("back", "primary"):
            self.dismiss()
        elif bar is not None and action in steps:
            bar.setValue(bar.value() + steps[action] * _STEP_PX)

    def _place(self) -> None:
        self.setGeometry(self._over.rect())
        width, height = (min(most, room - 2 * _MARGIN_PX) for most, room in zip(self._size, self._room(), strict=True))
        self.card.setFixedSize(max(width, t.TOUCH), max(height, t.TOUCH))
        self.card.move((self.width() - width) // 2, max(_MARGIN_PX, (self.height() - height) // 2))

    def _room(self) -> tuple[int, int]:
        return self.width(), self.height()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        veil = QColor(self.palette().color(QPalette.ColorRole.Window))
        veil.setAlpha(_VEIL)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), veil)


def section(text: str) -> QLabel:
    """A heading within a card."""
    head = QLabel(text)
    head.setProperty("role", "strong")
    head.setAlignment(Qt.AlignmentFlag.AlignBottom)
    return head
