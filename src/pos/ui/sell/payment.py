"""Payment of the basket: what was given, what is odd about it, the sale once it is made."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money, total
from pos.ui.amounts import type_digit, typed_amount
from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.model import Basket, Line, Sale
from pos.ui.purse import PurseOffer, purse_name
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
        self.problem = ""
        self.sale: Sale | None = None
        self.sold: tuple[Line, ...] = ()
        self.purses: list[PurseOffer] = []
        self.paid_with = ""  # what else than cash the sale was paid with

    # ---- amounts -----------------------------------------------------------------------

    @property
    def total(self) -> Money:
        basket = self._basket()
        return basket.total if basket else self.session.zero()

    @property
    def due(self) -> Money:
        """What is owed in cash."""
        return due_in_cash(self.total - self._by_purses, self.session.venue.coin)

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
    def _by_purses(self) -> Money:
        return total([amount for _, amount in self.purse_amounts], self.total.currency)

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
        """Whether there is something to pay and nothing is being paid or was just sold."""
        basket = self._basket()
        return self.sale is None and not self.paying and basket is not None and bool(basket.lines)

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
            self._pay(given)
        self.changed.emit()

    def _pay(self, given: Money | None) -> None:
        cash: Answer = {"kind": "cash", "amount": str(self.due)}
        if given is not None:
            cash["given"] = str(given)
        purses = [(purse, amount) for purse, amount in self.purse_amounts if amount]
        tenders: list[Answer] = [
            {"kind": purse.kind, "code": purse.code, "amount": str(amount)} for purse, amount in purses
        ]
        tenders += [cash] if self.due else []
        money = self.session.formats.money
        with_ = " · ".join(f"{purse_name(purse.kind)} {money(amount)}" for purse, amount in purses)
        self.paying, self.problem = True, ""

        def done(answer: Answer) -> None:
            self.paid_with = with_
            self._done(Sale.read(answer["sale"], self.session.venue.currency, given, self.session.now))

        fields = {"tenders": tenders, "terms_told": self.told}
        self.session.bridge.call("pay", done, self._refused, self._ended, **fields)

    def _ended(self) -> None:
        self.paying = False

    def _done(self, sale: Sale) -> None:
        basket = self._basket()
        self.sale, self.sold = sale, basket.lines if basket else ()
        self.forget()
        self.paid.emit(sale)
        self.changed.emit()

    def _refused(self, refusal: Refused) -> None:
        # The whole sentence goes where it has room; beside the total stands the upshot.
        self.problem = tr("Not paid.")
        level = "danger" if refusal.code == "storage_failed" else "warning"
        self.session.toast.emit(level, self.session.sentence(refusal))
        if refusal.code in ("basket_expired", "basket_empty", "right_elsewhere"):
            self.expired.emit()
        self.changed.emit()

    def next_customer(self) -> None:
        """Clear the change from the screen."""
        self.sale, self.sold = None, ()
        self._edited()
