"""What a typed text may mean beside seats: a show, a sale or ticket, an order, a customer. It draws nothing.

Every way of looking is asked for at once, all of it on this till, so the answer is there in a moment and is the
same with the line down. An exact code or number is what was meant; of several others the cashier chooses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.lookup import LAST4
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import name_in, tr, tr_count
from pos.ui.session import Session

MOST: Final = 30  # hits that are shown; whoever has more types more
_LEAST_LETTERS: Final = 2  # of a show's name


@dataclass(frozen=True, slots=True)
class Hit:
    """`kind` is show, sale, order or customer, and `key` the one it is; `exact` when the text is its very code."""

    kind: str
    key: str
    title: str
    detail: str
    right: str = ""
    exact: bool = False


class Anything(QObject):
    """`chosen` carries the Hit that was meant, `several` the text and those to choose from, `nothing` the text."""

    chosen = Signal(object)
    several = Signal(str, object)
    nothing = Signal(str)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self.session = session
        self.sought = ""
        self._look = 0
        self._waiting = 0
        self._answers: dict[str, Answer] = {}

    def look(self, text: str) -> None:
        """Look for a text in every way; an older look that is under way is forgotten."""
        text = text.strip()
        if not text:
            return
        self._look += 1
        self.sought = text
        ways: dict[str, tuple[str, dict[str, Any]]] = {
            "code": ("find", {"code": text}),
            "sale": ("find", {"sale": text}),
            "order": ("orders", {"order": text}),
            "name": ("find", {"name": text}),
            "orders": ("orders", {}),
            "customers": ("customers", {"text": text}),
        }
        if LAST4.fullmatch(text):
            ways["last4"] = ("find", {"last4": text})
        self._waiting, self._answers = len(ways), {}
        for way, (verb, fields) in ways.items():
            self._ask(self._look, way, verb, text, fields)

    def _ask(self, look: int, way: str, verb: str, text: str, fields: dict[str, Any]) -> None:
        def ended(answer: Answer) -> None:
            if look == self._look:
                self._answers[way] = answer
                self._waiting -= 1
                if not self._waiting:
                    self._decide(text)

        def refused(_: Refused) -> None:
            ended({})  # not found in this way

        self.session.bridge.follow(self.session.bridge.till.call(verb, **fields), ended, refused)

    def _decide(self, text: str) -> None:
        hits = self._hits(text)
        exact = [hit for hit in hits if hit.exact]
        if len(exact) == 1 or len(hits) == 1:
            self.chosen.emit((exact or hits)[0])
        elif hits:
            self.several.emit(text, hits[:MOST])
        else:
            self.nothing.emit(text)

    # ---- what was found ------------------------------------------------------------------

    def _hits(self, text: str) -> list[Hit]:
        """The surest first: by code and number, then orders, buyers, customers, shows."""
        found = self._answers
        sales: dict[str, Hit] = {}
        for way in ("code", "sale", "last4", "name"):
            for doc in found[way].get("sales", ()) if way in found else ():
                sales.setdefault(doc["id"], self._sale(doc, exact=way in ("code", "sale")))
        orders = {doc["code"]: self._order(doc, exact=True) for doc in found["order"].get("orders", ())}
        for doc in found["orders"].get("orders", ()):
            if _fits(text, doc["name"], doc["contact"]):
                orders.setdefault(doc["code"], self._order(doc))
        sure = [hit for hit in (*sales.values(), *orders.values()) if hit.exact]
        rest = [hit for hit in (*orders.values(), *sales.values()) if not hit.exact]
        customers = [self._customer(doc) for doc in found["customers"].get("customers", ())]
        return [*sure, *rest, *customers, *self._shows(text)]

    def _sale(self, doc: Answer, *, exact: bool) -> Hit:
        session = self.session
        when = session.formats.day_and_time(read_time(doc["at"]), session.now)
        tickets = len(doc["tickets"])
        detail = " · ".join(filter(None, (doc["id"], when, str(doc.get("contact") or ""))))
        title = str(doc.get("name") or "") or tr("Sale {id}", id=doc["id"])
        return Hit("sale", doc["id"], title, detail, tr_count("%n ticket", "%n tickets", tickets), exact)

    def _order(self, doc: Answer, *, exact: bool = False) -> Hit:
        held = sum(line["state"] == "held" for line in doc["lines"])
        detail = " · ".join(filter(None, (tr("Reserved"), doc["code"], doc["contact"])))
        return Hit("order", doc["code"], doc["name"], detail, tr_count("%n place", "%n places", held), exact)

    def _customer(self, doc: Answer) -> Hit:
        told = [str(doc.get(key) or "") for key in ("name", "email", "phone")]
        title = next(filter(None, told), doc["id"])
        detail = " · ".join([tr("Customer"), *(each for each in told[1:] if each)])
        return Hit("customer", doc["id"], title, detail, str(doc.get("member") or ""))

    def _shows(self, text: str) -> list[Hit]:
        if len(text) < _LEAST_LETTERS:
            return []
        session, hits = self.session, []
        for card in session.shows:
            when = session.formats.day_and_time(card.starts, session.now)
            if all(_fits(word, card.title, when, *card.titles.values()) for word in text.split()):
                title = name_in(card.titles, session.language, card.title)
                free = tr("{n} free", n=session.formats.count(card.free))
                hits.append(Hit("show", card.id, title, tr("Show on {when}", when=when), free))
        return hits


def _fits(text: str, *among: str) -> bool:
    """Whether a text is a part of any of these; of a telephone number only the digits count."""
    wanted, digits = text.casefold(), "".join(sign for sign in text if sign.isdigit())
    if digits and len(digits) >= 4 and not any(sign.isalpha() for sign in text):
        return any(digits in "".join(sign for sign in each if sign.isdigit()) for each in among)
    return any(wanted in each.casefold() for each in among)
