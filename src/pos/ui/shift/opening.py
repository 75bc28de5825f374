"""Opening a shift with a float, or counting out first what an earlier one left in the drawer."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.ui.amounts import type_digit, typed_amount
from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.session import Session
from pos.ui.shift.pieces import Pieces


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
        self.bag = ""  # the seal of a float that was made up in the safe
        self.pieces = Pieces(session)
        self.by_pieces = False
        self.problem = ""
        self.asking = False
        self.sure = False
        self.uncounted = False

    def count_by_pieces(self, by_pieces: bool) -> None:
        """Type how many there are of each denomination, or one amount."""
        self.by_pieces = by_pieces
        self.edited()

    @property
    def amount(self) -> Money:
        if self.by_pieces:
            return self.pieces.total
        return typed_amount(self.typed, self.session.venue.currency) or self.session.zero()

    def type_digit(self, digit: str) -> None:
        self.by_pieces = False
        self.typed = type_digit(self.typed, digit, self.session.venue.currency)
        self.edited()

    def erase(self) -> None:
        self.typed = self.typed[:-1]
        self.edited()

    def type_bag(self, bag: str) -> None:
        self.bag = bag.strip()
        self.edited()

    def clear(self) -> bool:
        had = bool(self.typed or self.problem or self.by_pieces or self.bag)
        self.typed, self.bag, self.by_pieces = "", "", False
        self.edited()
        return had

    def edited(self) -> None:
        self.problem, self.sure = "", False
        self.changed.emit()

    def open(self) -> None:
        """Open the shift with the float typed."""
        if self.asking:
            return
        if self.uncounted:
            self._take_over()
            return
        if not self.amount and not self.bag and not self.sure:
            self.sure = True
            self.problem = tr("No float? Enter once more opens with an empty drawer.")
            self.changed.emit()
            return
        self.asking = True
        fields: Answer = {"bag": self.bag} if self.bag else {}
        if self.amount or not self.bag:  # a sealed float is what was sealed, unless somebody has counted it
            fields["float"] = str(self.amount)
        if self.by_pieces and "total" not in (pieces := self.pieces.as_count()):
            fields["pieces"] = pieces
        self.session.bridge.call("open_shift", self._opened, self._refused, self._ended, **fields)
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
        count = self.pieces.as_count() if self.by_pieces else {"total": str(self.amount)}
        self.session.bridge.call("take_over", self._counted, self._refused, self._ended, counted=count)
        self.changed.emit()

    def _counted(self, answer: Answer) -> None:
        self.typed, self.uncounted, self.sure = "", False, False
        self.pieces.clear()
        if answer["taken_over"] is None:
            self.problem = tr(
                "{till} has counted the old drawer already. Now count the float.", till=answer["counted_by"]
            )
            return
        difference = Money.parse(answer["taken_over"]["difference"], self.session.venue.currency)
        self.problem = tr(
            "The old drawer is counted, difference {amount}. Now count the float.",
            amount=self.session.formats.money(difference),
        )

    def _ended(self) -> None:
        self.asking = False
        self.changed.emit()

    def _opened(self, answer: Answer) -> None:
        self.typed, self.bag, self.by_pieces = "", "", False
        self.pieces.clear()
        self.session.shift_opened(str(answer["shift"]))

    def _refused(self, refusal: Refused) -> None:
        if refusal.code == "drawer_uncounted":
            self.uncounted, self.typed = True, ""
        self.sure = False
        self.problem = self.session.sentence(refusal)
        self.changed.emit()
