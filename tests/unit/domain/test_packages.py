"""Packages: shares that add up to the cent, whatever comes back, and what a pass is good for."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.packages import Package, package_of, spread

NOW = datetime.fromisoformat("2027-03-01T18:00:00+01:00")
DOC = {"id": "flex-3", "kind": "pass", "price": "100.00", "count": 3, "shows": ["aida"], "price_types": ["adult"],
       "valid_until": "2027-06-30T23:59:59+02:00", "refund_fee": "10%"}  # fmt: skip
FLEX = Package.read(DOC, "EUR")


def test_a_code_tells_its_package() -> None:
    assert package_of("flex-3-AB2C") == "flex-3"
    assert package_of("nothing") == ""


@settings(max_examples=30)
@given(st.integers(1, 10**7), st.integers(1, 200))
def test_an_amount_is_spread_to_the_cent(minor: int, parts: int) -> None:
    found = [money.minor for money in spread(Money(minor, "EUR"), parts)]
    assert sum(found) == minor
    assert max(found) - min(found) <= 1


@settings(max_examples=30)
@given(st.integers(1000, 10**6), st.integers(1, 40), st.data())
def test_visits_one_by_one_use_the_price_up(minor: int, count: int, data: st.DataObject) -> None:
    pack = Package.read(DOC | {"price": str(Money(minor, "EUR")), "count": count}, "EUR")
    left, taken = pack.price, []
    for used in range(count):
        assert pack.visits(left) == count - used
        share = pack.shares(left, 1)[0]
        left -= share
        if data.draw(st.booleans()):  # given back whole, and used again
            left += share
            assert pack.visits(left) == count - used
            left -= pack.shares(left, 1)[0]
            share = pack.price - left - Money(sum(taken), "EUR")
        taken.append(share.minor)
    assert left.minor == 0
    assert sum(taken) == minor


def test_it_is_good_for_what_it_says_and_no_more() -> None:
    FLEX.check("aida", "Stalls", "adult", NOW)
    for show, price_type, now, code in (
        ("tosca", "adult", NOW, "not_allowed"),
        ("aida", "child", NOW, "not_allowed"),
        ("aida", "adult", NOW + timedelta(days=365), "outside_terms"),
    ):
        with pytest.raises(Refused) as refused:
            FLEX.check(show, "Stalls", price_type, now)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        FLEX.shares(Money(10000, "EUR"), 4)
    assert (refused.value.code, refused.value.fields["limit"]) == ("limit_exceeded", 3)


def test_a_rest_is_paid_back_less_the_fee() -> None:
    assert FLEX.back(Money(6667, "EUR"), waived=False) == Money(667, "EUR")
    assert FLEX.back(Money(6667, "EUR"), waived=True) == Money(0, "EUR")
