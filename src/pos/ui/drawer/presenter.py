"""The shift as it stands and cash moves, as they are typed and booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.ui.amounts import type_digit, typed_amount
from pos.ui.bridge import Answer
from pos.ui.drawer.dayend import DayEnd
from pos.ui.format import read_time
from pos.ui.i18n import tr
from pos.ui.session import Session

KINDS: Final = ("paid_in", "paid_out", "drop")


@dataclass(frozen=True, slots=True)
class Move:
    """Cash that moved: `kind` is float, paid_in, paid_out or drop; out of the drawer is negative."""

    kind: str
    amount: Money
    reason: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ShiftState:
    """The open shift. What the drawer should hold is not in it: the count is blind."""

    shift: str
    name: str
    opened_at: datetime
    float: Money
    moves: tuple[Move, ...]

    @classmethod
    def read(cls, doc: Answer, currency: str) -> ShiftState:
        return cls(
            doc["shift"],
            doc.get("name") or doc["user"],
            read_time(doc["opened_at"]),
            Money.parse(doc["float"], currency),
            tuple(
                Move(
                    move["kind"],
                    Money.parse(move["amount"], currency),
                    move.get("reason") or "",
                    read_time(move["at"]) if move.get("at") else None,
                )
                for move in doc["moves"]
            ),
        )


class DrawerPresenter(QObject):
    """Books one move at a time; money that leaves the drawer is confirmed by a second Enter."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.state: ShiftState | None = None
        self.kind: str = KINDS[0]
        self.typed = ""
        self.reason = ""
        self.bag = ""
        self.problem = ""
        self.needs = ""  # why a supervisor is needed to open the drawer
        self.sure = False
        self.asking = False
        self.day = DayEnd(session, self)
        self.day.changed.connect(self.changed)

    def refresh(self) -> None:
        """Ask for the shift as it stands."""
        self.session.bridge.latest("shift", "shift", self._got)

    def _got(self, answer: Answer) -> None:
        self.state = ShiftState.read(answer, self.session.venue.currency)
        self.changed.emit()

    @property
    def amount(self) -> Money:
        return typed_amount(self.typed, self.session.venue.currency) or self.session.zero()

    def choose(self, kind: str) -> None:
        self.kind = kind
        self._edited()

    def type_digit(self, digit: str) -> None:
        self.typed = type_digit(self.typed, digit, self.session.venue.currency)
        self._edited()

    def erase(self) -> None:
        self.typed = self.typed[:-1]
        self._edited()

    def type_reason(self, reason: str) -> None:
        self.reason = reason
        self._edited()

    def type_bag(self, bag: str) -> None:
        self.bag = bag
        self._edited()

    def clear(self) -> bool:
        """Esc: forget the move being typed. True if there was one."""
        had = bool(self.typed or self.problem or self.reason or self.bag)
        self.typed, self.reason, self.bag = "", "", ""
        self._edited()
        return had

    def _edited(self) -> None:
        self.problem, self.needs, self.sure = "", "", False
        self.changed.emit()

    def book(self) -> None:
        """Book the move."""
        if self.asking:
            return
        formats = self.session.formats
        if not self.amount:
            self.problem = tr("Type an amount first.")
        elif not self.reason.strip():
            self.problem = tr("Say what for, in the field “Reason”.")
        elif self.kind != "paid_in" and not self.sure:
            self.sure = True
            self.problem = tr("{amount} leave the drawer? Enter once more books it.", amount=formats.money(self.amount))
        else:
            self.asking = True
            fields = {"kind": self.kind, "amount": str(self.amount), "reason": self.reason.strip()}
            if self.kind == "drop" and self.bag.strip():
                fields["bag"] = self.bag.strip()
            self.session.bridge.call("move_cash", self._booked, self._refused, self._ended, **fields)
        self.changed.emit()

    def open_drawer(self, approver: dict[str, str] | None) -> None:
        """Open the drawer without a sale, for the reason that is typed."""
        if not self.reason.strip():
            self.problem = tr("Say what for, in the field “Reason”.")
            self.changed.emit()
            return
        fields: Answer = {"reason": self.reason.strip()} | ({"approver": approver} if approver else {})
        self.session.bridge.call("no_sale", self._opened, self._not_opened, **fields)

    def _opened(self, _: Answer) -> None:
        self.session.toast.emit("plain", tr("The drawer is open. It is on record."))
        self.clear()

    def _not_opened(self, refusal: Refused) -> None:
        if refusal.code == "approval_needed":
            self.needs = tr("A supervisor opens the drawer")
            self.changed.emit()
        else:
            self._refused(refusal)

    def _ended(self) -> None:
        self.asking = self.sure = False
        self.changed.emit()

    def _booked(self, _: Answer) -> None:
        amount = self.session.formats.money(self.amount)
        self.session.toast.emit("good", tr("{amount} booked.", amount=amount))
        self.clear()
        self.refresh()

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        self.changed.emit()
