"""The hall from afar: sections as blocks, the small map, the hall turned, and beside what lies over it."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication

from pos.ui.seatmap import states as s
from pos.ui.seatmap.blocks import LEVELS, Blocks
from pos.ui.seatmap.geometry import Geometry
from pos.ui.seatmap.turning import turned
from pos.ui.theme.fonts import load_fonts
from tests.window.seatmap.halls import mixed, shipped, square
from tests.window.seatmap.test_map import LEFT, Painted, afresh, opened, picture, point, settled


@pytest.fixture(scope="module", autouse=True)
def fonts(qapp):
    load_fonts()


FAR_DOT_PX = 5  # the radius of a basket seat's dot, with its rim


@pytest.fixture(scope="module")
def stadium():
    return shipped("stadium")


# ---- blocks ------------------------------------------------------------------------------


def test_every_seat_lies_in_its_blocks_box(stadium):
    blocks = Blocks(stadium, Geometry(stadium).pitch)
    assert [block.zone for block in blocks.all] == sorted(set(stadium.zone))
    for block in blocks.all[::7]:
        seats = [ix for ix in range(len(stadium)) if stadium.zone[ix] == block.zone]
        assert all(block.box.contains(stadium.xs[ix], stadium.ys[ix]) for ix in seats)


def test_a_block_is_filled_as_far_as_its_places_are_left(stadium):
    blocks = Blocks(stadium, 15.0)
    places = np.bincount(np.frombuffer(stadium.zone, np.uint16), minlength=len(stadium.zones))
    zone = blocks.all[3].zone
    left = places.copy()
    blocks.set_left(left)
    assert (blocks.levels[places > 0] == LEVELS).all()
    left[zone] -= 1
    assert [block.zone for block in blocks.set_left(left)] == [zone]  # one gone is not full any more
    left[zone] = 1
    blocks.set_left(left)
    assert blocks.levels[zone] == 1  # one left is not nothing
    left[zone] = 0
    blocks.set_left(left)
    assert blocks.levels[zone] == 0
    assert blocks.set_left(left) == []


def test_a_change_repaints_its_block_once_its_level_is_another(qtbot, monkeypatch, stadium):
    seats = opened(qtbot, stadium)
    settled(seats)
    zone = seats._hall.blocks.all[5].zone
    block = [ix for ix in range(len(stadium)) if stadium.zone[ix] == zone]
    seats.update_states(block[:1], s.SOLD)
    seats._write_counts()
    QApplication.processEvents()
    painted = Painted(seats, monkeypatch)
    seats.update_states(block[1:2], s.SOLD)
    seats._write_counts()
    QApplication.processEvents()
    assert not painted.rects
    seats.update_states(block[: len(block) // 2], s.SOLD)
    seats._write_counts()
    QApplication.processEvents()
    assert painted.rects
    box = seats._hall.blocks.box_of(zone)
    assert painted.area <= (box.width() * seats._camera.scale + 6) * (box.height() * seats._camera.scale + 6)


def test_blocks_are_told_apart_in_grey(qtbot, stadium):
    """Half sold, all free and sold out differ in lightness where the level has passed, whatever the colour."""
    seats = opened(qtbot, stadium)
    zone = seats._hall.blocks.all[5].zone
    block = [ix for ix in range(len(stadium)) if stadium.zone[ix] == zone]
    middle = seats._hall.blocks.box_of(zone).center()
    at = QPoint(*(round(value) for value in seats._camera.to_view(middle.x(), middle.y())))
    pictures = []
    for sold in (0, len(block) * 2 // 3, len(block)):
        seats.update_states(block[:sold], s.SOLD)
        seats._write_counts()
        pictures.append(int(_grey(picture(seats))[at.y() - 14, at.x() - 8 : at.x() + 8].mean()))
    full, third, none = pictures
    assert full + 20 < third
    assert full + 20 < none


def _grey(pixels):
    return ((pixels >> 16 & 255) * 54 + (pixels >> 8 & 255) * 183 + (pixels & 255) * 18) / 255


def test_basket_dots_come_and_go_whole(qtbot, monkeypatch, stadium):
    seats = opened(qtbot, stadium)
    settled(seats)
    asked = []
    monkeypatch.setattr(seats, "update", lambda *rect: asked.extend(rect))
    around = point(seats, 20_000)
    dot = QRect(around.x() - FAR_DOT_PX, around.y() - FAR_DOT_PX, 2 * FAR_DOT_PX, 2 * FAR_DOT_PX)
    for basket in ([20_000], []):
        asked.clear()
        seats.set_basket(basket)
        assert any(rect.contains(dot) for rect in asked)
        assert all(rect.width() <= 16 for rect in asked)


# ---- the small map -----------------------------------------------------------------------


def test_the_small_map_shows_itself_while_only_a_part_is_in_view(qtbot):
    seats = opened(qtbot, shipped("opera"))
    assert not seats.minimap.isVisible()
    seats.zoom_in()
    QApplication.processEvents()
    seats._settle()
    assert seats.minimap.isVisible()
    seats.fit()
    QApplication.processEvents()
    seats._settle()
    assert not seats.minimap.isVisible()


def test_the_small_map_is_shown_and_hidden_by_hand(qtbot):
    seats = opened(qtbot, shipped("opera"))
    seats.toggle_minimap()
    assert seats.minimap.isVisible()
    seats.toggle_minimap()
    seats.zoom_in()
    seats._settle()
    assert not seats.minimap.isVisible()


def test_the_small_map_marks_what_is_in_view_and_a_press_goes_there(qtbot):
    plan = shipped("opera")
    seats = opened(qtbot, plan)
    seats.zoom_in()
    QApplication.processEvents()
    seats._settle()
    small = seats.minimap
    qtbot.mouseClick(small, LEFT, pos=QPoint(small.width() // 3, small.height() * 2 // 3))
    QApplication.processEvents()
    mark = small.mark
    assert abs(mark.center().x() - small.width() // 3) <= 2
    assert abs(mark.center().y() - small.height() * 2 // 3) <= 2
    assert mark.width() / small.width() == pytest.approx(
        seats.width() / seats._camera.scale / seats._camera.content.width(), rel=0.1
    )


# ---- turned ------------------------------------------------------------------------------


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_turning_keeps_every_distance_and_turns_clockwise(quarters):
    plan = shipped("opera")
    other = turned(plan, quarters)
    assert (other.place_ids, other.rows, other.numbers) == (plan.place_ids, plan.rows, plan.numbers)
    x, y = plan.xs[0], plan.ys[0]
    for _ in range(quarters):
        x, y = (plan.height if _ % 2 == 0 else plan.width) - y, x
    assert (other.xs[0], other.ys[0]) == pytest.approx((x, y), abs=0.01)
    assert turned(turned(plan, quarters), 4 - quarters).xs.tolist() == pytest.approx(plan.xs.tolist(), abs=0.01)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_in_a_turned_hall_a_click_picks_the_same_seat(qtbot, quarters):
    plan, states = shipped("opera"), mixed(shipped("opera"))
    seats = opened(qtbot, plan, states)
    seats.set_basket([3])
    seats.set_turn(quarters)
    QApplication.processEvents()
    with qtbot.waitSignal(seats.clicked, timeout=500) as clicked:
        qtbot.mouseClick(seats, LEFT, pos=point(seats, 700))
    assert clicked.args == [700]
    assert seats.state_of(3) == s.BASKET
    seats.update_states([9], s.SOLD)
    assert seats.state_of(9) == s.SOLD


def test_the_stage_turns_with_the_hall(qtbot):
    """In the opera the stage is above the stalls; turned by half it is below."""
    seats = opened(qtbot, shipped("opera"))
    assert seats._hall.drawings.bounds.bottom() < seats._hall.geometry.top
    seats.set_turn(2)
    assert seats._hall.drawings.bounds.top() > seats._hall.geometry.bottom
    seats.set_turn(1)
    assert seats._hall.drawings.bounds.left() > seats._hall.geometry.right


def test_turning_four_times_is_as_if_nothing_had_been(qtbot):
    plan = shipped("opera")
    seats = opened(qtbot, plan, mixed(plan))
    before = picture(seats)
    for quarters in (1, 2, 3, 4):
        seats.set_turn(quarters)
    assert np.array_equal(picture(seats), before)


# ---- beside what lies over it ------------------------------------------------------------


@pytest.mark.parametrize("hall", ["opera", "studio", "stadium"])
def test_the_whole_hall_is_fitted_beside_what_lies_over_the_map(qtbot, hall):
    seats = opened(qtbot, shipped(hall), size=(910, 540))
    over = [QRect(0, 0, 150, 190), QRect(0, 380, 230, 160)]
    plain = seats.seat_pitch
    seats.set_obstacles(over)
    QApplication.processEvents()
    assert seats.seat_pitch >= plain * 0.8
    geometry = seats._hall.geometry
    for place in range(0, len(geometry), 13):
        assert not any(box.contains(point(seats, place)) for box in over)
    seats.set_obstacles([])
    assert seats.seat_pitch == plain


def test_where_no_room_is_left_things_lie_over_the_hall(qtbot):
    seats = opened(qtbot, square(20), size=(400, 400))
    plain = seats.seat_pitch
    seats.set_obstacles([QRect(0, 0, 390, 390)])
    assert seats.seat_pitch == plain


def test_the_afresh_picture_is_the_same_with_obstacles(qtbot):
    plan = shipped("opera")
    states = mixed(plan)
    seats = opened(qtbot, plan, states)
    seats.set_obstacles([QRect(0, 380, 230, 160)])
    QApplication.processEvents()
    assert np.array_equal(picture(seats), afresh(qtbot, seats, plan, states))


def test_the_space_bar_still_pushes_the_hall_with_the_small_map_there(qtbot):
    seats = opened(qtbot, shipped("opera"))
    seats.zoom_in()
    seats._settle()
    before = seats._camera.left
    qtbot.mousePress(seats, Qt.MouseButton.MiddleButton, pos=QPoint(400, 200))
    qtbot.mouseMove(seats, QPoint(330, 200))
    qtbot.mouseRelease(seats, Qt.MouseButton.MiddleButton, pos=QPoint(330, 200))
    assert seats._camera.left == before + 70


# ---- walking from afar -------------------------------------------------------------------


def test_from_afar_arrows_walk_over_the_sections_and_space_comes_nearer(qtbot, stadium):
    seats = opened(qtbot, stadium)
    seats.setFocus()
    qtbot.keyClick(seats, Qt.Key.Key_Right)
    first = seats.pointed_section
    qtbot.keyClick(seats, Qt.Key.Key_Right)
    name, count = seats.pointed_section
    assert (name, count) != first
    assert seats.spoken() == f"{name} {count}"
    zone = stadium.zones.index(name)
    assert int(count) == sum(1 for ix in range(len(stadium)) if stadium.zone[ix] == zone)
    qtbot.keyClick(seats, Qt.Key.Key_Space)
    assert not seats.far
    assert stadium.zone[seats.focus_place] == zone
    assert seats.rect().contains(point(seats, seats.focus_place))
    with qtbot.waitSignal(seats.activated, timeout=500):
        qtbot.keyClick(seats, Qt.Key.Key_Space)


@pytest.mark.parametrize("arrow", [Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Up])
def test_with_control_arrows_go_on_to_the_next_section(qtbot, arrow):
    plan = shipped("opera")
    seats = opened(qtbot, plan)
    seats.setFocus()
    ahead = {Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Down: (0, 1), Qt.Key.Key_Up: (0, -1)}[arrow]
    start = plan.zones.index("Balcony") if arrow == Qt.Key.Key_Up else plan.zones.index("Stalls")
    seats._focus(seats._middle_of(start), shown=True)
    at = seats._hall.geometry.at(seats.focus_place)
    qtbot.keyClick(seats, arrow, Qt.KeyboardModifier.ControlModifier)
    to = seats._hall.geometry.at(seats.focus_place)
    assert plan.zone[seats.focus_place] != start
    assert (to[0] - at[0]) * ahead[0] + (to[1] - at[1]) * ahead[1] > 0


def test_home_and_end_go_to_the_ends_of_the_row(qtbot):
    plan = shipped("opera")
    seats = opened(qtbot, plan)
    seats.setFocus()
    seats._focus(700, shown=True)
    row = plan.rows[plan.row[700]]
    qtbot.keyClick(seats, Qt.Key.Key_End)
    assert seats.focus_place == row.end - 1
    qtbot.keyClick(seats, Qt.Key.Key_Home)
    assert seats.focus_place == row.first


def test_pointing_from_afar_tells_the_section(qtbot, stadium):
    seats = opened(qtbot, stadium)

    def told() -> str:
        qtbot.mouseMove(seats, point(seats, 20_000))  # again: a window that closes may still tell the pointer to leave
        return (seats.pointed_section or ("",))[0]

    qtbot.waitUntil(lambda: told() == stadium.zones[stadium.zone[20_000]])
    assert seats.pointed_place == -1
    qtbot.mouseMove(seats, QPoint(2, 2))
    assert seats.pointed_section is None


def test_most_sections_of_a_bowl_are_named(qtbot, stadium):
    seats = opened(qtbot, stadium)
    named = {zone for _, _, zone in seats._labels._placed}
    assert len(named) >= 0.9 * len(seats._hall.blocks.all)
