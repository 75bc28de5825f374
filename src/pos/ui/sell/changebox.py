"""What stands in the panel after a sale until the next customer: the change, large, and the paper's fate."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import money_font
from pos.ui.theme.widgets import KeyButton, MoneyLabel


@dataclass(frozen=True, slots=True)
class ChangeState:
    """As text. `printed_level` is "muted", "good" or "warning"; `again` offers to print once more."""

    paid: str
    tickets: str
    printed: str
    printed_level: str
    given: str
    change: str
    again: bool


class ChangeBox(QWidget):
    """`next_customer` is the primary action."""

    next_customer = Signal()
    receipt = Signal()
    print_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        rule = QFrame()
        rule.setProperty("role", "heavy-rule")
        rule.setFixedHeight(2)
        box.addWidget(rule)
        paid = QHBoxLayout()
        self._paid = MoneyLabel(size=t.TOTAL)
        paid.addWidget(QLabel(tr("Paid")), 0, Qt.AlignmentFlag.AlignBottom)
        paid.addWidget(self._paid, 1)
        box.addLayout(paid)
        paper = QHBoxLayout()
        self._tickets, self._printed = QLabel(), QLabel()
        self._tickets.setProperty("role", "muted")
        self._printed.setWordWrap(True)
        self._printed.setAlignment(Qt.AlignmentFlag.AlignRight)
        paper.addWidget(self._tickets)
        paper.addWidget(self._printed, 1)
        box.addLayout(paper)
        self._again = KeyButton(tr("Print again"), kind="outline")
        self._again.clicked.connect(self.print_again)
        box.addWidget(self._again)
        box.addWidget(self._card(), 1)
        box.addLayout(self._keys())

    def _card(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "panel")
        card.setMinimumHeight(136)
        inner = QVBoxLayout(card)
        inner.setSpacing(0)
        self._given, name, self._change = QLabel(), QLabel(tr("Change")), QLabel()
        self._given.setProperty("role", "muted")
        self._change.setFont(money_font(t.CHANGE))
        inner.addStretch()
        for label in (self._given, name, self._change):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            inner.addWidget(label)
        inner.addStretch()
        return card

    def _keys(self) -> QHBoxLayout:
        keys = QHBoxLayout()
        keys.setSpacing(8)
        self._next = KeyButton(tr("Next customer"), cap("primary"), kind="primary", stacked=True)
        self._receipt = KeyButton(tr("Receipt"), cap("receipt"), stacked=True)
        for button in (self._next, self._receipt):
            set_height(button, 64)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._next.clicked.connect(self.next_customer)
        self._receipt.clicked.connect(self.receipt)
        keys.addWidget(self._next, 2)
        keys.addWidget(self._receipt, 1)
        return keys

    def show_state(self, state: ChangeState) -> None:
        self._paid.setText(state.paid)
        self._tickets.setText(state.tickets)
        self._printed.setText(state.printed)
        self._printed.setProperty("role", state.printed_level)
        restyle(self._printed)
        self._again.setVisible(state.again)
        self._given.setText(state.given)
        size = t.CHANGE
        # A long amount (dong, forint) must still fit the panel.
        while size > t.TOTAL and money_width(state.change, size) > self.width() - 24:
            size -= 4
        self._change.setFont(money_font(size))
        self._change.setText(state.change)


def money_width(text: str, size: int) -> int:
    """How wide an amount is at `size` px, in px."""
    from PySide6.QtGui import QFontMetrics

    return QFontMetrics(money_font(size)).horizontalAdvance(text)
