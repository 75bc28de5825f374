"""A table of coins and notes, in which the pieces of each are typed; every count in the window is made in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QIntValidator
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from pos.domain.money import Money, total
from pos.ui.i18n import tr
from pos.ui.session import Session
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import MoneyLabel

_COLUMNS: Final = 2
MOST_PIECES: Final = 99_999
NOTE_KEY: Final = 4  # F4: a letter or a sign would be typed into the field that has the keyboard


class Pieces:
    """How many there are of each of the venue's denominations."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._counts: dict[str, int] = {}

    @property
    def denominations(self) -> list[Money]:
        """Largest first."""
        venue = self._session.venue
        return [Money.parse(piece, venue.currency) for piece in venue.denominations]

    @property
    def total(self) -> Money:
        return total([piece * self.of(piece) for piece in self.denominations], self._session.venue.currency)

    def of(self, piece: Money) -> int:
        return self._counts.get(str(piece), 0)

    def put(self, piece: Money, number: int) -> None:
        self._counts[str(piece)] = max(0, min(MOST_PIECES, number))

    def clear(self) -> None:
        self._counts = {}

    def as_count(self) -> dict[str, object]:
        """As a verb takes a count. An empty drawer is one too, but it has no pieces to name."""
        there: dict[str, object] = {piece: number for piece, number in self._counts.items() if number}
        return there or {"total": str(self.total)}


class PieceTable(QScrollArea):
    """A field for each denomination, in two columns. `typed` is called after each change."""

    def __init__(self, pieces: Pieces, session: Session, typed: Callable[[], None]) -> None:
        super().__init__()
        self._pieces, self._session, self._typed = pieces, session, typed
        self.fields: dict[str, QLineEdit] = {}
        self._sums: dict[str, MoneyLabel] = {}
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        box.addLayout(self._grid)
        box.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(inside)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def begin(self) -> None:
        """A count from nothing, by what the venue counts by."""
        self._build(self._pieces.denominations)
        self._pieces.clear()
        for field in self.fields.values():
            field.clear()
        self.draw()

    def _build(self, pieces: Sequence[Money]) -> None:
        if list(self.fields) == [str(piece) for piece in pieces]:
            return
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.fields, self._sums = {}, {}
        half = -(-len(pieces) // _COLUMNS)
        for at, piece in enumerate(pieces):
            column = 4 * (at // half)
            shown = self._session.formats.money(piece)
            name, field, amount = QLabel(shown), QLineEdit(), MoneyLabel()
            name.setFont(text_font(t.BODY, QFont.Weight.DemiBold))
            field.setValidator(QIntValidator(0, MOST_PIECES, field))
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setFixedWidth(96)
            field.setAccessibleName(tr("Pieces of {amount}", amount=shown))
            field.textEdited.connect(lambda text, piece=piece: self._put(piece, text))
            amount.setMinimumWidth(110)
            self._grid.setRowMinimumHeight(at % half, t.TOUCH)
            self._grid.addWidget(name, at % half, column, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(field, at % half, column + 1)
            self._grid.addWidget(amount, at % half, column + 2)
            self.fields[str(piece)], self._sums[str(piece)] = field, amount
        self._grid.setColumnMinimumWidth(3, 32)
        self._grid.setColumnStretch(7, 1)

    def _put(self, piece: Money, text: str) -> None:
        self._pieces.put(piece, int(text) if text.isdigit() else 0)
        self.draw()
        self._typed()

    def draw(self) -> None:
        formats = self._session.formats
        for piece in self._pieces.denominations:
            if (amount := self._sums.get(str(piece))) is not None:
                number = self._pieces.of(piece)
                amount.setText(formats.amount(piece * number) if number else "")

    def focus_first(self) -> None:
        if self.fields:
            next(iter(self.fields.values())).setFocus()


def type_into(field: QLineEdit, digit: str) -> None:
    """What a key of the pad does in a field that has the focus."""
    field.insert(digit)
    field.textEdited.emit(field.text())


def erase_in(field: QLineEdit) -> None:
    field.backspace()
    field.textEdited.emit(field.text())
