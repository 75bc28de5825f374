"""Ticket paper and seat stock at the window, by the keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit

from pos.ui.stock.blanksview import BlanksScreen
from pos.ui.stock.seatsview import SeatsScreen
from tests.window.counter import CTRL, Counter, Key
from tests.window.till import PINS

Open = Callable[..., Counter]


@pytest.fixture
def stocked(open_window: Open) -> Counter:
    """Софія, a supervisor, has a shift; the ticket printer's blanks have numbers, and a box of 40 is here."""
    counter = open_window()
    counter.house.printers.numbers = ("ticket",)
    counter.sign_in("sofia")
    counter.open_shift("150")
    counter.choose("tosca")
    return counter


def paper_screen(counter: Counter) -> BlanksScreen:
    counter.press(Key.Key_5, modifier=CTRL)
    counter.press(Key.Key_F7)
    screen = counter.window.screens["blanks"]
    assert isinstance(screen, BlanksScreen)
    counter.until(lambda: bool(screen.presenter.answer))
    return screen


def banner(counter: Counter) -> str:
    return " ".join(label.text() for label in counter.window.banner.findChildren(QLabel))


def typed(counter: Counter, field: QLineEdit, text: str) -> None:
    field.setFocus()
    counter.qtbot.keyClicks(field, text)


def do(counter: Counter, screen: BlanksScreen, key: Key, numbers: str = "", note: str = "") -> None:
    """One thing: its key, its fields, Enter; and until the till has answered."""
    counter.press(key)
    if numbers:
        typed(counter, screen.numbers, numbers)
    if note:
        typed(counter, screen.note, note)
    counter.press(Key.Key_Return)
    counter.until(lambda: not screen.presenter.asking)


def test_a_box_comes_is_loaded_sold_from_spoiled_and_counted(stocked: Counter) -> None:
    counter, screen = stocked, paper_screen(stocked)
    do(counter, screen, Key.Key_F7, "A0001-A0040", "Box 7")
    assert not screen.presenter.problem
    do(counter, screen, Key.Key_F1, "A0001")
    counter.until(lambda: screen.presenter.headline()[0] == "A0001")
    assert any(
        "not known" not in label.text() and label.text() == "A0001" for label in screen.panel.findChildren(QLabel)
    )
    do(counter, screen, Key.Key_F4, "A0039-40")
    assert screen.presenter.problem == "Say why, as the reason."
    do(counter, screen, Key.Key_F4, "A0039-40", "wet")
    counter.until(lambda: screen.presenter.answer["left"] == 38)
    do(counter, screen, Key.Key_F5, "A0001-A0030")
    assert "A0031-A0038" in screen.presenter.problem, "told only after the count"
    typed(counter, screen.note, "lent to the museum")
    counter.press(Key.Key_Return)
    counter.until(lambda: screen.presenter.answer["left"] == 30)
    assert screen.presenter.answer["missing"] == [["A0031", "A0038"]]


def test_a_cashier_needs_a_supervisor_for_a_new_box(open_window: Open) -> None:
    counter = open_window()
    counter.house.printers.numbers = ("ticket",)
    counter.sign_in("anna")
    counter.open_shift("150")
    screen = paper_screen(counter)
    do(counter, screen, Key.Key_F7, "A0001-A0040", "Box 7")
    assert screen.approval.isVisible()
    counter.until(lambda: screen.approval.who.count() > 0)
    screen.approval.who.setCurrentIndex(screen.approval.who.findData("sofia"))
    typed(counter, screen.approval.pin, PINS["sofia"])
    counter.press(Key.Key_Return)
    counter.until(lambda: screen.presenter.answer["left"] == 40)
    do(counter, screen, Key.Key_F6, "100")
    counter.until(lambda: any(row.id.startswith("request") for row in screen.presenter.rows()))
    do(counter, screen, Key.Key_F3, "A0021-A0040")
    assert screen.presenter.problem == "Which window?"
    counter.press(Key.Key_Escape)
    counter.press(Key.Key_Escape)
    assert counter.window.current is counter.window.screens["drawer"]


def test_the_line_says_when_paper_runs_low_or_is_not_known(stocked: Counter) -> None:
    counter, screen = stocked, paper_screen(stocked)
    do(counter, screen, Key.Key_F7, "A0001-A0040", "Box 7")
    counter.until(lambda: "not known" in banner(counter))
    do(counter, screen, Key.Key_F1, "A0001")
    counter.until(lambda: "runs low" in banner(counter))
    assert "40 blanks are left here" in banner(counter)


def test_the_foot_asks_for_the_next_number_when_nobody_knows_what_came_out(stocked: Counter) -> None:
    counter, screen = stocked, paper_screen(stocked)
    do(counter, screen, Key.Key_F7, "A0001-A0040", "Box 7")
    do(counter, screen, Key.Key_F1, "A0001")
    counter.house.printers.outcome = ("unknown", "jam")
    counter.press(Key.Key_1, modifier=CTRL)
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_Return)
    foot = counter.window.foot
    counter.until(lambda: foot.next.isVisible())
    typed(counter, foot.next, "A0004")
    counter.house.printers.outcome = ("done", "")
    foot._yes.click()
    counter.until(lambda: counter.window.session.status.paper.get("next") == "A0004")


def test_seat_stock_is_seen_from_the_shows_and_counted_by_two(stocked: Counter) -> None:
    counter = stocked
    counter.press(Key.Key_O, modifier=CTRL)
    counter.press(Key.Key_F7)
    screen = counter.window.screens["seats"]
    assert isinstance(screen, SeatsScreen)
    presenter = screen.presenter
    counter.until(lambda: len(presenter.rows) > 2)
    counter.press(Key.Key_Down)
    assert presenter.marked == presenter.rows[1].show
    row = presenter.current
    assert row is not None
    typed(counter, screen.fields["sold"], str(row.doc["sold"]))
    counter.press(Key.Key_Return)
    counter.until(lambda: "Kept" in presenter.said)
    typed(counter, screen.fields["sold"], "x")
    counter.press(Key.Key_Return)
    assert "whole numbers" in presenter.problem
    counter.press(Key.Key_Escape)
    counter.press(Key.Key_Escape)
    assert counter.window.current is counter.window.screens["shows"]
    counter.press(Key.Key_9, modifier=CTRL)
    counter.press(Key.Key_F7)
    assert counter.window.current is screen
    counter.press(Key.Key_Escape)
    assert counter.window.current is counter.window.screens["reports"]


def test_the_list_of_shows_says_which_sell_slowly(counter: Counter) -> None:
    house = counter.house
    venue = house.desk.submit(lambda: house.desk.season().venue).result(10)
    says = {"id": venue.id, "name": venue.name, "timezone": venue.timezone, "currency": "EUR", "stock_slow": "100%"}
    house.document("venue", says)
    house.settle()
    counter.window.session.refresh_shows()
    counter.press(Key.Key_O, modifier=CTRL)
    slow = {show["id"] for show in house.ask("shows")["shows"] if show["slow"] and show["free"]}
    assert slow

    def flagged() -> set[str]:
        return {row.show for row in counter.window.shows.rows() if row.remark == "sells slowly"}

    counter.until(lambda: flagged() == slow)
