"""Orders that are not paid yet: places kept for somebody at the prices quoted, with a deposit or none. The laws:

* The places of an order are in holds of its own (`pos.domain.hold`), one for each show; whoever has the rights
  to them may take payment, change it or end it.
* A deposit is money owed to the buyer, in the account `deposit:CODE`, until it pays for tickets, goes back, or
  is kept by the terms that were told. It is moved only by a till that has the rights to all that is still held.
* An order is open until nothing is held for it any more and nothing of its deposit is left.
* Its document says all this by value; prices are those quoted when it was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from pos.domain.books import Posting, entry
from pos.domain.money import Money, total
from pos.domain.sale import Tender, tender_account

DEPOSIT: Final = "deposit"  # the kind of tender that a deposit is, and the account it is kept in
KEPT: Final = "forfeited"  # the account of deposits that were kept
OPEN, DONE, CANCELLED, EXPIRED = "open", "done", "cancelled", "expired"
RETURNED_IF_CANCELLED: Final = "refund"
KEPT_IF_CANCELLED: Final = "keep"
TERMS: Final = (RETURNED_IF_CANCELLED, KEPT_IF_CANCELLED)

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A place of an order. `state`: held | sold | released. `body` is what else its basket line says by value."""

    show: str
    unit: str
    hold: str
    state: str
    body: Mapping[str, Any]

    def to_json(self) -> Document:
        return {"show": self.show, "unit": self.unit, "hold": self.hold, "state": self.state, **self.body}

    @classmethod
    def from_json(cls, item: Mapping[str, Any]) -> OrderLine:
        rest = {key: value for key, value in item.items() if key not in ("show", "unit", "hold", "state")}
        return cls(item["show"], item["unit"], item["hold"], item["state"], rest)


@dataclass(frozen=True, slots=True)
class Order:
    """An order. `paid` is the deposit that was taken, `parts` what of it is still owed to the buyer, by the kind of
    tender that it came as; `told` are the terms of the deposit. `more` is what a document says beside."""

    id: str
    version: int
    state: str
    home: str
    name: str
    contact: str
    expires: datetime | None
    remind: datetime | None
    lines: tuple[OrderLine, ...]
    paid: Money
    parts: tuple[tuple[str, Money], ...]
    told: str
    more: Mapping[str, Any]

    @classmethod
    def from_json(cls, body: Mapping[str, Any], currency: str) -> Order:
        """Raises KeyError or ValueError."""
        known = (
            "id", "version", "state", "home", "name", "contact", "expires", "remind", "lines", "deposit",
        )  # fmt: skip
        deposit = body.get("deposit", {})
        return cls(
            body["id"], body["version"], body["state"], body.get("home", ""), body.get("name", ""),
            body.get("contact", ""), _time(body.get("expires")), _time(body.get("remind")),
            tuple(map(OrderLine.from_json, body["lines"])),
            Money.parse(deposit.get("paid", str(Money.zero(currency))), currency),
            tuple((part["kind"], Money.parse(part["amount"], currency)) for part in deposit.get("parts", ())),
            deposit.get("terms", RETURNED_IF_CANCELLED),
            {key: value for key, value in body.items() if key not in known},
        )  # fmt: skip

    def to_json(self) -> Document:
        return {
            **self.more,
            "id": self.id,
            "version": self.version,
            "state": self.state,
            "home": self.home,
            "name": self.name,
            "contact": self.contact,
            "expires": self.expires.isoformat(timespec="seconds") if self.expires else "",
            "remind": self.remind.isoformat(timespec="seconds") if self.remind else "",
            "lines": [line.to_json() for line in self.lines],
            "deposit": {
                "paid": str(self.paid),
                "left": str(self.left),
                "terms": self.told,
                "parts": [{"kind": kind, "amount": str(amount)} for kind, amount in self.parts],
            },
        }

    @property
    def left(self) -> Money:
        """What of the deposit is still owed to the buyer."""
        return total([amount for _, amount in self.parts], self.paid.currency)

    @property
    def held(self) -> tuple[OrderLine, ...]:
        return tuple(line for line in self.lines if line.state == "held")

    def used(self, amount: Money) -> tuple[tuple[str, Money], ...]:
        """The parts of the deposit that so much is taken from, in order. Raises ValueError beyond what is left."""
        taken: list[tuple[str, Money]] = []
        for kind, part in self.parts:
            if amount:
                taken.append((kind, min(part, amount)))
                amount -= taken[-1][1]
        if amount:
            raise ValueError(f"{amount} more than the deposit of {self.id} has left")
        return tuple(taken)

    def after(self, places: Iterable[tuple[str, str]], state: str, spent: Money) -> Order:
        """The order once these places are `sold` or `released`, and so much of its deposit has been used."""
        gone = set(places)
        lines = tuple(
            replace(line, state=state) if (line.show, line.unit) in gone and line.state == "held" else line
            for line in self.lines
        )
        used = self.used(spent)
        parts = (
            (kind, amount - used[at][1] if at < len(used) else amount) for at, (kind, amount) in enumerate(self.parts)
        )
        kept = tuple((kind, amount) for kind, amount in parts if amount)
        changed = replace(self, version=self.version + 1, lines=lines, parts=kept)
        over = not changed.held and not changed.left and self.state == OPEN
        return replace(changed, state=DONE) if over else changed


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def taken_entry(till: str, order: str, tenders: Iterable[Tender], rounding: Money) -> tuple[Posting, ...]:
    """A deposit comes in: owed to the buyer."""
    sides = [(tender_account(till, tender.kind, tender.code), tender.amount) for tender in tenders]
    owed = total([amount for _, amount in sides], rounding.currency) - rounding
    return entry(*sides, (f"{DEPOSIT}:{order}", -owed), ("rounding", -rounding))


def returned_entry(
    till: str, order: str, amount: Money, tenders: Iterable[Tender], rounding: Money
) -> tuple[Posting, ...]:
    """A deposit goes back. `rounding` = cash paid out - exact amount."""
    sides = [(tender_account(till, tender.kind, tender.code), -tender.amount) for tender in tenders]
    return entry((f"{DEPOSIT}:{order}", amount), *sides, ("rounding", rounding))


def kept_entry(order: str, amount: Money) -> tuple[Posting, ...]:
    """A deposit is kept, by the terms that were told."""
    return entry((f"{DEPOSIT}:{order}", amount), (KEPT, -amount))
