"""The screen that counts the drawer and closes the shift, by pieces or by one total."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QIntValidator
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from pos.domain.money import Money
from pos.ui.amountpanel import AmountPanel
from pos.ui.i18n import tr
from pos.ui.screen import Screen
from pos.ui.shift.presenter import ClosePresenter
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import MoneyLabel

_COLUMNS: Final = 2


class CountScreen(Screen):
    """A blind count. `leave` goes back to the drawer."""

    name = "count"

    def __init__(self, presenter: ClosePresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        self._fields: dict[str, QLineEdit] = {}
        self._sums: dict[str, MoneyLabel] = {}
        self._build_work()
        self._side = AmountPanel(tr("Counted"), tr("Close the shift"))
        self._back = QPushButton(tr("Not yet: back to the drawer"))
        self._back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._back.clicked.connect(leave)
        self._side.extra.addWidget(self._back)
        self.panel_box().addWidget(self._side)
        self._side.pad.digit.connect(self._digit)
        self._side.pad.erase.connect(self._erase)
        self._side.primary.clicked.connect(presenter.close)
        presenter.changed.connect(self.draw)

    def _build_work(self) -> None:
        box = QVBoxLayout(self.work)
        box.setContentsMargins(32, 20, 32, 8)
        box.setSpacing(8)
        head = QHBoxLayout()
        title = QLabel(tr("Count the drawer"))
        title.setFont(text_font(t.TOTAL, QFont.Weight.DemiBold))
        self._pieces_key, self._total_key = QPushButton(tr("By pieces")), QPushButton(tr("One total"))
        for button, by_total in ((self._pieces_key, False), (self._total_key, True)):
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, by_total=by_total: self._choose(by_total))
        head.addWidget(title, 1)
        head.addWidget(self._pieces_key)
        head.addWidget(self._total_key)
        box.addLayout(head)
        note = QLabel(tr("What the books expect is shown after the close, so that the count is your own."))
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        box.addWidget(note)
        self._table = QWidget()
        self._grid = QGridLayout(self._table)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(self._table)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box.addWidget(scroll, 1)
        self._others: dict[str, QLineEdit] = {}
        self._foreign = QHBoxLayout()
        self._foreign.setSpacing(12)
        box.addLayout(self._foreign)

    def _build_pieces(self) -> None:
        pieces = self.presenter.denominations
        if list(self._fields) == [str(piece) for piece in pieces]:
            return
        for child in self._table.findChildren(QWidget):
            child.deleteLater()
        self._fields, self._sums = {}, {}
        half = -(-len(pieces) // _COLUMNS)
        formats = self.presenter.session.formats
        for at, piece in enumerate(pieces):
            column = 4 * (at // half)
            name = QLabel(formats.money(piece))
            name.setFont(text_font(t.BODY, QFont.Weight.DemiBold))
            field, amount = QLineEdit(), MoneyLabel()
            field.setValidator(QIntValidator(0, 99_999, field))
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setFixedWidth(96)
            field.setAccessibleName(tr("Pieces of {amount}", amount=formats.money(piece)))
            field.textEdited.connect(lambda text, piece=piece: self._typed(piece, text))
            amount.setMinimumWidth(110)
            self._grid.addWidget(name, at % half, column, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(field, at % half, column + 1)
            self._grid.addWidget(amount, at % half, column + 2)
            self._fields[str(piece)], self._sums[str(piece)] = field, amount
        self._grid.setColumnMinimumWidth(3, 32)
        self._grid.setColumnStretch(7, 1)
        self._grid.setRowStretch(half, 1)

    def _build_foreign(self) -> None:
        """A field for each other currency that the shift has taken."""
        codes = list(self.presenter.foreign)
        if list(self._others) == codes:
            return
        while (item := self._foreign.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._others = {}
        for code in codes:
            name, field = QLabel(code), QLineEdit()
            name.setFont(text_font(t.BODY, QFont.Weight.DemiBold))
            field.setFixedWidth(140)
            field.setMinimumHeight(48)
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setAccessibleName(tr("Counted of {currency}", currency=code))
            field.textEdited.connect(lambda text, code=code: self.presenter.count_foreign(code, text))
            self._foreign.addWidget(name)
            self._foreign.addWidget(field)
            self._others[code] = field
        self._foreign.addStretch(1)

    # ---- doing -------------------------------------------------------------------------

    def enter(self) -> None:
        self.presenter.begin()
        self._build_pieces()
        for field in self._fields.values():
            field.clear()
        self.draw()
        self._focus()

    def _focus(self) -> None:
        if self.presenter.by_total or not self._fields:
            self.work.setFocus()
        else:
            next(iter(self._fields.values())).setFocus()

    def _choose(self, by_total: bool) -> None:
        self.presenter.count_by_total(by_total)
        self._focus()

    def _typed(self, piece: Money, text: str) -> None:
        self.presenter.count_piece(piece, int(text) if text.isdigit() else 0)

    def _digit(self, digit: str) -> None:
        field = self._focused()
        if field is not None and digit.isdigit():
            field.insert(digit)
            field.textEdited.emit(field.text())
        else:
            self.presenter.type_digit(digit)

    def _erase(self) -> None:
        field = self._focused()
        if field is not None:
            field.backspace()
            field.textEdited.emit(field.text())
        else:
            self.presenter.erase()

    def _focused(self) -> QLineEdit | None:
        return next((field for field in self._fields.values() if field.hasFocus()), None)

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        if kind == "digit":
            self._digit(value)
        elif kind == "erase":
            self._erase()
        elif kind == "primary":
            self.presenter.close()
        elif kind in ("line_up", "line_down"):
            self._step(-1 if kind == "line_up" else 1)
        elif kind == "back":
            self._leave()
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        fields = [*self._fields.values(), *self._others.values()]
        field = next((one for one in fields if one.hasFocus()), None)
        if fields:
            at = fields.index(field) + by if field else 0
            fields[max(0, min(len(fields) - 1, at))].setFocus()

    # ---- drawing -----------------------------------------------------------------------

    def draw(self) -> None:
        presenter, formats = self.presenter, self.presenter.session.formats
        self._build_foreign()
        self._pieces_key.setChecked(not presenter.by_total)
        self._total_key.setChecked(presenter.by_total)
        self._table.setVisible(not presenter.by_total)
        for piece in presenter.denominations:
            if (amount := self._sums.get(str(piece))) is not None:
                number = presenter.pieces.get(str(piece), 0)
                amount.setText(formats.amount(piece * number) if number else "")
        label = tr("Closing…") if presenter.asking else tr("Close the shift")
        self._side.show_state(formats.money(presenter.counted), presenter.problem, label, not presenter.asking)
