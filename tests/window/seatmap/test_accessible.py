"""What a screen reader hears of the map."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from pos.ui.seatmap import states as s
from pos.ui.seatmap.legend import Legend
from pos.ui.seatmap.strip import CategoryStrip, StripItem
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


def test_strip_and_legend_say_what_they_show(qtbot):
    strip, legend = CategoryStrip(), Legend()
    qtbot.addWidget(strip)
    qtbot.addWidget(legend)
    strip.set_items([StripItem("Stalls", "#56B4E9", "58.00", "214"), StripItem("Box", "#CC79A7", "75.00", "22")])
    assert strip.accessibleName() == "Stalls 58.00 214; Box 75.00 22"
    legend.set_entries([(s.FREE, "disc", "вільне"), (s.FREE, "triangle", "обмежений огляд")])
    assert legend.accessibleName() == "вільне, обмежений огляд"
    legend.show()
    legend.repaint()


@pytest.mark.parametrize("width", [1400, 910, 500, 200])
def test_every_category_is_there_however_narrow(qtbot, width):
    strip = CategoryStrip()
    qtbot.addWidget(strip)
    names = ["Orchestra", "Stalls", "Circle", "Balcony", "Box", "Restricted view", "Wheelchair", "Companion"]
    strip.set_items([StripItem(name, "#56B4E9", "58.00", "214") for name in names])
    strip.resize(width, 48)
    strip.show()
    qtbot.waitExposed(strip)
    QApplication.processEvents()
    assert len(strip._boxes) == len(names)
    if width >= 910:
        assert all(box.right() <= width for _, box in strip._boxes)
        with qtbot.waitSignal(strip.picked, timeout=500) as picked:
            qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip._boxes[5][1].center().toPoint())
        assert picked.args[0].startswith("Restricted")
