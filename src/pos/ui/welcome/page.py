"""What a page of the first start's guide is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from pos.ui.i18n import tr
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import text_font


class Page(QWidget):
    """A step: what it is about at the top, what came of it at the bottom. `passed` goes on to the next one.

    A subclass fills `box` between the two.
    """

    passed = Signal()
    spoke = Signal(QWidget)  # the label in which something is said now
    changed = Signal()  # what Enter does here, or whether anything is under way

    def __init__(self, title: str, words: str) -> None:
        super().__init__()
        self.busy = False
        self.outer = QVBoxLayout(self)
        self.outer.setContentsMargins(0, 0, 0, 0)
        self.outer.setSpacing(12)
        head, about = QLabel(title), QLabel(words)
        head.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        about.setProperty("role", "muted")
        self.box = QVBoxLayout()
        self.box.setSpacing(12)
        self.said = QLabel()
        for label in (head, about, self.said):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.said.setMinimumHeight(t.TOUCH)
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.outer.addWidget(head)
        self.outer.addWidget(about)
        self.outer.addLayout(self.box, 1)
        self.outer.addWidget(self.said)

    @property
    def next_label(self) -> str:
        """What Enter does."""
        return tr("Next")

    def enter(self) -> None:
        """It is shown now."""

    def primary(self) -> None:
        """Enter."""
        self.passed.emit()

    def choose(self, number: int) -> None:
        """The n-th of what there is to choose from, by its key."""

    def say(self, text: str, *, wrong: bool = False) -> None:
        self.said.setText(text)
        self.said.setProperty("role", "warning" if wrong else "muted")
        restyle(self.said)
        self.spoke.emit(self.said)

    def working(self, busy: bool) -> None:
        """Whether something is under way, during which nothing can be pressed."""
        self.busy = busy
        self.changed.emit()


def card(title: str, words: str, widgets: tuple[QWidget, ...]) -> QFrame:
    """A frame with a heading, what it is about, and what there is to fill in."""
    framed = QFrame()
    framed.setProperty("role", "panel")
    box = QVBoxLayout(framed)
    box.setContentsMargins(16, 16, 16, 16)
    box.setSpacing(12)
    head, text = QLabel(title), QLabel(words)
    head.setProperty("role", "strong")
    text.setProperty("role", "muted")
    text.setWordWrap(True)
    box.addWidget(head)
    box.addWidget(text)
    box.addStretch()
    for widget in widgets:
        box.addWidget(widget)
    return framed
