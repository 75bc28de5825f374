"""Amounts as they are typed, key by key."""

from __future__ import annotations

from typing import Final

from pos.domain.money import Money, digits

_LONGEST: Final = 9  # digits before the point


def typed_amount(text: str, currency: str) -> Money | None:
    """The amount in a typed "100" or "12.5"; None while nothing, or nothing complete, is typed."""
    try:
        return Money.parse(text.removesuffix("."), currency)
    except ValueError:
        return None


def type_digit(text: str, digit: str, currency: str) -> str:
    """`text` with one more key typed; a key that would make nonsense changes nothing."""
    places = digits(currency)
    if digit == ".":
        return text if "." in text or places == 0 else (text or "0") + "."
    whole, point, decimals = text.partition(".")
    if point:
        return text + digit if len(decimals) < places else text
    return (whole + digit).lstrip("0")[:_LONGEST] or "0"
