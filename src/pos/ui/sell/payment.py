"""Payment of the basket, in cash or by card: what was given, what is odd about it, the sale once it is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money, total
from pos.ui.amounts import type_digit, typed_amount
from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.model import ArticleLine, Basket, Line, Sale
from pos.ui.purse import PurseOffer, purse_name
from pos.ui.sell.card import CardPayments
from pos.ui.sell.cash import due_in_cash, implausible, quick_amounts
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
        """What each voucher and gift card pays, in the order in which they were shown."""
        owed, parts = self.total, []
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
        self.given = self.given[:-1]
        self._edited()

    def toggle_told(self) -> None:
        """The cashier's own act: the terms were told."""
        if self.open:
            self.told = not self.told
            self.changed.emit()

    def _edited(self) -> None:
        self.problem = ""
        self.changed.emit()

    def forget(self) -> None:
        """Nothing is given yet, nothing was told: a basket begins, or someone else signs in."""
        self.given, self.told, self.problem, self.purses = "", False, "", []

    def back(self) -> bool:
        """Esc: take back what was typed, or the problem said. True if there was either."""
        if self.given:
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
        """Pay the amount that was typed in cash, and the rest by card."""
        if not self.open or not self.card.present:
            return
        cash = self.given_amount
        if hindrance := self._hindrance():
            self.problem = hindrance
        elif cash is None or not cash or cash >= self.owed:
            self.problem = tr("Type what is paid in cash, less than the total.")
        else:
            self.card.begin(self.owed - cash)
            self._pay(cash, [self.owed - cash])
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
        self.paying, self.problem = True, ""

        def done(answer: Answer) -> None:
            if self._stopped:
                text = tr("The terminal did not stop: the card was charged, and the sale is made.")
                self.session.toast.emit("warning", text)
            self.paid_with = " · ".join(with_)
            self._done(Sale.read(answer["sale"], self.session.venue.currency, given, self.session.now))

        fields: dict[str, object] = {"tenders": tenders, "terms_told": self.told}
        if self.session.buyer is not None:
            fields["buyer"] = {"customer": self.session.buyer["customer"]}
        self.session.bridge.call("pay", done, self._refused, self._ended, **fields)

    def _ended(self) -> None:
        self.paying = False
        self._stopped = self.card.end()

    def _done(self, sale: Sale) -> None:
        basket = self._basket()
        self.sale = sale
        self.sold, self.articles = (basket.lines, basket.articles) if basket else ((), ())
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
        if refusal.code in ("basket_expired", "basket_empty", "right_elsewhere"):
            self.expired.emit()
        self.changed.emit()

    def _sentence(self, refusal: Refused) -> str:
        """What was refused; a card's decline with the terminal's reason."""
        reason = str(refusal.fields.get("reason") or "")
        if refusal.code == "payment_declined" and reason:
            return tr("The card was declined: {reason}. Nothing was charged.", reason=reason.rstrip("."))
        return self.session.sentence(refusal)

    def next_customer(self) -> None:
        """Clear the change from the screen."""
        self.sale, self.sold, self.articles = None, (), ()
        self._edited()
