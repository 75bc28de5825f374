"""Whom the plan names: who they are, how to reach them, and a key that notes that they were told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from pos.ui.format import read_time
from pos.ui.frame.cover import section
from pos.ui.frame.levelwords import NORMAL
from pos.ui.i18n import tr
from pos.ui.parts import touch
from pos.ui.session import Session
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

KEYED: Final = 8  # F1 to F8
_NAME, _PHONE, _TOLD, _KEY = range(4)  # columns


class PeopleList(QWidget):
    """Those who are told at the level that is read come first, and have the keys; `tell` is given a person's key."""

    def __init__(self, session: Session, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._session, self._tell = session, tell
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 8, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(_NAME, 1)
        self._keys: list[str] = []

    def press(self, number: int) -> None:
        """The F-key of this number."""
        if 1 <= number <= len(self._keys):
            self._tell(self._keys[number - 1])

    def show_people(self, people: list[dict[str, Any]], level: str, *, now: str) -> None:
        """The people of the plan, as for a `level` that is read while the till is at level `now`."""
        while (item := self._grid.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        concerned = [person for person in people if level in person["tell_at"]]
        others = [person for person in people if person not in concerned]
        may_note = now != NORMAL
        self._keys = [person["key"] for person in concerned[:KEYED]] if may_note else []
        row = self._add(concerned, tr("Tell these people"), 0, keyed=may_note)
        row = self._add(others, tr("Others who may be needed"), row, keyed=False)
        if not people:
            self._grid.addWidget(section(tr("Tell these people")), row, 0, 1, 4)
            nobody = QLabel(tr("The plan names nobody. A supervisor issues one that does (F9)."))
            nobody.setProperty("role", "muted")
            nobody.setWordWrap(True)
            self._grid.addWidget(nobody, row + 1, 0, 1, 4)

    def _add(self, people: list[dict[str, Any]], head: str, row: int, *, keyed: bool) -> int:
        if people:
            self._grid.addWidget(section(head), row, 0, 1, 4)
        for at, person in enumerate(people, row + 1):
            name = QLabel(f"{person['name']}\n{person['role']}" if person["role"] else person["name"])
            phone = QLabel(person["telephone"])
            phone.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
            phone.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            phone.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            name.setWordWrap(True)
            for label in (name, phone):
                label.setTextFormat(Qt.TextFormat.PlainText)
            self._grid.addWidget(name, at, _NAME)
            self._grid.addWidget(phone, at, _PHONE)
            self._grid.addWidget(self._told(person["told_at"]), at, _TOLD)
            number = at - row
            if keyed and number <= KEYED:
                button = KeyButton(tr("Told"), f"F{number}", kind="outline")
                button.setAccessibleName(tr("{name} was told", name=person["name"]))
                self._grid.addWidget(touch(button, partial(self._tell, person["key"])), at, _KEY)
        return row + 1 + len(people) if people else row

    def _told(self, at: str | None) -> QLabel:
        words = tr("told at {time}", time=self._session.formats.time(read_time(at))) if at else ""
        label = QLabel(f"✓ {words}" if words else "")
        label.setProperty("role", "good")
        return label
