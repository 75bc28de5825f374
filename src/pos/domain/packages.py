"""Packages: several visits sold as one, at one price. The laws:

* A *pass* is good for `count` visits of the buyer's choice. It is a purse (`pos.domain.purse`): its code is one
  of those that the office made beforehand, blank; selling it puts its price on it, and its token is the right to
  use it. So it works offline at whichever window holds it, and nowhere twice.
* A visit is a ticket that costs its share of what is left: what is left divided by the visits left, the last one
  taking the rest. So the shares add up to the price to the cent, and what a fee has kept of a ticket that came back
  is spread over the visits to come. Revenue, and tax at the ticket's own rate, are the show's with each visit;
  until then the money is owed to the holder.
* A *series* is a ticket for each of its shows. It is sold whole, its price spread over them the same way; each
  ticket then goes by its own terms.
* What is left of a pass is paid back by its own rule: less `refund_fee`, and not without a supervisor where there
  is no such rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.terms import Step, parse_fee

KIND: Final = "package"  # of the purses, the tenders and the articles
PASS, SERIES = "pass", "series"
Names = dict[str, str]


@dataclass(frozen=True, slots=True)
class Package:
    """`shows`, `categories` and `price_types` it is good for, all of them when empty; `count` visits of a pass."""

    id: str
    names: Names
    kind: str
    price: Money
    count: int
    shows: tuple[str, ...]
    categories: tuple[str, ...]
    price_types: tuple[str, ...]
    valid_until: datetime | None
    refund_fee: Step | None

    @classmethod
    def read(cls, doc: dict[str, Any], currency: str) -> Package:
        """Raises ValueError or KeyError."""
        price, shows = Money.parse(doc["price"], currency), tuple(doc.get("shows", ()))
        until = doc.get("valid_until")
        fee = parse_fee(doc["refund_fee"], currency) if "refund_fee" in doc else None
        return cls(
            doc["id"], doc.get("name", {}), doc.get("kind", PASS), price, int(doc.get("count", len(shows))), shows,
            tuple(doc.get("categories", ())), tuple(doc.get("price_types", ())),
            datetime.fromisoformat(until) if until else None,
            Step(True, fee) if fee is not None else None,
        )  # fmt: skip

    def visits(self, left: Money) -> int:
        """The visits left on a pass with so much on it: the nearest whole number of shares."""
        if left.minor <= 0 or self.price.minor <= 0:
            return 0
        return min(self.count, (2 * left.minor * self.count + self.price.minor) // (2 * self.price.minor))

    def shares(self, left: Money, wanted: int) -> list[Money]:
        """What each of the next visits costs. Raises Refused("limit_exceeded")."""
        visits = self.visits(left)
        if wanted > visits:
            raise Refused("limit_exceeded", what=KIND, asked=wanted, limit=visits, package=self.id)
        return spread(left, visits)[:wanted]

    def check(self, show: str, category: str, price_type: str, now: datetime) -> None:
        """Whether a place may be visited on it. Raises Refused("outside_terms" | "not_allowed")."""
        if self.valid_until is not None and now > self.valid_until:
            raise Refused("outside_terms", until=self.valid_until.isoformat(), package=self.id)
        for what, value, good in (
            ("show", show, self.shows), ("category", category, self.categories),
            ("price_type", price_type, self.price_types),
        ):  # fmt: skip
            if good and value not in good:
                reason = f"this package is not good for {what.replace('_', ' ')} {value}"
                raise Refused("not_allowed", what=KIND, package=self.id, reason=reason, **{what: value})

    def back(self, left: Money, waived: bool) -> Money:
        """What is kept of it when the rest of a pass is paid back."""
        if self.refund_fee is None or waived:
            return Money.zero(left.currency)
        return min(self.refund_fee.fee_on(left), left, key=lambda money: money.minor)


def spread(amount: Money, parts: int) -> list[Money]:
    """An amount in so many parts, as even as can be, which add up to it."""
    found: list[Money] = []
    left = amount.minor
    for more in range(parts, 0, -1):
        part = left // more
        found.append(Money(part, amount.currency))
        left -= part
    return found


def package_of(code: str) -> str:
    """The package that a pass's code is of."""
    return code.rpartition("-")[0]
