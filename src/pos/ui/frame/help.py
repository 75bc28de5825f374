"""The help: what can be done on the screen at hand, what its signs mean, what to do in trouble, then every key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from pos.ui.frame.cover import Cover, section
from pos.ui.frame.helptext import SELLING, about, purpose, signs, troubles
from pos.ui.i18n import tr
from pos.ui.keys import listed
from pos.ui.screen import Screen
from pos.ui.session import Session
from pos.ui.theme import tokens as t
from pos.ui.theme.tokens import Tokens
from pos.ui.theme.widgets import KeyButton, keycap

_SIZE_PX: Final = (1180, 700)
_SIGN_PX: Final = 16


class _Group(QWidget):
    """A heading and its rows, of which only those are shown that have the words looked for."""

    def __init__(self, name: str, rows: Sequence[tuple[QLabel, str]]) -> None:
        super().__init__()
        self._rows: list[tuple[str, tuple[QLabel, QLabel]]] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(section(name), 0, 0, 1, 2)
        top = Qt.AlignmentFlag.AlignTop
        for at, (sign, text) in enumerate(rows, 1):
            words = QLabel(text)
            words.setTextFormat(Qt.TextFormat.PlainText)
            words.setWordWrap(True)
            grid.addWidget(sign, at, 0, top | Qt.AlignmentFlag.AlignRight)
            grid.addWidget(words, at, 1, top)
            self._rows.append((f"{name} {sign.text()} {text}".casefold(), (sign, words)))

    def narrow(self, wanted: Sequence[str]) -> int:
        """Show the rows with all these words in them; how many there are."""
        found = 0
        for text, labels in self._rows:
            fits = all(word in text for word in wanted)
            found += fits
            for label in labels:
                label.setVisible(fits)
        self.setVisible(bool(found))
        return found


class HelpOverlay(Cover):
    """Made anew each time it is opened, for the screen that is shown then. Typing looks for what has those words."""

    def __init__(self, over: QWidget, session: Session, give_back: Callable[[], None]) -> None:
        super().__init__(over, give_back, _SIZE_PX)
        self._session = session
        self.setAccessibleName(tr("Help"))
        self.search = QLineEdit()
        self.search.setMinimumHeight(t.TOUCH)
        self.search.setPlaceholderText(tr("What is it about? Type a word: jam, card, undo …"))
        self.search.setAccessibleName(tr("Look for something in the help"))
        self.search.textChanged.connect(self._narrow)
        head = QHBoxLayout()
        head.addWidget(self.search, 1)
        head.addWidget(keycap("Esc"))
        self.box.addLayout(head)
        self._none = QLabel(tr("Nothing in the help has all these words."))
        self._none.setProperty("role", "muted")
        self.box.addWidget(self._none)
        self._inside = QWidget()
        self._columns = QHBoxLayout(self._inside)
        self._columns.setContentsMargins(0, 0, 12, 0)
        self._columns.setSpacing(40)
        self.scrolling(self._inside)
        self._about = QLabel()
        self._about.setProperty("role", "small")
        self.box.addWidget(self._about)
        self.groups: list[_Group] = []
        self._face: QWidget | None = None

    def show_for(self, screen: Screen | None, tokens: Tokens) -> None:
        """The help for this screen, beginning with what can be done on it now."""
        if self._face is not None:
            self._face.setParent(None)
            self._face.deleteLater()
        self._face = QWidget()
        self._columns.addWidget(self._face)
        row = QHBoxLayout(self._face)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(40)
        name = screen.name if screen is not None else ""
        here = _Group(tr("Here"), _here(screen))
        marks = _Group(tr("What the signs mean"), [*_seats(name, tokens), *((_strong(a), b) for a, b in signs())])
        care = _Group(tr("When something goes wrong"), [(_case(a), b) for a, b in troubles(self._session)])
        keys = [_Group(title, [(keycap(key), text) for key, text in rows]) for title, rows in listed()]
        for column in ([here, marks, *keys[:2]], [care, *keys[2:]]):
            box = QVBoxLayout()
            box.setSpacing(8)
            if here in column:
                words = QLabel(purpose(name))
                words.setWordWrap(True)
                box.addWidget(words)
            for group in column:
                box.addWidget(group)
            box.addStretch(1)
            row.addLayout(box, 1)
        self.groups = [here, marks, care, *keys]
        self._about.setText(about(self._session))
        self.search.clear()
        self._narrow("")
        self.open()
        self.search.setFocus()

    def act(self, action: str) -> None:
        if action == "help":
            self.dismiss()
        else:
            super().act(action)

    def _narrow(self, text: str) -> None:
        wanted = text.casefold().split()
        found = sum(group.narrow(wanted) for group in self.groups)
        self._none.setVisible(not found)


def _here(screen: Screen | None) -> list[tuple[QLabel, str]]:
    """Every button with a key that is on this screen now: the screen itself is what says what it can do."""
    rows: dict[str, str] = {}
    for side in (screen.work, screen.panel) if screen is not None else ():
        for button in side.findChildren(KeyButton):
            words = any(letter.isalnum() for letter in button.label)  # else the button has nothing to say just now
            if button.key and words and button.isVisibleTo(side):
                rows.setdefault(button.key, button.label)
    rows.setdefault("Esc", tr("one step back"))
    return [(keycap(key), label) for key, label in rows.items()]


def _seats(screen: str, tokens: Tokens) -> list[tuple[QLabel, str]]:
    """The seats of the map as they are drawn, each with its state."""
    if screen not in SELLING:
        return []
    from pos.ui.seatmap import states as s
    from pos.ui.seatmap.legend import seat_pixmap

    states = [
        (s.FREE, tr("free: a press takes it, the office is asked for it")),
        (s.HERE, tr("in hand here: sells also while the office is away")),
        (s.ELSEWHERE, tr("in another window's hand: it is asked for it")),
        (s.HELD, tr("held for somebody; the seat says for whom")),
        (s.SOLD, tr("sold")),
        (s.BASKET, tr("in this basket")),
    ]
    return [(_picture(seat_pixmap(state, tokens, tokens.accent, _SIGN_PX)), text) for state, text in states]


def _picture(pixmap: QPixmap) -> QLabel:
    label = QLabel()
    label.setPixmap(pixmap)
    return label


def _strong(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "strong")
    return label


def _case(text: str) -> QLabel:
    label = _strong(text)
    label.setWordWrap(True)
    label.setFixedWidth(150)
    return label
