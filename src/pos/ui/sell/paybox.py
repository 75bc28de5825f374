"""Total, terms and payment, at the foot of the side panel."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pos.ui.i18n import tr
from pos.ui.keys import QUICK_KEYS, cap
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton, MoneyLabel, keycap


@dataclass(frozen=True, slots=True)
class PayState:
    """Everything the box shows, as text. `fees` are (what, amount); an empty `quick` slot is blank; `action` is
    what Enter does."""

    fees: list[tuple[str, str]]
    terms: str
    told: bool
    total: str
    rounding: str
    given: str
    change: str
    quick: list[str]
    warning: str
    ready: bool
    paying: bool
    action: str
    terminal: bool = False
    parked: str = ""  # what the key says while there is nothing to park, only something to take up


class PayBox(QWidget):
    """`told` toggles that the terms were told; `quick` carries 1–3; `pay` is the primary action; `card` is there
    where a terminal is. `asked` carries the action of what is done with the basket instead of paying for it now."""

    told = Signal()
    quick = Signal(int)
    pay = Signal()
    card = Signal()
    split = Signal()
    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addLayout(self._notes())
        rule = QFrame()
        rule.setProperty("role", "heavy-rule")
        rule.setFixedHeight(2)
        box.addWidget(rule)
        box.addLayout(self._sum())
        box.addLayout(self._aside())
        box.addLayout(self._cash())
        self._pay = KeyButton(tr("Cash"), cap("primary"), kind="primary", stacked=True)
        self._card = KeyButton(tr("Card"), cap("card"), stacked=True)
        self._split = KeyButton(tr("Split"), cap("split"), stacked=True)
        self._split.setToolTip(tr("Several tenders; with an amount typed, that in cash and the rest by card"))
        keys = QHBoxLayout()
        keys.setSpacing(6)
        for button, signal, share in (
            (self._pay, self.pay, 20),
            (self._card, self.card, 9),
            (self._split, self.split, 9),
        ):
            set_height(button, 56)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(signal)
            keys.addWidget(button, share)
        box.addLayout(keys)

    def _notes(self) -> QGridLayout:
        notes = QGridLayout()
        notes.setHorizontalSpacing(8)
        notes.setVerticalSpacing(2)
        notes.setColumnStretch(0, 1)
        self._fee, self._fee_amount = QLabel(), QLabel()
        self._terms = QLabel()
        self._told = QPushButton()
        self._told.setProperty("role", "link")
        self._told.setCursor(Qt.CursorShape.PointingHandCursor)
        self._told.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_height(self._told, 28)
        self._told.clicked.connect(self.told)
        self._told_cap = keycap(cap("told"))
        for label in (self._fee, self._fee_amount, self._terms):
            label.setProperty("role", "small")
        notes.addWidget(self._fee, 0, 0)
        notes.addWidget(self._fee_amount, 0, 1, 1, 2, Qt.AlignmentFlag.AlignRight)
        notes.addWidget(self._terms, 1, 0)
        notes.addWidget(self._told, 1, 1)
        notes.addWidget(self._told_cap, 1, 2)
        return notes

    def _sum(self) -> QHBoxLayout:
        total = QHBoxLayout()
        names = QVBoxLayout()
        names.setSpacing(0)
        # What is odd about the payment stands beside the total, in room that is always there.
        self._name, self._note = QLabel(tr("Total")), QLabel()
        self._note.setWordWrap(True)
        self._note.setFont(text_font(t.SMALL))
        names.addStretch()
        names.addWidget(self._name)
        names.addWidget(self._note)
        names.addStretch()
        self._total = MoneyLabel(size=t.TOTAL)
        self._total.setFixedHeight(50)
        total.addLayout(names, 1)
        total.addWidget(self._total)
        return total

    def _aside(self) -> QHBoxLayout:
        """What is done with the basket instead of paying for it now."""
        keys = QHBoxLayout()
        keys.setSpacing(6)
        self._park = KeyButton(tr("Park"), cap("park"), stacked=True)
        self._customer = KeyButton(tr("Customer"), cap("customer"), stacked=True)
        self._more = KeyButton(tr("More…"), cap("menu"), stacked=True)
        for button, action in ((self._park, "park"), (self._customer, "customer"), (self._more, "menu")):
            set_height(button, t.TOUCH)
            button.set_font(text_font(t.SMALL))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, action=action: self.asked.emit(action))
            keys.addWidget(button, 1)
        return keys

    def _cash(self) -> QHBoxLayout:
        keys = QHBoxLayout()
        keys.setSpacing(6)
        self._given = QFrame()
        self._given.setProperty("role", "panel")
        self._given.setFixedHeight(50)
        inner = QVBoxLayout(self._given)
        inner.setContentsMargins(8, 4, 8, 4)
        inner.setSpacing(0)
        self._given_name, self._given_amount = QLabel(tr("Given")), MoneyLabel()
        self._given_amount.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._given_name.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._given_name.setProperty("role", "small")
        inner.addWidget(self._given_name)
        inner.addWidget(self._given_amount)
        keys.addWidget(self._given, 4)
        self._quick: list[KeyButton] = []
        for number in range(1, QUICK_KEYS + 1):
            button = KeyButton("", cap(f"quick:{number}"), stacked=True)
            set_height(button, 50)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, number=number: self.quick.emit(number))
            self._quick.append(button)
            keys.addWidget(button, 3)
        return keys

    def show_state(self, state: PayState) -> None:
        self._fee.setText(" · ".join(name for name, _ in state.fees))
        self._fee_amount.setText(" · ".join(amount for _, amount in state.fees))
        self._terms.setText(state.terms)
        self._told.setVisible(bool(state.terms))
        self._told_cap.setVisible(bool(state.terms))
        self._told.setText(tr("told ✓") if state.told else tr("told"))
        self._told.setAccessibleName(tr("The terms were told") if state.told else tr("The terms were not told yet"))
        self._total.setText(state.total)
        self._given_amount.setText(state.given)
        self._given_name.setText(tr("Change {amount}", amount=state.change) if state.change else tr("Given"))
        self._given_amount.setVisible(bool(state.given))
        self._note.setText(f"▲ {state.warning}" if state.warning else state.rounding)
        self._note.setProperty("role", "warning" if state.warning else "muted")
        restyle(self._note)
        self._name.setVisible(not state.warning)
        for number, button in enumerate(self._quick):
            text = state.quick[number] if number < len(state.quick) else ""
            button.set_label(text or "–")
            button.setEnabled(bool(text))
        self._pay.set_label(tr("Paying…") if state.paying else state.action)
        for button in (self._pay, self._card):
            button.setEnabled(state.ready and not state.paying)
        # With nothing to pay it shows the payments that are waited for.
        self._split.setEnabled(not state.paying)
        self._card.setVisible(state.terminal)
        self._park.set_label(state.parked or tr("Park"))
