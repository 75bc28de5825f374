"""Tickets that come back at the window: found, chosen, told to the cent, and then done, by keyboard alone."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from pos.domain.money import Money
from pos.domain.plan import Plan
from pos.ui.found.calledoff import CalledOff
from pos.ui.found.callingoff import CallOffSheet
from pos.ui.found.presenter import FoundPresenter
from pos.ui.found.view import FoundScreen
from tests.window.counter import CTRL, SHIFT, Counter, Key
from tests.window.till import PINS


def sell(counter: Counter, count: int = 1) -> list[dict[str, Any]]:
    """Some seats beside each other for cash; their tickets."""
    counter.until(lambda: counter.screen == "sell")
    for ix in counter.free()[:count]:
        counter.sell.pointing.seats([ix])
    counter.settled(count)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    sale = counter.sell.payment.sale
    assert sale is not None
    counter.press(Key.Key_Return)
    (found,) = counter.house.ask("find", sale=sale.id)["sales"]
    return list(found["tickets"])


def find(counter: Counter, text: str) -> FoundPresenter:
    """Ctrl+3, and what is typed behind the slash."""
    counter.press(Key.Key_3, modifier=CTRL)
    assert counter.screen == "found"
    counter.press(Key.Key_Slash)
    counter.type(text)
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(counter.window.found.rows))
    return counter.window.found


def screen(counter: Counter) -> FoundScreen:
    made = counter.window.screens["found"]
    assert isinstance(made, FoundScreen)
    return made


def category(plan: Plan, ix: int) -> str:
    return plan.category_of(plan.place_ids[ix])


def states(counter: Counter, tickets: list[dict[str, Any]]) -> list[str]:
    found = counter.house.ask("find", code=tickets[0]["code"])["sales"]
    return [ticket["state"] for sale in found for ticket in sale["tickets"]]


def test_a_ticket_is_refunded_by_keyboard_and_the_sums_are_told_before(counter: Counter) -> None:
    tickets = sell(counter, 2)
    found = find(counter, tickets[1]["code"])
    counter.press(Key.Key_F5)
    counter.until(lambda: found.deal.told is not None)
    told = found.deal.told
    assert told is not None
    assert [ticket.id for ticket in found.deal.tickets] == [tickets[1]["id"]]
    assert told.amount + told.fee == found.rows[1].price
    counter.press(Key.Key_Return)
    assert found.deal.problem == "Why do they come back?"
    counter.press(Key.Key_F1, Key.Key_F5)
    assert (found.deal.reason, found.deal.paper) == ("Cannot come", True)
    if told.needs:
        counter.press(Key.Key_Return)
        assert found.deal.problem == "A supervisor types their PIN first."
        counter.until(lambda: screen(counter).deal.approval.who.count() > 0)
        counter.type(PINS["sofia"])
    counter.press(Key.Key_Return)
    counter.until(lambda: found.result.startswith("Paid out: "))
    counter.until(lambda: states(counter, tickets) == ["live", "refunded"])
    counter.until(lambda: [row.state for row in found.rows] == ["live", "refunded"])
    counter.press(Key.Key_Escape)
    assert counter.screen == "sell"


def test_a_whole_sale_is_chosen_with_one_key_and_esc_leaves_all_as_it_was(counter: Counter) -> None:
    tickets = sell(counter, 3)
    found = find(counter, tickets[0]["code"])
    counter.press(Key.Key_F4, Key.Key_F5)
    counter.until(lambda: found.deal.told is not None)
    assert len(found.deal.tickets) == 3
    counter.press(Key.Key_Escape)
    assert found.deal.kind == ""
    counter.press(Key.Key_F4, Key.Key_F3)
    assert found.chosen == [tickets[0]["id"]]
    assert states(counter, tickets) == ["live"] * 3
    assert counter.screen == "found"


def test_waiving_the_fee_needs_a_supervisor_in_place_whose_name_is_kept(counter: Counter) -> None:
    tickets = sell(counter)
    found = find(counter, tickets[0]["code"])
    counter.press(Key.Key_F5)
    counter.until(lambda: found.deal.told is not None)
    counter.press(Key.Key_F3, Key.Key_F6)
    counter.until(lambda: bool(found.deal.asks) and found.deal.told is not None and not found.deal.told.fee.minor)
    counter.press(Key.Key_Return)
    box = screen(counter).deal.approval
    counter.until(lambda: box.who.count() > 0)
    assert {box.who.itemData(at) for at in range(box.who.count())} == {"sofia", "lin"}
    assert counter.focus() is box.pin
    counter.type("0000")
    counter.press(Key.Key_Return)
    counter.until(lambda: found.deal.problem == "That PIN is not right.")
    box.pin.selectAll()
    box.who.setCurrentIndex(box.who.findData("sofia"))
    counter.type(PINS["sofia"])
    counter.press(Key.Key_Return)
    counter.until(lambda: states(counter, tickets) == ["refunded"])
    assert counter.house.ask("status")["user"] == "anna", "the cashier stays signed in"
    body = counter.house.bodies("TicketsRefunded")[0]["refund"]
    assert (body["user"], body["approver"], body["reason"]) == ("anna", "sofia", "Complaint")


def test_the_last_sale_is_voided_by_one_key_its_lines_shown_and_its_paper_back(counter: Counter) -> None:
    tickets = sell(counter, 2)
    counter.press(Key.Key_Z, modifier=CTRL | SHIFT)
    counter.until(lambda: counter.screen == "found")
    found = counter.window.found
    counter.until(lambda: found.deal.told is not None)
    assert (found.deal.kind, len(found.deal.tickets)) == ("void", 2)
    counter.press(Key.Key_Return)
    assert found.deal.problem == "Is the paper of all its tickets back?"
    assert states(counter, tickets) == ["live", "live"]
    counter.press(Key.Key_F5, Key.Key_Return)
    counter.until(lambda: states(counter, tickets) == ["void", "void"])
    counter.until(lambda: found.result.startswith("Paid out: "))


def test_tickets_are_exchanged_on_the_map_of_another_show_for_the_difference(counter: Counter) -> None:
    tickets = sell(counter)
    found = find(counter, tickets[0]["code"])
    counter.press(Key.Key_F6)
    swap = found.swap
    counter.until(lambda: swap.show is not None and swap.hall.opened_show == swap.show.id)
    target = next(card.id for card in counter.window.session.shows if card.sells and card.id != tickets[0]["show"])
    counter.window.tabs.chosen.emit(target)
    counter.until(lambda: swap.show is not None and swap.show.id == target == swap.hall.opened_show)
    assert counter.screen == "found"
    assert counter.window.session.show_id == tickets[0]["show"], "what is being sold stays"
    plan, prices = swap.hall.plan, swap.show.prices
    assert plan is not None
    ix = next(
        ix
        for ix, state in enumerate(swap.hall.states)
        if state in (0, 1) and "adult" in prices.get(category(plan, ix), {})
    )
    view = screen(counter).swap_work
    assert view is not None
    view.map.zoom_to([ix])
    counter.qtbot.mouseClick(view.map, Qt.MouseButton.LeftButton, pos=view.map.position_of(ix).toPoint())
    counter.until(lambda: swap.due is not None or bool(swap.problem))
    assert not swap.problem
    due = swap.due
    assert due is not None
    price = swap.show.prices[category(plan, ix)][swap.price_type]
    assert due.decimal == price.decimal - Decimal(tickets[0]["price"]) + (swap.fee.decimal if swap.fee else 0)
    if swap.asks:
        counter.press(Key.Key_Return)
        counter.until(lambda: screen(counter).swap_panel.approval.who.count() > 0)  # type: ignore[union-attr]
        counter.type(PINS["sofia"])
    counter.press(Key.Key_Return)
    counter.until(lambda: found.result.startswith("Exchanged."))
    assert states(counter, tickets) == ["exchanged"]
    sold = counter.house.bodies("TicketsExchanged")[0]["sale"]
    assert (sold["tickets"][0]["show"], sold["total"]) == (target, str(due))


def test_a_seat_that_costs_less_pays_the_difference_out(counter: Counter) -> None:
    tickets = sell(counter)
    found = find(counter, tickets[0]["code"])
    counter.press(Key.Key_F6)
    swap = found.swap
    counter.until(lambda: swap.show is not None and swap.hall.opened_show == swap.show.id)
    plan, show = swap.hall.plan, swap.show
    assert plan is not None
    assert show is not None
    kind, price = swap.price_type, Money.parse(tickets[0]["price"], "EUR")
    here = [ix for ix, state in enumerate(swap.hall.states) if state in (0, 1)]
    prices = {ix: row[kind] for ix in here if kind in (row := show.prices.get(category(plan, ix), {}))}
    ix = min(prices, key=lambda ix: prices[ix].minor)
    assert prices[ix].minor < price.minor
    counter.press(Key.Key_Slash)
    counter.type(plan.label(ix))
    counter.press(Key.Key_Return)
    counter.until(lambda: swap.due is not None)
    assert swap.due is not None
    assert swap.due.minor < 0
    if swap.asks:
        counter.press(Key.Key_Return)
        counter.until(lambda: screen(counter).swap_panel.approval.who.count() > 0)  # type: ignore[union-attr]
        counter.type(PINS["sofia"])
    counter.press(Key.Key_Return)
    counter.until(lambda: "is paid out" in found.result)
    assert counter.house.bodies("TicketsExchanged")[0]["sale"]["tenders"][0]["kind"] == "cash"


def test_a_found_ticket_is_printed_again_only_with_a_reason(counter: Counter) -> None:
    tickets = sell(counter)
    found = find(counter, tickets[0]["code"])
    counter.press(Key.Key_R, modifier=CTRL)
    counter.press(Key.Key_Return)
    assert found.deal.problem == "Why is it printed again?"
    counter.press(Key.Key_F2, Key.Key_Return)
    counter.until(lambda: counter.toast.endswith("Sent to the printer."))
    assert counter.house.bodies("CopyIssued")[0]["reason"] == "Damaged"


@pytest.mark.parametrize("kind", ["code", "nothing"])
def test_a_code_with_one_wrong_letter_finds_nothing_and_guesses_nothing(counter: Counter, kind: str) -> None:
    code = sell(counter)[0]["code"]
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B") if kind == "code" else "X"
    counter.press(Key.Key_3, modifier=CTRL)
    counter.press(Key.Key_Slash)
    counter.type(wrong)
    counter.press(Key.Key_Return)
    counter.until(lambda: "is called" in counter.toast)
    assert not counter.window.found.rows


# ---- shows that were called off ------------------------------------------------------------


def call_off(counter: Counter, state: str = "cancelled") -> None:
    """The office says that the show being sold is off."""
    house, show = counter.house, counter.window.session.show_id
    body = house.desk.submit(lambda: house.desk.replica.documents()["show"][show]).result(10)
    house.document("show", {**body, "state": state})
    counter.until(lambda: bool(house.ask("worklist")["worklist"]))


def by_gift_card(counter: Counter, code: str) -> str:
    """A seat that a gift card pays for; its sale."""
    house = counter.house
    house.office.purses["~gift_card", code] = 100_000
    place = counter.sell.hall.place(counter.free()[0])[0]
    basket = house.ask("add", show=counter.window.session.show_id, places=[place], price_type="adult")["basket"]
    sale = house.ask("pay", tenders=[{"kind": "gift_card", "amount": basket["total"], "code": code}])["sale"]["id"]
    counter.until(lambda: counter.sell.hall.place(counter.free()[0])[0] != place)
    return str(sale)


def called_off(counter: Counter) -> CalledOff:
    """The list, on screen."""
    counter.press(Key.Key_3, modifier=CTRL)
    counter.window.screens["found"].work.setFocus()
    counter.press(Key.Key_F8)
    counter.until(lambda: bool(counter.window.found.called_off.rows))
    return counter.window.found.called_off


def test_a_run_pays_back_what_needs_nobody_and_leaves_the_cash(counter: Counter) -> None:
    cash = sell(counter)
    sales = {by_gift_card(counter, "GC-1"), by_gift_card(counter, "GC-2")}
    call_off(counter)
    owed = called_off(counter)
    assert {rows[0].sale for rows in owed.waiting} == sales
    counter.press(Key.Key_F5)
    counter.until(lambda: not owed.running and owed.done == 2)
    counter.until(lambda: cash[0]["id"] in [row.id for row in owed.rows])
    assert not sales & {row.sale for row in owed.rows}
    refunds = [body["refund"] for body in counter.house.bodies("TicketsRefunded")]
    assert {(body["fee"], body["tenders"][0]["kind"]) for body in refunds} == {("0.00", "gift_card")}
    # The cash is paid out to whoever comes for it, like any other refund.
    owed.mark(cash[0]["id"])
    counter.press(Key.Key_Return)
    found = counter.window.found
    counter.until(lambda: found.marked == cash[0]["id"])
    counter.press(Key.Key_F5)
    counter.until(lambda: found.deal.told is not None)
    assert found.deal.told is not None
    assert (found.deal.told.fee.minor, found.deal.told.needs) == (0, ())


def test_a_run_is_stopped_by_a_key_and_goes_on_later(counter: Counter) -> None:
    sales = [by_gift_card(counter, code) for code in ("GC-1", "GC-2")]
    call_off(counter)
    owed = called_off(counter)
    counter.press(Key.Key_F5, Key.Key_F5)
    counter.until(lambda: not owed.running and len(counter.house.bodies("TicketsRefunded")) == owed.done == 1)
    counter.until(lambda: len(owed.waiting) == 1)
    counter.press(Key.Key_F5)
    counter.until(lambda: not owed.running and owed.done == 2)
    refunds = [body["refund"] for body in counter.house.bodies("TicketsRefunded")]
    assert sorted(ticket["sale"] for body in refunds for ticket in body["tickets"]) == sales


def test_tickets_of_a_show_that_was_moved_are_left_to_their_buyers(counter: Counter) -> None:
    by_gift_card(counter, "GC-1")
    call_off(counter, "moved")
    owed = called_off(counter)
    assert not owed.waiting
    assert not owed.owed.minor
    counter.press(Key.Key_F5)
    assert not owed.running
    counter.press(Key.Key_Escape)
    assert not owed.open


def test_with_the_line_down_nobody_claims_to_know_what_a_gate_has_done_since(counter: Counter) -> None:
    tickets = sell(counter)
    found = find(counter, tickets[0]["code"])
    assert found.state(found.rows[0]) == ("good", "valid")
    counter.house.cut()
    counter.until(lambda: not counter.window.session.link.online)
    level, words = found.state(found.rows[0])
    assert level == "muted"
    assert words.endswith("; not known since")


def test_letters_go_to_every_buyer_of_a_show_that_was_called_off(counter: Counter, tmp_path: Path) -> None:
    sell(counter)
    by_gift_card(counter, "GC-1")
    call_off(counter)
    owed = called_off(counter)
    owed.folder = tmp_path / "letters"
    counter.press(Key.Key_F6)
    counter.until(lambda: owed.written == 2 and not owed.writing, timeout=30_000)
    made = sorted(owed.folder.iterdir())
    assert [path.name for path in made] == sorted(f"{row.show}-{row.sale}.pdf" for row in owed.rows)
    assert all(path.read_bytes().startswith(b"%PDF") for path in made)


def test_a_wrong_tender_is_corrected_from_the_found_sale(counter: Counter) -> None:
    (ticket,) = sell(counter)
    find(counter, ticket["code"])
    counter.press(Key.Key_F9)
    panel = screen(counter).deal
    counter.until(panel.slip.isVisible)
    panel.slip.setFocus()
    counter.type("004711")
    panel.reason.setFocus()
    counter.type("pressed the wrong key")
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(counter.house.bodies("TenderCorrected")))
    body = counter.house.bodies("TenderCorrected")[0]["correction"]
    assert (body["tenders"][0]["kind"], body["tenders"][0]["slip"]) == ("card_slip", "004711")
    counter.until(lambda: not counter.window.found.deal.kind)
    assert "drawer" in counter.window.found.result


def test_a_ticket_is_made_out_to_somebody_else(counter: Counter) -> None:
    (ticket,) = sell(counter)
    counter.house.settle()
    find(counter, ticket["code"])
    counter.press(Key.Key_F10)
    panel = screen(counter).deal
    counter.until(panel.slip.isVisible)
    panel.slip.setFocus()
    counter.type("Bo Lind, 9001")
    panel.reason.setFocus()
    counter.type("a gift")
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(counter.house.bodies("TicketRenamed")))
    assert counter.house.bodies("TicketRenamed")[0]["ticket"] == ticket["id"]


def refused_for_cash(counter: Counter) -> FoundPresenter:
    """A refund of more than the drawer has: all but five went into the safe."""
    tickets = sell(counter)
    paid_in = counter.house.ask("move_cash", kind="paid_in", amount="1.00", reason="found")
    held = Decimal(paid_in["drawer"]["expected"])
    counter.house.ask("move_cash", kind="drop", amount=str(held - 5), reason="full")
    found = find(counter, tickets[0]["code"])
    counter.press(Key.Key_F5)
    counter.until(lambda: found.deal.told is not None)
    counter.press(Key.Key_F1, Key.Key_F5)
    if found.deal.asks:
        counter.until(lambda: screen(counter).deal.approval.who.count() > 0)
        screen(counter).deal.approval.pin.setText(PINS["sofia"])
    counter.press(Key.Key_Return)
    counter.until(lambda: found.deal.lacking is not None)
    return found


def test_a_refund_that_the_drawer_cannot_pay_is_fetched_from_the_safe_and_paid_with_one_key(counter: Counter) -> None:
    found = refused_for_cash(counter)
    lacking = found.deal.lacking
    assert "F7" in found.deal.problem
    counter.press(Key.Key_F7)
    counter.until(lambda: not found.deal.kind)
    move = counter.house.ask("shift")["moves"][-2]
    assert (move["kind"], move["amount"]) == ("fetch", str(lacking))
    assert len(counter.house.bodies("TicketsRefunded")) == 1


def test_where_the_safe_takes_two_the_second_person_is_asked_before_it_is_fetched(counter: Counter) -> None:
    house = counter.house
    venue = house.desk.submit(lambda: house.desk.season().venue).result(10)
    says = {"id": venue.id, "name": venue.name, "timezone": venue.timezone, "currency": "EUR", "safe_by_two": True}
    house.document("venue", says)
    house.settle()
    found = refused_for_cash(counter)
    screen(counter).deal.approval.pin.clear()
    counter.press(Key.Key_F7)
    counter.until(lambda: bool(found.deal.beside))
    assert house.bodies("CashMoved")[-1]["kind"] == "drop"
    counter.until(lambda: screen(counter).deal.approval.who.count() > 0)
    screen(counter).deal.approval.pin.setText(PINS[str(screen(counter).deal.approval.who.currentData())])
    counter.press(Key.Key_F7)
    counter.until(lambda: not found.deal.kind)
    assert house.bodies("CashMoved")[-1]["second"] == screen(counter).deal.approval.who.currentData()


def test_an_exchange_is_paid_by_any_tender_that_the_till_takes(counter: Counter) -> None:
    """A gift card and a card's slip, the rest in cash: built as in a sale."""
    counter.house.office.purses["~gift_card", "GC-1"] = 300
    tickets = sell(counter)
    found = find(counter, tickets[0]["code"])
    counter.press(Key.Key_F6)
    swap = found.swap
    counter.until(lambda: swap.show is not None and swap.hall.opened_show == swap.show.id)
    plan, show = swap.hall.plan, swap.show
    assert plan is not None
    assert show is not None
    paid = Decimal(tickets[0]["price"])
    dearer = next(
        ix
        for ix, state in enumerate(swap.hall.states)
        if state in (0, 1) and (price := show.prices.get(category(plan, ix), {}).get("adult")) and price.decimal > paid
    )
    swap.pick_seats([dearer])
    counter.until(lambda: swap.due is not None or bool(swap.problem))
    due = swap.due
    assert due is not None
    assert due.minor > 800
    view = screen(counter)
    panel = view.swap_panel
    assert panel is not None
    if swap.asks:
        counter.press(Key.Key_F12)
        assert swap.problem == "A supervisor types their PIN first."
        assert not swap.split.open
        counter.until(lambda: panel.approval.who.count() > 0)
        panel.approval.pin.setFocus()
        counter.type(PINS["sofia"])
    counter.press(Key.Key_F12)
    counter.until(lambda: panel.split.isVisible() and bool(swap.split.takes))
    counter.press(Key.Key_F4)
    counter.type("GC-1")
    counter.press(Key.Key_Return)
    counter.until(lambda: len(swap.split.parts) == 1)
    counter.type("5")
    counter.press(Key.Key_F3)
    counter.type("004711")
    counter.press(Key.Key_Return)
    assert [part.amount.minor for part in swap.split.parts] == [300, 500]
    counter.press(Key.Key_Return)
    counter.until(lambda: found.result.startswith("Exchanged.") or bool(swap.problem))
    assert not swap.problem
    assert states(counter, tickets) == ["exchanged"]
    tenders = counter.house.bodies("TicketsExchanged")[-1]["sale"]["tenders"]
    rest = Money(due.minor - 800, "EUR")
    assert {tender["kind"]: tender["amount"] for tender in tenders} == {
        "gift_card": "3.00", "card_slip": "5.00", "cash": str(rest),
    }  # fmt: skip
    assert not swap.split.open


def test_one_article_of_a_sale_goes_back_by_itself_and_its_ticket_stays(counter: Counter) -> None:
    house = counter.house
    place = counter.sell.hall.place(counter.at_hand()[0])[0]
    house.ask("add", show=counter.window.session.show_id, places=[place], price_type="adult")
    house.ask("add_article", product="programme", count=2)
    total = house.ask("basket")["basket"]["total"]
    sale = house.ask("pay", tenders=[{"kind": "cash", "amount": total}])["sale"]
    found = find(counter, sale["id"])
    ticket, programme = found.rows
    assert (programme.article, found.place(programme), programme.state) == (True, "Programme", "live")
    counter.press(Key.Key_Down)
    assert found.current == programme
    counter.press(Key.Key_F6, Key.Key_F10, Key.Key_F1)
    assert (found.swapping, found.deal.kind) == (False, ""), "an article is neither exchanged, renamed nor printed"
    counter.press(Key.Key_F5)
    counter.until(lambda: found.deal.told is not None)
    assert found.deal.told is not None
    assert found.deal.told.amount == programme.price
    counter.press(Key.Key_F2, Key.Key_F5, Key.Key_Return)
    counter.until(lambda: found.result.startswith("Paid out: "))
    counter.until(lambda: [row.state for row in found.rows] == ["live", "refunded"])
    body = house.bodies("TicketsRefunded")[-1]["refund"]
    assert [article["name"] for article in body["articles"]] == ["Programme"]
    assert body["tickets"] == []
    assert ticket.id not in str(body)


def test_ticket_and_article_go_back_together_in_one_refund(counter: Counter) -> None:
    house = counter.house
    house.ask("add_article", product="programme")
    place = counter.sell.hall.place(counter.at_hand()[0])[0]
    house.ask("add", show=counter.window.session.show_id, places=[place], price_type="adult")
    total = house.ask("basket")["basket"]["total"]
    sale = house.ask("pay", tenders=[{"kind": "cash", "amount": total}])["sale"]
    found = find(counter, sale["id"])
    counter.press(Key.Key_F4, Key.Key_F5)
    counter.until(lambda: found.deal.told is not None)
    assert [len(ids) for ids in found.deal._named().values()] == [1, 1]
    assert found.deal.told is not None
    assert set(found.deal.told.labels.values()) >= {"Programme"}
    counter.press(Key.Key_Escape)
    counter.press(Key.Key_F7)
    counter.until(lambda: found.deal.told is not None)
    assert found.deal.told is not None
    assert (found.deal.kind, found.deal.told.may_void) == ("void", True)
    assert str(found.deal.told.amount) == sale["total"]


def approve(counter: Counter) -> CallOffSheet:
    """The supervisor's PIN, typed on the sheet that asks for it."""
    sheet = counter.window.calling_off
    counter.until(lambda: sheet.approval.who.count() > 0)
    sheet.approval.pin.setFocus()
    counter.type(PINS[str(sheet.approval.who.currentData())])
    return sheet


def list_of_called_off(counter: Counter) -> CalledOff:
    counter.press(Key.Key_3, modifier=CTRL)
    counter.window.screens["found"].work.setFocus()
    counter.press(Key.Key_F8)
    counter.until(lambda: counter.window.found.called_off.open)
    return counter.window.found.called_off


def test_a_show_is_abandoned_with_a_supervisor_and_its_tickets_are_paid_back(counter: Counter) -> None:
    sell(counter)
    by_gift_card(counter, "GC-1")
    owed = list_of_called_off(counter)
    counter.press(Key.Key_F7)
    assert counter.window.cover is counter.window.calling_off
    counter.type("Fire in the wings")
    sheet = approve(counter)
    counter.press(Key.Key_Return)
    assert sheet.isVisible()  # a second Enter, since it ends something for good
    assert not counter.house.bodies("ShowAbandoned")
    counter.press(Key.Key_Return)
    counter.until(lambda: not sheet.isVisible() and {row.state for row in owed.rows} == {"abandoned"})
    record = counter.house.bodies("ShowAbandoned")[0]["record"]
    assert (record["reason"], record["show"]) == ("Fire in the wings", counter.window.session.show_id)
    before = owed.owed
    counter.press(Key.Key_F5)
    counter.until(lambda: not owed.running and owed.done == 1)
    counter.until(lambda: owed.back == 1 and owed.owed < before)
    assert counter.house.bodies("TicketsRefunded")[0]["refund"]["reason"] == "Show abandoned"
    counter.until(lambda: not next(card for card in counter.window.session.shows if card.id == record["show"]).sells)


def test_places_are_closed_and_opened_again(counter: Counter) -> None:
    list_of_called_off(counter)
    sheet = counter.window.calling_off

    def call_off(what: str) -> None:
        sheet.places.setText(what)
        sheet.reason.setText("water")
        approve(counter)
        counter.press(Key.Key_Return)

    counter.press(Key.Key_F8)
    call_off("nowhere")
    counter.until(lambda: "nowhere" in sheet.problem.text())
    call_off("Stalls")
    counter.until(lambda: not sheet.isVisible())
    closed = counter.house.bodies("PlacesClosed")[0]["record"]
    counter.press(Key.Key_F9)
    call_off("")
    counter.until(lambda: not sheet.isVisible())
    assert counter.house.bodies("PlacesReopened")[0]["record"]["of"] == {closed["id"]: closed["places"]}
