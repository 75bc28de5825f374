"""Two ways to begin. What is typed stays when it does not work out, with the reason under it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from pos.ui.i18n import told, tr
from pos.ui.theme import tokens as t
from pos.ui.welcome.page import Page, card
from pos.ui.welcome.work import Apart, Work


class BeginPage(Page):
    """Joins an office by address and code, or sets one up for this till alone; passed when one of them has worked."""

    def __init__(self, work: Work, apart: Apart) -> None:
        super().__init__(tr("This is a new till"), tr("To look around first, close this and run: housefull demo"))
        self._work, self._apart = work, apart
        self.url, self.code = QLineEdit(), QLineEdit()
        self.join_button = QPushButton(tr("Join"))
        self.alone_button = QPushButton(tr("Choose a season file …"))
        self._busy: list[QWidget] = [self.url, self.code, self.join_button, self.alone_button]
        self._lay_out()
        self.join_button.clicked.connect(self.join)
        self.alone_button.clicked.connect(self._alone_clicked)

    def _lay_out(self) -> None:
        self.url.setPlaceholderText("https://office.example:8443")
        self.url.setAccessibleName(tr("Address of the office"))
        self.code.setPlaceholderText(tr("one-time code"))
        self.code.setAccessibleName(tr("Enrolment code"))
        for widget in self._busy:
            widget.setMinimumHeight(t.TOUCH)
        for button in (self.join_button, self.alone_button):
            button.setProperty("role", "outline")
            button.setAutoDefault(False)
        join = card(
            tr("Join an office"),
            tr("The office gives out a code for each window: housefull-office enrol TILL."),
            (self.url, self.code, self.join_button),
        )
        alone = card(
            tr("This till alone"),
            tr("An office of its own runs beside it on this machine. Choose the season to sell."),
            (self.alone_button,),
        )
        cards = QHBoxLayout()
        cards.setSpacing(16)
        cards.addWidget(join, 1)
        cards.addWidget(alone, 1)
        self.box.addLayout(cards, 1)

    @property
    def next_label(self) -> str:
        return tr("Next") if self._work.there else tr("Join")

    def enter(self) -> None:
        there = self._work.there
        for widget in self._busy:
            widget.setEnabled(not there)
        if there:
            self.say(tr("This till is set up."))
        else:
            self.url.setFocus()

    def primary(self) -> None:
        if self._work.there:
            self.passed.emit()
        else:
            self.join()

    def join(self) -> None:
        url, code = self.url.text().strip(), self.code.text().strip()
        if not url or not code:
            self.say(tr("Type the office's address and the code."), wrong=True)
            return
        self._run(tr("Joining the office, fetching the season …"), lambda: self._work.join(url, code))

    def _alone_clicked(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Season"), "", "SEASON.toml (*.toml)")
        if chosen:
            self.begin_alone(Path(chosen))

    def begin_alone(self, season: Path) -> None:
        """Set up an office of this till's own with that season."""
        self._run(tr("Setting up the office, reading the season …"), lambda: self._work.alone(season))

    def _run(self, words: str, work: Callable[[], str]) -> None:
        for widget in self._busy:
            widget.setEnabled(False)
        self.say(words)
        self.working(True)
        self._apart.run(work, self._done)

    def _done(self, wrong: str) -> None:
        self.working(False)
        if wrong:
            for widget in self._busy:
                widget.setEnabled(True)
            self.say(told(wrong), wrong=True)
            self.code.setFocus()
        else:
            self.enter()
            self.passed.emit()
