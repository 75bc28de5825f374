"""Colours that everybody can tell apart, computed: of categories, and of the steps of heat."""

import itertools

import numpy as np
import pytest
from PySide6.QtGui import QImage

from pos.ui.seatmap import states as s
from pos.ui.seatmap.glyphs import SeatColors
from pos.ui.seatmap.heat import STEPS, Left, price_steps, scale, spread_out
from pos.ui.seatmap.palette import least_distance, told_apart
from pos.ui.seatmap.sight import APART, SIGHTS, distances, rgb_of, seen
from pos.ui.theme import tokens as t
from pos.ui.theme.color import BODY_CONTRAST, OUTLINE_CONTRAST, contrast
from pos.ui.theme.fonts import load_fonts
from tests.window.seatmap.halls import shipped
from tests.window.seatmap.test_map import opened, picture, point

LOOKS = pytest.mark.parametrize("look", [t.LIGHT, t.DARK, t.CONTRAST], ids=lambda look: look.name)


# ---- how colours are seen ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("color", "lab"),
    [
        ("#FFFFFF", (100, 0, 0)),
        ("#000000", (0, 0, 0)),
        ("#FF0000", (53.2, 80.1, 67.2)),
        ("#0000FF", (32.3, 79.2, -107.9)),
    ],
)
def test_normal_sight_is_cielab(color, lab):
    assert seen(rgb_of([color]))[0, 0] == pytest.approx(lab, abs=1.0)


def test_red_and_green_look_alike_without_red_or_green_cones_and_blue_and_green_without_blue_ones():
    apart = distances(seen(rgb_of(["#C00000", "#5A5A00"])))[:, 0, 1]
    by_sight = dict(zip(SIGHTS, apart.tolist(), strict=True))
    assert by_sight["normal"] > 50
    assert by_sight["deutan"] < by_sight["normal"] / 2
    greys = distances(seen(rgb_of(["#808080", "#909090"])))[:, 0, 1]
    assert np.ptp(greys) < 1.0  # greys are the same to everybody


# ---- categories --------------------------------------------------------------------------


@LOOKS
@pytest.mark.parametrize("hall", ["opera", "studio", "stadium"])
def test_every_two_categories_are_far_apart_in_every_sight(look, hall):
    colors = told_apart(tuple(category.color for category in shipped(hall).categories), look.paper)
    assert least_distance(colors) >= APART
    bodies = [SeatColors.of(color, look).body for color in colors]
    assert bodies == list(colors)  # what is drawn is what was computed
    for color in colors:
        inks = SeatColors.of(color, look)
        assert contrast(inks.body, look.paper) >= BODY_CONTRAST
        assert contrast(inks.outline, look.paper) >= OUTLINE_CONTRAST


def test_a_plan_whose_colours_are_apart_keeps_them():
    own = ("#0072B2", "#E69F00", "#303030")
    assert told_apart(own, t.LIGHT.paper) == own


@LOOKS
@pytest.mark.parametrize("count", [2, 5, 8])
def test_colours_that_are_all_the_same_are_told_apart_as_far_as_their_number_allows(look, count):
    assert least_distance(told_apart(("#888888",) * count, look.paper)) >= APART


def test_more_than_there_is_room_for_are_as_far_apart_as_may_be():
    found = told_apart(("#888888",) * 14, t.LIGHT.paper)
    assert len(set(found)) == 14
    assert least_distance(found) >= 12


# ---- heat --------------------------------------------------------------------------------


@LOOKS
def test_steps_of_heat_stand_in_order_of_lightness_to_every_eye(look):
    inks = [SeatColors.of(color, look).body for color in scale(look)]
    lightness = seen(rgb_of(inks))[:, :, 0]
    between = np.diff(lightness, axis=0)
    assert (between > 5).all() or (between < -5).all()


@pytest.mark.parametrize(
    ("prices", "steps", "bounds"),
    [
        ({"Orchestra": 9800, "Stalls": 5800, "Circle": 4400}, {"Orchestra": 2, "Stalls": 1, "Circle": 0, "Box": -1}, 3),
        ({"Orchestra": 5800, "Stalls": 5800}, {"Orchestra": 0, "Stalls": 0}, 1),
        ({}, {"Stalls": -1}, 0),
    ],
)
def test_prices_become_steps_in_their_order(prices, steps, bounds):
    plan = shipped("opera")
    found = price_steps(plan, prices)
    step_of = {category.name: step for category, step in zip(plan.categories, found.step, strict=True)}
    assert {name: step_of[name] for name in steps} == steps
    assert len(found.bounds) == bounds


def test_more_prices_than_steps_share_them_with_their_neighbours():
    plan = shipped("opera")
    prices = {category.name: 1000 * n for n, category in enumerate(plan.categories, 1)}
    found = price_steps(plan, prices)
    assert len(found.bounds) == STEPS
    assert list(found.step) == sorted(found.step)
    assert found.bounds[0][0] == 1000
    assert found.bounds[-1][1] == 8000


def test_few_steps_use_the_whole_scale():
    assert [spread_out(n, 2) for n in range(2)] == [0, STEPS - 1]
    assert [spread_out(n, STEPS) for n in range(STEPS)] == list(range(STEPS))


def test_what_is_left_of_a_row_is_its_step():
    plan = shipped("studio")
    left = Left(plan)
    sells = np.ones(len(plan), bool)
    left.count(sells)
    assert (left.step == STEPS - 1).all()
    row = plan.rows[3]
    seats = np.arange(row.first, row.end)
    assert left.change(seats[:-1], np.full(len(seats) - 1, -1)).tolist() == [3]
    assert left.step[3] == 1  # one left is not nothing
    assert left.change(seats[-1:], np.array([-1])).tolist() == [3]
    assert left.step[3] == 0


@pytest.fixture
def opera(qtbot, qapp):
    load_fonts()
    return opened(qtbot, shipped("opera"))


def test_by_price_seats_are_coloured_by_what_they_cost_and_carry_their_steps_figure(opera):
    plan = shipped("opera")
    before = picture(opera)
    opera.set_heat("price", {"Stalls": 5800, "Circle": 4400, "Balcony": 2600})
    assert (picture(opera) != before).mean() > 0.05
    place = plan.place_ids.index(next(p for ix, p in enumerate(plan.place_ids) if plan.category[ix] == 1))
    opera.zoom_to([place])
    slot = int(opera._hall.geometry.slot[place])
    assert opera._hall._figure(slot) == "3"
    opera.set_heat("category")
    assert opera._hall._figure(slot) == plan.numbers[place]
    opera.fit()
    assert np.array_equal(picture(opera), before)


def test_by_what_is_left_a_sale_recolours_its_row_and_nothing_else(opera):
    plan = shipped("opera")
    opera.set_heat("left")
    row = plan.rows[12]
    before = picture(opera)
    last = int(opera._hall.geometry.slot[row.end - 1])
    assert opera._hall._figure(last) == str(STEPS)
    opera.update_states(list(range(row.first, row.end - 1)), s.SOLD)
    assert opera._hall._figure(last) == "2"
    changed = np.argwhere(picture(opera) != before)
    seats = [point(opera, ix) for ix in range(row.first, row.end)]
    reach = opera.seat_pitch
    names = [box for _, box, _ in opera._labels._placed]
    for y, x in changed[::17].tolist():
        beside = min(abs(at.x() - x) + abs(at.y() - y) for at in seats)
        view = opera._camera
        assert beside <= 2 * reach or any(box.contains(x + view.left, y + view.top) for box in names)
    opera._repaint()
    after = picture(opera)
    opera.update_states([row.first], s.SOLD)
    assert np.array_equal(picture(opera), after)


@LOOKS
def test_states_stay_apart_on_a_grey_screen(qtbot, qapp, look):
    """One seat in one state after the other: as grey, no two of its pictures look alike."""
    load_fonts()
    plan = shipped("opera")
    seats = opened(qtbot, plan, tokens=look)
    seat = plan.rows[14].first + 4
    for pitch in (9.0, 14.0, 40.0):
        seats._camera.zoom(pitch / seats._camera.pitch, 455, 280)
        seats._camera.look_at(*seats._hall.geometry.at(seat))
        half = int(pitch * 0.55)
        crops = []
        for state in (s.FREE, s.HERE, s.ELSEWHERE, s.HELD, s.SOLD, s.BASKET):
            seats.update_states([seat], state)
            image = seats.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
            rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
            at = point(seats, seat)
            crops.append(rows[at.y() - half : at.y() + half, at.x() - half : at.x() + half].astype(int))
        for one, other in itertools.combinations(crops, 2):
            assert (abs(one - other) > 40).mean() > 0.05, pitch
