"""The widget: what a cashier does with it, and what it repaints."""

import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from pos.ui.seatmap import states as s
from pos.ui.seatmap.widget import SeatMap
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import load_fonts
from tests.window.seatmap.halls import mixed, seats_at, shipped, square

LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton


@pytest.fixture(scope="module", autouse=True)
def fonts(qapp):
    load_fonts()


@pytest.fixture
def opera(qtbot):
    return opened(qtbot, shipped("opera"))


def opened(qtbot, plan, states=None, size=(910, 560), tokens=t.LIGHT):
    for other in QApplication.topLevelWidgets():
        if not isinstance(other, SeatMap):
            other.hide()  # what another test has left open would have the pointer
    seats = SeatMap(tokens=tokens)
    qtbot.addWidget(seats)
    seats.resize(*size)
    seats.set_show(plan, bytes(len(plan)) if states is None else states)
    with qtbot.waitExposed(seats):
        seats.show()
    QApplication.processEvents()
    return seats


def picture(seats: SeatMap) -> np.ndarray:
    """What is on the screen without the small map, (height, width) of RGB32."""
    seats.minimap.hide()
    image = seats.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()).copy() & 0xFFFFFF


def afresh(qtbot, seats: SeatMap, plan, states) -> np.ndarray:
    """The same hall in the same states, painted from nothing."""
    other = opened(qtbot, plan, states, (seats.width(), seats.height()))
    other._camera.__dict__.update(seats._camera.__dict__)
    other._repaint()
    return picture(other)


def point(seats: SeatMap, place: int) -> QPoint:
    return seats.position_of(place).toPoint()


# ---- pointing ----------------------------------------------------------------------------


def test_a_click_picks_the_seat(opera, qtbot):
    for place in (0, 700, 1919):
        with qtbot.waitSignal(opera.clicked, timeout=500) as clicked:
            qtbot.mouseClick(opera, LEFT, pos=point(opera, place))
        assert clicked.args == [place]


def test_a_finger_may_land_beside_it(qtbot):
    seats = opened(qtbot, seats_at([(0, 0), (30, 0), (400, 300)]))
    near = point(seats, 2) + QPoint(-11, 5)
    with qtbot.waitSignal(seats.clicked, timeout=500) as clicked:
        qtbot.mouseClick(seats, LEFT, pos=near)
    assert clicked.args == [2]
    with qtbot.assertNotEmitted(seats.clicked, wait=20):
        qtbot.mouseClick(seats, LEFT, pos=point(seats, 2) - QPoint(90, 0))


def drag(qtbot, seats, start, end, button=LEFT):
    qtbot.mousePress(seats, button, pos=start)
    for share in (0.3, 0.7, 1.0):
        qtbot.mouseMove(seats, start + (end - start) * share)
    qtbot.mouseRelease(seats, button, pos=end)


def test_a_dragged_rectangle_selects_what_lies_in_it(qtbot):
    seats = opened(qtbot, square(9, pitch=30))
    start, end = point(seats, 10) - QPoint(9, 9), point(seats, 32) + QPoint(9, 9)
    with qtbot.assertNotEmitted(seats.clicked), qtbot.waitSignal(seats.rectangle_selected, timeout=500) as selected:
        drag(qtbot, seats, start, end)
    assert selected.args == [[10, 11, 12, 13, 14, 19, 20, 21, 22, 23, 28, 29, 30, 31, 32]]
    with qtbot.waitSignal(seats.rectangle_selected, timeout=500) as again:
        drag(qtbot, seats, end, start)
    assert again.args == selected.args


def test_a_trembling_hand_still_clicks(opera, qtbot):
    at = point(opera, 700)
    with qtbot.waitSignal(opera.clicked, timeout=500) as clicked:
        drag(qtbot, opera, at, at + QPoint(3, -3))
    assert clicked.args == [700]


def test_escape_gives_a_rectangle_up(opera, qtbot):
    with qtbot.assertNotEmitted(opera.rectangle_selected, wait=20):
        qtbot.mousePress(opera, LEFT, pos=QPoint(100, 100))
        qtbot.mouseMove(opera, QPoint(500, 400))
        qtbot.keyClick(opera, Qt.Key.Key_Escape)
        qtbot.mouseRelease(opera, LEFT, pos=QPoint(500, 400))


@pytest.mark.parametrize("button", [MIDDLE, RIGHT])
def test_the_other_buttons_push_the_hall(opera, qtbot, button):
    opera.zoom_in()
    before = opera.position_of(700)
    with qtbot.assertNotEmitted(opera.rectangle_selected), qtbot.assertNotEmitted(opera.clicked):
        drag(qtbot, opera, QPoint(300, 300), QPoint(360, 280), button)
    assert opera.position_of(700) - before == QPointF(60, -20)


def test_space_and_the_left_button_push_it_too(opera, qtbot):
    opera.zoom_in()
    qtbot.keyClick(opera, Qt.Key.Key_Down)
    before = opera.position_of(700)
    with qtbot.assertNotEmitted(opera.activated):
        qtbot.keyPress(opera, Qt.Key.Key_Space)
        drag(qtbot, opera, QPoint(300, 300), QPoint(350, 300))
        qtbot.keyRelease(opera, Qt.Key.Key_Space)
    assert opera.position_of(700) - before == QPointF(50, 0)


def turn_wheel(seats, at, notches):
    none = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        QPointF(at), QPointF(seats.mapToGlobal(at)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(seats, event)


def test_the_wheel_zooms_where_it_points(opera):
    at = point(opera, 700)
    turn_wheel(opera, at, 3)
    assert (opera.position_of(700) - QPointF(at)).manhattanLength() < 2
    closer = opera.seat_pitch
    turn_wheel(opera, at, -1)
    assert opera.seat_pitch == pytest.approx(closer / 1.2)


def test_hovering_tells_the_seat_once(opera, qtbot):
    told = []
    opera.hovered.connect(told.append)
    for at in (point(opera, 700), point(opera, 700) + QPoint(1, 0), QPoint(3, 300)):
        qtbot.mouseMove(opera, at)
    assert told == [700, -1]


def test_the_tooltip_says_what_the_seat_is(opera, qtbot):
    names = {s.FREE: "free", s.SOLD: "sold"}
    opera.set_describer(lambda place: f"seat {place}, {names[opera.state_of(place)]}")
    qtbot.mouseMove(opera, point(opera, 700))
    assert opera.toolTip() == "seat 700, free"
    opera.update_states([700], s.SOLD)
    assert opera.toolTip() == "seat 700, sold"
    qtbot.mouseMove(opera, QPoint(3, 300))
    assert opera.toolTip() == ""


def test_from_afar_a_click_brings_the_block_nearer(qtbot):
    stadium = shipped("stadium")
    seats = opened(qtbot, stadium)
    place = 20_000
    with qtbot.assertNotEmitted(seats.clicked):
        qtbot.mouseClick(seats, LEFT, pos=point(seats, place))
    assert seats.seat_pitch > 4.5
    block = [ix for ix in range(len(stadium)) if stadium.zone[ix] == stadium.zone[place]]
    assert all(seats.rect().contains(point(seats, ix)) for ix in block)
    with qtbot.waitSignal(seats.clicked, timeout=500) as clicked:
        qtbot.mouseClick(seats, LEFT, pos=point(seats, place))
    assert clicked.args == [place]


# ---- keyboard ----------------------------------------------------------------------------


def test_arrows_move_the_focus_and_space_or_enter_activates(opera, qtbot):
    qtbot.keyClick(opera, Qt.Key.Key_Right)
    first = opera.focus_place
    assert first >= 0
    qtbot.keyClick(opera, Qt.Key.Key_Right)
    second = opera.focus_place
    assert opera.position_of(second).x() > opera.position_of(first).x()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
        with qtbot.waitSignal(opera.activated, timeout=500) as activated:
            qtbot.keyClick(opera, key)
        assert activated.args == [second]


def test_the_focus_can_be_seen_and_stays_in_view(opera, qtbot):
    opera.zoom_in()
    for _ in range(30):
        qtbot.keyClick(opera, Qt.Key.Key_Down)
        assert opera.rect().contains(point(opera, opera.focus_place))
    with_ring = picture(opera)
    opera.clearFocus()
    QApplication.processEvents()
    opera._overlay.focus_shown = False
    assert (with_ring != picture(opera)).sum() > 50


def test_the_mouse_takes_the_ring_away_but_keeps_the_place(opera, qtbot):
    qtbot.keyClick(opera, Qt.Key.Key_Right)
    qtbot.mouseClick(opera, LEFT, pos=point(opera, 700))
    assert opera.focus_place == 700
    assert not opera._overlay.focus_shown


def test_plus_and_minus_zoom(opera, qtbot):
    far = opera.seat_pitch
    qtbot.keyClick(opera, Qt.Key.Key_Plus)
    assert opera.seat_pitch * 0.86 >= 44
    qtbot.keyClick(opera, Qt.Key.Key_Minus)
    assert opera.seat_pitch == pytest.approx(far)


def test_keys_that_are_not_the_maps_go_on_to_the_window(opera, qtbot):
    class Window(QWidget):
        def keyPressEvent(self, event):
            keys.append(event.key())

    keys: list[int] = []
    window = Window()
    qtbot.addWidget(window)
    opera.setParent(window)
    for key in (Qt.Key.Key_F1, Qt.Key.Key_B, Qt.Key.Key_Escape):
        qtbot.keyClick(opera, key)
    assert keys == [Qt.Key.Key_F1, Qt.Key.Key_B, Qt.Key.Key_Escape]
    opera.setParent(None)


# ---- states ------------------------------------------------------------------------------


class Painted:
    """Notes which rectangles of the hall are painted."""

    def __init__(self, seats: SeatMap, monkeypatch) -> None:
        self.rects: list[QRect] = []
        paint = seats._hall.paint

        def noting(image, pixels, rect, origin, scale):
            at = QPoint(*origin) - QPoint(seats._camera.left, seats._camera.top)
            self.rects.append(QRect(rect).translated(at))
            paint(image, pixels, rect, origin, scale)

        monkeypatch.setattr(seats._hall, "paint", noting)

    @property
    def area(self) -> int:
        return sum(rect.width() * rect.height() for rect in self.rects)


def settled(seats: SeatMap) -> None:
    while seats._canvas.settle()[1]:
        QApplication.processEvents()


@pytest.mark.parametrize(("hall", "view"), [("studio", (910, 560)), ("opera", (910, 560)), ("stadium", (1464, 830))])
def test_a_change_repaints_only_its_seat(qtbot, monkeypatch, hall, view):
    plan = shipped(hall)
    seats = opened(qtbot, plan, size=view)
    settled(seats)
    painted = Painted(seats, monkeypatch)
    seats.update_states([100], [s.SOLD])
    QApplication.processEvents()
    reach = max(seats.seat_pitch * 2, 8)
    assert painted.rects
    assert painted.area <= reach * reach
    assert all(rect.contains(point(seats, 100)) for rect in painted.rects)


def test_the_same_state_again_repaints_nothing(opera, monkeypatch):
    settled(opera)
    painted = Painted(opera, monkeypatch)
    opera.update_states([5, 6], [s.FREE, s.FREE])
    QApplication.processEvents()
    assert not painted.rects


@pytest.mark.parametrize(("hall", "zooms"), [("studio", 0), ("opera", 0), ("opera", 1), ("stadium", 0), ("stadium", 1)])
def test_changes_leave_the_picture_as_if_painted_afresh(qtbot, hall, zooms):
    plan = shipped(hall)
    states = mixed(plan)
    seats = opened(qtbot, plan, states)
    for _ in range(zooms):
        seats.zoom_in()
    QApplication.processEvents()
    settled(seats)
    dice = np.random.default_rng(2)
    for _ in range(20):
        places = dice.integers(0, len(plan), 5)
        codes = dice.choice(s.STATES, 5)
        states[places] = codes
        for place, code in zip(places.tolist(), codes.tolist(), strict=True):
            states[place] = code
            seats.update_states([place], [code])
        QApplication.processEvents()
    seats._write_counts()
    assert np.array_equal(picture(seats), afresh(qtbot, seats, plan, states))


@pytest.mark.parametrize("hall", ["opera", "stadium"])
def test_panning_leaves_the_picture_as_if_painted_afresh(qtbot, hall):
    plan = shipped(hall)
    states = mixed(plan)
    seats = opened(qtbot, plan, states, (640, 400))
    seats.zoom_in()
    dice = np.random.default_rng(4)
    for step in range(60):
        seats._camera.pan(*(int(d) for d in dice.integers(-90, 91, 2)))
        if step % 7 == 0:
            seats._canvas.settle()
        if step % 5 == 0:
            place = int(dice.integers(len(plan)))
            states[place] = s.SOLD
            seats.update_states([place], [s.SOLD])
        seats.repaint()
    seats._write_counts()
    assert np.array_equal(picture(seats), afresh(qtbot, seats, plan, states))


def test_zooming_a_large_hall_shows_the_last_picture_stretched_and_then_the_new_one(qtbot, monkeypatch):
    plan = shipped("stadium")
    states = mixed(plan)
    seats = opened(qtbot, plan, states, (1464, 830))
    painted = Painted(seats, monkeypatch)
    for notch in range(3):
        turn_wheel(seats, QPoint(450, 60), 1)
        QApplication.processEvents()
        assert painted.area == 0, notch
    stretched = picture(seats)
    whole = seats.width() * seats.height()
    assert painted.area <= whole * 0.55  # that picture was a second look at the same scale: half of it is painted
    seats._settle()
    crisp = picture(seats)
    assert painted.area >= whole
    assert (crisp != stretched).any()
    seats._write_counts()
    assert np.array_equal(picture(seats), afresh(qtbot, seats, plan, states))
    # What is stretched lies where it will be: the picture is blurred, not elsewhere.
    alike = [(image[::8, ::8] != int(t.LIGHT.paper[1:], 16)) for image in (stretched, crisp)]
    assert (alike[0] == alike[1]).mean() > 0.9


def test_a_small_hall_is_always_crisp(qtbot):
    plan = shipped("opera")
    states = mixed(plan)
    seats = opened(qtbot, plan, states)
    turn_wheel(seats, QPoint(450, 60), 1)
    assert np.array_equal(picture(seats), afresh(qtbot, seats, plan, states))


def test_many_changes_at_once(qtbot):
    plan = shipped("opera")
    seats = opened(qtbot, plan)
    states = mixed(plan)
    seats.update_states(np.arange(len(plan)), states.tolist())
    seats._write_counts()
    assert np.array_equal(picture(seats), afresh(qtbot, seats, plan, states))


def test_the_basket_covers_the_state_and_gives_it_back(qtbot):
    plan = shipped("opera")
    seats = opened(qtbot, plan)
    plain = picture(seats)
    seats.set_basket([700, 701])
    assert [seats.state_of(ix) for ix in (699, 700, 701)] == [s.FREE, s.BASKET, s.BASKET]
    in_basket = picture(seats)
    assert (in_basket == 0x1A1A1A).sum() > (plain == 0x1A1A1A).sum() + 20
    seats.update_states([700], [s.HERE])
    assert seats.state_of(700) == s.BASKET
    assert np.array_equal(picture(seats), in_basket)
    seats.set_basket([])
    assert [seats.state_of(ix) for ix in (700, 701)] == [s.HERE, s.FREE]
    seats.update_states([700], [s.FREE])
    seats._write_counts()
    assert np.array_equal(picture(seats), plain)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (lambda seats: seats.update_states([0, 1920], [4, 4]), IndexError),
        (lambda seats: seats.update_states([0, -1], [4, 4]), IndexError),
        (lambda seats: seats.update_states([0, 1], [4, 7]), ValueError),
        (lambda seats: seats.update_states([0, 1], [4, 4, 4]), ValueError),
        (lambda seats: seats.set_basket([0, 5000]), IndexError),
        (lambda seats: seats.set_show(shipped("studio"), bytes(219)), ValueError),
        (lambda seats: seats.set_show(shipped("studio"), bytes([9] * 220)), ValueError),
        (lambda seats: seats.set_category_shapes({"Box": "star"}), ValueError),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(opera, wrong, error):
    before = picture(opera)
    with pytest.raises(error, match=r"\d|star"):
        wrong(opera)
    assert opera._hall.plan is shipped("opera")
    assert {opera.state_of(ix) for ix in range(1920)} == {s.FREE}
    assert np.array_equal(picture(opera), before)


def test_another_show_in_the_same_hall_keeps_the_view(qtbot):
    plan = shipped("opera")
    seats = opened(qtbot, plan)
    seats.zoom_in()
    seats.set_basket([3])
    before = seats.position_of(700)
    states = mixed(plan)
    seats.set_show(plan, states)
    assert seats.position_of(700) == before
    assert seats.state_of(3) == states[3]
    assert np.array_equal(picture(seats), afresh(qtbot, seats, plan, states))
    seats.set_show(shipped("studio"), bytes(220))
    assert seats._camera.fitted


def test_states_may_come_as_bytes_or_columns(qtbot):
    plan = square(4)
    wanted = [ix % 5 for ix in range(16)]
    for states in (bytes(wanted), bytearray(wanted), np.array(wanted, np.uint8)):
        seats = opened(qtbot, plan, states)
        assert [seats.state_of(ix) for ix in range(16)] == wanted
        seats.update_states([0], s.SOLD)
        assert list(states) == wanted  # the caller's own column is left alone


# ---- appearance --------------------------------------------------------------------------


def saturation(pixels: np.ndarray) -> int:
    parts = np.stack([(pixels >> shift) & 255 for shift in (16, 8, 0)]).astype(int)
    return int((parts.max(0) - parts.min(0)).sum())


def test_with_the_office_away_what_is_not_in_hand_is_dimmed(opera):
    opera.update_states([700, 701, 702], s.HERE)
    opera._write_counts()
    online = picture(opera)
    opera.set_offline(True)
    offline = picture(opera)
    assert saturation(offline) < saturation(online) * 0.6
    here = QRect(point(opera, 701) - QPoint(2, 2), point(opera, 701) + QPoint(2, 2))
    at = np.s_[here.top() : here.bottom(), here.left() : here.right()]
    assert np.array_equal(online[at], offline[at])
    opera.set_offline(False)
    assert np.array_equal(picture(opera), online)


def test_counts_over_sections_follow_the_seats(opera):
    asked = []
    opera.set_section_wording(lambda name, count: asked.append((name, count)) or (name, str(count)))
    assert ("Circle", 389) in asked
    circle = [ix for ix in range(1920) if opera._hall.plan.zones[opera._hall.plan.zone[ix]] == "Circle"]
    asked.clear()
    opera.update_states(circle[:9], s.SOLD)
    opera.update_states(circle[9:12], s.HERE)
    opera._write_counts()
    assert ("Circle", 380) in asked
    asked.clear()
    opera.set_offline(True)
    assert ("Circle", 3) in asked


def test_the_palette_changes_live(opera):
    light = picture(opera)
    opera.set_tokens(t.DARK)
    dark = picture(opera)
    assert dark[2, 2] == int(t.DARK.paper[1:], 16)
    opera.set_tokens(t.LIGHT)
    assert np.array_equal(picture(opera), light)


@pytest.mark.parametrize("offset", [0.0, 0.23, 0.41, 0.77])
def test_seats_stand_where_they_are_to_a_fraction_of_a_pixel(qtbot, offset):
    far = [(0.0, 0.0), (1000.0, 600.0)]
    seats = opened(qtbot, seats_at([*far, *((300 + n * 8.0, 300 + offset * n) for n in range(5))]))
    assert 4.5 <= seats.seat_pitch < 12
    at = seats.position_of(4)
    left, top = int(at.x()) - 7, int(at.y()) - 7
    only = opened(qtbot, seats_at([*far, *((300 + n * 8.0, 300 + offset * n) for n in range(5) if n != 2)]))
    only._camera.__dict__.update(seats._camera.__dict__)
    only._repaint()
    red = [((picture(each) >> 16) & 255).astype(float) for each in (seats, only)]
    weight = np.abs(red[0] - red[1])[top : top + 15, left : left + 15]
    x = (weight.sum(0) * (np.arange(15) + left + 0.5)).sum() / weight.sum()
    y = (weight.sum(1) * (np.arange(15) + top + 0.5)).sum() / weight.sum()
    assert (x, y) == (pytest.approx(at.x(), abs=0.25), pytest.approx(at.y(), abs=0.25))


def test_category_shapes_change_what_is_drawn(opera):
    discs = picture(opera)
    opera.set_category_shapes({"Restricted view": "triangle"})
    assert (picture(opera) != discs).any()
    opera.set_category_shapes({})
    assert np.array_equal(picture(opera), discs)


def test_seats_carry_numbers_close_up(opera):
    opera.zoom_in()
    seat = point(opera, opera._middle_place())
    inside = picture(opera)[seat.y() - 10 : seat.y() + 10, seat.x() - 10 : seat.x() + 10]
    assert len(np.unique(inside)) > 4  # body alone would be one colour


def test_the_basket_is_seen_from_afar(qtbot):
    seats = opened(qtbot, shipped("stadium"))
    before = picture(seats)
    seats.set_basket([30_000])
    changed = picture(seats) != before
    assert changed.sum() > 40


def test_a_drawing_of_an_unknown_kind_is_left_out(qtbot):
    odd = ({"shape": "spiral", "position": {"x": 0, "y": 0}}, {"shape": "polygon"}, {"shape": "circle", "circle": 7})
    seats = opened(qtbot, seats_at([(0, 0), (10, 0)], odd))
    assert seats.seat_pitch > 0


# ---- areas -------------------------------------------------------------------------------


def test_areas_are_tiles_one_can_press(opera, qtbot):
    whole = opera.seat_pitch
    opera.set_areas([("st", "Standing", 61, 20, 150), ("tr", "Terrace", 400, 0, 900)])
    assert opera.seat_pitch < whole
    tiles = opera._dock._tiles
    assert [tile.accessibleName() for tile in tiles] == ["Standing 81", "Terrace 400"]
    with qtbot.waitSignal(opera.area_clicked, timeout=500) as clicked:
        qtbot.mouseClick(tiles[1], LEFT)
    assert clicked.args == ["tr"]
    opera.set_offline(True)
    assert [tile.accessibleName() for tile in tiles] == ["Standing 20", "Terrace 0"]
    opera.set_areas([("st", "Standing", 60, 20, 150), ("tr", "Terrace", 400, 0, 900)])
    assert opera._dock._tiles is tiles
    opera.set_areas([])
    assert opera.seat_pitch == pytest.approx(whole)


def test_new_counts_of_areas_leave_the_seats_alone(opera, monkeypatch):
    opera.set_areas([("st", "Standing", 61, 20, 150)])
    QApplication.processEvents()
    updates = []
    monkeypatch.setattr(opera, "update", lambda *rect: updates.append(rect))
    opera.set_areas([("st", "Standing", 60, 20, 150)])
    assert not updates


def test_a_show_may_have_no_seats_at_all(qtbot):
    seats = opened(qtbot, shipped("studio"))
    seats.set_show(None)
    seats.set_areas([("st", "Standing", 61, 20, 150)])
    picture(seats)
    assert seats.place_at(QPointF(100, 100)) == -1
    qtbot.keyClick(seats, Qt.Key.Key_Right)
    qtbot.mouseClick(seats, LEFT, pos=QPoint(30, 30))
    seats.zoom_in()
    seats.fit()
    assert seats.focus_place == -1
    assert seats._dock.height() == seats.height()


# ---- what must not break -------------------------------------------------------------------


def test_every_none_is_given_back(qtbot):
    """A broken binding loses one reference a call and ends the process after some thousand calls."""
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.update()
    before = sys.getrefcount(None)
    for _ in range(1000):
        widget.update()
    assert sys.getrefcount(None) > before - 500


def test_painting_gives_every_none_back(opera):
    opera.repaint()
    before = sys.getrefcount(None)
    for n in range(300):
        opera.update_states([n], s.SOLD)
        opera.repaint()
    assert sys.getrefcount(None) > before - 150


def test_a_large_hall_opens_and_answers(qtbot):
    stadium = shipped("stadium")
    seats = opened(qtbot, stadium, mixed(stadium), (1366, 768))
    assert seats.map_bytes < 16_000_000
    seats.zoom_to(range(100))
    QApplication.processEvents()
    assert all(seats.rect().contains(point(seats, ix)) for ix in range(100))
    assert seats.place_at(seats.position_of(50)) == 50


def test_an_exception_while_painting_does_not_end_the_process(qtbot, monkeypatch):
    seats = opened(qtbot, shipped("studio"))

    def broken(*_):
        raise RuntimeError("no ink")

    monkeypatch.setattr(seats._hall, "_paint_sprites", broken)
    seats._repaint()
    with pytest.raises(RuntimeError, match="no ink"):
        seats.repaint()
    monkeypatch.undo()
    seats._repaint()
    assert (picture(seats) != int(t.LIGHT.paper[1:], 16)).any()
