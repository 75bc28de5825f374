"""The rail at the left: the screens, each in a place of its own that never changes."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.theme.tokens import TOUCH
from pos.ui.theme.widgets import RailButton

WIDTH_PX = 84
_PLACES = 9


class Rail(QFrame):
    """`chosen` carries a screen's name. Screen n always sits at place n, whichever others there are."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._buttons: dict[str, RailButton] = {}
        self._grid = QGridLayout(self)
        self._grid.setSpacing(0)
        self._grid.setRowStretch(_PLACES, 1)
        for number, name, icon, label in screens():
            button = RailButton(icon, label, cap(f"screen:{number}"))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            place = button.sizePolicy()
            place.setRetainSizeWhenHidden(True)
            button.setSizePolicy(place)
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            button.setToolTip(label)
            self._buttons[name] = button
        self.set_compact(False)

    def set_compact(self, compact: bool) -> int:
        """In a small window two columns of icons with their keys; how wide it is then, in px."""
        self._grid.setContentsMargins(0, 0 if compact else 8, 0, 0 if compact else 8)
        for number, name, _, _ in screens():
            button = self._buttons[name]
            button.set_compact(compact)
            self._grid.removeWidget(button)
            self._grid.addWidget(button, *(divmod(number - 1, 2) if compact else (number - 1, 0)))
        width = 2 * TOUCH if compact else WIDTH_PX
        self.setFixedWidth(width)
        return width

    def show_screen(self, name: str, usable: Collection[str]) -> None:
        """Mark the screen shown; only those that this person may go to now are there to choose."""
        for each, button in self._buttons.items():
            button.setVisible(each in usable)
            button.setAutoExclusive(False)
            button.setChecked(each == name)
            button.setAutoExclusive(True)

    def show_count(self, name: str, count: int) -> None:
        """How many things wait on a screen."""
        self._buttons[name].set_count(count)


def screens() -> list[tuple[int, str, str, str]]:
    """(place, name, icon, label) of the screens this window has."""
    return [
        (1, "sell", "sell", tr("Sell")),
        (2, "orders", "orders", tr("Orders")),
        (3, "found", "refund", tr("Tickets")),
        (4, "customers", "people", tr("Customers")),
        (5, "drawer", "drawer", tr("Drawer")),
        (6, "disputes", "inbox", tr("Disputes")),
        (7, "layouts", "layouts", tr("Layouts")),
        (8, "devices", "devices", tr("Devices")),
        (9, "reports", "reports", tr("Reports")),
    ]


def screen_at(number: int) -> str:
    """The name of the screen at a place of the rail, or nothing."""
    return next((name for place, name, _, _ in screens() if place == number), "")
