"""Taking over a till that is gone: which copies lie here, and the count of the drawer that it left."""

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
class KeptCopy:
    """A till's copy that lies here: how many facts it has, and when it was written last."""

    till: str
    facts: int
    at: datetime


class TakeOverPresenter(QObject):
    """The marked till's drawer is counted blind, as one total; a supervisor says that the till is gone."""

    changed = Signal()
    done = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[KeptCopy] = []
        self.marked = 0
        self.typed, self.problem, self.needs = "", "", ""
        self.asking = self.sure = self.looked = False
        self.answers = False  # it is taken over although it still answers

    def refresh(self) -> None:
        """Look which copies are here."""
        self.session.bridge.latest("copies", "copies", self._got)

    def _got(self, answer: Answer) -> None:
        # Of a till that was enrolled again its newest copy is shown; the till looks into all of them.
        newest = {one["till"]: KeptCopy(one["till"], one["number"], read_time(one["at"])) for one in answer["kept"]}
        self.rows = list(newest.values())
        self.marked = max(0, min(self.marked, len(self.rows) - 1))
        self.looked = True
        self.changed.emit()

    @property
    def current(self) -> KeptCopy | None:
        return self.rows[self.marked] if self.rows else None

    @property
    def amount(self) -> Money | None:
        return typed_amount(self.typed, self.session.venue.currency) if self.typed else None

    def mark(self, till: str) -> None:
        self.marked = next((at for at, row in enumerate(self.rows) if row.till == till), self.marked)
        self.edited()

    def step(self, by: int) -> None:
        if self.rows:
            self.mark(self.rows[max(0, min(len(self.rows) - 1, self.marked + by))].till)

    def type_digit(self, digit: str) -> None:
        self.typed = type_digit(self.typed, digit, self.session.venue.currency)
        self.edited()

    def erase(self) -> None:
        self.typed = self.typed[:-1]
        self.edited()

    def clear(self) -> bool:
        """Esc: forget what was typed. True if there was something."""
        had = bool(self.typed or self.problem or self.needs)
        self.typed = ""
        self.edited()
        return had

    def edited(self) -> None:
        self.problem, self.needs, self.sure, self.answers = "", "", False, False
        self.changed.emit()

    def take_over(self, approver: dict[str, str] | None) -> None:
        """Count the marked till's drawer out; asked a second time, since it is booked."""
        one, amount = self.current, self.amount
        if one is None or self.asking:
            return
        if amount is None:
            self.problem = tr("Count the drawer of {till}, and type what is in it.", till=one.till)
        elif not self.sure:
            self.sure = True
            counted = self.session.formats.money(amount)
            self.problem = tr(
                "{till} is gone, and {amount} are in its drawer? Enter once more books it.",
                till=one.till,
                amount=counted,
            )
        else:
            self.asking = True
            fields: Answer = {"till": one.till, "counted": {"total": str(amount)}}
            fields |= ({"approver": approver} if approver else {}) | ({"answers": True} if self.answers else {})
            self.session.bridge.call("take_over", self._taken, self._refused, self._ended, **fields)
        self.changed.emit()

    def _ended(self) -> None:
        self.asking = False
        self.changed.emit()

    def _taken(self, answer: Answer) -> None:
        taken = answer["taken_over"]
        difference = Money.parse(taken["difference"], self.session.venue.currency)
        self.session.toast.emit(
            "good",
            tr(
                "The drawer of {till} is counted out, difference {amount}. Put the money into the safe.",
                till=taken["till"],
                amount=self.session.formats.money(difference),
            ),
        )
        self.clear()
        self.done.emit()

    def _refused(self, refusal: Refused) -> None:
        self.needs = self.session.sentence(refusal) if refusal.code == "approval_needed" else ""
        self.problem = "" if self.needs else self.session.sentence(refusal)
        if "answers" in refusal.fields:
            self.answers = True
            self.problem = tr(
                "{till} still answers. Close its shift there if it can be closed. If it cannot sell any more, "
                "Enter once more takes it over.",
                till=refusal.fields["answers"],
            )
        self.sure = bool(self.needs) or self.answers  # with the PIN it is done at once
        self.changed.emit()
