"""How many rights pass between tills: never more than lacks, never below the low-water mark, never back and forth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.allotment import is_low, low_water, to_pass, worth_a_passing

COUNTS = st.integers(0, 200)


@given(held=COUNTS, lacking=COUNTS, other=COUNTS, ceiling=st.integers(1, 200))
def test_a_till_gives_only_what_it_can_do_without(held: int, lacking: int, other: int, ceiling: int) -> None:
    count = to_pass(held, lacking, other, ceiling)
    assert 0 <= count <= lacking
    if count:
        assert held - count >= low_water(ceiling)
        assert held - count >= other + count, "it would be asked for them back"


@given(total=st.integers(0, 80), ceiling=st.integers(1, 40))
def test_two_tills_come_to_rest(total: int, ceiling: int) -> None:
    """Whoever is low asks; after at most one passing each, nobody is asked any more."""
    hands = [total, 0]
    for _ in range(2):
        for me in (0, 1):
            if is_low(hands[me], ceiling):
                count = to_pass(hands[1 - me], ceiling - hands[me], hands[me], ceiling)
                hands = [hand + count if at == me else hand - count for at, hand in enumerate(hands)]
    settled = list(hands)
    for me in (0, 1):
        if is_low(hands[me], ceiling):
            assert to_pass(hands[1 - me], ceiling - hands[me], hands[me], ceiling) == 0
    assert hands == settled


@pytest.mark.parametrize(
    ("held", "lacking", "other", "ceiling", "count"),
    [
        (40, 40, 0, 40, 20),  # both come out even
        (30, 25, 15, 40, 7),
        (22, 21, 19, 40, 0),  # nearly even already: not worth it
        (20, 40, 0, 40, 0),  # at its own low-water mark
        (60, 10, 0, 40, 10),  # no more than lacks
        (3, 1, 0, 2, 1),
    ],
)
def test_what_passes(held: int, lacking: int, other: int, ceiling: int, count: int) -> None:
    assert to_pass(held, lacking, other, ceiling) == count


@pytest.mark.parametrize(("ceiling", "least"), [(1, 1), (8, 1), (16, 2), (40, 5)])
def test_fewer_than_an_eighth_are_not_worth_a_passing(ceiling: int, least: int) -> None:
    assert worth_a_passing(ceiling) == least
