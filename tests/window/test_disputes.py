"""The supervisor's inbox in the window: found, read, taken and resolved by the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from pos.domain.disputes import after
from pos.ui.theme.widgets import RailButton
from tests.peers.disputes import BUYER, document
from tests.window.counter import CTRL, Counter, Key

Open = Callable[..., Counter]


def some(counter: Counter, *, minutes: int = 28) -> list[dict[str, Any]]:
    """Two disputes of this evening: a seat sold to two, an hour after an unreadable entry of another window."""
    show = next(card.id for card in counter.window.session.shows if card.id.startswith("tosca") and card.sells)
    now = datetime.now(UTC)
    (place,) = document()["places"]
    seat = document(
        "W1.1.7-1",
        till="W1",
        opened_at=(now - timedelta(minutes=minutes)).isoformat(),
        places=[place | {"show": show, "label": "Stalls L 14"}],
    )
    entry = document(
        "W2.1.4-1",
        cause="unbalanced",
        till="W2",
        till_name="Window 2",
        kind="CashMoved",
        opened_at=(now - timedelta(hours=3)).isoformat(),
        places=[],
        sale="",
        tickets=[],
        customer="",
        contact="",
        money="5.00",
        fields={"off": "1.00 EUR"},
        ways=["accept"],
    )
    return [seat, entry]


@pytest.fixture
def supervisor(open_window: Open) -> Counter:
    """Софія is signed in with a shift, and the office has told of two disputes."""
    counter = open_window()
    counter.sign_in("sofia")
    counter.open_shift("150")
    counter.choose("tosca")
    for body in some(counter):
        counter.house.document("dispute", body)
    counter.until(lambda: len(counter.window.disputes.rows) == 2)
    return counter


def words(counter: Counter) -> str:
    """All that the panel says."""
    labels = counter.window.screens["disputes"].panel.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def badge(counter: Counter) -> RailButton:
    button = counter.window.rail._buttons["disputes"]
    assert isinstance(button, RailButton)
    return button


def test_the_rail_counts_what_is_open_and_leads_there(supervisor: Counter) -> None:
    assert badge(supervisor).isVisible()
    assert badge(supervisor).accessibleName() == "Disputes 2"
    supervisor.press(Key.Key_6, modifier=CTRL)
    assert supervisor.screen == "disputes"
    supervisor.press(Key.Key_Escape)
    assert supervisor.screen == "sell"


def test_the_marked_one_is_told_with_all_that_is_needed(supervisor: Counter) -> None:
    supervisor.press(Key.Key_6, modifier=CTRL)
    assert "apart" in words(supervisor), "the oldest is marked first"
    supervisor.press(Key.Key_Down)
    said = words(supervisor)
    for text in ("Stalls L 14", "Tosca", BUYER, "€58.00", "Window 1 · Anna · T1-2", "28 min", "the office"):
        assert text in said, text
    assert "Stalls L 14 was sold at Window 1, but the office has it otherwise: sold at Window 2." in said
    assert "Proposed: Other seats" in said
    supervisor.press(Key.Key_Up)
    assert "Proposed: Let it stand" in words(supervisor)


def test_a_dispute_is_taken_and_resolved_by_the_keyboard(supervisor: Counter) -> None:
    presenter = supervisor.window.disputes
    supervisor.press(Key.Key_6, modifier=CTRL)
    supervisor.press(Key.Key_Down, Key.Key_F4)
    supervisor.until(lambda: presenter.rows[1].owner == "sofia")
    assert "Софія took it at" in words(supervisor)
    assert "has not heard of it yet" in words(supervisor)
    supervisor.press(Key.Key_Return)
    assert presenter.opened
    supervisor.press(Key.Key_F2, Key.Key_Return)
    assert "field “Note”" in presenter.problem
    supervisor.type("paid back at the door")
    supervisor.press(Key.Key_Return)
    supervisor.until(lambda: len(presenter.rows) == 1)
    assert supervisor.toast == "✓  Resolved: Money back."
    assert not presenter.opened
    assert badge(supervisor).accessibleName() == "Disputes 1"
    (done,) = [one for one in supervisor.house.ask("disputes", state="all")["disputes"] if one["state"] == "resolved"]
    assert (done["resolution"]["way"], done["resolution"]["note"]) == ("refund", "paid back at the door")


def test_other_seats_name_the_sale_that_must_be_known(supervisor: Counter) -> None:
    presenter = supervisor.window.disputes
    supervisor.press(Key.Key_6, modifier=CTRL)
    supervisor.press(Key.Key_Down, Key.Key_Return)
    supervisor.type("moved to row M")
    presenter.type_done_by("W1-99999")
    supervisor.press(Key.Key_Return)
    supervisor.until(lambda: "No such ticket, sale" in presenter.problem)
    assert (presenter.opened, presenter.note) == (True, "moved to row M"), "nothing typed is lost"


def test_what_is_typed_about_one_is_not_lost_to_an_arrow_and_escape_leaves_it(supervisor: Counter) -> None:
    presenter = supervisor.window.disputes
    supervisor.press(Key.Key_6, modifier=CTRL)
    supervisor.press(Key.Key_Return)
    supervisor.type("half a note")
    marked = presenter.marked
    supervisor.press(Key.Key_Down)
    assert (presenter.marked, presenter.note) == (marked, "half a note")
    supervisor.press(Key.Key_Escape)
    assert (presenter.opened, presenter.note, supervisor.screen) == (False, "", "disputes")
    supervisor.press(Key.Key_Down)
    assert presenter.marked != marked


def test_only_the_ways_out_of_its_cause_can_be_chosen(supervisor: Counter) -> None:
    presenter = supervisor.window.disputes
    supervisor.press(Key.Key_6, modifier=CTRL)
    supervisor.press(Key.Key_Return, Key.Key_F1)
    assert presenter.way == "accept"


def test_one_that_is_resolved_elsewhere_leaves_the_screen(supervisor: Counter) -> None:
    presenter = supervisor.window.disputes
    supervisor.press(Key.Key_6, modifier=CTRL)
    supervisor.press(Key.Key_Down, Key.Key_Return)
    seat, _ = some(supervisor)
    step = {"what": "resolved", "by": "zoe", "till": "W2", "at": seat["opened_at"], "fact": "W2.1.9", "way": "accept"}
    supervisor.house.document("dispute", after(seat, step))
    supervisor.until(lambda: len(presenter.rows) == 1)
    assert not presenter.opened
    assert presenter.marked == presenter.rows[0].id


def test_without_the_line_it_works_as_well(supervisor: Counter) -> None:
    presenter = supervisor.window.disputes
    supervisor.house.cut()
    supervisor.press(Key.Key_6, modifier=CTRL)
    supervisor.press(Key.Key_Return)
    supervisor.type("seen")
    supervisor.press(Key.Key_Return)
    supervisor.until(lambda: len(presenter.rows) == 1)


def test_a_new_one_is_said_with_the_way_there(supervisor: Counter) -> None:
    seat, _ = some(supervisor)
    supervisor.house.document("dispute", seat | {"id": "W1.1.9-1"})
    supervisor.until(lambda: "In dispute" in supervisor.toast)
    assert supervisor.toast == "▲  In dispute: Stalls L 14. ^6 opens it."
    supervisor.until(lambda: badge(supervisor).accessibleName() == "Disputes 3")


def test_a_cashier_hears_of_it_and_sees_no_inbox(counter: Counter) -> None:
    seat, _ = some(counter)
    counter.house.document("dispute", seat)
    counter.until(lambda: "In dispute" in counter.toast)
    assert "A supervisor finds it under Disputes (^6)." in counter.toast
    assert not badge(counter).isVisible()
    counter.press(Key.Key_6, modifier=CTRL)
    assert counter.screen == "sell"


def test_a_supervisor_needs_no_shift_to_look(open_window: Open) -> None:
    counter = open_window()
    counter.sign_in("sofia")
    counter.until(lambda: counter.screen == "open")
    counter.press(Key.Key_6, modifier=CTRL)
    assert counter.screen == "disputes"
    assert badge(counter).y() == 8 + 5 * badge(counter).height(), "the sixth place, though the others are not there"
    counter.until(lambda: "Nothing is in dispute." in _work(counter))
    counter.press(Key.Key_5, modifier=CTRL)
    assert counter.screen == "disputes", "there is no drawer without a shift"
    counter.press(Key.Key_Escape)
    assert counter.screen == "open"


def _work(counter: Counter) -> list[str]:
    return [label.text() for label in counter.window.screens["disputes"].work.findChildren(QLabel)]


def test_the_frame_stays_and_what_can_be_pressed_is_large_enough(supervisor: Counter) -> None:
    window = supervisor.window
    parts = [window.top, window.banner, window.tabs, window.rail, window.works, window.panels, window.foot]
    before = [part.geometry() for part in parts]
    supervisor.press(Key.Key_6, modifier=CTRL)
    supervisor.press(Key.Key_Down, Key.Key_Return)
    supervisor.qtbot.wait(30)
    assert [part.geometry() for part in parts] == before
    screen = window.screens["disputes"]
    small = [
        (each.accessibleName(), each.width(), each.height())
        for each in screen.panel.findChildren(QPushButton)
        if each.isVisible() and min(each.width(), each.height()) < 48
    ]
    assert small == []
