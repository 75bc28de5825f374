"""Parcels by themselves: whatever order their steps come in, they come to the same."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from pos.domain.books import Posting
from pos.domain.facts import Fact, Kind
from pos.domain.money import Money
from pos.domain.parcels import SORTS, Step, after, contradiction, difference, is_settled, step, steps_in

AT = "2027-03-01T18:0{minute}:00.000+01:00"


def taken(number: int, what: str, held: str, *, till: str = "T1", sort: str = "deposit", **more: Any) -> Step:
    return {
        "what": what,
        "fact": f"{till}.1.{number}",
        "till": till,
        "at": AT.format(minute=number),
        "by": "sam",
        "held": {"EUR": held},
        "amount": held.removeprefix("-"),
    } | more


def test_the_order_in_which_steps_come_does_not_matter() -> None:
    steps = [
        taken(1, "made", "110.00"),
        taken(2, "collected", "0.00"),
        taken(3, "credited", "-105.00"),
        taken(4, "explained", "-5.00"),
    ]
    made = []
    for order in itertools.permutations(steps):
        known = None
        for one in order:
            assert contradiction(known, one) == ""
            known = after(known, "deposit:B-1", one)
        assert known is not None
        made.append(known)
    assert all(one == made[0] for one in made)
    assert (made[0]["state"], made[0]["amount"], made[0]["open"]) == ("credited", "110.00", {})
    assert is_settled(made[0])


def test_what_is_left_when_it_has_ended_is_a_difference_and_before_that_it_is_not() -> None:
    made = after(None, "deposit:B-1", taken(1, "made", "110.00"))
    assert (difference(made), is_settled(made)) == ({}, False)
    ended = after(made, "deposit:B-1", taken(3, "credited", "-105.00"))
    assert (difference(ended), is_settled(ended)) == ({"EUR": "5.00"}, False)


@pytest.mark.parametrize("sort", SORTS)
def test_each_phase_is_taken_once(sort: str) -> None:
    rules = SORTS[sort]
    for steps in (rules.begins, rules.passes, rules.ends):
        for first, second in itertools.product(steps, repeat=2):
            known = after(None, f"{sort}:7", taken(1, first, "1.00", receiver="T2"))
            assert contradiction(known, taken(2, second, "1.00", till="T2"))
    known = after(None, f"{sort}:7", taken(1, rules.ends[0], "1.00", till="T2"))
    again = taken(2, "explained", "-1.00")
    assert contradiction(known, again) == contradiction(after(known, f"{sort}:7", again), again) == ""


@pytest.mark.parametrize(
    "told", ["x", [1], [{"sort": "bag", "number": "7"}], [step("bag", "7", "sent")], [step("bag", "a b", "made")]]
)
def test_a_step_that_is_none_is_not_read(told: Any) -> None:
    fact = Fact("T1", 1, 1, "", AT, Kind.BAG_MADE, (), (), {"parcels": told})
    with pytest.raises(ValueError, match="parcel"):
        list(steps_in(fact))


def test_a_step_holds_what_its_postings_leave_on_its_parcel() -> None:
    postings = (
        Posting("deposit_bag:7", Money(-500, "EUR")),
        Posting("courier:7", Money(500, "EUR")),
        Posting("courier:8", Money(100, "EUR")),
    )
    body = {"user": "sam", "second": "beth", "parcels": [step("deposit", "7", "collected", receipt="R", note="")]}
    ((id, found),) = steps_in(Fact("T1", 1, 3, "", AT, Kind.DEPOSIT_COLLECTED, postings, (), body))
    assert (id, found["held"], found["by"], found["second"]) == ("deposit:7", {"EUR": "0.00"}, "sam", "beth")
    assert found["receipt"] == "R"
    assert "note" not in found, "what says nothing is not there"
