"""Terms: until when a ticket may be refunded or exchanged, and at what fee.

The terms in force at the sale are fixed on the ticket by value, since the buyer
was told those and no others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pos.domain.money import Money, round_half_up

_DURATION = re.compile(r"(\d{1,5})\s*(m|min|h|d)")
_UNIT = {"m": timedelta(minutes=1), "min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def parse_until(text: object) -> timedelta | bool | None:
    """ "24h" before the start -> timedelta; "always" -> True; "never" -> False. ValueError else."""
    if text in ("always", "never"):
        return text == "always"
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f'{text!r} is neither a time before the start like "24h" nor "never" nor "always"')
    return int(match[1]) * _UNIT[match[2]]


def parse_fee(text: object, currency: str) -> int | Money:
    """ "10%" -> basis points (1000); "2.50" -> Money. ValueError on anything else."""
    if isinstance(text, str) and text.endswith("%"):
        basis = Money.parse(text[:-1].strip(), "EUR").minor
        if not 0 <= basis <= 10_000:
            raise ValueError(f"{text!r} is not between 0 % and 100 %")
        return basis
    fee = Money.parse(text, currency)
    if fee.minor < 0:
        raise ValueError(f"{text!r} is negative")
    return fee


@dataclass(frozen=True, slots=True)
class Rule:
    """One side of the terms: allowed until so long before the start, at a fee per ticket."""

    until: timedelta | bool | None
    fee: int | Money

    def deadline(self, starts: datetime) -> datetime | None:
        """The last moment, or None when there is none (always, or never)."""
        return starts - self.until if isinstance(self.until, timedelta) else None

    def allowed(self, starts: datetime, now: datetime) -> bool:
        if isinstance(self.until, timedelta):
            return now <= starts - self.until
        return bool(self.until)

    def fee_on(self, price: Money) -> Money:
        """The fee for one ticket; a percentage rounds half up."""
        if isinstance(self.fee, Money):
            return self.fee
        return Money(round_half_up(price.minor * self.fee, 10_000), price.currency)


@dataclass(frozen=True, slots=True)
class Terms:
    """A named set of terms. `source` is the document that goes onto the ticket by value."""

    id: str
    refund: Rule
    exchange: Rule
    source: dict[str, Any]

    @classmethod
    def parse(cls, source: dict[str, Any], currency: str) -> Terms:
        """Read the document of a `[[terms]]` table. Raises ValueError; missing means never and no fee."""

        def rule(side: str) -> Rule:
            until, fee = source.get(f"{side}_until", "never"), source.get(f"{side}_fee", "0%")
            return Rule(parse_until(until), parse_fee(fee, currency))

        return cls(str(source["id"]), rule("refund"), rule("exchange"), source)
