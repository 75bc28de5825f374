"""The diagnostics: numbered lines that are read aloud on the telephone, copied, kept in a file, or printed.

Before sign-in, too. What a line is called is in the window's language; its number and its value are the same in all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.devicenames import device_names
from pos.ui.frame.cover import Cover
from pos.ui.frame.linewords import line_name
from pos.ui.i18n import told, tr
from pos.ui.keys import cap
from pos.ui.parts import foot, touch
from pos.ui.session import Session
from pos.ui.theme.widgets import KeyButton

_SIZE_PX: Final = (980, 680)
_DEVICE: Final = "device:"
_LINE: Final = "line:"


class DiagnosticsSheet(Cover):
    """Asks the till when it is opened. Enter copies, F1 keeps a file, F2 prints."""

    def __init__(self, over: QWidget, session: Session, give_back: Callable[[], None]) -> None:
        super().__init__(over, give_back, _SIZE_PX)
        self.session = session
        self.lines: list[tuple[int, str, str]] = []
        self.title(tr("Diagnostics"))
        self._inside = QWidget()
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(0, 0, 12, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)
        self.scrolling(self._inside)
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.box.addWidget(self.said)
        close = KeyButton(tr("Close"), cap("back"), kind="outline", stacked=True)
        save = KeyButton(tr("Save as a file"), "F1", kind="outline", stacked=True)
        paper = KeyButton(tr("Print"), "F2", kind="outline", stacked=True)
        copy = KeyButton(tr("Copy"), cap("primary"), kind="primary", stacked=True)
        pressed = ((close, self.dismiss), (save, self.save), (paper, self.print_out), (copy, self.copy))
        self.box.addLayout(foot(*(touch(button, press, 56) for button, press in pressed)))

    # ---- asking --------------------------------------------------------------------------

    def open(self) -> None:
        self.lines = []
        self._say(tr("Asking …"))
        self._draw()
        super().open()
        self.session.bridge.latest("diagnostics", "diagnostics", self._got, self._refused)

    def _got(self, answer: Answer) -> None:
        told = [(one["line"], _name(one["key"]), one["value"]) for one in answer["lines"]]
        number = len(told)
        self.lines = told + [(number + at, name, value) for at, (name, value) in enumerate(_of_the_window(self), 1)]
        self._say("")
        self._draw()

    # ---- doing ---------------------------------------------------------------------------

    @property
    def text(self) -> list[str]:
        """The lines as they are copied, kept and printed."""
        return [f"{number}. {name}: {value}" for number, name, value in self.lines]

    def copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self.text))
        self._say(tr("Copied."))

    def save(self) -> None:
        self._keep("file", lambda answer: self._say(tr("Saved as {file}", file=answer["file"])))

    def print_out(self) -> None:
        self._keep("paper", self._printed)

    def _keep(self, to: str, done: Callable[[Answer], None]) -> None:
        if self.lines:
            self.session.bridge.call("keep_diagnostics", done, self._refused, lines=self.text, to=to)

    def _printed(self, answer: Answer) -> None:
        if answer["outcome"] == "done":
            self._say(tr("Printed."))
        else:
            self._say(tr("Not printed: {reason}", reason=told(answer["text"])), "warning")

    def _refused(self, refusal: Refused) -> None:
        self._say(self.session.sentence(refusal), "warning")

    def act(self, action: str) -> None:
        doing: dict[str, Callable[[], Any]] = {
            "primary": self.copy, "price:1": self.save, "price:2": self.print_out, "diagnostics": self.dismiss
        }  # fmt: skip
        if action in doing:
            doing[action]()
        else:
            super().act(action)

    # ---- drawing -------------------------------------------------------------------------

    def _say(self, text: str, role: str = "muted") -> None:
        self.said.setText(text)
        self.said.setProperty("role", role)
        self.said.style().polish(self.said)

    def _draw(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        top, right = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignRight
        for row, (number, name, value) in enumerate(self.lines):
            self._grid.addWidget(_label(str(number), "strong"), row, 0, top | right)
            self._grid.addWidget(_label(name, "muted"), row, 1, top)
            shown = _label(value, "")
            shown.setWordWrap(True)
            self._grid.addWidget(shown, row, 2, top)
        self._grid.setRowStretch(len(self.lines), 1)


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label


def _of_the_window(window: QWidget) -> list[tuple[str, str]]:
    """What only the window knows."""
    screens = QGuiApplication.screens()
    shown = window.screen()
    told = [(tr("Qt at work"), f"{qVersion()}, {QGuiApplication.platformName()}")]
    for screen in screens:
        size = screen.size()
        here = " *" if screen is shown and len(screens) > 1 else ""
        scale = f"{screen.devicePixelRatio() * 100:.0f} %, {screen.logicalDotsPerInch():.0f} dpi"
        told.append((tr("Screen"), f"{size.width()}×{size.height()}, {scale}{here}"))
    over = window.window().size()
    return [*told, (tr("Size of the window"), f"{over.width()}×{over.height()}")]


def _name(key: str) -> str:
    if key.startswith(_DEVICE):
        device = key.removeprefix(_DEVICE)
        return device_names().get(device, device)
    if key.startswith(_LINE):
        return line_name(key.removeprefix(_LINE))
    return _names().get(key, key)


def _names() -> dict[str, str]:
    return {
        "version": tr("Version of Housefull"),
        "till": tr("Till"),
        "incarnation": tr("Number of its enrolment"),
        "training": tr("Training"),
        "office_address": tr("Address of the office"),
        "link": tr("Line to the office"),
        "link_since": tr("So since"),
        "link_detail": tr("In detail"),
        "round_trip": tr("There and back"),
        "last_sent": tr("Office last confirmed"),
        "last_received": tr("Office last told something new"),
        "unsent": tr("Entries not at the office"),
        "level": tr("Level of the contingency plan"),
        "journal": tr("Last entry of the journal"),
        "journal_hash": tr("Its check, in groups"),
        "replica": tr("Office's word up to"),
        "replica_at": tr("Heard at"),
        "clock": tr("This machine's clock"),
        "clock_offset": tr("Ahead of the office's by"),
        "fenced": tr("May not sell"),
        "data_folder": tr("Data folder"),
        "state_folder": tr("State folder"),
        "key": tr("Key kept in"),
        "log_file": tr("Log file"),
        "disk": tr("Room on the disk"),
        "ledger_size": tr("Size of the ledger"),
        "replica_size": tr("Size of the replica"),
        "system": tr("System"),
        "versions": tr("Versions"),
    }
