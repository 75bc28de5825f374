"""Calling off: a show is abandoned, places of it are closed, or what was called off is open again; with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from pos.domain.errors import Refused
from pos.ui.approval import APPROVES, ApprovalBox
from pos.ui.bridge import Answer
from pos.ui.frame.cover import Cover
from pos.ui.i18n import name_in, tr, tr_count
from pos.ui.keys import cap
from pos.ui.parts import Problem, foot, touch
from pos.ui.session import Session
from pos.ui.theme import tokens as t
from pos.ui.theme.fitted import PromptField
from pos.ui.theme.widgets import KeyButton

ABANDON, CLOSE, REOPEN = "abandon_show", "close_places", "reopen_places"
_SIZE_PX: Final = (760, 460)


def names() -> tuple[str, str, str]:
    """What the three are called on their buttons, in the order of their keys."""
    return tr("Abandon a show"), tr("Close places"), tr("Open again")


class CallOffSheet(Cover):
    """`ask` opens it for one of the three. Whoever is no supervisor has one approve it here. `done` follows."""

    def __init__(
        self, over: QWidget, session: Session, give_back: Callable[[], None], done: Callable[[], object]
    ) -> None:
        super().__init__(over, give_back, _SIZE_PX)
        self.session, self._done = session, done
        self.kind = ""
        self._sure = self._asking = False
        self._title = self.title("")
        self._note = QLabel()
        self._note.setWordWrap(True)
        self.show_box = QComboBox()
        self.show_box.setAccessibleName(tr("Show"))
        self.places, self.reason = PromptField(), PromptField()
        for field, prompt in (
            (self.places, tr("Which places: Stalls C 4-9, C *, Stalls, Standing 30")),
            (self.reason, tr("Why")),
        ):
            field.setPlaceholderText(prompt)
            field.setAccessibleName(prompt)
        self.approval = ApprovalBox(session)
        self.problem = Problem()
        self.box.addWidget(self._note)
        for part in (self.show_box, self.places, self.reason):
            part.setMinimumHeight(t.TOUCH)
            self.box.addWidget(part)
        self.box.addWidget(self.approval)
        self.box.addStretch(1)
        self.box.addWidget(self.problem)
        back = touch(KeyButton(tr("Back"), cap("back"), kind="outline", stacked=True), self.dismiss, 56)
        self._main = touch(KeyButton("", cap("primary"), kind="primary", stacked=True), self._act, 56)
        self.box.addLayout(foot(back, self._main))

    def ask(self, kind: str) -> None:
        self.kind, self._sure = kind, False
        name = dict(zip((ABANDON, CLOSE, REOPEN), names(), strict=True))[kind]
        self._title.setText(name)
        self.setAccessibleName(name)
        self._main.set_label(name)
        self._note.setText(_note(kind))
        self.problem.tell("")
        for field in (self.places, self.reason):
            field.clear()
        self.places.setVisible(kind != ABANDON)
        self._list_shows()
        person = self.session.person
        alone = person is not None and person.role in APPROVES
        self.approval.ask("" if alone else tr("A supervisor must approve this."))
        self.open()
        (self.reason if kind == ABANDON else self.places).setFocus(Qt.FocusReason.OtherFocusReason)

    def _list_shows(self) -> None:
        session = self.session
        self.show_box.clear()
        for card in session.shows:
            when = session.formats.day_and_time(card.starts, session.now)
            self.show_box.addItem(f"{when} · {name_in(card.titles, session.language, card.title)}", card.id)
        self.show_box.setCurrentIndex(max(0, self.show_box.findData(session.show_id)))

    def act(self, action: str) -> None:
        if action == "primary":
            self._act()
        else:
            super().act(action)

    def _act(self) -> None:
        if self._asking or self.show_box.currentData() is None:
            return
        lacking = next((field for field in self._fields() if not field.text().strip()), None)
        if lacking is not None:
            lacking.setFocus()
            return
        if self.kind == ABANDON and not self._sure:
            self._sure = True
            self.problem.tell(tr("Nothing of it is sold any more then. {key} once more abandons it.", key="Enter"))
            return
        self._asking = True
        fields: dict[str, Any] = {"show": self.show_box.currentData(), "reason": self.reason.text().strip()}
        if self.kind != ABANDON and self.places.text().strip():
            fields["text"] = self.places.text().strip()
        if (approver := self.approval.approver) is not None:
            fields["approver"] = approver
        self.approval.pin.clear()
        self.session.bridge.call(self.kind, self._answered, self._refused, self._ended, **fields)

    def _ended(self) -> None:
        self._asking = False

    def _fields(self) -> tuple[PromptField, ...]:
        """What must be filled in."""
        return (self.places, self.reason) if self.kind == CLOSE else (self.reason,)

    def _answered(self, answer: Answer) -> None:
        made = answer["called_off"]
        if self.kind == CLOSE:
            count = len(made["places"])
            said = tr_count("%n place is closed.", "%n places are closed.", count)
        else:
            said = tr("The show is abandoned.") if self.kind == ABANDON else tr("It is open again.")
        self.session.toast.emit("good", said)
        self.dismiss()
        self._done()

    def _refused(self, refusal: Refused) -> None:
        self._sure = False
        self.problem.tell(self.session.sentence(refusal))
        if not self.approval.isHidden():
            self.approval.pin.setFocus()


def _note(kind: str) -> str:
    if kind == ABANDON:
        return tr(
            "It was broken off, or cannot take place. Nothing of it is sold any more and nobody is let in. Every "
            "ticket of it is in the list then: paid back without deadline and fee, or exchanged."
        )
    if kind == CLOSE:
        return tr(
            "These places may not be used. They are not sold any more at any window, and their tickets are in the list "
            "then: paid back without deadline and fee, or exchanged."
        )
    return tr("What was called off of this show may be sold again: all of it, or the places that you name.")
