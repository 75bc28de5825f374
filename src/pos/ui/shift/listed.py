"""Closed shifts: which wait to be verified, their reports once more, and the X of the one that is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.ui.amounts import type_digit, typed_amount
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import tr
from pos.ui.session import Session


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed shift. `declared` are rows of what was declared beside cash; `verified` by whom, "" by nobody."""

    shift: str
    z: str
    till: str
    cashier: str
    closed_at: datetime
    expected: Money
    counted: Money
    difference: Money
    declared: tuple[Answer, ...]
    note: str
    final: bool
    verified: str
    may: bool

    @classmethod
    def read(cls, doc: Answer, currency: str) -> Closed:
        verified = doc.get("verified") or {}
        return cls(
            doc["shift"],
            doc["z"],
            doc["till_name"],
            doc["cashier_name"],
            read_time(doc["closed_at"]),
            Money.parse(doc["expected"], currency),
            Money.parse(doc["counted"], currency),
            Money.parse(doc["difference"], currency),
            tuple(doc.get("declared", ())),
            doc.get("note", ""),
            doc["state"] == "final",
            str(verified.get("user", "")),
            bool(doc["may"]),
        )


class ShiftsPresenter(QObject):
    """A second count of the marked shift is typed as one total; none is typed where nobody counted again."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[Closed] = []
        self.marked = 0
        self.all = False
        self.complete = True  # whether the office was heard about other windows
        self.typed, self.note, self.problem = "", "", ""
        self.asking = self.sure = False

    @property
    def oversees(self) -> bool:
        """Whether the reports of others are theirs to see; the till checks it again."""
        person = self.session.person
        return person is not None and person.role != "cashier"

    def refresh(self) -> None:
        """Ask for the list; whoever does not oversee has only prints to ask for."""
        self.edited()
        if self.oversees:
            self.session.bridge.latest("shifts", "shifts", self._got, state="all" if self.all else "open")

    def _got(self, answer: Answer) -> None:
        currency = self.session.venue.currency
        self.rows = [Closed.read(row, currency) for row in answer["shifts"]]
        self.complete = bool(answer["complete"])
        self.marked = max(0, min(self.marked, len(self.rows) - 1))
        self.changed.emit()

    @property
    def current(self) -> Closed | None:
        return self.rows[self.marked] if self.rows else None

    @property
    def recounted(self) -> Money | None:
        return typed_amount(self.typed, self.session.venue.currency) if self.typed else None

    def show_all(self) -> None:
        """All of the latest, or those alone that nobody has verified."""
        self.all = not self.all
        self.refresh()

    def mark(self, shift: str) -> None:
        self.marked = next((at for at, row in enumerate(self.rows) if row.shift == shift), self.marked)
        self.typed = ""
        self.edited()

    def step(self, by: int) -> None:
        if self.rows:
            self.mark(self.rows[max(0, min(len(self.rows) - 1, self.marked + by))].shift)

    def type_digit(self, digit: str) -> None:
        self.typed = type_digit(self.typed, digit, self.session.venue.currency)
        self.edited()

    def erase(self) -> None:
        self.typed = self.typed[:-1]
        self.edited()

    def type_note(self, note: str) -> None:
        self.note = note
        self.edited()

    def clear(self) -> bool:
        """Esc: forget what was typed. True if there was something."""
        had = bool(self.typed or self.note or self.problem)
        self.typed, self.note = "", ""
        self.edited()
        return had

    def edited(self) -> None:
        self.problem, self.sure = "", False
        self.changed.emit()

    # ---- doing -------------------------------------------------------------------------

    def print_x(self) -> None:
        self.session.bridge.call("x_report", self._printing, self._refused, printed=True)

    def print_z(self, what: str = "z") -> None:
        """The marked shift's report again, or the last one's for whoever sees no list."""
        one = self.current
        named: Answer = {"shift": one.shift} if one is not None else {}
        self.session.bridge.call("z_report", self._printing, self._refused, printed=what, **named)

    def _printing(self, _: Answer) -> None:
        self.session.toast.emit("good", tr("It is being printed."))

    def verify(self) -> None:
        """Verify the marked shift; asked a second time, since it is booked."""
        one = self.current
        if one is None or self.asking or one.verified:
            return
        if not one.may:
            self.problem = tr("Whoever had this drawer cannot verify it. A supervisor who did not must.")
        elif not self.sure:
            self.sure = True
            formats = self.session.formats
            counted = self.recounted
            self.problem = tr("Verify {z} as it was counted? Enter once more does it.", z=one.z or one.shift)
            if counted is not None:
                off = formats.money(counted - one.counted)
                self.problem = tr("Book {off} beside the first count? Enter once more does it.", off=off)
        else:
            self.asking = True
            fields: Answer = {"shift": one.shift, "printed": True}
            if (counted := self.recounted) is not None:
                fields["counted"] = {"total": str(counted)}
            if self.note.strip():
                fields["note"] = self.note.strip()
            self.session.bridge.call("verify_shift", self._verified, self._refused, self._ended, **fields)
        self.changed.emit()

    def _ended(self) -> None:
        self.asking = self.sure = False
        self.changed.emit()

    def _verified(self, answer: Answer) -> None:
        self.session.toast.emit("good", tr("Shift {id} is verified.", id=answer["verified"]["shift"]))
        self.clear()
        self.refresh()

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        self.changed.emit()
