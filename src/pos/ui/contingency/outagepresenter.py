"""Outages: which is marked, how far the sending is, and what is made of a report: a PDF, paper, a lesson."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from PySide6.QtCore import QObject, QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.contingency.outagemodel import Row, incident_row, open_row
from pos.ui.i18n import tr
from pos.ui.session import Session

DUE_DAYS: Final = 30  # until when a lesson is to be settled, unless somebody says otherwise under Drills
_EVENTS: Final = frozenset({"outage", "incident", "level"})
_FAMILIES: Final = frozenset({"incident", "plan_action"})


class OutagesPresenter(QObject):
    """Enter writes the marked one's report and opens it, or notes what was typed as a lesson; F2 prints the report."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[Row] = []
        self.told = False  # whether it is known what there is
        self.drain: Answer | None = None
        self.marked = ""
        self.lesson = self.problem = ""
        self.asking = False
        session.heard.connect(self._heard)

    @property
    def current(self) -> Row | None:
        return next((row for row in self.rows if row.id == self.marked), None)

    @property
    def reads(self) -> bool:
        """Whether reports are this person's to read."""
        person = self.session.person
        return person is not None and person.oversees

    @property
    def learns(self) -> bool:
        """Whether this person may say what is to be learned from the marked one."""
        person, row = self.session.person, self.current
        return person is not None and person.sets_up and row is not None and not row.on

    # ---- what there is -------------------------------------------------------------------

    def refresh(self) -> None:
        if self.session.person is not None:
            self.session.bridge.latest("outages", "outages", self._got, self._refused)

    def _got(self, answer: Answer) -> None:
        self.told, self.drain = True, answer["drain"]
        on = [open_row(answer["open"], self.session)] if answer["open"] is not None else []
        self.rows = [*on, *(incident_row(one, self.session) for one in answer["incidents"])]
        if self.current is None:
            self.marked = self.rows[0].id if self.rows else ""
            self.lesson = self.problem = ""
        self.changed.emit()

    def _heard(self, event: Answer) -> None:
        kind = event.get("event")
        if kind == "drain":
            self.drain = event
            self.changed.emit()
        elif kind in _EVENTS or (kind == "changed" and _FAMILIES & set(event.get("records", ()))):
            self.refresh()

    def mark(self, id: str) -> None:
        if id != self.marked and any(row.id == id for row in self.rows):
            self.marked, self.lesson, self.problem = id, "", ""
            self.changed.emit()

    def step(self, by: int) -> None:
        """Mark the one above or below."""
        ids = [row.id for row in self.rows]
        if ids:
            at = ids.index(self.marked) if self.marked in ids else 0
            self.mark(ids[max(0, min(len(ids) - 1, at + by))])

    # ---- its report ----------------------------------------------------------------------

    def open(self) -> None:
        """Write the report into the person's documents, and open it."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._make(self._opened, to=folder, replace=True)

    def print(self) -> None:
        """Print the report at the receipt printer."""
        self._make(self._made)

    def _make(self, done: Any, **fields: Any) -> None:
        row = self.current
        if row is None or not self.reads or self.asking:
            return
        named = {} if row.on else {"incident": row.id}
        self._ask("incident_report", done, language=self.session.language, **named, **fields)

    def _opened(self, answer: Answer) -> None:
        self.session.toast.emit("good", tr("Written: {file}", file=answer["file"]))
        QDesktopServices.openUrl(QUrl.fromLocalFile(answer["file"]))

    def _made(self, answer: Answer) -> None:
        self._ask("print_report", self._printed, made=answer["made"], language=self.session.language)

    def _printed(self, _: Answer) -> None:
        self.session.toast.emit("good", tr("It is on its way to the receipt printer."))

    # ---- what is learned from it ---------------------------------------------------------

    def type_lesson(self, text: str) -> None:
        self.lesson, self.problem = text, ""
        self.changed.emit()

    def learn(self) -> None:
        """Note what was typed as something that is to be done, by whoever is signed in."""
        row, person = self.current, self.session.person
        if row is None or person is None or not self.learns or self.asking or not self.lesson.strip():
            return
        due = (self.session.formats.local(self.session.now) + timedelta(days=DUE_DAYS)).date().isoformat()
        source = {"from": f"incident:{row.id}"}
        self._ask("change_action", self._learned, text=self.lesson.strip(), owner=person.user, due=due, **source)

    def _learned(self, _: Answer) -> None:
        self.lesson = ""
        self.session.toast.emit("good", tr("Noted. Under Drills it gets another owner or day."))
        self.refresh()

    # ---- asking --------------------------------------------------------------------------

    def _ask(self, verb: str, done: Any, **fields: Any) -> None:
        self.asking, self.problem = True, ""
        self.session.bridge.call(verb, done, self._refused, self._ended, **fields)
        self.changed.emit()

    def _ended(self) -> None:
        self.asking = False
        self.changed.emit()

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        self.changed.emit()
