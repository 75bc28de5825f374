"""The price keys F1–F10: what the marked ticket, or the next one, costs at each price type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from pos.ui.i18n import tr
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import MoneyLabel, keycap

_COLUMNS: Final = 3
_KEY_PX: Final = 50
_MARGIN_PX: Final = 8
_NAME_SIZES: Final = (t.BODY, t.SMALL)
_KEYS: Final = 6  # on the pad at a time; with more types the last key turns the page


@dataclass(frozen=True, slots=True)
class PriceKey:
    """One type: `price` is empty where it is not sold in this category."""

    number: int
    name: str
    price: str
    chosen: bool


class _PriceButton(QPushButton):
    """A name over its keycap and price: the whole width is the name's, since names are long in some languages."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._name, self._cap, self._price = QLabel(), keycap(""), MoneyLabel()
        self._name.setProperty("role", "key-label")
        self._full = ""
        grid = QGridLayout(self)
        grid.setContentsMargins(_MARGIN_PX, 2, _MARGIN_PX, 2)
        grid.setVerticalSpacing(0)
        grid.addWidget(self._name, 0, 0, 1, 2)
        grid.addWidget(self._cap, 1, 0)
        grid.addWidget(self._price, 1, 1)
        grid.setColumnStretch(1, 1)
        for label in (self._name, self._cap, self._price):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._name.setMinimumWidth(0)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_texts(self, name: str, cap: str, price: str) -> None:
        self._full = name
        self._fit()
        self._cap.setText(cap)
        self._cap.setVisible(bool(cap))
        self._price.setText(price)
        self.setAccessibleName(" ".join(filter(None, (name, price))))
        self.setToolTip(name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Smaller type before a name is cut short: the longest languages fit at 13 px."""
        room = self.width() - 2 * _MARGIN_PX
        for size in _NAME_SIZES:
            font = text_font(size)
            metrics = QFontMetrics(font)
            if metrics.horizontalAdvance(self._full) <= room:
                break
        self._name.setFont(font)
        self._name.setText(metrics.elidedText(self._full, Qt.TextElideMode.ElideRight, room))

    def sizeHint(self) -> QSize:
        return QSize(100, _KEY_PX)


class PricePad(QWidget):
    """`pressed` carries the number of the price type, 1 for the first."""

    pressed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: list[PriceKey] = []
        self._page = 0
        self._buttons = [_PriceButton(self) for _ in range(_KEYS)]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for slot, button in enumerate(self._buttons):
            set_height(button, _KEY_PX)
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
                button.show_texts(key.name, f"F{key.number}", key.price or "–")
                button.setEnabled(bool(key.price))
                button.setChecked(key.chosen)
            elif more:
                button.show_texts(tr("More…"), "", "")
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
