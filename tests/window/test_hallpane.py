"""The hall on the selling screen: what is pointed at is told, its keys, and what other windows do."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QStandardPaths
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from pos.ui.seatmap import states
from tests.window.counter import CTRL, SHIFT, Counter, Key
from tests.window.seatmap.test_map import settled
from tests.window.till import OTHER


def test_the_line_under_the_map_tells_place_category_price_state_holder_and_since(counter: Counter) -> None:
    pane = counter.selling.view.pane
    height = pane.line.height()
    assert "H" in pane.line.said  # nothing is pointed at: what the map can do
    seat = counter.seats(states.ELSEWHERE)[0]
    pane.map.zoom_to([seat])
    counter.qtbot.mouseMove(pane.map, pane.map.position_of(seat).toPoint())
    assert pane.pointed.place == seat
    assert pane.line.said.split(" · ") == [counter.label(seat), "Stalls", pane.price("Stalls"), "at another window"]
    counter.until(lambda: OTHER in pane.line.said)
    assert "since" in pane.line.said
    free = counter.free()[0]
    pane.map.zoom_to([free])
    counter.qtbot.mouseMove(pane.map, pane.map.position_of(free).toPoint())
    assert pane.line.said == f"{counter.label(free)} · Stalls · {pane.price('Stalls')} · free"
    assert pane.line.height() == height
    assert pane.map.toolTip() == ""


def test_the_line_follows_the_keyboard(counter: Counter) -> None:
    pane = counter.selling.view.pane
    pane.map.setFocus()
    counter.press(Key.Key_Right)
    first = pane.line.said
    assert first == pane.pointed.describe(pane.map.focus_place)
    counter.press(Key.Key_Right)
    assert pane.line.said != first


def test_what_another_window_does_repaints_its_seats_and_leaves_the_view(counter: Counter) -> None:
    pane, hall = counter.selling.view.pane, counter.sell.hall
    assert hall.plan is not None
    seat = counter.at_hand()[0]
    pane.map.zoom_to([seat])
    QApplication.processEvents()
    settled(pane.map)
    view, fitted = pane.map._camera.view, pane.map._camera.fitted
    painted: list[QPoint] = []
    paint = pane.map._hall.paint
    pane.map._hall.paint = lambda image, pixels, rect, origin, scale: (
        painted.append(QPoint(rect.width(), rect.height())),
        paint(image, pixels, rect, origin, scale),
    )
    counter.house.recall(hall.show_id, hall.plan.place_ids[seat])
    counter.until(lambda: pane.map.state_of(seat) != states.HERE and bool(painted))
    QApplication.processEvents()
    assert all(max(size.x(), size.y()) <= 3 * pane.map.seat_pitch for size in painted)
    assert (pane.map._camera.view, pane.map._camera.fitted) == (view, fitted)


def test_h_colours_by_price_then_by_what_is_left_and_the_key_says_so(counter: Counter) -> None:
    view = counter.selling.view
    counter.press(Key.Key_H)
    assert view.map.heat == "price"
    assert f": {view.pane.price('Stalls')}" in view.legend.accessibleName()
    counter.press(Key.Key_H)
    assert view.map.heat == "left"
    assert "nothing left" in view.legend.accessibleName()
    counter.press(Key.Key_H)
    assert view.map.heat == "category"
    assert "nothing left" not in view.legend.accessibleName()


def test_in_the_price_look_sections_say_what_they_cost(counter: Counter) -> None:
    pane = counter.selling.view.pane
    counter.press(Key.Key_H)
    assert pane._section("Circle", 12)[1] == pane._prices_in("Circle")
    low, high = pane.price("Restricted view"), pane.price("Circle")
    assert pane._prices_in("Circle") == f"{low}–{high}"
    counter.press(Key.Key_H, Key.Key_H)
    assert pane._section("Circle", 12) == ("Circle", "12")


def test_o_turns_the_hall_and_this_till_keeps_it_for_this_hall(counter: Counter) -> None:
    map_ = counter.selling.view.map
    assert map_._turn == 0
    counter.press(Key.Key_O)
    assert map_._turn == 1
    counter.choose("hedda")
    assert map_._turn == 0
    counter.choose("tosca")
    assert map_._turn == 1
    show = counter.sell.hall.show_id
    assert counter.house.front.seat_map(show).result(5).turn == 1  # and so will the next window


def test_n_shows_and_hides_the_small_map(counter: Counter) -> None:
    small = counter.selling.view.map.minimap
    assert not small.isVisible()
    counter.press(Key.Key_N)
    assert small.isVisible()
    counter.press(Key.Key_N)
    assert not small.isVisible()


@pytest.mark.parametrize("show", ["tosca", "hedda"])
def test_no_seat_of_the_whole_hall_is_under_the_key(counter: Counter, show: str) -> None:
    counter.choose(show)
    view = counter.selling.view
    view.map.fit()
    key = view.legend.geometry()
    assert view.legend.isVisible()
    plan = counter.sell.hall.plan
    assert plan is not None
    assert not any(key.contains(view.map.position_of(ix).toPoint()) for ix in range(len(plan)))


def test_the_categories_line_has_the_colours_of_the_map(counter: Counter) -> None:
    view = counter.selling.view
    counter.press(Key.Key_H)
    shown = {item.name: item.color for item in view.categories.items}
    colors = view.map.category_colors()
    assert all(shown[name] == colors[name] for name in ("Stalls", "Circle", "Balcony"))
    assert len({colors[name] for name in ("Stalls", "Circle", "Balcony")}) == 3


def test_the_house_chart_is_written_told_of_and_opened(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    folder = tmp_path / "documents"
    folder.mkdir()
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(folder))
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    counter.press(Key.Key_M, modifier=CTRL | SHIFT)
    said = counter.selling.view.pane.line.said
    assert said.startswith("Writing the house chart")
    counter.until(lambda: bool(opened))
    (path,) = folder.iterdir()
    assert opened == [str(path)]
    assert path.read_bytes().startswith(b"%PDF")
    assert str(path) in counter.toast
    assert not counter.selling.view.pane.charting.text


def test_the_house_chart_can_be_stopped(counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(folder))
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: pytest.fail("nothing was written"))
    counter.press(Key.Key_M, modifier=CTRL | SHIFT)
    counter.press(Key.Key_M, modifier=CTRL | SHIFT)
    counter.until(lambda: not counter.selling.view.pane.charting.text)
    assert list(folder.iterdir()) == []


def test_close_up_the_key_makes_room_unless_it_says_what_figures_stand_for(counter: Counter) -> None:
    view = counter.selling.view
    view.map.zoom_in()
    counter.until(lambda: not view.legend.isVisible())
    counter.press(Key.Key_H)
    assert view.legend.isVisible()
    counter.press(Key.Key_H, Key.Key_H)
    assert not view.legend.isVisible()
    view.map.fit()
    counter.until(view.legend.isVisible)
