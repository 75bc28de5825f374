"""Places of a till that is gone: a supervisor looks at them at the window, and releases those without paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel

from pos.ui.frozen.presenter import FrozenPresenter
from pos.ui.frozen.view import FrozenScreen
from tests.peers.dead_till import left_places
from tests.window.counter import CTRL, Counter, Key


def leave_places(counter: Counter, why: str = "", count: int = 3) -> tuple[str, list[str]]:
    """KASSA-9 is gone, and has some places of the first show; KASSA-3 is waited for, if there is a reason."""
    show = next(card.id for card in counter.window.session.shows if card.sells)
    seats = [row["place"] for row in counter.house.ask("places", show=show)["places"] if row.get("state") == "free"]
    waits = [("KASSA-3", 2, why)] if why else []
    told = left_places("KASSA-9", show, seats[:count], waits_for=waits)
    counter.house.office.found["frozen"] = {"frozen": [told]}
    counter.house.office.unheard = waits  # type: ignore[assignment]
    return show, seats[:count]


@pytest.fixture
def counter(open_window: Callable[..., Counter]) -> Counter:
    made = open_window()
    made.sign_in("sofia")
    made.until(lambda: bool(made.window.session.shows))
    return made


def look(counter: Counter) -> FrozenPresenter:
    counter.press(Key.Key_F7, modifier=CTRL)
    counter.until(lambda: counter.screen == "frozen" and counter.window.frozen.looked)
    return counter.window.frozen


def panel(counter: Counter) -> FrozenScreen:
    screen = counter.window.screens["frozen"]
    assert isinstance(screen, FrozenScreen)
    return screen


def words(counter: Counter) -> list[str]:
    return [label.text() for label in panel(counter).work.findChildren(QLabel)]


def test_places_are_ticked_one_by_one_and_released_with_a_reason(counter: Counter) -> None:
    show, seats = leave_places(counter)
    presenter = look(counter)
    assert [row.till for row in presenter.rows] == ["KASSA-9"]
    counter.press(Key.Key_Return)
    assert presenter.opened
    assert presenter.ticked == set(), "each is somebody's word"
    counter.press(Key.Key_Return)
    assert presenter.problem == "Tick the places for which no ticket is out."
    counter.press(Key.Key_F1, Key.Key_Down, Key.Key_Down, Key.Key_F1, Key.Key_Return)
    assert presenter.problem == "Say how you know it, in the field “Reason”."
    counter.press(Key.Key_Slash)
    counter.type("counted the paper")
    counter.press(Key.Key_Return)
    assert presenter.problem.startswith("2 places: no ticket of KASSA-9 is out for them")
    assert counter.house.bodies("PlacesReleased") == []
    counter.house.office.found["frozen"] = {"frozen": [left_places("KASSA-9", show, seats[1:2])]}
    counter.press(Key.Key_Return)
    counter.until(lambda: len(presenter.rows[0].places) == 1)
    (body,) = counter.house.bodies("PlacesReleased")
    assert {tuple(place) for place in body["places"]} == {(show, seats[0]), (show, seats[2])}
    assert (body["till"], body["attested"], body["reason"]) == ("KASSA-9", [], "counted the paper")
    assert counter.toast == "✓  2 places released."
    assert presenter.opened
    assert presenter.ticked == set(), "what is left is still to be looked at"


def test_changing_what_is_ticked_asks_anew(counter: Counter) -> None:
    leave_places(counter)
    presenter = look(counter)
    counter.press(Key.Key_Return, Key.Key_F2, Key.Key_Slash)
    counter.type("burnt")
    counter.press(Key.Key_Return, Key.Key_F1)
    assert not presenter.sure
    counter.press(Key.Key_Return)
    assert presenter.problem.startswith("2 places:")
    assert counter.house.office.releases == []


def test_a_machine_that_was_never_heard_of_again_is_attested_for_by_its_number(counter: Counter) -> None:
    leave_places(counter, "not_stopped", count=1)
    presenter = look(counter)
    counter.press(Key.Key_Return, Key.Key_F2, Key.Key_Slash)
    counter.type("both burnt")
    assert panel(counter).also.isVisible()
    assert panel(counter).also.accessibleName().startswith("☐ KASSA-3.2 is gone, too")
    counter.press(Key.Key_Return, Key.Key_Return)
    counter.until(lambda: "KASSA-3 (incarnation 2) has to be heard" in presenter.problem)
    assert counter.house.bodies("PlacesReleased") == []
    counter.house.office.found["frozen"] = {"frozen": []}
    counter.press(Key.Key_F3, Key.Key_Return, Key.Key_Return)
    counter.until(lambda: not presenter.rows)
    (body,) = counter.house.bodies("PlacesReleased")
    assert body["attested"] == ["KASSA-3.2"]
    assert not presenter.opened


def test_what_is_looked_at_again_is_asked_about_again(counter: Counter) -> None:
    show, seats = leave_places(counter, "not_stopped")
    presenter = look(counter)
    counter.press(Key.Key_Return, Key.Key_F2, Key.Key_F3, Key.Key_Slash)
    counter.type("burnt")
    counter.press(Key.Key_Return)
    assert presenter.sure
    waits = [("KASSA-3", 2, "not_stopped"), ("KASSA-4", 1, "not_attested")]
    counter.house.office.found["frozen"] = {"frozen": [left_places("KASSA-9", show, seats, waits_for=waits)]}
    counter.press(Key.Key_F4)
    counter.until(lambda: presenter.rows[0].attestable == ("KASSA-3.2", "KASSA-4.1"))
    assert not presenter.sure
    assert not presenter.also, "nobody has said anything of KASSA-4"
    assert presenter.ticked == set(seats)


@pytest.mark.parametrize(
    ("why", "first"),
    [
        ("not_heard", "First KASSA-3 must be online and send what it has."),
        ("unreadable", "First settle the dispute about what KASSA-3 told: the office cannot read it."),
        (
            "not_ended",
            (
                "First KASSA-3 must be enrolled anew or declared dead: it told of such a place, and the office cannot "
                "read what."
            ),
        ),
    ],
)
def test_what_has_to_be_done_first_is_said_before_anybody_tries(counter: Counter, why: str, first: str) -> None:
    leave_places(counter, why)
    presenter = look(counter)
    (row,) = presenter.rows
    assert presenter.waits(row) == first
    counter.press(Key.Key_Return)
    assert not panel(counter).also.isVisible(), "nobody's word stands for a till that is at work"


def test_without_a_line_the_page_says_why_it_is_empty(counter: Counter) -> None:
    counter.house.cut()
    presenter = look(counter)
    counter.until(lambda: bool(presenter.problem))
    assert presenter.problem == "The office cannot be reached. Do it when the line is back."
    assert presenter.rows == []


def test_nothing_is_left_of_anybody(counter: Counter) -> None:
    look(counter)
    assert "No till that is gone has a place of a show to come." in words(counter)
    counter.press(Key.Key_Return, Key.Key_F1, Key.Key_F2, Key.Key_F3, Key.Key_Escape)
    assert counter.screen != "frozen"


def test_a_cashier_is_told_whose_it_is(open_window: Callable[..., Counter]) -> None:
    counter = open_window()
    counter.sign_in("anna")
    counter.until(lambda: bool(counter.window.session.shows))
    leave_places(counter)
    presenter = look(counter)
    assert presenter.rows == []
    assert presenter.problem


def test_escape_leads_back_step_by_step(counter: Counter) -> None:
    leave_places(counter)
    presenter = look(counter)
    counter.press(Key.Key_Return, Key.Key_F2, Key.Key_Slash)
    counter.type("x")
    counter.press(Key.Key_Escape)
    assert presenter.opened
    counter.press(Key.Key_Escape)
    assert not presenter.opened
    assert (presenter.ticked, presenter.reason) == (set(), "")
    counter.press(Key.Key_Escape)
    assert counter.screen != "frozen"


def test_the_contingency_sheet_leads_there(counter: Counter) -> None:
    counter.press(Key.Key_F1, modifier=CTRL)
    counter.until(lambda: counter.window.contingency.isVisible())
    counter.press(Key.Key_F7, modifier=CTRL)
    counter.until(lambda: counter.screen == "frozen")
    assert not counter.window.contingency.isVisible()
