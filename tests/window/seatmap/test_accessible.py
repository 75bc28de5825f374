"""What a screen reader hears of the map."""

import pytest
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
    legend.show()
    qtbot.waitExposed(legend)
    picture = legend.grab().toImage()
    legend.set_entries([(s.SOLD, "disc", "a much longer explanation than the one before")])
    assert legend.grab().toImage() != picture
