"""Seats that are drawn around: in a rectangle, in any shape, and given back."""

import math

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from pos.ui.seatmap.geometry import Geometry
from pos.ui.theme.fonts import load_fonts
from tests.window.seatmap.halls import shipped, square
from tests.window.seatmap.test_map import LEFT, opened, point

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture(scope="module", autouse=True)
def fonts(qapp):
    load_fonts()


def draw(seats, points, modifier):
    QTest.mousePress(seats, LEFT, modifier, points[0])
    for at in points[1:]:
        QTest.mouseMove(seats, at)
    QTest.mouseRelease(seats, LEFT, modifier, points[-1])


def test_a_shape_holds_what_lies_in_it_and_not_what_its_box_holds():
    geometry = Geometry(square(20))
    triangle = [(0.0, 0.0), (100.0, 0.0), (0.0, 100.0)]
    found = geometry.places_within(triangle)
    expected = [n for n in range(400) if n % 20 * 10 + n // 20 * 10 < 100]
    assert set(expected) <= set(found)
    assert all(n % 20 * 10 + n // 20 * 10 <= 100 for n in found)
    assert len(geometry.places_inside(0, 0, 100, 100)) > len(found)
    assert geometry.places_within(triangle[:2]) == []


def test_what_a_shape_holds_does_not_depend_on_how_it_was_drawn():
    geometry = Geometry(shipped("opera"))
    around = [(1200 + 400 * math.cos(n / 20 * math.tau), 1000 + 300 * math.sin(n / 20 * math.tau)) for n in range(20)]
    inside = geometry.places_within(around)
    for place in inside:
        x, y = geometry.at(place)
        assert math.hypot((x - 1200) / 400, (y - 1000) / 300) <= 1
    assert len(inside) > 0.9 * sum(
        math.hypot((geometry.at(n)[0] - 1200) / 400, (geometry.at(n)[1] - 1000) / 300) <= 1 for n in range(1920)
    )
    assert geometry.places_within(around) == geometry.places_within(around[::-1]) != []
    assert geometry.places_within(around[7:] + around[:7]) == geometry.places_within(around)


def test_with_shift_a_drag_selects_what_lies_in_the_shape(qtbot):
    seats = opened(qtbot, square(12), size=(500, 500))
    corners = [point(seats, 0) - QPoint(9, 9), point(seats, 11) + QPoint(9, -9), point(seats, 132) + QPoint(-9, 9)]
    path = [corners[0] + (corners[1] - corners[0]) * n / 10 for n in range(11)]
    path += [corners[1] + (corners[2] - corners[1]) * n / 10 for n in range(1, 11)]
    with qtbot.waitSignal(seats.rectangle_selected, timeout=500) as selected:
        draw(seats, path, SHIFT)
    (places,) = selected.args
    assert 0 in places
    assert 11 in places
    assert 143 not in places  # the corner that the shape leaves out; its box would hold it
    assert seats._overlay.rubber is None


def test_with_alt_a_drag_gives_back(qtbot):
    seats = opened(qtbot, square(12), size=(500, 500))
    start, end = point(seats, 0) - QPoint(5, 5), point(seats, 13) + QPoint(5, 5)
    with qtbot.assertNotEmitted(seats.rectangle_selected), qtbot.waitSignal(seats.rectangle_dropped) as dropped:
        draw(seats, [start, (start + end) / 2, end], ALT)
    assert dropped.args == [[0, 1, 12, 13]]


def test_with_shift_a_click_selects_the_row_from_the_seat_in_focus(qtbot):
    plan = shipped("opera")
    seats = opened(qtbot, plan)
    row = plan.rows[plan.row[700]]
    qtbot.mouseClick(seats, LEFT, pos=point(seats, row.first + 1))
    with qtbot.waitSignal(seats.rectangle_selected, timeout=500) as selected:
        qtbot.mouseClick(seats, LEFT, SHIFT, point(seats, row.first + 4))
    assert selected.args == [[row.first + 1, row.first + 2, row.first + 3, row.first + 4]]
    other = plan.rows[plan.row[700] + 1].first
    with qtbot.waitSignal(seats.clicked, timeout=500) as clicked:  # not across rows: that would be a rectangle
        qtbot.mouseClick(seats, LEFT, SHIFT, point(seats, other))
    assert clicked.args == [other]


def test_escape_gives_a_shape_up(qtbot):
    seats = opened(qtbot, square(12), size=(500, 500))
    QTest.mousePress(seats, LEFT, SHIFT, QPoint(50, 50))
    for at in (QPoint(200, 60), QPoint(200, 200)):
        QTest.mouseMove(seats, at)
    qtbot.keyClick(seats, Qt.Key.Key_Escape)
    with qtbot.assertNotEmitted(seats.rectangle_selected):
        QTest.mouseRelease(seats, LEFT, SHIFT, QPoint(200, 200))
