"""Keying: log sheets of paper sales are typed line by line, kept at the till, and booked all at once or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.store.evening import violations
from tests.unit.till.counter import NOW, PINS, Counter
from tests.unit.till.test_paper import pack_of, states

Make = Callable[..., Counter]


@pytest.fixture
def counter(make_counter: Make) -> Iterator[Counter]:
    """A till with a shift open; whatever happens, its ledger agrees with its facts afterwards."""
    made = make_counter()
    made.open()
    yield made
    assert violations(made) == []


def after(minutes: int) -> str:
    return (NOW + timedelta(minutes=minutes)).isoformat()


def key(counter: Counter, *tickets: dict[str, Any], price_type: str = "adult", **more: Any) -> dict[str, Any]:
    return counter.ask("key_paper", tickets=[one["code"] for one in tickets], price_type=price_type, **more)


def drawer(counter: Counter) -> str:
    return str(counter.ask("move_cash", kind="paid_in", amount="1.00", reason="x")["drawer"]["expected"])


def test_a_stack_of_log_sheets_is_booked_as_the_sales_that_were_made(counter: Counter) -> None:
    first, second, third, fourth = pack_of(counter, "A-1", "A-2", "A-3", "A-4")
    counter.clock.wait(minutes=90)
    key(counter, first, at=after(10))
    key(counter, second, third, at=after(20))
    told = key(counter, fourth, price_type="student", proof=True, joined=True)
    assert [(one["at"], one["cash"], len(one["tickets"])) for one in told["customers"]] == [
        (after(10), "59.00", 1),
        (after(20), "148.00", 3),
    ]
    assert (told["tickets"], told["cash"]) == (4, "207.00")
    assert told == counter.ask("keyed_paper")
    assert counter.bodies("TicketsSold") == [], "nothing is booked before it is asked for"
    booked = counter.ask("book_paper")
    assert (booked["tickets"], booked["cash"], len(booked["sales"])) == (4, "207.00", 2)
    one, more = (body["sale"] for body in counter.bodies("TicketsSold"))
    assert (one["at"], more["at"], one["keyed_at"]) == (after(10), after(20), after(90))
    assert [ticket["code"] for ticket in more["tickets"]] == [t["code"] for t in (second, third, fourth)]
    assert (one["user"], more["tickets"][2]["proof"]) == ("anna", True)
    assert drawer(counter) == "308.00"
    assert set(states(counter).values()) == {"sold"}
    assert counter.ask("keyed_paper") == {"customers": [], "tickets": 0, "cash": "0.00"}
    counter.line.drain()
    assert counter.line.disputes == []
    assert counter.refusal("book_paper").code == "basket_empty"


def test_what_is_keyed_waits_at_the_till_whatever_happens_to_it(counter: Counter) -> None:
    first, second = pack_of(counter, "A-1", "A-2")
    key(counter, first)
    counter.restart()
    counter.sign_in("beth")
    told = key(counter, second, joined=True)
    assert [line["by"] for line in told["customers"][0]["tickets"]] == ["anna", "beth"]
    counter.ask("book_paper")
    assert counter.bodies("TicketsSold")[0]["sale"]["user"] == "beth", "who books answers for the cash"


def test_a_ticket_is_keyed_once_and_says_by_whom_and_when(counter: Counter) -> None:
    first, second = pack_of(counter, "A-1", "A-2")
    counter.clock.wait(minutes=5)
    key(counter, first)
    counter.sign_in("beth")
    refused = counter.refusal("key_paper", tickets=[first["id"]], price_type="adult")
    assert counter.front.sentence(refused) == (
        f"Paper ticket {first['id']} was keyed by Anna at 2027-03-01 18:05, and waits to be booked."
    )
    for verb, more in (
        ("return_paper", {}),
        ("rekey_paper", {"price_type": "adult", "tenders": [{"kind": "cash", "amount": "59.00"}]}),
    ):
        assert counter.refusal(verb, tickets=[first["code"]], **more).fields["state"] == "keyed"
    counter.ask("book_paper")
    counter.clock.wait(minutes=5)
    refused = counter.refusal("key_paper", tickets=[second["code"], first["code"]], price_type="adult")
    assert counter.front.sentence(refused) == (
        f"Paper ticket {first['id']} was booked as sold by Beth at 2027-03-01 18:05."
    )
    assert counter.ask("keyed_paper")["tickets"] == 0, "nor is the other one of the two kept"
    counter.ask("return_paper", tickets=[second["code"]])
    refused = counter.refusal("key_paper", tickets=[second["code"]], price_type="adult")
    assert "was taken back by Beth" in counter.front.sentence(refused)


def test_what_is_keyed_is_not_lost_with_the_rest_of_its_pack(counter: Counter) -> None:
    first, second = pack_of(counter, "A-1", "A-2")
    key(counter, first)
    by_sam = {"user": "sam", "pin": PINS["sam"]}
    counter.ask("lose_paper", pack="T1-P00001", reason="left in the tram", approver=by_sam)
    assert states(counter) == {first["id"]: "out", second["id"]: "lost"}
    assert "given up as lost" in counter.front.sentence(
        counter.refusal("key_paper", tickets=[second["code"]], price_type="adult")
    )
    counter.ask("book_paper")


def test_no_drawer_is_counted_while_cash_in_it_is_in_no_books(counter: Counter) -> None:
    (first,) = pack_of(counter, "A-1")
    key(counter, first)
    people = {name: {"user": user, "pin": PINS[user]} for name, user in (("giver", "anna"), ("taker", "beth"))}
    for verb, more in (("close_shift", {}), ("hand_over", people)):
        refused = counter.refusal(verb, counted={"total": "159.00"}, **more)
        assert (refused.code, refused.fields["keyed"]) == ("not_allowed", 1)
    assert counter.front.sentence(refused).startswith("Paper tickets that are keyed and not booked: 1.")
    counter.ask("book_paper")
    assert counter.ask("close_shift", counted={"total": "159.00"})["report"]["difference"] == "0.00"
    counter.printers.run()


def test_what_was_keyed_wrong_is_changed_where_it_stands_or_taken_out(counter: Counter) -> None:
    first, second, third = pack_of(counter, "A-1", "A-2", "A-3")
    counter.clock.wait(minutes=60)
    key(counter, first, second, at=after(10))
    key(counter, third)
    told = key(counter, second, price_type="student", proof=True, change=True)
    assert [line["price_type"] for one in told["customers"] for line in one["tickets"]] == ["adult", "student", "adult"]
    assert [one["at"] for one in told["customers"]] == [after(10), after(60)]
    told = key(counter, second, at=after(30), change=True)
    assert told["customers"][0]["at"] == after(30), "a sale has one time"
    assert counter.refusal("key_paper", tickets=[first["code"]], price_type="child", change=True).code == "no_price"
    told = counter.ask("unkey_paper", tickets=[first["code"]])
    assert [len(one["tickets"]) for one in told["customers"]] == [1, 1]
    for verb, more in (("unkey_paper", {}), ("key_paper", {"price_type": "adult", "change": True})):
        assert counter.refusal(verb, tickets=[first["code"]], **more).code == "not_allowed"
    counter.ask("return_paper", tickets=[first["code"]])
    counter.ask("book_paper")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"price_type": "child"}, "no_price"),
        ({"price_type": "student"}, "proof_needed"),
        ({"at": "yesterday"}, "bad_request"),
        ({"at": after(-1)}, "bad_request"),
        ({"at": after(1)}, "bad_request"),
        ({"tickets": ["CODE99999999"]}, "unknown_ticket"),
    ],
)
def test_what_cannot_have_been_sold_is_not_kept(counter: Counter, fields: dict[str, Any], code: str) -> None:
    (ticket,) = pack_of(counter, "A-1")
    assert counter.refusal("key_paper", **({"tickets": [ticket["id"]], "price_type": "adult"} | fields)).code == code
    assert counter.ask("keyed_paper")["tickets"] == 0


def test_a_stack_of_which_one_cannot_be_booked_is_not_booked_at_all(counter: Counter) -> None:
    first, second = pack_of(counter, "A-1", "A-2")
    key(counter, first)
    key(counter, second, price_type="student", proof=True)
    counter.line.document("price_type", {"id": "student", "name": {"en": "Student"}, "approval": True})
    told = counter.ask("keyed_paper")
    assert [one.get("wrong", {}).get("code") for one in told["customers"]] == [None, "approval_needed"]
    assert (told["customers"][1]["cash"], told["cash"]) == (None, "59.00")
    assert counter.refusal("book_paper").code == "approval_needed"
    assert counter.bodies("TicketsSold") == []
    assert counter.ask("keyed_paper") == told
    counter.ask("unkey_paper", tickets=[second["code"]])
    counter.ask("book_paper", key="once")
    assert counter.ask("book_paper", key="once")["tickets"] == 1, "the same answer again"
    assert drawer(counter) == "160.00"


def test_a_companion_goes_with_a_partner_of_the_same_customer(counter: Counter) -> None:
    """Free by rule, it would else be a place for nothing and its cash in somebody's pocket."""
    companion = {"id": "companion", "name": {"en": "Companion"}, "companion_of": "adult"}
    counter.line.document("price_type", companion)
    first, second = pack_of(counter, "A-1", "A-2")
    told = key(counter, first, price_type="companion")
    assert told["customers"][0]["wrong"]["what"] == "companion"
    assert counter.refusal("book_paper").fields["what"] == "companion"
    told = key(counter, second, joined=True)
    assert "wrong" not in told["customers"][0]
    counter.ask("book_paper")
    (sale,) = (body["sale"] for body in counter.bodies("TicketsSold"))
    assert [ticket.get("companion_of") for ticket in sale["tickets"]] == [second["id"], None]


def test_a_copy_of_a_paper_ticket_is_that_ticket(counter: Counter) -> None:
    """What came out twice carries which copy it is."""
    first, second = pack_of(counter, "A-1", "A-2")
    counter.ask("key_paper", tickets=[f"{first['code']}.1"], price_type="adult")
    counter.ask("return_paper", tickets=[f"{second['code']}.1"])
    counter.ask("book_paper")
    assert states(counter) == {first["id"]: "sold", second["id"]: "returned"}
