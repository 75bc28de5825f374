"""Scanning at the window: a scanner that types reaches no field, and a scan does what a cashier expects."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from pos.ui.scanning.burst import KEY_S, PAUSE_S, Burst, Verdict
from pos.ui.scanning.wedge import Typing
from tests.window.counter import NONE, SHIFT, Counter, Key
from tests.window.till import TillHouse

Open = Callable[..., Counter]
FAST, SLOW = 0.005, 0.12


# ---- bursts, without a window --------------------------------------------------------------


def type_into(burst: Burst, text: str, gap_s: float) -> tuple[list[str], str]:
    """Scans, and what a field gets, of these keys. "\n" is Enter."""
    scans, held, field = [], "", ""
    for key in text:
        name, ends = ("", True) if key == "\n" else (key, False)
        verdict = burst.press(name, ends, gap_s)
        if verdict is Verdict.GIVE_BACK:
            field, held = field + held, ""
            verdict = burst.press(name, ends, gap_s)
        if verdict is Verdict.HOLD:
            held += key
        elif verdict is Verdict.DONE:
            scans.append(burst.text)
            held = ""
        else:
            field += key
    return scans, field + held


@pytest.mark.parametrize("text", ["~ABC\n", "ab~ABC\n", "~ABC\n~ABC\n"])
def test_a_burst_is_taken_whole_and_what_is_typed_before_it_is_not(text: str) -> None:
    scans, field = type_into(Burst(["~"], "~"), text, FAST)
    assert set(scans) == {"ABC"}
    assert field == text.replace("~ABC\n", "")


@pytest.mark.parametrize("text", ["~\n", "abc\n", "~ABC", ";", "%\n", "", "\n", "~ \n"])
def test_what_is_no_burst_is_given_back_whole(text: str) -> None:
    assert type_into(Burst(["~", "%", ";"], "~"), text, FAST) == ([], text)


@given(st.text("~%;?AB1 \n", max_size=30))
def test_a_person_who_types_slowly_never_scans_and_loses_nothing(text: str) -> None:
    assert type_into(Burst(["~", "%", ";"], "~"), text, SLOW) == ([], text)


@given(st.text("~%;?AB1 \n", max_size=60))
def test_every_key_is_either_scanned_or_given_back(text: str) -> None:
    scans, field = type_into(Burst(["~", "%", ";"], "~"), text, FAST)
    assert len(field) + sum(map(len, scans)) <= len(text)
    rest = iter(text)
    assert all(key in rest for key in field), "given back in another order"


def test_a_machine_that_stops_for_a_moment_loses_no_scan_and_a_quick_person_makes_none() -> None:
    def pressed(text: str, gaps: list[float]) -> list[Verdict]:
        burst = Burst(["~"], "~")
        return [burst.press("" if key == "\n" else key, key == "\n", gap) for key, gap in zip(text, gaps, strict=True)]

    code = "~M1B2K3\n"
    for at in range(1, len(code)):
        gaps = [0.01] * len(code)
        gaps[at] = PAUSE_S
        assert pressed(code, gaps)[-1] is Verdict.DONE
        gaps[at] = PAUSE_S + len(code) * KEY_S
        assert Verdict.GIVE_BACK in pressed(code, gaps)
    assert pressed("~50\n", [0.0, 0.08, 0.08, 0.08])[-1] is Verdict.GIVE_BACK


def test_a_prefix_of_several_signs_and_a_suffix() -> None:
    assert type_into(Burst(["@#"], "@#", "!!"), "@a@#ABC!!\n", FAST) == (["ABC"], "@a")


def test_a_stripe_keeps_its_sentinels() -> None:
    assert type_into(Burst(["%", ";"]), "%M1^A?;1=2?\n", FAST) == (["%M1^A?;1=2?"], "")


# ---- at the window -------------------------------------------------------------------------


@pytest.fixture
def counter(open_window: Open) -> Counter:
    """A window with a scanner and a card reader that type; tonight's opera is on the map."""
    counter = open_window(typing=Typing(scanner=True, reader=True))
    counter.sign_in("anna")
    counter.open_shift("150")
    counter.choose("tosca")
    return counter


@pytest.fixture
def scans(counter: Counter) -> list[dict[str, object]]:
    """What the till has said of scans."""
    heard: list[dict[str, object]] = []
    counter.window.session.heard.connect(
        lambda event: heard.append(event) if event["event"] == "scanned" else None,
    )
    return heard


def wedge(counter: Counter, text: str, prefix: str = "~") -> None:
    """A scanner types, as the keyboard that it pretends to be."""
    for letter in prefix + text:
        QTest.keyClick(counter.focus(), letter, SHIFT if letter.isupper() else NONE)
    QTest.keyClick(counter.focus(), Key.Key_Return)


def sell_one(counter: Counter) -> str:
    """One seat for cash; its ticket's code."""
    counter.click(counter.free()[0])
    counter.settled(1)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    sale = counter.sell.payment.sale
    assert sale is not None
    (found,) = counter.house.ask("find", sale=sale.id)["sales"]
    counter.press(Key.Key_Return)
    return str(found["tickets"][0]["code"])


def test_a_scan_reaches_neither_field_nor_shortcut_and_shows_the_ticket(counter: Counter) -> None:
    code = sell_one(counter)
    counter.press(Key.Key_Slash)
    assert isinstance(counter.focus(), QLineEdit)
    wedge(counter, code)
    counter.until(lambda: counter.screen == "found")
    assert counter.selling.view.search.text() == ""
    assert counter.window.found.current is not None
    assert counter.window.found.current.code == code
    assert counter.sell.payment.given == "", "digits of the code were typed as an amount given"
    assert not counter.sell.lines, "Enter of the scan paid, or a letter of it picked seats"
    counter.press(Key.Key_Escape)
    assert counter.screen == "sell"


def test_keys_that_come_from_the_system_are_taken_before_the_windows_shortcuts(
    counter: Counter, scans: list[dict[str, object]]
) -> None:
    """The way of a real keyboard: through the system's window, where shortcuts are tried first."""
    counter.click(counter.free()[0])
    counter.settled(1)
    handle = counter.window.windowHandle()
    for letter in "~12B":
        QTest.keyClick(handle, letter)
    QTest.keyClick(handle, Key.Key_Return)
    counter.until(lambda: [str(scan["text"]).upper() for scan in scans] == ["12B"])
    assert counter.sell.payment.given == ""
    assert counter.sell.payment.sale is None
    QTest.keyClick(handle, "1")
    assert counter.sell.payment.given == "1", "and a person's keys are shortcuts as before"


def test_two_hundred_scans_at_the_pace_of_a_scanner_lose_none(counter: Counter, scans: list[dict[str, object]]) -> None:
    counter.press(Key.Key_Slash)
    codes = [f"M1B2{number:03d}" for number in range(200)]
    for code in codes:
        wedge(counter, code)
    counter.until(lambda: len(scans) == len(codes))
    assert [scan["text"] for scan in scans] == codes
    assert counter.selling.view.search.text() == ""


def test_what_a_person_types_arrives_a_moment_later(counter: Counter) -> None:
    counter.press(Key.Key_Slash)
    field = counter.selling.view.search
    QTest.keyClick(field, "~", SHIFT)
    assert field.text() == ""
    counter.until(lambda: field.text() == "~")
    QTest.keyClicks(field, "%a")
    counter.until(lambda: field.text() == "~%a")
    QTest.keyClicks(field, ";b")
    QTest.keyClick(field, Key.Key_Left)
    assert field.text() == "~%a;b", "a key that no scanner sends gives back at once, before it is heard itself"
    assert field.cursorPosition() == 4


def test_digits_that_were_held_are_the_windows_keys_again_when_given_back(counter: Counter) -> None:
    counter.click(counter.free()[0])
    counter.settled(1)
    QTest.keyClick(counter.focus(), ";")
    QTest.keyClick(counter.focus(), "5")
    assert counter.sell.payment.given == ""
    counter.until(lambda: counter.sell.payment.given == "5")


@pytest.mark.parametrize("text", ["\r", "\n", "\t"])
def test_a_burst_ends_by_what_its_last_key_types_whatever_key_that_is(
    counter: Counter, scans: list[dict[str, object]], text: str
) -> None:
    """As keyboards that are no real ones send their line feeds."""
    for letter in "~A1":
        QTest.keyClick(counter.focus(), letter)
    QApplication.sendEvent(counter.focus(), QKeyEvent(QEvent.Type.KeyPress, Key.Key_unknown, NONE, text))
    counter.until(lambda: [str(scan["text"]).upper() for scan in scans] == ["A1"])


def test_a_window_that_was_busy_takes_a_scan_all_the_same(counter: Counter, scans: list[dict[str, object]]) -> None:
    """Keys come late, with the times at which they were pressed."""
    counter.press(Key.Key_Slash)
    target = counter.focus()
    for at, (key, text) in enumerate([(Key.Key_AsciiTilde, "~"), (Key.Key_X, "X"), (Key.Key_Return, "\r")]):
        event = QKeyEvent(QEvent.Type.KeyPress, key, NONE, text)
        event.setTimestamp(1000 + at * 5)
        QApplication.sendEvent(target, event)
        time.sleep(PAUSE_S * 2)
    counter.until(lambda: [scan["text"] for scan in scans] == ["X"])


def test_releases_of_taken_keys_are_taken_too(counter: Counter) -> None:
    released: list[int] = []

    class Field(QLineEdit):
        def keyReleaseEvent(self, event: QKeyEvent) -> None:
            if event.key() != Qt.Key.Key_Shift:
                released.append(event.key())

    field = Field(counter.window)
    field.show()
    field.setFocus()
    wedge(counter, "A1")
    QTest.keyClick(field, "Z")
    assert released == [Qt.Key.Key_Z]
    assert field.text().lower() == "z"
    field.deleteLater()


# ---- what a scan does ----------------------------------------------------------------------


def test_a_gift_card_pays_as_much_as_it_can_and_cash_the_rest(counter: Counter, house: TillHouse) -> None:
    house.office.purses["~gift_card", "GC-1"] = 1000
    counter.click(counter.free()[0])
    counter.settled(1)
    total = counter.sell.payment.total
    wedge(counter, "GC-1")
    counter.until(lambda: bool(counter.sell.payment.purses))
    payment = counter.sell.payment
    assert (total - payment.due).minor == 1000
    wedge(counter, "GC-1")
    counter.until(lambda: len(house.office.claims) > 0)
    assert len(payment.purses) == 1, "the same card twice is one card"
    counter.press(Key.Key_Escape)
    assert payment.purses == []
    assert payment.due == total
    wedge(counter, "GC-1")
    counter.until(lambda: bool(payment.purses))
    counter.press(Key.Key_Return)
    counter.until(lambda: payment.sale is not None)
    assert "Gift card €10.00" in payment.paid_with


def test_a_gift_card_that_covers_all_needs_no_cash(counter: Counter, house: TillHouse) -> None:
    house.office.purses["~gift_card", "GC-2"] = 1_000_000
    counter.click(counter.free()[0])
    counter.settled(1)
    wedge(counter, "GC-2")
    counter.until(lambda: bool(counter.sell.payment.purses))
    assert not counter.sell.payment.due
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    assert house.printers.kicks == 0


def test_with_nothing_to_pay_a_gift_card_is_named(counter: Counter, house: TillHouse) -> None:
    house.office.purses["~gift_card", "GC-1"] = 1000
    wedge(counter, "GC-1")
    counter.until(lambda: counter.toast == "Gift card GC-1: €10.00 left.")
    assert counter.screen == "sell"


@pytest.mark.parametrize(
    ("text", "prefix", "said"),
    [
        ("NOSUCH99", "~", "▲  Unknown: NOSUCH99"),
        ("5413330089604111", "~", "▲  A payment card, ************4111: it is paid with at the terminal."),
        ("5413330089604111=2812?", ";", "▲  A payment card, ************4111: it is paid with at the terminal."),
        ("M417^ANNA^?", "%", "Member card M417."),
        ("E?", "%", "▲  The card was not read. Swipe it again."),
    ],
)
def test_what_is_no_ticket_is_said(counter: Counter, text: str, prefix: str, said: str) -> None:
    wedge(counter, text, prefix)
    counter.until(lambda: bool(counter.toast))
    assert counter.toast == said


def test_with_the_line_down_an_unknown_code_is_not_called_wrong(counter: Counter, house: TillHouse) -> None:
    house.cut()
    counter.until(lambda: not counter.window.session.link.online)
    wedge(counter, "GC-9")
    counter.until(lambda: counter.toast == "▲  GC-9 is not known here, and the office cannot be asked.")


def test_a_scan_before_anybody_has_signed_in_asks_for_that(open_window: Open) -> None:
    counter = open_window(typing=Typing(scanner=True))
    wedge(counter, "ABC123")
    counter.until(lambda: counter.toast == "▲  Sign in first.")


def test_whoever_counts_a_drawer_is_not_taken_away_by_a_scan(counter: Counter) -> None:
    code = sell_one(counter)
    counter.window.go("count")
    wedge(counter, code)
    counter.until(lambda: counter.toast.endswith(": valid"))
    assert counter.screen == "count"


# ---- found ---------------------------------------------------------------------------------


def test_what_is_typed_behind_the_slash_finds_seats_first_then_sales(counter: Counter) -> None:
    code = sell_one(counter)
    sale = counter.house.ask("status")["last_sale"]["id"]
    for text in (code, sale):
        counter.press(Key.Key_Slash)
        counter.type(text)
        counter.press(Key.Key_Return)
        counter.until(lambda: counter.screen == "found")
        assert counter.window.found.current is not None
        assert counter.window.found.current.sale == sale
        counter.press(Key.Key_Return)
        assert counter.screen == "sell"
    counter.press(Key.Key_Slash)
    counter.type("nobody")
    counter.press(Key.Key_Return)
    counter.until(lambda: "is called “nobody”" in counter.toast)
    counter.selling.view.search.clear()
    counter.type("5413330089604111")
    counter.press(Key.Key_Return)
    counter.until(lambda: "is called “************4111”" in counter.toast)
