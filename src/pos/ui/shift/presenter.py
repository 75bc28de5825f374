"""Counting blind and closing a shift; the report afterwards."""

from __future__ import annotations

import re
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
from pos.ui.shift.pieces import Pieces

PIECES, TOTAL, PAPERS = "pieces", "total", "papers"  # what is typed in a count: the ways to say it, and what beside


@dataclass(frozen=True, slots=True)
class Report:
    """What the till says after the close. `number_range` is (first, last) journal number, or empty.

    `drawer` are the sums of what went into and out of the drawer, by kind of move.
    """

    shift: str
    user: str
    opened_at: datetime
    closed_at: datetime
    sales: int
    tickets: int
    drawer: dict[str, Money]
    expected: Money
    counted: Money
    difference: Money
    by_tender: tuple[tuple[str, Money], ...]
    number_range: tuple[str, ...]
    provisional: bool
    z: str
    declared: tuple[Answer, ...]

    @classmethod
    def read(cls, doc: Answer, currency: str) -> Report:
        def money(value: str) -> Money:
            return Money.parse(value, currency)

        return cls(
            doc["shift"],
            doc["closed_by"],
            read_time(doc["opened_at"]),
            read_time(doc["closed_at"]),
            doc["sales"],
            doc["tickets"],
            {kind: money(amount) for kind, amount in doc["drawer"].items()},
            money(doc["expected"]),
            money(doc["counted"]),
            money(doc["difference"]),
            tuple((kind, money(amount)) for kind, amount in doc["by_tender"].items()),
            tuple(str(number) for number in doc.get("number_range") or () if number),
            bool(doc.get("provisional")),
            str(doc.get("z", "")),
            tuple(doc.get("declared", ())),
        )


class ClosePresenter(QObject):
    """A blind count: what is expected is not shown before the shift is closed.

    Either pieces are counted by denomination, or, on the page `TOTAL`, one sum is typed. What else lies in the drawer
    is declared on the page `PAPERS`, by its number and its sum; ticket paper, where `asked` says so, by its numbers.
    """

    changed = Signal()
    closed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.page = PIECES
        self.by_total = False
        self.typed = ""
        self.pieces = Pieces(session)
        self.declared: dict[str, tuple[str, str | None]] = {}  # kind -> how many and what sum was typed
        self.note = ""
        self.problem = ""
        self.sure = False
        self.asking = False
        self.report: Report | None = None
        self.stock = ""  # the numbers of ticket paper that are here, as they are typed; "0" for none
        self.asked: dict[str, bool] = {}  # what the close wants beside the cash: stock, count_paper, close_by_two
        self.paper_out = 0  # numbered tickets of paper packs: they stay out over the close
        self.foreign: dict[str, str] = {}  # currency -> what was typed: of those that this shift has taken

    def begin(self) -> None:
        """Start a count from nothing."""
        self.typed, self.note, self.report, self.foreign, self.declared = "", "", None, {}, {}
        self.stock = ""
        self.page, self.by_total = PIECES, False
        self.pieces.clear()
        self.session.bridge.latest("shift", "shift", self._shift)
        self.edited()

    def _shift(self, answer: Answer) -> None:
        self.foreign = {code: self.foreign.get(code, "") for code in answer.get("foreign", [])}
        self.asked, self.paper_out = answer["asked"], answer["paper_out"]
        self.changed.emit()

    def count_foreign(self, code: str, text: str) -> None:
        """What there is of another currency."""
        self.foreign[code] = _amount(text)
        self.edited()

    def declare(self, kind: str, count: str, amount: str | None) -> None:
        """How many papers of a kind there are, and what they come to; nothing typed is nothing said."""
        self.declared.pop(kind, None)
        if count.strip() or (amount or "").strip():
            self.declared[kind] = (count.strip(), amount if amount is None else _amount(amount))
        self.edited()

    def declare_stock(self, text: str) -> None:
        """Which ticket paper is here, as ranges; nothing typed is nothing said, "0" is none."""
        self.stock = text.strip()
        self.edited()

    def type_note(self, note: str) -> None:
        self.note = note
        self.edited()

    @property
    def counted(self) -> Money:
        currency = self.session.venue.currency
        if self.by_total:
            return typed_amount(self.typed, currency) or Money.zero(currency)
        return self.pieces.total

    def show_page(self, page: str) -> None:
        self.page = page
        if page != PAPERS:
            self.by_total = page == TOTAL
        self.edited()

    def count_by_total(self, by_total: bool) -> None:
        self.show_page(TOTAL if by_total else PIECES)

    def type_digit(self, digit: str) -> None:
        if self.page == TOTAL:
            self.typed = type_digit(self.typed, digit, self.session.venue.currency)
            self.edited()

    def erase(self) -> None:
        self.typed = self.typed[:-1]
        self.edited()

    def edited(self) -> None:
        self.problem, self.sure = "", False
        self.changed.emit()

    def close(self, witness: dict[str, str] | None = None) -> None:
        """Close the shift; asked a second time it is done, since a close cannot be taken back."""
        if self.asking:
            return
        if lacking := self._lacking(witness):
            self.problem = lacking
            self.changed.emit()
            return
        if not self.sure:
            self.sure = True
            amount = self.session.formats.money(self.counted)
            self.problem = tr("Close the shift with {amount} counted? Enter once more closes it.", amount=amount)
            self.changed.emit()
            return
        self.asking = True
        fields: Answer = {"counted": {"total": str(self.counted)} if self.by_total else self.pieces.as_count()}
        if self.foreign:
            fields["foreign"] = {code: text or "0" for code, text in self.foreign.items()}
        declared = {kind: _pile(*said) for kind, said in self.declared.items()}
        if self.stock:
            declared["stock"] = {"serials": _serials(self.stock)}
        if declared:
            fields["declared"] = declared
        if self.note.strip():
            fields["note"] = self.note.strip()
        if witness is not None:
            fields["witness"] = witness
        self.session.bridge.call("close_shift", self._closed, self._refused, self._ended, **fields)
        self.changed.emit()

    def _lacking(self, witness: dict[str, str] | None) -> str:
        """What the venue wants of a close and nobody has given yet, "" for nothing."""
        if self.asked.get("count_paper") and not self.stock:
            return tr("Count the ticket paper, too (F3): the numbers that are here, or 0 for none.")
        if self.asked.get("close_by_two") and witness is None:
            return tr("Somebody else signs this close, too: choose who, and they type their PIN.")
        return ""

    def _ended(self) -> None:
        self.asking = self.sure = False
        self.changed.emit()

    def _closed(self, answer: Answer) -> None:
        self.problem = ""
        self.report = Report.read(answer["report"], self.session.venue.currency)
        self.session.shift_closed()
        self.closed.emit()

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        self.changed.emit()


def _amount(text: str) -> str:
    return text.strip().replace(",", ".")


def _serials(text: str) -> list[str]:
    """Ranges that were typed one after the other, as the till takes them."""
    return [] if text == "0" else [part.strip() for part in re.split(r"[,;]", text) if part.strip()]


def _pile(count: str, amount: str | None) -> Answer:
    """What was typed of one kind of paper, as the till takes it."""
    pile: Answer = {"count": int(count) if count.isdigit() else 0}
    return pile if amount is None else pile | {"amount": amount or "0"}
