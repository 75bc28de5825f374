"""Money: whole minor units, exact or refused."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.money import Money, digits, round_cash, round_half_up, tax_included, total

CURRENCIES = st.sampled_from(["EUR", "CHF", "HUF", "VND", "TND"])
MINORS = st.integers(-(10**12), 10**12)


def eur(text: str) -> Money:
    return Money.parse(text, "EUR")


@given(MINORS, CURRENCIES)
def test_what_is_written_is_read(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.parse(str(money), currency) == money
    assert money.decimal == Decimal(str(money))


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("58", "EUR", 5800),
        ("58.5", "EUR", 5850),
        ("-0.05", "EUR", -5),
        ("58.500", "EUR", 5850),
        ("12000", "VND", 12000),
        ("12000.00", "VND", 12000),
        ("1.234", "TND", 1234),
        ("5.00", "HUF", 500),
    ],
)
def test_amounts_are_read_by_their_currency(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    ["", " ", "58,00", "1e3", "+5", "5.", ".5", "--5", "58.001", " 58", "58\n", "NaN", "0x10", "٥٨", "1" * 16, 58,
     58.0, None, True, ["58"]],
)  # fmt: skip
def test_anything_else_is_an_error_and_never_zero(text: object) -> None:
    with pytest.raises(ValueError, match=r"is not an amount|decimals"):
        Money.parse(text, "EUR")


@given(MINORS, MINORS, st.integers(-1000, 1000))
def test_arithmetic_is_that_of_whole_numbers(a: int, b: int, count: int) -> None:
    x, y = Money(a, "EUR"), Money(b, "EUR")
    assert (x + y).minor == a + b
    assert (x - y) + y == x
    assert -x + x == Money.zero("EUR")
    assert (x * count).minor == a * count
    assert (x < y) == (a < b)
    assert (x >= y) == (a >= b)
    assert bool(x) == bool(a)
    assert total([x, y, y], "EUR").minor == a + b + b


def test_the_sum_of_nothing_is_nothing() -> None:
    assert total([], "VND") == Money(0, "VND")


def test_two_currencies_never_mix() -> None:
    for mix in (lambda: eur("1") + Money(1, "CHF"), lambda: eur("1") < Money(1, "CHF"), lambda: eur("1") + 1):
        with pytest.raises(TypeError):
            mix()
    with pytest.raises(TypeError):
        eur("1") * 1.5  # type: ignore[operator]
    assert Money(0, "EUR") != Money(0, "CHF")


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_a_half_goes_away_from_zero(numerator: int, denominator: int) -> None:
    exact = Decimal(numerator) / Decimal(denominator)
    assert round_half_up(numerator, denominator) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def test_a_denominator_is_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        round_half_up(1, 0)


@pytest.mark.parametrize(
    ("amount", "step", "rounded"),
    [("1.02", "0.05", "1.00"), ("1.03", "0.05", "1.05"), ("58.97", "0.05", "58.95"), ("-1.03", "0.05", "-1.05"),
     ("1.99", "0.01", "1.99"), ("1.05", "0.10", "1.10")],
)  # fmt: skip
def test_cash_goes_to_the_nearest_coin(amount: str, step: str, rounded: str) -> None:
    assert round_cash(eur(amount), eur(step)) == eur(rounded)


def test_forint_goes_to_five() -> None:
    step = Money.parse("5", "HUF")
    assert [str(round_cash(Money.parse(t, "HUF"), step)) for t in ("1232", "1233", "1237.50")] == [
        "1230.00", "1235.00", "1240.00",
    ]  # fmt: skip


@given(MINORS, st.sampled_from([1, 5, 10, 50, 500]))
def test_rounding_to_coins_moves_by_at_most_half_a_coin_and_mirrors(minor: int, coin: int) -> None:
    amount, step = Money(minor, "EUR"), Money(coin, "EUR")
    rounded = round_cash(amount, step)
    assert rounded.minor % coin == 0
    assert abs(rounded.minor - minor) * 2 <= coin
    assert round_cash(-amount, step) == -rounded
    assert round_cash(rounded, step) == rounded


@pytest.mark.parametrize(("gross", "rate", "tax"), [("58.00", 1000, "5.27"), ("12.00", 2000, "2.00"), ("1", 0, "0")])
def test_tax_is_inside_the_price(gross: str, rate: int, tax: str) -> None:
    assert tax_included(eur(gross), rate) == eur(tax)


@given(st.integers(0, 10**9), st.integers(0, 10_000))
def test_tax_is_never_more_than_its_share(minor: int, rate: int) -> None:
    tax = tax_included(Money(minor, "EUR"), rate).minor
    assert abs(tax * (10_000 + rate) - minor * rate) * 2 <= 10_000 + rate


def test_digits_by_currency() -> None:
    assert [digits(currency) for currency in ("EUR", "VND", "TND", "SEK")] == [2, 0, 3, 2]
