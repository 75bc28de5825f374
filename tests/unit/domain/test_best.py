"""The best seats: free neighbours where there are any, none left single where it can be avoided, near what the hall
says is best; over rows only when told; wheelchairs with their companions."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pos.data import resource
from pos.domain.best import Field, Taste, most_together, nature_of, pairs, split, together
from pos.domain.choice import orphans
from pos.domain.plan import Plan, read_plan
from tests.peers.small_season import hall

PLAN = read_plan(json.dumps(hall()).encode(), "hall.json")
STALLS = [ix for ix in range(24) if PLAN.place_ids[ix] != "A-12"]


def field(gone: set[int], plan: Plan = PLAN, category: str = "Stalls", **more: Any) -> Field:
    return replace(Field.of(plan, category, lambda ix: ix not in gone), **more)


@pytest.fixture(scope="module")
def opera() -> Plan:
    return read_plan(resource("plans", "opera.json").read_bytes(), "opera.json")


def labels(plan: Plan, seats: tuple[int, ...] | list[int]) -> list[str]:
    return [plan.label(ix) for ix in seats]


@settings(max_examples=30)
@given(st.sets(st.integers(0, 23)), st.integers(1, 12))
def test_they_are_free_neighbours_if_there_are_any_and_leave_none_single_if_that_can_be(
    gone: set[int], count: int
) -> None:
    found = together(field(gone), count)
    fits = [
        run[at : at + count]
        for run in PLAN.lines
        for at in range(len(run) - count + 1)
        if all(ix not in gone and ix in STALLS for ix in run[at : at + count])
    ]
    assert (found is None) == (fits == [])
    assert (most_together(field(gone)) >= count) == bool(fits)
    if found is not None:
        assert found.seats in fits
        left = [len(orphans(PLAN, seats, lambda ix: ix not in gone)) for seats in fits]
        assert found.alone == min(left) == len(orphans(PLAN, found.seats, lambda ix: ix not in gone))


@settings(max_examples=30)
@given(st.sets(st.integers(0, 23)), st.integers(1, 23))
def test_over_rows_there_are_as_many_as_are_free(gone: set[int], count: int) -> None:
    found, free = split(field(gone), count), set(STALLS) - gone
    assert (found is None) == (count > len(free))
    if found is not None:
        assert len(found.seats) == len(set(found.seats)) == count
        assert set(found.seats) <= free
        for part in found.parts:
            assert any(part == run[at : at + len(part)] for run in PLAN.lines for at in range(len(run)))


def test_they_are_in_the_middle(opera: Plan) -> None:
    found = together(field(set(), opera, opera.categories[0].name), 2)
    assert found is not None
    own = [ix for ix in range(len(opera)) if opera.category[ix] == 0]
    middle = (min(opera.xs[ix] for ix in own) + max(opera.xs[ix] for ix in own)) / 2
    assert abs((opera.xs[found.seats[0]] + opera.xs[found.seats[1]]) / 2 - middle) < 60


def row_of(plan: Plan, taste: Taste) -> str:
    found = together(field(set(), plan, "Stalls", taste=taste), 2)
    assert found is not None
    return plan.rows[plan.row[found.seats[0]]].label


def test_a_hall_says_where_its_best_row_is(opera: Plan) -> None:
    rows = [opera.rows[opera.row[ix]].label for ix in range(len(opera)) if opera.category[ix] == 1]
    assert row_of(opera, Taste(front=1.0)) == min(rows)
    assert row_of(opera, Taste(front=0.0)) == max(rows)
    assert min(rows) < row_of(opera, Taste()) < max(rows)


def test_a_hall_says_what_the_middle_is_worth() -> None:
    """With the middle of the best row gone: to its side, or a row behind."""
    plan = read_plan(json.dumps(hall(3, 24)).encode(), "hall.json")
    gone = {plan.index[f"B-{n}"] for n in range(9, 17)}
    near = together(field(gone, plan, taste=Taste(0.5, 2.0)), 2)
    wide = together(field(gone, plan, taste=Taste(0.5, 0.1)), 2)
    assert near is not None
    assert wide is not None
    assert {plan.rows[plan.row[ix]].label for ix in near.seats} != {"B"}
    assert {plan.rows[plan.row[ix]].label for ix in wide.seats} == {"B"}


def test_the_next_best_leaves_what_was_offered_alone(opera: Plan) -> None:
    seen: set[int] = set()
    unseen = replace(field(set(), opera), free=lambda ix: ix not in seen)
    for _ in range(5):
        found = together(unseen, 3)
        assert found is not None
        assert found.alone == 0
        assert not seen & set(found.seats)
        seen |= set(found.seats)


def test_nobody_is_put_alone_where_a_neighbour_can_be_spared() -> None:
    gone = {PLAN.index[f"{row}-{n}"] for row in "AB" for n in range(5, 13)}
    found = split(field(gone), 5)
    assert found is not None
    assert sorted(map(len, found.parts)) == [2, 3]
    assert together(field(gone), 5) is None


def test_parts_are_close_to_each_other(opera: Plan) -> None:
    found = split(field(set(range(0, len(opera), 7)), opera, "Stalls"), 12)
    assert found is not None
    rows = sorted({opera.row[ix] for ix in found.seats})
    assert rows[-1] - rows[0] <= 3


def test_nothing_fits_nothing() -> None:
    for ask in (together, split):
        assert ask(field(set(), category="Balcony"), 2) is None
        assert ask(field(set()), 0) is None
    assert together(field(set()), 13) is None
    assert split(field(set()), 24) is None


def companions(opera: Plan, free: Callable[[int], bool], count: int) -> list[tuple[int, int]] | None:
    names = {category.name: c for c, category in enumerate(opera.categories)}
    return pairs(Field.of(opera, "Wheelchair", free), {names["Wheelchair"]: names["Companion"]}, count)


def test_a_wheelchair_comes_with_the_nearest_companion(opera: Plan) -> None:
    found = companions(opera, lambda ix: True, 2)
    assert found is not None
    others = [ix for ix in range(len(opera)) if opera.category_of(opera.place_ids[ix]) == "Companion"]
    (chair, mate), (other_chair, other_mate) = found
    assert len({chair, mate, other_chair, other_mate}) == 4
    assert opera.category_of(opera.place_ids[chair]) == "Wheelchair"

    def apart(ix: int) -> float:
        return math.hypot(opera.xs[ix] - opera.xs[chair], opera.ys[ix] - opera.ys[chair])

    assert apart(mate) == min(map(apart, others))


def test_a_companion_further_away_is_better_than_none(opera: Plan) -> None:
    first = companions(opera, lambda ix: True, 1)
    assert first is not None
    chair = first[0][0]
    mates = [ix for ix in range(len(opera)) if opera.category_of(opera.place_ids[ix]) == "Companion"]
    farthest = max(mates, key=lambda ix: math.hypot(opera.xs[ix] - opera.xs[chair], opera.ys[ix] - opera.ys[chair]))
    assert companions(opera, {chair, farthest}.__contains__, 1) == [(chair, farthest)]
    assert companions(opera, {chair, *mates}.__contains__, 2) is None


@pytest.mark.parametrize(
    ("category", "nature"),
    [
        ("Stalls", ""),
        ("Restricted view", "restricted"),
        ("Wheelchair", "access"),
        ("Rollstuhl", "access"),
        ("Sichtbehindert", "restricted"),
    ],
)
def test_what_a_category_is(category: str, nature: str) -> None:
    assert nature_of(category, ["Rollstuhl"], ["Sichtbehindert"]) == nature
