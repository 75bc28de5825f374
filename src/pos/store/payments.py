"""Money moved by a payment terminal, from the intent to what it was used for.

Part of the ledger: every method that changes something belongs inside its `transaction()`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from pos.domain.money import Money
from pos.store import tables as t

OPEN: Final = "started"  # nobody knows yet what became of it
LOOSE: Final = "approved"  # the money has moved, and nothing has been done with it yet
REVERSING: Final = "reversing"  # the terminal was told to give it back, and has not said that it did
AWAITED: Final = "awaited"  # a mobile payment or bank transfer that has not arrived; its basket waits under a number
FAILED: Final = "failed"  # nobody waits for it any more
OWED: Final = "pending"  # a card was taken without its bank's yes, and the sale has been made
_PENDING = select(t.payment).where(t.payment.c.state.in_((OPEN, LOOSE, REVERSING))).order_by(t.payment.c.number)
_OWED = select(t.payment).where(t.payment.c.state == OWED).order_by(t.payment.c.number)
_AWAITED = select(t.payment).where(t.payment.c.state == AWAITED).order_by(t.payment.c.number)
_BY_PHONE_OR_BANK: Final = ("mobile", "transfer")  # purposes of payments that no terminal has to do with
_MOVED = (
    select(t.payment)
    .where(t.payment.c.number > bindparam("after"), t.payment.c.pins != "[]")
    .where(t.payment.c.state.in_((LOOSE, "used", "written_off")))
    .where(t.payment.c.purpose.not_in(_BY_PHONE_OR_BANK))
    .order_by(t.payment.c.number)
)
_SET = update(t.payment).where(t.payment.c.id == bindparam("payment"))


@dataclass(frozen=True, slots=True)
class Payment:
    """One intent to charge a card (a positive amount) or to give money back to one (negative).

    `subject` names what for: "basket", or tickets. `before` is what the terminal had done last,
    `pins` the places that stay here until this is settled, `receipt` the terminal's own word.
    """

    id: str
    purpose: str
    subject: str
    amount: Money
    state: str
    before: dict[str, str]
    pins: tuple[tuple[str, str], ...]
    receipt: dict[str, str]


class PaymentBook:
    """Belongs to the thread of its ledger's connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def count(self) -> int:
        """How many payments there have been."""
        found: int = self._connection.exec_driver_sql("SELECT count(*) FROM payment").scalar_one()
        return found

    def add(self, payment: Payment) -> None:
        """An intent, before the terminal hears of it."""
        self._connection.execute(
            insert(t.payment),
            {
                "number": self.count() + 1,
                "id": payment.id,
                "purpose": payment.purpose,
                "subject": payment.subject,
                "minor": payment.amount.minor,
                "currency": payment.amount.currency,
                "state": payment.state,
                "before": json.dumps(payment.before),
                "pins": json.dumps(payment.pins),
                "receipt": json.dumps(payment.receipt),
                "document": "",
            },
        )

    def pending(self) -> list[Payment]:
        """Those that are open, loose or being reversed, the oldest first."""
        return [_payment(row) for row in self._connection.execute(_PENDING)]

    def owed(self) -> list[Payment]:
        """Those that a bank has still to say yes to; `subject` is their sale."""
        return [_payment(row) for row in self._connection.execute(_OWED)]

    def awaited(self) -> list[Payment]:
        """Mobile payments and bank transfers that have not arrived; `subject` is the number of their basket."""
        return [_payment(row) for row in self._connection.execute(_AWAITED)]

    def get(self, payment: str) -> Payment | None:
        """The payment of that id, whatever has become of it."""
        row = self._connection.execute(select(t.payment).where(t.payment.c.id == payment)).first()
        return _payment(row) if row is not None else None

    def forget_buyer(self, payment: str) -> None:
        """What was noted until it arrived is needed no more: it may be personal."""
        self._connection.execute(_SET.values(before="{}"), {"payment": payment})

    def state(self, payment: str) -> str:
        """What has become of it so far; empty for one that there is not."""
        query = select(t.payment.c.state).where(t.payment.c.id == payment)
        return str(self._connection.execute(query).scalar_one_or_none() or "")

    def moved_after(self, number: int) -> list[Payment]:
        """Those later than the payment with that number whose money the terminal has moved and not given back.

        A card that was taken without its bank's yes pins nothing: it did not go through the terminal.
        """
        return [_payment(row) for row in self._connection.execute(_MOVED, {"after": number})]

    def end(self, payment: str, state: str, receipt: Mapping[str, str]) -> None:
        """What became of it, step by step: the law is in `pos.store.verify.journal`."""
        self._connection.execute(_SET.values(state=state, receipt=json.dumps(dict(receipt))), {"payment": payment})

    def use(self, payment: str, document: str) -> None:
        """The sale, refund or exchange that this money was for has happened."""
        self._connection.execute(_SET.values(state="used", document=document), {"payment": payment})


def _payment(row: Any) -> Payment:
    return Payment(
        row.id, row.purpose, row.subject, Money(row.minor, row.currency), row.state, json.loads(row.before),
        tuple((show, place) for show, place in json.loads(row.pins)), json.loads(row.receipt),
    )  # fmt: skip
