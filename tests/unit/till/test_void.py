"""A sale undone within minutes: everything back as it came, once, by whoever sold it."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

from pos.store.verify import report
from tests.unit.till.counter import PINS, Counter
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]
SAM = {"user": "sam", "pin": PINS["sam"]}


def void(counter: Counter, sale: str, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = counter.ask("void", sale=sale, surrendered=True, **more)["void"]
    return body


def verified(counter: Counter) -> None:
    """The till's own `verify` finds nothing, and the line's office agrees."""
    counter.line.drain()
    assert counter.line.disputes == []
    said = StringIO()
    counter.settle()
    assert report(counter.folder, said) == 0, said.getvalue()


def test_a_void_gives_everything_back_and_the_seats_are_in_hand_again(counter: Counter) -> None:
    sale = counter.sell("A-1", "A-2")
    assert void(counter, sale["id"]) == {
        "id": "T1-V00001",
        "sale": sale["id"],
        "amount": "118.00",  # the counter's fees, too
        "rounding": "0.00",
        "tenders": [{"kind": "cash", "amount": "118.00"}],
    }
    assert counter.kinds().count("TicketsVoided") == 1
    assert [counter.state_of(place) for place in ("A-1", "A-2")] == ["here", "here"]
    (found,) = counter.ask("find", sale=sale["id"])["sales"]
    assert {ticket["state"] for ticket in found["tickets"]} == {"void"}
    counter.sell("A-1")
    verified(counter)


def test_the_report_counts_it_apart(counter: Counter) -> None:
    void(counter, counter.sell("A-1")["id"])
    told = counter.ask("close_shift", counted={"total": "100.00"})["report"]
    assert (told["difference"], told["refunds"], told["voids"]) == ("0.00", 0, 1)
    assert told["drawer"]["void"] == "-59.00"
    verified(counter)


def test_what_was_voided_comes_back_no_second_time(counter: Counter) -> None:
    sale = counter.sell("A-1")
    ticket, code = sale["tickets"][0]["id"], sale["tickets"][0]["code"]
    void(counter, code)
    assert counter.refusal("void", sale=sale["id"], surrendered=True).code == "already_refunded"
    assert counter.refusal("refund", tickets=[ticket], reason="ill").code == "already_refunded"
    assert counter.refusal("reprint", ticket=ticket, reason="lost").code == "already_refunded"
    assert counter.refusal("admit", code=code, show="aida").code == "already_refunded"


def test_a_key_makes_it_happen_once(counter: Counter) -> None:
    sale = counter.sell("A-1")["id"]
    first = counter.ask("void", sale=sale, surrendered=True, key="k")
    assert counter.ask("void", sale=sale, surrendered=True, key="k") == first
    assert counter.kinds().count("TicketsVoided") == 1


def test_only_the_whole_sale_with_its_paper_and_within_minutes(counter: Counter) -> None:
    one = counter.sell("A-1", "A-2")
    assert counter.refusal("void", sale=one["id"], surrendered=False).code == "not_allowed"
    counter.ask("refund", tickets=[one["tickets"][0]["id"]], reason="ill")
    assert counter.refusal("void", sale=one["id"], surrendered=True).code == "already_refunded"
    two = counter.sell("A-3")["id"]
    counter.clock.wait(minutes=16)
    refused = counter.refusal("void", sale=two, surrendered=True)
    assert refused.code == "not_allowed"
    assert "15 minutes" in refused.fields["reason"]
    # No supervisor stretches it: later it is a refund, by its terms.
    assert counter.refusal("void", sale=two, surrendered=True, approver=SAM).code == "not_allowed"
    assert "TicketsVoided" not in counter.kinds()


def test_the_venue_says_how_long(make_counter: Make) -> None:
    counter = make_counter(void_minutes="2")
    counter.open()
    sale = counter.sell("A-1")["id"]
    counter.clock.wait(minutes=3)
    assert "2 minutes" in counter.refusal("void", sale=sale, surrendered=True).fields["reason"]


def test_somebody_elses_sale_needs_a_supervisor_and_another_shifts_is_refunded(counter: Counter) -> None:
    sale = counter.sell("A-1")["id"]
    counter.sign_in("beth")
    assert "somebody else" in counter.refusal("void", sale=sale, surrendered=True).fields["reason"]
    own = {"user": "beth", "pin": PINS["beth"]}
    assert counter.refusal("void", sale=sale, surrendered=True, approver=own).code == "not_allowed"
    assert void(counter, sale, approver=SAM)["sale"] == sale
    assert counter.bodies("TicketsVoided")[0]["refund"]["approver"] == "sam"
    other = counter.sell("A-3")["id"]
    counter.ask("close_shift", counted={"total": "159.00"})
    counter.ask("open_shift", float="100.00")
    assert "this shift" in counter.refusal("void", sale=other, surrendered=True).fields["reason"]


def test_a_card_is_reversed_where_it_was_charged(make_counter: Make) -> None:
    terminal = ScriptedTerminal()
    counter = make_counter(terminal=terminal)
    counter.open()
    counter.add("A-1")
    sale = counter.ask("pay", tenders=[{"kind": "card", "amount": "59.00"}])["sale"]["id"]
    void(counter, sale)
    assert terminal.total == 0
    assert [word for word in terminal.told if word.startswith("approved -")] == []  # reversed, and no refund
    verified(counter)


def test_a_terminal_that_reverses_no_more_gives_the_money_back(make_counter: Make) -> None:
    terminal = ScriptedTerminal(reverses=False)
    counter = make_counter(terminal=terminal)
    counter.open()
    counter.add("A-1")
    sale = counter.ask("pay", tenders=[{"kind": "card", "amount": "40.00"}, {"kind": "cash", "amount": "19.00"}])[
        "sale"
    ]["id"]
    told = void(counter, sale)
    assert terminal.total == 0
    assert [(tender["kind"], tender["amount"]) for tender in told["tenders"]] == [("card", "40.00"), ("cash", "19.00")]
    verified(counter)


def test_a_reversal_of_which_nothing_is_known_is_said_by_a_person_and_not_done_twice(make_counter: Make) -> None:
    terminal = ScriptedTerminal(reverses_heard=False)
    counter = make_counter(terminal=terminal)
    counter.open()
    counter.add("A-1")
    sale = counter.ask("pay", tenders=[{"kind": "card", "amount": "59.00"}])["sale"]["id"]
    assert counter.refusal("void", sale=sale, surrendered=True).code == "payment_unknown"
    assert counter.refusal("void", sale=sale, surrendered=True).code == "payment_unknown"  # the terminal says declined
    (waiting,) = counter.ask("payments")["payments"]
    counter.clock.wait(minutes=30)
    counter.ask("settle_payment", payment=waiting["payment"], outcome="approved")
    assert void(counter, sale)["tenders"][0]["payment"] == waiting["payment"]
    assert terminal.total == 0
    verified(counter)


def test_a_voucher_and_a_gift_card_are_worth_what_they_were_also_what_had_lapsed(counter: Counter) -> None:
    counter.line.purse("voucher", "V-1", 2_000, None)
    counter.line.purse("gift_card", "GC-1", 10_000)
    counter.add("A-1")
    tenders = [
        {"kind": "voucher", "amount": "12.00", "code": "V-1"},
        {"kind": "gift_card", "amount": "40.00", "code": "GC-1"},
        {"kind": "cash", "amount": "7.00"},
    ]
    sale = counter.ask("pay", tenders=tenders)["sale"]["id"]
    assert counter.ask("purse", code="V-1")["purse"]["left"] == "0.00"
    void(counter, sale)
    assert counter.ask("purse", code="V-1")["purse"]["left"] == "20.00"
    assert counter.ask("purse", code="GC-1")["purse"]["left"] == "100.00"
    verified(counter)


def test_a_job_of_a_ticket_that_came_back_is_done_and_prints_nothing(counter: Counter) -> None:
    sale = counter.sell("A-1")["id"]
    counter.printers.run("failed", "jam")
    counter.settle()
    job = next(job["job"] for job in counter.ask("jobs")["jobs"] if job["tickets"])
    void(counter, sale)
    counter.printers.jobs.clear()
    assert counter.ask("retry", job=job) == {"job": job, "state": "done"}
    assert counter.printers.jobs == []
    assert not [job for job in counter.ask("status")["unresolved"] if job["tickets"]]
