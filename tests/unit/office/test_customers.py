"""The register of customers at the office: what facts make of it, what tills hear, and what erasing leaves."""

from __future__ import annotations

import json
from typing import Any

from pos.domain.books import Posting
from pos.domain.rights import Effect
from sync.office.rules import look
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.test_facts import Tills

ID = "T1-K00001"
IDA = {"name": "Ida Orsós", "email": "ida@example.org", "notes": "Aisle"}


def record(
    one: TillClient, kind: str = "CustomerRecorded", customer: str = ID, user: str = "anna", **more: Any
) -> None:
    one.record(kind, {"user": user, "customer": customer, **more})


def told(house: House, customer: str = ID) -> dict[str, Any]:
    sql = f"SELECT body FROM document WHERE family = 'customer' AND id = '{customer}'"
    return dict(json.loads(str(house.rows(sql)[0][0])))


def asked(house: House, customer: str = ID) -> dict[str, Any]:
    with house.database.read() as connection:
        return look.KINDS["customer"](connection, "T1", {"customer": customer})


def everything(house: House) -> str:
    tables = ("document", "change_log", "fact", "sale", "beside", "dispute", "ticket")
    return "".join(str(house.rows(f"SELECT * FROM {table}")) for table in tables)


def bought(house: House, one: TillClient, *places: str, customer: str = ID) -> str:
    fact = one.sell(SHOW, *house.granted(one, *places), name="Ida Orsós")
    one.journal.pop()
    value = json.loads(fact.envelope)
    body = value["body"]["sale"] | {"name": "Ida Orsós", "buyer": {"customer": customer}}
    effects = tuple(Effect.from_json(effect) for effect in value["effects"])
    one.record("TicketsSold", {"sale": body}, effects, tuple(Posting.from_json(line) for line in value["money"]))
    return str(body["id"])


def test_tills_hear_what_a_counter_needs_and_the_office_keeps_the_rest(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    record(one, profile=IDA)
    record(one, "CustomerChanged", profile={"email": "", "phone": "123"})
    house.push(one)
    assert told(house) == {"id": ID, "name": "Ida Orsós", "phone": "123", "find": "ida orsós 123 t1-k00001"}
    assert asked(house)["customer"]["profile"] == {"name": "Ida Orsós", "phone": "123", "notes": "Aisle"}
    assert house.violations() == []


def test_two_records_become_one_with_the_sales_of_both(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    record(one, profile=IDA)
    record(two, customer="T2-K00001", profile={"name": "I. O.", "member": "M5", "notes": "Deaf"})
    sale = bought(house, two, "A-1", customer="T2-K00001")
    house.push(one)
    house.push(two)
    record(one, "CustomersMerged", user="sam", merged="T2-K00001")
    house.push(one)
    assert told(house, "T2-K00001") == {"id": "T2-K00001", "into": ID}
    found = asked(house, "T2-K00001")
    assert found["customer"]["profile"] == {**IDA, "member": "M5", "notes": "Aisle\nDeaf"}
    assert [one["id"] for one in found["sales"]] == [sale]
    assert house.violations() == []


def test_erasing_leaves_sales_and_money_of_nobody(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    record(one, profile=IDA)
    bought(house, one, "A-1")
    bought(house, one, "A-2", customer="")
    house.push(one)
    assert "Ida" in everything(house)
    named = str(house.rows("SELECT id FROM sale ORDER BY id")[-1][0])
    record(two, "CustomerErased", user="sam", sales=[named])
    house.push(two)
    assert "Ida" not in everything(house)
    assert "ida@" not in everything(house)
    assert house.rows("SELECT count(*), sum(minor) FROM posting WHERE account = 'drawer:T1'") == [(2, 11600)]
    assert asked(house)["customer"]["id"] == ID
    assert house.violations() == []


def test_what_comes_too_late_of_somebody_who_was_erased_is_not_kept(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    record(one, profile=IDA)
    house.push(one)
    record(two, "CustomerErased", user="sam")
    house.push(two)
    bought(house, one, "A-1")
    record(one, "CustomerChanged", profile={"phone": "0660 Ida"})
    assert [result.verdict for result in house.push(one).results[-2:]] == ["applied", "applied"]
    assert "Ida" not in everything(house)
    assert house.violations() == []


def test_a_cashier_may_not_erase_and_the_office_says_so(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    record(one, profile=IDA)
    record(one, "CustomerErased", user="anna")
    house.push(one)
    assert house.rows("SELECT cause FROM dispute") == [("role",)]


def test_a_customer_that_nobody_recorded_is_a_dispute(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    record(one, "CustomerChanged", customer="T1-K00009", profile={"name": "x"})
    house.push(one)
    assert house.rows("SELECT cause FROM dispute") == [("record",)]
