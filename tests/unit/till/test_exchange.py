"""Exchanges: old tickets end and new ones begin in one fact; the difference is paid or paid out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.till.counter import PINS, Counter, show_document
from tests.unit.till.test_refund import elsewhere, ticket_of

Make = Callable[..., Counter]
SAM = {"user": "sam", "pin": PINS["sam"]}


def cash(amount: str, given: str = "") -> list[dict[str, Any]]:
    return [{"kind": "cash", "amount": amount} | ({"given": given} if given else {})]


def exchange(counter: Counter, ticket: str, *places: str, **more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"show": "aida", "price_type": "adult", "tenders": []} | more
    body: dict[str, Any] = counter.ask("exchange", tickets=[ticket], places=list(places), **fields)["exchange"]
    return body


def test_a_seat_in_somebodys_basket_is_not_exchanged_for(counter: Counter) -> None:
    sold = counter.sell("A-1")
    counter.add("A-2")
    counter.ask("park", name="Brown")
    fields = {"tickets": [sold["tickets"][0]["id"]], "show": "aida", "places": ["A-2"], "price_type": "adult"}
    refused = counter.refusal("exchange", **fields, tenders=[])
    assert (refused.code, refused.fields["number"]) == ("bad_request", 1)
    counter.ask("recall", number=1)
    assert counter.refusal("exchange", **fields, tenders=[]).code == "bad_request"
    counter.pay()


def test_a_seat_for_a_seat_costs_nothing_and_is_one_fact(counter: Counter) -> None:
    (old,) = ticket_of(counter, "A-1")
    body = exchange(counter, old, "A-2")
    assert (body["id"], body["difference"], body["fee"], body["total"]) == ("T1-X00001", "0.00", "0.00", "0.00")
    (new,) = body["tickets"]
    assert (new["id"], new["place"], new["price"]) == ("T1-X00001-1", "A-2", "58.00")
    assert counter.kinds() == ["ShiftOpened", "TicketsSold", "TicketsExchanged"]
    assert (counter.right("A-1"), counter.right("A-2")) == (("LEASED", 1), ("SOLD", 1))
    counter.line.drain()
    assert counter.line.disputes == []
    assert counter.line.records["aida", "A-2"].ticket == new["id"]
    assert (
        counter.refusal("exchange", tickets=[old], show="aida", places=["A-3"], price_type="adult", tenders=[]).code
        == "exchanged"
    )
    assert counter.refusal("refund", tickets=[old], reason="x").code == "exchanged"


def test_the_difference_is_paid_with_change(counter: Counter) -> None:
    (old,) = ticket_of(counter, "A-1", price_type="student", proof=True)
    body = exchange(counter, old, "A-2", tenders=cash("29.00", "50.00"))
    assert (body["difference"], body["total"], body["change"]) == ("29.00", "29.00", "21.00")
    report = counter.ask("close_shift", counted={"total": "159.00"})["report"]  # 100 + 30 + 29
    assert report["difference"] == "0.00"
    assert (report["sales"], report["exchanges"], report["drawer"]["exchange"]) == (1, 1, "29.00")


def test_what_is_too_little_or_too_much_changes_nothing(counter: Counter) -> None:
    (old,) = ticket_of(counter, "A-1", price_type="student", proof=True)
    fields: dict[str, Any] = {"tickets": [old], "show": "aida", "places": ["A-2"], "price_type": "adult"}
    assert counter.refusal("exchange", **fields, tenders=[]).code == "underpaid"
    assert counter.refusal("exchange", **fields, tenders=cash("30.00")).code == "overpaid"
    assert counter.refusal("exchange", **fields, tenders=cash("-29.00")).code == "bad_request"
    assert counter.right("A-1") == ("SOLD", 1)
    assert "TicketsExchanged" not in counter.kinds()


def test_a_cheaper_seat_is_paid_out(counter: Counter) -> None:
    (old,) = ticket_of(counter, "A-1")
    body = exchange(counter, old, "Foyer", tenders=cash("-46.00"))
    assert (body["difference"], body["total"]) == ("-46.00", "-46.00")
    report = counter.ask("close_shift", counted={"total": "113.00"})["report"]  # 100 + 59 - 46
    assert report["difference"] == "0.00"


def test_money_goes_back_the_way_it_came(counter: Counter) -> None:
    """A ticket that the office sold by bank transfer gives no cash at a window."""
    sale = elsewhere()
    counter.line.sell_elsewhere("aida", sale | {"tenders": [{"kind": "transfer", "amount": "58.00"}]})
    counter.settle()
    counter.clock.wait(minutes=1)
    fields: dict[str, Any] = {"tickets": ["T2-00001-1"], "show": "aida", "places": ["Foyer"], "price_type": "adult"}
    refused = counter.refusal("exchange", **fields, tenders=cash("-46.00"), approver=SAM)
    assert (refused.code, refused.fields["most"]) == ("not_allowed", "0.00")


def test_a_ticket_that_was_exchanged_is_refunded_to_what_first_paid_for_it(counter: Counter) -> None:
    (old,) = ticket_of(counter, "A-1", price_type="student", proof=True)
    new = exchange(counter, old, "A-2", tenders=cash("29.00"))["tickets"][0]["id"]
    body = counter.ask("refund", tickets=[new], reason="ill")["refund"]
    assert (body["amount"], body["tenders"]) == ("52.20", [{"kind": "cash", "amount": "52.20"}])


def test_the_same_seat_at_another_price(counter: Counter) -> None:
    (old,) = ticket_of(counter, "A-1", price_type="student", proof=True)
    (new,) = exchange(counter, old, "A-1", tenders=cash("29.00"))["tickets"]
    assert counter.right("A-1") == ("SOLD", 1)
    counter.line.drain()
    assert counter.line.disputes == []
    assert counter.line.records["aida", "A-1"].ticket == new["id"]


def test_another_show_and_a_fee_by_the_terms(make_counter: Make) -> None:
    counter = make_counter([show_document("aida", terms="dear"), show_document("norma")])
    counter.line.document("terms", {"id": "dear", "exchange_until": "2h", "exchange_fee": "10%"})
    counter.open()
    (old,) = ticket_of(counter, "A-1")
    body = exchange(counter, old, "A-1", show="norma", tenders=cash("5.80"))
    assert (body["difference"], body["fee"], body["total"]) == ("0.00", "5.80", "5.80")
    assert counter.right("A-1", "norma") == ("SOLD", 1)
    report = counter.ask("close_shift", counted={"total": "164.80"})["report"]
    assert report["difference"] == "0.00"


def test_too_late_is_outside_the_terms(counter: Counter) -> None:
    (old,) = ticket_of(counter, "A-1")
    counter.clock.wait(hours=47)
    fields: dict[str, Any] = {
        "tickets": [old], "show": "aida", "places": ["A-2"], "price_type": "adult", "tenders": [],
    }  # fmt: skip
    assert counter.refusal("exchange", **fields).code == "outside_terms"
    assert exchange(counter, old, "A-2", approver=SAM)["fee"] == "0.00"


def test_what_holds_of_a_sale_holds_of_the_new_seat(counter: Counter) -> None:
    one, other = ticket_of(counter, "A-1", "A-2")
    fields: dict[str, Any] = {"tickets": [one], "show": "aida", "price_type": "adult", "tenders": []}
    assert counter.refusal("exchange", **fields, places=["Z-9"]).code == "unknown_place"
    assert counter.refusal("exchange", **fields, places=["A-2"]).code == "sold"
    assert counter.refusal("exchange", **(fields | {"price_type": "student"}), places=["A-3"]).code == "proof_needed"
    counter.line.give("aida", "A-4", "LEASED", "T2")
    counter.settle()
    assert counter.refusal("exchange", **fields, places=["A-4"]).code == "right_elsewhere"
    counter.line.cut()
    assert counter.refusal("exchange", **fields, places=["A-5"]).code == "right_elsewhere"
    assert counter.right("A-1") == ("SOLD", 1)
    assert other


def test_a_token_that_went_while_the_new_seat_was_claimed_is_not_used(counter: Counter) -> None:
    """The claim of the new seat takes its time; meanwhile another window's customer has the old ticket refunded."""
    (old,) = ticket_of(counter, "A-1")
    counter.line.drain()
    counter.line.holding = True
    fields: dict[str, Any] = {"tickets": [old], "show": "aida", "places": ["A-2"], "price_type": "adult"}
    waiting = counter.front.call("exchange", **fields, tenders=[])
    counter.settle()
    assert counter.line.recall(("aida", "A-1")) == []
    counter.line.drain()
    counter.line.give("aida", "A-1", "LEASED", "T2")  # refunded there
    counter.settle()
    counter.line.let_through()
    assert getattr(waiting.exception(5), "code", None) == "already_refunded"
    assert counter.right("A-1") == ("SOLD_RETURNED", 1)
    assert "TicketsExchanged" not in counter.kinds()
    counter.line.drain()
    assert counter.line.disputes == []


def test_a_token_that_went_and_came_back_is_used_anew(counter: Counter) -> None:
    (old,) = ticket_of(counter, "A-1")
    counter.line.drain()
    counter.line.holding = True
    fields: dict[str, Any] = {"tickets": [old], "show": "aida", "places": ["A-2"], "price_type": "adult"}
    waiting = counter.front.call("exchange", **fields, tenders=[])
    counter.settle()
    assert counter.line.recall(("aida", "A-1")) == []
    counter.line.drain()
    counter.line.let_through()
    assert waiting.result(5)["exchange"]["tickets"][0]["place"] == "A-2"
    counter.line.drain()
    assert counter.line.disputes == []


def test_what_a_card_has_not_paid_yet_is_no_tender_of_an_exchange(counter: Counter) -> None:
    (old,) = ticket_of(counter, "A-1", price_type="student", proof=True)
    fields: dict[str, Any] = {"tickets": [old], "show": "aida", "places": ["A-2"], "price_type": "adult"}
    owed = [{"kind": "card", "amount": "29.00", "pending": True}]
    assert counter.refusal("exchange", **fields, tenders=owed, approver=SAM).code == "not_allowed"


def test_money_out_over_the_terms_limit_needs_a_supervisor(make_counter: Make) -> None:
    counter = make_counter([show_document("aida", terms="tight")])
    counter.line.document("terms", {"id": "tight", "exchange_until": "2h", "approval_over": "10.00"})
    counter.open()
    (old,) = ticket_of(counter, "A-1")
    fields: dict[str, Any] = {"tickets": [old], "show": "aida", "places": ["Foyer"], "price_type": "adult"}
    assert counter.refusal("exchange", **fields, tenders=cash("-46.00")).code == "approval_needed"
    assert exchange(counter, old, "Foyer", tenders=cash("-46.00"), approver=SAM)["total"] == "-46.00"


def test_both_papers_come_out_once(counter: Counter) -> None:
    (old,) = ticket_of(counter, "A-1")
    counter.printers.run()
    exchange(counter, old, "A-2")
    counter.printers.run()
    tickets, receipt = counter.printers.paper[-2:]
    assert [page["ticket"] for page in tickets[1]["tickets"]] == ["T1-X00001-1"]
    assert receipt[1]["heading"] == "Exchange"
    assert [line["amount"] for line in receipt[1]["lines"]] == ["€58.00", "-€58.00"]


# ---- copies ----------------------------------------------------------------------------


def test_a_copy_is_numbered_marked_and_counted(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    counter.printers.run()
    first = counter.ask("reprint", ticket=ticket, reason="lost")["ticket"]
    second = counter.ask("reprint", ticket=ticket, reason="lost again")["ticket"]
    assert (first["copy"], second["copy"]) == (1, 2)
    plain = counter.rows("SELECT code FROM ticket")[0][0]
    assert (first["code"], second["code"]) == (f"{plain}.1", f"{plain}.2")
    counter.printers.run()
    assert [page["tickets"][0]["copy"] for role, page in counter.printers.paper if role == "ticket"] == [0, 1, 2]
    assert counter.kinds().count("CopyIssued") == 2
    counter.line.drain()
    assert counter.line.disputes == []
    # A copy's code finds its ticket, and refunds it once.
    (found,) = counter.ask("find", code=second["code"])["sales"]
    assert found["tickets"][0]["id"] == ticket
    counter.ask("refund", tickets=[first["code"]], reason="ill")
    assert counter.refusal("reprint", ticket=ticket, reason="x").code == "already_refunded"


def test_copies_go_on_from_those_that_other_windows_issued(counter: Counter) -> None:
    counter.line.sell_elsewhere("aida", elsewhere())
    counter.line.copies["T2-00001-1"] = 3
    counter.settle()
    assert counter.ask("reprint", ticket="T2-00001-1", reason="lost")["ticket"]["copy"] == 4


def test_only_who_holds_the_token_prints_again(counter: Counter) -> None:
    counter.line.sell_elsewhere("aida", elsewhere())
    counter.settle()
    counter.line.cut()
    assert counter.refusal("reprint", ticket="T2-00001-1", reason="lost").code == "right_to_issue_elsewhere"


def test_a_print_again_after_a_jam_counts_as_a_copy(counter: Counter) -> None:
    (ticket,) = ticket_of(counter, "A-1")
    counter.printers.run("unknown", "jam")
    counter.settle()
    job = counter.said("printed")[0]["job"]
    counter.ask("printed", job=job, came_out=False)
    counter.printers.run()
    assert counter.ask("reprint", ticket=ticket, reason="lost")["ticket"]["copy"] == 2


def test_without_a_printer_no_copy_is_issued(make_counter: Make) -> None:
    counter = make_counter(roles=())
    counter.open()
    (ticket,) = ticket_of(counter, "A-1")
    assert counter.refusal("reprint", ticket=ticket, reason="lost").code == "device_absent"
    assert "CopyIssued" not in counter.kinds()
