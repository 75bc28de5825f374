"""The screen that opens a shift: a word of welcome, and the float."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QVBoxLayout

from pos.ui.amountpanel import AmountPanel
from pos.ui.i18n import tr
from pos.ui.screen import Screen
from pos.ui.shift.presenter import OpenPresenter
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font


class OpenScreen(Screen):
    """Redraws from its presenter."""

    name = "open"

    def __init__(self, presenter: OpenPresenter) -> None:
        super().__init__()
        self.presenter = presenter
        box = QVBoxLayout(self.work)
        box.setContentsMargins(48, 32, 48, 32)
        box.setSpacing(12)
        self._hello, text = QLabel(), QLabel()
        self._hello.setFont(text_font(t.TOTAL, QFont.Weight.DemiBold))
        text.setFont(text_font(t.TITLE))
        text.setWordWrap(True)
        text.setText(tr("No shift is open at this window. Count the float into the drawer, type it, and press Enter."))
        note = QLabel(
            tr("With the office in reach, this window gets its own places in hand; they keep selling if the line goes.")
        )
        note.setProperty("role", "muted")
        note.setWordWrap(True)
        for part in (self._hello, text, note):
            box.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        box.addStretch(1)
        self._side = AmountPanel(tr("Float"), tr("Open the shift"))
        self.panel_box().addWidget(self._side)
        self._side.pad.digit.connect(presenter.type_digit)
        self._side.pad.erase.connect(presenter.erase)
        self._side.primary.clicked.connect(presenter.open)
        presenter.changed.connect(self.draw)
        presenter.session.signed.connect(self.draw)
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
        self._side.show_state(amount, problem, label, may and not presenter.asking)

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        if kind == "digit":
            self.presenter.type_digit(value)
        elif kind == "erase":
            self.presenter.erase()
        elif kind == "primary":
            self.presenter.open()
        elif kind == "back":
            return self.presenter.clear()
        else:
            return False
        return True
