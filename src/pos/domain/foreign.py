"""Foreign cash: taken at the season's set rate; change is given in the house's own money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pos.domain.money import Money, digits, round_cash, round_half_up

_MOST_DECIMALS = 9


def parse_rate(text: object) -> Decimal:
    """What one unit of a currency is worth in the house's ("0.92"). Raises ValueError."""
    try:
        rate = Decimal(text) if isinstance(text, str) else Decimal("NaN")
    except InvalidOperation:
        rate = Decimal("NaN")
    exponent = rate.as_tuple().exponent
    if not isinstance(exponent, int) or rate <= 0 or -exponent > _MOST_DECIMALS or exponent > 0:
        raise ValueError(f'{text!r} is not a rate like "0.92"')
    return rate


@dataclass(frozen=True, slots=True)
class ForeignCash:
    """A currency that the venue takes. `rate`: units of the house's currency for one of it."""

    code: str
    rate: Decimal
    rounding: Money  # what it is worth is rounded to a multiple of this, half up

    @classmethod
    def parse(cls, body: dict[str, Any], currency: str) -> ForeignCash:
        """Read the document of a `[[currency]]` table. Raises ValueError or KeyError."""
        rounding = body.get("rounding")
        step = Money(1, currency) if rounding is None else Money.parse(rounding, currency)
        return cls(body["code"], parse_rate(body["rate"]), step)

    def worth(self, foreign: Money) -> Money:
        """What so much of it is worth in the house's currency."""
        house = self.rounding.currency
        exact = foreign.decimal * self.rate * 10 ** digits(house)
        numerator, denominator = exact.as_integer_ratio()
        return round_cash(Money(round_half_up(numerator, denominator), house), self.rounding)
