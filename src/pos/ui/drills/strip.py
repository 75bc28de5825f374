"""Over everything in a drill: how much time is left, and who waits for what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pos.ui.drills.model import Waiting
from pos.ui.drills.running import RunningPresenter
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.parts import touch
from pos.ui.theme import tokens as t
from pos.ui.theme.fitted import FittedLabel
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.widgets import KeyButton

HEIGHT_PX: Final = 64
_SHOWN: Final = 2  # customers; how many more there are is said


class DrillStrip(QFrame):
    """While somebody is signed in. `open_` shows the screen where a jam is cleared and a customer turned away."""

    def __init__(self, presenter: RunningPresenter, open_: Callable[[], None]) -> None:
        super().__init__()
        self._presenter = presenter
        self.setProperty("role", "card")
        self.setObjectName("drill")
        self.setFixedHeight(HEIGHT_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 8, 4)
        row.setSpacing(16)
        self._left, self._text, self._more = QLabel(), FittedLabel(), QLabel()
        self._left.setFont(money_font(t.TITLE))
        self._left.setAccessibleName(tr("Time left"))
        self._more.setProperty("role", "muted")
        self._cards = [_Card() for _ in range(_SHOWN)]
        row.addWidget(self._left)
        row.addWidget(self._text, 1)
        for card in self._cards:
            row.addWidget(card, 1)
        row.addWidget(self._more)
        row.addWidget(touch(KeyButton(tr("The drill"), cap("drills"), kind="outline"), open_))
        presenter.changed.connect(self.draw)
        self.draw()

    def draw(self) -> None:
        presenter = self._presenter
        self.setVisible(presenter.session.person is not None)  # else people and languages need the room
        customers = presenter.customers
        self._left.setText(presenter.left)
        self._left.setVisible(bool(presenter.left))
        self._text.setText(presenter.text)
        self._text.setVisible(bool(presenter.text))
        for at, card in enumerate(self._cards):
            card.show_customer(customers[at] if at < len(customers) else None)
        more = len(customers) - _SHOWN
        self._more.setText(tr_count("%n more waits", "%n more wait", more) if more > 0 else "")
        self._more.setVisible(more > 0)


def with_strip(banner: QWidget, presenter: RunningPresenter, open_: Callable[[], None]) -> QWidget:
    """The banner of training with the strip under it, in one piece."""
    both = QWidget()
    box = QVBoxLayout(both)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    box.addWidget(banner)
    box.addWidget(DrillStrip(presenter, open_))
    return both


class _Card(QFrame):
    """One customer: what they want over where, or over what they show."""

    def __init__(self) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self._wish, self._where = FittedLabel(), FittedLabel()
        self._wish.setFont(text_font(t.BODY, QFont.Weight.DemiBold))
        self._where.setProperty("role", "small")
        for label in (self._wish, self._where):
            label.setTextFormat(Qt.TextFormat.PlainText)
            box.addWidget(label)

    def show_customer(self, customer: Waiting | None) -> None:
        self.setVisible(customer is not None)
        if customer is not None:
            self._wish.setText(tr("{number}. {wish}", number=str(customer.number), wish=customer.wish))
            self._where.setText(customer.hint or customer.where)
            self._wish.setToolTip(customer.wish)
            self._where.setToolTip(self._where.text())
