"""The screen that opens a shift: a word of welcome, and the float."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from pos.ui.amountpanel import AmountPanel
from pos.ui.frame.linewords import opens_away
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.parts import touch
from pos.ui.screen import Screen
from pos.ui.shift.opening import OpenPresenter
from pos.ui.shift.pieces import PieceTable, erase_in, type_into
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_SAFE_KEY: Final = 6


class OpenScreen(Screen):
    """Redraws from its presenter."""

    name = "open"

    def __init__(self, presenter: OpenPresenter, go: Callable[[str], None]) -> None:
        super().__init__()
        self.presenter, self._go = presenter, go
        box = QVBoxLayout(self.work)
        box.setContentsMargins(48, 24, 48, 8)
        box.setSpacing(12)
        self._hello, text = QLabel(), QLabel()
        self._hello.setFont(text_font(t.TOTAL, QFont.Weight.DemiBold))
        text.setFont(text_font(t.TITLE))
        text.setWordWrap(True)
        text.setText(tr("No shift is open at this window. Count the float into the drawer, type it, and press Enter."))
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        for part in (self._hello, text, self._hint):
            box.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        self._by_pieces = KeyButton(tr("Count it by pieces"), "F1", kind="outline")
        self._by_pieces.setCheckable(True)
        self._by_pieces.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._by_pieces.clicked.connect(self._toggle)
        row = QHBoxLayout()
        row.addWidget(self._by_pieces)
        row.addWidget(
            touch(KeyButton(tr("Closed shifts and reports"), "F8", kind="outline"), lambda: self._go("shifts"))
        )
        row.addWidget(touch(KeyButton(tr("Safe"), f"F{_SAFE_KEY}", kind="outline"), lambda: self._go("safe")))
        row.addStretch(1)
        box.addLayout(row)
        self.table = PieceTable(presenter.pieces, presenter.session, presenter.edited)
        self._middle = QStackedWidget()
        self._middle.addWidget(QWidget())
        self._middle.addWidget(self.table)
        box.addWidget(self._middle, 1)
        self._side = AmountPanel(tr("Float"), tr("Open the shift"))
        self.bag = QLineEdit()
        self.bag.setPlaceholderText(tr("Seal of a float bag ( {key} )", key=cap("find")))
        self.bag.setAccessibleName(tr("Seal of a float bag"))
        self.bag.setMinimumHeight(48)
        self.bag.textEdited.connect(presenter.type_bag)
        self._side.extra.addWidget(self.bag)
        self.panel_box().addWidget(self._side)
        self._side.pad.digit.connect(self._digit)
        self._side.pad.erase.connect(self._erase)
        self._side.primary.clicked.connect(presenter.open)
        presenter.changed.connect(self.draw)
        presenter.session.signed.connect(self.draw)
        presenter.session.linked.connect(self.draw)
        presenter.session.status_changed.connect(self.draw)
        self.draw()

    def draw(self) -> None:
        presenter = self.presenter
        person = presenter.session.person
        self._hello.setText(tr("Hello {name}", name=person.name) if person else "")
        may = person is not None and person.sells
        problem = presenter.problem
        if person is not None and not may:
            problem = tr("Your role ({role}) opens no shift. Lock the window for someone who sells.", role=person.role)
        label = tr("Count the drawer") if presenter.uncounted else tr("Open the shift")
        label = tr("Opening…") if presenter.asking and not presenter.uncounted else label
        amount = presenter.session.formats.money(presenter.amount)
        self.bag.setVisible(may and not presenter.uncounted)
        if self.bag.text().strip() != presenter.bag:
            self.bag.setText(presenter.bag)
        self._by_pieces.setChecked(presenter.by_pieces)
        self._by_pieces.setEnabled(may)
        self._middle.setCurrentIndex(int(presenter.by_pieces))
        self._hint.setVisible(not presenter.by_pieces)  # the pieces need its room
        away = opens_away(presenter.session)
        near = tr(
            "With the office in reach, this window gets its own places in hand; they keep selling if the line goes."
        )
        self._hint.setText(f"▲ {away}" if away else near)
        self._hint.setProperty("role", "warning" if away else "muted")
        restyle(self._hint)
        self._side.show_state(amount, problem, label, may and not presenter.asking)

    def _toggle(self) -> None:
        """From one amount to pieces, and back."""
        self.table.begin()
        self.presenter.count_by_pieces(not self.presenter.by_pieces)
        if self.presenter.by_pieces:
            self.table.focus_first()
        else:
            self.work.setFocus()

    def _focused(self) -> QLineEdit | None:
        return next((field for field in self.table.fields.values() if field.hasFocus()), None)

    def _digit(self, digit: str) -> None:
        if self.presenter.by_pieces:
            if (field := self._focused()) is not None and digit.isdigit():
                type_into(field, digit)
        else:
            self.presenter.type_digit(digit)

    def _erase(self) -> None:
        if self.presenter.by_pieces:
            if (field := self._focused()) is not None:
                erase_in(field)
        else:
            self.presenter.erase()

    def _step(self, by: int) -> None:
        fields = list(self.table.fields.values())
        field = self._focused()
        at = fields.index(field) + by if field else 0
        fields[max(0, min(len(fields) - 1, at))].setFocus()

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        if kind == "digit":
            self._digit(value)
        elif kind == "erase":
            self._erase()
        elif action == "price:1":
            self._toggle()
        elif action == "price:8":
            self._go("shifts")
        elif kind in ("line_up", "line_down") and self.presenter.by_pieces:
            self._step(-1 if kind == "line_up" else 1)
        elif kind == "find":
            self.bag.setFocus()
        elif kind == "primary":
            self.presenter.open()
        elif kind == "price" and int(value) == _SAFE_KEY:
            self._go("safe")
        elif kind == "back":
            return self.presenter.clear()
        else:
            return False
        return True
