"""Printers found and tried, one for tickets and one for receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QPushButton

from pos.ui.i18n import told, tr
from pos.ui.theme import tokens as t
from pos.ui.welcome.page import Page
from pos.ui.welcome.work import Apart, Work

_USUAL: Final = {"ticket": "epson-tm-t88v", "receipt": "epson-tm-t88v"}


class PrintersPage(Page):
    """What is plugged in is offered; an address on the network may be typed. Each is tried by a page that comes out."""

    def __init__(self, work: Work, apart: Apart) -> None:
        super().__init__(
            tr("Which printers are there?"),
            tr(
                "Choose what is plugged in, or type an address on the network like 192.168.1.50, and try it: a page "
                "comes out. Without a printer the till sells, too; all devices can be set up later (^8)."
            ),
        )
        self._work, self._apart = work, apart
        self.addresses: dict[str, QComboBox] = {}
        self.profiles: dict[str, QComboBox] = {}
        self.tries: dict[str, QPushButton] = {}
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        self._grid.setColumnStretch(1, 1)
        for row, (role, name) in enumerate((("ticket", tr("Tickets")), ("receipt", tr("Receipts")))):
            self._add(row, role, name)
        self.box.addLayout(self._grid)
        self.box.addStretch(1)

    def _add(self, row: int, role: str, name: str) -> None:
        address, profile, button = QComboBox(), QComboBox(), QPushButton(tr("Try it"))
        address.setEditable(True)
        address.setAccessibleName(tr("Address of the printer"))
        line = address.lineEdit()
        assert line is not None
        line.setPlaceholderText("192.168.1.50")
        profile.addItems(self._work.profiles())
        profile.setAccessibleName(tr("Model"))
        button.setProperty("role", "outline")
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.attempt(role))
        set_up = self._work.printers().get(role)
        profile.setCurrentText(set_up[1] if set_up else _USUAL[role])
        for column, widget in enumerate((QLabel(name), address, profile, button)):
            widget.setMinimumHeight(t.TOUCH)
            self._grid.addWidget(widget, row, column)
        address.setCurrentText(set_up[0] if set_up else "")
        self.addresses[role], self.profiles[role], self.tries[role] = address, profile, button

    def enter(self) -> None:
        self.say(tr("Looking for what is plugged in …"))
        self._apart.run(self._work.find, self._found)
        self.addresses["ticket"].setFocus()

    def _found(self, found: Sequence[Mapping[str, str]]) -> None:
        for address in self.addresses.values():
            typed = address.currentText()
            address.clear()
            address.addItems([each["address"] for each in found])
            address.setCurrentText(typed)
        what = "\n".join(f"{each['address']}  {told(each['text'])}" for each in found)
        self.say(what or tr("Nothing is plugged in. A printer on the network is found by its address."))

    def attempt(self, role: str) -> None:
        """Set the printer up as it is typed, and print a page on it."""
        address, profile = self.addresses[role].currentText().strip(), self.profiles[role].currentText()
        if not address:
            self.say(tr("Choose or type the printer's address first."), wrong=True)
            return
        self.say(tr("Trying…"))
        self._enable(False)
        self._apart.run(lambda: self._work.try_printer(role, address, profile), self._tried)

    def _tried(self, outcome: tuple[bool, str]) -> None:
        self._enable(True)
        works, text = outcome
        template = tr("It works: {text}") if works else tr("It does not work: {text}")
        self.say(template.format(text=told(text)), wrong=not works)

    def _enable(self, on: bool) -> None:
        for button in self.tries.values():
            button.setEnabled(on)
        self.working(not on)
