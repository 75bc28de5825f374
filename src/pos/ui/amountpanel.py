"""A panel in which one amount is typed: label, large figure, problem line, pad and primary key."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.keys import cap
from pos.ui.numpad import NumPad
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.fitted import FittedLabel
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton, MoneyLabel


class AmountPanel(QWidget):
    """`pad` and `primary` are there to be connected; `show_state` draws."""

    def __init__(self, label: str, primary: str) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        name = FittedLabel(label)
        name.set_usual(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._amount = MoneyLabel(size=t.TOTAL)
        self._amount.setFixedHeight(52)
        head = QHBoxLayout()
        name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # the amount has its room first
        head.addWidget(name, 1)
        head.addWidget(self._amount)
        rule = QFrame()
        rule.setProperty("role", "heavy-rule")
        rule.setFixedHeight(2)
        self._problem = QLabel()
        self._problem.setProperty("role", "warning")
        self._problem.setWordWrap(True)
        self._problem.setMinimumHeight(40)
        self._problem.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.extra = QVBoxLayout()
        self.extra.setSpacing(8)
        self.pad = NumPad(point=True)
        self.primary = KeyButton(primary, cap("primary"), kind="primary", stacked=True)
        set_height(self.primary, 64)
        self.primary.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.addLayout(head)
        box.addWidget(rule)
        box.addWidget(self._problem)
        box.addLayout(self.extra)
        box.addStretch(1)
        box.addWidget(self.pad)
        box.addWidget(self.primary)

    def show_state(self, amount: str, problem: str, primary: str, ready: bool) -> None:
        self._amount.setText(amount)
        self._problem.setText("▲ " + problem if problem else "")
        self.primary.set_label(primary)
        self.primary.setEnabled(ready)
