"""Which list of the audit is shown, what is marked in it, and what is being done about that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.ui.audit.model import (
    ANOMALIES,
    DIFFERENCES,
    PEOPLE,
    SECTIONS,
    SETTLEMENTS,
    Row,
    item_row,
    person_row,
    settlement_row,
    state_names,
)
from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.session import Session

_SORTS: Final = {DIFFERENCES: "difference", ANOMALIES: "anomaly"}
_FAMILIES: Final = {"audit_item", "settlement"}
SUBMIT, AUDIT, ACCEPT, RETURN, TAKE, EXPLAIN, CLOSE = "submit", "audit", "accept", "return", "take", "explain", "close"


class AuditPresenter(QObject):
    """Enter does the next step about the marked row; F5 the other one. What is typed is its note."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.section = SETTLEMENTS
        self.rows: list[Row] = []
        self.marked = ""
        self.note = self.problem = ""
        self.asking = False
        self.adjusted: dict[str, str] | None = {}
        session.heard.connect(self._heard)

    # ---- what there is -----------------------------------------------------------------

    @property
    def sections(self) -> tuple[str, ...]:
        """The lists that this person has; who does not oversee sees what is about himself."""
        person = self.session.person
        return SECTIONS if person is not None and person.oversees else (DIFFERENCES, ANOMALIES, PEOPLE)

    @property
    def current(self) -> Row | None:
        return next((row for row in self.rows if row.id == self.marked), None)

    def choose(self, section: str) -> None:
        """Show another list."""
        if section in self.sections:
            self.section, self.rows, self.marked = section, [], ""
            self.note = self.problem = ""
            self.refresh()

    def enter(self) -> None:
        """The screen is shown now, perhaps to somebody else than before."""
        self.choose(self.section if self.section in self.sections else self.sections[0])

    def refresh(self) -> None:
        bridge, section = self.session.bridge, self.section
        if self.session.person is None:
            self._show([])
        elif section == SETTLEMENTS:
            bridge.latest("audit", "settlements", self._got_settlements, self._refused)
        elif section == PEOPLE and self.session.person.oversees:
            bridge.latest("audit", "people_figures", self._got_people, self._refused)
        elif section == PEOPLE:
            bridge.latest("audit", "my_figures", lambda a: self._got_people({"people": [a["person"]]}), self._refused)
        else:
            bridge.latest("audit", "audit_items", self._got_items, self._refused, sort=_SORTS[section])
        self.changed.emit()

    def _got_settlements(self, answer: Answer) -> None:
        session = self.session
        due = [one | {"state": "due", "history": []} for one in answer["due"]]
        rows = [
            settlement_row(one, session.formats, session.venue.currency, answer["tills"])
            for one in (*due, *answer["settlements"])
        ]
        self._show(rows)

    def _got_items(self, answer: Answer) -> None:
        self._show([item_row(one, self.session.formats) for one in answer["items"]])

    def _got_people(self, answer: Answer) -> None:
        session = self.session
        self._show([person_row(one, session.formats, session.venue.currency) for one in answer["people"]])

    def _show(self, rows: list[Row]) -> None:
        self.rows = rows
        if self.current is None:
            self.note = self.problem = ""
            self._mark(rows[0].id if rows else "")
        self.changed.emit()

    def _heard(self, event: Answer) -> None:
        if event.get("event") == "changed" and (_FAMILIES & set(event.get("records", ())) or event.get("documents")):
            self.refresh()

    # ---- marking -------------------------------------------------------------------------

    def mark(self, id: str) -> None:
        if any(row.id == id for row in self.rows) and id != self.marked:
            self.note = self.problem = ""
            self._mark(id)
            self.changed.emit()

    def _mark(self, id: str) -> None:
        """Look at a row; of a settlement also at what later facts adjust."""
        self.marked, self.adjusted = id, {}
        row = self.current
        if row is not None and self.section == SETTLEMENTS and row.doc["state"] != "due":
            ask = self.session.bridge.latest
            ask("audit_one", "settlement", self._got_adjusted, lambda _: None, settlement=row.id)

    def _got_adjusted(self, answer: Answer) -> None:
        self.adjusted = answer["adjustments"]
        self.changed.emit()

    def step(self, by: int) -> None:
        """Mark the one above or below."""
        ids = [row.id for row in self.rows]
        if ids:
            at = ids.index(self.marked) if self.marked in ids else 0
            self.mark(ids[max(0, min(len(ids) - 1, at + by))])

    # ---- doing ---------------------------------------------------------------------------

    @property
    def steps(self) -> tuple[str, str]:
        """What this person may do about the marked row: the other thing, and the main one; "" for nothing."""
        row, person = self.current, self.session.person
        if row is None or person is None or self.section == PEOPLE:
            return "", ""
        state = row.doc["state"]
        if self.section != SETTLEMENTS:
            concerned = person.user in row.doc["people"]
            if concerned or not person.oversees:
                return "", EXPLAIN
            mine = row.doc["owner"] == person.user and state == "taken"
            return (EXPLAIN, CLOSE) if mine else (EXPLAIN, TAKE)
        if person.settles and state in ("due", "returned"):
            return "", SUBMIT
        if person.audits and state in ("submitted", "audited"):
            return RETURN, AUDIT if state == "submitted" else ACCEPT
        return "", ""

    def type_note(self, text: str) -> None:
        self.note, self.problem = text, ""
        self.changed.emit()

    def do(self, what: str) -> None:
        """Take this step, with what was typed."""
        row = self.current
        if row is None or not what or self.asking:
            return
        said = self.note.strip()
        if what in (RETURN, EXPLAIN, CLOSE) and not said:
            self.problem = tr("Say why, in the field “Note”.")
            self.changed.emit()
            return
        verb, fields = _ASKED[what](row, said)
        self.asking = True
        self.session.bridge.call(verb, self._done, self._refused, self._ended, **fields)
        self.changed.emit()

    def _ended(self) -> None:
        self.asking = False
        self.changed.emit()

    def _done(self, answer: Answer) -> None:
        document = answer.get("settlement") or answer["item"]
        self.session.toast.emit("good", tr("It is {state} now.", state=state_names()[document["state"]]))
        self.note = self.problem = ""
        self.refresh()

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        self.changed.emit()


def _about(row: Row) -> dict[str, Any]:
    return {key: row.doc[key] for key in ("till", "period", "agreement")}


def _submitted(row: Row, said: str) -> tuple[str, dict[str, Any]]:
    # A week is named by any of its days, which is what a settlement that was returned tells of itself.
    asked = _about(row) | ({"period": row.doc["since"]} if row.doc.get("since") else {})
    return "submit_settlement", asked | ({"note": said} if said else {})


_ASKED: Final[dict[str, Callable[[Row, str], tuple[str, dict[str, Any]]]]] = {
    SUBMIT: _submitted,
    AUDIT: lambda row, said: ("audit_settlement", {"settlement": row.id, "findings": [said] if said else []}),
    ACCEPT: lambda row, said: ("accept_settlement", {"settlement": row.id} | ({"note": said} if said else {})),
    RETURN: lambda row, said: ("return_settlement", {"settlement": row.id, "reason": said}),
    TAKE: lambda row, _: ("take_audit_item", {"item": row.id}),
    EXPLAIN: lambda row, said: ("explain_audit_item", {"item": row.id, "note": said}),
    CLOSE: lambda row, said: ("close_audit_item", {"item": row.id, "note": said}),
}
