"""The numbering of a show's places, and the choice of seats among them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.choice import block, block_of, orphans
from pos.domain.plan import read_plan
from pos.domain.season import Area
from pos.domain.seating import Seating
from tests.peers.small_season import hall

PLAN = read_plan(json.dumps(hall()).encode(), "hall.json")


@given(st.lists(st.integers(0, 6), max_size=4), st.booleans())
def test_places_and_indexes_are_one_to_one(capacities: list[int], with_plan: bool) -> None:
    areas = [Area(f"area {n}", capacity) for n, capacity in enumerate(capacities)]
    seating = Seating(PLAN if with_plan else None, areas)
    assert len(seating) == (24 if with_plan else 0) + sum(capacities)
    places = [seating.place(ix) for ix in range(len(seating))]
    assert len(set(places)) == len(places)
    assert [seating.find(place) for place in places] == list(range(len(seating)))
    for area in areas:
        assert [seating.category(ix) for ix in seating.units(area.id)] == [area.id] * area.capacity
        assert [seating.shown(ix) for ix in seating.units(area.id)] == [area.id] * area.capacity
        assert list(seating.of_category(area.id)) == list(seating.units(area.id))


@pytest.mark.parametrize("place", ["", "Z-1", "Foyer", "Foyer#0", "Foyer#11", "Foyer#x", "Foyer#1#1", "Bar#1", "#1"])
def test_what_is_no_place_is_not_found(place: str) -> None:
    seating = Seating(PLAN, [Area("Foyer", 10)])
    assert seating.find(place) is None
    assert place not in seating


def test_an_index_beyond_the_last_place_is_an_error() -> None:
    seating = Seating(PLAN, [Area("Foyer", 10)])
    assert seating.place(33) == "Foyer#10"
    for ix in (34, -1):
        with pytest.raises(IndexError):
            seating.place(ix)


def test_people_read_labels() -> None:
    seating = Seating(PLAN, [Area("Foyer", 10)])
    assert [seating.label(ix) for ix in (0, 24)] == ["Stalls A 1", "Foyer"]
    assert seating.categories() == ("Stalls", "Wheelchair", "Foyer")
    assert list(seating.of_category("Wheelchair")) == [11]


def taken(*places: str) -> set[int]:
    return {PLAN.index[place] for place in places}


def test_nothing_fits_nothing() -> None:
    assert block(PLAN, "Balcony", 5, lambda ix: True) == []


@given(st.sets(st.integers(0, 23)), st.integers(0, 30), st.floats(0, 1, exclude_max=True))
def test_a_block_is_what_is_free_up_to_its_size(gone: set[int], count: int, part: float) -> None:
    chosen = block(PLAN, "Stalls", count, lambda ix: ix not in gone, part)
    free = set(range(24)) - gone - taken("A-12")
    assert len(set(chosen)) == len(chosen) == min(count, len(free))
    assert set(chosen) <= free


@given(st.sets(st.integers(0, 23)), st.integers(0, 30), st.sampled_from(["Stalls", "Wheelchair", "Balcony"]))
def test_a_block_of_a_hand_is_that_of_a_plan_where_nothing_else_is_free(
    hand: set[int], count: int, category: str
) -> None:
    assert block_of(PLAN, category, count, hand) == block(PLAN, category, count, hand.__contains__)


def test_two_tills_begin_in_different_rows() -> None:
    assert not set(block(PLAN, "Stalls", 6, lambda ix: True, 0.0)) & set(block(PLAN, "Stalls", 6, lambda ix: True, 0.5))


@pytest.mark.parametrize(
    ("gone", "chosen", "alone"),
    [
        ([], ["A-2"], ["A-1"]),
        ([], ["A-1", "A-2"], []),
        (["A-4"], ["A-2"], ["A-1", "A-3"]),
        (["A-1", "A-3"], ["A-5"], ["A-4"]),  # A-2 was alone before: not this choice's doing
        (["A-2"], ["A-3"], []),
    ],
)
def test_orphans_are_those_that_this_choice_makes(gone: list[str], chosen: list[str], alone: list[str]) -> None:
    closed = taken(*gone)
    found = orphans(PLAN, [PLAN.index[place] for place in chosen], lambda ix: ix not in closed)
    assert [PLAN.place_ids[ix] for ix in found] == alone
