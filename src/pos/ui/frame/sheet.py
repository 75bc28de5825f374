"""A sheet over the work: the history of a seat or a ticket, or a case that is being opened from a sale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import told, tr
from pos.ui.session import Session
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_WIDTH_PX, _HEIGHT_PX = 860, 560


class Sheet(QWidget):
    """Covers `over`, and has its keys while it is shown. `give_back` is where the focus belongs afterwards."""

    def __init__(self, over: QWidget, session: Session, give_back: Callable[[], None]) -> None:
        super().__init__(over)
        self._over, self.session, self._give_back = over, session, give_back
        self._kind = ""  # "history" or "case"
        self._sale = ""
        self._case = "complaint"
        self._card = QFrame(self)
        self._card.setProperty("role", "panel")
        box = QVBoxLayout(self._card)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(8)
        self._title, self._text, self._problem = QLabel(), QLabel(), QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._problem.setProperty("role", "warning")
        self._problem.setWordWrap(True)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._text)
        self._words = QLineEdit()
        self._words.setMinimumHeight(t.TOUCH)
        self._words.setAccessibleName(tr("What it is about"))
        self._words.setPlaceholderText(tr("What it is about"))
        box.addWidget(self._title)
        box.addWidget(self._scroll, 1)
        box.addWidget(self._words)
        box.addWidget(self._problem)
        box.addLayout(self._buttons())
        self.hide()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._kinds = {
            "complaint": KeyButton(tr("Complaint"), "F1", stacked=True),
            "request": KeyButton(tr("Request"), "F2", stacked=True),
        }
        self._close = KeyButton(tr("Close"), "Esc", kind="outline", stacked=True)
        self._open = KeyButton(tr("Open the case"), "Enter", kind="primary", stacked=True)
        for kind, button in self._kinds.items():
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, kind=kind: self._choose(kind))
        self._close.clicked.connect(self.dismiss)
        self._open.clicked.connect(self._submit)
        for button in (*self._kinds.values(), self._close, self._open):
            set_height(button, 56)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button, 1)
        return row

    # ---- showing -------------------------------------------------------------------------

    def show_history(self, **asked: str) -> None:
        """The story of a place (`show`, `place`) or of a ticket (`ticket`)."""
        self._begin("history", tr("History"), tr("Asking …"))
        self.session.bridge.latest("history", "history", self._told, self._refused, **asked)

    def open_case(self, sale: str) -> None:
        """A case about this sale; "" for one about nothing that was sold."""
        self._sale = sale
        about = tr("About sale {sale}.", sale=sale) if sale else tr("About no sale in particular.")
        hint = tr("The customer takes its number and the time of an answer away on a slip.")
        self._begin("case", tr("Complaint or request"), f"{about} {hint}")
        self._words.clear()
        self._choose("complaint")
        self._words.setFocus()

    def _begin(self, kind: str, title: str, text: str) -> None:
        self._kind = kind
        self._title.setText(title)
        self._text.setText(text)
        self._problem.setText("")
        case = kind == "case"
        for part in (self._words, self._open, *self._kinds.values()):
            part.setVisible(case)
        self.setGeometry(self._over.rect())
        height = 300 if case else min(_HEIGHT_PX, self.height() - 32)
        self._card.setFixedSize(min(_WIDTH_PX, self.width() - 32), height)
        self._card.move((self.width() - self._card.width()) // 2, (self.height() - height) // 2)
        self.show()
        self.raise_()
        self.setFocus()

    def _told(self, answer: Answer) -> None:
        formats, now = self.session.formats, self.session.now
        lines = []
        for one in answer["history"]:
            who = " · ".join(filter(None, (one["till_name"], one["user_name"], one["approver_name"])))
            lines.append(f"{formats.day_and_time(read_time(one['at']), now)}   {who}\n{told(one['text'])}")
        if answer["partial"]:
            lines.append(tr("The office cannot be reached: this is what this window knows."))
        self._title.setText(tr("History of {place}", place=answer["label"]))
        self._text.setText("\n\n".join(lines) or tr("Nothing has happened to it yet."))

    def _refused(self, refusal: Refused) -> None:
        self._problem.setText("▲ " + self.session.sentence(refusal))

    # ---- doing ---------------------------------------------------------------------------

    def _choose(self, kind: str) -> None:
        self._case = kind
        for each, button in self._kinds.items():
            button.setChecked(each == kind)

    def _submit(self) -> None:
        fields: dict[str, Any] = {"kind": self._case, "words": self._words.text()} | (
            {"sale": self._sale} if self._sale else {}
        )
        self.session.bridge.call("case", self._opened, self._refused, **fields)

    def _opened(self, answer: Answer) -> None:
        case = answer["case"]
        when = self.session.formats.day_and_time(read_time(case["due"]), self.session.now)
        self.dismiss()
        self.session.toast.emit("good", tr("Case {id} is open; an answer is due {when}.", id=case["id"], when=when))

    def dismiss(self) -> None:
        self.hide()
        self._kind = ""
        self._give_back()

    def act(self, action: str) -> None:
        """While it is shown, keys are the sheet's."""
        if action == "back" or (action == "primary" and self._kind == "history"):
            self.dismiss()
        elif self._kind == "case" and action == "primary":
            self._submit()
        elif self._kind == "case" and action in ("price:1", "price:2"):
            self._choose("complaint" if action == "price:1" else "request")
        elif action in ("line_up", "line_down", "up", "down"):
            bar = self._scroll.verticalScrollBar()
            bar.setValue(bar.value() + (-200 if action.endswith("up") else 200))

    def paintEvent(self, event: QPaintEvent) -> None:
        veil = QColor(self.palette().color(QPalette.ColorRole.Window))
        veil.setAlpha(200)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), veil)
