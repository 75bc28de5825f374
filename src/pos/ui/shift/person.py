"""Who else takes part in a count, and their PIN: a witness, or the two of a hand-over."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.session import Session
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fitted import PromptField
from pos.ui.theme.fonts import text_font


class PersonPin(QWidget):
    """A person chosen among those who `may`, and their PIN, under a `label`. `nobody` is what stands first where none
    is needed; without that the label stands in the field of the PIN, which saves a line."""

    def __init__(
        self, session: Session, label: str, may: Callable[[Answer], bool], nobody: str = "", asks: str = "people"
    ) -> None:
        super().__init__()
        self._session, self._may, self._nobody, self._asks = session, may, nobody, asks
        self._name, self._label = QLabel(label), label
        self._name.setFont(text_font(t.SMALL))
        self._name.setProperty("role", "muted")
        self.who, self.pin = QComboBox(), PromptField()
        self.who.setAccessibleName(label)
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setPlaceholderText(tr("PIN") if nobody else tr("PIN · {who}", who=label))
        self.pin.setAccessibleName(tr("PIN of {who}", who=label))
        for part in (self.who, self.pin):
            part.setMinimumHeight(44)
        self.who.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.who, 1)
        row.addWidget(self.pin, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        if nobody:
            box.addWidget(self._name)
        box.addLayout(row)

    def mark(self, needed: bool) -> None:
        """Whether nothing is done without them."""
        self._name.setText(tr("{what} · needed", what=self._label) if needed else self._label)
        self._name.setProperty("role", "warning" if needed else "muted")
        restyle(self._name)

    def begin(self) -> None:
        """Nobody is chosen and nothing typed."""
        self.pin.clear()
        self._session.bridge.latest(self._asks, "users", self._people)

    def _people(self, answer: Answer) -> None:
        self.who.clear()
        if self._nobody:
            self.who.addItem(self._nobody, None)
        for one in answer["users"]:
            if self._may(one):
                self.who.addItem(one["name"], one["user"])

    @property
    def chosen(self) -> dict[str, str] | None:
        """As a verb takes it; None where nobody is chosen."""
        if self.who.currentData() is None:
            return None
        return {"user": str(self.who.currentData()), "pin": self.pin.text()}
