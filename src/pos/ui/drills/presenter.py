"""The drills' screen: which list is shown, what is marked in it, and what is done about that."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.drills.model import ACTIONS, HELD, PEOPLE, SECTIONS, Row, action_row, held_row, person_row
from pos.ui.i18n import tr
from pos.ui.session import Session

_FAMILIES: Final = frozenset({"drill", "plan_action", "contingency_plan"})
START, NEW, DONE, DROP, SAVE = "start", "new", "done", "drop", "save"
_EMPTY: Final = {"text": "", "owner": "", "due": "", "plan": "", "note": ""}


class DrillsPresenter(QObject):
    """Enter does the main step about the marked row, F5 and F6 the others. `began`: a drill was ordered."""

    changed = Signal()
    began = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.section = PEOPLE
        self.marked = ""
        self.told: Answer = {"people": [], "log": [], "actions": [], "plan": "", "every_days": 0}
        self.editing = ""  # what the form is for: NEW, DONE or DROP; "" for none
        self.source = ""  # what a new action was learned from
        self.form: dict[str, str] = dict(_EMPTY)
        self.problem = self.needs = ""
        self.asking = False
        session.heard.connect(self._heard)
        session.signed.connect(self._signed)

    # ---- what there is -----------------------------------------------------------------

    def enter(self) -> None:
        """The screen is shown now."""
        self._leave_form()
        self.refresh()

    def refresh(self) -> None:
        if self.session.person is not None:
            self.session.bridge.latest("drills", "drills", self._got, self._refused)

    def _got(self, answer: Answer) -> None:
        self.told = answer
        self._mark_one()
        self.changed.emit()

    def _heard(self, event: Answer) -> None:
        if event.get("event") == "changed" and _FAMILIES & set(event.get("records", ())):
            self.refresh()

    def _signed(self) -> None:
        """Whoever comes next is not shown what was another's."""
        self.told = {"people": [], "log": [], "actions": [], "plan": "", "every_days": 0}
        self._leave_form()
        self.changed.emit()

    @property
    def rows(self) -> list[Row]:
        formats, names = self.session.formats, self.session.names
        if self.section == PEOPLE:
            return [person_row(one, formats) for one in self.told["people"]]
        if self.section == HELD:
            return [held_row(one, formats, names) for one in self.told["log"]]
        return [action_row(one, formats, names) for one in self.told["actions"]]

    @property
    def current(self) -> Row | None:
        return next((row for row in self.rows if row.id == self.marked), None)

    @property
    def leads(self) -> bool:
        """Whether drills and actions are this person's to start and note."""
        person = self.session.person
        return person is not None and person.role in ("supervisor", "admin")

    def choose(self, section: str) -> None:
        """Show another list."""
        if section in SECTIONS:
            self.section = section
            self._leave_form()
            self._mark_one()
            self.changed.emit()

    def mark(self, id: str) -> None:
        self.marked = id
        self._leave_form()
        self.changed.emit()

    def step(self, by: int) -> None:
        """Mark the one above or below."""
        ids = [row.id for row in self.rows]
        if ids:
            at = ids.index(self.marked) if self.marked in ids else 0
            self.mark(ids[max(0, min(len(ids) - 1, at + by))])

    def _mark_one(self) -> None:
        rows = self.rows
        if self.current is None:
            self.marked = rows[0].id if rows else ""

    # ---- doing -------------------------------------------------------------------------

    @property
    def steps(self) -> tuple[str, str, str]:
        """What may be done now: by F5, by F6 and by Enter; "" for nothing."""
        row = self.current
        if self.editing:
            return "", "", SAVE
        if self.section == PEOPLE:
            return "", "", START if row is not None else ""
        if self.section == HELD:
            return NEW if self.leads and row is not None else "", "", ""
        mine = row is not None and self.session.person is not None and row.doc["owner"] == self.session.person.user
        if row is None or row.doc["state"] != "open":
            return NEW if self.leads else "", "", ""
        return NEW if self.leads else "", DROP if self.leads else "", DONE if self.leads or mine else ""

    def do(self, what: str, approver: dict[str, str] | None = None) -> None:
        """Take a step; those about an action open its form first."""
        if not what or self.asking:
            return
        self.problem = ""
        if what == START:
            self._start(approver)
        elif what == SAVE:
            self._save()
        else:
            row = self.current
            self.editing, self.form = what, dict(_EMPTY)
            self.source = f"drill:{row.id}" if what == NEW and self.section == HELD and row is not None else ""
        self.changed.emit()

    def type(self, name: str, text: str) -> None:
        self.form[name], self.problem = text, ""

    def leave(self) -> bool:
        """Close the form; whether one was open."""
        was = bool(self.editing)
        self._leave_form()
        self.changed.emit()
        return was

    def _leave_form(self) -> None:
        self.editing = self.source = self.problem = self.needs = ""
        self.form = dict(_EMPTY)

    def _start(self, approver: dict[str, str] | None) -> None:
        row = self.current
        if row is None:
            return
        fields: dict[str, Any] = {"person": row.id} | ({"approver": approver} if approver else {})
        self._call("start_drill", self._started, fields)

    def _started(self, _: Answer) -> None:
        self.needs = ""
        self.began.emit()

    def _save(self) -> None:
        row, typed = self.current, {name: text.strip() for name, text in self.form.items()}
        fields = {name: text for name, text in typed.items() if text}
        if self.editing == NEW:
            fields |= {"from": self.source} if self.source else {}
        elif row is not None:
            fields |= {"action": row.id, "state": "done" if self.editing == DONE else "dropped"}
        self._call("change_action", self._saved, fields)

    def _saved(self, answer: Answer) -> None:
        self._leave_form()
        self.section, self.marked = ACTIONS, answer["action"]["id"]
        self.session.toast.emit("good", tr("The action is noted."))
        self.refresh()

    def _call(self, verb: str, done: Any, fields: dict[str, Any]) -> None:
        self.asking = True
        self.session.bridge.call(verb, done, self._refused, self._ended, **fields)

    def _ended(self) -> None:
        self.asking = False
        self.changed.emit()

    def _refused(self, refusal: Refused) -> None:
        self.problem = _said(refusal) or self.session.sentence(refusal)
        self.needs = self.session.sentence(refusal) if refusal.code == "approval_needed" else ""
        self.changed.emit()


def _said(refusal: Refused) -> str:
    """What is wrong with the form, by its field; "" for another refusal."""
    texts = {
        "text": tr("Say what is to be done."),
        "owner": tr("Choose who does it."),
        "due": tr("Say by which day, as in 2027-03-01."),
        "note": tr("Say why nothing is done about it."),
    }
    return texts.get(str(refusal.fields.get("field", "")), "") if refusal.code == "bad_request" else ""
