"""What stands at the panel's foot while money is with the terminal: its words, and what can be done now."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pos.ui.keys import cap
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton, MoneyLabel


@dataclass(frozen=True, slots=True)
class CardState:
    """As text. `level` is "muted" or "warning"; an empty button is not there, `enabled` speaks of all."""

    title: str
    amount: str
    lead: str
    note: str
    level: str
    main: str
    first: str = ""
    second: str = ""
    stop: str = ""
    enabled: bool = True


class CardBox(QWidget):
    """`main` is the primary action (Enter), `first` and `second` are the two words (F11, F12), `stop` is Esc."""

    main = Signal()
    first = Signal()
    second = Signal()
    stop = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        rule = QFrame()
        rule.setProperty("role", "heavy-rule")
        rule.setFixedHeight(2)
        box.addWidget(rule)
        head = QHBoxLayout()
        self._title, self._amount = QLabel(), MoneyLabel(size=t.TOTAL)
        self._title.setWordWrap(True)
        head.addWidget(self._title, 1)
        head.addWidget(self._amount)
        box.addLayout(head)
        box.addWidget(self._card())
        words = QHBoxLayout()
        words.setSpacing(16)
        self._first = KeyButton("", cap("card"), kind="outline", stacked=True)
        self._second = KeyButton("", cap("split"), kind="outline", stacked=True)
        words.addWidget(self._first, 1)
        words.addWidget(self._second, 1)
        box.addLayout(words)
        self._main = KeyButton("", cap("primary"), kind="primary", stacked=True)
        self._stop = KeyButton("", cap("back"), kind="outline", stacked=True)
        box.addWidget(self._main)
        box.addWidget(self._stop)
        acts = (
            (self._main, self.main),
            (self._first, self.first),
            (self._second, self.second),
            (self._stop, self.stop),
        )
        for button, signal in acts:
            set_height(button, 60)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(signal)

    def _card(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "panel")
        card.setMinimumHeight(112)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(12, 10, 12, 10)
        self._lead, self._note = QLabel(), QLabel()
        self._lead.setFont(text_font(t.TITLE))
        for label in (self._lead, self._note):
            label.setWordWrap(True)
            inner.addWidget(label)
        inner.addStretch()
        return card

    def show_state(self, state: CardState) -> None:
        self._title.setText(state.title)
        self._amount.setText(state.amount)
        self._lead.setText(state.lead)
        self._lead.setAccessibleName(state.lead)
        self._note.setText(f"▲ {state.note}" if state.note and state.level == "warning" else state.note)
        self._note.setProperty("role", state.level)
        restyle(self._note)
        buttons = ((self._main, state.main), (self._first, state.first), (self._second, state.second))
        for button, text in (*buttons, (self._stop, state.stop)):
            button.setVisible(bool(text))
            button.setEnabled(state.enabled)
            button.set_label(text)
