"""Articles, promotion codes, prices set by hand and price types that ask for more, at the window."""

from __future__ import annotations

from typing import Any

from tests.window.counter import CTRL, SHIFT, Counter, Key
from tests.window.till import PINS


def rows(counter: Counter) -> list[tuple[str, str, str]]:
    return [(row.title, row.detail, row.price) for row in counter.selling.side.basket.rows]


def test_products_are_sold_by_key_beside_tickets_or_alone(counter: Counter) -> None:
    counter.press(Key.Key_A, modifier=CTRL)
    extras = counter.sell.extras
    counter.until(lambda: len(extras.products) == 3)
    by_id = {product.id: number for number, product in enumerate(extras.products, 1)}
    programme = Key(Key.Key_F1 + by_id["programme"] - 1)
    counter.press(programme)
    counter.until(lambda: bool(counter.sell.articles))
    counter.press(programme)
    counter.until(lambda: counter.sell.articles[0].count == 2)
    # A donation says how much first.
    counter.press(Key(Key.Key_F1 + by_id["stage"] - 1))
    assert "amount" in extras.problem
    counter.type("20")
    counter.press(Key(Key.Key_F1 + by_id["stage"] - 1))
    counter.until(lambda: len(counter.sell.articles) == 2)
    counter.press(programme, modifier=SHIFT)
    counter.until(lambda: [article.product for article in counter.sell.articles] == ["stage"])
    counter.press(programme)
    counter.until(lambda: len(counter.sell.articles) == 2)
    counter.press(Key.Key_Return)
    assert extras.mode == ""
    assert sorted(row[0] for row in rows(counter)) == ["For the new stage", "Programme"]
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    sale = counter.sell.payment.sale
    assert sale is not None
    assert (sale.total.minor, sale.tickets) == (2450, ())
    assert sorted(row[0] for row in rows(counter)) == ["For the new stage", "Programme"]  # what was sold is in sight


def test_a_code_takes_off_and_says_so_on_every_line(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    before = counter.sell.lines[0].price
    counter.press(Key.Key_Y, modifier=CTRL)
    counter.type("nothing")
    counter.press(Key.Key_Return)
    counter.until(lambda: "no promotion" in counter.sell.extras.problem)
    counter.selling.extras.code.clear()
    counter.type("friends")
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.extras.mode == "" and counter.sell.lines[0].price < before)
    assert all(row[1].startswith("Friends of the house −") for row in rows(counter))
    counter.press(Key.Key_Y, modifier=CTRL)
    assert "FRIENDS" in counter.selling.extras.codes.accessibleName() + counter.selling.extras.codes._label.text()
    counter.selling.extras.codes.click()
    counter.until(lambda: counter.sell.lines[0].price == before)


def test_a_supervisor_sets_a_price_in_place_and_the_line_says_what_it_was(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    was = counter.sell.lines[-1].price
    counter.press(Key.Key_Y, modifier=CTRL)
    extras, panel = counter.sell.extras, counter.selling.extras
    panel.amount.setFocus()
    counter.type("5")
    counter.press(Key.Key_F2)
    assert extras.reason == "Complaint"
    counter.press(Key.Key_Return)
    assert "supervisor" in extras.problem
    counter.until(lambda: panel.approval.who.count() > 0)
    assert panel.approval.pin.hasFocus()
    user = str(panel.approval.who.currentData())
    counter.type("000000")
    counter.press(Key.Key_Return)
    counter.until(lambda: "PIN" in extras.problem)
    panel.approval.pin.clear()
    panel.approval.pin.setFocus()
    counter.type(PINS[user])
    counter.press(Key.Key_Return)
    counter.until(lambda: extras.mode == "" and counter.sell.lines[-1].price.minor == 500)
    line = counter.sell.lines[-1]
    assert (line.set_by_hand, line.was) == (True, was)
    assert "price set, was" in rows(counter)[-1][1]


def test_escape_leaves_everything_as_it_was_and_the_map_has_the_keys_again(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    for key in (Key.Key_A, Key.Key_Y):
        counter.press(key, modifier=CTRL)
        assert counter.sell.extras.mode
        counter.press(Key.Key_Escape)
        assert counter.sell.extras.mode == ""
    assert counter.selling.view.map.hasFocus()
    assert len(counter.sell.lines) == 2
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)


def test_a_complimentary_ticket_asks_for_its_reason_and_a_supervisor(counter: Counter) -> None:
    counter.house.document("price_type", {"id": "comp", "name": {"en": "Comp"}, "kind": "comp", "order": 9})
    table = {"Orchestra": {"adult": "98.00", "comp": "0.00"}, "Stalls": {"adult": "72.00", "comp": "0.00"}}
    counter.house.document("prices", {"id": "opera", "tax": "reduced", "table": table})
    counter.until(lambda: any(kind.id == "comp" for kind in counter.sell.types))
    counter.press(Key.Key_B)
    counter.settled(2)
    number = [kind.id for kind in counter.sell.types].index("comp")
    counter.press(Key(Key.Key_F1 + number))
    extras, panel = counter.sell.extras, counter.selling.extras
    assert (extras.mode, panel.reason.isVisible(), panel.approval.isVisible()) == ("type", True, True)
    counter.press(Key.Key_F1)
    counter.until(lambda: panel.approval.who.count() > 0)
    panel.approval.pin.setFocus()
    counter.type(PINS[str(panel.approval.who.currentData())])
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.lines[-1].comp)
    assert counter.sell.lines[-1].price.minor == 0
    assert "complimentary" in rows(counter)[-1][1]


def test_a_seat_that_is_clicked_while_new_prices_are_on_their_way_is_taken_at_the_new_price(counter: Counter) -> None:
    seat, clicked = counter.at_hand()[0], []

    def click(event: dict[str, Any]) -> None:
        if event.get("documents") and not clicked:
            clicked.append(counter.sell.show is not None)
            counter.click(seat)

    counter.window.session.heard.connect(click)
    table = {"Orchestra": {"adult": "98.00"}, "Stalls": {"adult": "81.00"}}
    counter.house.document("prices", {"id": "opera", "tax": "reduced", "table": table})
    counter.settled(1)
    assert clicked == [True]
    assert counter.sell.lines[0].price.minor == 8100
    assert counter.toast == ""
