"""The side panel while an invoice is made out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from pos.ui.found.invoice import FIELDS, Invoice
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.parts import Problem, Sum, foot, touch
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton


class InvoicePanel(QWidget):
    """Enter makes it out and prints it; of one that there is already, it prints a copy. Esc leaves it."""

    def __init__(self, invoice: Invoice) -> None:
        super().__init__()
        self.invoice = invoice
        side = QVBoxLayout(self)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(6)
        self._title, self._about, self._problem = QLabel(), QLabel(), Problem()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._about.setProperty("role", "muted")
        for label in (self._title, self._about, self._problem):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        side.addWidget(self._title)
        side.addWidget(self._about)
        names = {"name": tr("Name"), "contact": tr("Address"), "tax_number": tr("Tax number")}
        self.fields: dict[str, QLineEdit] = {}
        self._names: list[QLabel] = []
        for key in FIELDS:
            named, field = QLabel(names[key]), QLineEdit()
            named.setProperty("role", "muted")
            field.setMinimumHeight(t.TOUCH)
            field.setAccessibleName(names[key])
            field.textEdited.connect(lambda text, key=key: invoice.type(key, text))
            self.fields[key] = field
            self._names.append(named)
            side.addWidget(named)
            side.addWidget(field)
        self._sum = Sum()
        side.addStretch(1)
        side.addLayout(self._sum)
        side.addWidget(self._problem)
        back = KeyButton(tr("Leave it"), cap("back"), kind="outline", stacked=True)
        self._main = touch(KeyButton("", cap("primary"), kind="primary", stacked=True), invoice.act, 60)
        side.addLayout(foot(touch(back, invoice.close, 60), self._main))

    def draw(self) -> None:
        invoice, known = self.invoice, self.invoice.known
        self._title.setText(tr("Invoice {number}", number=known["id"]) if known else tr("Invoice"))
        about = tr("Sale {sale}. Nothing of it can be changed later.", sale=invoice.sale)
        if known:
            number = known["buyer"].get("tax_number", "")
            about = "\n".join(filter(None, (known["name"], known["contact"], number)))
            about += "\n" + tr("It was made out already: what is printed is a copy.")
        self._about.setText(about)
        for key, field in self.fields.items():
            field.setVisible(not known)
            if field.text() != invoice.draft[key]:
                field.setText(invoice.draft[key])
        for named in self._names:
            named.setVisible(not known)
        self._sum.tell(tr("Total"), invoice.total)
        self._problem.tell(invoice.problem)
        self._main.set_label(
            tr("Working …") if invoice.busy else tr("Print a copy") if known else tr("Make it out and print")
        )
        self._main.setEnabled(not invoice.busy)

    def take_focus(self) -> None:
        """It was turned to: the first field has the keyboard."""
        self.fields["name"].setFocus()

    def key(self, action: str) -> bool:
        """What a key of the table does here; nothing else happens behind it."""
        if action == "primary":
            self.invoice.act()
        elif action == "back":
            self.invoice.close()
        return True
