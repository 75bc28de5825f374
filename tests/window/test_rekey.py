"""Re-keying paper sales at the window, by the keyboard and by the scanner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from pos.domain.money import Money, total
from pos.ui.paperpack.entry import Numbers, numbers_in_words, read_entry, read_moment
from pos.ui.paperpack.rekeyview import RekeyScreen
from pos.ui.window import CounterWindow
from tests.window.counter import CTRL, SHIFT, Counter, Key
from tests.window.till import TillHouse

Open = Callable[..., Counter]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("17", [Numbers(17, 17)]),
        ("17-20, 3/4", [Numbers(17, 20), Numbers(4, 4, "3")]),
        (" w1-p00001-2  abc4def5ghj6", ["W1-P00001-2", "ABC4DEF5GHJ6"]),
        ("", []),
    ],
)
def test_an_entry_is_numbers_or_codes(text: str, read: list[Numbers | str]) -> None:
    assert read_entry(text) == read


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1942", "2027-02-28T19:42"),
        ("9:05", "2027-03-01T09:05"),
        ("27.2. 1942", "2027-02-27T19:42"),
        ("2/3 19:42", "2026-03-02T19:42"),
        ("2442", None),
        ("31.2. 1942", None),
        ("noon", None),
    ],
)
def test_a_time_is_the_last_one_before_now(text: str, told: str | None) -> None:
    now = datetime.fromisoformat("2027-03-01T10:00:30+01:00")
    at = read_moment(text, now)
    assert (at.isoformat(timespec="minutes")[:16] if at is not None else None) == told


def test_numbers_in_a_row_are_told_as_one_run() -> None:
    assert numbers_in_words([1, 2, 3, 5, 7, 8]) == "1-3, 5, 7-8"


def issue(counter: Counter, count: int, category: str = "Stalls") -> list[dict[str, Any]]:
    """A pack of so many, with the codes that are on its paper."""
    show = counter.window.session.show_id
    pack = counter.house.ask("issue_paper", show=show, category=category, count=count)["pack"]
    return printed(counter, pack)


def printed(counter: Counter, pack: dict[str, Any]) -> list[dict[str, Any]]:
    """A pack's tickets, each with the code that is on its paper."""

    def codes() -> dict[str, str]:
        sheets = [ticket for _, content in counter.house.printers.paper for ticket in content.get("tickets", ())]
        return {ticket["ticket"]: ticket["code"] for ticket in sheets}

    counter.until(lambda: all(ticket["id"] in codes() for ticket in pack["tickets"]))
    return [ticket | {"code": codes()[ticket["id"]]} for ticket in pack["tickets"]]


def screen_of(counter: Counter) -> RekeyScreen:
    counter.press(Key.Key_F3, modifier=CTRL)
    screen = counter.window.screens["rekey"]
    assert isinstance(screen, RekeyScreen)
    counter.until(lambda: bool(screen.presenter.papers.types) and screen.presenter.cash is not None)
    return screen


@pytest.fixture
def screen(counter: Counter) -> RekeyScreen:
    """Twelve tickets are out, and the screen of re-keying is open."""
    issue(counter, 12)
    return screen_of(counter)


def key(counter: Counter, entry: str, price: Key = Key.Key_F1) -> None:
    counter.type(entry)
    counter.press(price)


def keyed(screen: RekeyScreen) -> list[tuple[int, bool]]:
    """The numbers that are keyed, and whether a customer begins with each."""
    return [(row.number, row.first) for row in screen.presenter.rows]


def texts(screen: RekeyScreen) -> str:
    return " ".join(label.text() for label in screen.panel.findChildren(QLabel) if label.isVisible())


def scan(counter: Counter, code: str) -> None:
    counter.window.scans.typed(code)
    counter.house.settle()
    counter.qtbot.wait(1)


def test_a_log_sheet_is_keyed_by_number_and_price_and_booked_with_one_key(
    counter: Counter, screen: RekeyScreen
) -> None:
    presenter = screen.presenter
    for entry in ("1", "2", "5-7", "+8"):
        key(counter, entry)
    counter.until(lambda: len(presenter.rows) == 6)
    assert keyed(screen) == [(1, True), (2, True), (5, True), (6, False), (7, False), (8, False)]
    assert "6 tickets not accounted for" in presenter.headline()
    counter.press(*[Key.Key_Up] * 4)
    counter.press(Key.Key_F2)
    second = presenter.papers.types[1].id
    counter.until(lambda: [row.type == second for row in presenter.rows] == [False, True, False, False, False, False])
    counter.press(Key.Key_Delete, modifier=SHIFT)
    counter.until(lambda: keyed(screen)[:2] == [(1, True), (5, True)])
    counter.press(Key.Key_Z, modifier=CTRL)
    key(counter, "9")
    counter.press(Key.Key_Z, modifier=CTRL)  # of what the till has not answered yet
    counter.until(lambda: not presenter._steps)
    assert keyed(screen) == [(1, True), (5, True), (6, False), (7, False)]
    cash = presenter.cash
    assert cash is not None
    assert counter.window.session.formats.money(cash) in texts(screen)
    screen.counted.setFocus()
    counter.type("1")
    assert "is missing" in screen._off.text()
    presenter.type("counted", str(cash))
    assert screen._off.text() == "That is what is keyed."
    assert counter.house.bodies("TicketsSold") == []
    counter.press(Key.Key_Return)
    counter.until(lambda: presenter.rows == [] and not presenter.asking)
    sales = [body["sale"] for body in counter.house.bodies("TicketsSold")]
    assert [len(sale["tickets"]) for sale in sales] == [1, 3]
    amounts = [Money.parse(tender["amount"], "EUR") for sale in sales for tender in sale["tenders"]]
    assert total(amounts, "EUR") == cash
    assert "4 tickets" in counter.toast


def test_what_cannot_be_keyed_is_refused_in_place_with_who_and_when(counter: Counter, screen: RekeyScreen) -> None:
    key(counter, "3")
    counter.until(lambda: len(screen.presenter.rows) == 1)
    key(counter, "3")
    assert "-3 was keyed by" in screen.problem.text()
    assert screen.entry.text() == "3", "it is there to be corrected"
    counter.press(Key.Key_Escape)
    counter.press(Key.Key_Return)
    counter.until(lambda: screen.presenter.rows == [] and "Booked" in screen.problem.text())
    key(counter, "3")
    counter.until(lambda: "was booked as sold by" in screen.problem.text())
    counter.press(Key.Key_Escape)
    for entry, problem in (("99", "has no number 99"), ("7/1", "no pack 7"), ("8-5", "no row of numbers")):
        key(counter, entry)
        assert problem in screen.problem.text()
        counter.press(Key.Key_Escape)
    # All of this is typed before the till has answered once; the till alone knows that there is no such code.
    for entry in ("1", "NOSUCHCODE12", "+2", "+4"):
        key(counter, entry)
    counter.until(lambda: len(screen.presenter.rows) == 3)
    assert keyed(screen) == [(1, True), (2, True), (4, False)], "nobody is joined to a stranger"
    assert "NOSUCHCODE12" in screen.problem.text()


def test_a_time_is_typed_once_and_stays_until_another_is(counter: Counter, screen: RekeyScreen) -> None:
    pack, formats = screen.presenter.pack, counter.window.session.formats
    assert pack is not None
    key(counter, "1")
    counter.until(lambda: len(screen.presenter.rows) == 1)
    assert screen.presenter.rows[0].at == pack.issued_at, "when nobody has said, it was sold once the pack was out"
    counter.press(Key.Key_Tab)
    assert screen.time.hasFocus()
    counter.type(formats.time(pack.issued_at).replace(":", ""))
    counter.press(Key.Key_Return)
    assert screen.entry.hasFocus()
    key(counter, "2")
    key(counter, "3")
    counter.until(lambda: len(screen.presenter.rows) == 3)
    assert {row.at for row in screen.presenter.rows} == {pack.issued_at}, "the minute has no seconds"
    screen.presenter.type("time", formats.time(pack.issued_at - timedelta(minutes=5)))
    key(counter, "4")
    counter.until(lambda: "not between the pack's going out and now" in screen.problem.text())
    assert screen.entry.text() == "4"
    screen.presenter.type("time", "2561")
    counter.press(Key.Key_F1)
    assert "2561 is no time of day" in screen.problem.text()


def test_scans_of_one_customer_are_keyed_with_one_price_key(counter: Counter) -> None:
    tickets = issue(counter, 4)
    scan(counter, tickets[0]["code"])
    counter.until(lambda: "^F3 keys it as sold" in counter.toast)
    assert counter.screen == "sell"
    screen = screen_of(counter)
    scan(counter, tickets[0]["code"])
    counter.until(lambda: screen.entry.text() == "1")
    assert counter.window.session.label(tickets[0]["place"]) in screen._found.text()
    scan(counter, tickets[2]["code"].lower())
    counter.until(lambda: screen.entry.text() == "1, 3")
    counter.press(Key.Key_F1)
    counter.until(lambda: keyed(screen) == [(1, True), (3, False)])
    scan(counter, tickets[0]["code"])
    counter.until(lambda: "was keyed by" in screen.problem.text())
    scan(counter, "NOSUCHCODE12")
    counter.until(lambda: "no ticket of a pack" in screen.problem.text())
    counter.type(tickets[1]["code"])
    counter.press(Key.Key_Return)
    counter.until(lambda: screen.entry.text() == "2")
    assert counter.screen == "rekey"


def test_what_is_keyed_is_there_again_in_another_window_and_for_another_person(
    open_window: Open, house: TillHouse
) -> None:
    counter = open_window()
    counter.sign_in("anna")
    counter.until(lambda: counter.screen == "open")
    counter.press(Key.Key_F3, modifier=CTRL)
    assert "Open a shift first" in counter.toast
    counter.open_shift("150")
    counter.until(lambda: bool(counter.window.session.show_id))
    issue(counter, 3)
    screen = screen_of(counter)
    key(counter, "1-2")
    counter.until(lambda: len(screen.presenter.rows) == 2)
    CounterWindow.close_now(counter.window)
    again = open_window()
    again.sign_in("sofia")
    again.until(lambda: again.screen == "sell")
    other = screen_of(again)
    again.until(lambda: keyed(other) == [(1, True), (2, False)])
