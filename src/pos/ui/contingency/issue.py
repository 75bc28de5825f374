"""Issuing a contingency plan: its text is pasted, or read from a file that is named, and checked as it is issued."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from pos.domain.contingency.plan import MOST_BYTES
from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.i18n import told, tr
from pos.ui.keys import cap
from pos.ui.parts import Problem, foot, touch
from pos.ui.session import Session
from pos.ui.theme import tokens as t
from pos.ui.theme.widgets import KeyButton

_READING: Final = "contingency_file"


class IssuePage(QWidget):
    """`issued` is called with the till's answer, `back` when it is given up."""

    def __init__(self, session: Session, issued: Callable[[Answer], None], back: Callable[[], None]) -> None:
        super().__init__()
        self.session, self._issued, self._back = session, issued, back
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        how = QLabel(
            tr(
                "Paste the text of a contingency.toml, or name its file. It is checked when it is issued, and from "
                "then on every till has it from the day it is valid from."
            )
        )
        how.setWordWrap(True)
        box.addWidget(how)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.file = QLineEdit()
        self.file.setMinimumHeight(t.TOUCH)
        self.file.setPlaceholderText(tr("The file's whole path"))
        self.file.setAccessibleName(tr("The file's whole path"))
        row.addWidget(self.file, 1)
        row.addWidget(touch(KeyButton(tr("Read the file"), "F1", kind="outline"), self.read))
        box.addLayout(row)
        self.text = QPlainTextEdit()
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(tr("The text of the plan"))
        self.text.setTabChangesFocus(True)
        box.addWidget(self.text, 1)
        self.problem = Problem()
        box.addWidget(self.problem)
        back_button = touch(KeyButton(tr("Back"), cap("back"), kind="outline", stacked=True), self._back, 56)
        self._send = touch(KeyButton(tr("Issue"), cap("save"), kind="primary", stacked=True), self.issue, 56)
        box.addLayout(foot(back_button, self._send))

    def enter(self) -> None:
        self.problem.tell("")
        self.file.setFocus()

    def read(self) -> None:
        """Put the named file's text into the field."""
        path = Path(self.file.text().strip()).expanduser()
        self.session.bridge.follow(read_aside(path), self._read, self._refused, channel=_READING)

    def _read(self, text: str) -> None:
        self.text.setPlainText(text)
        self.problem.tell("", done=tr("Read. Look it over, then issue it."))

    def issue(self) -> None:
        """Issue what stands in the field, for every till."""
        self._send.setEnabled(False)
        done = partial(self._send.setEnabled, True)
        self.session.bridge.call("issue_plan", self._done, self._refused, done, text=self.text.toPlainText())

    def _done(self, answer: Answer) -> None:
        self.text.clear()
        self._issued(answer)

    def _refused(self, refusal: Refused) -> None:
        if refusal.code == "bad_request":  # the key in the plan that is wrong, and why
            self.problem.tell(told(str(refusal.fields["reason"])))
        else:
            self.problem.tell(self.session.sentence(refusal))

    def act(self, action: str) -> None:
        """A key of the window's table."""
        if action == "back":
            self._back()
        elif action == "save":
            self.issue()
        elif action == "price:1" or (action == "primary" and self.file.hasFocus()):
            self.read()


def read_aside(path: Path) -> Future[str]:
    """A file's text, read on a thread of its own: a folder on a network may take long. Fails with Refused."""
    found: Future[str] = Future()

    def read() -> None:
        try:
            with path.open("rb") as file:
                found.set_result(file.read(MOST_BYTES + 1).decode("utf-8"))
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "is not UTF-8"
            found.set_exception(Refused("bad_request", field="file", reason=f"{path}: {why}"))

    threading.Thread(target=read, name="plan file", daemon=True).start()
    return found
