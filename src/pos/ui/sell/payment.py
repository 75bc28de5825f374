"""Payment of the basket, in cash or by card: what was given, what is odd about it, the sale once it is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money, total
from pos.domain.packages import KIND
from pos.domain.sale import DELIVERIES
from pos.ui.amounts import type_digit, typed_amount
from pos.ui.bridge import Answer
from pos.ui.i18n import told, tr
from pos.ui.model import ArticleLine, Basket, Line, Sale
from pos.ui.purse import PurseOffer, purse_name
from pos.ui.sell.card import CardPayments
from pos.ui.sell.cash import due_in_cash, implausible, quick_amounts
from pos.ui.sell.split import Part, Split
from pos.ui.session import Session


class Payment(QObject):
    """`basket` tells what is to be paid, `hindrance` why it cannot be yet ("" when it can).

    `sale` is the sale just made, until the next customer; `problem` is said beside the total.
    """

    changed = Signal()
    paid = Signal(object)  # the Sale
    expired = Signal()  # the till says that the basket is not what the screen shows

    def __init__(
        self, session: Session, basket: Callable[[], Basket | None], hindrance: Callable[[], str], parent: QObject
    ) -> None:
        super().__init__(parent)
        self.session = session
        self._basket, self._hindrance = basket, hindrance
        self.given = ""
        self.told = False
        self.delivery = "now"  # how the tickets reach the buyer
        self.paying = False
        self._stopped = False  # the terminal had been asked to stop
        self.problem = ""
        self.sale: Sale | None = None
        self.sold: tuple[Line, ...] = ()
        self.articles: tuple[ArticleLine, ...] = ()
        self.purses: list[PurseOffer] = []
        self.paid_with = ""  # what else than cash the sale was paid with
        self.card = CardPayments(session, self)
        self.card.changed.connect(self.changed)
        self.split = Split(session, self)
        self.split.changed.connect(self.changed)
        self.split.pay.connect(self._pay_parts)
        self.split.arrived.connect(self._arrived)
        self.asks = ""  # why somebody else must release the sale before it is paid
        self.asks_who = ""  # what a show wants to know of the buyer: name, document
        self._asked: Answer = {}  # what `pay` was asked with last
        self._with: list[str] = []
        self._given: Money | None = None

    # ---- amounts -----------------------------------------------------------------------

    @property
    def total(self) -> Money:
        basket = self._basket()
        return basket.total if basket else self.session.zero()

    @property
    def owed(self) -> Money:
        """What no voucher or gift card pays."""
        return self.total - total([amount for _, amount in self.purse_amounts], self.total.currency)

    @property
    def due(self) -> Money:
        """What is owed in cash."""
        return due_in_cash(self.owed, self.session.venue.coin)

    @property
    def purse_amounts(self) -> list[tuple[PurseOffer, Money]]:
        """What the passes of visits pay, and then each voucher and gift card in the order in which they were shown."""
        basket = self._basket()
        parts = [(PurseOffer(KIND, code, amount), amount) for code, amount in (basket.passes if basket else ())]
        owed = self.total - total([amount for _, amount in parts], self.total.currency)
        for purse in self.purses:
            amount = min(purse.left, owed)
            owed -= amount
            parts.append((purse, amount))
        return parts

    @property
    def given_amount(self) -> Money | None:
        return typed_amount(self.given, self.total.currency) if self.given else None

    @property
    def quick(self) -> list[Money]:
        """Round amounts that may be given."""
        return quick_amounts(self.due, self.session.venue.denominations)

    @property
    def warning(self) -> str:
        """What is odd about the amount given, before anything is paid."""
        given, formats = self.given_amount, self.session.formats
        if given is None:
            return ""
        if given < self.due:
            return tr("{amount} missing", amount=formats.money(self.due - given))
        if implausible(self.due, given):
            return tr("{amount} given? Check the amount.", amount=formats.money(given))
        return ""

    @property
    def busy_elsewhere(self) -> bool:
        """Whether the foot belongs to tenders put together, or to payments that are waited for."""
        return self.split.open and self.sale is None and not self.paying and not self.card.phase

    @property
    def open(self) -> bool:
        """Whether there is something to pay and nothing is being paid, in doubt, or was just sold."""
        basket, busy = self._basket(), self.paying or self.card.phase != ""
        return self.sale is None and not busy and basket is not None and not basket.empty

    # ---- typing ------------------------------------------------------------------------

    def type_digit(self, digit: str) -> None:
        if self.open:
            self.given = type_digit(self.given, digit, self.total.currency)
            self._edited()

    def erase(self) -> None:
        if self.busy_elsewhere:
            self.split.erase()
            return
        self.given = self.given[:-1]
        self._edited()

    def toggle_told(self) -> None:
        """The cashier's own act: the terms were told."""
        if self.open:
            self.told = not self.told
            self.changed.emit()

    def next_delivery(self) -> None:
        """Taken along, kept for a pick-up, and, for a customer whose record says where, by e-mail or post."""
        if self.open:
            ways = DELIVERIES if self.session.buyer is not None else DELIVERIES[:2]
            at = ways.index(self.delivery) if self.delivery in ways else 0
            self.delivery = ways[(at + 1) % len(ways)]
            self._edited()

    def _edited(self) -> None:
        self.problem = ""
        self.changed.emit()

    def forget(self) -> None:
        """Nothing is given yet, nothing was told: a basket begins, or someone else signs in."""
        self.given, self.told, self.problem, self.purses, self.asks = "", False, "", [], ""
        self.asks_who, self.delivery = "", "now"
        if self.split.open and not self.split.waiting:
            self.split.close()

    def back(self) -> bool:
        """Esc: take back what was typed, or the problem said. True if there was either."""
        if self.asks or self.asks_who:
            self.asks = self.asks_who = ""
        elif self.given:
            self.given = ""
        elif self.purses:
            self.purses.pop()
        elif not self.problem:
            return False
        self._edited()
        return True

    def offer(self, purse: PurseOffer) -> None:
        """Pay as much as it can with this voucher or gift card; Enter pays, Esc takes it back."""
        if not self.open or any((each.kind, each.code) == (purse.kind, purse.code) for each in self.purses):
            return
        self.purses.append(purse)
        self._edited()

    # ---- paying ------------------------------------------------------------------------

    def quick_key(self, number: int) -> None:
        """A round amount given: it counts as typed, and pays at once."""
        amounts = self.quick
        if self.open and 1 <= number <= len(amounts):
            self.given = str(amounts[number - 1])
            self.pay_cash()

    def pay_cash(self) -> None:
        """Pay the whole basket in cash. Less than is owed is not paid, it is said so."""
        if not self.open:
            return
        given = self.given_amount
        if hindrance := self._hindrance():
            self.problem = hindrance
        elif given is not None and given < self.due:
            self.problem = self.warning
        else:
            self._pay(self.due, given=given)
        self.changed.emit()

    def pay_card(self) -> None:
        """Pay by card what no voucher pays."""
        if not self.open or not self.card.present or not self.owed:
            return
        if hindrance := self._hindrance():
            self.problem = hindrance
        else:
            self.card.begin(self.owed)
            self._pay(self.session.zero(), [self.owed])
        self.changed.emit()

    def pay_split(self) -> None:
        """Pay the amount that was typed in cash and the rest by card; else build the sum from several tenders.

        With nothing to be paid, the payments that are waited for are shown.
        """
        basket, cash = self._basket(), self.given_amount
        if self.sale is None and not self.paying and (basket is None or basket.empty):
            self.split.look()
        if not self.open:
            return
        if hindrance := self._hindrance():
            self.problem = hindrance
        elif cash and cash < self.owed and self.card.present:
            self.card.begin(self.owed - cash)
            self._pay(cash, [self.owed - cash])
        else:
            parts = [
                Part(f"{purse_name(p.kind)} {p.code}", amount, {"kind": p.kind, "code": p.code, "amount": str(amount)})
                for p, amount in self.purse_amounts
                if amount
            ]
            self.given = ""
            self.split.begin(self.total, parts)
        self.changed.emit()

    def _pay_parts(self, parts: list[Part]) -> None:
        """Pay with what was put together."""
        if not self.open:
            return
        if cards := [part.amount for part in parts if part.tender["kind"] == "card" and "slip" not in part.tender]:
            self.card.begin(total(cards, self.total.currency))
        given = next((part.tender["given"] for part in parts if part.tender.get("given")), None)
        cash_alone = len(parts) == 1 and given is not None and "currency" not in parts[0].tender
        with_ = [] if cash_alone else [f"{part.name} {self.session.formats.money(part.amount)}" for part in parts]
        handed = Money.parse(given, self.total.currency) if cash_alone and given is not None else None
        self._send([part.tender for part in parts], with_, handed)

    def _arrived(self, answer: Answer) -> None:
        """What was waited for has arrived: its sale is made, or the office is told."""
        if "sale" not in answer:
            self.session.toast.emit("warning", tr("It came too late, and pays for nothing. The office is told."))
            return
        self.paid_with = tr("It has arrived")
        self.sale = Sale.read(answer["sale"], self.session.venue.currency, None, self.session.now)
        self.sold, self.articles = (), ()
        self.paid.emit(self.sale)
        self.changed.emit()

    def again(self, more: Answer) -> None:
        """Pay as before, with what was asked for: who releases it (`checker`), who buys (`buyer`)."""
        if (self.asks or self.asks_who) and not self.paying:
            if "buyer" in more:
                more = {"buyer": self._asked.get("buyer", {}) | more["buyer"]}
            self._ask(self._asked | more, self._given)
            self.changed.emit()

    def finish(self) -> None:
        """Make the sale that a card has paid for already; what it has not paid is taken in cash."""
        basket, loose = self._basket(), self.card.loose
        if self.paying or self.card.phase != "loose" or not loose or basket is None or basket.empty:
            return
        self._pay(self.owed - total(loose, self.total.currency), loose)
        self.changed.emit()

    def _pay(self, cash: Money, cards: Sequence[Money] = (), given: Money | None = None) -> None:
        purses = [(purse, amount) for purse, amount in self.purse_amounts if amount]
        tenders: list[Answer] = [
            {"kind": purse.kind, "code": purse.code, "amount": str(amount)} for purse, amount in purses
        ]
        if cash:
            tenders.append({"kind": "cash", "amount": str(cash)} | ({"given": str(given)} if given is not None else {}))
        tenders += [{"kind": "card", "amount": str(amount)} for amount in cards]
        money = self.session.formats.money
        with_ = [f"{purse_name(purse.kind)} {money(amount)}" for purse, amount in purses]
        with_ += [tr("Card {amount}", amount=money(amount)) for amount in cards]
        with_ += [tr("Cash {amount}", amount=money(cash))] if cards and cash else []
        self._send(tenders, with_, given)

    def _send(self, tenders: Sequence[Answer], with_: Sequence[str], given: Money | None) -> None:
        self._with = list(with_)
        fields: Answer = {"tenders": list(tenders), "terms_told": self.told}
        fields |= {"delivery": self.delivery} if self.delivery != "now" else {}
        if self.session.rush:
            fields["receipt"] = False  # ^E prints it for whoever wants one
        if self.session.buyer is not None:
            fields["buyer"] = {"customer": self.session.buyer["customer"]}
        self._ask(fields, given)

    def _ask(self, fields: Answer, given: Money | None) -> None:
        self.paying, self.problem, self.asks, self.asks_who = True, "", "", ""
        self._asked, self._given = fields, given

        def done(answer: Answer) -> None:
            if "pending" in answer:
                self._waits(answer["pending"])
                return
            if self._stopped:
                text = tr("The terminal did not stop: the card was charged, and the sale is made.")
                self.session.toast.emit("warning", text)
            self.paid_with = " · ".join(self._with)
            self._done(Sale.read(answer["sale"], self.session.venue.currency, given, self.session.now))

        self.session.bridge.call("pay", done, self._refused, self._ended, **fields)

    def _waits(self, pending: Answer) -> None:
        """Nothing is sold yet: the basket waits until the money has arrived."""
        self.forget()
        self.session.attach(None)
        self.expired.emit()
        self.split.show_wait(pending)

    def _ended(self) -> None:
        self.paying = False
        self._stopped = self.card.end()

    def _done(self, sale: Sale) -> None:
        basket = self._basket()
        self.sale = sale
        self.sold, self.articles = (basket.lines, basket.articles) if basket else ((), ())
        self.split.close()
        self.card.look()
        self.forget()
        self.session.attach(None)
        self.paid.emit(sale)
        self.changed.emit()

    def _refused(self, refusal: Refused) -> None:
        # The whole sentence goes where it has room; beside the total stands the upshot.
        self.problem = tr("Not paid.")
        level = "danger" if refusal.code == "storage_failed" else "warning"
        self.session.toast.emit(level, self._sentence(refusal))
        self.card.look()
        if refusal.fields.get("what") == "order" or (refusal.code == "wrong_pin" and "checker" in self._asked):
            self.asks = tr("Somebody else must release this sale.")
        if refusal.code == "identity_needed":
            self.asks_who = str(refusal.fields.get("what") or "name")
        elif refusal.fields.get("field") == "buyer" and self.delivery == "pickup":
            self.asks_who = "pickup"
        if refusal.code in ("basket_expired", "basket_empty", "right_elsewhere"):
            self.expired.emit()
        self.changed.emit()

    def _sentence(self, refusal: Refused) -> str:
        """What was refused; a card's decline with the terminal's reason."""
        reason = str(refusal.fields.get("reason") or "")
        if refusal.code == "payment_declined" and reason:
            return tr("The card was declined: {reason}. Nothing was charged.", reason=told(reason).rstrip("."))
        return self.session.sentence(refusal)

    def next_customer(self) -> None:
        """Clear the change from the screen."""
        self.sale, self.sold, self.articles = None, (), ()
        self._edited()
