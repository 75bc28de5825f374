"""Customers at the counter: recorded, found, attached to sales, merged, told, and forgotten, with or without a line."""

from __future__ import annotations

import io
import json
from typing import Any

from pos.domain.customers import FAMILY, told
from pos.store.verify import report
from tests.unit.till.counter import Counter

IDA = {"name": "Ida Orsós", "email": "ida@example.org", "phone": "+36 30 123-4567", "language": "hu"}


def ida(counter: Counter, **more: Any) -> str:
    return str(counter.ask("customer", **(IDA | more))["customer"]["id"])


def found(counter: Counter, text: str) -> list[str]:
    return [one["id"] for one in counter.ask("customers", text=text)["customers"]]


def test_a_customer_is_found_by_whatever_is_known_offline_too(counter: Counter) -> None:
    counter.line.cut()
    id = ida(counter, member="M-77")
    for text in ("ida", "orsós id", "IDA@example", "30123", "+36 30/123", "m-77"):
        assert found(counter, text) == [id], text
    assert found(counter, "eva") == []
    assert found(counter, " ") == []


def test_what_a_till_was_told_by_the_office_is_found_and_its_own_change_goes_before_it(counter: Counter) -> None:
    counter.line.document(FAMILY, told("T2-K00001", {"name": "Pál", "phone": "123"}))
    assert found(counter, "pál") == ["T2-K00001"]
    counter.ask("customer", customer="T2-K00001", phone="999")
    assert found(counter, "999") == ["T2-K00001"]
    assert found(counter, "123") == []


def test_nothing_is_compulsory_but_that_it_is_something(counter: Counter) -> None:
    assert counter.ask("customer", phone="1234")["customer"]["phone"] == "1234"
    assert counter.refusal("customer", name=" ").code == "bad_request"
    assert counter.refusal("customer").code == "bad_request"
    assert counter.refusal("customer", customer="T9-K1", name="x").code == "unknown_customer"


def test_a_sale_takes_the_customers_own_name_and_contact(counter: Counter) -> None:
    id = ida(counter)
    counter.add("A-1")
    counter.pay(buyer={"customer": id})
    (sale,) = counter.ask("find", name="orsós")["sales"]
    assert (sale["name"], sale["contact"], sale["buyer"]["customer"]) == ("Ida Orsós", "ida@example.org", id)
    assert sale["buyer"]["language"] == "hu"
    counter.add("A-2")
    assert counter.refusal("pay", tenders=[], buyer={"customer": "T9-K1"}).code == "unknown_customer"


def test_notes_and_consent_are_facts_and_are_not_shown_to_a_cashier(counter: Counter) -> None:
    id = ida(counter, notes="Likes the aisle", consent={"given": True, "source": "asked at the counter"})
    counter.line.found["customer"] = {"customer": {"id": id, "profile": {"notes": "Likes the aisle"}}}
    assert "notes" not in counter.ask("customer_history", customer=id)
    counter.sign_in("sam")
    assert counter.ask("customer_history", customer=id)["notes"] == "Likes the aisle"
    (body,) = counter.bodies("CustomerRecorded")
    assert set(body) == {"user", "customer", "personal"}


def test_a_history_says_when_it_is_not_whole(counter: Counter) -> None:
    id = ida(counter)
    counter.add("A-1")
    sale = counter.pay(buyer={"customer": id})
    counter.line.cut()
    history = counter.ask("customer_history", customer=id)
    assert history["partial"] is True
    assert [one["id"] for one in history["sales"]] == [sale["id"]]


def test_two_records_become_one(counter: Counter) -> None:
    id, other = ida(counter), ida(counter, name="I. Orsos", email="", member="M-5")
    assert counter.refusal("merge_customers", customer=id, merged=other).code == "not_allowed"
    counter.sign_in("sam")
    one = counter.ask("merge_customers", customer=id, merged=other)["customer"]
    assert (one["name"], one["member"]) == ("Ida Orsós", "M-5")
    assert found(counter, "orsos") == []
    assert found(counter, "m-5") == [id]
    counter.add("A-1")
    counter.pay(buyer={"customer": other})
    assert counter.ask("find", name="ida")["sales"][0]["buyer"]["customer"] == id
    assert counter.refusal("merge_customers", customer=id, merged=other).code == "bad_request"


def test_an_export_is_the_offices_alone(counter: Counter) -> None:
    id = ida(counter)
    assert counter.refusal("export_customer", customer=id).code == "not_allowed"
    counter.sign_in("sam")
    counter.line.found["customer"] = {"customer": {"id": id, "profile": IDA}, "sales": [], "cases": []}
    assert counter.ask("export_customer", customer=id)["export"]["customer"]["profile"] == IDA
    counter.line.cut()
    assert counter.refusal("export_customer", customer=id).code == "offline"


def everything(counter: Counter) -> str:
    """All that the ledger has, as text."""
    tables = [row[0] for row in counter.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return "".join(repr(counter.rows(f"SELECT * FROM {table}")) for table in tables)


def test_erasing_leaves_the_money_and_nothing_of_the_person(counter: Counter) -> None:
    id = ida(counter)
    counter.add("A-1")
    sale = counter.pay(buyer={"customer": id})
    counter.add("A-2")
    named = counter.pay(buyer={"name": "Ida O."})
    assert "Ida" in everything(counter)
    assert counter.refusal("erase_customer", customer=id, reason="asked").code == "not_allowed"
    counter.sign_in("sam")
    erased = counter.ask("erase_customer", customer=id, reason="asked", sales=[named["id"]])["erased"]
    assert erased == {"customer": id, "sales": 2}
    assert "Ida" not in everything(counter)
    assert "ida@" not in everything(counter)
    assert counter.ask("find", name="ida")["sales"] == []
    assert counter.ask("find", sale=sale["id"])["sales"][0]["total"] == "59.00"
    assert counter.refusal("customer_history", customer=id).code == "unknown_customer"
    assert report(counter.folder, io.StringIO()) == 0
    assert counter.ask("refund", tickets=[sale["tickets"][0]["id"]], reason="rain")["refund"]["amount"] == "52.20"


def test_what_the_office_says_is_erased_is_forgotten_here(counter: Counter) -> None:
    counter.line.document(FAMILY, told("T2-K00001", {"name": "Pál Kis"}))
    counter.add("A-1")
    counter.pay(buyer={"customer": "T2-K00001"})
    counter.line.document(FAMILY, {"id": "T2-K00001", "erased": "2027-03-01T18:00:00+01:00", "sales": []})
    counter.settle()
    assert "Pál" not in json.dumps(everything(counter), ensure_ascii=False)
    assert report(counter.folder, io.StringIO()) == 0
