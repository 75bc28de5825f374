"""Passes and series at the window: sold beside tickets, used for seats of the basket, what is left paid back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel

from pos.ui.seatmap import states
from pos.ui.sell.passes import Passes
from tests.window.counter import CTRL, Counter, Key
from tests.window.till import PINS, TillHouse

CODE = "flex-AAAA"
SHOW_CODE = "~package"


@pytest.fixture
def counter(house: TillHouse, open_window: Callable[..., Counter]) -> Counter:
    """A window in a house with a pass of three visits; a blank one is in the office's hand."""
    names = {"en": "Flex"}
    flex = {"id": "flex", "name": names, "kind": "pass", "price": "90.00", "count": 3, "refund_fee": "10%"}
    house.document("package", flex)
    house.office.purses[SHOW_CODE, CODE] = 0
    house.office.found["package"] = {"code": CODE}
    counter = open_window()
    counter.sign_in("anna")
    counter.open_shift("150")
    counter.choose("tosca")
    return counter


def passes(counter: Counter) -> Passes:
    return counter.selling.passes


def panel(counter: Counter) -> str:
    labels = counter.selling.passing.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def sold(counter: Counter) -> None:
    """A pass by Ctrl+A and its key, alone, in cash."""
    counter.press(Key.Key_A, modifier=CTRL)
    extras = counter.sell.extras
    counter.until(lambda: any(product.package for product in extras.products))
    at = next(at for at, product in enumerate(extras.products) if product.package)
    counter.press(Key(Key.Key_F1 + at))
    counter.until(lambda: bool(counter.sell.articles))
    assert (counter.sell.articles[0].name, counter.sell.articles[0].product) == ("Flex", CODE)
    counter.press(Key.Key_Return, Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    counter.press(Key.Key_Return)


def begin(counter: Counter) -> None:
    """Ctrl+A, F9, its code, Enter."""
    counter.press(Key.Key_A, modifier=CTRL)
    counter.until(lambda: counter.sell.extras.uses_passes)
    counter.press(Key.Key_F9)
    assert counter.sell.extras.mode == ""
    counter.until(lambda: passes(counter).mode == "ask")
    counter.type(CODE)
    counter.press(Key.Key_Return)
    counter.until(lambda: passes(counter).mode == "use" and not passes(counter).working)


def test_a_pass_is_sold_and_pays_for_the_seats_of_the_basket(counter: Counter) -> None:
    sold(counter)
    counter.press(Key.Key_B)
    counter.settled(2)
    begin(counter)
    assert "Flex" in panel(counter)
    assert "3 of 3 visits left" in panel(counter)
    assert "€60.00" in panel(counter)  # what it is going to pay, before it does
    assert "1 visit left then" in panel(counter)
    counter.press(Key.Key_F2)
    assert [amount.minor for amount in passes(counter).shares] == [3000]
    counter.press(Key.Key_F1, Key.Key_Return)
    counter.until(lambda: passes(counter).mode == "" and bool(counter.sell.basket and counter.sell.basket.passes))
    payment = counter.sell.payment
    assert (payment.total.minor, payment.owed.minor) == (6000, 0)
    assert all(f"pass {CODE}" in row.detail for row in counter.selling.side.basket.rows)
    counter.press(Key.Key_Return)
    counter.until(lambda: payment.sale is not None)
    sale = counter.house.bodies("TicketsSold")[-1]["sale"]
    assert [(one["kind"], one["amount"]) for one in sale["tenders"]] == [("package", "60.00")]
    assert counter.house.ask("purse", code=CODE)["purse"]["visits"] == {"left": 1, "of": 3}


def test_it_pays_for_no_more_seats_than_it_has_visits(counter: Counter) -> None:
    sold(counter)
    for count in (2, 4):
        counter.press(Key.Key_B)
        counter.settled(count)
    begin(counter)
    assert "too few visits" in panel(counter)
    counter.press(Key.Key_Return)
    assert passes(counter).mode == "use"
    counter.press(Key.Key_Escape)
    assert passes(counter).mode == ""
    assert counter.sell.basket is not None
    assert counter.sell.basket.passes == ()


def test_what_is_left_is_paid_back_with_a_reason_and_a_supervisor_where_its_fee_is_not_kept(counter: Counter) -> None:
    sold(counter)
    counter.press(Key.Key_Slash)
    counter.type(CODE)
    counter.press(Key.Key_Return)  # as every other code: typed where seats are
    counter.until(lambda: passes(counter).mode == "use" and not passes(counter).working)
    counter.press(Key.Key_F5)
    assert "€81.00" in panel(counter)
    counter.press(Key.Key_Return)
    assert "why it comes back" in passes(counter).problem
    counter.press(Key.Key_F1, Key.Key_F6)
    assert "€90.00" in panel(counter)
    counter.press(Key.Key_Return)
    assert "supervisor" in passes(counter).problem
    approval = counter.selling.passing.approval
    counter.until(lambda: approval.who.count() > 0)
    assert approval.pin.hasFocus()
    counter.type(PINS[str(approval.who.currentData())])
    counter.press(Key.Key_Return)
    counter.until(lambda: passes(counter).mode == "")
    (back,) = counter.house.bodies("PackageRefunded")
    assert (back["amount"], back["reason"], "approver" in back) == ("90.00", "Moved away", True)
    assert "€90.00" in counter.toast


def test_a_code_that_is_none_is_said_so_and_a_pass_is_no_tender(counter: Counter) -> None:
    counter.press(Key.Key_A, modifier=CTRL)
    counter.until(lambda: counter.sell.extras.uses_passes)
    counter.press(Key.Key_F9)
    counter.type("flex-NONE")
    counter.press(Key.Key_Return)
    counter.until(lambda: "no pass" in passes(counter).problem)
    counter.press(Key.Key_Escape)
    sold(counter)
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_F12)
    counter.until(lambda: counter.sell.payment.split.present("cash"))
    counter.press(Key.Key_F4)
    counter.selling.side.split.field.setFocus()
    counter.type(CODE)
    counter.press(Key.Key_Return)
    counter.until(lambda: "used for seats" in counter.sell.payment.split.problem)


def test_a_pass_that_is_scanned_is_looked_up_wherever_the_cashier_stands(counter: Counter) -> None:
    sold(counter)
    counter.press(Key.Key_3, modifier=CTRL)
    assert counter.screen == "found"
    counter.window.scans.typed(CODE)
    counter.until(lambda: counter.screen == "sell" and passes(counter).mode == "use")
    assert passes(counter).sell.payment.purses == []  # it is offered for seats, not as money
    counter.press(Key.Key_Escape)
    assert passes(counter).mode == ""


def test_a_series_takes_the_marked_seat_in_each_of_its_shows(counter: Counter) -> None:
    shows = [card.id for card in counter.window.session.shows if card.id.startswith("tosca") and card.sells][:2]
    counter.house.document(
        "package", {"id": "two", "name": {"en": "Two nights"}, "kind": "series", "price": "100.00", "shows": shows}
    )
    counter.press(Key.Key_A, modifier=CTRL)
    extras = counter.sell.extras
    counter.until(lambda: any(one.package == "series" for one in extras.products))
    key = Key(Key.Key_F1 + next(at for at, one in enumerate(extras.products) if one.package == "series"))
    counter.press(key)
    assert "Pick a seat" in extras.problem
    counter.press(Key.Key_Escape)
    here = counter.at_hand()
    there = counter.house.front.states_of(shows[-1], here).result(10)
    both = [ix for ix, state in zip(here, there, strict=True) if state in (states.FREE, states.HERE)]
    counter.click(both[0])
    counter.settled(1)
    counter.press(Key.Key_A, modifier=CTRL)
    counter.until(lambda: any(one.package == "series" for one in extras.products))
    counter.press(key)
    counter.until(lambda: not extras.working)
    assert extras.problem == ""
    counter.settled(len(shows))
    assert {line.package for line in counter.sell.lines} == {"two"}
    assert len({line.place for line in counter.sell.lines}) == 1
    assert counter.sell.payment.total.minor == 10000
