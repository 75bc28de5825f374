"""Opening a shift with a float; counting blind and closing; the report afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money, total
from pos.ui.amounts import type_digit, typed_amount
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import tr
from pos.ui.session import Session

# Coins and notes as they lie in a drawer, in major units, largest first. A venue may name its own.
_PIECES: Final[dict[str, tuple[str, ...]]] = {
    "EUR": ("200", "100", "50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10", "0.05", "0.02", "0.01"),
    "CHF": ("200", "100", "50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10", "0.05"),
    "GBP": ("50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10", "0.05", "0.02", "0.01"),
    "HUF": ("20000", "10000", "5000", "2000", "1000", "500", "200", "100", "50", "20", "10", "5"),
    "TWD": ("2000", "1000", "500", "200", "100", "50", "20", "10", "5", "1"),
    "UAH": ("1000", "500", "200", "100", "50", "20", "10", "5", "2", "1", "0.50", "0.10"),
    "VND": ("500000", "200000", "100000", "50000", "20000", "10000", "5000", "2000", "1000"),
}
_OTHERWISE: Final = ("100", "50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10", "0.05", "0.01")
_MOST_PIECES: Final = 99_999


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
        )


class OpenPresenter(QObject):
    """The float, as it is typed. Enter with nothing typed opens with an empty drawer only when asked twice.

    Where the till was enrolled again with a shift open, what is typed first is the count of the
    drawer that this shift left (`uncounted`).
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.typed = ""
        self.problem = ""
        self.asking = False
        self.sure = False
        self.uncounted = False

    @property
    def amount(self) -> Money:
        return typed_amount(self.typed, self.session.venue.currency) or self.session.zero()

    def type_digit(self, digit: str) -> None:
        self.typed = type_digit(self.typed, digit, self.session.venue.currency)
        self._edited()

    def erase(self) -> None:
        self.typed = self.typed[:-1]
        self._edited()

    def clear(self) -> bool:
        had = bool(self.typed or self.problem)
        self.typed = ""
        self._edited()
        return had

    def _edited(self) -> None:
        self.problem, self.sure = "", False
        self.changed.emit()

    def open(self) -> None:
        """Open the shift with the float typed."""
        if self.asking:
            return
        if self.uncounted:
            self._take_over()
            return
        if not self.amount and not self.sure:
            self.sure = True
            self.problem = tr("No float? Enter once more opens with an empty drawer.")
            self.changed.emit()
            return
        self.asking = True
        self.session.bridge.call("open_shift", self._opened, self._refused, self._ended, float=str(self.amount))
        self.changed.emit()

    def _take_over(self) -> None:
        """Count out what an earlier shift left in the drawer; asked a second time it is done."""
        if not self.sure:
            self.sure = True
            amount = self.session.formats.money(self.amount)
            self.problem = tr("{amount} in the drawer? Enter once more takes it out of the books.", amount=amount)
            self.changed.emit()
            return
        self.asking = True
        count = {"total": str(self.amount)}
        self.session.bridge.call("take_over", self._counted, self._refused, self._ended, counted=count)
        self.changed.emit()

    def _counted(self, answer: Answer) -> None:
        difference = Money.parse(answer["taken_over"]["difference"], self.session.venue.currency)
        self.typed, self.uncounted, self.sure = "", False, False
        self.problem = tr(
            "The old drawer is counted, difference {amount}. Now count the float.",
            amount=self.session.formats.money(difference),
        )

    def _ended(self) -> None:
        self.asking = False
        self.changed.emit()

    def _opened(self, answer: Answer) -> None:
        self.typed = ""
        self.session.shift_opened(str(answer["shift"]))

    def _refused(self, refusal: Refused) -> None:
        if refusal.code == "drawer_uncounted":
            self.uncounted, self.typed = True, ""
        self.sure = False
        self.problem = self.session.sentence(refusal)
        self.changed.emit()


class ClosePresenter(QObject):
    """A blind count: what is expected is not shown before the shift is closed.

    Either pieces are counted by denomination, or, with `by_total`, one sum is typed.
    """

    changed = Signal()
    closed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.by_total = False
        self.typed = ""
        self.pieces: dict[str, int] = {}
        self.problem = ""
        self.sure = False
        self.asking = False
        self.report: Report | None = None
        self.foreign: dict[str, str] = {}  # currency -> what was typed: of those that this shift has taken

    def begin(self) -> None:
        """Start a count from nothing."""
        self.typed, self.pieces, self.report, self.foreign = "", {}, None, {}
        self.session.bridge.latest("shift", "shift", self._shift)
        self._edited()

    def _shift(self, answer: Answer) -> None:
        self.foreign = {code: self.foreign.get(code, "") for code in answer.get("foreign", [])}
        self.changed.emit()

    def count_foreign(self, code: str, text: str) -> None:
        """What there is of another currency."""
        self.foreign[code] = text.strip().replace(",", ".")
        self._edited()

    @property
    def denominations(self) -> list[Money]:
        venue = self.session.venue
        named = venue.denominations or _PIECES.get(venue.currency, _OTHERWISE)
        return sorted((Money.parse(piece, venue.currency) for piece in named), reverse=True)

    @property
    def counted(self) -> Money:
        currency = self.session.venue.currency
        if self.by_total:
            return typed_amount(self.typed, currency) or Money.zero(currency)
        return total([piece * self.pieces.get(str(piece), 0) for piece in self.denominations], currency)

    def count_piece(self, piece: Money, number: int) -> None:
        self.pieces[str(piece)] = max(0, min(_MOST_PIECES, number))
        self._edited()

    def count_by_total(self, by_total: bool) -> None:
        self.by_total = by_total
        self._edited()

    def type_digit(self, digit: str) -> None:
        if self.by_total:
            self.typed = type_digit(self.typed, digit, self.session.venue.currency)
            self._edited()

    def erase(self) -> None:
        self.typed = self.typed[:-1]
        self._edited()

    def _edited(self) -> None:
        self.problem, self.sure = "", False
        self.changed.emit()

    def close(self) -> None:
        """Close the shift; asked a second time it is done, since a close cannot be taken back."""
        if self.asking:
            return
        if not self.sure:
            self.sure = True
            amount = self.session.formats.money(self.counted)
            self.problem = tr("Close the shift with {amount} counted? Enter once more closes it.", amount=amount)
            self.changed.emit()
            return
        self.asking = True
        fields: Answer = {"counted": self._count()}
        if self.foreign:
            fields["foreign"] = {code: text or "0" for code, text in self.foreign.items()}
        self.session.bridge.call("close_shift", self._closed, self._refused, self._ended, **fields)
        self.changed.emit()

    def _count(self) -> dict[str, object]:
        pieces: dict[str, object] = {piece: number for piece, number in self.pieces.items() if number}
        # An empty drawer is a count too, but it has no pieces to name.
        return {"total": str(self.counted)} if self.by_total or not pieces else pieces

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
