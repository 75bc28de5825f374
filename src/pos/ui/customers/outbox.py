"""What was written to customers: which notices wait, were sent or could not be, and why. It draws nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import tr
from pos.ui.session import Session

STATES: Final = ("all", "queued", "sent", "failed")  # F1 … F4
SIGNS: Final = {"queued": "○", "sent": "●", "failed": "▲"}


@dataclass(frozen=True, slots=True)
class Notice:
    """`to` is masked; `here`: the office has not been told of it yet."""

    id: str
    kind: str
    sale: str
    to: str
    state: str
    why: str
    tries: int
    at: datetime
    here: bool

    @classmethod
    def read(cls, doc: Answer) -> Notice:
        return cls(
            doc["id"],
            doc["kind"],
            doc["sale"],
            doc["to"],
            doc["state"],
            str(doc.get("why") or ""),
            int(doc["tries"]),
            read_time(doc["at"]),
            bool(doc.get("here")),
        )

    @property
    def what(self) -> str:
        """What it tells its reader."""
        kinds = {
            "sale": tr("Tickets"),
            "refund": tr("Refund"),
            "audit": tr("Audit"),
            "show": tr("Show changed"),
            "reminder": tr("Reminder"),
            "order": tr("Reservation"),
        }
        return kinds.get(self.kind, self.kind)

    @property
    def outcome(self) -> str:
        """How it stands."""
        words = {"queued": tr("waits to be sent"), "sent": tr("sent"), "failed": tr("not sent")}
        return words.get(self.state, self.state)

    @property
    def fate(self) -> str:
        """How it stands, and why."""
        if self.here:
            return tr("waits at this window for the line")
        found = self.outcome
        if self.state == "queued" and self.tries:
            found = tr("tried {n} times, will be tried again", n=self.tries)
        why = tr("the customer was erased") if self.why == "erased" else self.why
        return f"{found}: {why}" if why else found


class Outbox(QObject):
    """`open` while the list is on screen; `whose` names a customer whose notices alone are shown, "" for all."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self.session = session
        self._clean()
        session.heard.connect(self._heard)
        session.signed.connect(self.close)

    def _clean(self) -> None:
        self.open = False
        self.rows: list[Notice] = []
        self.marked = self.whose = self.problem = ""
        self.state = "all"
        self._sales: list[str] = []

    @property
    def current(self) -> Notice | None:
        return next((row for row in self.rows if row.id == self.marked), None)

    def show(self, whose: str = "", sales: list[str] | None = None) -> None:
        """The list: of all notices, or of those about these sales, which are `whose`."""
        self._clean()
        self.open, self.whose, self._sales = True, whose, sales or []
        self.changed.emit()
        self.refresh()

    def close(self) -> None:
        if self.open:
            self._clean()
            self.changed.emit()

    def everybody(self) -> None:
        """F5: not one customer's alone any more."""
        if self.whose:
            self.show()

    def choose_state(self, number: int) -> None:
        """F1 and on: all, those that wait, that were sent, that could not be."""
        if 1 <= number <= len(STATES):
            self.state = STATES[number - 1]
            self.changed.emit()
            self.refresh()

    def refresh(self) -> None:
        """Ask again for what is on screen."""
        if not self.open or self.session.person is None:
            return
        if self.whose and not self._sales:
            self._got({"notices": []})
            return
        fields: dict[str, Any] = {"sales": self._sales} if self._sales else {}
        self.session.bridge.latest("outbox", "outbox", self._got, self._refused, state=self.state, **fields)

    def _got(self, answer: Answer) -> None:
        self.problem = ""
        self.rows = [Notice.read(doc) for doc in answer["notices"]]
        if self.current is None:
            self.marked = self.rows[0].id if self.rows else ""
        self.changed.emit()

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        self.changed.emit()

    def _heard(self, event: Answer) -> None:
        if event.get("event") == "changed" and "notice" in (event.get("records") or ()):
            self.refresh()

    def mark(self, id: str) -> None:
        self.marked = id
        self.changed.emit()

    def step(self, step: int) -> None:
        """Mark the one above or below."""
        at = next((ix for ix, row in enumerate(self.rows) if row.id == self.marked), 0)
        if self.rows:
            self.mark(self.rows[max(0, min(len(self.rows) - 1, at + step))].id)
