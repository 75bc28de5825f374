"""Sales at the window: by keyboard, by mouse, by typing; what is given, what comes back, what is printed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest

from pos.store.ledger import StorageFailed
from pos.ui.seatmap import states
from pos.ui.seatmap.areas import AreaTile
from tests.window.counter import ALT, CTRL, SHIFT, Counter, Key
from tests.window.till import OTHER, RefusedClaim


def test_two_seats_for_cash_by_keyboard_in_three_actions(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    sale = counter.sell.payment.sale
    assert sale is not None
    assert len(sale.tickets) == 2
    assert sale.change.minor == 0
    counter.until(lambda: [role for role, _ in counter.house.printers.paper] == ["ticket", "receipt"])
    assert counter.house.printers.kicks == 1
    counter.press(Key.Key_Return)
    assert counter.sell.payment.sale is None
    assert counter.house.ask("find", sale=sale.id)["sales"][0]["total"] == str(sale.total)


def test_the_amount_given_is_typed_and_the_change_stays_until_the_next_customer(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    due = counter.sell.payment.due
    counter.type("200")
    assert counter.selling.side.pay._given_amount.text() == "200"
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    change = counter.selling.side.change
    assert change.isVisible()
    sale = counter.sell.payment.sale
    assert sale is not None
    assert sale.change.minor == 20_000 - due.minor
    assert change._change.text() == counter.window.session.formats.money(sale.change)
    assert change._change.font().pixelSize() >= 64
    counter.press(Key.Key_Return)
    assert not change.isVisible()
    assert counter.sell.payment.given == ""


def test_less_than_is_owed_is_not_paid_and_says_what_is_missing(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.type("5")
    counter.press(Key.Key_Return)
    counter.qtbot.wait(50)
    assert counter.sell.payment.sale is None
    assert len(counter.sell.lines) == 2
    assert "missing" in counter.selling.side.pay._note.text()


def test_an_implausible_amount_warns_inline(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.type("9999")
    assert "Check the amount" in counter.selling.side.pay._note.text()


def test_a_round_amount_pays_at_once(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    amount = counter.sell.payment.quick[0]
    counter.press(Key.Key_1, modifier=ALT)
    counter.until(lambda: counter.sell.payment.sale is not None)
    sale = counter.sell.payment.sale
    assert sale is not None
    assert sale.given == amount


def test_a_click_takes_a_seat_and_a_second_gives_it_back(counter: Counter) -> None:
    seat = counter.at_hand()[0]
    counter.click(seat)
    counter.settled(1)
    assert counter.labels == [counter.label(seat)]
    counter.until(lambda: counter.selling.view.map.state_of(seat) == states.BASKET)
    counter.click(seat)
    counter.settled(0)
    counter.until(lambda: counter.selling.view.map.state_of(seat) == states.HERE)


def test_a_click_while_the_hall_changes_takes_no_seat_of_either_show(counter: Counter) -> None:
    """The map is the old show's until the new one's is here; the same place would be another seat there."""
    ix = counter.at_hand()[0]
    other = next(card.id for card in counter.window.session.shows if card.id != counter.sell.session.show_id)
    counter.window.choose_show(other)
    counter.click(ix)
    assert "on its way" in counter.toast
    counter.until(lambda: counter.map_shows(other))
    counter.qtbot.wait(300)
    assert not counter.sell.lines
    counter.choose("tosca")
    counter.click(ix)
    counter.settled(1)


def test_a_rectangle_takes_what_is_free_in_it(counter: Counter) -> None:
    hall, map_ = counter.sell.hall, counter.selling.view.map
    assert hall.plan is not None
    first = counter.at_hand()[0]
    row = hall.plan.rows[hall.plan.row[first]]
    seats = range(row.first, row.end)
    map_.zoom_to(seats)
    xs = [map_.position_of(ix).x() for ix in seats]
    ys = [map_.position_of(ix).y() for ix in seats]
    box = QRectF(QPointF(min(xs) - 3, min(ys) - 3), QPointF(max(xs) + 3, max(ys) + 3))
    inside = [ix for ix in range(len(hall.plan)) if box.contains(map_.position_of(ix))]
    wanted = {ix for ix in inside if hall.states[ix] in (states.FREE, states.HERE)}
    assert wanted
    start, end = box.topLeft().toPoint(), box.bottomRight().toPoint()
    QTest.mousePress(map_, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(map_, (start + end) / 2)
    QTest.mouseMove(map_, end)
    QTest.mouseRelease(map_, Qt.MouseButton.LeftButton, pos=end)
    counter.settled(len(wanted))
    assert {line.ix for line in counter.sell.lines} == wanted


def test_a_seat_is_typed(counter: Counter) -> None:
    seat = counter.free()[0]
    counter.press(Key.Key_Slash)
    assert counter.selling.view.search.hasFocus()
    counter.type(counter.label(seat))
    counter.press(Key.Key_Return)
    counter.settled(1)
    assert counter.labels == [counter.label(seat)]
    assert counter.selling.view.search.text() == ""
    assert counter.selling.view.map.hasFocus()
    assert counter.sell.payment.sale is None


def test_a_typed_seat_that_is_none_stays_to_be_mended(counter: Counter) -> None:
    counter.press(Key.Key_Slash)
    counter.type("Stalls ZZ 99")
    counter.press(Key.Key_Return)
    counter.until(lambda: "Stalls ZZ 99" in counter.toast)
    assert counter.selling.view.search.text() == "Stalls ZZ 99"
    counter.press(Key.Key_Escape)
    assert counter.selling.view.search.text() == ""
    assert counter.selling.view.map.hasFocus()


def test_a_price_key_types_the_marked_ticket(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    kinds = [kind.id for kind in counter.sell.types]
    counter.press(Key(Key.Key_F1 + kinds.index("child")))
    counter.until(lambda: [line.price_type for line in counter.sell.lines] == ["adult", "child"])
    counter.press(Key.Key_PageUp)
    counter.press(Key(Key.Key_F1 + kinds.index("senior")))
    counter.until(lambda: [line.price_type for line in counter.sell.lines] == ["senior", "child"])


def test_a_proof_is_asked_for_on_the_line_and_confirmed_by_the_same_key(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    student = Key(Key.Key_F1 + [kind.id for kind in counter.sell.types].index("student"))
    counter.press(student)
    row = counter.selling.side.basket.rows[-1]
    assert "student card seen?" in row.question
    assert counter.sell.lines[-1].price_type == "adult"
    counter.press(Key.Key_Return)
    counter.qtbot.wait(50)
    assert counter.sell.payment.sale is None, "paid while the proof was still a question"
    counter.press(student)
    counter.until(lambda: counter.sell.lines[-1].price_type == "student")
    assert counter.sell.lines[-1].proof
    assert "student card seen" in counter.selling.side.basket.rows[-1].detail


def test_escape_takes_back_the_question_about_a_proof(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key(Key.Key_F1 + [kind.id for kind in counter.sell.types].index("student")))
    counter.press(Key.Key_Escape)
    assert counter.sell.asking_proof is None
    assert [line.price_type for line in counter.sell.lines] == ["adult", "adult"]


def test_shift_with_a_price_key_takes_the_last_of_that_type_away(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_F1, modifier=SHIFT)
    counter.settled(1)


def test_the_marked_ticket_goes_by_its_key_and_not_by_the_number_pads_point(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_PageUp)
    kept = counter.labels[1]
    counter.press(Key.Key_Delete)
    counter.qtbot.wait(50)
    assert len(counter.labels) == 2
    counter.press(Key.Key_Delete, modifier=SHIFT)
    counter.settled(1)
    assert counter.labels == [kept]


def test_undo_gives_back_the_whole_last_pick(counter: Counter) -> None:
    seat = counter.at_hand()[0]
    counter.click(seat)
    counter.settled(1)
    counter.press(Key.Key_B)
    counter.settled(3)
    counter.press(Key.Key_Z, modifier=CTRL)
    counter.settled(1)
    assert counter.labels == [counter.label(seat)]


def test_a_refusal_is_a_sentence_over_the_map_and_the_window_goes_on(counter: Counter) -> None:
    seat = counter.free()[0]
    plan = counter.sell.hall.plan
    assert plan is not None
    place = plan.place_ids[seat]
    counter.house.office.refuses[place] = RefusedClaim(place, "right_elsewhere", OTHER, 1_780_000_000)
    counter.click(seat)
    counter.until(lambda: bool(counter.toast))
    assert counter.label(seat) in counter.toast
    assert OTHER in counter.toast
    assert counter.labels == []
    counter.press(Key.Key_B)
    counter.settled(2)


def test_a_slow_claim_is_shown_on_a_line_while_the_window_goes_on(counter: Counter) -> None:
    counter.house.office.slow.clear()
    seat = counter.free()[0]
    counter.click(seat)
    counter.until(lambda: bool(counter.sell.pending))
    row = counter.selling.side.basket.rows[0]
    assert row.title == counter.label(seat)
    assert "asking the office" in row.detail
    counter.click(counter.at_hand()[0])
    counter.settled(1)
    counter.house.office.answer_now()
    counter.settled(2)
    assert counter.sell.pending == []


def test_terms_are_told_by_the_cashier_alone_and_reach_the_sale(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    assert not counter.sell.payment.told
    counter.press(Key.Key_T)
    assert counter.sell.payment.told
    assert "✓" in counter.selling.side.pay._told.text()


def test_units_of_an_area_are_taken_from_its_entry_under_the_map(counter: Counter) -> None:
    counter.sell.choose_category("Standing")
    counter.settled(2)
    assert {line.place for line in counter.sell.lines} == {"Standing"}


def test_a_sold_seat_shows_as_sold(counter: Counter) -> None:
    seat = counter.at_hand()[0]
    counter.click(seat)
    counter.settled(1)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    counter.until(lambda: counter.selling.view.map.state_of(seat) == states.SOLD)


def test_a_show_without_seats_sells_its_area_from_a_tile(counter: Counter) -> None:
    counter.window.choose_show("foyer")
    counter.until(lambda: counter.sell.hall.opened_show == "foyer" and counter.sell.show is not None)
    map_ = counter.selling.view.map
    (tile,) = (tile for tile in map_.findChildren(AreaTile) if tile.isVisible())
    counter.qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    counter.settled(2)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)


def test_tickets_of_two_shows_are_one_sale(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.choose("hedda")
    counter.press(Key.Key_B)
    counter.settled(4)
    assert len({line.show for line in counter.sell.lines}) == 2
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    sale = counter.sell.payment.sale
    assert sale is not None
    assert len(sale.tickets) == 4


@pytest.mark.expect_log("could not be written")
def test_a_disk_that_is_full_refuses_the_sale_and_says_so(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)

    def full(*_: object) -> None:
        raise StorageFailed("database or disk is full")

    monkeypatch.setattr(counter.house.desk.ledger, "add_sale", full)
    counter.house.desk.submit(lambda: None).result(5)
    counter.press(Key.Key_Return)
    counter.until(lambda: "Nothing was sold" in counter.toast)
    assert counter.sell.payment.sale is None
    assert len(counter.sell.lines) == 2
    assert counter.house.printers.paper == []
    assert counter.house.printers.kicks == 0


def test_without_a_terminal_there_is_cash_alone(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    assert not counter.selling.side.pay._card.isVisible()
    counter.press(Key.Key_F11, Key.Key_F12)
    assert not counter.sell.payment.paying
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)


def test_the_price_keys_are_those_of_the_category_that_is_marked(counter: Counter) -> None:
    """Also when the show's prices were here before its hall, and when what is left changes."""

    def agree() -> bool:
        return f"<b>{counter.sell.chosen_category}</b>" in counter.selling.side._whose.text()

    for title in ("hedda", "tosca", "hedda"):
        counter.choose(title)
        counter.until(agree, timeout=2000)
    counter.house.cut()
    counter.until(lambda: not counter.window.session.link.online)
    counter.until(agree, timeout=2000)
