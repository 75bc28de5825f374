"""The books: every fact that moves money carries postings that sum to zero.

Accounts are names: `drawer:T1` (cash at that till), `card:T1`, `revenue:SHOW`,
`fee:FEE`, `tax:ID`, `rounding`, `safe`, `paid_in`, `paid_out`, `over_short`,
`bank`, `counterfeit`, and of numbered cash (`pos.domain.parcels`) `bag:NUMBER`, `transit:NUMBER`,
`change_order:NUMBER`, `deposit_bag:NUMBER` and `courier:NUMBER`, which are empty once it has arrived.
A debit (money or value coming in) is positive, a credit negative.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pos.domain.money import Money

SAFE: Final = "safe"
BANK: Final = "bank"
OVER_SHORT: Final = "over_short"
COUNTERFEIT: Final = "counterfeit"  # notes that were found false: what was paid for with them is lost


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry."""

    account: str
    amount: Money

    def to_json(self) -> list[object]:
        return [self.account, self.amount.minor, self.amount.currency]

    @classmethod
    def from_json(cls, value: object) -> Posting:
        match value:
            case [str(account), int(minor), str(currency)]:
                return cls(account, Money(minor, currency))
        raise ValueError(f"{value!r} is not a posting")


DRAWER: Final = "drawer"  # and the till


def drawer(till: str) -> str:
    """The account of the cash in a till's drawer."""
    return f"{DRAWER}:{till}"


def balanced(postings: Iterable[Posting]) -> bool:
    """Whether every currency sums to zero."""
    sums: dict[str, int] = {}
    for posting in postings:
        sums[posting.amount.currency] = sums.get(posting.amount.currency, 0) + posting.amount.minor
    return not any(sums.values())


def entry(*sides: tuple[str, Money]) -> tuple[Posting, ...]:
    """A balanced entry, sides of nothing left out. Raises ValueError when it does not balance."""
    postings = tuple(Posting(account, amount) for account, amount in sides if amount)
    if not balanced(postings):
        raise ValueError(f"entry does not balance: {sides}")
    return postings


def moved(source: str, target: str, amount: Money) -> tuple[Posting, ...]:
    """`amount` from one account to another."""
    return entry((target, amount), (source, -amount))
