"""A question that stands in the panel until it is answered or given up; it draws nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `number` is the digit that gives it, 0 for none; `warns` marks what will not wait much longer."""

    key: Any
    number: int
    title: str
    detail: str = ""
    right: str = ""
    below: str = ""
    warns: bool = False


class Question(QObject):
    """Subclasses say what is asked and what an answer does. `field` is the hint of a line to type in, "" for none;
    `typed` has the keys go there at once, where the answers have no digits. `action` names what Enter does.
    `approval` is why a supervisor is needed, "" for not; `approver` who has typed a PIN by then."""

    typed = False

    changed = Signal()
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.title = self.hint = self.field = self.action = self.approval = ""
        self.approver: dict[str, str] | None = None
        self.answers: list[Answer] = []
        self.marked = 0

    def mark(self, step: int) -> None:
        """Move the mark up or down the answers."""
        if self.answers:
            self.marked = max(0, min(len(self.answers) - 1, self.marked + step))
            self.changed.emit()

    def digit(self, number: int) -> None:
        """A digit was typed: the answer that has it, if one does."""
        for answer in self.answers:
            if number and answer.number == number:
                self.choose(answer.key)
                return

    def mark_key(self, key: Any) -> None:
        """Mark the answer that has this key: what was chosen, while somebody is asked to approve it."""
        self.marked = next((n for n, answer in enumerate(self.answers) if answer.key == key), self.marked)

    def enter(self, text: str) -> None:
        """Enter: the answer that is marked, unless a subclass makes more of it."""
        if self.answers:
            self.choose(self.answers[min(self.marked, len(self.answers) - 1)].key)

    def choose(self, key: Any) -> None:
        """An answer was given."""
        raise NotImplementedError

    def tick(self) -> None:
        """A second has passed."""


class Reasons(Question):
    """Why something is done all the same: one of the usual reasons, or another that is typed."""

    def __init__(self, title: str, field: str, reasons: list[str], then: Callable[[str], None]) -> None:
        super().__init__()
        self.title, self.field = title, field
        self.answers = [Answer(reason, number, reason) for number, reason in enumerate(reasons, 1)]
        self._then = then

    def choose(self, key: Any) -> None:
        self.ended.emit()
        self._then(str(key))

    def enter(self, text: str) -> None:
        if text.strip():
            self.choose(text.strip())
        else:
            super().enter(text)
