"""Hits, rectangles and the way of the arrow keys, against doing it the plain way."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.plan import Plan
from pos.ui.seatmap.geometry import Geometry
from tests.window.seatmap.halls import seats_at, shipped, square

coordinate = st.floats(-500, 500, width=32)
points = st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=60)


@given(points, coordinate, coordinate, st.floats(0, 300))
def test_the_nearest_seat_is_found(seats, x, y, within):
    plan = seats_at(seats)
    found = Geometry(plan).nearest(x, y, within)
    distances = [math.hypot(a - x, b - y) for a, b in zip(plan.xs, plan.ys, strict=True)]
    closest = min(distances)
    if found < 0:
        assert closest > within - 1e-3
    else:
        assert distances[found] <= min(closest, within) + 1e-3


@given(points, coordinate, coordinate, coordinate, coordinate)
def test_a_rectangle_holds_just_the_seats_within(seats, a, b, c, d):
    plan = seats_at(seats)
    left, right = sorted((a, c))
    top, bottom = sorted((b, d))
    inside = [
        n for n, (x, y) in enumerate(zip(plan.xs, plan.ys, strict=True)) if left <= x <= right and top <= y <= bottom
    ]
    assert Geometry(plan).places_inside(left, top, right, bottom) == inside


@pytest.mark.parametrize("hall", ["studio", "opera", "stadium"])
def test_every_seat_of_a_real_hall_is_hit_at_its_own_place(hall):
    plan = shipped(hall)
    geometry = Geometry(plan)
    assert sorted(geometry.order) == list(range(len(plan)))
    for place in range(0, len(plan), max(1, len(plan) // 500)):
        assert geometry.nearest(plan.xs[place], plan.ys[place], 1.0) == place
        assert geometry.at(place) == (plan.xs[place], plan.ys[place])


def test_the_usual_distance_of_seats():
    assert Geometry(square(8, pitch=24.0)).pitch == pytest.approx(24.0)
    assert 15 < Geometry(shipped("stadium")).pitch < 17
    # Two seats on one spot are a slip of the plan's author, not a hall of infinite density.
    assert Geometry(seats_at([(0, 0), (0, 0), (10, 0), (20, 0)])).pitch == pytest.approx(10.0)


def test_one_seat_makes_a_hall():
    geometry = Geometry(seats_at([(5, 5)]))
    assert geometry.pitch > 0
    assert geometry.nearest(5, 5, 1) == 0
    assert geometry.towards(0, 1, 0) == 0


def test_no_seat_makes_none():
    empty = seats_at([])
    with pytest.raises(ValueError, match="holds no seat"):
        Geometry(empty)


ARROWS = {"right": (1, 0), "left": (-1, 0), "down": (0, 1), "up": (0, -1)}


@pytest.mark.parametrize(("arrow", "reached"), [("right", 25), ("left", 23), ("down", 31), ("up", 17)])
def test_arrows_go_to_the_neighbour(arrow, reached):
    assert Geometry(square(7)).towards(24, *ARROWS[arrow]) == reached


def test_arrows_stop_at_the_edge():
    geometry = Geometry(square(7))
    assert geometry.towards(6, 1, 0) == 6
    assert geometry.towards(6, 0, -1) == 6


def test_arrows_cross_an_aisle():
    # A gap of thirty seats' widths, with nothing in between.
    plan = seats_at([(0, 0), (10, 0), (310, 0), (320, 0)])
    assert Geometry(plan).towards(1, 1, 0) == 2
    assert Geometry(plan).towards(2, -1, 0) == 1


def test_arrows_prefer_what_lies_straight_ahead_to_what_is_nearer():
    plan = seats_at([(-10, 0), (0, 0), (30, 38), (60, 0), *((-10.0 * n, 0.0) for n in range(2, 20))])
    assert Geometry(plan).towards(1, 1, 0) == 3


def walk(plan: Plan, start: int, step: tuple[int, int]) -> list[int]:
    geometry, way = Geometry(plan), [start]
    while (there := geometry.towards(way[-1], *step)) != way[-1]:
        way.append(there)
    return way


def test_to_the_right_along_a_curved_row_every_seat_is_passed():
    plan = shipped("opera")
    row = next(r for r in plan.rows if plan.zones[r.zone] == "Stalls" and r.label == "L")
    seats = sorted(range(row.first, row.end), key=plan.xs.__getitem__)
    middle = seats[len(seats) // 4 : -len(seats) // 4]
    way = walk(plan, middle[0], ARROWS["right"])
    assert way[: len(middle)] == middle


def test_the_arrows_reach_most_of_the_hall():
    plan = square(6)
    geometry, seen, edge = Geometry(plan), {0}, [0]
    while edge:
        place = edge.pop()
        for step in ARROWS.values():
            if (there := geometry.towards(place, *step)) not in seen:
                seen.add(there)
                edge.append(there)
    assert seen == set(range(36))


def test_near_is_every_seat_when_all_is_asked_for():
    geometry = Geometry(shipped("opera"))
    assert np.array_equal(geometry.near(-9e9, -9e9, 9e9, 9e9), np.arange(1920))
    assert len(geometry.near(9e8, 9e8, 9e9, 9e9)) == 0
