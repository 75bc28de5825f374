"""Who buys, where a show asks for it: a name, and the end of a document's number. No more of it is typed or kept."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font

_LAST = 4


class BuyerBox(QWidget):
    """Shown where a sale was refused for want of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.why = QLabel()
        self.why.setFont(text_font(t.SMALL))
        self.why.setProperty("role", "warning")
        self.name, self.last = QLineEdit(), QLineEdit()
        self.name.setPlaceholderText(tr("Name of the buyer"))
        self.name.setMaxLength(200)
        self.last.setPlaceholderText(tr("Last 4"))
        self.last.setToolTip(tr("The last four of the document's number"))
        self.last.setMaxLength(_LAST)
        self.last.setFixedWidth(96)
        row = QHBoxLayout()
        row.setSpacing(8)
        for field in (self.name, self.last):
            field.setMinimumHeight(48)
            field.setAccessibleName(field.placeholderText())
            row.addWidget(field)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self.why)
        box.addLayout(row)
        self.hide()

    def ask(self, what: str) -> None:
        """Ask for a "name", a "document", or who comes for a "pickup"; an empty text takes the question away, and
        what was typed."""
        if not what:
            self.hide()
            self.name.clear()
            self.last.clear()
            return
        self.last.setVisible(what == "document")
        document = tr("This show asks for an identity document.")
        name = tr("Who comes for the tickets?") if what == "pickup" else tr("This show asks who buys.")
        self.why.setText("▲ " + (document if what == "document" else name))
        if self.isHidden():
            self.show()
            self.name.setFocus()

    @property
    def buyer(self) -> Answer | None:
        """As `pay` takes it; None while something is missing."""
        name, last = self.name.text().strip(), self.last.text().strip()
        document = self.last.isVisibleTo(self)
        if self.isHidden() or not name or (document and len(last) < _LAST):
            return None
        return {"name": name} | ({"identity": {"kind": "document", "last4": last}} if document else {})
