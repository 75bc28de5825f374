"""The order check: sales that somebody else than their seller looks at before any money is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pos.domain.money import Money

KEYS: Final = ("amount", "count", "group", "named")


@dataclass(frozen=True, slots=True)
class OrderCheck:
    """From when on a sale is checked; None and False for never.

    `amount`: more than this is due. `count`: more tickets than this. `group`: a ticket is of a price type for
    groups. `named`: it is somebody's by name.
    """

    amount: Money | None = None
    count: int | None = None
    group: bool = False
    named: bool = False

    @classmethod
    def parse(cls, body: object, currency: str) -> OrderCheck:
        """Read `check = { amount = "500.00", count = 10, group = true, named = true }`. Raises ValueError."""
        if not isinstance(body, dict) or not body or not body.keys() <= set(KEYS):
            raise ValueError(f"must be a table of {', '.join(KEYS)}")
        amount = Money.parse(body["amount"], currency) if "amount" in body else None
        count, flags = body.get("count"), [body.get(key, False) for key in ("group", "named")]
        if amount is not None and amount.minor < 0:
            raise ValueError("amount: is negative")
        if "count" in body and (not isinstance(count, int) or isinstance(count, bool) or count < 0):
            raise ValueError(f"count: {count!r} must be a whole number")
        if not all(isinstance(flag, bool) for flag in flags):
            raise ValueError("group and named must be true or false")
        return cls(amount, count, *flags)

    def reasons(self, due: Money, tickets: int, *, group: bool, named: bool) -> list[str]:
        """Why such a sale is to be checked: names of KEYS; none for one that is not."""
        found = {
            "amount": self.amount is not None and due > self.amount,
            "count": self.count is not None and tickets > self.count,
            "group": self.group and group,
            "named": self.named and named,
        }
        return [why for why in KEYS if found[why]]
