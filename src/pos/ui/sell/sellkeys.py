"""The main keys of the selling screen: price types, and paying."""

from __future__ import annotations

from pos.ui.i18n import tr
from pos.ui.model import PriceType
from pos.ui.sell.presenter import SellPresenter
from pos.ui.sell.split import KEYS


class SellKeys:
    """What F1–F12 and Enter do with the selling screen's state."""

    def __init__(self, sell: SellPresenter) -> None:
        self._sell = sell

    def press(self, number: int) -> None:
        """F1–F10: the marked ticket becomes this type; a type that needs proof asks for it first."""
        sell = self._sell
        if sell.payment.busy_elsewhere:
            sell.payment.split.key(number)
            return
        if sell.payment.sale is not None or not 1 <= number <= len(sell.types):
            return
        kind, line = sell.types[number - 1], sell.marked_line
        if line is None:
            self._choose_next(kind)
        elif kind.asks:
            sell.asking_proof = None
            sell.extras.ask_type(line, kind)
        elif sell.asking_proof == (line.line, kind.id):
            self.seen()
        elif kind.proof and not (line.price_type == kind.id and line.proof):
            sell.asking_proof = (line.line, kind.id)
        else:
            sell.asking_proof = None
            if not kind.proof and kind.kind != "companion":
                sell.next_type = kind.id
            if line.price_type != kind.id:
                sell.change("retype", line=line.line, price_type=kind.id)
        sell.changed.emit()

    def _choose_next(self, kind: PriceType) -> None:
        sell = self._sell
        if kind.proof:
            # Each proof is seen for one ticket, so it cannot be chosen for seats to come.
            text = tr(
                "{name}: pick the seat first; the {proof} is asked for on its line.", name=kind.name, proof=kind.proof
            )
            sell.session.toast.emit("plain", text)
        elif kind.asks:
            sell.session.toast.emit("plain", tr("{name}: pick the seat first, then press its key.", name=kind.name))
        else:
            sell.next_type = kind.id

    def seen(self) -> None:
        """The cashier says that the proof asked for was seen."""
        sell = self._sell
        if sell.asking_proof is not None:
            line, kind = sell.asking_proof
            sell.asking_proof = None
            sell.change("retype", line=line, price_type=kind, proof=True)
            sell.changed.emit()

    def drop(self, number: int) -> None:
        """Shift with F1–F10: the last ticket of this type goes back."""
        sell = self._sell
        if 1 <= number <= len(sell.types):
            kind = sell.types[number - 1].id
            of_kind = [line for line in sell.lines if line.price_type == kind]
            if of_kind:
                sell.remove(of_kind[-1].line)

    def primary(self) -> None:
        """Enter: pay in cash, or, with the change on screen, the next customer; what settles a card's money first."""
        sell = self._sell
        phase = sell.payment.card.phase
        if sell.payment.sale is not None:
            sell.next_customer()
        elif sell.payment.asks or sell.payment.asks_who:
            if (told := sell.told()) is not None:
                sell.payment.again(told)
        elif sell.payment.busy_elsewhere:
            sell.payment.split.primary()
        elif phase == "unknown":
            sell.payment.card.ask()
        elif phase == "loose":
            sell.payment.finish()
        elif not phase:
            sell.payment.pay_cash()

    def card(self) -> None:
        """F11: by card; of a payment that is unknown, that it was charged."""
        sell = self._sell
        if sell.payment.card.phase == "unknown":
            sell.payment.card.say("approved")
        elif sell.payment.busy_elsewhere:
            sell.payment.split.key(KEYS.index("card") + 1)
        else:
            sell.payment.pay_card()

    def split(self) -> None:
        """F12: cash and card; of a payment that is unknown, that it was not charged; one that is loose goes back."""
        sell = self._sell
        card = sell.payment.card
        if card.phase == "unknown":
            card.say("declined")
        elif card.phase == "loose":
            card.give_back()
        elif sell.payment.busy_elsewhere:
            sell.payment.split.give_up()
        else:
            sell.payment.pay_split()
