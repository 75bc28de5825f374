"""Orders in the window: handed out whole or in part, made ready, the waiting list, commission; by the keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from pos.ui.orders.presenter import OrdersPresenter
from pos.ui.orders.view import OrdersScreen
from tests.window.counter import CTRL, Counter, Key
from tests.window.till import PINS

BUYERS = (
    ("Kovács Béla", "+36 20 555 1234", 3),
    ("Ада Ковач", "ada@example.org", 1),
    ("Nguyễn Văn An", "+84 91 234 5678", 2),
)


def ordered(counter: Counter) -> None:
    """Three sales of tonight's show, to be picked up."""
    seats = iter(counter.at_hand())
    plan = counter.sell.hall.plan
    assert plan is not None
    show = counter.window.session.show_id
    for name, contact, count in BUYERS:
        places = [plan.place_ids[next(seats)] for _ in range(count)]
        counter.house.ask("add", show=show, places=places, price_type="adult")
        total = counter.house.ask("basket")["basket"]["total"]
        counter.house.ask(
            "pay",
            tenders=[{"kind": "cash", "amount": total}],
            delivery="pickup",
            buyer={"name": name, "contact": contact},
        )


@pytest.fixture
def waiting(counter: Counter) -> Counter:
    ordered(counter)
    counter.press(Key.Key_2, modifier=CTRL)
    counter.until(lambda: len(presenter(counter).rows) == 3)
    return counter


def presenter(counter: Counter) -> OrdersPresenter:
    return counter.window.orders


def screen(counter: Counter) -> OrdersScreen:
    found = counter.window.screens["orders"]
    assert isinstance(found, OrdersScreen)
    return found


def said(counter: Counter) -> str:
    labels = screen(counter).panel.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def names(counter: Counter) -> list[str]:
    return [row.title for row in presenter(counter).rows]


def collected(counter: Counter) -> list[dict[str, Any]]:
    return counter.house.bodies("OrderCollected")


def test_an_order_is_two_keys_away_and_handed_out_by_enter(waiting: Counter) -> None:
    assert names(waiting) == ["Ада Ковач", "Kovács Béla", "Nguyễn Văn An"]
    waiting.press(Key.Key_Return)
    waiting.until(lambda: len(presenter(waiting).rows) == 2)
    assert len(collected(waiting)) == 1
    assert "1 ticket of Ада Ковач" in waiting.toast
    waiting.press(Key.Key_1, modifier=CTRL)
    assert waiting.screen == "sell", "and the queue goes on"


def test_part_of_an_order_stays_and_who_came_is_recorded(waiting: Counter) -> None:
    waiting.press(Key.Key_Down, Key.Key_2)
    assert "Hand out 2 of 3" in said(waiting)
    waiting.press(Key.Key_Tab)
    screen(waiting).inputs[0].setFocus()
    waiting.type("Nagy Anna")
    screen(waiting).inputs[2].setFocus()
    waiting.type("81A2")
    waiting.press(Key.Key_Return)
    waiting.until(lambda: bool(collected(waiting)))
    (fact,) = collected(waiting)
    assert len(fact["tickets"]) == 2
    waiting.until(lambda: presenter(waiting).current is not None and len(presenter(waiting).chosen()) == 1)
    handed = waiting.house.ask("find", sale=fact["sale"])["sales"][0]["tickets"][0]["handed"]
    assert (handed["name"], handed["last4"]) == ("Nagy Anna", "81A2")


@pytest.mark.parametrize(("text", "found"), [("Kovatch", 2), ("5678", 1), ("nguyen", 1), ("nobody", 0)])
def test_what_was_heard_finds_who_waits(waiting: Counter, text: str, found: int) -> None:
    waiting.press(Key.Key_Slash)
    waiting.type(text)
    assert len(names(waiting)) == found
    waiting.press(Key.Key_Escape, Key.Key_Escape)
    assert len(names(waiting)) == 3
    waiting.press(Key.Key_Escape)
    assert waiting.screen == "sell"


def test_all_is_made_ready_in_one_run_and_then_handed_out(waiting: Counter) -> None:
    waiting.press(Key.Key_F7)
    waiting.until(lambda: all(row.state == "ready" for row in presenter(waiting).rows))
    assert "3 orders are printing." in waiting.toast
    waiting.press(Key.Key_Return)
    waiting.until(lambda: len(presenter(waiting).rows) == 2)
    assert len(waiting.house.bodies("OrderHandedOut")) == 1
    waiting.press(Key.Key_F6)
    waiting.until(lambda: any(content["kind"] == "list" for _, content in waiting.house.printers.paper))


def test_people_who_wait_are_called_in_order(counter: Counter) -> None:
    counter.press(Key.Key_2, modifier=CTRL)
    counter.press(Key.Key_F2)
    screen(counter).inputs[0].setFocus()
    counter.type("Ada")
    counter.press(Key.Key_F6)
    counter.until(lambda: len(presenter(counter).rows) == 1)
    counter.press(Key.Key_F6)
    counter.until(lambda: len(presenter(counter).rows) == 2)
    assert "Call the next" in said(counter)
    counter.press(Key.Key_Return)
    counter.until(lambda: "Served" in said(counter))
    assert presenter(counter).rows[0].state == "called"
    counter.press(Key.Key_F7)
    counter.until(lambda: presenter(counter).rows[0].state == "skipped")
    counter.press(Key.Key_Return)
    counter.until(lambda: presenter(counter).rows[1].state == "called")


def test_a_refusal_is_told_beside_what_it_is_about(waiting: Counter) -> None:
    waiting.press(Key.Key_F3)
    waiting.press(Key.Key_F6)
    assert "Scan the ticket" in said(waiting)
    screen(waiting).inputs[0].setFocus()
    waiting.type("NOSUCHCODE")
    screen(waiting).inputs[1].setFocus()
    waiting.type("Ada")
    waiting.press(Key.Key_F6)
    waiting.until(lambda: bool(presenter(waiting).problem) and not presenter(waiting).asking)
    assert "▲" in said(waiting)


def test_another_show_has_its_own_lists(waiting: Counter) -> None:
    other = next(card.id for card in waiting.window.session.shows if card.id != waiting.window.session.show_id)
    waiting.window.choose_show(other)
    waiting.until(lambda: not presenter(waiting).rows)
    assert waiting.screen == "orders"


def test_a_reservation_goes_into_the_basket_to_be_paid(counter: Counter) -> None:
    plan = counter.sell.hall.plan
    assert plan is not None
    seats = [plan.place_ids[ix] for ix in counter.at_hand()[:3]]
    counter.house.ask("add", show=counter.window.session.show_id, places=seats, price_type="adult")
    counter.house.ask("reserve", buyer={"name": "School No. 7"})
    counter.press(Key.Key_2, modifier=CTRL)
    counter.press(Key.Key_F5)
    counter.until(lambda: names(counter) == ["School No. 7"])
    counter.press(Key.Key_F7)
    counter.until(lambda: "Final number" in said(counter))
    screen(counter).inputs[1].setFocus()
    counter.type("20")
    counter.press(Key.Key_F6)
    counter.until(lambda: presenter(counter).rows[0].doc["deposit"]["left"] == "20.00")
    screen(counter).inputs[1].setFocus()
    counter.type("2")
    counter.press(Key.Key_F7)
    counter.until(lambda: presenter(counter).rows[0].side == "2 places")
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.screen == "sell")
    counter.settled(2)


def test_a_guest_list_is_opened_with_a_supervisor_and_signed(counter: Counter) -> None:
    comp = {"id": "comp", "name": {"en": "Complimentary"}, "kind": "comp"}
    counter.house.document("price_type", comp)
    plan = counter.sell.hall.plan
    assert plan is not None
    seats = [plan.place_ids[ix] for ix in counter.at_hand()[:3]]
    show = counter.window.session.show_id
    counter.house.ask("hold", type="group", show=show, places=seats, owner="The Paper")
    counter.press(Key.Key_2, modifier=CTRL)
    counter.press(Key.Key_F4)
    counter.until(lambda: "The Paper" in names(counter))
    presenter(counter).mark(next(row.id for row in presenter(counter).rows if row.title == "The Paper"))
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(presenter(counter).asks_who))
    approval = screen(counter).approval
    counter.until(lambda: approval.who.count() > 0)
    approval.who.setCurrentIndex(approval.who.findData("sofia"))
    approval.pin.setFocus()
    counter.type(PINS["sofia"])
    counter.press(Key.Key_Return)
    counter.until(lambda: "The Paper: the list" in names(counter))
    presenter(counter).mark(next(row.id for row in presenter(counter).rows if row.title == "The Paper: the list"))
    screen(counter).inputs[0].setFocus()
    counter.type("Ada")
    counter.press(Key.Key_F6)
    counter.until(lambda: "Ada" in names(counter))
    presenter(counter).mark(next(row.id for row in presenter(counter).rows if row.title == "Ada"))
    counter.press(Key.Key_Return)
    counter.until(lambda: any(row.title == "Ada" and row.state == "collected" for row in presenter(counter).rows))
    assert counter.house.bodies("TicketsSold")[-1]["sale"]["total"] == "0.00"


def test_tickets_are_kept_for_who_comes_for_them(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.until(lambda: bool(counter.sell.lines))
    counter.press(Key.Key_D)
    assert counter.sell.payment.delivery == "pickup"
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.asks_who == "pickup")
    counter.type("Ada Lovelace")
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(counter.house.bodies("TicketsSold")))
    sale = counter.house.ask("find", name="lovelace")["sales"][0]
    assert (sale["delivery"], sale["tickets"][0]["issued"]) == ("pickup", False)
    counter.until(lambda: counter.sell.payment.delivery == "now")  # the next customer takes theirs along
    counter.press(Key.Key_2, modifier=CTRL)
    counter.until(lambda: names(counter) == ["Ada Lovelace"])
