"""Purses: vouchers and gift cards, money that a code stands for. The laws:

* The right to spend from a purse is a token under the same rules as a place's: a purse is a place of a
  show that is none (`~voucher`, `~gift_card`), sold, and named by its code. Nobody is told of it: whoever
  shows the code has it asked for, and a till that is cut off spends only from what it holds.
* What is left is the balance of the purse's account. It comes with the grant, and the token goes back
  behind the facts that spent; so its one holder knows it to the cent, and it is never below zero.
* A gift card is spent from in parts. A voucher is redeemed once: what it is worth beyond what is paid
  with it lapses.
* Money goes back to the purse that it came from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.sale import PURSES, Tender

_MARK: Final = "~"  # no show of a season begins with it
OPENING: Final = "purses"  # the account that purses were filled from
LAPSED: Final = "lapsed"  # the account of what vouchers were worth beyond what they paid


def show_of(kind: str) -> str:
    """The show that is none, of which purses of this kind are places."""
    return _MARK + kind


def kind_of(show: str) -> str:
    """The kind of the purses that are places of this show."""
    return show.removeprefix(_MARK)


def is_purse(show: str) -> bool:
    """Whether a place of this show is a purse."""
    return show.startswith(_MARK)


def purse_of(account: str) -> tuple[str, str] | None:
    """(show, code) of the purse whose account this is; None for any other account."""
    kind, _, code = account.partition(":")
    return (show_of(kind), code) if kind in PURSES and code else None


@dataclass(frozen=True, slots=True)
class Purse:
    """A purse in hand. `left` is what can be spent; `valid_until` is for vouchers."""

    kind: str
    code: str
    left: Money
    valid_until: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Its place."""
        return show_of(self.kind), self.code

    def moved(self, tender: Tender, now: datetime) -> tuple[Purse, Tender]:
        """The purse after a tender (negative: paid back to it), and the tender with what is left by value.

        Where a sale is undone, what had lapsed of a voucher comes back, too: the tender says so, negative as well.
        Raises Refused("limit_exceeded" | "outside_terms").
        """
        left = self.left - tender.amount
        told = {"kind": self.kind, "purse": self.code}
        if tender.amount.minor > 0:
            if left.minor < 0:
                raise Refused("limit_exceeded", what=self.kind, amount=str(tender.amount), limit=str(self.left), **told)
            if self.valid_until is not None and now > self.valid_until:
                raise Refused("outside_terms", until=self.valid_until.isoformat(), **told)
        detail = dict(tender.detail)
        if self.kind == "voucher" and tender.amount.minor > 0 and left:
            detail["lapsed"] = str(left)
            left = Money.zero(left.currency)
        elif tender.amount.minor < 0 and "lapsed" in detail:
            left -= Money.parse(detail["lapsed"], left.currency)
        return replace(self, left=left), replace(tender, detail=detail | {"left": str(left)})
