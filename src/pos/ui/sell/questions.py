"""What stands in the panel's place for a moment: parking, several choices of seats, the way to another show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.sell.anything import Hit
from pos.ui.sell.aside.choosing import MoveTo, Options
from pos.ui.sell.aside.handing import HandOut
from pos.ui.sell.aside.hits import Hits
from pos.ui.sell.aside.holding import Held, Holds, HoldWhat, Orders, ReserveFor
from pos.ui.sell.aside.parking import Park, ParkingLot, TakeUp
from pos.ui.sell.aside.question import Question, Reasons
from pos.ui.sell.pickups import PickUp
from pos.ui.sell.presenter import SellPresenter


class Questions(QObject):
    """`now` is the question that stands, None for none."""

    changed = Signal()  # another question, or none; or other baskets are parked

    def __init__(self, sell: SellPresenter) -> None:
        super().__init__(sell)
        self._sell = sell
        self.now: Question | None = None
        self.lot = ParkingLot(sell.session, sell.take_other, self)
        self.lot.changed.connect(self.changed)
        self.held = Held(sell, self.put, self)
        sell.none_together.connect(self.options)
        sell.leaves_single.connect(self.why_single)
        sell.anything.several.connect(self.hits)
        sell.anything.chosen.connect(self._take_order)
        sell.pickups.asked.connect(self.hand_out)
        sell.session.signed.connect(self._signed)
        self._signed()

    def _signed(self) -> None:
        person = self._sell.session.person
        if person is None:
            self.put(None)
        elif person.sells:
            self.lot.refresh()

    def put(self, question: Question | None) -> None:
        """Put a question in the panel's place; None takes it away."""
        if question is not None and self._sell.payment.paying:
            return
        self.now = question
        if question is not None:
            question.setParent(self)
            question.ended.connect(lambda: self.put(None) if self.now is question else None)
        self.changed.emit()

    def options(self) -> None:
        """Several of the best choices, to pick from."""
        if self._sell.chosen_category:
            self.put(Options(self._sell))

    def park(self) -> None:
        """Ask by what name the basket waits; with nothing to park, which one is taken up."""
        if self._sell.lines and self._sell.payment.sale is None and not self._sell.payment.card.phase:
            self.put(Park(self.lot))
        else:
            self.take_up()

    def take_up(self) -> None:
        if not self._sell.payment.card.phase:
            if self._sell.payment.sale is not None:
                self._sell.next_customer()
            self.put(TakeUp(self.lot))

    def hits(self, text: str, hits: list[Hit]) -> None:
        """Which of these was meant by what was typed."""
        self.put(Hits(text, hits, self._sell.anything.chosen.emit))

    def hand_out(self, rows: list[PickUp]) -> None:
        """In a rush: this one is handed out, or one of these."""
        self.put(HandOut(rows, self._sell.pickups.hand_out))

    def _take_order(self, hit: Hit) -> None:
        if hit.kind == "order":
            self.held.ask("take_order", lambda answer: "", order=hit.key)

    def hold(self) -> None:
        """Hold the basket; with nothing in it, see what is held."""
        self._ask_about(HoldWhat, Holds)

    def reserve(self) -> None:
        """Reserve the basket; with nothing in it, see what is reserved."""
        self._ask_about(ReserveFor, Orders)

    def _ask_about(self, of_basket: Callable[[Held], Question], of_show: Callable[[Held], Question]) -> None:
        if self._sell.payment.card.phase:
            return
        if self._sell.payment.sale is not None:
            self._sell.next_customer()
        self.put((of_basket if self._sell.lines else of_show)(self.held))

    def move(self) -> None:
        if self._sell.lines and not self._sell.payment.card.phase:
            self.put(MoveTo(self._sell, self.move_to))

    def move_to(self, show: str, of: str, why: str = "") -> None:
        """Move the tickets of one show to another, at its prices. `why` is said where that leaves a single seat."""
        session = self._sell.session

        def done(answer: Answer) -> None:
            self._sell.take_other(answer["basket"])
            session.choose(show)

        def refused(refusal: Refused) -> None:
            if refusal.code == "orphan_seat" and not why:
                self.why_single(refusal, lambda reason: self.move_to(show, of, reason))
            else:
                session.toast.emit("warning", session.sentence(refusal))

        fields: dict[str, Any] = {"orphan_ok": True, "reason": why} if why else {}
        session.bridge.call("move_basket", done, refused, show=show, of=of, **fields)

    def why_single(self, refusal: Refused, then: Callable[[str], None]) -> None:
        """Ask why a single seat may be left over."""
        reasons = [tr("The customer wants just these"), tr("Nothing else is left"), tr("A party sits around it")]
        question = Reasons(
            self._sell.session.sentence(refusal), tr("Another reason ({key})", key=cap("find")), reasons, then
        )
        question.hint, question.action = tr("Sell all the same, because…"), tr("Sell it")
        self.put(question)
