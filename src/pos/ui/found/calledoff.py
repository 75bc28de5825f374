"""What shows that were called off or moved leave to be done: their tickets, one by one, or in a run.

A run pays back, sale by sale, what goes back without anybody at the window: to cards, vouchers, gift cards and
accounts. It is stopped by a key, by a line that is down and by a card whose outcome is unknown, and goes on where it
was: what has come back is not in the list any more, and a sale's refund has one key, so it happens once.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QStandardPaths, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money, total
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import tr
from pos.ui.session import Session

PAID_BACK: Final = ("cancelled", "abandoned", "closed")  # states in which there is no new date to prefer
_BY_HAND: Final = ("cash", "foreign", "card_slip")  # what somebody has to come to the window for
# After these the next sale would fare no better.
_STOPS: Final = ("payment_unknown", "not_signed_in", "no_shift", "fenced", "storage_failed", "device_absent", "offline")


@dataclass(frozen=True, slots=True)
class Owed:
    """A ticket that has not come back yet. `owed` is its price with its parts of refundable fees, `kinds` how that was
    paid; `problem`: why a run left it."""

    id: str
    sale: str
    show: str
    title: str
    starts: datetime
    state: str
    replaced_by: str
    place: str
    owed: Money
    kinds: tuple[str, ...]
    name: str
    contact: str
    here: bool
    holder: str
    problem: str = ""

    @property
    def by_itself(self) -> bool:
        """Whether a run pays it back: it goes back without its buyer, and there is no new date to prefer."""
        return self.state in PAID_BACK and not any(kind in _BY_HAND for kind in self.kinds)


def read_owed(answer: Answer, currency: str) -> list[Owed]:
    return [
        Owed(
            ticket["id"], ticket["sale"], show["show"], show["title"], read_time(show["starts"]), show["state"],
            show["replaced_by"] or "", ticket["label"], Money.parse(ticket["owed"], currency),
            tuple(ticket["kinds"]), ticket["name"], ticket["contact"], bool(ticket["here"]), ticket["holder"],
        )
        for show in answer["worklist"]
        for ticket in show["tickets"]
    ]  # fmt: skip


class CalledOff(QObject):
    """`open` while the list is on screen; `running` while a run is under way. `done` counts what it has paid back."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[Owed] = []
        self.marked = ""
        self.open = self.running = False
        self.done = 0
        self.paid = Money.zero(session.venue.currency)
        self.back, self.back_price = 0, Money.zero(session.venue.currency)  # since a till has called it off
        self.problem = ""
        self._problems: dict[str, str] = {}
        self.writing: list[tuple[str, str]] = []  # sales whose letter is still to be written
        self.written = 0
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.folder = Path(documents) / "Housefull"
        session.signed.connect(self._signed)

    def _signed(self) -> None:
        if self.session.person is None:
            self.open = self.running = False
            self.rows, self._problems = [], {}
            self.changed.emit()

    # ---- the list ------------------------------------------------------------------------

    def show(self) -> None:
        """Ask for the list, and show it."""
        self.open, self.problem = True, ""
        self.done, self.paid = 0, Money.zero(self.session.venue.currency)
        self.refresh()

    def close(self) -> None:
        self.open = self.running = False
        self.changed.emit()

    def refresh(self) -> None:
        self.session.bridge.latest("called off", "worklist", self._take)

    def _take(self, answer: Answer) -> None:
        currency = self.session.venue.currency
        self.rows = read_owed(answer, currency)
        backs = [show["back"] for show in answer["worklist"] if "back" in show]
        self.back = sum(back["tickets"] for back in backs)
        self.back_price = total([Money.parse(back["price"], currency) for back in backs], currency)
        if self.current is None:
            self.marked = self.rows[0].id if self.rows else ""
        self.changed.emit()

    @property
    def current(self) -> Owed | None:
        return next((row for row in self.rows if row.id == self.marked), None)

    def mark(self, ticket: str) -> None:
        self.marked = ticket
        self.changed.emit()

    def step(self, step: int) -> None:
        """Mark the ticket above or below."""
        at = next((ix for ix, row in enumerate(self.rows) if row.id == self.marked), 0)
        if self.rows:
            self.mark(self.rows[max(0, min(len(self.rows) - 1, at + step))].id)

    def why(self, row: Owed) -> str:
        """Why a run left this one; empty while none has."""
        return self._problems.get(row.sale, "")

    @property
    def owed(self) -> Money:
        return total([row.owed for row in self.rows if row.state in PAID_BACK], self.session.venue.currency)

    @property
    def waiting(self) -> list[list[Owed]]:
        """What a run would pay back, by sale; those it has left already come last."""
        sales: dict[str, list[Owed]] = {}
        for row in self.rows:
            sales.setdefault(f"{row.show} {row.sale}", []).append(row)
        able = [rows for rows in sales.values() if all(row.by_itself for row in rows)]
        return sorted(able, key=lambda rows: rows[0].sale in self._problems)

    # ---- letters -------------------------------------------------------------------------

    def write_letters(self) -> None:
        """A PDF for each sale of the list, into a folder of this person's; one after another."""
        if self.writing or self.running:
            return
        self.writing = list(dict.fromkeys((row.show, row.sale) for row in self.rows))
        self.written = 0
        self._letter()
        self.changed.emit()

    def _letter(self) -> None:
        if not self.writing:
            words = tr("{n} letters are in {folder}.", n=self.written, folder=self.folder)
            self.session.toast.emit("plain", words)
            self.changed.emit()
            return
        show, sale = self.writing.pop(0)

        def done(answer: Answer) -> None:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                (self.folder / f"{show}-{sale}.pdf").write_bytes(base64.b64decode(answer["pdf"]))
            except OSError as error:
                self.writing, self.problem = [], str(error)
                self.changed.emit()
                return
            self.written += 1
            self._letter()

        def refused(refusal: Refused) -> None:
            self._problems[sale] = self.session.sentence(refusal)
            self._letter()

        self.session.bridge.call("letter", done, refused, show=show, sale=sale)

    # ---- a run ---------------------------------------------------------------------------

    def toggle_run(self) -> None:
        """Begin, or stop after the sale that is under way."""
        if self.running:
            self.running = False
        elif self.waiting:
            self.running, self.problem, self._problems = True, "", {}
            self._next()
        self.changed.emit()

    def _next(self) -> None:
        todo = [rows for rows in self.waiting if rows[0].sale not in self._problems]
        if not self.running or not todo:
            self.running = False
            self.refresh()
            self.changed.emit()
            return
        rows = todo[0]

        def done(answer: Answer) -> None:
            self._paid(rows, answer["refund"])
            self._next()

        def refused(refusal: Refused) -> None:
            self._problems[rows[0].sale] = self.session.sentence(refusal)
            if refusal.code in _STOPS or refusal.fields.get("cause"):
                self.running, self.problem = False, self._problems[rows[0].sale]
            self._next()

        fields: dict[str, Any] = {"tickets": [row.id for row in rows], "reason": _reason(rows[0])}
        # One key a sale and what is left of it: a run that was broken off goes on, and pays nothing twice.
        key = "called-off " + " ".join(sorted(row.id for row in rows))
        self.session.bridge.call("refund", done, refused, key=key, **fields)

    def _paid(self, rows: Sequence[Owed], refund: dict[str, Any]) -> None:
        self.done += len(rows)
        self.paid += Money.parse(refund["amount"], self.session.venue.currency)
        gone = {row.id for row in rows}
        self.rows = [row for row in self.rows if row.id not in gone]
        if self.current is None:
            self.marked = self.rows[0].id if self.rows else ""
        self.changed.emit()


def _reason(row: Owed) -> str:
    """What the record says of why it was paid back."""
    if row.state == "closed":
        return tr("Place not usable")
    return tr("Show abandoned") if row.state == "abandoned" else tr("Show cancelled")
