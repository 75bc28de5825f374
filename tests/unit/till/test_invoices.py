"""Invoices: once for a sale, numbered without gaps, by value."""

from __future__ import annotations

import io

import pytest

from pos.store.verify import report
from tests.unit.till.counter import Counter

BUYER = {"name": "School No. 7", "contact": "Main Street 1", "tax_number": "ATU12345678"}


def test_a_sale_has_one_invoice_and_then_copies_of_it(counter: Counter) -> None:
    sale = counter.sell("A-1", "A-2")["id"]
    first = counter.ask("invoice", sale=sale, buyer=BUYER)["invoice"]
    assert (first["id"], first["number"], first["name"]) == ("T1-N00001", 1, "School No. 7")
    assert counter.ask("invoice", sale=sale, buyer={"name": "Somebody else"})["invoice"] == first
    second = counter.ask("invoice", sale=counter.sell("A-3")["id"], buyer=BUYER)["invoice"]
    assert second["number"] == 2
    assert len(counter.ask("invoices")["invoices"]) == 2
    counter.printers.run()
    counter.settle()
    papers = [content for _, content in counter.printers.paper if content.get("buyer")]
    assert [(paper["heading"], paper["copy"]) for paper in papers] == [
        ("Invoice T1-N00001", 0), ("Invoice T1-N00001", 1), ("Invoice T1-N00002", 0),
    ]  # fmt: skip
    assert papers[0]["buyer"] == ["School No. 7", "Main Street 1", "Tax number ATU12345678"]
    assert papers[0]["total"] == "€118.00"


def test_a_buyer_on_record_is_taken_and_somebody_must_be(counter: Counter) -> None:
    counter.add("A-1")
    sale = counter.pay(buyer={"name": "Ada", "tax_number": "HU1234"})["id"]
    record = counter.ask("invoice", sale=sale)["invoice"]
    assert (record["name"], record["buyer"]) == ("Ada", {"tax_number": "HU1234"})
    nameless = counter.sell("A-2")["id"]
    assert counter.refusal("invoice", sale=nameless).code == "bad_request"
    assert counter.refusal("invoice", sale="nothing").code == "unknown_ticket"
    assert counter.ask("invoice", sale=nameless, buyer=BUYER)["invoice"]["number"] == 2, "no number is lost"


def test_it_outlives_a_restart_and_the_check_agrees(counter: Counter) -> None:
    sale = counter.sell("A-1")["id"]
    first = counter.ask("invoice", sale=sale, buyer=BUYER)["invoice"]
    counter.line.cut()
    counter.restart()
    counter.sign_in()
    assert counter.ask("invoice", sale=sale)["invoice"] == first
    out = io.StringIO()
    assert report(counter.folder, out) == 0, out.getvalue()


@pytest.mark.parametrize("buyer", [{"name": ""}, {"iban": "x"}, "Ada"])
def test_nonsense_is_refused(counter: Counter, buyer: object) -> None:
    sale = counter.sell("A-1")["id"]
    assert counter.refusal("invoice", sale=sale, buyer=buyer).code == "bad_request"
    assert "InvoiceIssued" not in counter.kinds()
