"""Who buys: in the sale's document and the look-up, and never in a fact's envelope."""

from __future__ import annotations

import io
import json

from pos.store.journal import facts_after
from pos.store.verify import report
from tests.unit.till.counter import Counter

IDA = {
    "name": "Ida Orsós", "contact": "ida@example.org", "language": "hu", "tax_number": "HU123",
    "identity": {"kind": "passport", "last4": "77Z1"},
}  # fmt: skip


def test_a_sale_is_found_by_its_buyers_name(counter: Counter) -> None:
    counter.add("A-1")
    sale = counter.pay(buyer=IDA)
    (found,) = counter.ask("find", name="orsós IDA")["sales"]
    assert (found["id"], found["name"], found["contact"]) == (sale["id"], "Ida Orsós", "ida@example.org")
    assert found["buyer"] == {
        "language": "hu",
        "tax_number": "HU123",
        "identity": {"kind": "passport", "last4": "77Z1"},
    }
    assert counter.ask("find", name="orsós eva")["sales"] == []
    assert counter.ask("find", name="   ")["sales"] == []


def test_the_envelope_has_only_the_seal(counter: Counter) -> None:
    counter.add("A-1")
    counter.pay(buyer=IDA)
    envelopes = [bytes(row[0]).decode() for row in counter.rows("SELECT envelope FROM journal")]
    assert not [text for text in envelopes if any(word in text for word in ("Ida", "ida@", "HU123", "77Z1"))]
    fact = counter.desk.submit(lambda: facts_after(counter.desk.ledger.connection, 1, 9)).result(5)[0]
    values = [value for _, value in json.loads(fact.beside)["values"]]
    assert "Ida Orsós" in values
    assert len(json.loads(fact.beside)["salt"]) >= 20


def test_the_tills_own_check_sees_the_seal(counter: Counter) -> None:
    counter.add("A-1")
    counter.pay(buyer=IDA)
    assert report(counter.folder, io.StringIO()) == 0
    counter.desk.stop()
    counter.write("UPDATE beside SET body = replace(body, 'Ida', 'Eva')")
    out = io.StringIO()
    assert report(counter.folder, out) == 1
    assert "what lies beside it" in out.getvalue()


def test_nobody_need_be_named(counter: Counter) -> None:
    counter.sell("A-1")
    assert counter.rows("SELECT count(*) FROM beside") == [(0,)]


def test_a_card_number_is_not_kept_as_a_name(counter: Counter) -> None:
    counter.add("A-1")
    counter.pay(buyer={"name": "4111 1111 1111 1111"})
    assert "4111 1111" not in counter.rows("SELECT body FROM sale")[0][0]


def test_what_is_malformed_is_refused_by_its_field(counter: Counter) -> None:
    counter.add("A-1")
    tenders = [{"kind": "cash", "amount": "59.00"}]
    for buyer, field in (
        ({}, "buyer"),
        ({"name": " "}, "buyer.name"),
        ({"name": "x" * 201}, "buyer.name"),
        ({"name": "Ida", "language": "xx"}, "buyer.language"),
        ({"name": "Ida", "identity": {"kind": "passport", "last4": "12345"}}, "buyer.identity.last4"),
        ({"name": "Ida", "card": "1"}, "buyer.card"),
    ):
        refused = counter.refusal("pay", tenders=tenders, buyer=buyer)
        assert (refused.code, refused.fields["field"]) == ("bad_request", field)
    assert len(counter.ask("basket")["basket"]["lines"]) == 1


def test_an_exchanged_ticket_is_still_its_buyers(counter: Counter) -> None:
    counter.add("A-1")
    sale = counter.pay(buyer=IDA)
    counter.ask(
        "exchange", tickets=[sale["tickets"][0]["id"]], show="aida", places=["A-5"], price_type="adult", tenders=[]
    )
    assert len(counter.ask("find", name="ida")["sales"]) == 2


def test_the_outbox_shows_what_waits_here_and_what_the_office_has_done(counter: Counter) -> None:
    counter.add("A-1")
    sale = counter.pay(buyer=IDA)
    counter.sell("A-2")
    (waiting,) = counter.ask("outbox")["notices"]
    assert (waiting["sale"], waiting["state"], waiting["to"]) == (sale["id"], "queued", "i…@example.org")
    told = {"id": f"sale:{sale['id']}", "kind": "sale", "sale": sale["id"], "state": "failed", "why": "refused",
            "to": "i…@example.org", "at": "2027-03-01T18:05:00+01:00", "tries": 1}  # fmt: skip
    counter.line.document("notice", told)
    assert counter.ask("outbox")["notices"] == [told]
    assert counter.ask("outbox", state="sent")["notices"] == []
    assert counter.ask("outbox", sales=["nothing"])["notices"] == []
    assert counter.ask("outbox", sales=[told["sale"]])["notices"] == [told]
    assert counter.refusal("outbox", state="lost").fields["field"] == "state"
