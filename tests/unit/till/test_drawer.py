"""The shift: float, cash moves, count, and what is given back and sealed at its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from tests.unit.till.counter import Counter, show_document

Make = Callable[..., Counter]


def facts(counter: Counter) -> list[dict[str, object]]:
    return [json.loads(row[0]) for row in counter.rows("SELECT envelope FROM journal ORDER BY number")]


def test_a_shift_is_open_once(counter: Counter) -> None:
    refused = counter.refusal("open_shift", float="50.00")
    assert (refused.code, refused.fields["shift"], refused.fields["user"]) == ("shift_open", "T1-1-S0001", "anna")
    counter.restart()
    assert counter.ask("status")["shift"] == "T1-1-S0001"
    counter.sign_in("beth")
    assert counter.refusal("open_shift", float="50.00").code == "shift_open"


@pytest.mark.parametrize("amount", ["-1.00", "1,00", "x", "1.001", ""])
def test_a_float_is_an_amount(make_counter: Make, amount: str) -> None:
    counter = make_counter()
    counter.sign_in()
    assert counter.refusal("open_shift", float=amount).code == "bad_request"
    assert counter.kinds() == []


def test_cash_moves_add_up(counter: Counter) -> None:
    counter.sell("A-1")
    counter.ask("move_cash", kind="paid_in", amount="20.00", reason="change from the bar")
    counter.ask("move_cash", kind="paid_out", amount="5.50", reason="flowers")
    drawer = counter.ask("move_cash", kind="drop", amount="100.00", reason="to the safe")["drawer"]
    assert drawer["expected"] == "73.50"
    assert [(move["kind"], move["amount"]) for move in drawer["moves"]] == [
        ("float", "100.00"), ("sale", "59.00"), ("paid_in", "20.00"), ("paid_out", "-5.50"), ("drop", "-100.00"),
    ]  # fmt: skip
    assert counter.printers.kicks == 4
    moved = [fact["money"] for fact in facts(counter) if fact["kind"] == "CashMoved"]
    assert sorted(moved[0]) == [["drawer:T1", 2000, "EUR"], ["paid_in", -2000, "EUR"]]  # type: ignore[call-overload]
    assert sorted(moved[2]) == [["drawer:T1", -10000, "EUR"], ["safe", 10000, "EUR"]]  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "lent"}, "bad_request"),
        ({"amount": "0.00"}, "bad_request"),
        ({"amount": "-1.00"}, "bad_request"),
        ({"reason": "  "}, "bad_request"),
        ({"kind": "drop", "amount": "100.01"}, "drawer_short"),
    ],
)
def test_what_is_no_cash_move_is_refused(counter: Counter, fields: dict[str, str], code: str) -> None:
    asked = {"kind": "paid_in", "amount": "1.00", "reason": "change"} | fields
    assert counter.refusal("move_cash", **asked).code == code
    assert counter.kinds() == ["ShiftOpened"]
    assert counter.printers.kicks == 0


def test_the_count_is_blind(counter: Counter) -> None:
    counter.sell("A-1")
    assert "expected" not in counter.ask("shift")
    assert [move["kind"] for move in counter.ask("shift")["moves"]] == ["float"]


def test_closing_gives_back_everything_and_seals(make_counter: Make) -> None:
    counter = make_counter([show_document("aida"), show_document("tosca", allotment={"Stalls": 3})])
    counter.open()
    counter.sell("A-1", "A-2")
    counter.add("B-1")
    counter.ask("clear")
    report = counter.ask("close_shift", counted={"50.00": 4, "10.00": 1, "5.00": 1, "2.00": 1})["report"]
    assert (report["expected"], report["counted"], report["difference"]) == ("218.00", "217.00", "-1.00")
    assert report["by_tender"] == {"cash": "118.00"}
    assert (report["sales"], report["tickets"], report["number_range"]) == (1, 2, [1, 4])
    assert report["provisional"] is False
    assert counter.ask("status")["rights_in_hand"] == {}
    assert counter.ask("status")["shift"] is None
    states = {record.state for record in counter.line.records.values()}
    holders = {record.holder for record in counter.line.records.values()}
    assert (states, holders, counter.line.disputes) == ({"POOL", "SOLD"}, {""}, [])
    told = facts(counter)
    assert [fact["kind"] for fact in told] == ["ShiftOpened", "TicketsSold", "RightsReturned", "ShiftClosed"]
    assert report["hash"] == counter.rows("SELECT hash FROM journal WHERE number = 3")[0][0]
    assert sorted(told[3]["money"]) == [  # type: ignore[call-overload]
        ["drawer:T1", -21800, "EUR"], ["over_short", 100, "EUR"], ["safe", 21700, "EUR"],
    ]  # fmt: skip


def test_what_was_given_back_cannot_be_sold_and_the_next_shift_asks_again(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("clear")
    counter.line.cut()
    assert counter.ask("close_shift", counted={"total": "100.00"})["report"]["provisional"] is True
    counter.ask("open_shift", float="100.00")
    assert counter.ask("status")["shift"] == "T1-1-S0002"
    assert counter.refusal("add", show="aida", places=["A-1"], price_type="adult").code == "right_elsewhere"
    counter.line.mend()
    counter.add("A-1")
    assert counter.right("A-1") == ("LEASED", 2)
    counter.pay()
    counter.line.drain()
    assert counter.line.disputes == []


def test_a_shift_with_a_basket_stays_open(counter: Counter) -> None:
    counter.add("A-1")
    refused = counter.refusal("close_shift", counted={"total": "100.00"})
    assert (refused.code, refused.fields["basket"]["total"]) == ("not_allowed", "59.00")
    assert counter.ask("status")["shift"] == "T1-1-S0001"


def test_a_shift_without_sales_closes_with_zeros(make_counter: Make) -> None:
    counter = make_counter()
    counter.open(float_="0.00")
    report = counter.ask("close_shift", counted={"total": "0.00"})["report"]
    assert (report["expected"], report["difference"], report["by_tender"]) == ("0.00", "0.00", {})
    assert report["number_range"] == [1, 2]


@pytest.mark.parametrize(
    "counted",
    [{}, {"total": 5}, {"total": "1.00", "5.00": 1}, {"5.00": -1}, {"5.00": True}, {"5.00": "2"}, {"five": 1},
     {"total": "-1.00"}],
)  # fmt: skip
def test_a_count_is_pieces_or_a_total(counter: Counter, counted: dict[str, object]) -> None:
    assert counter.refusal("close_shift", counted=counted).code == "bad_request"
    assert counter.ask("status")["shift"] == "T1-1-S0001"


def test_the_report_is_printed_and_kept(counter: Counter) -> None:
    counter.sell("A-1")
    counter.printers.run()
    report = counter.ask("close_shift", counted={"total": "159.00"})["report"]
    counter.printers.run()
    role, page = counter.printers.paper[-1]
    assert (role, page["kind"], page["shift"], page["expected"]) == ("receipt", "z_report", "T1-1-S0001", "€159.00")
    assert page["provisional"] is False
    kept = json.loads(counter.rows("SELECT report FROM shift")[0][0])
    assert kept["number_range"] == report["number_range"]


def test_a_till_without_a_receipt_printer_closes_all_the_same(make_counter: Make) -> None:
    counter = make_counter(roles=())
    counter.open()
    counter.sell("A-1")
    assert counter.ask("close_shift", counted={"total": "159.00"})["report"]["difference"] == "0.00"


def test_closing_twice_under_one_key_is_closing_once(counter: Counter) -> None:
    first = counter.ask("close_shift", counted={"total": "100.00"}, key="close")
    assert counter.ask("close_shift", counted={"total": "100.00"}, key="close") == first
    assert counter.kinds() == ["ShiftOpened", "ShiftClosed"]


def test_a_till_that_dies_while_it_waits_for_the_office_has_closed_once(counter: Counter) -> None:
    counter.line.sync = Future  # type: ignore[assignment, method-assign] - an office that never answers
    counter.front.call("close_shift", counted={"total": "100.00"}, key="close")
    counter.settle()
    counter.restart()
    counter.sign_in()
    report = counter.ask("close_shift", counted={"total": "100.00"}, key="close")["report"]
    assert (report["shift"], report["provisional"]) == ("T1-1-S0001", True)
    counter.printers.run()
    assert [page["kind"] for _, page in counter.printers.paper] == ["z_report"]
    assert counter.kinds() == ["ShiftOpened", "ShiftClosed"]
