"""A sum built from several tenders, part by part, and payments that are waited for. It draws nothing and never waits.

While it is open the F-keys stand for tenders, digits type an amount (nothing typed: all that remains), Enter takes the
rest in cash and then pays, and Esc goes one step back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.foreign import ForeignCash
from pos.domain.money import Money, total
from pos.domain.packages import KIND
from pos.ui.amounts import type_digit, typed_amount
from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.purse import purse_name
from pos.ui.sell.cash import due_in_cash
from pos.ui.session import Session

KEYS: Final = ("cash", "card", "card_slip", "purse", "account", "foreign", "mobile", "transfer")  # F1 … F8


@dataclass(frozen=True, slots=True)
class Part:
    """One tender of the sum: as people read it, and as `pay` takes it. `change` is due to it."""

    name: str
    amount: Money
    tender: Answer = field(default_factory=dict)
    change: Money | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """A payment that has to arrive before anything is sold."""

    payment: str
    kind: str
    amount: Money
    reference: str
    code: str
    unknown: bool
    name: str

    @classmethod
    def read(cls, doc: Answer, currency: str) -> Wait:
        amount = Money.parse(doc["amount"], currency)
        unknown = doc["state"] == "unknown"
        return cls(doc["payment"], doc["kind"], amount, doc["reference"], doc["code"], unknown, doc["name"])


class Split(QObject):
    """`asking` is the tender whose number is being typed in words; `wait` the payment that is on screen.

    `total` tells what the basket comes to. `pay` is emitted with the parts once they settle it.
    """

    changed = Signal()
    pay = Signal(list)  # of Part
    arrived = Signal(object)  # the answer of `arrived`

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self.session = session
        self.open = False
        self.due = session.zero()
        self.parts: list[Part] = []
        self.typed = self.text = self.asking = self.problem = ""
        self.takes: dict[str, list[Answer]] = {}
        self.waits: list[Wait] = []
        self.armed = False  # Enter, once more, says that the payment on screen has arrived
        self.waiting = False  # the payments that are waited for are on screen
        self._at = 0
        self._foreign = 0

    # ---- what is on screen -------------------------------------------------------------

    @property
    def remaining(self) -> Money:
        return self.due - total([part.amount for part in self.parts], self.due.currency)

    @property
    def amount(self) -> Money:
        """What the next tender pays: what was typed, else all that remains."""
        return (typed_amount(self.typed, self.due.currency) if self.typed else None) or self.remaining

    @property
    def wait(self) -> Wait | None:
        return self.waits[min(self._at, len(self.waits) - 1)] if self.waiting and self.waits else None

    def present(self, kind: str) -> bool:
        return kind in self.takes

    def named(self, kind: str) -> str:
        """What the key of a tender says."""
        foreign = self._cash_of() if kind == "foreign" else None
        return {
            "cash": tr("Cash"),
            "card": tr("Card"),
            "card_slip": tr("Card slip"),
            "purse": tr("Voucher"),
            "account": tr("Account"),
            "foreign": foreign.code if foreign is not None else tr("Foreign"),
            "mobile": tr("Mobile"),
            "transfer": tr("Bank transfer"),
        }[kind]

    def asked(self) -> str:
        """What is to be typed in words."""
        return {
            "card_slip": tr("Number of the slip"),
            "purse": tr("Code of the voucher or gift card"),
            "account": tr("Account"),
            "mobile": tr("Reference, if it has arrived"),
            "transfer": tr("Reference, if it has arrived"),
            "wait": tr("Reference of the bank"),
        }.get(self.asking, "")

    # ---- opening -----------------------------------------------------------------------

    def begin(self, due: Money, parts: list[Part]) -> None:
        """Build the sum of a basket; `parts` are those that were offered before."""
        self.open, self.waiting, self.due, self.parts = True, False, due, list(parts)
        self._clean()
        self.session.bridge.latest("tenders", "tenders", self._told)
        self.changed.emit()

    def look(self) -> None:
        """Show the payments that are waited for, if there are any."""
        self.session.bridge.latest("pending", "pending", self._pending)

    def _told(self, answer: Answer) -> None:
        self.takes = {}
        for item in answer["tenders"]:
            self.takes.setdefault(item["kind"], []).append(item)
        self.changed.emit()

    def _pending(self, answer: Answer) -> None:
        currency = self.due.currency
        self.waits = [Wait.read(item, currency) for item in answer["pending"]]
        self.open = self.waiting = bool(self.waits)
        self._clean()
        self.asking = "wait" if self.waits else ""
        if not self.waits:
            self.session.toast.emit("plain", tr("No payment is waited for."))
        self.changed.emit()

    def show_wait(self, doc: Answer) -> None:
        """A payment has just begun to be waited for."""
        self.waits, self._at = [Wait.read(doc, self.due.currency)], 0
        self.open = self.waiting = True
        self._clean()
        self.asking = "wait"
        self.changed.emit()

    def close(self) -> None:
        self.open = self.waiting = False
        self.parts, self.waits = [], []
        self._clean()
        self.changed.emit()

    def _clean(self) -> None:
        self.typed = self.text = self.asking = self.problem = ""
        self.armed = False

    # ---- keys --------------------------------------------------------------------------

    def type_digit(self, digit: str) -> None:
        if not self.waiting:
            self.typed = type_digit(self.typed, digit, self.due.currency)
            self.problem = ""
            self.changed.emit()

    def erase(self) -> None:
        self.typed = self.typed[:-1]
        self.changed.emit()

    def write(self, text: str) -> None:
        """What is typed in words so far."""
        self.text = text

    def step(self, by: int) -> None:
        """Another payment that is waited for."""
        if self.waiting and self.waits:
            self.armed = False
            self._at = (min(self._at, len(self.waits) - 1) + by) % len(self.waits)
            self.changed.emit()

    def back(self) -> None:
        """Esc: one step back, and out at last."""
        if self.waiting or not (self.asking or self.typed or self.parts):
            self.close()
            return
        if self.asking:
            self.asking = self.text = ""
        elif self.typed:
            self.typed = ""
        else:
            self.parts.pop()
        self.problem = ""
        self.changed.emit()

    def key(self, number: int) -> None:
        """F1 … F8: the tender that pays the next part."""
        if self.waiting or not 1 <= number <= len(KEYS):
            return
        kind = KEYS[number - 1]
        self.problem = ""
        if not self.present(kind):
            self.problem = tr("This till does not take that.")
        elif kind == "cash":
            self._cash()
        elif kind == "foreign":
            self._foreign_cash()
        elif self.amount.minor <= 0 or self.amount > self.remaining:
            self.problem = tr("{amount} remains.", amount=self.session.formats.money(self.remaining))
        elif kind == "card":
            self._add(Part(tr("Card"), self.amount, {"kind": "card", "amount": str(self.amount)}))
        else:
            self.asking, self.text = kind, ""
        self.changed.emit()

    def primary(self) -> None:
        """Enter: what was typed in words; else pay, or take the rest in cash first."""
        if self.waiting and not (self.armed or self.text.strip()):
            self.armed = True  # a key pressed once too often is nobody's word that money has come
        elif self.waiting:
            self._say("arrived")
        elif self.asking:
            self._accept()
            self.changed.emit()
            return
        elif self.remaining:
            self._cash()
        if self.open and not (self.waiting or self.asking or self.problem or self.remaining):
            self.pay.emit(list(self.parts))
        self.changed.emit()

    def give_up(self) -> None:
        """The payment on screen does not come."""
        if self.waiting:
            self._say("failed")

    # ---- parts -------------------------------------------------------------------------

    def _add(self, part: Part) -> None:
        self.parts.append(part)
        self.typed = self.text = self.asking = ""

    def _cash(self) -> None:
        if any(part.tender["kind"] == "cash" and "currency" not in part.tender for part in self.parts):
            self.problem = tr("Cash is in it already; Esc takes it out.")
            return
        owed = due_in_cash(self.remaining, self.session.venue.coin)
        given = typed_amount(self.typed, self.due.currency) if self.typed else None
        whole = given is None or given >= owed
        amount = self.remaining if whole else given
        assert amount is not None
        tender = {"kind": "cash", "amount": str(amount)} | ({"given": str(given)} if whole and given else {})
        self._add(Part(tr("Cash"), amount, tender, given - owed if whole and given is not None else None))

    def _cash_of(self) -> ForeignCash | None:
        kinds = self.takes.get("foreign", [])
        if not kinds:
            return None
        item = kinds[self._foreign % len(kinds)]
        return ForeignCash.parse({**item, "code": item["currency"]}, self.due.currency)

    def _foreign_cash(self) -> None:
        foreign = self._cash_of()
        assert foreign is not None
        given = typed_amount(self.typed, foreign.code) if self.typed else None
        if given is None or not given:
            self._foreign += 1  # pressed again without an amount: the next currency
            self.problem = tr("Type how much of it was given, then its key.")
            return
        worth = foreign.worth(given)
        amount = min(worth, self.remaining)
        if amount.minor <= 0:
            self.problem = tr("Nothing remains.")
            return
        tender = {"kind": "cash", "amount": str(amount), "currency": foreign.code, "given": str(given)}
        name = f"{self.session.formats.money(given)} × {foreign.rate}"
        self._add(Part(name, amount, tender, worth - amount if worth > amount else None))

    def _accept(self) -> None:
        kind, text, amount = self.asking, self.text.strip(), self.amount
        if not text and kind not in ("mobile", "transfer"):
            self.problem = self.asked()
            return
        self.problem = ""
        if kind == "purse":
            self.session.bridge.call("purse", self._purse, self._not, code=text)
            return
        tender: dict[str, Any] = {"kind": kind, "amount": str(amount)}
        name = self.named(kind)
        if kind == "card_slip":
            tender, name = tender | {"kind": "card", "slip": text}, f"{name} {text}"
        elif kind == "account":
            tender, name = tender | {"code": self._account(text)}, f"{name} {text}"
        elif text:
            tender, name = tender | {"reference": text}, f"{name} {text}"
        self._add(Part(name, amount, tender))

    def _account(self, text: str) -> str:
        """The account's id, where its name or the beginning of that was typed."""
        known = self.takes["account"][0]["accounts"]
        fits = [one["id"] for one in known if text.casefold() in (one["id"].casefold(), one["name"].casefold())]
        fits = fits or [one["id"] for one in known if one["name"].casefold().startswith(text.casefold())]
        return str(fits[0]) if len(fits) == 1 else text

    def _purse(self, answer: Answer) -> None:
        found = answer["purse"]
        left = Money.parse(found["left"], self.due.currency)
        amount = min(left, self.amount, self.remaining)
        if found["kind"] == KIND:
            self.problem = tr("A pass is used for seats: Esc, then {key} and F9.", key=cap("articles"))
        elif amount.minor <= 0:
            self.problem = tr("Nothing is left on it.")
        else:
            tender = {"kind": found["kind"], "code": found["code"], "amount": str(amount)}
            self._add(Part(f"{purse_name(found['kind'])} {found['code']}", amount, tender))
        self.changed.emit()

    def _not(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        self.changed.emit()

    # ---- payments that are waited for --------------------------------------------------

    def _say(self, verb: str) -> None:
        wait = self.wait
        if wait is None:
            return
        told = self.text.strip() if verb == "arrived" else ""
        words: dict[str, Any] = {"reference": told} if told else {}
        self.session.bridge.call(
            verb, lambda answer: self._heard(verb, answer), self._not, payment=wait.payment, **words
        )

    def _heard(self, verb: str, answer: Answer) -> None:
        self.close()
        if verb == "arrived":
            self.arrived.emit(answer)
        else:
            text = tr("Its basket is parked as number {number}.", number=answer["number"])
            self.session.toast.emit("plain", text)
