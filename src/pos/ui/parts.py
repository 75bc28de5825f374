"""The parts that the views are put together from: buttons for a finger, what is known of a thing, sums, a problem.

They know no presenter: a view gives them texts, and what is to be done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton, MoneyLabel


def touch(button: KeyButton, act: Callable[[], object], height_px: int = 48) -> KeyButton:
    """The button, as high as a finger needs; a click does `act`. Only Tab gives it the keyboard, no click."""
    set_height(button, height_px)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda _=False: act())
    return button


def foot(*buttons: KeyButton, spacing_px: int = 16) -> QHBoxLayout:
    """The last row of a panel: its ways out, of which the last is the main one and has twice the room."""
    row = QHBoxLayout()
    row.setSpacing(spacing_px)
    for button in buttons:
        row.addWidget(button, 2 if button is buttons[-1] else 1)
    return row


class Pages(QStackedWidget):
    """Pages of which the one in sight alone is in the layout: another that needs more height would scroll them all."""

    def show_page(self, page: QWidget) -> None:
        if (before := self.currentWidget()) is page:
            return
        if before is not None:
            self.removeWidget(before)
            before.setParent(self)  # it stays this stack's, and goes with it
            before.hide()
        self.addWidget(page)
        self.setCurrentWidget(page)


def scrolled(inside: QWidget) -> QScrollArea:
    """A card that scrolls up and down where it is longer than its room, and takes no focus."""
    inside.setProperty("role", "card")
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(inside)
    return scroll


def scrolled_story(title: QLabel, *parts: QLabel | FactGrid) -> QScrollArea:
    """What is told of one thing, each part below the last. A long one scrolls, so that nothing below it moves."""
    inside = QWidget()
    box = QVBoxLayout(inside)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(8)
    title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
    for part in (title, *parts):
        if isinstance(part, QLabel):
            part.setWordWrap(True)
            part.setTextFormat(Qt.TextFormat.PlainText)
            box.addWidget(part)
        else:
            box.addLayout(part)
    box.addStretch(1)
    return scrolled(inside)


class FactGrid(QGridLayout):
    """Names at the left, muted, and what is known at the right, in at most `rows` rows."""

    def __init__(self, rows: int, spacing_px: int = 4) -> None:
        super().__init__()
        self.setHorizontalSpacing(12)
        self.setVerticalSpacing(spacing_px)
        self.setColumnStretch(1, 1)
        self.rows = [(QLabel(), QLabel()) for _ in range(rows)]
        for at, (name, value) in enumerate(self.rows):
            name.setProperty("role", "muted")
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setWordWrap(True)
            self.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
            self.addWidget(value, at, 1)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these (name, value), one under the other; what is not known takes no room."""
        for at, labels in enumerate(self.rows):
            told = facts[at] if at < len(facts) else ("", "")
            for label, text in zip(labels, told, strict=True):
                label.setText(text)
                label.setToolTip(text)  # an address is one word that may be wider than its room
                label.setVisible(bool(told[1]))


class Sum(QHBoxLayout):
    """What it comes to: some words, which may be long, and a large amount."""

    def __init__(self) -> None:
        super().__init__()
        self._lead, self.amount = QLabel(), MoneyLabel(size=t.TOTAL)
        self._lead.setWordWrap(True)
        self.addWidget(self._lead, 1)
        self.addWidget(self.amount)

    def tell(self, lead: str, amount: str) -> None:
        self._lead.setText(lead)
        self.amount.setText(amount)


class SumLines(QWidget):
    """What a sum is made of, in lines that scroll, and the `sum` under it."""

    def __init__(self) -> None:
        super().__init__()
        inside = QWidget()
        self._lines = QGridLayout(inside)
        self._lines.setContentsMargins(0, 0, 8, 0)
        self._lines.setVerticalSpacing(2)
        self._lines.setColumnStretch(0, 1)
        self._lines.setAlignment(Qt.AlignmentFlag.AlignTop)
        scroll = scrolled(inside)
        scroll.setMinimumHeight(44)
        self.sum = Sum()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(scroll, 1)
        box.addLayout(self.sum)

    def show_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        """Show these (text, amount); a text that begins with a space belongs to the line above it."""
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for at, (text, amount) in enumerate(lines):
            name = QLabel(text)
            name.setTextFormat(Qt.TextFormat.PlainText)
            if text.startswith(" "):
                name.setProperty("role", "muted")
            self._lines.addWidget(name, at, 0)
            self._lines.addWidget(MoneyLabel(amount), at, 1)


class Problem(QLabel):
    """What went wrong, above what may be done about it; it takes no room while nothing is."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setProperty("role", "warning")
        self.hide()

    def tell(self, words: str, *, asked: str = "", done: str = "") -> None:
        """Show it, with its sign, unless it says only what is `asked` for beside it already; where nothing went wrong,
        what was `done`."""
        wrong = bool(words) and words != asked
        self.setText(f"▲ {words}" if wrong else done)
        self.setProperty("role", "warning" if wrong else "good")
        restyle(self)
        self.setVisible(bool(self.text()))
