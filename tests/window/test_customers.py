"""Customers, cases and histories in the window, by the keyboard."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from tests.window.counter import CTRL, SHIFT, Counter, Key

CTRL_SHIFT = CTRL | SHIFT


def panel(counter: Counter) -> str:
    labels = counter.window.screens["customers"].panel.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def record(counter: Counter, name: str, email: str = "") -> None:
    """A new customer by Ctrl+K, F1, the name, Enter."""
    counter.press(Key.Key_K, modifier=CTRL)
    counter.type(name)
    counter.press(Key.Key_F1)
    counter.until(lambda: counter.window.customers.draft is not None)
    if email:
        counter.press(Key.Key_Tab)
        counter.type(email)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.window.customers.current is not None and counter.window.customers.draft is None)


def test_a_customer_is_recorded_and_the_sale_is_theirs(counter: Counter) -> None:
    record(counter, "Ida Orsos", "ida@example.org")
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.screen == "sell")
    assert counter.window.session.buyer is not None
    assert "Ida Orsos" in counter.selling.side._whose.text()
    counter.click(counter.at_hand()[0])
    counter.settled(1)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    assert counter.window.session.buyer is None
    counter.press(Key.Key_4, modifier=CTRL)
    counter.type("orsos")
    counter.until(lambda: bool(counter.window.customers.known.get("sales")))
    assert counter.window.customers.known["sales"][0]["name"] == "Ida Orsos"
    assert "ida@example.org" in panel(counter)


def test_nobody_need_be_named_and_esc_leads_back(counter: Counter) -> None:
    counter.press(Key.Key_K, modifier=CTRL)
    assert counter.screen == "customers"
    counter.press(Key.Key_Escape)
    counter.until(lambda: counter.screen == "sell")
    assert counter.window.session.buyer is None


def test_a_cashier_cannot_erase_and_a_supervisor_is_asked_twice(counter: Counter) -> None:
    record(counter, "Ida")
    counter.press(Key.Key_F6)
    assert not counter.window.customers.erasing
    counter.press(Key.Key_L, modifier=CTRL)
    counter.sign_in("sofia")
    counter.press(Key.Key_K, modifier=CTRL)
    counter.type("ida")
    counter.until(lambda: counter.window.customers.current is not None)
    counter.press(Key.Key_F6)
    assert "F6" in panel(counter)
    counter.press(Key.Key_F6)
    counter.until(lambda: counter.window.customers.rows == [])


def test_a_case_is_opened_from_the_last_sale_in_three_actions(counter: Counter) -> None:
    counter.click(counter.at_hand()[0])
    counter.settled(1)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    counter.press(Key.Key_C, modifier=CTRL_SHIFT)
    counter.type("Too cold")
    counter.press(Key.Key_Return)
    counter.until(lambda: "C00001" in counter.toast)
    assert not counter.window.errands.sheet.isVisible()
    assert counter.sell.payment.sale is not None


def test_a_seats_history_is_told_and_esc_closes_it(counter: Counter) -> None:
    seat = counter.at_hand()[0]
    counter.click(seat)
    counter.settled(1)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    counter.press(Key.Key_H, modifier=CTRL_SHIFT)
    sheet = counter.window.errands.sheet
    counter.until(lambda: "Sold as ticket" in sheet._text.text())
    assert sheet.isVisible()
    counter.press(Key.Key_Escape)
    assert not sheet.isVisible()
    assert counter.screen == "sell"
