"""Seats found by what a person types, and written as a person reads them."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.data import resource
from pos.domain.plan import Plan, read_plan
from pos.domain.seatnames import find_seats, runs_in_words
from tests.peers.small_season import hall


def read(document: object) -> Plan:
    return read_plan(json.dumps(document).encode(), "hall.json")


@pytest.fixture(scope="module")
def opera() -> Plan:
    return read_plan(resource("plans", "opera.json").read_bytes(), "opera.json")


def test_a_seat_is_found_by_its_name(opera: Plan) -> None:
    for ix in range(0, len(opera), 7):
        assert find_seats(opera, opera.label(ix)) == [ix]
        assert find_seats(opera, opera.label(ix).lower()) == [ix]


def test_a_span_of_seats() -> None:
    plan = read(hall())
    seats = [plan.index[f"B-{n}"] for n in (4, 5, 6)]
    assert find_seats(plan, "Stalls B 4-6") == find_seats(plan, "stalls b 6-4") == seats


@pytest.mark.parametrize("text", ["b 7", "Stalls B 7", "  stalls   b  7 ", "st b 7"])
def test_a_hall_of_one_zone_needs_no_zone_and_prefixes_do(text: str) -> None:
    plan = read(hall())
    assert find_seats(plan, text) == [plan.index["B-7"]]


def test_the_only_zone_with_seats_needs_no_name_wherever_it_stands() -> None:
    document = hall()
    stage = {"name": "Stage", "position": {"x": 0, "y": 0}, "rows": []}
    document["zones"].insert(0, stage)
    plan = read(document)
    assert find_seats(plan, "b 7") == [plan.index["B-7"]]


@pytest.mark.parametrize("text", ["", "7", "B", "Balcony B 7", "Stalls Z 7", "Stalls B 99", "Stalls B 4-99", "B 7 !"])
def test_what_names_no_seat_finds_none(text: str) -> None:
    assert find_seats(read(hall()), text) is None


def test_a_prefix_that_two_zones_share_names_neither() -> None:
    document = hall(rows=1)
    other = copy.deepcopy(document["zones"][0])
    other["name"] = "Stage boxes"
    for one in other["rows"][0]["seats"]:
        one["seat_guid"] = "S" + one["seat_guid"]
    document["zones"].append(other)
    plan = read(document)
    assert find_seats(plan, "St A 1") is None
    assert find_seats(plan, "Stag A 1") == find_seats(plan, "Stage A 1") == [12]
    assert find_seats(plan, "Stalls A 1") == [0]


@given(st.text(max_size=30))
def test_finding_never_fails(text: str) -> None:
    found = find_seats(read(hall()), text)
    assert found is None or all(0 <= ix < 24 for ix in found)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("A 1-2, B 3", ["A-1", "A-2", "B-3"]),
        ("Stalls A 1-2; B 3", ["A-1", "A-2", "B-3"]),
        ("Stalls A 1-2, 5, 7-8", ["A-1", "A-2", "A-5", "A-7", "A-8"]),
        ("A 1-3, A 2", ["A-1", "A-2", "A-3"]),
        ("stalls b *", [f"B-{n}" for n in range(1, 13)]),
    ],
)
def test_several_are_typed_at_once(text: str, places: list[str]) -> None:
    plan = read(hall())
    assert [plan.place_ids[ix] for ix in find_seats(plan, text) or ()] == places


@pytest.mark.parametrize("text", ["A 1, Z 2", "A 1,,B 2", "5, A 1", "A 1, 99", "*"])
def test_one_part_that_names_nothing_names_nothing(text: str) -> None:
    assert find_seats(read(hall()), text) is None


def test_in_a_hall_of_many_zones_the_next_ones_are_in_the_same(opera: Plan) -> None:
    found = find_seats(opera, "Circle C 4-9, D 4, 6") or []
    assert [opera.label(ix) for ix in found] == [
        *(f"Circle C {n}" for n in range(4, 10)), "Circle D 4", "Circle D 6",
    ]  # fmt: skip
    assert [words for words, _ in runs_in_words(opera, found)] == ["Circle C 4–9", "Circle D 4, 6"]
