"""The line to the office: the top line and the page behind it name its state, its cause, its age and what is unsent."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

import pos.ui.session
from pos.domain.facts import Kind
from pos.till.ports import LinkState, OfficeLine
from pos.ui.format import utc_now
from pos.ui.frame.linesheet import LineSheet
from pos.ui.frame.linewords import _GROUP_OF, unsent_groups
from tests.window.counter import CTRL, SHIFT, Counter, Key


def words(sheet: LineSheet) -> str:
    """All that is to be read on it."""
    return "\n".join(label.text() for label in sheet.findChildren(QLabel) if label.isVisible())


def line(counter: Counter) -> str:
    """The line under the top bar."""
    said = counter.window.banner.accessibleName()
    assert isinstance(said, str)
    return said


def test_the_line_says_how_old_the_show_is_and_what_of_it_is_in_hand(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, time = counter.window.session, counter.window.session.formats.time
    counter.house.cut("no_office")
    counter.until(lambda: not session.link.online and session.link.since is not None)
    heard = utc_now() - timedelta(minutes=3)

    def held() -> str:
        """The list of shows may be asked for anew whenever the window runs, and has not been heard then."""
        session.shows = [replace(card, as_of=heard) for card in session.shows]
        session.shows_changed.emit()
        assert session.show is not None
        return f"as of {time(heard)}, {session.show.held_here} places in hand here"

    assert held() in line(counter)
    tabs = dict(counter.window.tabs._tabs)
    assert session.show is not None
    assert tabs[session.show.id].toolTip() == held()
    counter.press(Key.Key_O, modifier=CTRL)
    assert held() in "\n".join(label.text() for label in counter.window.screens["shows"].panel.findChildren(QLabel))
    counter.press(Key.Key_Escape)
    later = utc_now() + timedelta(minutes=12, seconds=5)
    monkeypatch.setattr(pos.ui.session, "utc_now", lambda: later)
    counter.until(lambda: line(counter).startswith("No answer from the office — selling on. 12 min, since"))


def test_every_cause_has_its_own_words(counter: Counter) -> None:
    counter.press(Key.Key_O, modifier=CTRL | SHIFT)
    sheet = counter.window.line_sheet
    for cause, said in {
        "no_network": "No network",
        "no_office": "No answer from the office",
        "office_refuses": "The office refuses this till",
        "not_our_office": "Another office answers",
    }.items():
        counter.house.cut(cause)
        counter.until(lambda said=said: line(counter).startswith(f"{said} — selling on."))  # type: ignore[misc]
        counter.until(lambda said=said: f"Away: {said}" in words(sheet))  # type: ignore[misc]


def test_an_office_of_ones_own_is_called_that_and_one_not_asked_yet_is_no_alarm(counter: Counter) -> None:
    session = counter.window.session
    session.own_office = True
    counter.house.cut("no_office")
    counter.until(lambda: "This till's own office does not answer" in line(counter))
    counter.house.office.state = LinkState("offline", "not_asked", "", utc_now().isoformat())
    session.refresh_status()
    counter.until(lambda: "own office is starting" in line(counter))
    assert counter.window.banner.property("level") == "quiet"
    assert "the office has everything" not in line(counter)


def test_with_nothing_in_hand_the_line_promises_no_sale(counter: Counter) -> None:
    session = counter.window.session
    counter.house.cut()
    counter.until(lambda: not session.link.online)
    session.shows = [replace(card, held_here=0) for card in session.shows]
    session.shows_changed.emit()
    assert "nothing in hand to sell" in line(counter)


def test_the_page_of_the_line_tells_what_is_unsent_by_kind_and_how_the_evening_went(counter: Counter) -> None:
    counter.house.cut("no_network")
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    counter.house.cut("no_office")
    counter.press(Key.Key_O, modifier=CTRL | SHIFT)
    sheet = counter.window.line_sheet
    assert sheet.isVisible()
    counter.until(lambda: "Sales" in words(sheet))
    time = counter.window.session.formats.time
    row = next(value.text() for name, value in sheet.unsent.rows if name.text() == "Sales")
    assert row.startswith("1, since ")
    assert "Drawer, safe and shifts" in words(sheet)  # the shift that was opened
    assert "connection refused" in words(sheet)  # a technician's words
    changes = [value.text() for _, value in sheet.changes.rows if value.text()]
    assert changes == ["No answer from the office", "No network"]
    since = counter.window.session.link.since
    assert since is not None
    counter.until(lambda: f"as of {time(since)}: " in words(sheet))
    before = counter.labels
    counter.press(Key.Key_B)  # no key reaches what lies under it
    assert counter.labels == before
    counter.press(Key.Key_Escape)
    assert not sheet.isVisible()


def test_from_the_page_all_is_sent_and_fetched_at_once(counter: Counter) -> None:
    pill = counter.window.top._pill
    counter.qtbot.mouseClick(pill, Qt.MouseButton.LeftButton)
    sheet = counter.window.line_sheet
    counter.until(lambda: "not since this till was opened" in words(sheet))
    counter.house.desk.submit(lambda: counter.house.desk.acknowledge(counter.house.desk.number)).result(10)
    counter.press(Key.Key_Return)
    assert "Asking …" in sheet._try.accessibleName()
    counter.until(lambda: "Nothing: the office has everything." in words(sheet))
    counter.until(lambda: not sheet._trying)
    assert "ago)" in next(value.text() for name, value in sheet.now.rows if name.text() == "Last sent")
    assert sheet.isVisible()


def test_the_page_keeps_the_keyboard_and_a_lock_takes_it_off(counter: Counter) -> None:
    counter.press(Key.Key_O, modifier=CTRL | SHIFT)
    sheet = counter.window.line_sheet
    reached = set()
    for _ in range(8):
        counter.press(Key.Key_Tab)
        assert counter.focus() is sheet or sheet.isAncestorOf(counter.focus())
        reached.add(counter.focus())
    assert sheet._try in reached
    counter.press(Key.Key_L, modifier=CTRL)
    counter.until(lambda: counter.screen == "signin")
    assert not sheet.isVisible()
    counter.sign_in("anna")
    counter.until(lambda: counter.screen == "sell")
    counter.press(Key.Key_B)
    counter.settled(2)


def test_the_page_is_there_before_anybody_has_signed_in(counter: Counter) -> None:
    counter.window.session.lock()
    counter.press(Key.Key_O, modifier=CTRL | SHIFT)
    assert counter.window.line_sheet.isVisible()
    counter.press(Key.Key_Escape)
    counter.sign_in("anna")


def test_what_is_unsent_is_summed_by_what_a_cashier_calls_it_the_oldest_first() -> None:
    unsent = [
        {"kind": "TicketsSold", "count": 2, "since": "2026-11-26T19:45:00+01:00"},
        {"kind": "PrintReported", "count": 2, "since": "2026-11-26T19:46:00+01:00"},
        {"kind": "OrderCollected", "count": 1, "since": "2026-11-26T19:42:00+01:00"},
        {"kind": "SomethingOfALaterVersion", "count": 4, "since": "2026-11-26T19:50:00+01:00"},
    ]
    assert unsent_groups(unsent) == [
        ("Sales", 3, "2026-11-26T19:42:00+01:00"),
        ("What was printed", 2, "2026-11-26T19:46:00+01:00"),
        ("Other entries", 4, "2026-11-26T19:50:00+01:00"),
    ]
    assert set(_GROUP_OF) <= {str(kind) for kind in Kind}


def test_the_page_tells_of_each_address_of_the_office_and_which_is_in_use(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, session = counter.house.office, counter.window.session
    since = utc_now().isoformat()
    time = session.formats.time(utc_now())
    counter.press(Key.Key_O, modifier=CTRL | SHIFT)
    sheet = counter.window.line_sheet
    counter.until(lambda: "Online" in words(sheet))
    assert "tried" not in words(sheet), "one address alone is not told of"
    counter.press(Key.Key_Escape)
    main = OfficeLine("", "office.example:8443", "", "fails", "no_office", "it hung up", since)
    mobile = OfficeLine("4G", "198.51.100.7:8443", "", "in_use", since=since)
    guest = OfficeLine("Guest network", "192.0.2.1:443", "", "fails", "not_our_office", "no signature", since)
    cafe = OfficeLine("Café", "192.0.2.9:443", "", "not_asked")
    monkeypatch.setattr(office, "addresses", [main, mobile, guest, cafe])
    monkeypatch.setattr(office, "state", LinkState("online", since=since, round_trip_ms=40.0, line="4G"))
    counter.house.say(**{"event": "link"} | asdict(office.state))
    counter.until(lambda: counter.window.top._pill.accessibleName().startswith("Online over 4G"))
    counter.press(Key.Key_O, modifier=CTRL | SHIFT)
    counter.until(lambda: "Guest network" in words(sheet))
    facts = {name.text(): value.text() for name, value in sheet.lines.rows if name.text()}
    assert facts["Main line"].startswith(f"office.example:8443: No answer from the office, since {time}")
    assert facts["4G"].startswith(f"198.51.100.7:8443: in use since {time}")
    assert facts["Guest network"].startswith("192.0.2.1:443: Another office answers, since ")
    assert facts["Café"] == "192.0.2.9:443: not asked yet"
    assert next(value.text() for _, value in sheet.changes.rows) == "Online over 4G"
    counter.press(Key.Key_Escape)
    counter.press(Key.Key_I, modifier=CTRL)
    counter.until(lambda: bool(counter.window.diagnostics.lines))
    told = {name: value for _, name, value in counter.window.diagnostics.lines}
    assert told["Guest network"].startswith("192.0.2.1:443 fails not_our_office, since ")
    assert told["Main line"].endswith("it hung up")
    counter.press(Key.Key_Escape)
