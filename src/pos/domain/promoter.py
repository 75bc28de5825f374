"""Promoters: whose shows the house sells tickets for, and what was agreed with them.

Of the gross price of their tickets the promoter gets what is left of the tax in it, the house's commission and a
share of what cards cost. A commission is a percentage by the channel of a sale (`counter`, `web`) or its outlet (a
till's id), whichever is nearer: the outlet's, else the channel's, else the agreement's own. Percentages are in basis
points (500 = 5 %), each sum is rounded half up to the minor unit, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pos.domain.money import Money, round_half_up, total
from pos.domain.price import tax_basis_points

CYCLES: Final = ("run", "month", "week", "day")
_ADVANCE: Final = frozenset({"at", "amount", "note"})


@dataclass(frozen=True, slots=True)
class Promoter:
    """`fees_too`: fees that were charged or kept with their tickets are theirs, else the house's. `advances` are what
    they have had already. `cycle` says how often it is settled: at the end of the run, or each month, week or day."""

    id: str
    name: str
    commission: int = 0
    channels: Mapping[str, int] = field(default_factory=dict)
    outlets: Mapping[str, int] = field(default_factory=dict)
    card_cost: int = 0
    fees_too: bool = False
    advances: tuple[Money, ...] = ()
    cycle: str = CYCLES[0]

    @classmethod
    def parse(cls, doc: Mapping[str, Any], currency: str) -> Promoter:
        """Read the document of a `[[promoter]]` table. Raises ValueError naming the key."""
        for key, words in (("cycle", CYCLES), ("fees", ("house", "promoter"))):
            if doc.get(key, words[0]) not in words:
                raise ValueError(f"{key}: {doc[key]!r} is none of {', '.join(words)}")
        return cls(
            doc["id"],
            doc.get("name", doc["id"]),
            parse_percent("commission", doc.get("commission", "0")),
            parse_percents("channels", doc.get("channels", {})),
            parse_percents("outlets", doc.get("outlets", {})),
            parse_percent("card_cost", doc.get("card_cost", "0")),
            doc.get("fees") == "promoter",
            tuple(parse_advances(doc.get("advances", []), currency)),
            doc.get("cycle", CYCLES[0]),
        )

    def rate(self, channel: str, outlet: str) -> int:
        """The commission on what was sold there."""
        return self.outlets.get(outlet, self.channels.get(channel, self.commission))

    def advanced(self, currency: str) -> Money:
        return total(list(self.advances), currency)


def part_of(minor: int, basis_points: int) -> int:
    """So much of an amount, rounded half up."""
    return round_half_up(minor * basis_points, 10_000)


def parse_percent(key: str, text: object) -> int:
    """ "12.5%" or "12.5" -> 1250 basis points. Raises ValueError."""
    try:
        return tax_basis_points(text.removesuffix("%") if isinstance(text, str) else text)
    except ValueError as error:
        raise ValueError(f"{key}: {text!r} is not a percentage from 0 to 100".removeprefix(": ")) from error


def parse_percents(key: str, table: object) -> dict[str, int]:
    """A table of percentages by name. Raises ValueError."""
    if not isinstance(table, Mapping):
        raise ValueError(f"{key}: {table!r} must be a table".removeprefix(": "))
    return {str(name): parse_percent(f"{key}.{name}".lstrip("."), text) for name, text in table.items()}


def parse_advances(listed: object, currency: str) -> list[Money]:
    """What was paid in advance: tables with `at` and `amount`. Raises ValueError."""
    if not isinstance(listed, list):
        raise ValueError(f"advances: {listed!r} must be a list")
    found: list[Money] = []
    for at, one in enumerate(listed):
        if not isinstance(one, Mapping) or not {"at", "amount"} <= one.keys() <= _ADVANCE:
            raise ValueError(f"advances[{at}]: must have at and amount, and may have a note")
        try:
            amount = Money.parse(one["amount"], currency)
        except ValueError as error:
            raise ValueError(f"advances[{at}].amount: {error}") from error
        if amount.minor <= 0:
            raise ValueError(f"advances[{at}].amount: must be more than nothing")
        found.append(amount)
    return found
