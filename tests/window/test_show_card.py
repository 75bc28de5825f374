"""The show's card: what buyers ask, and what has changed, which somebody reads before the show is sold again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pos.ui.shows import cardwords
from tests.window.counter import CTRL, Counter, Key

TOSCA = {"id": "tosca", "title": {"en": "Tosca"}, "minutes": 190, "intervals": [25, 20], "age": 12}


def card(counter: Counter) -> dict[str, str]:
    """What the card shows, by name."""
    sheet = counter.window.show_card
    grids = (sheet.when, sheet.said, sheet.prices, sheet.terms)
    return {name.text(): value.text() for grid in grids for name, value in grid.rows if value.text()}


def change(counter: Counter) -> None:
    """The office announces a longer evening, and the window has heard."""
    counter.house.document("production", TOSCA)
    counter.until(lambda: any(one.changed for one in counter.window.session.shows))


def test_what_buyers_ask_is_one_key_away(counter: Counter) -> None:
    counter.choose("tosca")
    counter.press(Key.Key_I)
    counter.until(lambda: "Orchestra" in card(counter))
    shown = card(counter)
    assert shown["Length"] == "2 h 45 min · 2 intervals (25 min, 20 min)"
    assert shown["Age"] == "from 12 years"
    assert shown["Language"].startswith("Italian")
    assert {"Adult 98.00", "Student 49.00"} <= set(shown["Orchestra"].split(" · "))
    assert "Refund" in shown
    assert not counter.window.show_card.changes.isVisible()
    counter.press(Key.Key_B)
    assert counter.labels == [], "a key under the card went to the seats"
    counter.press(Key.Key_Escape)
    assert counter.window.cover is None
    counter.press(Key.Key_B)
    counter.settled(2)


def test_any_show_of_the_list_has_its_card(counter: Counter) -> None:
    counter.press(Key.Key_O, modifier=CTRL)
    counter.until(lambda: counter.screen == "shows")
    counter.type("hedda")
    counter.press(Key.Key_F8)
    counter.until(lambda: "Latecomers" in card(counter))
    assert card(counter)["Latecomers"] == "Admission at the interval only"
    looked_at = counter.window.show_card.show_id
    assert looked_at != counter.window.session.show_id
    counter.press(Key.Key_Return)
    assert (counter.screen, counter.window.session.show_id) == ("sell", looked_at)


def test_a_changed_show_is_read_before_it_is_paid_for(counter: Counter) -> None:
    counter.choose("tosca")
    counter.press(Key.Key_B)
    counter.settled(2)
    change(counter)
    counter.until(lambda: counter.window.banner.property("level") == "amber")
    assert "Tosca" in counter.window.banner.accessibleName()
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.window.cover is counter.window.show_card)
    counter.until(lambda: bool(counter.window.show_card.changed))
    assert "Length: 190 min, not 165 min" in counter.window.show_card.changes.text()
    assert counter.house.bodies("TicketsSold") == []
    counter.press(Key.Key_Escape)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.window.cover is counter.window.show_card)  # closing it is not reading it
    counter.until(lambda: bool(counter.window.show_card.changed))
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.window.cover is None)
    counter.until(lambda: counter.window.banner.property("level") == "quiet")
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)


def test_what_changes_once_more_while_it_is_read_is_read_again(counter: Counter) -> None:
    counter.choose("tosca")
    change(counter)
    counter.press(Key.Key_I)
    sheet = counter.window.show_card
    counter.until(lambda: bool(sheet.changed))
    old = sheet._told
    counter.house.document("production", TOSCA | {"age": 16})
    counter.until(lambda: sheet._told["announced"]["age"] == 16)
    sheet._told = old
    counter.press(Key.Key_Return)
    counter.until(lambda: "once more" in sheet.problem.text())
    counter.until(lambda: "from 16 years" in sheet.changes.text())
    assert counter.window.cover is sheet


def test_another_show_sells_meanwhile(counter: Counter) -> None:
    change(counter)
    counter.choose("hedda")
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)


def test_a_show_that_is_not_today_looks_different(counter: Counter) -> None:
    session, top = counter.window.session, counter.window.top
    today = next(one for one in session.shows if session.formats.is_today(one.starts, session.now) and one.sells)
    other = next(one for one in session.shows if one.starts > session.now + timedelta(days=1) and one.sells)
    counter.window.choose_show(other.id)
    assert top._when.property("role") == "other-day"
    assert "Not today" in counter.window.banner.accessibleName()
    counter.window.choose_show(today.id)
    assert top._when.property("role") == ""


@pytest.mark.parametrize(
    ("minutes", "intervals", "written"),
    [
        (None, [], ""),
        (45, [], "45 min · no interval"),
        (60, [15], "1 h 00 min · 1 interval (15 min)"),
        (165, [25, 20], "2 h 45 min · 2 intervals (25 min, 20 min)"),
    ],
)
def test_a_length_is_written_as_it_is_said(minutes: int | None, intervals: list[int], written: str) -> None:
    assert cardwords.length({"minutes": minutes, "intervals": intervals}) == written
