"""Money at the payment terminal, as the window sees it: what it shows, and what is open with it.

    charging   the terminal is at work; it can be asked to stop, and may go on all the same
    unknown    nobody knows what became of a payment: nothing else is paid until that is settled
    loose      money was taken for this basket, and the sale is not made yet

The till has the truth of it, also after a restart; this asks the till and never decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.ui.bridge import Answer
from pos.ui.i18n import name_in, tr
from pos.ui.session import Session

Phase = Literal["", "charging", "unknown", "loose"]
Word = Literal["approved", "declined"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payment that waits for somebody. `purpose`: sale, deposit, refund, exchange, void. `subject`: ids of tickets,
    of a sale or an order; empty for the basket."""

    payment: str
    purpose: str
    amount: Money
    unknown: bool
    subject: str = ""

    @classmethod
    def read(cls, doc: Answer, currency: str) -> Waiting:
        unknown = doc["state"] == "unknown"
        return cls(doc["payment"], doc["purpose"], Money.parse(doc["amount"], currency), unknown, doc["subject"])


@dataclass
class Screen:
    """What the terminal shows just now: by language, or in its own words."""

    texts: dict[str, str] = field(default_factory=dict)
    words: str = ""


class CardPayments(QObject):
    """`busy` while the till is asked about a payment; `armed` is the word about to be given for an
    unknown one: it counts when it is given twice."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self.session = session
        self.charging: Money | None = None
        self.stopping = False
        self.busy = False
        self.armed: Word | None = None
        self.waiting: list[Waiting] = []
        self._screen = Screen()
        session.heard.connect(self._heard)
        session.signed.connect(self.look)

    @property
    def present(self) -> bool:
        """Whether this till has a terminal."""
        return "terminal" in self.session.status.devices

    @property
    def phase(self) -> Phase:
        if self.charging is not None:
            return "charging"
        if not self.waiting:
            return ""
        return "unknown" if self.unknown is not None else "loose"

    @property
    def unknown(self) -> Waiting | None:
        return next((one for one in self.waiting if one.unknown), None)

    @property
    def loose(self) -> list[Money]:
        """What was taken for the basket and is not used yet."""
        return [one.amount for one in self.waiting if one.purpose == "sale" and not one.unknown]

    @property
    def shown(self) -> str:
        """What the terminal shows, in the cashier's language where it is one of the usual things."""
        return name_in(self._screen.texts, self.session.language, self._screen.words)

    @property
    def words(self) -> str:
        """The terminal's own words for it, where they say something else."""
        words = " · ".join(filter(None, map(str.strip, self._screen.words.splitlines())))
        return "" if words == self.shown else words

    # ---- under way -----------------------------------------------------------------------

    def begin(self, amount: Money) -> None:
        self.charging, self.stopping, self._screen = amount, False, Screen()
        self.changed.emit()

    def end(self) -> bool:
        """The terminal is done. Whether it had been asked to stop."""
        asked, self.charging, self.stopping = self.stopping, None, False
        return asked

    def stop(self) -> None:
        """Ask the terminal to stop. It answers by what it does."""
        if self.charging is not None and not self.stopping:
            self.stopping = True
            self.session.bridge.call("abort_payment")
            self.changed.emit()

    def _heard(self, event: Answer) -> None:
        kind = event.get("event")
        if kind == "terminal" and self.charging is not None and event["text"]:
            self._screen = Screen(dict(event.get("texts") or {}), event.get("words") or "")
            self.changed.emit()
        elif kind == "payment" and self.charging is None:
            self.look()

    # ---- what waits ------------------------------------------------------------------------

    def look(self) -> None:
        """Ask the till what is open with the terminal."""
        person = self.session.person
        if person is None or not person.sells:
            self.waiting, self.armed = [], None
            return
        self.session.bridge.latest("payments", "payments", self._got)

    def _got(self, answer: Answer) -> None:
        currency = self.session.venue.currency
        open_ = [doc for doc in answer["payments"] if doc["state"] in ("unknown", "approved")]
        self.waiting = [Waiting.read(doc, currency) for doc in open_]
        if self.unknown is None:
            self.armed = None
        self.changed.emit()

    def ask(self) -> None:
        """Have the terminal asked once more what it did."""
        self._settle("ask_payment")

    def say(self, word: Word) -> None:
        """The cashier says what became of it: once to be asked whether they are sure, twice to be believed."""
        if self.unknown is None or self.busy:
            return
        if self.armed != word:
            self.armed = word
            self.changed.emit()
            return
        self._settle("settle_payment", outcome=word)

    def disarm(self) -> bool:
        armed, self.armed = self.armed, None
        if armed is not None:
            self.changed.emit()
        return armed is not None

    def give_back(self) -> None:
        """Give back what was taken for a basket that is not bought."""
        loose = next((one for one in self.waiting if not one.unknown), None)
        if self.phase == "loose" and loose is not None:
            self._do("reverse_payment", loose)

    def _settle(self, verb: str, **fields: str) -> None:
        if self.unknown is not None:
            self._do(verb, self.unknown, **fields)

    def _do(self, verb: str, about: Waiting, **fields: str) -> None:
        if self.busy:
            return
        self.busy = True

        def done(answer: Answer) -> None:
            self.session.toast.emit(*self._upshot(answer["outcome"]))
            self.look()

        def refused(refusal: Refused) -> None:
            self.session.toast.emit("warning", self.session.sentence(refusal))
            self.look()

        self.session.bridge.call(verb, done, refused, self._ended, payment=about.payment, **fields)
        self.changed.emit()

    def _ended(self) -> None:
        self.busy, self.armed = False, None

    @staticmethod
    def _upshot(outcome: str) -> tuple[str, str]:
        return {
            "approved": ("good", tr("The card was charged. Finish the sale, or give it back.")),
            "declined": ("plain", tr("The card was not charged. The basket is still open.")),
            "reversed": ("plain", tr("The money is back on the card. The basket is still open.")),
        }.get(outcome, ("warning", tr("The terminal still cannot say what it did.")))
