"""The story of a seat and of a ticket at the counter: whole online, and plainly in part when it is not."""

from __future__ import annotations

from typing import Any

from tests.unit.till.counter import Counter


def texts(answer: dict[str, Any]) -> list[str]:
    return [one["text"] for one in answer["history"]]


def test_a_seat_that_was_sold_and_refunded_tells_both_and_who_did_it(counter: Counter) -> None:
    sale = counter.sell("A-1")
    counter.sell("A-2")
    counter.line.cut()
    ticket = sale["tickets"][0]["id"]
    counter.ask("refund", tickets=[ticket], reason="rain")
    answer = counter.ask("history", show="aida", place="A-1")
    assert texts(answer)[0] == f"Sold as ticket {ticket} for 58.00 in sale {sale['id']}."
    assert texts(answer)[-1] == f"Ticket {ticket} was refunded by T1-R00001: rain."
    assert (answer["partial"], answer["label"]) == (True, "Stalls A 1")
    assert answer["history"][0]["user_name"] == "Anna"
    assert not [text for text in texts(answer) if "T1-00002" in text]


def test_a_tickets_story_goes_on_with_its_copies(counter: Counter) -> None:
    ticket = counter.sell("A-1")["tickets"][0]
    counter.ask("reprint", ticket=ticket["id"], reason="torn", approver={"user": "sam", "pin": "1111"})
    told = counter.ask("history", ticket=ticket["code"])
    assert f"Ticket {ticket['id']} was printed again as copy 1: torn." in texts(told)


def test_online_it_is_the_offices_story_with_what_is_not_sent_yet(counter: Counter) -> None:
    counter.sell("A-1")
    office = {"fact": "T2.1.7", "at": "2027-02-01T10:00:00+01:00", "till": "T2", "kind": "TicketsSold", "user": "anna",
              "approver": "", "text": "Sold.", "verdict": "applied"}  # fmt: skip
    counter.line.found["history"] = {"story": [office]}
    answer = counter.ask("history", show="aida", place="A-1")
    assert answer["partial"] is False
    assert texts(answer)[0] == "Sold."
    assert len(answer["history"]) >= 2
    assert answer["history"][0]["till_name"] == "Window 2"


def test_offline_what_the_replica_knows_of_others_is_told_too(counter: Counter) -> None:
    counter.line.sale(
        {"id": "T2-00001", "at": "2027-02-01T10:00:00+01:00", "till": "T2", "user": "anna", "total": "58.00",
         "tickets": [{"id": "T2-00001-1", "code": "X", "show": "aida", "place": "A-3", "unit": "A-3",
                      "price": "58.00", "state": "refunded"}]}
    )  # fmt: skip
    counter.line.cut()
    (only,) = counter.ask("history", show="aida", place="A-3")["history"]
    assert only["text"] == "Sold as ticket T2-00001-1 for 58.00 in sale T2-00001. The ticket is refunded since."


def test_what_is_asked_must_be_something(counter: Counter) -> None:
    assert counter.refusal("history").code == "bad_request"
    assert counter.refusal("history", show="aida", place="A-1", ticket="x").code == "bad_request"
    assert counter.refusal("history", show="aida", place="Z-9").code == "unknown_place"
    assert counter.refusal("history", show="nope", place="A-1").code == "unknown_show"
    assert counter.refusal("history", ticket="nope").code == "unknown_ticket"


def test_an_order_that_is_open_elsewhere_is_a_warning_and_no_lock(counter: Counter) -> None:
    sale = counter.sell("A-1")
    counter.line.found["open"] = {"elsewhere": [{"till": "T2", "user": "beth", "since": "2027-03-01T17:59:00+01:00"}]}
    answer = counter.ask("open_order", sale=sale["tickets"][0]["code"])
    assert counter.line.looks[-1] == ("open", {"sale": sale["id"], "user": "anna", "open": True})
    (warning,) = answer["warnings"]
    assert (warning["code"], warning["till_name"], warning["user_name"]) == ("order_open_elsewhere", "Window 2", "Beth")
    counter.ask("refund", tickets=[sale["tickets"][0]["id"]], reason="rain")
    counter.line.cut()
    assert counter.ask("open_order", sale=sale["id"], closed=True)["known"] is False
    assert counter.refusal("open_order", sale="nope").code == "unknown_ticket"
