"""The safe at the window, by the keyboard: counts, bags, transfers, deposits, and the drawer's limit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from pos.ui.frame.notice import notice
from pos.ui.safe.tasks import TASKS, fields_of
from pos.ui.safe.view import SafeScreen
from tests.window.counter import CTRL, SHIFT, Counter
from tests.window.till import PINS

Key = Qt.Key


def at_the_safe(counter: Counter) -> SafeScreen:
    counter.press(Key.Key_5, modifier=CTRL)
    counter.until(lambda: counter.window.drawer.state is not None)
    counter.press(Key.Key_F6)
    counter.until(lambda: counter.screen == "safe")
    screen = counter.window.screens["safe"]
    assert isinstance(screen, SafeScreen)
    return screen


def stand_by(screen: SafeScreen, user: str) -> None:
    """Another person chooses their name, and types their PIN."""
    assert screen.second.isVisible()
    screen.second.who.setCurrentIndex(screen.second.who.findData(user))
    screen.second.pin.setText(PINS[user])


def fill(counter: Counter, screen: SafeScreen, **fields: str) -> None:
    for name, text in fields.items():
        screen.fields[name].setFocus()
        counter.type(text)


def test_the_safe_is_counted_blind_by_two(counter: Counter) -> None:
    screen = at_the_safe(counter)
    presenter = counter.window.safe
    counter.press(Key.Key_F1)
    counter.until(lambda: screen.second.who.count() > 1)
    counter.type("2")  # the focus is in the pieces of the largest note
    largest = presenter.pieces.denominations[0]
    assert presenter.pieces.total == largest * 2
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(presenter.problem))
    assert "two people" in presenter.problem
    assert presenter.pieces.total == largest * 2, "what was counted is still there"
    stand_by(screen, "sofia")
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(presenter.said))
    assert "Counted" in presenter.said
    assert presenter.pieces.total.minor == 0


def test_a_float_is_sealed_and_opened_again(counter: Counter) -> None:
    screen = at_the_safe(counter)
    presenter = counter.window.safe
    counter.press(Key.Key_F2)
    counter.type("F-7")
    screen.count.focus_first()
    counter.type("1")
    counter.press(Key.Key_Return)
    counter.until(lambda: [row["id"] for row in presenter.rows] == ["bag:F-7"])
    assert presenter.said == "Bag F-7: made up"
    counter.press(Key.Key_F9)
    assert (presenter.task, screen.fields["bag"].text()) == ("open_bag", "F-7")
    screen.count.focus_first()
    counter.type("1")
    counter.press(Key.Key_Return)
    counter.until(lambda: not presenter.rows)
    assert counter.house.ask("bags", state="all")["bags"][0]["state"] == "opened"


def test_a_shift_is_opened_with_a_sealed_float(open_window: Callable[..., Counter]) -> None:
    counter = open_window()
    counter.sign_in("anna")
    counter.until(lambda: counter.screen == "open")
    counter.press(Key.Key_F6)
    counter.until(lambda: counter.screen == "safe")
    screen = counter.window.screens["safe"]
    assert isinstance(screen, SafeScreen)
    counter.press(Key.Key_F2)
    counter.type("F-9")
    screen.count.focus_first()
    counter.type("1")
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(counter.window.safe.rows))
    counter.press(Key.Key_Escape, Key.Key_Escape)
    assert counter.screen == "open"
    counter.press(Key.Key_Slash)
    counter.type("F-9")
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.screen == "sell")
    assert counter.house.ask("bags", state="all")["bags"][0]["state"] == "taken"
    assert counter.house.ask("shift")["float"] == str(counter.window.safe.pieces.denominations[0])


def test_what_is_typed_of_a_deposit_is_read_in_pairs() -> None:
    typed = {"deposit": "B-1", "bags": "D-1, D-2", "shifts": "W1-1-S0001=20.00, W1-1-S0002 = 5"}
    assert fields_of(TASKS["make_deposit"], typed) == {
        "deposit": "B-1",
        "bags": ["D-1", "D-2"],
        "shifts": {"W1-1-S0001": "20.00", "W1-1-S0002": "5"},
    }


def test_a_drop_goes_into_a_numbered_bag(counter: Counter) -> None:
    counter.press(Key.Key_5, modifier=CTRL)
    counter.until(lambda: counter.window.drawer.state is not None)
    counter.press(Key.Key_F3)
    counter.type("40")
    counter.window.drawer.type_reason("full")
    counter.window.drawer.type_bag("D-1")
    counter.press(Key.Key_Return, Key.Key_Return)
    counter.until(lambda: [one["number"] for one in counter.house.ask("bags")["bags"]] == ["D-1"])
    counter.until(lambda: counter.window.drawer.bag == "")


def test_cash_goes_to_another_window_and_what_comes_in_is_received(counter: Counter) -> None:
    screen = at_the_safe(counter)
    presenter = counter.window.safe
    counter.press(Key.Key_F6)
    fill(counter, screen, amount="30", to="T2", reason="coins")
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(presenter.rows))
    assert presenter.rows[0]["state"] == "sent"
    counter.press(Key.Key_Return)  # nobody fetches it: it is taken back
    assert (presenter.task, screen.fields["amount"].text()) == ("transfer_back", "30.00")
    fill(counter, screen, reason="not fetched")
    counter.press(Key.Key_Return)
    counter.until(lambda: not presenter.rows)


def test_a_false_note_and_cash_from_the_safe_are_booked(counter: Counter) -> None:
    screen = at_the_safe(counter)
    presenter = counter.window.safe
    counter.press(Key.Key_F8)
    fill(counter, screen, denomination="50", serial="X1", name="Mr Black")
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(presenter.said or presenter.problem))
    assert "50.00 taken out of the drawer" in presenter.said
    counter.press(Key.Key_F5)
    fill(counter, screen, amount="20", reason="a refund")
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.house.ask("shift")["moves"][-1]["kind"] == "fetch")
    counter.press(Key.Key_Escape, Key.Key_Escape)
    assert counter.screen == "drawer"


def test_a_supervisor_sees_a_deposit_to_the_bank(counter: Counter) -> None:
    counter.house.ask("sign_in", user="sofia", pin=PINS["sofia"])
    screen = at_the_safe(counter)
    presenter = counter.window.safe
    counter.press(Key.Key_F3)
    counter.type("B-1")
    screen.count.focus_first()
    counter.type("1")
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(presenter.rows or presenter.problem))
    counter.press(Key.Key_F9)
    fill(counter, screen, name="Carl", receipt="77")
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(presenter.rows) and presenter.rows[0]["state"] == "collected")
    counter.press(Key.Key_F9)
    assert screen.fields["amount"].text() == presenter.rows[0]["amount"]
    fill(counter, screen, reference="E-5")
    counter.press(Key.Key_Return)
    counter.until(lambda: not presenter.rows)
    assert counter.house.ask("deposits", state="all")["deposits"][0]["settled"] is True


def test_too_much_cash_in_the_drawer_is_said_until_some_is_dropped(counter: Counter) -> None:
    session = counter.window.session
    session.bridge._hear({"event": "drawer_limit", "over": True, "limit": "500.00"})
    assert "Too much cash" in notice(session).lead
    session.bridge._hear({"event": "drawer_limit", "over": False, "limit": None})
    assert "Too much cash" not in notice(session).lead


def test_what_is_done_with_cash_at_the_safe_is_begun_at_the_drawer(counter: Counter) -> None:
    counter.press(Key.Key_5, modifier=CTRL)
    for key, task in ((Key.Key_F1, "fetch"), (Key.Key_F2, "transfer_out"), (Key.Key_F3, "counterfeit")):
        counter.until(lambda: counter.screen == "drawer")
        counter.press(key, modifier=SHIFT)
        assert (counter.screen, counter.window.safe.task) == ("safe", task)
        counter.press(Key.Key_Escape, Key.Key_Escape)
    counter.press(Key.Key_F1, modifier=SHIFT)
    counter.type("20")
    counter.window.safe.type("reason", "a refund")
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.house.ask("shift")["moves"][-1]["kind"] == "fetch")


def test_a_supervisor_refuses_change_that_was_ordered(counter: Counter) -> None:
    counter.house.ask("sign_in", user="sofia", pin=PINS["sofia"])
    screen = at_the_safe(counter)
    presenter = counter.window.safe
    counter.press(Key.Key_F4)
    screen.count.focus_first()
    counter.type("1")
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(presenter.rows))
    counter.press(Key.Key_F1, modifier=SHIFT)
    assert (presenter.task, presenter.values["order"]) == ("refuse_change", presenter.rows[0]["number"])
    fill(counter, screen, reason="the safe has none")
    counter.press(Key.Key_Return)
    counter.until(lambda: not presenter.rows)
    assert counter.house.ask("change_orders", state="all")["change_orders"][0]["state"] == "refused"


def test_a_deposit_has_a_sheet_and_a_trail_from_the_bank_back_to_the_drop(counter: Counter, tmp_path: Path) -> None:
    house = counter.house
    house.ask("sign_in", user="sofia", pin=PINS["sofia"])
    house.ask("move_cash", kind="drop", amount="40.00", reason="full", bag="D-1")
    house.ask("make_deposit", deposit="B/1", bags=["D-1"])
    house.ask("collect_deposit", deposit="B/1", name="Carl", receipt="77")
    screen = at_the_safe(counter)
    presenter = counter.window.safe
    presenter.folder = tmp_path / "sheets"
    counter.until(lambda: bool(presenter.rows))
    counter.press(Key.Key_F2, modifier=SHIFT)
    counter.until(lambda: bool(presenter.said or presenter.problem))
    assert (tmp_path / "sheets" / "deposit-B_1.pdf").read_bytes().startswith(b"%PDF"), presenter.problem
    counter.press(Key.Key_F10)
    assert screen.fields["of"].text() == "B/1"
    counter.type("77")  # instead of it: the number of the courier's receipt
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(presenter.trail))
    told = [words for _, words in presenter.trail]
    assert told[0].startswith("W1-1-S0001")
    assert [words.partition(" · ")[0] for words in told[1:]] == [
        "Bag D-1: dropped",
        "Bag D-1: in a deposit",
        "Bank deposit B/1: made up",
        "Bank deposit B/1: with the courier",
    ]
    assert screen.trail.isVisible()
    counter.press(Key.Key_Escape)
    assert (counter.screen, screen.trail.isVisible()) == ("safe", False)
    counter.press(Key.Key_F10)
    counter.type("none")
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(presenter.problem))
    assert presenter.trail == []
