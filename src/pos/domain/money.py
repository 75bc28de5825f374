"""Money: a whole number of minor units with its currency. Rounding is named at the call."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering
from typing import Final

# Digits after the point, ISO 4217, where it is not two.
_DIGITS: Final = {
    **dict.fromkeys(("BIF", "CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"), 0),
    **dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 3),
}
_AMOUNT: Final = re.compile(r"(-?)(\d{1,15})(?:\.(\d+))?", re.ASCII)


def digits(currency: str) -> int:
    """How many digits this currency has after the point (EUR 2, VND 0)."""
    return _DIGITS.get(currency, 2)


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units (cents) of `currency` (ISO 4217). Two currencies never mix: TypeError."""

    minor: int
    currency: str

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def parse(cls, text: object, currency: str) -> Money:
        """Read a decimal string such as "58.00". Raises ValueError on anything else.

        A number is refused on purpose: JSON and TOML floats have already lost cents.
        """
        match = _AMOUNT.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise ValueError(f'{text!r} is not an amount like "58.00"')
        sign, whole, fraction = match[1], match[2], match[3] or ""
        places = digits(currency)
        if len(fraction.rstrip("0")) > places:
            raise ValueError(f"{text!r} has more than {places} decimals, which {currency} does not")
        minor = int(whole) * 10**places + int((fraction + "000")[:places] or "0")
        return cls(-minor if sign else minor, currency)

    def __str__(self) -> str:
        """The decimal string of the contracts: "58.00", "-0.50", "12000"."""
        places = digits(self.currency)
        sign, whole = ("-" if self.minor < 0 else ""), abs(self.minor)
        if places == 0:
            return f"{sign}{whole}"
        return f"{sign}{whole // 10**places}.{whole % 10**places:0{places}d}"

    @property
    def decimal(self) -> Decimal:
        """The same amount in major units, for a formatter."""
        return Decimal(self.minor).scaleb(-digits(self.currency))

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money) or other.currency != self.currency:
            raise TypeError(f"{self!r} and {other!r} are not of one currency")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> Money:
        if not isinstance(count, int):
            raise TypeError("money is multiplied by whole numbers only")
        return Money(self.minor * count, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0


def total(amounts: list[Money], currency: str) -> Money:
    """The sum, which for no amounts at all is zero of `currency`."""
    return sum(amounts, Money.zero(currency))


def round_half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator to the nearest whole number; a half goes away from zero."""
    if denominator <= 0:
        raise ValueError("denominator must be positive")
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def round_cash(amount: Money, step: Money) -> Money:
    """To the nearest multiple of the smallest coin (0.05 CHF, 5 HUF); a half goes up.

    Halfway cases go away from zero, so that a payout mirrors the sale.
    """
    coin = amount._same(step)
    if coin <= 1:
        return amount
    return Money(round_half_up(amount.minor, coin) * coin, amount.currency)


def tax_included(amount: Money, rate_basis_points: int) -> Money:
    """The tax inside a gross amount, at a rate in basis points (1000 = 10 %), rounded half up."""
    return Money(round_half_up(amount.minor * rate_basis_points, 10_000 + rate_basis_points), amount.currency)
