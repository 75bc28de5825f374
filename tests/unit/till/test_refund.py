"""Refunds: by the terms of the sale, to the original tender, by whoever holds the sold place's token."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

from pos.domain.rights import Token
from pos.store.verify import report
from pos.till.ports import Recall
from tests.unit.till.counter import NOW, PINS, Counter, show_document

Make = Callable[..., Counter]
SAM = {"user": "sam", "pin": PINS["sam"]}


def refund(counter: Counter, *tickets: str, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = counter.ask("refund", tickets=list(tickets), reason="ill", **more)["refund"]
    return body


def ticket_of(counter: Counter, *places: str, **more: Any) -> list[str]:
    return [ticket["id"] for ticket in counter.sell(*places, **more)["tickets"]]


def elsewhere(ticket: str = "T2-00001-1", place: str = "A-5", **more: Any) -> dict[str, Any]:
    """A sale of another till, as its document comes with the change log."""
    body = {
        "id": ticket, "show": "aida", "place": place, "unit": place, "category": "Stalls", "price_type": "adult",
        "price": "58.00", "code": "ELSEWHERE1", "proof": False, "tax_id": "reduced", "tax": "5.27",
        "terms": {"id": "standard", "refund_until": "24h", "refund_fee": "10%"},
    }  # fmt: skip
    return {
        "id": ticket.rpartition("-")[0], "at": NOW.isoformat(), "till": "T2", "user": "beth", "shift": "T2-1-S0001",
        "total": "58.00", "rounding": "0.00", "fees": [], "change": "0.00", "taxes": [],
        "tenders": [{"kind": "cash", "amount": "58.00"}], "tickets": [body | more],
    }  # fmt: skip


def test_a_ticket_comes_back_for_its_price_less_the_fee_it_was_sold_with(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    assert refund(counter, ticket) == {
        "id": "T1-R00001",
        "amount": "52.20",
        "fee": "5.80",
        "rounding": "0.00",
        "tenders": [{"kind": "cash", "amount": "52.20"}],
    }
    assert counter.kinds() == ["ShiftOpened", "TicketsSold", "TicketsRefunded"]
    assert counter.right("A-1") == ("LEASED", 1)  # free again, in this till's hand
    assert counter.state_of("A-1") == "here"
    counter.line.drain()
    assert counter.line.disputes == []
    assert counter.line.records["aida", "A-1"].state == "LEASED"
    (found,) = counter.ask("find", code=ticket)["sales"]
    assert [item["state"] for item in found["tickets"]] == ["refunded"]


def test_the_drawer_pays_and_the_shift_says_so(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    refund(counter, ticket)
    report = counter.ask("close_shift", counted={"total": "106.80"})["report"]
    assert (report["expected"], report["difference"]) == ("106.80", "0.00")  # 100 + 59 - 52.20
    assert report["by_tender"] == {"cash": "6.80"}
    assert report["drawer"]["refund"] == "-52.20"
    assert report["refunds"] == 1


def test_the_place_sells_again_under_a_new_ticket(counter: Counter) -> None:
    (first,) = ticket_of(counter, "A-1")
    refund(counter, first)
    (second,) = ticket_of(counter, "A-1")
    assert first != second
    counter.line.drain()
    assert counter.line.disputes == []
    assert counter.line.records["aida", "A-1"].ticket == second
    assert counter.refusal("refund", tickets=[first], reason="again").code == "already_refunded"


def test_a_ticket_is_refunded_once(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    refund(counter, ticket)
    refused = counter.refusal("refund", tickets=[ticket], reason="again")
    assert (refused.code, refused.fields["ticket"]) == ("already_refunded", ticket)
    assert counter.kinds().count("TicketsRefunded") == 1


def test_a_key_makes_it_happen_once(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    first = counter.ask("refund", tickets=[ticket], reason="ill", key="k")
    assert counter.ask("refund", tickets=[ticket], reason="ill", key="k") == first
    assert counter.kinds().count("TicketsRefunded") == 1


def test_a_ticket_named_twice_or_unknown_is_refused_before_anything_happens(counter: Counter) -> None:
    one, two = ticket_of(counter, "A-1", "A-2")
    code = counter.rows(f"SELECT code FROM ticket WHERE id = '{one}'")[0][0]
    assert counter.refusal("refund", tickets=[one, code], reason="x").code == "bad_request"
    assert counter.refusal("refund", tickets=[two, "T9-00001-1"], reason="x").code == "unknown_ticket"
    assert refund(counter, code.lower())["amount"] == "52.20"  # a code scanned or typed will do


def test_a_sale_of_two_goes_back_in_part(counter: Counter) -> None:
    one, two = ticket_of(counter, "A-1", "A-2")
    assert refund(counter, two)["amount"] == "52.20"
    (found,) = counter.ask("find", code=one)["sales"]
    assert {item["id"]: item["state"] for item in found["tickets"]} == {one: "live", two: "refunded"}
    assert refund(counter, one)["id"] == "T1-R00002"


def test_too_late_needs_a_supervisor_who_is_somebody_else(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    counter.clock.wait(hours=25)
    refused = counter.refusal("refund", tickets=[ticket], reason="ill")
    assert refused.code == "outside_terms"
    wrong = counter.refusal("refund", tickets=[ticket], reason="ill", approver={"user": "sam", "pin": "0000"})
    assert wrong.code == "wrong_pin"
    for name in ("anna", "beth", "otto"):
        approver = {"user": name, "pin": PINS[name]}
        assert counter.refusal("refund", tickets=[ticket], reason="ill", approver=approver).code == "not_allowed"
    assert counter.kinds().count("TicketsRefunded") == 0
    assert refund(counter, ticket, approver=SAM)["amount"] == "52.20"
    told = counter.rows("SELECT body FROM refund")[0][0]
    assert '"approver": "sam"' in told
    assert '"user": "anna"' in told
    assert PINS["sam"] not in told


def test_a_supervisor_at_the_till_decides_alone(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    counter.clock.wait(hours=25)
    counter.sign_in("sam")
    assert refund(counter, ticket)["fee"] == "5.80"


def test_the_fee_is_waived_by_a_supervisor_only(counter: Counter) -> None:
    one, two = ticket_of(counter, "A-1", "A-2")
    assert counter.refusal("refund", tickets=[one], reason="x", waive_fee=True).code == "approval_needed"
    assert refund(counter, one, waive_fee=True, approver=SAM)["amount"] == "58.00"
    assert refund(counter, two)["fee"] == "5.80"


def test_the_terms_are_those_of_the_sale_whatever_has_become_of_them(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    counter.line.document("terms", {"id": "standard", "refund_until": "never", "refund_fee": "100%"})
    assert refund(counter, ticket)["amount"] == "52.20"


def test_a_cancelled_show_sells_no_more_and_pays_back_whole_at_any_time(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    counter.line.document(
        "show",
        show_document("aida", plan_version=counter.desk.season().show("aida").plan_version) | {"state": "cancelled"},
    )
    counter.clock.wait(hours=80)
    assert counter.refusal("add", show="aida", places=["A-2"], price_type="adult").code == "show_cancelled"
    (row,) = counter.ask("worklist")["worklist"]
    assert (row["show"], row["owed"]) == ("aida", "58.00")
    assert [(item["id"], item["here"], item["holder"]) for item in row["tickets"]] == [(ticket, True, "office")]
    assert refund(counter, ticket)["amount"] == "58.00"
    assert counter.ask("worklist")["worklist"][0]["tickets"] == []


def test_a_jumped_clock_decides_no_deadline_without_a_supervisor(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    counter.line.side.office_time(NOW.isoformat())
    counter.clock.wall += timedelta(hours=26)  # and no time has passed
    assert counter.refusal("refund", tickets=[ticket], reason="ill").code == "check_needed"
    assert refund(counter, ticket, approver=SAM)["amount"] == "52.20"


def test_the_drawer_must_hold_what_is_paid_out(make_counter: Make) -> None:
    counter = make_counter()
    counter.open(float_="0.00")
    (ticket,) = ticket_of(counter, "A-1")
    counter.ask("move_cash", kind="drop", amount="50.00", reason="safe")
    refused = counter.refusal("refund", tickets=[ticket], reason="ill")
    assert (refused.code, refused.fields["expected"]) == ("drawer_short", "9.00")
    assert counter.right("A-1") == ("SOLD", 1)


def test_cash_is_paid_out_as_the_venue_rounds_it(make_counter: Make) -> None:
    counter = make_counter(cash_rounding="0.05")
    counter.open()
    (ticket,) = ticket_of(counter, "A-1")
    body = refund(counter, ticket)
    assert (body["amount"], body["tenders"], body["rounding"]) == (
        "52.20", [{"kind": "cash", "amount": "52.20"}], "0.00",
    )  # fmt: skip
    (other,) = ticket_of(counter, "A-2", price_type="student", proof=True)
    body = refund(counter, other)  # 29.00 - 2.90
    assert body["tenders"] == [{"kind": "cash", "amount": "26.10"}]


# ---- the token -------------------------------------------------------------------------


def test_a_token_given_back_is_asked_for_again(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    counter.ask("close_shift", counted={"total": "159.00"})
    assert counter.right("A-1") == ("SOLD_RETURNED", 1)
    counter.line.drain()
    counter.open()
    assert refund(counter, ticket)["amount"] == "52.20"
    assert counter.right("A-1") == ("LEASED", 2)
    counter.line.drain()
    assert counter.line.disputes == []


def test_a_token_given_back_and_not_sent_is_sent_before_it_is_asked_for(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    counter.line.drain()
    counter.line.recall(("aida", "A-1"))
    assert refund(counter, ticket)["amount"] == "52.20"
    assert counter.right("A-1") == ("LEASED", 2)


def test_without_a_line_only_what_is_in_hand_is_refunded(counter: Counter) -> None:
    one, two = ticket_of(counter, "A-1", "A-2")
    counter.line.recall(("aida", "A-2"))
    counter.line.drain()
    counter.line.cut()
    assert refund(counter, one)["amount"] == "52.20"
    refused = counter.refusal("refund", tickets=[two], reason="ill")
    assert (refused.code, refused.fields["holder"]) == ("right_to_refund_elsewhere", "office")
    counter.line.mend()
    assert refund(counter, two)["amount"] == "52.20"
    counter.line.drain()
    assert counter.line.disputes == []


def test_another_tills_ticket_is_refunded_with_its_token(counter: Counter) -> None:
    counter.line.sell_elsewhere("aida", elsewhere())
    counter.settle()
    assert refund(counter, "T2-00001-1") == {
        "id": "T1-R00001",
        "amount": "52.20",
        "fee": "5.80",
        "rounding": "0.00",
        "tenders": [{"kind": "cash", "amount": "52.20"}],
    }
    assert counter.right("A-5") == ("LEASED", 2)
    counter.line.drain()
    assert counter.line.disputes == []
    # Known here at once, before the office has said so.
    assert counter.refusal("refund", tickets=["T2-00001-1"], reason="again").code == "already_refunded"
    (ticket,) = ticket_of(counter, "A-5")
    counter.line.drain()
    assert counter.line.records["aida", "A-5"].ticket == ticket


def test_a_seat_refunded_elsewhere_sells_again_here(counter: Counter) -> None:
    """This till's own ticket was live as far as its ledger knew; the new right says that it is over."""
    (first,) = ticket_of(counter, "A-1")
    counter.ask("close_shift", counted={"total": "159.00"})
    counter.line.drain()
    counter.line.give("aida", "A-1", "POOL", "")
    counter.open()
    (second,) = ticket_of(counter, "A-1")
    counter.line.drain()
    assert counter.line.disputes == []
    found = {ticket["id"]: ticket["state"] for sale in (first, second) for ticket in tickets_of(counter, sale)}
    assert found == {first: "void", second: "live"}
    assert counter.refusal("refund", tickets=[first], reason="again").code == "already_refunded"
    assert_intact(counter)


def test_a_ticket_whose_place_has_come_back_is_over(counter: Counter) -> None:
    (first,) = ticket_of(counter, "A-1")
    counter.ask("close_shift", counted={"total": "159.00"})
    counter.line.drain()
    counter.line.give("aida", "A-1", "POOL", "")
    counter.open()
    counter.ask("add", show="aida", places=["A-1"], price_type="adult")
    assert [ticket["state"] for ticket in tickets_of(counter, first)] == ["void"]


def test_a_seat_sold_elsewhere_and_refunded_here_sells_again_here(counter: Counter) -> None:
    """The token that came with the other till's ticket says that this till's own one is over."""
    (first,) = ticket_of(counter, "A-5")
    counter.ask("close_shift", counted={"total": "159.00"})
    counter.line.drain()
    counter.line.sell_elsewhere("aida", elsewhere())
    counter.open()
    refund(counter, "T2-00001-1")
    (second,) = ticket_of(counter, "A-5")
    assert [ticket["state"] for ticket in tickets_of(counter, first)] == ["void"]
    assert [ticket["state"] for ticket in tickets_of(counter, second)] == ["live"]
    assert_intact(counter)


def assert_intact(counter: Counter) -> None:
    out = StringIO()
    assert report(counter.folder, out) == 0, out.getvalue()


def tickets_of(counter: Counter, ticket: str) -> list[dict[str, Any]]:
    (sale,) = counter.ask("find", sale=ticket.rpartition("-")[0])["sales"]
    found: list[dict[str, Any]] = sale["tickets"]
    return found


def test_a_token_that_another_window_holds_names_it(counter: Counter) -> None:
    counter.line.sell_elsewhere("aida", elsewhere())
    counter.line.give("aida", "A-5", "SOLD", "T2")
    counter.settle()
    refused = counter.refusal("refund", tickets=["T2-00001-1"], reason="ill")
    assert (refused.code, refused.fields["holder"]) == ("right_to_refund_elsewhere", "T2")


def test_a_seat_sold_again_elsewhere_is_not_refunded_for_its_first_buyer(counter: Counter) -> None:
    """The look-up here is behind: the token that comes is another ticket's."""
    counter.line.sell_elsewhere("aida", elsewhere())
    counter.line.records["aida", "A-5"].ticket = "T2-00007-1"
    counter.settle()
    assert counter.refusal("refund", tickets=["T2-00001-1"], reason="ill").code == "already_refunded"
    # The token is here now, and still does not refund the first buyer.
    assert counter.right("A-5") == ("SOLD", 2)
    assert counter.refusal("refund", tickets=["T2-00001-1"], reason="ill").code == "already_refunded"
    assert "TicketsRefunded" not in counter.kinds()


def test_a_place_that_is_free_at_the_office_was_refunded_there(counter: Counter) -> None:
    counter.line.sell_elsewhere("aida", elsewhere())
    counter.line.records["aida", "A-5"].state = "POOL"
    counter.settle()
    assert counter.refusal("refund", tickets=["T2-00001-1"], reason="ill").code == "already_refunded"


def test_a_late_grant_of_a_token_that_was_asked_back_is_dropped(counter: Counter) -> None:
    """As with the right to sell: returning what never came raises the guard."""
    counter.line.sell_elsewhere("aida", elsewhere())
    counter.line.holding = True
    waiting = counter.front.call("refund", tickets=["T2-00001-1"], reason="ill")
    counter.settle()
    assert counter.line.recall(("aida", "A-5")) == []
    counter.line.drain()
    assert (counter.line.records["aida", "A-5"].state, counter.line.disputes) == ("SOLD", [])
    counter.line.give("aida", "A-5", "SOLD", "T2")
    counter.settle()
    counter.line.let_through()
    assert getattr(waiting.exception(5), "code", None) == "right_to_refund_elsewhere"
    assert counter.right("A-5") == ("SOLD_RETURNED", 2)
    assert "TicketsRefunded" not in counter.kinds()


def test_a_token_of_this_tills_own_ticket_that_never_came_ends_no_ticket(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    counter.line.recall(("aida", "A-1"))
    counter.line.drain()
    counter.line.holding = True
    waiting = counter.front.call("refund", tickets=[ticket], reason="ill")
    counter.settle()
    assert counter.line.recall(("aida", "A-1")) == []
    counter.line.drain()
    assert counter.rows("SELECT state FROM ticket") == [("live",)]
    counter.line.let_through()
    assert waiting.result(5)["refund"]["amount"] == "52.20", "asked for again, it comes"
    counter.line.drain()
    assert counter.line.disputes == []


def test_a_refunded_place_stays_when_the_office_asks_for_the_right_to_refund_it(counter: Counter) -> None:
    """Another window's customer asks for a refund of what has just been refunded here."""
    (ticket,) = ticket_of(counter, "A-1")
    counter.line.drain()
    ask = Recall("aida", "A-1", Token(1, 0), sold=True)
    refund(counter, ticket)
    assert list(counter.line.side.recall([ask]).result(5)) == []
    counter.line.drain()
    assert counter.line.disputes == []
    assert counter.line.records["aida", "A-1"].state == "LEASED"
    assert counter.state_of("A-1") == "here"


def test_a_till_that_dies_after_the_refund_has_refunded(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    refund(counter, ticket)
    counter.restart()
    counter.sign_in()
    assert counter.refusal("refund", tickets=[ticket], reason="again").code == "already_refunded"
    assert counter.state_of("A-1") == "here"


def test_paper_says_what_came_back_and_what_was_paid(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    counter.printers.run()
    refund(counter, ticket)
    counter.printers.run()
    role, content = counter.printers.paper[-1]
    assert (role, content["heading"], content["total"]) == ("receipt", "Refund", "-€52.20")
    assert content["lines"][0]["amount"] == "-€58.00"
    assert content["fees"][0]["amount"] == "€5.80"


@pytest.mark.parametrize(
    "fields",
    [
        {"tickets": [], "reason": "x"},
        {"tickets": "T1-00001-1", "reason": "x"},
        {"tickets": ["T1-00001-1"], "reason": " "},
        {"tickets": ["T1-00001-1"]},
        {"tickets": ["T1-00001-1"], "reason": "x", "approver": "sam"},
        {"tickets": ["T1-00001-1"], "reason": "x", "approver": {"user": "sam"}},
        {"tickets": ["T1-00001-1"], "reason": "x", "waive_fee": "yes"},
    ],
)
def test_nonsense_is_a_bad_request(counter: Counter, fields: dict[str, Any]) -> None:
    assert counter.refusal("refund", **fields).code == "bad_request"


def test_a_price_type_may_have_terms_of_its_own(counter: Counter) -> None:
    """They go onto its tickets by value, also when the season changes them later."""
    season = {"id": "student", "name": {"en": "Student"}, "proof": "student card", "terms": "strict"}
    counter.line.document("terms", {"id": "strict", "refund_until": "never", "exchange_until": "2h"})
    counter.line.document("price_type", season)
    counter.settle()
    shown = {each["id"]: each for each in counter.ask("show", show="aida")["price_types"]}
    assert "terms" not in shown["adult"]
    assert shown["student"]["terms"]["refund_allowed"] is False
    (student,) = ticket_of(counter, "A-1", price_type="student", proof=True)
    (adult,) = ticket_of(counter, "A-2")
    assert counter.refusal("refund", tickets=[student], reason="ill").code == "outside_terms"
    assert refund(counter, adult)["amount"] == "52.20"
    contents = [job.content for job in counter.printers.jobs if job.role == "ticket"]
    exchange = "Exchange until Wed, 3 Mar 2027 16:00, fee 0 %."
    assert contents[0]["tickets"][0]["terms"] == ["No refund.", exchange]
    counter.add("A-3", price_type="student", proof=True)
    counter.add("A-4")
    counter.pay()
    receipt = next(job.content for job in reversed(counter.printers.jobs) if job.role == "receipt")
    assert receipt["terms"] == [
        "Tosca, Student:", "No refund.", exchange,
        "Tosca, Adult:", "Refund until Tue, 2 Mar 2027 18:00, fee 10 %.",
        exchange.replace("0 %", "€0.00"),
    ]  # fmt: skip
