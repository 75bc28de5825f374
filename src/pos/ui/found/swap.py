"""Changing tickets for others: which show, which seats, at which price, and what it comes to either way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.sale import SLIP
from pos.ui.bridge import Answer
from pos.ui.found.model import Found
from pos.ui.i18n import tr
from pos.ui.model import PriceType, Show
from pos.ui.sell.hall import Hall
from pos.ui.sell.split import Part, Split
from pos.ui.session import Session

_LIFTED: Final = ("outside_terms", "approval_needed", "already_admitted", "check_needed")
MOST: Final = 50


class Swap(QObject):
    """One exchange in the making; `tickets` is empty when there is none.

    `due` is what the customer pays, negative what is paid out, None until seats are picked and the till has said.
    """

    changed = Signal()
    ended = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.hall = Hall(session, self)
        self.show: Show | None = None
        self.split = Split(session, self)  # what is to be paid, by several tenders
        self.split.changed.connect(self.changed)
        self.split.pay.connect(self._pay_parts)
        self._by: dict[str, str] | None = None  # who approved it, for when its parts are there
        self._forget()
        session.signed.connect(self.close)

    def _forget(self) -> None:
        self.tickets: tuple[Found, ...] = ()
        self.places: list[str] = []
        self.price_type = self.problem = self.asks = self.proof = self.slip = ""
        self.due: Money | None = None
        self.fee: Money | None = None
        self.busy = self.proof_seen = False
        self._out: list[dict[str, Any]] = []
        if self.split.open:
            self.split.close()

    @property
    def open(self) -> bool:
        return bool(self.tickets)

    def begin(self, tickets: Sequence[Found], show: str) -> None:
        """Change these, for seats of `show` to begin with."""
        self._forget()
        self.tickets = tuple(tickets)
        self.choose(show)

    def close(self) -> None:
        if self.tickets and not self.busy:
            self._forget()
            self.changed.emit()

    # ---- choosing ------------------------------------------------------------------------

    def choose(self, show: str) -> None:
        """Look at the seats of another show."""
        self.places, self.due, self.problem, self.show = [], None, "", None

        def done(answer: Answer) -> None:
            if answer["id"] == show:
                self.show = Show.read(answer)
                if self.show.type(self.price_type) is None:
                    plain = [kind.id for kind in self.show.types if not kind.proof]
                    self.price_type = next(iter(plain or [kind.id for kind in self.show.types]), "")
                self.changed.emit()

        self.hall.open(show)
        self.session.bridge.latest("swap show", "show", done, show=show)
        self.changed.emit()

    @property
    def types(self) -> tuple[PriceType, ...]:
        return self.show.types if self.show is not None else ()

    def price_key(self, number: int) -> None:
        """F1–F10: at which price."""
        if 1 <= number <= len(self.types):
            self.price_type, self.proof_seen = self.types[number - 1].id, False
            self._ask()

    def pick(self, places: Sequence[str]) -> None:
        """Take these seats, or put those back that were taken; an area's name is one more unit of it."""
        for place in places:
            if place in self.places and not any(area["id"] == place for area in self.hall.areas):
                self.places.remove(place)
            elif len(self.places) < MOST:
                self.places.append(place)
        self._ask()

    def pick_seats(self, indices: Sequence[int]) -> None:
        if self.hall.here:
            self.pick([self.hall.place(ix)[0] for ix in indices])

    def find(self, text: str) -> bool:
        """Take the seats that a typed text names; False for none."""
        found = [place for place, _ in self.hall.find(text)] if self.hall.here else []
        self.pick(found)
        return bool(found)

    def undo(self) -> None:
        """Put the last one back."""
        if self.places:
            self.places.pop()
            self._ask()

    @property
    def picked(self) -> list[int]:
        """Indexes of the seats that are picked."""
        plan = self.hall.plan
        return [plan.index[place] for place in self.places if plan is not None and place in plan.index]

    def _ask(self) -> None:
        """What it would come to, as things are."""
        self.due, self.problem, self.asks = None, "", ""
        self.changed.emit()
        if not self.places or self.show is None:
            return
        asked = (self.show.id, list(self.places), self.price_type)

        def done(answer: Answer) -> None:
            if self.show is not None and asked == (self.show.id, self.places, self.price_type):
                told, currency = answer["exchange"], self.session.venue.currency
                self.due, self.fee = (Money.parse(told[key], currency) for key in ("total", "fee"))
                self.proof, self._out = told["proof"], told["tenders"]
                self.asks = self.session.sentence(Refused(told["needs"][0])) if told["needs"] else ""
                self.changed.emit()

        named = [ticket.id for ticket in self.tickets]
        self.session.bridge.latest(
            "swap", "quote", done, self._refused, tickets=named, show=asked[0], places=asked[1], price_type=asked[2]
        )

    # ---- doing it ------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        return not self.busy and self.due is not None

    @property
    def asks_slip(self) -> bool:
        """Whether money goes back by the bank's own reader."""
        return any(tender["kind"] == SLIP for tender in self._out)

    def type_slip(self, text: str) -> None:
        self.slip, self.problem = text, ""

    def toggle_proof(self) -> None:
        """The cashier says that the proof was seen."""
        self.proof_seen = bool(self.proof) and not self.proof_seen
        self.changed.emit()

    def act(self, approver: dict[str, str] | None, kind: str = "cash", given: str = "") -> None:
        """Do it. What is to be paid is paid by `kind`; what is paid out goes back the way it came."""
        if self._may(approver) and self.due is not None:
            tenders = self._out
            if self.due.minor > 0:
                handed = {"given": given} if given and kind == "cash" else {}
                tenders = [{"kind": kind, "amount": str(self.due)} | handed]
            self._do(tenders, approver)
        self.changed.emit()

    def pay_split(self, approver: dict[str, str] | None) -> None:
        """Build what is to be paid from several tenders: any that the till takes."""
        if self.due is not None and self.due.minor > 0 and self._may(approver):
            self._by = approver
            self.split.begin(self.due, [])
        self.changed.emit()

    def _pay_parts(self, parts: list[Part]) -> None:
        if self.ready:
            self._do([part.tender for part in parts], self._by)
            self.changed.emit()

    def _may(self, approver: dict[str, str] | None) -> bool:
        """Whether all that is asked for is there; what is missing is said."""
        if not self.ready:
            return False
        if self.proof and not self.proof_seen:
            self.problem = tr("Was the proof seen?")
            return False
        if self.asks and approver is None:
            self.problem = tr("A supervisor types their PIN first.")
            return False
        return True

    def _do(self, tenders: Sequence[dict[str, Any]], approver: dict[str, str] | None) -> None:
        if self.show is None:
            return
        fields: dict[str, Any] = {"approver": approver} if approver is not None else {}
        if self.proof:
            fields["proof"] = True
        self.busy, self.problem = True, ""

        def ended() -> None:
            self.busy = False

        def done(answer: Answer) -> None:
            words = self._words(answer["exchange"])
            self._forget()
            self.ended.emit(words)
            self.changed.emit()

        named = [ticket.id for ticket in self.tickets]
        self.session.bridge.call(
            "exchange", done, self._refused, ended, tickets=named, show=self.show.id, places=list(self.places),
            price_type=self.price_type, tenders=[_plain(tender, self.slip.strip()) for tender in tenders], **fields,
        )  # fmt: skip

    def _words(self, done: dict[str, Any]) -> str:
        currency, formats = self.session.venue.currency, self.session.formats
        due, change = Money.parse(done["total"], currency), Money.parse(done["change"], currency)
        if due.minor < 0:
            return tr("Exchanged. {amount} is paid out.", amount=formats.money(-due))
        if change.minor:
            return tr("Exchanged. Change: {amount}.", amount=formats.money(change))
        return tr("Exchanged. {amount} was paid.", amount=formats.money(due)) if due.minor else tr("Exchanged.")

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        if self.split.open:
            self.split.close()  # the problem is about the whole
        if refusal.code in _LIFTED:
            self.asks = self.problem
        self.changed.emit()


def _plain(tender: dict[str, Any], slip: str) -> dict[str, Any]:
    """A tender as the verb takes it: what a bank's own reader takes or gives goes by its slip."""
    if tender["kind"] == SLIP:
        return {"kind": "card", "amount": tender["amount"], "slip": slip}
    kept = ("kind", "amount", "code", "given", "currency", "slip", "reference")
    return {key: tender[key] for key in kept if key in tender}
