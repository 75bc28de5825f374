"""The coins and notes that a drawer is counted by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pos.domain.money import Money, digits

# As they lie in a drawer, in major units. A venue may name its own ([venue] denominations).
_USUAL: Final[dict[str, tuple[str, ...]]] = {
    "EUR": ("200", "100", "50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10", "0.05", "0.02", "0.01"),
    "CHF": ("200", "100", "50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10", "0.05"),
    "GBP": ("50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10", "0.05", "0.02", "0.01"),
    "HUF": ("20000", "10000", "5000", "2000", "1000", "500", "200", "100", "50", "20", "10", "5"),
    "TWD": ("2000", "1000", "500", "200", "100", "50", "20", "10", "5", "1"),
    "UAH": ("1000", "500", "200", "100", "50", "20", "10", "5", "2", "1", "0.50", "0.10"),
    "USD": ("100", "50", "20", "10", "5", "2", "1", "0.50", "0.25", "0.10", "0.05", "0.01"),
    "VND": ("500000", "200000", "100000", "50000", "20000", "10000", "5000", "2000", "1000"),
    "JPY": ("10000", "5000", "2000", "1000", "500", "100", "50", "10", "5", "1"),
}
_OTHERWISE: Final = ("100", "50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10", "0.05", "0.01")


def denominations(currency: str, named: Iterable[str] = ()) -> tuple[Money, ...]:
    """Largest first: those that the venue has `named`, else the usual ones of the currency.

    Raises ValueError for one that the currency cannot express."""
    wanted = tuple(named) or _USUAL.get(currency, ())
    if not wanted:
        wanted = tuple(piece for piece in _OTHERWISE if digits(currency) or not piece.startswith("0."))
    return tuple(sorted({Money.parse(piece, currency) for piece in wanted}, key=lambda one: one.minor, reverse=True))
