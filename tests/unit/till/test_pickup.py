"""Pick-up: part of an order, who came for it, all of a show made ready at once, and what nobody came for."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pos.store.verify import report
from tests.unit.till.counter import Counter
from tests.unit.till.test_collect import papers
from tests.unit.till.test_refund import elsewhere

Make = Callable[..., Counter]
ANNA = {"name": "Anna Nagy", "kind": "passport", "last4": "81A2"}


def web_order(code: str, name: str, *places: str, contact: str = "", **more: Any) -> dict[str, Any]:
    """An order of the office that nobody has printed."""
    bodies = [
        elsewhere(f"{code}-{n}", place, code=f"{code}X{n}", issued=False, **more) for n, place in enumerate(places, 1)
    ]
    tickets = [ticket for body in bodies for ticket in body["tickets"]]
    total = f"{58 * len(tickets)}.00"
    return bodies[0] | {
        "id": code, "till": "office", "user": "", "name": name, "contact": contact, "total": total,
        "tenders": [{"kind": "transfer", "amount": total}], "tickets": tickets,
    }  # fmt: skip


@pytest.fixture
def waiting(counter: Counter) -> Counter:
    """Three orders of one show, not in the order of their names."""
    for code, name, places, contact in (
        ("W1", "Kovács Béla", ("A-5", "A-6"), "+36 20 555 1234"),
        ("W2", "Ада Ковач", ("B-1",), ""),
        ("W3", "Émile Zola", ("B-2",), "zola@example.org"),
    ):
        counter.line.order("aida", web_order(code, name, *places, contact=contact))
    counter.settle()
    return counter


def states(counter: Counter, *, collected: bool = True) -> dict[str, list[str]]:
    """Order -> the states of its tickets, in the order of the list."""
    rows = counter.ask("pickups", show="aida", collected=collected)["pickups"]
    return {row["sale"]: [ticket["state"] for ticket in row["tickets"]] for row in rows}


def test_part_of_an_order_is_handed_out_and_the_rest_waits(waiting: Counter) -> None:
    answer = waiting.ask("collect", code="W1", tickets=["W1X2"], collected_by=ANNA)
    assert [ticket["id"] for ticket in answer["sale"]["tickets"]] == ["W1-2"]
    assert papers(waiting) == [("W1X2", 0)]
    assert states(waiting)["W1"] == ["waiting", "collected"]
    assert waiting.bodies("OrderCollected")[-1]["tickets"] == ["W1-2"]
    (found,) = waiting.ask("find", sale="W1")["sales"]
    handed = found["tickets"][1]["handed"]
    assert (handed["till"], handed["name"], handed["kind"], handed["last4"]) == ("T1", *ANNA.values())
    refused = waiting.refusal("collect", code="W1", tickets=["W1-2"])
    assert (refused.code, refused.fields["by"]) == ("already_collected", "Anna Nagy")
    assert waiting.ask("collect", code="W1")["sale"]["tickets"][0]["id"] == "W1-1"


def test_a_ticket_of_another_order_is_not_handed_out_with_it(waiting: Counter) -> None:
    assert waiting.refusal("collect", code="W1", tickets=["W1-1", "W2-1"]).code == "unknown_ticket"
    assert "OrderCollected" not in waiting.kinds()


@pytest.mark.parametrize(
    "came", [{"kind": "passport"}, {"name": ""}, {"name": "A", "last4": "123456"}, {"name": "A", "number": "1"}, "A"]
)
def test_no_more_of_a_document_than_its_end_is_taken(waiting: Counter, came: Any) -> None:
    assert waiting.refusal("collect", code="W1", collected_by=came).code == "bad_request"


def test_a_show_is_made_ready_in_one_run_by_name(waiting: Counter) -> None:
    answer = waiting.ask("collect_batch", show="aida")
    assert [row["sale"] for row in answer["printed"]] == ["W2", "W3", "W1"], "Ada, Émile, Kovács"
    assert answer["left"] == []
    assert papers(waiting) == [("W2X1", 0), ("W3X1", 0), ("W1X1", 0), ("W1X2", 0)]
    assert states(waiting) == {"W2": ["ready"], "W3": ["ready"], "W1": ["ready", "ready"]}
    assert waiting.ask("collect_batch", show="aida") == {"printed": [], "left": []}


def test_what_lies_ready_is_handed_out_without_another_paper(waiting: Counter) -> None:
    waiting.ask("collect_batch", show="aida")
    papers(waiting)
    answer = waiting.ask("collect", code="W1", collected_by=ANNA)
    assert answer["job"] is None
    assert len(papers(waiting)) == 4
    assert waiting.kinds()[-1] == "OrderHandedOut"
    assert waiting.refusal("collect", code="W1").code == "already_collected"
    assert list(states(waiting, collected=False)) == ["W2", "W3"], "who has not come"
    waiting.line.drain()
    assert waiting.line.disputes == []
    out = io.StringIO()
    assert report(waiting.folder, out) == 0, out.getvalue()


def test_what_lies_ready_at_another_window_is_not_printed_again_here(counter: Counter) -> None:
    body = web_order("W1", "Kovács Béla", "A-5")
    body["tickets"][0] |= {"issued": True, "handed": {"till": "T2", "at": "2027-03-01T17:00:00+01:00", "ready": True}}
    counter.line.sell_elsewhere("aida", body)
    counter.settle()
    refused = counter.refusal("collect", code="W1")
    assert (refused.code, refused.fields["holder"]) == ("right_to_issue_elsewhere", "T2")
    assert states(counter) == {"W1": ["ready"]}
    assert counter.ask("collect_batch", show="aida")["printed"] == []


def test_a_batch_leaves_what_other_windows_have(waiting: Counter) -> None:
    waiting.line.give("aida", "A-6", "SOLD", "T2")
    waiting.settle()
    answer = waiting.ask("collect_batch", show="aida")
    assert [(row["sale"], row["id"], row["holder"]) for row in answer["left"]] == [("W1", "W1-2", "T2")]
    assert states(waiting)["W1"] == ["ready", "waiting"]


def test_without_a_line_a_batch_prints_what_it_has_the_right_to(waiting: Counter) -> None:
    waiting.ask("collect", code="W2")
    waiting.line.give("aida", "B-2", "SOLD", "T1")
    waiting.line.cut()
    answer = waiting.ask("collect_batch", show="aida")
    assert answer["printed"] == []
    assert {(row["sale"], row["holder"]) for row in answer["left"]} == {("W1", "office"), ("W3", "T1")}


def test_a_name_that_was_only_heard_finds_those_that_sound_so(waiting: Counter) -> None:
    found = waiting.ask("find", name="Kovatch")["sales"]
    assert {sale["id"]: sale["alike"] for sale in found} == {"W1": True, "W2": True}
    (exact,) = waiting.ask("find", name="zola")["sales"]
    assert "alike" not in exact
    assert waiting.ask("find", name="Nobody")["sales"] == []


def test_the_last_four_digits_find_an_order(waiting: Counter) -> None:
    assert [sale["id"] for sale in waiting.ask("find", last4="1234")["sales"]] == ["W1"]
    assert waiting.ask("find", last4="9999")["sales"] == []
    assert waiting.refusal("find", last4="12").code == "bad_request"
    assert waiting.refusal("find", last4="1234", name="a").code == "bad_request"


def test_a_document_that_was_recorded_is_asked_for(counter: Counter) -> None:
    body = web_order("W1", "Kovács Béla", "A-5", identity={"kind": "passport", "last4": "81a2"})
    counter.line.order("aida", body)
    counter.settle()
    for came in (None, {"name": "Béla"}, ANNA | {"last4": "0000"}):
        refused = counter.refusal("collect", code="W1", **({"collected_by": came} if came else {}))
        assert (refused.code, refused.fields["kind"]) == ("identity_needed", "passport")
    by = {"user": "sam", "pin": "1111"}
    assert counter.refusal("collect", code="W1", approver={"user": "sam", "pin": "0"}).code == "wrong_pin"
    assert counter.ask("collect", code="W1", approver=by)["job"]
    assert counter.bodies("OrderCollected")[-1]["approver"] == "sam"


def test_who_shows_the_document_gets_the_tickets(counter: Counter) -> None:
    counter.line.order("aida", web_order("W1", "B", "A-5", identity={"kind": "passport", "last4": "81a2"}))
    counter.settle()
    assert counter.ask("collect", code="W1", collected_by=ANNA)["job"]


def test_two_windows_that_are_cut_off_do_not_both_print(tmp_path: Path, make_counter: Make) -> None:
    """The right to issue has one holder: whoever had it when the line broke."""
    one, two = make_counter(), make_counter(till="T2")
    for counter in (one, two):
        counter.open()
        counter.line.order("aida", web_order("W1", "Kovács Béla", "A-5"))
        counter.settle()
    one.ask("collect", code="W1", key="k")
    two.line.give("aida", "A-5", "SOLD", "T1")
    two.settle()
    one.line.cut()
    two.line.cut()
    refused = two.refusal("collect", code="W1")
    assert (refused.code, refused.fields["holder"]) == ("right_to_issue_elsewhere", "T1")
    assert two.ask("collect_batch", show="aida")["left"][0]["holder"] == "T1"
    assert one.refusal("collect", code="W1").code == "already_collected"
    assert (papers(one), papers(two)) == ([("W1X1", 0)], [])


# ---- sold here, to be taken later ------------------------------------------------------------


def sell_for(counter: Counter, delivery: str, *places: str, **buyer: Any) -> dict[str, Any]:
    counter.add(*places)
    return counter.pay(delivery=delivery, buyer=buyer)


@pytest.mark.parametrize("delivery", ["pickup", "post"])
def test_what_is_taken_later_is_sold_without_paper_and_printed_once(counter: Counter, delivery: str) -> None:
    sale = sell_for(counter, delivery, "A-1", "A-2", name="Ада Ковач", contact="Street 1, +43 660 1234567")
    assert papers(counter) == []
    (found,) = counter.ask("find", last4="4567")["sales"]
    assert (found["delivery"], [ticket["issued"] for ticket in found["tickets"]]) == (delivery, [False, False])
    (row,) = counter.ask("pickups", show="aida")["pickups"]
    assert (row["sale"], row["delivery"], [ticket["holder"] for ticket in row["tickets"]]) == (
        sale["id"], delivery, ["T1", "T1"],
    )  # fmt: skip
    counter.line.cut()
    counter.restart()
    counter.sign_in()
    assert counter.ask("find", name="Kovatch")["sales"][0]["alike"]
    counter.ask("collect", sale=sale["id"], tickets=[sale["tickets"][0]["code"]])
    counter.ask("collect_batch", show="aida", delivery=delivery)
    assert papers(counter) == [(ticket["code"], 0) for ticket in sale["tickets"]]
    assert counter.ask("reprint", ticket=sale["tickets"][0]["id"], reason="torn")["ticket"]["copy"] == 1
    out = io.StringIO()
    assert report(counter.folder, out) == 0, out.getvalue()


def test_a_batch_of_one_delivery_leaves_the_other(counter: Counter) -> None:
    sell_for(counter, "pickup", "A-1", name="A")
    sell_for(counter, "post", "A-2", name="B", contact="Street 1")
    assert [row["name"] for row in counter.ask("collect_batch", show="aida")["printed"]] == ["A"]


def test_what_goes_by_mail_has_its_paper_there(counter: Counter) -> None:
    sale = sell_for(counter, "email", "A-1", name="Ada", contact="ada@example.org")
    assert papers(counter) == []
    assert counter.refusal("collect", sale=sale["id"]).code == "already_collected"
    assert counter.ask("pickups", show="aida")["pickups"] == []
    assert counter.ask("reprint", ticket=sale["tickets"][0]["id"], reason="did not come")["ticket"]["copy"] == 1


@pytest.mark.parametrize(
    ("delivery", "buyer"),
    [
        ("pickup", {}),
        ("email", {"name": "Ada"}),
        ("email", {"name": "Ada", "contact": "no address"}),
        ("post", {"name": "Ada"}),
        ("pigeon", {"name": "Ada"}),
    ],
)
def test_a_delivery_needs_to_know_to_whom(counter: Counter, delivery: str, buyer: dict[str, str]) -> None:
    counter.add("A-1")
    tenders = [{"kind": "cash", "amount": "59.00"}]
    who = {"buyer": buyer} if buyer else {}
    assert counter.refusal("pay", tenders=tenders, delivery=delivery, **who).code == "bad_request"
    assert counter.kinds() == ["ShiftOpened"]


def test_a_copy_of_what_lies_ready_elsewhere_is_handed_out(counter: Counter) -> None:
    body = web_order("W1", "Kovács Béla", "A-5")
    body["tickets"][0] |= {"issued": True, "handed": {"till": "T2", "at": "2027-03-01T17:00:00+01:00", "ready": True}}
    counter.line.sell_elsewhere("aida", body)
    counter.settle()
    assert counter.ask("reprint", ticket="W1X1", reason="it lies at Window 2")["ticket"]["copy"] == 1
    assert states(counter) == {"W1": ["collected"]}
