"""A till that is gone is taken over at the window: by a copy that lies here, with a supervisor's PIN in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from pos.domain.certificate import Hand
from pos.store.aside import leftovers, set_aside
from pos.ui.shift.takeoverview import TakeOverScreen
from tests.peers.dead_till import key_of, leave_copy
from tests.unit.till.counter import OFFICE_KEY
from tests.unit.till.counter import Counter as UnitCounter
from tests.unit.till.toy_lan import ToyLan
from tests.window.counter import CTRL, Counter, Key
from tests.window.till import PINS


@pytest.fixture
def counter(open_window: Callable[..., Counter]) -> Counter:
    """Anna's shift is open, the office is away, and she is asked to take over a till."""
    counter = open_window()
    counter.house.document("key", key_of("KASSA-9"))
    counter.house.cut()
    counter.sign_in("anna")
    counter.open_shift("150")
    counter.press(Key.Key_5, modifier=CTRL)
    counter.until(lambda: counter.screen == "drawer" and counter.window.drawer.state is not None)
    counter.press(Key.Key_F8)
    counter.until(lambda: counter.screen == "shifts")
    return counter


def screen_of(counter: Counter) -> TakeOverScreen:
    screen = counter.window.screens["takeover"]
    assert isinstance(screen, TakeOverScreen)
    return screen


def test_a_till_that_is_gone_is_counted_out_with_a_supervisor(counter: Counter) -> None:
    leave_copy(counter.house.copies, "KASSA-9")
    counter.press(Key.Key_F5)
    presenter = counter.window.taking_over
    counter.until(lambda: counter.screen == "takeover" and [row.till for row in presenter.rows] == ["KASSA-9"])
    counter.press(Key.Key_Return)
    assert presenter.problem == "Count the drawer of KASSA-9, and type what is in it."
    counter.type("99")
    counter.press(Key.Key_Return)
    assert "Enter once more books it" in presenter.problem
    assert counter.house.bodies("DrawerTakenOver") == []
    counter.press(Key.Key_Return)
    screen = screen_of(counter)
    counter.until(lambda: bool(presenter.needs) and screen.approval.who.count() > 0)
    counter.type(PINS[str(screen.approval.who.currentData())])
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.screen == "shifts")
    (taken,) = counter.house.bodies("DrawerTakenOver")
    assert (taken["till"], taken["expected"], taken["counted"], taken["copy"]) == ("KASSA-9", "100.00", "99.00", 2)
    assert counter.toast == "✓  The drawer of KASSA-9 is counted out, difference -€1.00. Put the money into the safe."


def test_a_till_that_still_answers_is_asked_about_once_more(counter: Counter) -> None:
    desk = counter.house.desk
    desk.outside = replace(desk.outside, neighbours=ToyLan(Hand("KASSA-1", 1), {"KASSA-9": None}))  # type: ignore[dict-item]
    leave_copy(counter.house.copies, "KASSA-9")
    counter.press(Key.Key_F5)
    presenter = counter.window.taking_over
    counter.until(lambda: bool(presenter.rows))
    counter.type("100")
    counter.press(Key.Key_Return, Key.Key_Return)
    counter.until(lambda: presenter.problem.startswith("KASSA-9 still answers."))
    counter.press(Key.Key_Return)
    screen = screen_of(counter)
    counter.until(lambda: bool(presenter.needs) and screen.approval.who.count() > 0)
    counter.type(PINS[str(screen.approval.who.currentData())])
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.screen == "shifts")
    assert [body["till"] for body in counter.house.bodies("DrawerTakenOver")] == ["KASSA-9"]


def test_where_no_copy_is_the_page_says_what_to_do(counter: Counter) -> None:
    counter.press(Key.Key_F5)
    counter.until(lambda: counter.screen == "takeover" and counter.window.taking_over.looked)
    assert any(
        label.text().startswith("No copy of another till") for label in screen_of(counter).work.findChildren(QLabel)
    )
    counter.press(Key.Key_Escape)
    assert counter.screen == "shifts"


def test_the_contingency_sheet_leads_there(counter: Counter) -> None:
    counter.press(Key.Key_F1, modifier=CTRL)
    counter.until(lambda: counter.window.contingency.isVisible())
    counter.press(Key.Key_F6, modifier=CTRL)
    counter.until(lambda: counter.screen == "takeover")
    assert not counter.window.contingency.isVisible()


def test_what_is_typed_is_forgotten_before_the_page_is_left(counter: Counter) -> None:
    leave_copy(counter.house.copies, "KASSA-9")
    counter.press(Key.Key_F5)
    counter.until(lambda: bool(counter.window.taking_over.rows))
    counter.type("12")
    counter.press(Key.Key_Escape)
    assert (counter.screen, counter.window.taking_over.typed) == ("takeover", "")
    counter.press(Key.Key_Escape)
    assert counter.screen == "shifts"


def left_open(counter: Counter, folder: Path) -> None:
    """This till was enrolled again while its shift was open, with a float of 100 and a ticket of 59 sold."""
    before = UnitCounter(folder / "T1")
    before.open()
    before.sell("A-1")
    before.stop()
    set_aside(before.folder, before.identity)
    desk = counter.house.desk
    desk.outside = replace(desk.outside, leftovers=leftovers(before.folder, OFFICE_KEY))


@pytest.fixture
def before_the_shift(open_window: Callable[..., Counter], tmp_path: Path) -> Counter:
    made = open_window()
    left_open(made, tmp_path)
    made.sign_in("anna")
    made.until(lambda: made.screen == "open")
    made.type("150")
    made.press(Key.Key_Return)
    made.until(lambda: made.window.opening.uncounted)
    return made


def test_an_earlier_drawer_is_counted_before_the_shift_opens(before_the_shift: Counter) -> None:
    counter, opening = before_the_shift, before_the_shift.window.opening
    counter.type("158")
    counter.press(Key.Key_Return)
    assert "Enter once more takes it out of the books" in opening.problem
    counter.press(Key.Key_Return)
    counter.until(lambda: not opening.uncounted)
    assert opening.problem == "The old drawer is counted, difference -€1.00. Now count the float."
    counter.open_shift("150")
    assert [body["counted"] for body in counter.house.bodies("DrawerTakenOver")] == ["158.00"]


def test_a_drawer_that_another_window_has_counted_is_said_to_be(before_the_shift: Counter) -> None:
    counter, opening = before_the_shift, before_the_shift.window.opening
    counter.house.office.found["counted_drawer"] = {"by": "KASSA-2.1.40"}
    counter.press(Key.Key_Return, Key.Key_Return)
    counter.until(lambda: not opening.uncounted)
    assert opening.problem == "KASSA-2 has counted the old drawer already. Now count the float."
    counter.open_shift("150")
    assert counter.house.bodies("DrawerTakenOver") == []


def test_what_it_had_sold_is_found_and_said_to_be_known_from_the_copy(counter: Counter) -> None:
    house = counter.house
    house.mend()
    show = next(one.id for one in counter.window.session.shows if one.id.startswith("tosca"))
    place = next(
        row["place"] for row in house.ask("places", show=show)["places"] if row.get("state") in ("free", "here")
    )
    house.ask("add", show=show, places=[place], price_type="adult")
    total = house.ask("basket")["basket"]["total"]
    house.ask("pay", tenders=[{"kind": "cash", "amount": total}])
    sale = house.bodies("TicketsSold")[0]["sale"] | {"id": "KASSA-9-1", "till": "KASSA-9"}
    sale["tickets"] = [ticket | {"id": "KASSA-9-1-1", "code": "GONE00000001"} for ticket in sale["tickets"]]
    leave_copy(house.copies, "KASSA-9", sale=sale)
    counter.window.found.search("GONE00000001")
    counter.until(lambda: bool(counter.window.found.rows))
    (row,) = counter.window.found.rows
    assert (row.sale, row.till, row.copied, row.state) == ("KASSA-9-1", "KASSA-9", True, "live")
    counter.window.go("found")
    labels = counter.window.screens["found"].panel.findChildren(QLabel)
    assert "the copy of KASSA-9 alone" in [label.text() for label in labels]
