"""What a screen reader hears of the map."""

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible

from pos.ui.seatmap import states as s
from pos.ui.seatmap.legend import Legend
from pos.ui.seatmap.widget import SeatMap
from tests.window.seatmap.halls import shipped


@pytest.fixture
def seats(qtbot):
    seats = SeatMap()
    qtbot.addWidget(seats)
    seats.resize(600, 400)
    seats.set_show(shipped("studio"), bytes(220))
    seats.show()
    return seats


@pytest.fixture
def opera(qtbot):
    seats = SeatMap()
    qtbot.addWidget(seats)
    seats.resize(900, 600)
    seats.set_show(shipped("opera"), bytes(1920))
    seats.show()
    qtbot.waitActive(seats)
    return seats


def heard(widget):
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None
    assert interface.isValid()
    return interface.text(QAccessible.Text.Name)


def test_the_map_is_called_what_its_focused_seat_is(seats, qtbot):
    names = {s.FREE: "free", s.SOLD: "sold"}
    seats.set_describer(lambda ix: f"{shipped('studio').label(ix)}, {names[seats.state_of(ix)]}, 18.00")
    assert heard(seats) == shipped("studio").name
    qtbot.keyClick(seats, Qt.Key.Key_Right)
    place = seats.focus_place
    assert heard(seats) == f"{shipped('studio').label(place)}, free, 18.00"
    seats.update_states([place], s.SOLD)
    assert heard(seats) == f"{shipped('studio').label(place)}, sold, 18.00"
    qtbot.keyClick(seats, Qt.Key.Key_Right)
    assert heard(seats).startswith(shipped("studio").label(seats.focus_place))
    assert seats.focus_place != place


def test_without_a_describer_the_seat_is_named(seats, qtbot):
    qtbot.keyClick(seats, Qt.Key.Key_Right)
    assert heard(seats) == shipped("studio").label(seats.focus_place)


def test_several_maps_come_and_go(qtbot):
    for _ in range(5):
        seats = SeatMap()
        seats.set_show(shipped("studio"), bytes(220))
        assert heard(seats) == shipped("studio").name
        seats.deleteLater()
        qtbot.wait(1)


def test_the_legend_says_what_it_shows(qtbot):
    legend = Legend()
    qtbot.addWidget(legend)
    legend.set_entries([(s.FREE, "disc", "вільне"), (s.FREE, "triangle", "обмежений огляд")])
    assert legend.accessibleName() == "вільне, обмежений огляд"
    narrow = legend.width()
    legend.set_entries([(s.FREE, "disc", "a much longer explanation than the one before")])
    assert legend.width() > narrow
    with qtbot.waitExposed(legend):
        legend.show()
    picture = legend.grab().toImage()
    legend.set_entries([(s.SOLD, "disc", "a much longer explanation than the one before")])
    assert legend.grab().toImage() != picture


def test_the_tree_is_the_hall_its_sections_and_their_seats_by_name_and_state(opera, qtbot):
    plan = shipped("opera")
    names = {s.FREE: "free", s.SOLD: "sold", s.BASKET: "in the basket"}
    opera.set_describer(lambda place: f"{plan.label(place)}, {names[opera.state_of(place)]}")
    hall = QAccessible.queryAccessibleInterface(opera)
    assert hall.childCount() == len(plan.zones)
    section = hall.child(1)
    assert section.role() == QAccessible.Role.Grouping
    assert section.text(QAccessible.Text.Name).startswith("Circle ")
    places = [ix for ix in range(len(plan)) if plan.zone[ix] == 1]
    assert section.childCount() == len(places)
    seat = section.child(3)
    assert seat.text(QAccessible.Text.Name) == f"{plan.label(places[3])}, free"
    assert not seat.state().selected
    opera.set_basket([places[3]])
    assert seat.text(QAccessible.Text.Name).endswith("in the basket")
    assert seat.state().selected
    assert section.indexOfChild(seat) == 3
    assert hall.indexOfChild(seat.parent()) == 1
    assert seat.rect().contains(opera.mapToGlobal(opera.position_of(places[3]).toPoint()))
    assert section.rect().contains(seat.rect().center())


def test_the_seat_in_focus_is_the_focused_one_in_the_tree(opera, qtbot):
    plan = shipped("opera")
    hall = QAccessible.queryAccessibleInterface(opera)
    opera.setFocus()
    assert hall.focusChild() is None
    qtbot.keyClick(opera, Qt.Key.Key_Right)
    focused = hall.focusChild()
    assert focused.text(QAccessible.Text.Name) == plan.label(opera.focus_place)
    assert focused.state().focused
    other = hall.child(0).child(0)
    assert not other.state().focused


def test_what_was_asked_for_is_the_same_while_the_hall_is_and_no_more_in_another(opera, qtbot):
    hall = QAccessible.queryAccessibleInterface(opera)
    section = hall.child(0)
    asked = [section.child(n).text(QAccessible.Text.Name) for n in range(section.childCount())]
    assert len(set(asked)) == section.childCount()
    assert section.child(0) is section.child(0)
    opera.set_show(shipped("studio"), bytes(220))
    assert not shiboken6.isValid(section)
    assert hall.childCount() == 1
    assert hall.child(0).child(0).text(QAccessible.Text.Name) == shipped("studio").label(0)
