"""The foot as drawn: devices at the left, the last sale or a question about paper at the right."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from pos.ui.devicenames import device_names
from pos.ui.foot.presenter import PaperPresenter
from pos.ui.i18n import told, tr
from pos.ui.keys import cap
from pos.ui.session import Session
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fitted import FittedLabel
from pos.ui.theme.widgets import keycap

_NEXT_PX: Final = 150
_ROOMY_PX: Final = 1200  # narrower, the reprint is on its key alone
_DEVICE_SIGNS: Final = {"ready": "●", "absent": "○"}
_UNHEARD: Final = ("scanner", "card_reader", "customer_display")  # that say nothing of themselves unasked
HEIGHT_PX: Final = t.TOUCH


class FootView(QFrame):
    """Always there, 48 px high, so that its keys can be pressed. `reprint` asks for the last sale's tickets."""

    reprint = Signal()

    def __init__(self, session: Session, paper: PaperPresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.paper = session, paper
        self.setProperty("role", "card")
        self.setFixedHeight(HEIGHT_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(8)
        self._devices = QLabel()
        self._devices.setTextFormat(Qt.TextFormat.RichText)
        self._said = FittedLabel()
        self._yes = self._key(tr("Yes"), lambda: self._answer(yes=True))
        self._no = self._key(tr("No"), lambda: self._answer(yes=False))
        self._again = self._key(tr("Print again"), paper.print_again)
        self._receipt = self._key(tr("Receipt again"), paper.receipt)
        self._receipt.setProperty("role", "link")
        self._cap = keycap(cap("receipt"))
        self._reprint = self._key(tr("Ticket again"), self.reprint.emit)
        self._reprint.setProperty("role", "link")
        self._reprint_cap = keycap(cap("reprint"))
        self.next = QLineEdit()
        self.next.setPlaceholderText(tr("next number now"))
        self.next.setAccessibleName(tr("The number that lies next in the printer now"))
        self.next.setFixedWidth(_NEXT_PX)
        row.addWidget(self._devices)
        row.addStretch(1)
        asks = (self._said, self.next, self._again, self._yes, self._no)
        for part in (*asks, self._reprint, self._reprint_cap, self._receipt, self._cap):
            row.addWidget(part)
        row.addSpacing(8)
        paper.changed.connect(self.draw)
        session.status_changed.connect(self.draw)
        session.signed.connect(self.draw)
        self.draw()

    def _answer(self, *, yes: bool) -> None:
        """Where blanks are numbered, with the number that lies next: what is gone before it was used, or is spoiled."""
        self.paper.came_out(yes, self.next.text() if not self.next.isHidden() else "")
        self.next.clear()

    def _key(self, text: str, act: object) -> QPushButton:
        button = QPushButton(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_height(button, t.TOUCH)
        button.clicked.connect(lambda: act())  # type: ignore[operator]
        return button

    def minimumSizeHint(self) -> QSize:
        # A long sentence is cut rather than widening the window.
        return QSize(0, HEIGHT_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.draw()

    def draw(self) -> None:
        self._devices.setText("&nbsp;&nbsp;&nbsp;".join(self._device_texts()))
        job, last = self.paper.attention, self.paper.last
        signed = self.session.person is not None
        unknown = signed and job is not None and job.state == "unknown"
        failed = signed and job is not None and job.state == "failed"
        self.next.setVisible(unknown and bool(self.session.status.paper) and job is not None and bool(job.tickets))
        self._yes.setVisible(unknown)
        self._no.setVisible(unknown)
        self._again.setVisible(failed)
        newest = self.paper.newest
        quiet = signed and job is None
        for part in (self._receipt, self._cap):
            part.setVisible(quiet and last is not None)
        for part in (self._reprint, self._reprint_cap):
            part.setVisible(quiet and last is not None and bool(last.tickets) and self.width() >= _ROOMY_PX)
        self._said.setProperty("role", "warning" if job is not None and signed else "muted")
        restyle(self._said)
        if job is not None and signed:
            self._said.setText("▲ " + self.paper.question(job))
        elif quiet and newest is not None:
            self._said.setText(tr("Last print: {told}", told=self.paper.told(newest)))
        else:
            self._said.setText("")
        self._said.setToolTip(self._said.text())

    def _device_texts(self) -> list[str]:
        names = device_names()
        texts = []
        for name, device in self.session.status.devices.items():
            state, text = str(device.get("state") or ""), str(device.get("text") or "")
            words = {"ready": tr("ready"), "absent": tr("not there")}.get(state, told(text or state))
            quiet = state == "unknown" and name in _UNHEARD
            words = "" if quiet else words
            sign = "○" if quiet else _DEVICE_SIGNS.get(state, "▲")
            texts.append(f"{sign} <b>{names.get(name, name)}</b> {words}")
        return texts
