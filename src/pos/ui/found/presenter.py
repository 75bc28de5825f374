"""Sales that were found, their tickets, and what may be done with them from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.mask import scrub
from pos.domain.money import Money
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import name_in, tr
from pos.ui.session import Session

_WAYS: Final = ("code", "sale", "name")  # in which a typed text is looked for, one after the other


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket and the sale it is of. `admitted` is where and when it was let in, empty if it was not."""

    id: str
    sale: str
    at: datetime
    till: str
    total: Money
    show: str
    place: str
    code: str
    price: Money
    state: str
    issued: bool
    admitted: dict[str, Any]

    @property
    def live(self) -> bool:
        return self.state == "live"


def read_found(answer: Answer, currency: str) -> list[Found]:
    """The tickets of the sales in an answer of `find`."""
    return [
        Found(
            ticket["id"],
            sale["id"],
            read_time(sale["at"]),
            sale["till"],
            Money.parse(sale["total"], currency),
            ticket["show"],
            ticket["place"],
            ticket["code"],
            Money.parse(ticket["price"], currency),
            ticket["state"],
            bool(ticket["issued"]),
            ticket["admitted"] or {},
        )
        for sale in answer["sales"]
        for ticket in sale["tickets"]
    ]


class FoundPresenter(QObject):
    """`opened` asks the window for the screen. `reason` is what is typed for printing a ticket again."""

    changed = Signal()
    opened = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[Found] = []
        self.marked = ""
        self.reason = ""
        self.problem = ""
        self._asked: dict[str, Any] = {}
        session.heard.connect(self._heard)
        session.signed.connect(self._signed)

    @property
    def current(self) -> Found | None:
        return next((row for row in self.rows if row.id == self.marked), None)

    # ---- finding -------------------------------------------------------------------------

    def look(self, sale: str, ticket: str = "") -> None:
        """Show a sale, with one of its tickets marked."""

        def done(answer: Answer) -> None:
            self._take(answer, {"sale": sale}, ticket)

        self.session.bridge.latest("found", "find", done, sale=sale)

    def search(self, text: str) -> None:
        """Show what a typed text is the code, the number or the buyer of."""
        self._try(text, list(_WAYS))

    def _try(self, text: str, ways: list[str]) -> None:
        way = ways.pop(0)

        def done(answer: Answer) -> None:
            if answer["sales"]:
                self._take(answer, {way: text}, "")
            elif ways:
                self._try(text, ways)
            else:
                nothing = tr("No seat of this hall, no ticket, sale or buyer is called “{text}”.", text=scrub(text))
                self.session.toast.emit("warning", nothing)

        asked: dict[str, Any] = {way: text}
        self.session.bridge.latest("found", "find", done, **asked)

    def _take(self, answer: Answer, asked: dict[str, Any], ticket: str) -> None:
        if not answer["sales"]:
            return  # another till's, taken back from the replica meanwhile
        self._asked = asked
        self._show(answer)
        code = asked.get("code", "").partition(".")[0]
        scanned = next((row.id for row in self.rows if row.code == code or row.id == code), "")
        self.mark(ticket or scanned or self.rows[0].id)
        self.opened.emit()

    def _show(self, answer: Answer) -> None:
        self.rows = read_found(answer, self.session.venue.currency)
        self.changed.emit()

    def refresh(self) -> None:
        """Ask again for what is on screen."""
        if self._asked and self.session.person is not None:
            self.session.bridge.latest("found", "find", self._show, **self._asked)

    def _heard(self, event: Answer) -> None:
        if event.get("event") == "printed":
            self.refresh()

    def _signed(self) -> None:
        if self.session.person is None:
            self.rows, self._asked, self.marked = [], {}, ""
            self.changed.emit()

    # ---- marking and doing ---------------------------------------------------------------

    def mark(self, ticket: str) -> None:
        self.marked, self.reason, self.problem = ticket, "", ""
        self.changed.emit()

    def step(self, step: int) -> None:
        """Mark the ticket above or below."""
        at = next((ix for ix, row in enumerate(self.rows) if row.id == self.marked), 0)
        if self.rows:
            self.mark(self.rows[max(0, min(len(self.rows) - 1, at + step))].id)

    def type_reason(self, text: str) -> None:
        self.reason, self.problem = text, ""

    @property
    def may_collect(self) -> bool:
        """Whether the sale has tickets of which no paper is out."""
        one = self.current
        return one is not None and any(row.sale == one.sale and row.live and not row.issued for row in self.rows)

    @property
    def may_reprint(self) -> bool:
        one = self.current
        return one is not None and one.live and one.issued

    def collect(self) -> None:
        """Print the order's tickets that were not printed yet."""
        if self.may_collect and (one := self.current):
            self._do("collect", sale=one.sale)

    def reprint(self) -> None:
        """Print another paper of the marked ticket. It is a copy, and says so; the one before is worth nothing then."""
        one = self.current
        if one is None or not self.may_reprint:
            return
        if not self.reason.strip():
            self.problem = tr("Why is it printed again?")
            self.changed.emit()
            return
        self._do("reprint", ticket=one.id, reason=self.reason.strip())

    def receipt(self) -> None:
        """Print the sale's receipt."""
        if one := self.current:
            self._do("receipt", sale=one.sale)

    def _do(self, verb: str, **fields: Any) -> None:
        def done(_: Answer) -> None:
            self.reason = ""
            self.session.toast.emit("plain", tr("Sent to the printer."))
            self.refresh()

        def refused(refusal: Refused) -> None:
            self.problem = self.session.sentence(refusal)
            self.changed.emit()

        self.problem = ""
        self.session.bridge.call(verb, done, refused, **fields)

    # ---- words ---------------------------------------------------------------------------

    def title(self, row: Found) -> str:
        """The show's title and time."""
        session = self.session
        card = next((card for card in session.shows if card.id == row.show), None)
        if card is None:
            return row.show
        when = session.formats.day_and_time(card.starts, session.now)
        return f"{name_in(card.titles, session.language, card.title)} · {when}"

    def place(self, row: Found) -> str:
        """What the place is called, where the hall on screen knows it."""
        return self.session.label(row.place) if row.show == self.session.show_id else row.place

    def state(self, row: Found) -> tuple[str, str]:
        """(level, words): level is "good", "muted" or "warning"."""
        if row.admitted:
            at = self.session.formats.day_and_time(read_time(row.admitted["at"]), self.session.now)
            return "warning", tr("let in at {at}, {till}", at=at, till=row.admitted["till"])
        if row.live:
            return ("good", tr("valid")) if row.issued else ("muted", tr("not printed yet"))
        words = {"refunded": tr("refunded"), "exchanged": tr("exchanged"), "void": tr("void")}
        return "warning", words.get(row.state, row.state)
