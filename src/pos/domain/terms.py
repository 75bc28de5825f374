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


def parse_until(text: object) -> timedelta | bool:
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
class Step:
    """Allowed until so long before the start, at this fee per ticket (Money, or basis points of the price)."""

    until: timedelta | bool
    fee: int | Money

    def deadline(self, starts: datetime) -> datetime | None:
        """The last moment, or None when there is none (always, or never)."""
        return starts - self.until if isinstance(self.until, timedelta) else None

    def open(self, starts: datetime, now: datetime) -> bool:
        deadline = self.deadline(starts)
        return bool(self.until) if deadline is None else now <= deadline

    @property
    def fee_text(self) -> str:
        """As the season file writes it: "10%" or "2.50"."""
        return str(self.fee) if isinstance(self.fee, Money) else f"{self.fee / 100:g}%"

    def fee_on(self, price: Money) -> Money:
        """The fee for one ticket, never more than its price; a percentage rounds half up."""
        if isinstance(self.fee, Money):
            return min(self.fee, price)
        return Money(round_half_up(price.minor * self.fee, 10_000), price.currency)


@dataclass(frozen=True, slots=True)
class Rule:
    """One side of the terms: steps in the order of their deadlines, each with its fee."""

    steps: tuple[Step, ...]

    @property
    def never(self) -> bool:
        return all(step.until is False for step in self.steps)

    def in_force(self, starts: datetime, now: datetime) -> Step | None:
        """The step in force, None when it is too late (or was never allowed)."""
        return next((step for step in self.steps if step.open(starts, now)), None)

    def allowed(self, starts: datetime, now: datetime) -> bool:
        return self.in_force(starts, now) is not None

    def deadline(self, starts: datetime) -> datetime | None:
        """The last moment of all, or None when there is none (always, or never)."""
        return self.steps[-1].deadline(starts)


def _rule(source: dict[str, Any], side: str, currency: str) -> Rule:
    """The short form (`refund_until`, `refund_fee`), or `refund = [{until, fee}, …]`. Missing means never."""
    listed = source.get(side)
    if listed is None:
        listed = [{"until": source.get(f"{side}_until", "never"), "fee": source.get(f"{side}_fee", "0%")}]
    if not isinstance(listed, list) or not listed or not all(isinstance(item, dict) for item in listed):
        raise ValueError(f'{side}: must be a list of steps like {{until = "48h", fee = "10%"}}')
    steps = [Step(parse_until(item.get("until")), parse_fee(item.get("fee", "0%"), currency)) for item in listed]
    return Rule(tuple(sorted(steps, key=_latest_last)))


def _latest_last(step: Step) -> timedelta:
    if isinstance(step.until, timedelta):
        return -step.until
    return timedelta.max if step.until else timedelta.min


@dataclass(frozen=True, slots=True)
class Terms:
    """A named set of terms. `source` is the document that goes onto the ticket by value."""

    id: str
    refund: Rule
    exchange: Rule
    source: dict[str, Any]
    rename: Rule = Rule((Step(True, 0),))  # made out to somebody else: always, unless the terms say until when

    @classmethod
    def parse(cls, source: dict[str, Any], currency: str) -> Terms:
        """Read the document of a `[[terms]]` table. Raises ValueError; {} means never."""
        refund, exchange = (_rule(source, side, currency) for side in ("refund", "exchange"))
        rename = Rule((Step(parse_until(source.get("rename_until", "always")), 0),))
        return cls(str(source.get("id", "")), refund, exchange, source, rename)
