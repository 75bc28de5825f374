"""What is typed behind the slash on the selling screen: a seat first, then whatever else is called that."""

from __future__ import annotations

import pytest

from pos.ui.sell.aside.hits import Hits
from tests.window.counter import CTRL, Counter, Key


def look(counter: Counter, text: str) -> None:
    counter.press(Key.Key_Slash)
    counter.type(text)
    counter.press(Key.Key_Return)


def hits(counter: Counter) -> list[str]:
    question = counter.selling.questions.now
    return [answer.title for answer in question.answers] if isinstance(question, Hits) else []


def sell_to(counter: Counter, name: str, contact: str = "ask@example.org") -> dict[str, object]:
    """One seat at the box office, named; its sale."""
    seat = counter.at_hand()[0]
    place = counter.sell.hall.place(seat)[0]
    house = counter.house
    house.ask("add", show=counter.window.session.show_id, places=[place], price_type="adult")
    total = house.ask("basket")["basket"]["total"]
    tenders = [{"kind": "cash", "amount": total}]
    sale = house.ask("pay", tenders=tenders, buyer={"name": name, "contact": contact})["sale"]
    counter.until(lambda: counter.sell.hall.states[seat] not in (0, 1))
    return dict(sale)


def test_a_show_is_found_by_a_part_of_its_name(counter: Counter) -> None:
    look(counter, "hedda")
    counter.until(lambda: counter.window.session.show_id.startswith("hedda") or len(hits(counter)) > 1)
    if hits(counter):
        counter.press(Key.Key_1)
        counter.until(lambda: counter.window.session.show_id.startswith("hedda"))
    assert counter.screen == "sell"
    assert counter.selling.view.search.text() == ""
    assert counter.sell.lines == ()


@pytest.mark.parametrize("by", ["name", "sounds", "sale", "code"])
def test_one_hit_opens_at_once(counter: Counter, by: str) -> None:
    sale = sell_to(counter, "Kovács Béla", "+36 20 555 1234")
    tickets = sale["tickets"]
    assert isinstance(tickets, list)
    texts = {"name": "kov", "sounds": "Kovach", "sale": sale["id"], "code": tickets[0]["code"]}
    look(counter, str(texts[by]))
    counter.until(lambda: counter.screen == "found")
    assert counter.window.found.current is not None
    assert counter.window.found.current.sale == sale["id"]


def test_of_several_hits_one_is_chosen_by_its_digit(counter: Counter) -> None:
    first = sell_to(counter, "Novak")
    second = sell_to(counter, "Novak")
    look(counter, "novak")
    counter.until(lambda: hits(counter) == ["Novak", "Novak"])
    assert counter.screen == "sell"
    question = counter.selling.questions.now
    assert question is not None
    wanted = next(answer.number for answer in question.answers if str(second["id"]) in answer.detail)
    counter.press(Key(Key.Key_0 + wanted))
    counter.until(lambda: counter.screen == "found")
    assert counter.window.found.current is not None
    assert counter.window.found.current.sale == second["id"] != first["id"]


def test_a_customer_is_found_by_telephone_however_it_is_grouped(counter: Counter) -> None:
    counter.house.ask("customer", name="Ida Orsos", phone="+36 30 123 4567")
    look(counter, "30/1234567")
    counter.until(lambda: counter.screen == "customers")
    counter.until(lambda: counter.window.customers.current is not None)
    assert counter.window.customers.current is not None
    assert counter.window.customers.current.name == "Ida Orsos"


@pytest.mark.parametrize("text", ["ilona", "5559876"])
def test_an_order_is_found_by_name_or_number_and_taken_to_be_paid(counter: Counter, text: str) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    order = counter.house.ask("reserve", buyer={"name": "Pál Ilona", "contact": "+36 20 555 9876"})["order"]
    counter.settled(0)
    look(counter, text)
    counter.settled(2)
    assert counter.screen == "sell"
    assert counter.house.ask("orders", order=order["code"])["orders"][0]["name"] == "Pál Ilona"


def test_escape_gives_up_the_choice_and_keeps_the_basket(counter: Counter) -> None:
    sell_to(counter, "Novak")
    sell_to(counter, "Novak")
    counter.press(Key.Key_B)
    counter.settled(2)
    look(counter, "novak")
    counter.until(lambda: len(hits(counter)) == 2)
    counter.press(Key.Key_Escape)
    assert counter.selling.questions.now is None
    assert len(counter.sell.lines) == 2


def test_an_exact_code_is_what_was_meant_whoever_else_is_called_that(counter: Counter) -> None:
    sale = sell_to(counter, "Brown")
    sell_to(counter, str(sale["id"]))
    look(counter, str(sale["id"]))
    counter.until(lambda: counter.screen == "found")
    assert counter.window.found.current is not None
    assert counter.window.found.current.sale == sale["id"]


def test_it_finds_with_the_line_down_as_well(counter: Counter) -> None:
    sale = sell_to(counter, "Nguyễn Văn An")
    counter.house.cut()
    look(counter, "nguyen")
    counter.until(lambda: counter.screen == "found")
    assert counter.window.found.current is not None
    assert counter.window.found.current.sale == sale["id"]


# ---- what else is done with a basket -------------------------------------------------------


def test_the_list_of_what_else_can_be_done_has_each_with_its_key(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_M)
    question = counter.selling.questions.now
    assert question is not None
    rows = {answer.key: answer for answer in question.answers}
    assert {"reserve", "hold", "take_up", "options", "move", "articles", "reprice", "delivery"} == set(rows)
    assert rows["hold"].right == "^H"
    counter.press(Key(Key.Key_0 + rows["delivery"].number))
    assert counter.sell.payment.delivery == "pickup"
    assert counter.selling.questions.now is None
    counter.press(Key.Key_M)
    counter.press(Key.Key_M)
    assert counter.selling.questions.now is None
    counter.press(Key.Key_M)
    counter.press(Key.Key_H, modifier=CTRL)
    assert counter.selling.questions.now is not None
    assert counter.selling.questions.now.title == "Hold these places"


def test_its_keys_are_on_the_panel_for_a_finger(counter: Counter) -> None:
    pay = counter.selling.side.pay
    pay._more.click()
    assert counter.selling.questions.now is not None
    counter.press(Key.Key_Escape)
    pay._customer.click()
    assert counter.screen == "customers"


# ---- how many ------------------------------------------------------------------------------


def test_digits_are_how_many_until_there_is_something_to_pay(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos.ui.sell.presenter._NEXT_DIGIT_S", 60.0)
    counter.sell._counted = -60.0
    counter.press(Key.Key_3)
    assert counter.sell.count == 3
    assert counter.selling.view.stepper.value == 3
    counter.press(Key.Key_B)
    counter.settled(3)
    counter.press(Key.Key_5)
    assert (counter.sell.count, counter.sell.payment.given) == (3, "5")
    counter.press(Key.Key_Escape, Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    counter.sell._counted = -60.0
    counter.press(Key.Key_1, Key.Key_2)
    assert counter.sell.payment.sale is None
    assert counter.sell.count == 12


def test_a_digit_later_begins_a_number_anew(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pos.ui.sell.presenter._NEXT_DIGIT_S", 0.0)
    counter.press(Key.Key_1, Key.Key_4, Key.Key_0)
    assert counter.sell.count == 4


def test_what_is_typed_for_the_next_customer_is_not_wiped_by_an_answer_to_the_last(counter: Counter) -> None:
    sale = sell_to(counter, "Novak")
    counter.press(Key.Key_Slash)
    counter.type("novak")
    counter.press(Key.Key_Return)
    counter.selling.view.search.setText("brown")
    counter.until(lambda: counter.screen == "found")
    assert counter.window.found.current is not None
    assert counter.window.found.current.sale == sale["id"]
    assert counter.selling.view.search.text() == "brown"
