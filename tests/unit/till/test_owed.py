"""What may be done without a yes from outside, and only where the venue lets it: cards taken unseen by their
bank, and refunds paid without the ticket's token."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.store.evening import violations
from tests.unit.till.counter import PINS, Counter
from tests.unit.till.test_refund import elsewhere
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]
SAM = {"user": "sam", "pin": PINS["sam"]}
OWED = [{"kind": "card", "amount": "59.00", "pending": True}]


@pytest.fixture
def lenient(make_counter: Make) -> Counter:
    """A venue that takes both, up to a sum."""
    counter = make_counter(terminal=ScriptedTerminal(), card_offline_cap="100.00", refund_offline_cap="60.00")
    counter.open()
    return counter


def fact(counter: Counter, kind: str) -> dict[str, Any]:
    rows = [json.loads(row[0]) for row in counter.rows("SELECT envelope FROM journal ORDER BY number")]
    found: dict[str, Any] = next(value for value in rows if value["kind"] == kind)
    return found


def test_no_card_without_a_yes_unless_the_venue_says_so(counter: Counter) -> None:
    counter.add("A-1")
    assert counter.refusal("pay", tenders=OWED, approver=SAM).code == "not_allowed"
    assert counter.right("A-1") == ("LEASED", 1)


def test_a_card_without_a_yes_needs_a_supervisor_and_stays_below_the_cap(lenient: Counter) -> None:
    lenient.add("A-1", "A-2")
    dear = [{"kind": "card", "amount": "118.00", "pending": True}]
    refused = lenient.refusal("pay", tenders=dear, approver=SAM)
    assert (refused.code, refused.fields["limit"]) == ("limit_exceeded", "100.00")
    lenient.ask("remove", line=2)
    assert lenient.refusal("pay", tenders=OWED).code == "approval_needed"
    sale = lenient.ask("pay", tenders=OWED, approver=SAM)["sale"]["id"]
    (owed,) = lenient.ask("payments")["payments"]
    assert (owed["state"], owed["amount"]) == ("pending", "59.00")
    told = fact(lenient, "TicketsSold")["body"]["sale"]
    assert (told["id"], told["approver"], told["tenders"][0]["payment"]) == (sale, "sam", owed["payment"])
    lenient.sell("A-3")  # it stops nobody


def test_the_banks_late_yes_is_noted_and_its_no_is_owed(lenient: Counter) -> None:
    for place in ("A-1", "A-2"):
        lenient.add(place)
        lenient.ask("pay", tenders=OWED, approver=SAM)
    yes, no = (payment["payment"] for payment in lenient.ask("payments")["payments"])
    lenient.ask("settle_payment", payment=yes, outcome="approved")
    lenient.ask("settle_payment", payment=no, outcome="declined")
    assert lenient.ask("payments")["payments"] == []
    ended = [row for row in lenient.kinds() if row == "PaymentEnded"]
    assert len(ended) == 2
    assert lenient.right("A-2") == ("SOLD", 1), "a late no voids nothing"
    money = lenient.rows("SELECT envelope FROM journal ORDER BY number DESC LIMIT 1")[0][0]
    assert json.loads(money)["money"] == [["receivable", 5900, "EUR"], ["card:T1", -5900, "EUR"]]
    assert violations(lenient) == []


def test_a_refund_without_the_token_is_a_claim_and_frees_no_place(lenient: Counter) -> None:
    lenient.line.sell_elsewhere("aida", elsewhere())
    lenient.settle()
    lenient.line.cut()
    fields: dict[str, Any] = {"tickets": ["T2-00001-1"], "reason": "ill"}
    assert lenient.refusal("refund", **fields).code == "right_to_refund_elsewhere"
    assert lenient.refusal("refund", **fields, approver=SAM).code == "right_to_refund_elsewhere"
    assert lenient.refusal("refund", **fields, surrendered=True).code == "right_to_refund_elsewhere"
    body = lenient.ask("refund", **fields, approver=SAM, surrendered=True)["refund"]
    assert (body["amount"], body["claimed"]) == ("52.20", True)
    assert fact(lenient, "RefundClaimed")["effects"] == []
    assert lenient.right("A-5") is None
    assert lenient.state_of("A-5") == "sold"
    assert lenient.refusal("refund", **fields, approver=SAM, surrendered=True).code == "already_refunded"
    report = lenient.ask("close_shift", counted={"total": "47.80"})["report"]
    assert report["difference"] == "0.00"
    assert violations(lenient) == []


def test_a_claim_stays_below_its_cap_and_is_for_when_the_office_is_away(lenient: Counter) -> None:
    dear = elsewhere(place="A-6", price="98.00")
    lenient.line.sell_elsewhere("aida", dear | {"tenders": [{"kind": "cash", "amount": "98.00"}]})
    lenient.line.give("aida", "A-6", "SOLD", "T2")
    lenient.settle()
    fields: dict[str, Any] = {"tickets": ["T2-00001-1"], "reason": "x", "approver": SAM, "surrendered": True}
    assert lenient.refusal("refund", **fields).code == "right_to_refund_elsewhere", "the office knows who has it"
    lenient.line.cut()
    refused = lenient.refusal("refund", **fields)
    assert (refused.code, refused.fields["limit"]) == ("limit_exceeded", "60.00")
    assert "RefundClaimed" not in lenient.kinds()


def test_no_claim_where_the_venue_does_not_say_so(counter: Counter) -> None:
    counter.line.sell_elsewhere("aida", elsewhere())
    counter.settle()
    counter.line.cut()
    fields: dict[str, Any] = {"tickets": ["T2-00001-1"], "reason": "x", "approver": SAM, "surrendered": True}
    assert counter.refusal("refund", **fields).code == "right_to_refund_elsewhere"
