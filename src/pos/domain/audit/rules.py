"""The rules by which what cashiers do is looked at, and the thresholds over which somebody is told.

A rule counts something of a person (or of a cashier and the supervisor who approves) within a window: a
business day, or a month. It fires when there are at least `least` of them and, for a rate, when they are more
than `percent` of what they are counted against. `[[anomaly]]` in a season file changes a rule's thresholds,
names its owner and an address, or turns it off; a rule that is not mentioned has the defaults below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pos.domain.audit.tally import Tally
from pos.domain.money import Money

DAY, MONTH = "day", "month"


@dataclass(frozen=True, slots=True)
class Rule:
    """`hits` and `of` name counts of a tally; `of` is "" for a rule without a rate.

    `percent` is a rate in basis points; `minor`, where set, is an amount of over/short of the window that makes
    the rule fire however few shifts it came from. `minutes` is for the rule of refunds soon after the sale.
    """

    id: str
    hits: str
    of: str = ""
    least: int = 1
    percent: int = 0
    minor: int | None = None
    minutes: int = 0
    window: str = DAY
    pair: bool = False
    owner: str = ""
    notify: str = ""
    off: bool = False

    def fired(self, tally: Tally) -> dict[str, int] | None:
        """The figures by which it fires; None when it does not."""
        hits, of = tally.count(self.hits), tally.count(self.of) if self.of else 0
        figures = {"hits": hits} | ({"of": of} if self.of else {})
        if self.id == CASH_DIFFERENCE:
            figures["minor"] = tally.count("over_short")
            if hits and self.minor is not None and abs(figures["minor"]) >= self.minor:
                return figures
        if hits < self.least or (self.of and hits * 10_000 <= self.percent * of):
            return None
        return figures

    def thresholds(self, currency: str) -> dict[str, Any]:
        """What it fires at, as a document tells it."""
        told: dict[str, Any] = {"least": self.least, "window": self.window}
        if self.of:
            told["percent"] = f"{self.percent / 100:g}"
        if self.minutes:
            told["minutes"] = self.minutes
        if self.minor is not None:
            told["amount"] = str(Money(self.minor, currency))
        return told


CASH_DIFFERENCE: Final = "cash_difference"
FAST_REFUND: Final = "fast_refund"
_DEFAULTS: Final = (
    Rule("refund_rate", "refunds", "tickets", least=5, percent=1000),
    Rule("no_sale", "no_sales", least=6),
    Rule("void_after_print", "printed_voids", least=3),
    Rule("one_pair", "approvals", least=6, pair=True),
    Rule(CASH_DIFFERENCE, "differing_shifts", least=3, window=MONTH),
    Rule("outside_hours", "outside_hours", least=1),
    Rule("reprint_rate", "copies", "tickets", least=5, percent=1000),
    Rule("price_override", "overrides", least=5),
    Rule(FAST_REFUND, "fast_refunds", least=2, minutes=10),
)
RULES: Final = {rule.id: rule for rule in _DEFAULTS}


def read_rules(documents: Mapping[str, Mapping[str, Any]], currency: str) -> dict[str, Rule]:
    """The rules in force: the defaults, and what `[[anomaly]]` documents change of them.

    Raises ValueError for thresholds that cannot be read.
    """
    return {id: _changed(rule, documents.get(id, {}), currency) for id, rule in RULES.items()}


def _changed(rule: Rule, document: Mapping[str, Any], currency: str) -> Rule:
    changes: dict[str, Any] = {
        key: document[key] for key in ("least", "minutes", "owner", "notify", "off") if key in document
    }
    if "percent" in document:
        changes["percent"] = percent_basis_points(document["percent"])
    if "amount" in document:
        changes["minor"] = Money.parse(document["amount"], currency).minor
    return replace(rule, **changes)


def percent_basis_points(text: object) -> int:
    """ "12.5" -> 1250. Raises ValueError."""
    if not isinstance(text, str):
        raise ValueError(f'{text!r} must be a percentage in quotes, like "10"')
    whole, _, rest = text.partition(".")
    if not (whole.isascii() and whole.isdigit() and (rest == "" or (rest.isdigit() and len(rest) <= 2))):
        raise ValueError(f'{text!r} is not a percentage like "10" or "12.5"')
    found = int(whole) * 100 + int(rest.ljust(2, "0") or "0")
    if not 0 <= found <= 10_000:
        raise ValueError(f"{text!r} is not between 0 and 100")
    return found
