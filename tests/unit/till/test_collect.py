"""Orders: their tickets get a first paper once, at whichever till has their tokens."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from pos.store.verify import report
from pos.till.counter.collect import first_papers
from pos.till.counter.tickets import look_up
from tests.unit.till.counter import Counter
from tests.unit.till.test_refund import elsewhere, refund

Make = Callable[..., Counter]
CODE = "WEB-7"


def order(*places: str) -> dict[str, Any]:
    """An order of the office, as its document comes with the change log."""
    bodies = [elsewhere(f"{CODE}-{n}", place, code=f"ORDER{n}", issued=False) for n, place in enumerate(places, 1)]
    tickets = [ticket for body in bodies for ticket in body["tickets"]]
    total = f"{58 * len(tickets)}.00"
    tenders = [{"kind": "transfer", "amount": total}]
    return bodies[0] | {
        "id": CODE, "till": "office", "user": "", "name": "Ada Lovelace", "total": total, "tenders": tenders,
        "tickets": tickets,
    }  # fmt: skip


@pytest.fixture
def waiting(counter: Counter) -> Counter:
    """An order of two seats that nobody has collected."""
    counter.line.order("aida", order("A-5", "A-6"))
    counter.settle()
    return counter


def papers(counter: Counter) -> list[tuple[str, int]]:
    """(code, copy) of every ticket that came out."""
    counter.printers.run()
    counter.settle()
    return [
        (page["code"], page["copy"])
        for role, content in counter.printers.paper
        if role == "ticket"
        for page in content["tickets"]
    ]


def test_an_order_is_found_by_name_and_printed_as_originals(waiting: Counter) -> None:
    (found,) = waiting.ask("find", name="lovelace")["sales"]
    assert [ticket["issued"] for ticket in found["tickets"]] == [False, False]
    answer = waiting.ask("collect", sale=found["id"])
    assert [ticket["code"] for ticket in answer["sale"]["tickets"]] == ["ORDER1", "ORDER2"]
    assert papers(waiting) == [("ORDER1", 0), ("ORDER2", 0)]
    assert {page["buyer"] for _, content in waiting.printers.paper for page in content["tickets"]} == {"Ada Lovelace"}
    assert waiting.kinds()[-2:] == ["OrderCollected", "PrintReported"]
    (found,) = waiting.ask("find", sale=CODE)["sales"]
    assert [ticket["issued"] for ticket in found["tickets"]] == [True, True]
    waiting.line.drain()
    assert waiting.line.disputes == []


@pytest.mark.parametrize("code", [CODE, CODE.lower(), "ORDER2", f"{CODE}-1"])
def test_the_orders_code_or_a_tickets_will_do(waiting: Counter, code: str) -> None:
    assert waiting.ask("collect", code=code)["sale"]["id"] == CODE


def test_an_order_is_collected_once(waiting: Counter) -> None:
    first = waiting.ask("collect", code=CODE, key="k")
    assert waiting.ask("collect", code=CODE, key="k") == first
    refused = waiting.refusal("collect", code=CODE)
    assert (refused.code, refused.fields["sale"]) == ("already_collected", CODE)
    waiting.restart()
    waiting.sign_in()
    assert waiting.refusal("collect", code=CODE).code == "already_collected"
    assert papers(waiting) == [("ORDER1", 0), ("ORDER2", 0)], "the job had not begun, and prints by itself"


def test_what_another_window_printed_comes_with_the_token(waiting: Counter) -> None:
    """The look-up here is behind: the grant tells."""
    waiting.line.unprinted.clear()
    assert waiting.refusal("collect", code=CODE).code == "already_collected"
    assert papers(waiting) == []
    assert waiting.ask("reprint", ticket="ORDER1", reason="lost")["ticket"]["copy"] == 1


def test_without_the_tokens_nothing_is_printed(waiting: Counter) -> None:
    waiting.line.give("aida", "A-6", "SOLD", "T2")
    waiting.settle()
    refused = waiting.refusal("collect", code=CODE)
    assert (refused.code, refused.fields["holder"]) == ("right_to_issue_elsewhere", "T2")
    waiting.line.cut()
    assert waiting.refusal("collect", code=CODE).code == "right_to_issue_elsewhere"
    assert "OrderCollected" not in waiting.kinds()


def test_a_sale_of_a_till_has_been_printed_there(counter: Counter) -> None:
    sale = counter.sell("A-1")
    counter.line.sell_elsewhere("aida", elsewhere())
    counter.settle()
    for code in (sale["id"], sale["tickets"][0]["code"], "T2-00001"):
        assert counter.refusal("collect", code=code).code == "already_collected"
    assert counter.refusal("collect", code="nothing").code == "unknown_ticket"


def test_a_ticket_that_came_back_is_left_out(waiting: Counter) -> None:
    assert refund(waiting, "ORDER1")["amount"] == "52.20"
    assert [ticket["code"] for ticket in waiting.ask("collect", code=CODE)["sale"]["tickets"]] == ["ORDER2"]
    assert papers(waiting) == [("ORDER2", 0)]


def test_an_order_that_came_back_whole_says_so(waiting: Counter) -> None:
    refund(waiting, "ORDER1", "ORDER2")
    assert waiting.refusal("collect", code=CODE).code == "already_refunded"


def test_the_first_reprint_of_an_order_is_the_original(waiting: Counter) -> None:
    ticket = waiting.ask("reprint", ticket="ORDER1", reason="only one came")["ticket"]
    assert (ticket["code"], ticket["copy"]) == ("ORDER1", 0)
    assert waiting.ask("reprint", ticket="ORDER1", reason="lost")["ticket"]["copy"] == 1
    assert waiting.ask("collect", code=CODE)["sale"]["tickets"][0]["code"] == "ORDER2"
    assert papers(waiting) == [("ORDER1", 0), ("ORDER1.1", 1), ("ORDER2", 0)]


def test_without_a_printer_the_order_stays_as_it_is(make_counter: Make) -> None:
    counter = make_counter(roles=("receipt",))
    counter.open()
    counter.line.order("aida", order("A-5"))
    counter.settle()
    assert counter.refusal("collect", code=CODE).code == "device_absent"
    assert counter.right("A-5") is None


def test_the_tills_own_check_agrees(waiting: Counter) -> None:
    waiting.ask("collect", code="ORDER1")
    waiting.ask("reprint", ticket="ORDER2", reason="lost")
    papers(waiting)
    waiting.line.drain()
    out = io.StringIO()
    assert report(waiting.folder, out) == 0, out.getvalue()


def test_the_tills_own_check_names_a_second_original(waiting: Counter) -> None:
    waiting.ask("collect", code="ORDER1")

    def again() -> None:
        desk = waiting.desk
        with desk.unit() as unit:
            first_papers(desk, unit, look_up(desk, ["ORDER1"]), {"user": "anna"})

    waiting.desk.submit(again).result(5)
    out = io.StringIO()
    assert report(waiting.folder, out) == 1
    assert out.getvalue().startswith("I3 T1.1.3: ticket WEB-7-1 has been printed before, as paper 0")


@pytest.mark.parametrize("fields", [{}, {"code": "a", "sale": "b"}, {"code": ""}, {"sale": " "}, {"code": 7}])
def test_nonsense_is_a_bad_request(counter: Counter, fields: dict[str, Any]) -> None:
    assert counter.refusal("collect", **fields).code == "bad_request"
