"""Reservations: kept at the quoted price, secured by a deposit, paid through the basket, cancelled, expired."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos.domain.errors import Refused
from pos.till.counter import reserving
from pos.till.orders import ending
from tests.mutate import mutate
from tests.unit.till.counter import NOW, PINS, Counter, show_document
from tests.unit.till.test_holds import sound
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]
SAM = {"user": "sam", "pin": PINS["sam"]}
OLHA: dict[str, Any] = {"name": "Olha Коваль", "contact": "olha@example.org"}


def cash(amount: str) -> list[dict[str, Any]]:
    return [{"kind": "cash", "amount": amount}]


def reserve(counter: Counter, *places: str, **more: Any) -> dict[str, Any]:
    counter.add(*places)
    made: dict[str, Any] = counter.ask("reserve", buyer=OLHA, **more)["order"]
    return made


def drawer(counter: Counter) -> int:
    return int(counter.rows("SELECT sum(minor) FROM cash_move")[0][0])


def owed(counter: Counter, code: str) -> int:
    """What the books owe to the buyer of an order, in minor units."""
    facts = [json.loads(row[0]) for row in counter.rows("SELECT envelope FROM journal")]
    return -sum(minor for fact in facts for account, minor, _ in fact["money"] if account == f"deposit:{code}")


def due(counter: Counter) -> int:
    return int(counter.desk.spawn(lambda: ending.orders_due(counter.desk)).result(5))


def test_the_basket_is_kept_for_somebody_and_every_line_keeps_its_price(counter: Counter) -> None:
    made = reserve(counter, "A-1", "A-2", "Foyer", expires="1d", note="will call")
    assert (made["code"], made["state"], made["name"], made["price"]) == ("T1-O00001", "open", OLHA["name"], "128.00")
    assert made["expires"] == (NOW + timedelta(days=1)).isoformat()
    assert counter.ask("basket")["basket"]["lines"] == []
    assert counter.right("A-1") == ("HELD", 1)
    place = counter.ask("place", show="aida", place="A-1")["hold"]
    assert (place["type"], place["letter"], place["order"]) == ("reservation", "R", "T1-O00001")
    refused = counter.refusal("add", show="aida", places=["A-1"], price_type="adult")
    assert (refused.code, refused.fields["order"]) == ("held", "T1-O00001")
    assert counter.refusal("release", hold="T1-O00001").fields["order"] == "T1-O00001"
    assert [order["code"] for order in counter.ask("orders", name="олха")["orders"]] == []
    assert [order["code"] for order in counter.ask("orders", name="коваль")["orders"]] == ["T1-O00001"]
    table = {"Stalls": {"adult": "99.00"}, "Foyer": {"adult": "20.00"}}
    counter.line.document("prices", {"id": "usual", "tax": "reduced", "table": table})
    sale = counter.ask("pay_order", order="T1-O00001", tenders=cash("131.00"))["sale"]
    assert [ticket["price"] for ticket in sale["tickets"]] == ["58.00", "58.00", "12.00"]
    assert counter.ask("orders")["orders"] == []
    assert counter.ask("orders", order="t1-o00001")["orders"][0]["state"] == "done"
    assert sound(counter) == []


def test_nothing_personal_of_an_order_is_in_an_envelope(counter: Counter) -> None:
    reserve(counter, "A-1")
    counter.ask("cancel_order", order="T1-O00001", reason="changed their mind")
    for (envelope,) in counter.rows("SELECT envelope FROM journal"):
        assert "Olha" not in envelope.decode()
        assert "example.org" not in envelope.decode()


def test_a_deposit_is_owed_until_it_pays_for_tickets(counter: Counter) -> None:
    made = reserve(counter, "A-1", "A-2", tenders=[{"kind": "cash", "amount": "40.00", "given": "50.00"}])
    assert (made["deposit"]["left"], made["change"]) == ("40.00", "10.00")
    assert (owed(counter, made["code"]), drawer(counter)) == (4000, 14000)
    taken = counter.ask("take_order", order=made["code"], lines=[2])["basket"]
    assert [(line["place"], line["price"]) for line in taken["lines"]] == [("A-2", "58.00")]
    assert (taken["total"], taken["deposit"], taken["due"]) == ("59.00", "40.00", "19.00")
    assert counter.refusal("pay", tenders=cash("59.00")).code == "overpaid"
    sale = counter.ask("pay", tenders=cash("19.00"))["sale"]
    assert sale["total"] == "59.00"
    (body,) = counter.bodies("TicketsSold")
    assert body["sale"]["tenders"][0] == {
        "kind": "deposit", "amount": "40.00", "code": made["code"], "paid_by": "cash",
    }  # fmt: skip
    assert (owed(counter, made["code"]), drawer(counter)) == (0, 15900)
    left = counter.ask("orders")["orders"][0]
    assert [line["state"] for line in left["lines"]] == ["held", "sold"]
    counter.ask("pay_order", order=made["code"], tenders=cash("59.00"))
    report = counter.ask("close_shift", counted={"total": "218.00"})["report"]
    assert (report["difference"], report["by_tender"]) == ("0.00", {"deposit": "40.00", "cash": "118.00"})
    assert sound(counter) == []


def test_a_ticket_paid_by_a_deposit_is_refunded_as_the_deposit_was_paid(counter: Counter) -> None:
    made = reserve(counter, "A-1", tenders=cash("58.00"))
    sale = counter.ask("pay_order", order=made["code"], tenders=cash("1.00"))["sale"]
    back = counter.ask("refund", tickets=[sale["tickets"][0]["id"]], reason="ill")["refund"]
    assert back["tenders"] == [{"kind": "cash", "amount": "52.20"}]
    assert sound(counter) == []


def test_a_sale_paid_by_a_deposit_is_voided_and_nothing_is_owed_by_its_order(counter: Counter) -> None:
    made = reserve(counter, "A-1", tenders=cash("20.00"))
    sale = counter.ask("pay_order", order=made["code"], tenders=cash("39.00"))["sale"]
    told = counter.ask("quote", tickets=[sale["tickets"][0]["id"]])["void"]["tenders"]
    back = counter.ask("void", sale=sale["id"], surrendered=True)["void"]
    assert back["tenders"] == [{"kind": "cash", "amount": "20.00"}, {"kind": "cash", "amount": "39.00"}]
    assert [(part["kind"], part["amount"]) for part in told] == [("cash", "20.00"), ("cash", "39.00")]
    assert (owed(counter, made["code"]), drawer(counter)) == (0, 10_000)
    assert counter.ask("orders", order=made["code"])["orders"][0]["deposit"]["left"] == "0.00"
    report = counter.ask("close_shift", counted={"total": "100.00"})["report"]
    assert report["difference"] == "0.00"
    assert sound(counter) == []


def test_a_deposit_by_card_goes_back_to_a_card_when_its_sale_is_voided(make_counter: Make) -> None:
    terminal = ScriptedTerminal()
    counter = make_counter(terminal=terminal)
    counter.open()
    made = reserve(counter, "A-1", tenders=[{"kind": "card", "amount": "20.00"}])
    sale = counter.ask("pay_order", order=made["code"], tenders=[{"kind": "card", "amount": "39.00"}])["sale"]
    assert terminal.total == 5900
    counter.ask("void", sale=sale["id"], surrendered=True)
    assert (terminal.total, owed(counter, made["code"]), drawer(counter)) == (0, 0, 10_000)
    assert sound(counter) == []


def test_what_is_voided_of_a_deposit_in_cash_is_rounded_to_coins_that_there_are(make_counter: Make) -> None:
    counter = make_counter(cash_rounding="0.05", terminal=ScriptedTerminal())
    counter.open()
    made = reserve(counter, "A-1", tenders=cash("20.02"))
    sale = counter.ask("pay_order", order=made["code"], tenders=[{"kind": "card", "amount": "38.98"}])["sale"]
    back = counter.ask("void", sale=sale["id"], surrendered=True)["void"]
    assert (back["tenders"][0], back["rounding"]) == ({"kind": "cash", "amount": "20.00"}, "-0.02")
    assert (owed(counter, made["code"]), drawer(counter)) == (0, 10_000)
    assert sound(counter) == []


@pytest.mark.parametrize(
    ("terms", "more", "answer", "in_drawer"),
    [
        ("refund", {}, {"returned": "20.00", "tenders": [{"kind": "cash", "amount": "20.00"}]}, 10000),
        ("keep", {}, {"kept": "20.00"}, 12000),
        (
            "keep", {"refund_deposit": True, "approver": SAM},
            {"returned": "20.00", "tenders": [{"kind": "cash", "amount": "20.00"}]}, 10000,
        ),
    ],
)  # fmt: skip
def test_a_cancelled_order_gives_back_its_places_and_its_deposit_by_the_terms_told(
    counter: Counter, terms: str, more: dict[str, Any], answer: dict[str, Any], in_drawer: int
) -> None:
    made = reserve(counter, "A-1", tenders=cash("20.00"), deposit_terms=terms)
    ended = counter.ask("cancel_order", order=made["code"], reason="ill", **more)
    assert (ended["order"]["state"], ended["deposit"]) == ("cancelled", answer)
    assert (owed(counter, made["code"]), drawer(counter)) == (0, in_drawer)
    assert counter.state_of("A-1") == "free"
    again = counter.refusal("cancel_order", order=made["code"], reason="again")
    assert (again.code, again.fields["state"]) == ("not_allowed", "cancelled")
    assert sound(counter) == []


def test_what_the_terms_keep_takes_a_supervisor_to_pay_back(counter: Counter) -> None:
    made = reserve(counter, "A-1", tenders=cash("20.00"), deposit_terms="keep")
    refused = counter.refusal("cancel_order", order=made["code"], reason="ill", refund_deposit=True)
    assert (refused.code, refused.fields["amount"]) == ("approval_needed", "20.00")
    assert owed(counter, made["code"]) == 2000


def test_an_order_that_expires_frees_its_places_and_the_deposit_stays_owed(counter: Counter) -> None:
    made = reserve(counter, "A-1", "A-2", expires="30m", tenders=cash("20.00"))
    assert due(counter) == 0
    counter.clock.wait(days=2, minutes=-29)
    assert due(counter) == 1
    (told,) = counter.said("order_expired")
    assert (told["order"], told["name"], told["places"]) == (made["code"], OLHA["name"], 2)
    assert counter.state_of("A-1") == "free"
    assert [order["state"] for order in counter.ask("orders")["orders"]] == ["expired"], "money is owed still"
    counter.sign_in()
    counter.ask("cancel_order", order=made["code"], reason="fetched their money")
    assert counter.ask("orders")["orders"] == []
    assert (owed(counter, made["code"]), drawer(counter)) == (0, 10000)
    assert sound(counter) == []


def test_a_reminder_is_due_once(counter: Counter) -> None:
    made = reserve(counter, "A-1", expires="2h", remind="1d")
    assert due(counter) == 0
    counter.clock.wait(days=1, minutes=1)
    assert (due(counter), due(counter)) == (1, 0)
    (told,) = counter.said("order_reminder")
    assert (told["order"], told["contact"]) == (made["code"], OLHA["contact"])
    counter.sign_in()
    assert counter.ask("change_order", order=made["code"], remind="3h")["order"]["reminded"] == ""
    counter.clock.wait(hours=21)
    assert due(counter) == 1
    assert sound(counter) == []


def test_cut_off_an_order_is_paid_and_cancelled_at_home_and_elsewhere_it_is_said_who_has_it(counter: Counter) -> None:
    made = reserve(counter, "A-1", "A-2", tenders=cash("10.00"))
    counter.line.drain()
    counter.line.cut()
    counter.ask("pay_order", order=made["code"], lines=[1], tenders=cash("49.00"))
    counter.ask("cancel_order", order=made["code"], reason="only one came")
    counter.line.mend()
    counter.line.hold("WEB-1", "aida", "B-1", type="reservation", holder="T2", home="T2", order="WEB-1")
    body = {"category": "Stalls", "price_type": "adult", "price": "58.00", "proof": False, "more": {}}
    line = {"show": "aida", "unit": "B-1", "hold": "WEB-1", "state": "held", **body}
    counter.line.document("order", {"id": "WEB-1", "version": 1, "state": "open", "home": "T2", "lines": [line]})
    counter.line.cut()
    for verb, fields in (("pay_order", {"tenders": cash("59.00")}), ("cancel_order", {"reason": "ill"})):
        refused = counter.refusal(verb, order="WEB-1", **fields)
        assert (refused.code, refused.fields["holder"]) == ("right_elsewhere", "T2")
    assert counter.ask("orders", order="WEB-1")["orders"][0]["elsewhere"] == ["T2"]


def test_a_deposit_is_only_moved_by_who_has_all_of_the_order(counter: Counter) -> None:
    """Else two windows that are cut off would each use it for their part."""
    made = reserve(counter, "A-1", "A-2", tenders=cash("10.00"))
    counter.ask("take_order", order=made["code"], lines=[1])
    counter.line.drain()
    assert counter.line.recall(("aida", "A-2")) == []
    counter.line.drain()
    counter.line.give("aida", "A-2", "HELD", "T2").ticket = made["code"]
    refused = counter.refusal("pay", tenders=cash("49.00"))
    assert (refused.code, refused.fields["holder"], refused.fields["order"]) == ("right_elsewhere", "T2", made["code"])
    assert owed(counter, made["code"]) == 1000


def test_places_of_a_hold_and_of_two_shows_go_into_one_order(make_counter: Make) -> None:
    counter = make_counter(shows=[show_document("aida"), show_document("tosca")])
    counter.open()
    held = counter.ask("hold", show="aida", type="group", places=["A-1", "A-2"])["hold"]["id"]
    counter.ask("add", show="aida", hold=held, places=["A-1"], price_type="adult")
    counter.add("B-1", show="tosca")
    made = counter.ask("reserve", buyer=OLHA)["order"]
    assert [(line["show"], line["place"]) for line in made["lines"]] == [("aida", "A-1"), ("tosca", "B-1")]
    holds = {row["id"]: [place["place"] for place in row["places"]] for row in counter.ask("holds")["holds"]}
    assert holds == {held: ["A-2"], made["code"]: ["A-1"], made["code"] + "-2": ["B-1"]}
    counter.ask("pay_order", order=made["code"], tenders=cash("118.00"))
    assert sound(counter) == []


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"buyer": {"contact": "x@example.org"}}, "bad_request", "buyer"),
        ({"buyer": OLHA, "expires": "tomorrow"}, "bad_request", "expires"),
        ({"buyer": OLHA, "deposit_terms": "perhaps"}, "bad_request", "deposit_terms"),
        ({"buyer": OLHA, "tenders": cash("60.00")}, "overpaid", None),
        ({"buyer": OLHA, "tenders": [{"kind": "voucher", "amount": "5.00", "code": "V1"}]}, "bad_request", "tenders"),
        ({"buyer": OLHA, "tenders": [{"kind": "card", "amount": "5.00"}]}, "device_absent", None),
    ],
)
def test_a_reservation_that_cannot_be_changes_nothing(
    counter: Counter, fields: dict[str, Any], code: str, field: str | None
) -> None:
    counter.add("A-1")
    refused = counter.refusal("reserve", **fields)
    assert (refused.code, refused.fields.get("field")) == (code, field)
    assert len(counter.ask("basket")["basket"]["lines"]) == 1
    assert "OrderReserved" not in counter.kinds()
    counter.ask("clear")
    assert counter.refusal("reserve", buyer=OLHA).code == "basket_empty"


def test_a_payment_that_fails_leaves_the_order_as_it_was(counter: Counter) -> None:
    made = reserve(counter, "A-1", tenders=cash("10.00"))
    assert counter.refusal("pay_order", order=made["code"], tenders=cash("1.00")).code == "underpaid"
    assert counter.ask("basket")["basket"]["lines"] == []
    assert counter.ask("orders")["orders"][0]["deposit"]["left"] == "10.00"
    counter.ask("take_order", order=made["code"])
    assert counter.refusal("cancel_order", order=made["code"], reason="ill").code == "bad_request"
    assert counter.refusal("take_order", order=made["code"]).code == "bad_request"
    counter.ask("clear")
    assert counter.refusal("take_order", order="NONE").code == "unknown_order"
    assert counter.refusal("take_order", order=made["code"], lines=[2]).fields["field"] == "lines"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deposit=st.integers(1, 11_600), steps=st.lists(st.sampled_from(["one", "rest", "cancel"]), max_size=3))
def test_money_in_is_money_out_and_what_is_owed_whatever_becomes_of_an_order(
    make_counter: Make, deposit: int, steps: list[str]
) -> None:
    counter = make_counter()
    counter.open()
    made = reserve(counter, "A-1", "A-2", tenders=cash(f"{deposit / 100:.2f}"))
    code = made["code"]
    sold = 0
    for step in steps:
        order = counter.ask("orders", order=code)["orders"][0]
        held = [line["line"] for line in order["lines"] if line["state"] == "held"]
        if step == "cancel" and order["state"] == "open":
            counter.ask("cancel_order", order=code, reason="ill")
        elif step != "cancel" and held:
            lines = held if step == "rest" else held[:1]
            taken = counter.ask("take_order", order=code, lines=lines)["basket"]
            counter.ask("pay", tenders=cash(taken["due"]) if taken["due"] != "0.00" else [])
            sold += 5900 * len(lines)
    left = counter.ask("orders", order=code)["orders"][0]["deposit"]["left"]
    assert drawer(counter) == 10_000 + sold + owed(counter, code)
    assert owed(counter, code) == round(float(left) * 100)
    assert sound(counter) == []


# ---- without a guard ---------------------------------------------------------------------


def nobody_looks_who_has_the_rest(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, reserving, "deposits", "check_all_here(desk, order)", "None")


def the_deposit_pays_twice(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, reserving, "sold", '"sold", spent', '"sold", spent - spent')


@pytest.mark.parametrize(
    ("guard", "scenario"),
    [
        (nobody_looks_who_has_the_rest, test_a_deposit_is_only_moved_by_who_has_all_of_the_order),
        (the_deposit_pays_twice, test_a_deposit_is_owed_until_it_pays_for_tickets),
    ],
)
def test_without_its_guard_the_scenario_fails(
    counter: Counter,
    monkeypatch: pytest.MonkeyPatch,
    guard: Callable[[pytest.MonkeyPatch], None],
    scenario: Callable[[Counter], None],
) -> None:
    guard(monkeypatch)
    with pytest.raises((AssertionError, Refused)):
        scenario(counter)
