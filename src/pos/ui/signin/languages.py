"""The languages of the window in a row, each by its own name."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos.ui.catalogue import LANGUAGES
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.widgets import KeyButton


class LanguageRow(QWidget):
    """`chosen` carries a language's code; the one spoken now is marked."""

    chosen = Signal(str)

    def __init__(self, spoken: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for number, (code, name) in enumerate(LANGUAGES.items(), 1):
            button = KeyButton(name, cap(f"screen:{number}"))
            button.setCheckable(True)
            button.setChecked(code == spoken)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleDescription(tr("Language"))
            button.clicked.connect(lambda _=False, code=code: self.chosen.emit(code))
            set_height(button, t.TOUCH)
            row.addWidget(button)
        row.addStretch(1)


def language_at(number: int) -> str:
    """The language at a place of the row, or nothing."""
    return next((code for at, code in enumerate(LANGUAGES, 1) if at == number), "")
