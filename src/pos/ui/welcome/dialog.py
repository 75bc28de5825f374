"""Two ways to begin. What is typed stays when it does not work out, with the reason under it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pos.ui.i18n import tr
from pos.ui.theme.apply import dress, restyle
from pos.ui.theme.fonts import load_fonts
from pos.ui.theme.tokens import Tokens

Join = Callable[[str, str], str]
Alone = Callable[[Path], str]


class WelcomeDialog(QDialog):
    """`join(url, code)` and `alone(season)` do the work, off this thread, and answer "" or what
    went wrong as a sentence. Accepted when one of them has worked."""

    _finished = Signal(str)

    def __init__(self, tokens: Tokens, join: Join, alone: Alone) -> None:
        super().__init__()
        load_fonts()
        from PySide6.QtWidgets import QApplication

        app = QApplication.instance()
        assert isinstance(app, QApplication)
        dress(app, tokens)
        self._join, self._alone = join, alone
        self.setWindowTitle("Housefull")
        self.url, self.code = QLineEdit(), QLineEdit()
        self.join_button = QPushButton(tr("Join"))
        self.alone_button = QPushButton(tr("Choose a season file …"))
        self.said = QLabel()
        self._lay_out()
        self.join_button.clicked.connect(self._join_clicked)
        self.alone_button.clicked.connect(self._alone_clicked)
        self.code.returnPressed.connect(self._join_clicked)
        self._finished.connect(self._done)

    def _lay_out(self) -> None:
        self.url.setPlaceholderText("https://office.example:8443")
        self.url.setAccessibleName(tr("Address of the office"))
        self.code.setPlaceholderText(tr("one-time code"))
        self.code.setAccessibleName(tr("Enrolment code"))
        self.join_button.setProperty("role", "primary")
        self.join_button.setDefault(True)
        title = QLabel(tr("This is a new till"))
        title.setProperty("role", "title")
        join = _card(
            tr("Join an office"),
            tr("The office gives out a code for each window: housefull-office enrol TILL."),
            (self.url, self.code, self.join_button),
        )
        alone = _card(
            tr("This till alone"),
            tr("An office of its own runs beside it on this machine. Choose the season to sell."),
            (self.alone_button,),
        )
        cards = QHBoxLayout()
        cards.setSpacing(16)
        cards.addWidget(join, 1)
        cards.addWidget(alone, 1)
        self.said.setWordWrap(True)
        self.said.setMinimumHeight(48)
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 24, 24, 24)
        box.setSpacing(16)
        box.addWidget(title)
        box.addLayout(cards, 1)
        box.addWidget(self.said)
        self._busy: list[QWidget] = [self.url, self.code, self.join_button, self.alone_button]
        self.resize(800, 440)
        self._say(tr("To look around first, close this and run: housefull demo"))

    def _join_clicked(self) -> None:
        url, code = self.url.text().strip(), self.code.text().strip()
        if not url or not code:
            self._say(tr("Type the office's address and the code."), wrong=True)
            return
        self._run(tr("Joining the office, fetching the season …"), lambda: self._join(url, code))

    def _alone_clicked(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Season"), "", "SEASON.toml (*.toml)")
        if chosen:
            self.begin_alone(Path(chosen))

    def begin_alone(self, season: Path) -> None:
        """Set up an office of this till's own with that season."""
        self._run(tr("Setting up the office, reading the season …"), lambda: self._alone(season))

    def _run(self, words: str, work: Callable[[], str]) -> None:
        for widget in self._busy:
            widget.setEnabled(False)
        self._say(words)
        threading.Thread(target=lambda: self._finished.emit(work()), name="first start", daemon=True).start()

    def _done(self, wrong: str) -> None:
        for widget in self._busy:
            widget.setEnabled(True)
        if wrong:
            self._say(wrong, wrong=True)
            self.code.setFocus()
        else:
            self.accept()

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.said.setText(text)
        self.said.setProperty("role", "warning" if wrong else "muted")
        restyle(self.said)


def _card(title: str, words: str, widgets: tuple[QWidget, ...]) -> QFrame:
    card = QFrame()
    card.setProperty("role", "panel")
    box = QVBoxLayout(card)
    box.setContentsMargins(16, 16, 16, 16)
    box.setSpacing(12)
    head, text = QLabel(title), QLabel(words)
    head.setProperty("role", "strong")
    text.setProperty("role", "muted")
    text.setWordWrap(True)
    box.addWidget(head)
    box.addWidget(text)
    box.addStretch()
    for widget in widgets:
        box.addWidget(widget)
    return card
