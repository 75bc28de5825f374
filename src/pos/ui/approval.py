"""Approval in place: which supervisor, and their PIN, beside what they approve. The cashier stays signed in."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import tr
from pos.ui.session import Session
from pos.ui.theme.fitted import FittedLabel, PromptField

APPROVES = ("supervisor", "admin")  # the till checks it again
RELEASES = ("supervisor", "auditor")  # of an order that is checked before it is paid


class ApprovalBox(QWidget):
    """Shown where something needs a supervisor. `entered`: a PIN was typed and Enter pressed."""

    entered = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None, roles: tuple[str, ...] = APPROVES) -> None:
        super().__init__(parent)
        self._session, self._roles = session, roles
        self.why = FittedLabel()  # one line: what wraps would push the PIN off a small screen
        self.why.setProperty("role", "warning")
        self.who, self.pin = QComboBox(), PromptField()
        self.who.setAccessibleName(tr("Supervisor"))
        self.who.setMinimumHeight(48)
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        whose = tr("PIN of the supervisor") if roles == APPROVES else tr("PIN")
        self.pin.setPlaceholderText(whose)
        self.pin.setAccessibleName(whose)
        self.pin.setMinimumHeight(48)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.who, 1)
        row.addWidget(self.pin, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self.why)
        box.addLayout(row)
        self.who.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()

    def ask(self, why: str) -> None:
        """Show it, with why it is needed; an empty text takes it away, and what was typed with it."""
        if not why:
            self.hide()
            self.pin.clear()
            return
        if self.isHidden():
            self._session.bridge.latest("approvers", "users", self._people)
        self.why.setText(f"▲ {why}")
        self.why.setToolTip(why)
        self.show()

    def _people(self, answer: Answer) -> None:
        person = self._session.person
        kept = self.who.currentData()
        self.who.clear()
        able = [one for one in answer["users"] if one["role"] in self._roles]
        for one in sorted(able, key=lambda one: self._roles.index(one["role"])):
            if person is None or one["user"] != person.user:
                self.who.addItem(self._name(one), one["user"])
        self.who.setCurrentIndex(max(0, self.who.findData(kept)))

    def _name(self, one: dict[str, str]) -> str:
        """Theirs, and until when wrong PINs keep them out."""
        if "locked_until" not in one:
            return one["name"]
        until = self._session.formats.time_exact(read_time(one["locked_until"]))
        return tr("{name} (locked until {time})", name=one["name"], time=until)

    @property
    def approver(self) -> dict[str, str] | None:
        """As a verb takes it; None where nobody has typed a PIN."""
        if self.isHidden() or not self.pin.text() or self.who.currentData() is None:
            return None
        return {"user": str(self.who.currentData()), "pin": self.pin.text()}
