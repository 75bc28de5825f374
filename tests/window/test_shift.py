"""The shift at the window: a float by pieces, hand-over, the drawer opened without a sale, X and Z, a second person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLineEdit

from pos.ui.drawer.view import DrawerScreen
from pos.ui.shift.count import CountScreen
from pos.ui.shift.handover import HandOverScreen
from tests.window.counter import CTRL, Counter, Key
from tests.window.till import PINS

Open = Callable[..., Counter]


@pytest.fixture
def counter(open_window: Open) -> Counter:
    """Anna is signed in and her shift open; it stands at the drawer."""
    counter = open_window()
    counter.sign_in("anna")
    counter.open_shift("150")
    counter.press(Key.Key_5, modifier=CTRL)
    counter.until(lambda: counter.screen == "drawer" and counter.window.drawer.state is not None)
    return counter


def count(counter: Counter, pieces: str) -> None:
    """So many of the largest note, where the keyboard is."""
    counter.until(lambda: isinstance(counter.focus(), QLineEdit))
    counter.type(pieces)


def test_a_float_is_typed_by_pieces(open_window: Open) -> None:
    counter = open_window()
    counter.sign_in("anna")
    counter.until(lambda: counter.screen == "open")
    counter.press(Key.Key_F1)
    count(counter, "2")
    counter.press(Key.Key_PageDown)
    counter.type("1")
    assert str(counter.window.opening.amount) == "500.00"
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.screen == "sell")
    assert counter.house.bodies("ShiftOpened")[0]["pieces"] == {"200.00": 2, "100.00": 1}


def test_the_drawer_opens_without_a_sale_for_a_reason(counter: Counter) -> None:
    counter.press(Key.Key_F10)
    assert "what for" in counter.window.drawer.problem
    counter.press(Key.Key_Slash)
    counter.type("a note to change")
    counter.press(Key.Key_F10)
    counter.until(lambda: counter.house.printers.kicks == 1)
    assert [body["reason"] for body in counter.house.bodies("DrawerOpened")] == ["a note to change"]
    counter.until(lambda: counter.window.drawer.reason == "")


def rule(counter: Counter, **says: object) -> None:
    """The venue has another rule from now on."""
    house = counter.house
    venue = house.desk.submit(lambda: house.desk.season().venue).result(10)
    house.document("venue", {"id": venue.id, "name": venue.name, "timezone": venue.timezone, "currency": "EUR"} | says)
    house.settle()


def test_a_drawer_that_is_somebody_elses_is_said_to_be(counter: Counter) -> None:
    rule(counter, drawer="own")
    counter.window.session.refresh_status()
    counter.until(lambda: counter.window.session.venue.drawer == "own")
    counter.window.session.lock()
    counter.sign_in("bela")
    counter.until(lambda: counter.screen == "drawer" and "Anna" in counter.toast)
    counter.window.session.lock()
    counter.sign_in("anna")
    counter.until(lambda: counter.screen == "sell")


def test_a_supervisor_opens_it_in_place_where_the_venue_says_so(counter: Counter) -> None:
    rule(counter, no_sale="supervisor")
    counter.press(Key.Key_Slash)
    counter.type("a note")
    counter.press(Key.Key_F10)
    counter.until(lambda: bool(counter.window.drawer.needs))
    screen = counter.window.screens["drawer"]
    assert isinstance(screen, DrawerScreen)
    counter.until(lambda: screen.approval.who.count() > 0)
    screen.approval.pin.setFocus()
    counter.type(PINS[str(screen.approval.who.currentData())])
    counter.press(Key.Key_F10)
    counter.until(lambda: counter.house.printers.kicks == 1)
    assert counter.house.bodies("DrawerOpened")[0]["approver"] == screen.approval.who.currentData()


def test_the_drawer_is_handed_over_with_both_pins(counter: Counter) -> None:
    counter.press(Key.Key_F9)
    screen = counter.window.screens["handover"]
    assert isinstance(screen, HandOverScreen)
    counter.until(lambda: screen.taker.who.findData("bela") >= 0 and screen.giver.who.count() == 1)
    count(counter, "1")  # 200.00, and 150.00 should be there
    screen.taker.who.setCurrentIndex(screen.taker.who.findData("bela"))
    counter.press(Key.Key_Return)
    assert "PIN" in counter.window.handing.problem
    for person, user in ((screen.giver, "anna"), (screen.taker, "bela")):
        person.pin.setFocus()
        counter.type(PINS[user])
    counter.press(Key.Key_Return)
    assert "200.00" in counter.window.handing.problem
    assert counter.house.bodies("ShiftHandedOver") == []
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.screen == "sell")
    (told,) = counter.house.bodies("ShiftHandedOver")
    assert (told["user"], told["taker"], told["difference"]) == ("anna", "bela", "50.00")
    person = counter.window.session.person
    assert person is not None
    assert (person.user, person.shift_user) == ("bela", "bela")
    assert screen.giver.pin.text() == "" or not screen.giver.pin.isVisible()


def test_what_is_declared_goes_with_the_count_and_somebody_else_verifies_it(counter: Counter) -> None:
    counter.press(Key.Key_F4)
    count(counter, "1")
    counter.press(Key.Key_F3)
    count(counter, "2")
    counter.press(Key.Key_PageDown)
    counter.type("31,50")
    counter.press(Key.Key_F4)
    counter.type("one slip too many")
    counter.press(Key.Key_Return, Key.Key_Return)
    counter.until(lambda: counter.screen == "report")
    report = counter.house.bodies("ShiftClosed")[0]["report"]
    assert (report["counted"], report["note"], report["declared"][0]["declared"]) == (
        "200.00", "one slip too many", "31.50",
    )  # fmt: skip
    counter.press(Key.Key_Return)
    counter.window.session.lock()
    supervisor = next(user.user for user in counter.window.signin.users if user.role == "supervisor")
    counter.sign_in(supervisor)
    counter.until(lambda: counter.screen == "open")
    counter.press(Key.Key_F8)
    shifts = counter.window.shifts
    counter.until(lambda: bool(shifts.rows))
    counter.type("199")
    counter.press(Key.Key_Return)
    assert "1.00" in shifts.problem
    counter.press(Key.Key_Return)
    counter.until(lambda: not shifts.rows)
    (told,) = counter.house.bodies("ShiftVerified")
    assert (told["user"], told["counted"], told["recounted"]) == (supervisor, "200.00", "199.00")


def test_the_x_and_the_z_are_printed_from_their_list(counter: Counter) -> None:
    counter.press(Key.Key_F8, Key.Key_F3)
    counter.until(lambda: bool(counter.house.printers.paper))
    assert counter.house.printers.paper[-1][1]["heading"] == "X report"
    counter.press(Key.Key_Escape)
    assert counter.screen == "drawer"
    counter.press(Key.Key_F4)
    count(counter, "1")
    counter.press(Key.Key_Return, Key.Key_Return)
    counter.until(lambda: counter.screen == "report" and len(counter.house.printers.paper) == 2)
    counter.press(Key.Key_Return, Key.Key_F8, Key.Key_F1)
    counter.until(lambda: len(counter.house.printers.paper) == 3)
    first, again = counter.house.printers.paper[-2:]
    assert first[1]["kind"] == "z_report"
    assert again == first


def test_the_close_takes_ticket_paper_and_a_second_signature_where_the_venue_wants_them(counter: Counter) -> None:
    counter.house.printers.numbers = ("ticket",)
    rule(counter, count_paper=True, close_by_two=True)
    counter.press(Key.Key_F4)
    screen = counter.window.screens["count"]
    assert isinstance(screen, CountScreen)
    counter.until(lambda: screen.presenter.asked.get("close_by_two", False) and screen.witness.who.count() > 1)
    count(counter, "1")
    counter.press(Key.Key_Return)
    assert "ticket paper" in screen.presenter.problem
    counter.press(Key.Key_F3)
    assert counter.focus() is screen.stock
    counter.type("Q0001-4")
    counter.press(Key.Key_Return)
    assert "Somebody else signs" in screen.presenter.problem
    screen.witness.who.setCurrentIndex(screen.witness.who.findData("bela"))
    screen.witness.pin.setFocus()
    counter.type(PINS["bela"])
    counter.press(Key.Key_Return, Key.Key_Return)
    counter.until(lambda: "why in a note" in screen.presenter.problem)
    assert counter.house.bodies("StockCounted") == []
    counter.press(Key.Key_F4)
    counter.type("lent by the other house")
    counter.press(Key.Key_Return, Key.Key_Return)
    counter.until(lambda: counter.screen == "report")
    report = counter.house.bodies("ShiftClosed")[0]["report"]
    assert (report["witness"], report["declared"][-1]["more"]) == ("bela", [["Q0001", "Q0004"]])
    assert counter.house.bodies("StockCounted")[0]["paper"]["found"] == [["Q0001", "Q0004"]]


def test_a_till_without_numbered_paper_is_not_asked_for_it(counter: Counter) -> None:
    counter.press(Key.Key_F4)
    screen = counter.window.screens["count"]
    assert isinstance(screen, CountScreen)
    counter.until(lambda: bool(screen.presenter.asked))
    counter.press(Key.Key_F3)
    assert not screen.stock.isVisible()


def test_paper_tickets_that_are_out_are_said_at_the_close(counter: Counter) -> None:
    house = counter.house
    show = next(one["id"] for one in house.front.call("shows").result(10)["shows"] if one["plan"])
    category = house.front.call("show", show=show).result(10)["categories"][0]["name"]
    house.front.call("issue_paper", show=show, category=category, count=2).result(10)
    counter.press(Key.Key_F4)
    screen = counter.window.screens["count"]
    assert isinstance(screen, CountScreen)
    counter.until(lambda: "2 paper tickets are out" in screen.meaning.text())
