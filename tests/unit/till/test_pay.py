"""The sale: one commit, exact money, once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from pos.domain.rights import OwnRight, OwnState, Token
from tests.unit.till.counter import Counter

Make = Callable[..., Counter]


def cash(amount: str, given: str | None = None) -> list[dict[str, str]]:
    return [{"kind": "cash", "amount": amount} | ({"given": given} if given else {})]


def test_a_sale_answers_with_its_tickets(counter: Counter) -> None:
    counter.add("A-1", "A-2")
    sale = counter.pay(given="120.00")
    assert (sale["id"], sale["total"], sale["change"], sale["rounding"]) == ("T1-00001", "118.00", "2.00", "0.00")
    assert [(t["id"], t["place"], t["price"]) for t in sale["tickets"]] == [
        ("T1-00001-1", "A-1", "58.00"), ("T1-00001-2", "A-2", "58.00"),
    ]  # fmt: skip
    assert counter.printers.kicks == 1
    assert counter.state_of("A-1") == "sold"
    assert counter.ask("basket")["basket"]["lines"] == []


def test_the_sale_is_one_commit(counter: Counter) -> None:
    """Sale, tickets, rights, cash, fact and print jobs stand or fall together."""
    counter.add("A-1", "A-2")
    seen: list[str] = []
    raw = counter.desk.ledger.connection.connection.driver_connection
    assert raw is not None
    counter.desk.submit(lambda: raw.set_trace_callback(seen.append)).result(5)
    counter.pay()
    counter.desk.submit(lambda: raw.set_trace_callback(None)).result(5)
    first = seen.index("COMMIT")
    begun = [statement.split()[2] for statement in seen[:first] if statement.startswith("INSERT")]
    assert {"journal", "own_right", "sale", "ticket", "cash_move", "print_job"} <= set(begun)
    assert "ROLLBACK" not in seen
    assert not [s for s in seen[first + 1 :] if s.startswith("INSERT")], "something of the sale came after its commit"
    assert counter.kinds() == ["ShiftOpened", "TicketsSold"]


def test_the_fact_carries_the_sale_by_value(counter: Counter) -> None:
    counter.sell("A-1")
    fact = json.loads(counter.rows("SELECT envelope FROM journal WHERE number = 2")[0][0])
    assert fact["effects"] == [["aida", "A-1", 1, 0, "LEASED", "SOLD", "T1", "T1-00001-1"]]
    assert sorted(fact["money"]) == [
        ["drawer:T1", 5900, "EUR"], ["fee:counter", -100, "EUR"], ["revenue:aida", -5273, "EUR"],
        ["tax:reduced", -527, "EUR"],
    ]  # fmt: skip
    sale = fact["body"]["sale"]
    ticket = sale["tickets"][0]
    assert (ticket["unit"], ticket["price"], ticket["tax"], ticket["tax_id"]) == ("A-1", "58.00", "5.27", "reduced")
    assert ticket["terms"]["refund_until"] == "24h"
    assert sale["tenders"] == [{"kind": "cash", "amount": "59.00", "given": "59.00"}]
    assert sale["shift"] == "T1-1-S0001"


@pytest.mark.parametrize(
    ("tenders", "code"),
    [
        ([], "underpaid"),
        (cash("58.99"), "underpaid"),
        (cash("59.01"), "overpaid"),
        (cash("59.00", "58.00"), "underpaid"),
        (cash("-59.00"), "bad_request"),
        (cash("59,00"), "bad_request"),
        (cash("59.001"), "bad_request"),
        (cash("30.00") + cash("29.00"), "bad_request"),
        ([{"kind": "cash", "amount": 59.0}], "bad_request"),
        ([{"kind": "shells", "amount": "59.00"}], "bad_request"),
        ([{"kind": "card", "amount": "59.00"}], "device_absent"),
        ([{}], "bad_request"),
    ],
)
def test_tenders_settle_exactly_or_nothing_happens(
    counter: Counter, tenders: list[dict[str, object]], code: str
) -> None:
    counter.add("A-1")
    assert counter.refusal("pay", tenders=tenders).code == code
    assert counter.rows("SELECT count(*) FROM sale") == [(0,)]
    assert counter.right("A-1") == ("LEASED", 1)
    assert counter.printers.kicks == 0
    assert counter.printers.jobs == []
    assert len(counter.ask("basket")["basket"]["lines"]) == 1


def test_cash_is_rounded_where_the_venue_rounds(make_counter: Make) -> None:
    counter = make_counter(currency="CHF", cash_rounding="0.05")
    counter.line.document("fee", {"id": "counter", "name": {}, "per": "ticket", "amount": "0.97"})
    counter.open()
    counter.add("A-1")
    sale = counter.ask("pay", tenders=cash("58.95", "60.00"))["sale"]
    assert (sale["total"], sale["rounding"], sale["change"]) == ("58.97", "-0.02", "1.05")
    counter.add("A-2")
    assert counter.ask("pay", tenders=cash("58.97"))["sale"]["rounding"] == "-0.02"
    report = counter.ask("close_shift", counted={"total": "217.90"})["report"]
    assert (report["expected"], report["difference"]) == ("217.90", "0.00")


def test_nothing_is_sold_without_a_basket_a_shift_or_a_person(make_counter: Make) -> None:
    counter = make_counter()
    assert counter.refusal("pay", tenders=cash("59.00")).code == "not_signed_in"
    counter.sign_in()
    assert counter.refusal("pay", tenders=cash("59.00")).code == "no_shift"
    counter.ask("open_shift", float="0.00")
    assert counter.refusal("pay", tenders=cash("59.00")).code == "basket_empty"


def test_selling_goes_on_without_a_line(counter: Counter) -> None:
    counter.add("A-1", "A-2", "A-3")
    counter.ask("remove", line=3)
    counter.line.cut()
    counter.pay()
    counter.sell("A-3")
    assert counter.ask("status")["unsent"] == 3
    counter.line.mend()
    counter.line.drain()
    assert counter.ask("status")["unsent"] == 0
    assert len(counter.line.sold) == 3
    assert counter.line.disputes == []


# ---- once ------------------------------------------------------------------------------


def test_the_same_key_sells_once(counter: Counter) -> None:
    counter.add("A-1")
    first = counter.ask("pay", tenders=cash("59.00"), key="k-1")
    again = counter.ask("pay", tenders=cash("59.00"), key="k-1")
    assert again == first
    counter.restart()
    assert counter.ask("pay", tenders=cash("59.00"), key="k-1") == first
    assert counter.rows("SELECT count(*) FROM sale") == [(1,)]
    assert counter.printers.kicks == 1


def test_the_same_key_while_the_first_call_is_under_way(counter: Counter) -> None:
    counter.line.holding = True
    asked = {"show": "aida", "places": ["A-1"], "price_type": "adult", "key": "k-2"}
    first = counter.front.call("add", **asked)
    second = counter.front.call("add", **asked)
    counter.line.let_through()
    assert first.result(5) == second.result(5)
    assert len(counter.ask("basket")["basket"]["lines"]) == 1


def test_a_key_belongs_to_one_verb(counter: Counter) -> None:
    counter.add("A-1", key="k-3")
    assert counter.refusal("pay", tenders=cash("59.00"), key="k-3").code == "bad_request"


def test_a_refused_call_does_not_use_up_its_key(counter: Counter) -> None:
    counter.add("A-1")
    assert counter.refusal("pay", tenders=cash("58.00"), key="k-4").code == "underpaid"
    assert counter.ask("pay", tenders=cash("59.00"), key="k-4")["sale"]["id"] == "T1-00001"


@pytest.mark.parametrize("key", ["", 7, ["k"]])
def test_a_key_is_a_text(counter: Counter, key: object) -> None:
    assert counter.refusal("clear", key=key).code == "bad_request"


# ---- a disk that does not take it --------------------------------------------------------


@pytest.mark.expect_log("the ledger could not be written: database or disk is full")
def test_a_full_disk_sells_nothing_opens_nothing_prints_nothing(counter: Counter) -> None:
    counter.add("A-1", "A-2")

    def fill() -> None:
        pages = counter.desk.ledger.connection.exec_driver_sql("PRAGMA page_count").scalar()
        counter.desk.ledger.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def free() -> None:
        counter.desk.ledger.connection.exec_driver_sql("PRAGMA max_page_count = 1000000")

    counter.desk.submit(fill).result(5)
    before = counter.rows("SELECT count(*) FROM journal")
    # A ticket's place in the free part of a page is no failure: sell until a page is wanted.
    refused = None
    for number in range(3, 13):
        try:
            counter.pay()
            counter.add(f"A-{number}")
        except Exception as error:  # noqa: BLE001 - whichever of the two wanted the page
            refused = error
            break
        before = counter.rows("SELECT count(*) FROM journal")
    assert getattr(refused, "code", None) == "storage_failed"
    kicks, jobs, tickets = counter.printers.kicks, len(counter.printers.jobs), counter.rows("SELECT id FROM ticket")
    assert counter.rows("SELECT count(*) FROM journal") == before
    assert counter.refusal("pay", tenders=cash("118.00" if not tickets else "59.00")).code == "storage_failed"
    assert (counter.printers.kicks, len(counter.printers.jobs)) == (kicks, jobs)
    assert counter.rows("SELECT id FROM ticket") == tickets
    counter.desk.submit(free).result(5)
    counter.pay()
    counter.line.drain()
    assert counter.line.disputes == []


@pytest.mark.expect_log("the ledger could not be written: UNIQUE constraint failed")
def test_two_live_tickets_for_a_place_are_refused_by_the_ledger_itself(counter: Counter) -> None:
    """The last guard, should every rule above it have failed."""
    counter.sell("A-1")
    counter.add("A-2")

    def forge() -> None:
        with counter.desk.unit() as unit:
            unit.put_rights([("aida", "A-1", OwnRight(OwnState.LEASED, Token(9, 0)))])
            basket = counter.desk.ledger.basket()
            assert basket is not None
            counter.desk.ledger.put_basket(replace(basket, lines=(replace(basket.lines[0], place="A-1"),)))

    counter.desk.submit(forge).result(5)
    assert counter.refusal("pay", tenders=cash("59.00")).code == "storage_failed"
    assert counter.rows("SELECT count(*) FROM ticket") == [(1,)]
