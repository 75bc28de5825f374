"""The price keys F1–F10: what the marked ticket, or the next one, costs at each price type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from pos.ui.i18n import tr
from pos.ui.theme.widgets import KeyButton

_COLUMNS: Final = 3
_KEYS: Final = 6  # on the pad at a time; with more types the last key turns the page


@dataclass(frozen=True, slots=True)
class PriceKey:
    """One type: `price` is empty where it is not sold in this category."""

    number: int
    name: str
    price: str
    chosen: bool


class PricePad(QWidget):
    """`pressed` carries the number of the price type, 1 for the first."""

    pressed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: list[PriceKey] = []
        self._page = 0
        self._buttons = [KeyButton("", cap_first=True, parent=self) for _ in range(_KEYS)]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for slot, button in enumerate(self._buttons):
            button.setFixedHeight(56)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, slot=slot: self._clicked(slot))
            grid.addWidget(button, slot // _COLUMNS, slot % _COLUMNS)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)

    def show_keys(self, keys: list[PriceKey]) -> None:
        self._keys = keys
        if self._page * (_KEYS - 1) >= len(keys):
            self._page = 0
        self._draw()

    def _shown(self) -> list[PriceKey]:
        if len(self._keys) <= _KEYS:
            return self._keys
        first = self._page * (_KEYS - 1)
        return self._keys[first : first + _KEYS - 1]

    def _draw(self) -> None:
        shown, paged = self._shown(), len(self._keys) > _KEYS
        for slot, button in enumerate(self._buttons):
            key = shown[slot] if slot < len(shown) else None
            more = paged and slot == _KEYS - 1
            # An unused key keeps its place, so that the basket below never moves.
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            button.setSizePolicy(policy)
            button.setVisible(key is not None or more)
            if key is not None:
                button.set_label(key.name)
                button.set_key(f"F{key.number}")
                button.set_detail(key.price or "–")
                button.setEnabled(bool(key.price))
                button.setChecked(key.chosen)
            elif more:
                button.set_label(tr("More…"))
                button.set_key("")
                button.set_detail("")
                button.setEnabled(True)
                button.setChecked(False)

    def _clicked(self, slot: int) -> None:
        shown = self._shown()
        if slot < len(shown):
            self.pressed.emit(shown[slot].number)
        else:
            self._page = (self._page + 1) % -(-len(self._keys) // (_KEYS - 1))
        # The button toggled itself; what is chosen is the presenter's to say.
        self._draw()
