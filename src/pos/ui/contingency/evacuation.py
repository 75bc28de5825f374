"""What lies over the whole window while the house is evacuated: that it is, what to do, and the PIN that ends it.

It is there at once when the key is pressed, before the till has answered, and no key takes it away but a PIN.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QMouseEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from pos.domain.errors import Refused
from pos.ui.approval import APPROVES
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.frame.cover import Cover
from pos.ui.i18n import tr
from pos.ui.parts import foot, touch
from pos.ui.session import Session
from pos.ui.theme import tokens as t
from pos.ui.theme.fitted import FittedLabel, PromptField
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_WHOLE: Final = (4096, 4096)  # as large as the window
_HERE_KEY: Final = 2
_STEPS: Final = 12  # as many as a plan may have


class EvacuationCover(Cover):
    """`call` locks the windows; the till's events show it and take it away."""

    def __init__(self, over: QWidget, session: Session, give_back: Callable[[], None]) -> None:
        super().__init__(over, give_back, _WHOLE)
        self.session = session
        self._asking = False
        self._plan = ""
        self.card.setProperty("role", "alarm")
        self.setAccessibleName(tr("EVACUATION: leave the building"))
        self._build()
        self.setFocusProxy(self.pin)
        session.heard.connect(self._heard)
        session.ticked.connect(self._draw_call)

    def _build(self) -> None:
        head = FittedLabel(tr("EVACUATION"), t.CHANGE)
        head.set_usual(text_font(t.CHANGE, QFont.Weight.DemiBold))
        leave = FittedLabel(tr("Leave the building"), t.TOTAL)
        leave.set_usual(text_font(t.TOTAL, QFont.Weight.DemiBold))
        for label in (head, leave):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.box.addWidget(label)
        self._call = QLabel()
        self._call.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._call.setWordWrap(True)
        self.box.addWidget(self._call)
        inside = QWidget()
        steps = QVBoxLayout(inside)
        steps.setContentsMargins(24, 8, 24, 8)
        steps.setSpacing(8)
        self._steps = [QLabel() for _ in range(_STEPS)]
        for step in self._steps:
            step.setTextFormat(Qt.TextFormat.PlainText)
            step.setFont(text_font(t.TITLE))
            step.setWordWrap(True)
            steps.addWidget(step)
        steps.addStretch(1)
        self.scrolling(inside)
        self._kept = QLabel(
            tr("Nothing is sold now. The basket is kept, and a card payment that has begun runs to its end.")
        )
        self._kept.setWordWrap(True)
        self.box.addWidget(self._kept)
        self.box.addLayout(self._person())
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setProperty("role", "danger")
        self.box.addWidget(self.problem)
        here = touch(
            KeyButton(tr("Unlock this window only"), f"F{_HERE_KEY}", kind="outline", stacked=True),
            lambda: self._end(here=True),
            56,
        )
        self._main = touch(KeyButton("", "Enter", kind="primary", stacked=True), lambda: self._end(here=False), 56)
        self.box.addLayout(foot(here, self._main))

    def _person(self) -> QHBoxLayout:
        self.who, self.pin = QComboBox(), PromptField()
        self.who.setAccessibleName(tr("Who ends it"))
        self.who.currentIndexChanged.connect(lambda _: self._draw())
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setPlaceholderText(tr("PIN"))
        self.pin.setAccessibleName(tr("PIN"))
        row = QHBoxLayout()
        row.setSpacing(8)
        for field in (self.who, self.pin):
            field.setMinimumHeight(t.TOUCH)
            row.addWidget(field, 1)
        return row

    # ---- coming and going ----------------------------------------------------------------

    def call(self) -> None:
        """Lock this window now, and have the till lock all of them."""
        self.session.bridge.call("evacuate", None, self._refused)  # by whoever is signed in still
        self.open()

    def open(self) -> None:
        if self.isVisible():
            return
        self.pin.clear()
        self._say("")
        self._ask()
        super().open()
        self._draw()
        self.session.lock()

    def dismiss(self) -> None:
        """Nothing but an end takes it away."""

    def act(self, action: str) -> None:
        if action == "primary":
            self._end(here=False)
        elif action == f"price:{_HERE_KEY}":
            self._end(here=True)
        else:
            super().act(action)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press beside the card is none on what lies under it."""

    def _heard(self, event: Answer) -> None:
        if event.get("event") != "evacuation":
            return
        if event["state"] == "called":
            self.open()
            self._draw()
        elif self.isVisible():
            super().dismiss()

    # ---- asking the till -----------------------------------------------------------------

    def _ask(self) -> None:
        bridge = self.session.bridge
        bridge.latest("evacuation", "evacuation", self._told, language=self.session.language)
        bridge.latest("evacuation people", "users", self._people)

    def _told(self, answer: Answer) -> None:
        for at, label in enumerate(self._steps):
            step = answer["steps"][at] if at < len(answer["steps"]) else ""
            label.setText(f"{at + 1}   {step}" if step else "")
            label.setVisible(bool(step))
        self._plan = answer["plan"]
        self._draw_call()

    def _people(self, answer: Answer) -> None:
        kept = self.who.currentData()
        self.who.clear()
        for one in sorted(answer["users"], key=lambda one: (one["role"] not in APPROVES, one["name"])):
            self.who.addItem(one["name"], (one["user"], one["role"]))
        self.who.setCurrentIndex(max(0, self.who.findData(kept)))
        self._draw()

    def _end(self, *, here: bool) -> None:
        if self._asking or not self.pin.text() or self.who.currentData() is None:
            self.pin.setFocus()
            return
        self._asking = True
        user, pin = self.who.currentData()[0], self.pin.text()
        self.pin.clear()
        self.session.bridge.call("end_evacuation", None, self._refused, self._ended, user=user, pin=pin, here=here)

    def _ended(self) -> None:
        self._asking = False

    def _refused(self, refusal: Refused) -> None:
        self._say("▲ " + self.session.sentence(refusal))
        self.pin.setFocus()

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    # ---- drawing -------------------------------------------------------------------------

    def _draw(self) -> None:
        approves = self.who.currentData() is not None and self.who.currentData()[1] in APPROVES
        self._main.set_label(tr("End it at every window") if approves else tr("Unlock this window"))
        self._draw_call()

    def _draw_call(self) -> None:
        if self.isVisible():
            plan = tr("Contingency plan {version}", version=self._plan) if self._plan else ""
            self._call.setText("  ·  ".join(filter(None, (self._who_called(), plan))))

    def _who_called(self) -> str:
        if not self.session.evacuation:
            return tr("Every window is being locked …")
        call, session = self.session.evacuation[0], self.session
        at = read_time(call["at"])
        fields = {
            "till": call["till_name"],
            "time": session.formats.day_and_time(at, session.now),
            "span": session.formats.span(max(0.0, (session.now - at).total_seconds())),
        }
        if call["name"]:
            return tr("Called by {name} at {till}, {time} ({span} ago).", name=call["name"], **fields)
        return tr("Called at {till}, {time} ({span} ago).", **fields)
