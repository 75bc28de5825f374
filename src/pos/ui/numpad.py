"""A pad of digits for PINs and amounts: large keys, small gaps, for gloves."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from pos.ui.i18n import tr
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import money_font

KEY_PX = 52
_GAP_PX = 6  # below 2 mm at 96 dpi


class NumPad(QWidget):
    """`digit` carries "0"–"9" or "."; `erase` is the backspace. Without `point` its place stays empty."""

    digit = Signal(str)
    erase = Signal()

    def __init__(self, *, point: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(_GAP_PX)
        for at, digit in enumerate("123456789"):
            grid.addWidget(self._key(digit), at // 3, at % 3)
        if point:
            grid.addWidget(self._key("."), 3, 0)
        grid.addWidget(self._key("0"), 3, 1)
        back = self._button("⌫")
        back.setAccessibleName(tr("Erase"))
        back.clicked.connect(self.erase)
        grid.addWidget(back, 3, 2)

    def _key(self, digit: str) -> QPushButton:
        button = self._button(digit)
        button.clicked.connect(lambda: self.digit.emit(digit))
        return button

    @staticmethod
    def _button(text: str) -> QPushButton:
        button = QPushButton(text)
        button.setFont(money_font(t.TITLE))
        set_height(button, KEY_PX)
        # The keyboard types digits by itself; a focus ring wandering over the pad would only mislead.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button
