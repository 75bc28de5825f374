"""Arithmetic of the cash keys: what is owed, round amounts to offer, slips worth a warning."""

from __future__ import annotations

from typing import Final

from pos.domain.money import Money, digits, round_cash

# Notes and large coins a customer hands over, in major units. A venue may name its own.
_NOTES: Final[dict[str, tuple[str, ...]]] = {
    "EUR": ("5", "10", "20", "50", "100", "200"),
    "CHF": ("10", "20", "50", "100", "200"),
    "GBP": ("5", "10", "20", "50"),
    "HUF": ("500", "1000", "2000", "5000", "10000", "20000"),
    "PLN": ("10", "20", "50", "100", "200", "500"),
    "TWD": ("100", "500", "1000", "2000"),
    "UAH": ("20", "50", "100", "200", "500", "1000"),
    "USD": ("1", "5", "10", "20", "50", "100"),
    "VND": ("10000", "20000", "50000", "100000", "200000", "500000"),
}
_OTHERWISE: Final = ("5", "10", "20", "50", "100", "200")
_IMPLAUSIBLE: Final = 10  # times what is owed: one zero too many


def due_in_cash(total: Money, coin: str) -> Money:
    """What is owed when it is paid in cash, rounded as the venue rounds."""
    return round_cash(total, Money.parse(coin, total.currency))


def quick_amounts(due: Money, denominations: tuple[str, ...] = (), count: int = 3) -> list[Money]:
    """The round amounts a customer would most likely hand over: `due` rounded up to each note.

    The exact amount is not among them, since Enter alone means exact.
    """
    if due.minor <= 0:
        return []
    named = denominations or _NOTES.get(due.currency, _OTHERWISE)
    notes = sorted(Money.parse(note, due.currency).minor for note in named)
    notes = [note for note in notes if note >= 5 * 10 ** digits(due.currency)] or notes
    rounded = {-(-due.minor // note) * note for note in notes}
    return [Money(minor, due.currency) for minor in sorted(rounded) if minor > due.minor][:count]


def implausible(due: Money, given: Money) -> bool:
    """Ten times what is owed is more likely a slip than a banknote."""
    return due.minor > 0 and given.minor >= _IMPLAUSIBLE * due.minor
