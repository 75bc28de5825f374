"""What is done with a basket beside picking seats: articles, a promotion's code, a price by hand, a price type that
asks for more than a key. It draws nothing and never waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.ui.approval import APPROVES
from pos.ui.bridge import Answer
from pos.ui.i18n import name_in, tr
from pos.ui.model import Basket, Line, PriceType
from pos.ui.session import Session

SHOWN: Final = 8  # articles on the panel, F1 and on


def reasons(mode: str) -> list[str]:
    """The reasons that are picked with one key, F1 and on."""
    if mode == "type":
        return [tr("Press"), tr("Guest of the house"), tr("Artist"), tr("Complaint")]
    return [tr("Restricted view"), tr("Complaint"), tr("Late arrival"), tr("Agreed before")]


@dataclass(frozen=True, slots=True)
class ProductCard:
    """What can be sold beside tickets. `price` None: the buyer says how much."""

    id: str
    name: str
    names: dict[str, str]
    donation: bool
    price: Money | None

    @classmethod
    def read(cls, doc: Answer, currency: str) -> ProductCard:
        price = Money.parse(doc["price"], currency) if doc["price"] is not None else None
        return cls(doc["id"], doc["name"], dict(doc["names"]), doc["kind"] == "donation", price)


class Extras(QObject):
    """`mode` is empty while nothing of this is under way, else articles, price or type.

    `line` is the ticket that price and type are about; `kind` the price type that was asked for.
    """

    changed = Signal()

    def __init__(
        self, session: Session, take: Callable[[Answer], None], busy: Callable[[], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.session, self._take, self._paying = session, take, busy
        self.mode, self.problem, self.working = "", "", False
        self.line: Line | None = None
        self.kind: PriceType | None = None
        self.products: tuple[ProductCard, ...] = ()
        self.amount = self.reason = self.code = self.member = ""
        session.heard.connect(self._heard)
        session.signed.connect(self.close)

    # ---- opening and closing -----------------------------------------------------------

    def open_articles(self) -> None:
        """Ctrl+A: what is sold beside tickets."""
        if self._begin("articles"):
            self.session.bridge.latest("products", "products", self._got_products)

    def open_price(self, line: Line | None) -> None:
        """Ctrl+Y: a promotion's code, and another price for the marked ticket."""
        if self._begin("price"):
            self.line = line
            self.changed.emit()

    def ask_type(self, line: Line, kind: PriceType) -> None:
        """A price type that needs a reason, a member's number or a supervisor."""
        if self._begin("type"):
            self.line, self.kind = line, kind
            self.changed.emit()

    def _begin(self, mode: str) -> bool:
        if self._paying():
            return False
        self.mode, self.problem = mode, ""
        self.line = self.kind = None
        self.amount = self.reason = self.code = self.member = ""
        self.changed.emit()
        return True

    def close(self) -> None:
        if self.mode:
            self.mode = ""
            self.changed.emit()

    def _heard(self, event: Answer) -> None:
        if event.get("event") == "scanned" and event.get("kind") == "member" and self.asks_member:
            self.member = str(event["text"])
            self.changed.emit()

    def _got_products(self, answer: Answer) -> None:
        currency = self.session.venue.currency
        self.products = tuple(ProductCard.read(doc, currency) for doc in answer["products"])
        self.changed.emit()

    # ---- what is asked for -------------------------------------------------------------

    @property
    def alone(self) -> bool:
        """Whether who is signed in approves it alone."""
        person = self.session.person
        return person is not None and person.role in APPROVES

    @property
    def asks_approval(self) -> str:
        """Why a supervisor is needed; empty when none is."""
        if self.alone or self.line is None:
            return ""
        if self.mode == "price":
            return tr("A supervisor sets another price.")
        if self.mode == "type" and self.kind is not None and (self.kind.kind == "comp" or self.kind.approval):
            return tr("A supervisor must approve this.")
        return ""

    @property
    def asks_reason(self) -> bool:
        if self.mode == "type":
            return self.kind is not None and self.kind.kind == "comp"
        return self.mode == "price" and self.line is not None

    @property
    def asks_member(self) -> bool:
        return self.mode == "type" and self.kind is not None and self.kind.kind == "member"

    def name(self, product: ProductCard) -> str:
        return name_in(product.names, self.session.language, product.name)

    def choose_reason(self, number: int) -> None:
        given = reasons(self.mode)
        if 1 <= number <= len(given) and self.asks_reason:
            self.reason = given[number - 1]
            self._edited()

    def type_amount(self, text: str) -> None:
        self.amount = text.strip().replace(",", ".")
        self._edited()

    def type_reason(self, text: str) -> None:
        self.reason = text
        self._edited()

    def type_code(self, text: str) -> None:
        self.code = text
        self._edited()

    def type_member(self, text: str) -> None:
        self.member = text
        self._edited()

    def _edited(self) -> None:
        self.problem = ""
        self.changed.emit()

    # ---- doing it ----------------------------------------------------------------------

    def article(self, number: int) -> None:
        """One more of the n-th article. A donation takes the amount that was typed."""
        if not 1 <= number <= len(self.products) or self.mode != "articles":
            return
        product = self.products[number - 1]
        fields: dict[str, Any] = {"product": product.id}
        if product.donation and self.amount:
            fields["amount"] = self.amount
        elif product.price is None:
            self._refuse(tr("Type the amount that is given, then press the key again."))
            return
        self._call("add_article", fields, keep=True)

    def fewer(self, number: int, basket: Basket | None) -> None:
        """The n-th article goes out of the basket."""
        if 1 <= number <= len(self.products) and basket is not None:
            wanted = self.products[number - 1].id
            lines = [article.line for article in basket.articles if article.product == wanted]
            if lines:
                self._call("remove", {"line": lines[-1]}, keep=True)

    def act(self, approver: dict[str, str] | None) -> None:
        """Enter: what was filled in is done."""
        if self.working:
            return
        if self.mode == "articles":
            self.close()
        elif self.mode == "price" and self.code.strip():
            self._call("promotion", {"code": self.code.strip()})
        elif self.mode == "price":
            self._reprice(approver)
        elif self.mode == "type":
            self._retype(approver)

    def drop_code(self, code: str) -> None:
        """A promotion's code counts no more."""
        self._call("promotion", {"code": code, "remove": True}, keep=True)

    def _reprice(self, approver: dict[str, str] | None) -> None:
        if self.line is None:
            self._refuse(tr("Type the code of a promotion, or mark a ticket first."))
        elif not self.amount:
            self._refuse(tr("Type a code, or the new price of the ticket."))
        elif not self.reason.strip():
            self._refuse(tr("Say why the price is another."))
        elif self.asks_approval and approver is None:
            self._refuse(self.asks_approval)
        else:
            fields: dict[str, Any] = {"line": self.line.line, "price": self.amount, "reason": self.reason}
            self._call("reprice", fields | ({"approver": approver} if approver else {}))

    def _retype(self, approver: dict[str, str] | None) -> None:
        if self.line is None or self.kind is None:
            return
        if self.asks_reason and not self.reason.strip():
            self._refuse(tr("Say why the ticket is free."))
        elif self.asks_member and not self.member.strip():
            self._refuse(tr("Scan or type the member's number."))
        elif self.asks_approval and approver is None:
            self._refuse(self.asks_approval)
        else:
            fields: dict[str, Any] = {"line": self.line.line, "price_type": self.kind.id}
            fields |= {"proof": True} if self.kind.proof else {}  # the panel names it; Enter is the cashier's word
            fields |= {"reason": self.reason} if self.asks_reason else {}
            fields |= {"member": self.member.strip()} if self.asks_member else {}
            self._call("retype", fields | ({"approver": approver} if approver else {}))

    def _refuse(self, problem: str) -> None:
        self.problem = problem
        self.changed.emit()

    def _call(self, verb: str, fields: dict[str, Any], *, keep: bool = False) -> None:
        self.working, self.problem = True, ""

        def done(answer: Answer) -> None:
            self.amount = self.code = ""
            if not keep:
                self.mode = ""
            self._take(answer["basket"])
            self.changed.emit()

        def refused(refusal: Refused) -> None:
            self.problem = self._sentence(refusal)

        def ended() -> None:
            self.working = False
            self.changed.emit()

        self.session.bridge.call(verb, done, refused, ended, **fields)
        self.changed.emit()

    def _sentence(self, refusal: Refused) -> str:
        if refusal.code == "unknown_ticket":
            return tr("There is no promotion with this code.")
        if refusal.code == "outside_terms":
            return tr("This promotion is not on now.")
        return self.session.sentence(refusal)
