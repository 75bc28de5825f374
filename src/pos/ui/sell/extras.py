"""What is done with a basket beside picking seats: articles, a promotion's code, a price by hand, a price type that
asks for more than a key. It draws nothing and never waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.packages import KIND, PASS, SERIES, package_of
from pos.ui.approval import APPROVES
from pos.ui.bridge import Answer
from pos.ui.i18n import name_in, tr
from pos.ui.model import ArticleLine, Basket, Line, PriceType, ShowCard
from pos.ui.session import Session

SHOWN: Final = 8  # articles on the panel, F1 and on


def reasons(mode: str) -> list[str]:
    """The reasons that are picked with one key, F1 and on."""
    if mode == "type":
        return [tr("Press"), tr("Guest of the house"), tr("Artist"), tr("Complaint")]
    return [tr("Restricted view"), tr("Complaint"), tr("Late arrival"), tr("Agreed before")]


@dataclass(frozen=True, slots=True)
class ProductCard:
    """What can be sold beside tickets. `price` None: the buyer says how much. `package` is "" for a product or a
    donation, else pass or series; `shows` are those of a series."""

    id: str
    name: str
    names: dict[str, str]
    donation: bool
    price: Money | None
    package: str = ""
    shows: tuple[str, ...] = ()

    @classmethod
    def pack(cls, doc: Answer, currency: str) -> ProductCard:
        """A package's."""
        price = Money.parse(doc["price"], currency)
        return cls(doc["id"], doc["name"], {}, False, price, doc["kind"], tuple(doc["shows"]))

    def is_of(self, article: ArticleLine) -> bool:
        """Whether an article of the basket is one of these."""
        if article.package:
            return self.package == PASS and package_of(article.product) == self.id
        return not self.package and article.product == self.id

    @classmethod
    def read(cls, doc: Answer, currency: str) -> ProductCard:
        price = Money.parse(doc["price"], currency) if doc["price"] is not None else None
        return cls(doc["id"], doc["name"], dict(doc["names"]), doc["kind"] == "donation", price)


class Extras(QObject):
    """`mode` is empty while nothing of this is under way, else articles, price or type.

    `line` is the ticket that price and type are about; `kind` the price type that was asked for.
    """

    changed = Signal()
    pass_asked = Signal(str)  # a pass is to be used: its code, where it is known

    def __init__(
        self, session: Session, take: Callable[[Answer], None], busy: Callable[[], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.session, self._take, self._paying = session, take, busy
        self.mode, self.problem, self.working = "", "", False
        self.line: Line | None = None
        self.kind: PriceType | None = None
        self._sold: tuple[ProductCard, ...] = ()
        self._packages: tuple[ProductCard, ...] = ()
        self._page = 0
        self.amount = self.reason = self.code = self.member = ""
        session.heard.connect(self._heard)
        session.signed.connect(self.close)

    # ---- opening and closing -----------------------------------------------------------

    def open_articles(self, line: Line | None = None) -> None:
        """Ctrl+A: what is sold beside tickets. A series has the seat of the ticket that is marked."""
        if self._begin("articles"):
            self.line, self._page = line, 0
            self.session.bridge.latest("products", "products", self._got_products)
            self.session.bridge.latest("packages", "packages", self._got_packages)

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
        self._sold = tuple(ProductCard.read(doc, currency) for doc in answer["products"])
        self.changed.emit()

    def _got_packages(self, answer: Answer) -> None:
        currency = self.session.venue.currency
        self._packages = tuple(ProductCard.pack(doc, currency) for doc in answer["packages"])
        self.changed.emit()

    @property
    def products(self) -> tuple[ProductCard, ...]:
        """What the keys stand for now."""
        every = self._sold + self._packages
        return every[self._page * SHOWN : (self._page + 1) * SHOWN]

    @property
    def pages(self) -> int:
        return -(-len(self._sold + self._packages) // SHOWN)

    @property
    def uses_passes(self) -> bool:
        """Whether there are passes to be used."""
        return self.mode == "articles" and any(card.package == PASS for card in self._packages)

    def turn(self) -> None:
        """F10: what the keys have no room for."""
        if self.mode == "articles" and self.pages > 1:
            self._page = (self._page + 1) % self.pages
            self.changed.emit()

    def use_pass(self) -> None:
        """F9: a pass is to be used, or paid back."""
        if self.uses_passes and not self.working:
            self.close()
            self.pass_asked.emit("")

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
        if product.package:
            self._package(product)
            return
        fields: dict[str, Any] = {"product": product.id}
        if product.donation and self.amount:
            fields["amount"] = self.amount
        elif product.price is None:
            self._refuse(tr("Type the amount that is given, then press the key again."))
            return
        self._call("add_article", fields, keep=True)

    def _package(self, one: ProductCard) -> None:
        """A pass, or a series: a ticket for the marked seat in each of its shows."""
        if one.package != SERIES:
            self._call("add_package", {"package": one.id}, keep=True)
        elif self.line is None or self.line.show not in one.shows:
            self._refuse(tr("Pick a seat in one of its shows first, and mark its ticket."))
        else:
            places = [{"show": show, "place": self.line.place} for show in one.shows]
            fields = {"package": one.id, "places": places, "price_type": self.line.price_type}
            self._call("add_package", fields, keep=True)

    def fewer(self, number: int, basket: Basket | None) -> None:
        """The n-th article goes out of the basket."""
        if 1 <= number <= len(self.products) and basket is not None:
            wanted = self.products[number - 1]
            lines = [article.line for article in basket.articles if wanted.is_of(article)]
            lines += [line.line for line in basket.lines if wanted.package == SERIES and line.package == wanted.id]
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

    def _card(self, show: str) -> ShowCard | None:
        return next((card for card in self.session.shows if card.id == show), None)

    def _sentence(self, refusal: Refused) -> str:
        if refusal.fields.get("what") == KIND and refusal.code == "limit_exceeded":
            return tr("There are no blank passes of this kind left.")
        show = refusal.fields.get("show", self.session.show_id)
        if show != self.session.show_id and (card := self._card(show)) is not None:
            when = self.session.formats.day_and_time(card.starts, self.session.now)
            return (
                f"{name_in(card.titles, self.session.language, card.title)}, {when}: {self.session.sentence(refusal)}"
            )
        if refusal.code == "unknown_ticket":
            return tr("There is no promotion with this code.")
        if refusal.code == "outside_terms":
            return tr("This promotion is not on now.")
        return self.session.sentence(refusal)
