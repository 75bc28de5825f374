"""Mobile payments and bank transfers: nothing is sold before they arrive, and nothing is lost when they do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.till.counter import Counter
from tests.unit.till.test_exchange import exchange
from tests.unit.till.test_purses import by_card, cash, checked, sell, tenders_of, with_purses
from tests.unit.till.test_refund import refund

Make = Callable[..., Counter]
QR = "SPD*1.0*AM:{amount}*CC:{currency}*X-VS:{reference}"


def by_phone(amount: str = "59.00", **more: str) -> dict[str, str]:
    return {"kind": "mobile", "amount": amount} | more


def transfer(amount: str = "59.00", **more: str) -> dict[str, str]:
    return {"kind": "transfer", "amount": amount} | more


@pytest.fixture
def till(make_counter: Make) -> Counter:
    made = with_purses(make_counter(mobile_qr=QR, mobile_offline_cap="60.00"))
    made.open()
    return made


def wait_for(till: Counter, *tenders: dict[str, str], place: str = "A-1", **more: Any) -> dict[str, Any]:
    till.add(place)
    found: dict[str, Any] = till.ask("pay", tenders=list(tenders) or [by_phone()], **more)["pending"]
    return found


def test_a_mobile_payment_shows_a_code_and_sells_when_it_has_arrived(till: Counter) -> None:
    waits = wait_for(till, buyer={"name": "Ida Novak"})
    assert waits["code"] == "SPD*1.0*AM:59.00*CC:EUR*X-VS:T11P00001"
    assert (waits["state"], waits["number"], waits["name"]) == ("pending", 1, "Ida Novak")
    assert till.kinds()[-1] == "PaymentStarted", "and no ticket"
    assert till.printers.jobs == []
    assert till.ask("basket")["basket"]["lines"] == [], "the next customer may come"
    sell(till, cash("59.00"), place="A-2")
    sale = till.ask("arrived", payment=waits["payment"], reference="BANK-77")["sale"]
    assert [ticket["place"] for ticket in sale["tickets"]] == ["A-1"]
    assert tenders_of(till, sale["id"]) == [
        {"kind": "mobile", "amount": "59.00", "payment": waits["payment"], "reference": "BANK-77"}
    ]
    assert till.ask("find", name="novak")["sales"][0]["id"] == sale["id"]
    assert till.ask("pending")["pending"] == till.ask("parked")["parked"] == []
    assert not any("Novak" in str(row) for row in till.rows("SELECT before FROM payment")), "no more of it is kept"
    checked(till)


def test_what_is_waited_for_is_neither_given_back_nor_sold_otherwise(till: Counter) -> None:
    waits = wait_for(till)
    till.clock.wait(minutes=30)
    till.line.recall(("aida", "A-1"))
    till.line.drain()
    assert [state for state, *_ in filter(None, [till.token("A-1")])] == ["LEASED"]
    for verb in ("recall", "drop_parked"):
        refused = till.refusal(verb, number=1)
        assert (refused.code, refused.fields["payment"]) == ("not_allowed", waits["payment"])
    assert till.refusal("close_shift", counted={"total": "100.00"}).code == "not_allowed"
    assert till.ask("pending")["pending"][0]["state"] == "unknown", "it should have come by now"
    till.restart()
    till.sign_in()
    assert till.ask("arrived", payment=waits["payment"])["sale"]["total"] == "59.00", "at the price that was quoted"
    checked(till)


def test_what_has_failed_leaves_the_basket_to_be_paid_otherwise(till: Counter) -> None:
    waits = wait_for(till)
    assert till.ask("failed", payment=waits["payment"])["number"] == 1
    till.ask("recall", number=1)
    till.pay()
    refused = till.refusal("failed", payment=waits["payment"])
    assert (refused.code, refused.fields["state"]) == ("not_allowed", "failed")
    checked(till)


def test_money_that_comes_too_late_pays_for_nothing_and_is_told(till: Counter) -> None:
    waits = wait_for(till)
    till.ask("failed", payment=waits["payment"])
    till.ask("drop_parked", number=1)
    told = till.ask("arrived", payment=waits["payment"], reference="BANK-78")
    assert (told["outcome"], told["amount"]) == ("late", "59.00")
    assert till.bodies("PaymentEnded")[-1]["outcome"] == "late"
    last = json.loads(till.rows("SELECT envelope FROM journal ORDER BY number DESC LIMIT 1")[0][0])
    assert last["money"] == [["mobile:T1", 5900, "EUR"], ["card_unclear", -5900, "EUR"]]
    assert till.refusal("arrived", payment=waits["payment"]).code == "not_allowed", "once"
    checked(till)


def test_an_arrival_is_booked_once(till: Counter) -> None:
    waits = wait_for(till)
    first = till.ask("arrived", payment=waits["payment"], key="k1")
    assert till.ask("arrived", payment=waits["payment"], key="k1") == first
    assert till.refusal("arrived", payment=waits["payment"]).code == "not_allowed"
    assert till.kinds().count("TicketsSold") == 1
    checked(till)


def test_the_rest_of_a_split_sale_is_taken_when_it_arrives(till: Counter) -> None:
    waits = wait_for(till, by_phone("20.00"), by_card("30.00"), cash("9.00") | {"given": "10.00"})
    assert (waits["amount"], till.rows("SELECT count(*) FROM cash_move")[0][0]) == ("20.00", 1)
    sale = till.ask("arrived", payment=waits["payment"])["sale"]
    assert sale["change"] == "1.00"
    assert [tender["kind"] for tender in tenders_of(till, sale["id"])] == ["mobile", "gift_card", "cash"]
    checked(till)


def test_one_that_somebody_has_seen_arrive_pays_at_once(till: Counter) -> None:
    sale = sell(till, transfer(reference="AUSZUG 3"))
    assert tenders_of(till, sale["id"]) == [transfer(reference="AUSZUG 3")]
    back = refund(till, sale["tickets"][0]["id"], slip="OUT 4")
    assert back["tenders"] == [transfer("52.20", reference="OUT 4")]
    checked(till)


def test_a_transfer_goes_back_whether_or_not_it_is_made_already(till: Counter) -> None:
    """Whoever sits at the window often cannot make it: then the books say what is owed."""
    sale = sell(till, transfer(reference="AUSZUG 3"))
    back = refund(till, sale["tickets"][0]["id"])
    assert back["tenders"] == [transfer("52.20")]
    checked(till)


def test_an_exchange_waits_for_nothing(till: Counter) -> None:
    old = sell(till, cash("59.00"))["tickets"][0]["id"]
    fields = {"tickets": [old], "show": "aida", "places": ["B-1", "B-2"], "price_type": "adult"}
    assert till.refusal("exchange", **fields, tenders=[by_phone("58.00")]).code == "not_allowed"
    assert exchange(till, old, "B-1", "B-2", tenders=[by_phone("58.00", reference="77")])["difference"] == "58.00"
    checked(till)


def test_cut_off_only_so_much_is_waited_for_as_the_venue_allows(till: Counter) -> None:
    till.add("A-1", "A-2")
    till.line.cut()
    refused = till.refusal("pay", tenders=[by_phone("118.00")])
    assert (refused.code, refused.fields["limit"]) == ("limit_exceeded", "60.00")
    assert till.refusal("pay", tenders=[transfer("118.00")]).code == "offline"
    till.ask("remove", line=2)
    waits = till.ask("pay", tenders=[by_phone()])["pending"]
    assert till.ask("arrived", payment=waits["payment"])["sale"]["total"] == "59.00"


def test_a_card_and_a_payment_that_is_waited_for_do_not_go_together(till: Counter) -> None:
    till.add("A-1")
    tenders = [by_phone("20.00"), {"kind": "card", "amount": "39.00"}]
    assert till.refusal("pay", tenders=tenders).code == "not_allowed"
    assert till.kinds()[-1] == "ShiftOpened"


def test_a_reservation_is_paid_by_a_transfer_once_it_has_arrived(till: Counter) -> None:
    till.add("A-1")
    asked = {"buyer": {"name": "Olha"}}
    assert till.refusal("reserve", **asked, tenders=[transfer("10.00")]).code == "bad_request", "a deposit is here"
    order = till.ask("reserve", **asked, tenders=[transfer("10.00", reference="OUT 1")])["order"]
    till.ask("take_order", order=order["code"])
    due = till.ask("basket")["basket"]["due"]
    waits = till.ask("pay", tenders=[transfer(due)])["pending"]
    assert till.refusal("cancel_order", order=order["code"]).code in ("not_allowed", "bad_request")
    sale = till.ask("arrived", payment=waits["payment"], reference="OUT 2")["sale"]
    assert [ticket["place"] for ticket in sale["tickets"]] == ["A-1"]
    checked(till)


def test_how_tickets_reach_the_buyer_is_kept_while_it_is_waited_for(till: Counter) -> None:
    till.add("A-1")
    waits = till.ask("pay", tenders=[by_phone()], buyer={"name": "Ida"}, delivery="pickup")["pending"]
    sale = till.ask("arrived", payment=waits["payment"])["sale"]
    assert till.bodies("TicketsSold")[-1]["sale"]["delivery"] == "pickup"
    assert [job.role for job in till.printers.jobs] == ["receipt"], "nothing is printed before it is collected"
    assert sale["id"]
