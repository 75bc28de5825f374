"""An invoice for a sale that was found: whom it is for, asked once; after that the same one again. It draws nothing."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.session import Session

FIELDS: Final = ("name", "contact", "tax_number")


class Invoice(QObject):
    """`sale` is what it is about, "" while nothing of this is under way. `known` is the one that was issued already.

    `ended` tells what was done, in words.
    """

    changed = Signal()
    ended = Signal(str)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self.session = session
        self._forget()
        session.signed.connect(self.close)

    def _forget(self) -> None:
        self.sale = self.total = self.problem = ""
        self.draft = dict.fromkeys(FIELDS, "")
        self.known: dict[str, Any] = {}
        self.busy = False

    def open(self, sale: str, total: str) -> None:
        """Begin; `total` is what the sale came to, as people read it."""
        self._forget()
        self.sale, self.total = sale, total
        self.changed.emit()
        self.session.bridge.latest("invoices", "invoices", lambda answer: self._told(sale, answer), self._refused)
        self.session.bridge.latest("invoiced", "find", lambda answer: self._buyer(sale, answer), sale=sale)

    def close(self) -> None:
        """Leave it."""
        if self.sale and not self.busy:
            self._forget()
            self.changed.emit()

    def _told(self, sale: str, answer: Answer) -> None:
        if sale == self.sale:
            same = (one for one in answer["invoices"] if one["document"]["id"] == sale)
            self.known = next(same, {})
            self.changed.emit()

    def _buyer(self, sale: str, answer: Answer) -> None:
        """Whoever bought it is whom it is for, unless something else was typed meanwhile."""
        if sale != self.sale or any(self.draft.values()) or not answer["sales"]:
            return
        body = answer["sales"][0]
        number = (body.get("buyer") or {}).get("tax_number", "")
        self.draft = {"name": body.get("name", ""), "contact": body.get("contact", ""), "tax_number": number}
        self.changed.emit()

    def type(self, key: str, text: str) -> None:
        self.draft[key], self.problem = text, ""

    def act(self) -> None:
        """Enter: it is issued and printed, or printed once more."""
        if not self.sale or self.busy:
            return
        buyer = {key: text.strip() for key, text in self.draft.items() if text.strip()}
        if not self.known and "name" not in buyer:
            self.problem = tr("An invoice needs the buyer's name.")
            self.changed.emit()
            return
        self.busy, self.problem = True, ""
        fields: dict[str, Any] = {} if self.known else {"buyer": buyer}
        self.session.bridge.call("invoice", self._done, self._refused, self._answered, sale=self.sale, **fields)
        self.changed.emit()

    def _answered(self) -> None:
        self.busy = False

    def _done(self, answer: Answer) -> None:
        number = answer["invoice"]["id"]
        printed = answer["job"] is not None
        words = tr("Invoice {number}: sent to the printer.", number=number)
        none = tr("Invoice {number} is made out; no receipt printer is set up here.", number=number)
        self._forget()
        self.ended.emit(words if printed else none)
        self.changed.emit()

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        self.changed.emit()
