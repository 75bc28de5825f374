"""Which part of the hall is shown."""

import pytest
from PySide6.QtCore import QRectF

from pos.ui.seatmap.camera import CLOSEST, READING, Camera
from pos.ui.seatmap.drawings import Drawings
from pos.ui.seatmap.geometry import Geometry
from pos.ui.seatmap.hall import seat_size
from tests.window.seatmap.halls import shipped

HALL = QRectF(100, 50, 2000, 1000)


def camera(pitch=20.0, width=910, height=560, ratio=1.0, content=HALL):
    made = Camera(content, pitch)
    made.resize(width, height, ratio)
    return made


def test_fit_shows_all_of_it_in_the_middle():
    cam = camera()
    left, top = cam.to_view(HALL.left(), HALL.top())
    right, bottom = cam.to_view(HALL.right(), HALL.bottom())
    assert 10 < left < 20
    assert left == pytest.approx(910 - right, abs=2)
    assert top == pytest.approx(560 - bottom, abs=2)


def test_there_and_back():
    cam = camera()
    cam.zoom(1.7, 300, 200)
    assert cam.to_view(*cam.to_plan(123, 45)) == pytest.approx((123, 45))


def test_the_point_under_the_cursor_stays_there():
    cam = camera()
    point = cam.to_plan(400, 300)
    cam.zoom(cam.scale * 2.2, 400, 300)
    assert cam.to_view(*point) == pytest.approx((400, 300), abs=1)


def test_one_cannot_get_lost():
    cam = camera()
    cam.zoom(2.0, 455, 280)
    for step in (9e5, -9e5):
        cam.pan(int(step), int(step))
        left, top = cam.to_view(HALL.left(), HALL.top())
        right, bottom = cam.to_view(HALL.right(), HALL.bottom())
        assert right > 100
        assert bottom > 100
        assert left < 810
        assert top < 460


def test_no_further_than_all_and_no_closer_than_sensible():
    cam = camera()
    fit = cam.scale
    cam.zoom(fit / 10, 0, 0)
    assert (cam.scale, cam.fitted) == (fit, True)
    cam.zoom(1e9, 0, 0)
    assert cam.seat_pitch == pytest.approx(80)


def test_one_step_is_enough_for_fingers():
    cam = camera()
    assert 4.5 <= cam.seat_pitch < 44
    cam.zoom(cam.closer(), 400, 300)
    assert seat_size(cam.seat_pitch) >= 44
    cam.zoom(cam.closer(), 400, 300)
    assert cam.seat_pitch == pytest.approx(CLOSEST)
    assert cam.closer() == cam.scale
    cam.zoom(cam.farther(), 400, 300)
    cam.zoom(cam.farther(), 400, 300)
    assert cam.fitted


def test_out_of_a_bowl_one_comes_by_a_stop_where_its_blocks_can_be_read():
    cam = camera(content=QRectF(0, 0, 9000, 7200), pitch=18)
    assert cam.seat_pitch < 4.5
    cam.zoom(cam.closer(), 400, 300)
    assert seat_size(cam.seat_pitch) >= 44
    cam.zoom(cam.farther(), 400, 300)
    assert cam.seat_pitch == pytest.approx(READING)
    assert cam.farther() == cam.fit_scale()


@pytest.mark.parametrize(("hall", "least"), [("studio", 24), ("opera", 0), ("stadium", 0)])
@pytest.mark.parametrize("view", [(910, 560), (1464, 830)])
def test_seats_are_large_enough_for_fingers_as_far_as_the_hall_allows(hall, least, view):
    plan = shipped(hall)
    geometry = Geometry(plan)
    seats = QRectF(geometry.left, geometry.top, geometry.right - geometry.left, geometry.bottom - geometry.top)
    cam = camera(
        content=seats.united(Drawings(plan.shapes).bounds), pitch=geometry.pitch, width=view[0], height=view[1]
    )
    assert seat_size(cam.seat_pitch) >= least
    cam.zoom(cam.closer(), 400, 300)
    assert seat_size(cam.seat_pitch) >= 44


def test_a_tiny_hall_is_not_blown_up():
    cam = camera(pitch=1500.0)
    assert cam.seat_pitch <= 54


def test_resizing_keeps_a_fitted_hall_fitted_and_else_the_middle():
    cam = camera()
    cam.resize(600, 400, 1.0)
    assert cam.fitted
    assert cam.scale == cam.fit_scale()
    cam.zoom(2.0, 300, 200)
    middle = cam.to_plan(300, 200)
    cam.resize(1000, 700, 1.0)
    assert cam.to_view(*middle) == pytest.approx((500, 350), abs=2)


def test_revealing_moves_no_more_than_it_must():
    cam = camera()
    cam.zoom(2.0, 455, 280)
    at = (cam.left, cam.top)
    cam.reveal(*cam.to_plan(455, 280))
    assert (cam.left, cam.top) == at
    seat = cam.to_plan(1000, 280)
    cam.reveal(*seat)
    x, y = cam.to_view(*seat)
    assert 800 < x < 910
    assert y == pytest.approx(280, abs=1)


def test_showing_a_rectangle():
    cam = camera()
    cam.show(500, 300, 700, 400)
    left, top = cam.to_view(500, 300)
    right, bottom = cam.to_view(700, 400)
    assert 0 <= left < right <= 910
    assert 0 <= top < bottom <= 560
    assert right - left > 400
    cam.show(0, 0, 9e9, 9e9)
    assert cam.fitted


def test_a_denser_screen_shows_the_same_with_more_pixels():
    plain, dense = camera(), camera(width=1820, height=1120, ratio=2.0)
    assert dense.scale == pytest.approx(2 * plain.scale)
    assert dense.closer() == pytest.approx(2 * plain.closer())
