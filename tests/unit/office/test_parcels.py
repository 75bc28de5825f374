"""Parcels of cash at the office: steps of several tills meet in any order, and what cannot be is a dispute."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pos.domain.books import Posting
from pos.domain.money import Money
from sync.office.rules import snapshot
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def parcels(house: House) -> dict[str, dict[str, Any]]:
    rows = house.rows("SELECT id, body FROM document WHERE family = 'parcel'")
    return {str(id): json.loads(str(body)) for id, body in rows}


def safe(house: House) -> dict[str, Any]:
    (row,) = house.rows("SELECT body FROM document WHERE family = 'safe'")
    told: dict[str, Any] = json.loads(str(row[0]))
    return told


def causes(house: House) -> list[str]:
    return [str(row[0]) for row in house.rows("SELECT cause FROM dispute ORDER BY id")]


def send(till: TillClient, amount: str = "30.00") -> None:
    moved = {"shift": "S1", "kind": "transfer_out", "reason": "coins", "step": {"receiver": "T2"}}
    till.parcel("CashMoved", "transfer", "T1-TR1", "sent", amount, "drawer", "transit", **moved)


def receive(till: TillClient, amount: str = "30.00") -> None:
    moved = {"shift": "S1", "kind": "transfer_in", "reason": "coins"}
    till.parcel("CashMoved", "transfer", "T1-TR1", "received", amount, "transit", "drawer", **moved)


@pytest.mark.parametrize("first", ["sender", "receiver"])
def test_two_ends_of_a_transfer_meet_whichever_comes_first(house: House, tills_at: Tills, first: str) -> None:
    one, two = tills_at("T1", "T2")
    send(one)
    receive(two)
    house.push(one if first == "sender" else two)
    (parcel,) = parcels(house).values()
    assert (parcel["state"], parcel["early"]) == (("sent", False) if first == "sender" else ("received", True))
    assert house.violations() == []
    house.push(two if first == "sender" else one)
    (parcel,) = parcels(house).values()
    assert (parcel["state"], parcel["early"], parcel["open"]) == ("received", False, {})
    assert [step["what"] for step in parcel["steps"]] == ["sent", "received"]
    assert (causes(house), house.violations()) == ([], [])
    with house.database.read() as connection:
        documents = snapshot.documents(connection).documents
    assert [document.body for document in documents if document.family == "parcel"] == [parcel]


def test_what_differs_between_two_ends_is_open_with_an_owner(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    send(one)
    receive(two, "28.00")
    house.push(two)
    house.push(one)
    (parcel,) = parcels(house).values()
    assert (parcel["open"], parcel["owner"], parcel["ended"]) == ({"EUR": "2.00"}, "anna", True)
    assert house.violations() == []
    assert any("transfer:T1-TR1" in note for note in house.notes())
    body = {"user": "sam", "booked_to": "over_short", "note": "a roll was short"}
    one.parcel("DifferenceExplained", "transfer", "T1-TR1", "explained", "2.00", "transit", "over_short", **body)
    house.push(one)
    (parcel,) = parcels(house).values()
    assert parcel["open"] == {}
    assert (causes(house), house.violations()) == ([], [])


def test_what_cannot_be_of_a_parcel_is_booked_and_disputed(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    one.parcel("BagMade", "bag", "7", "made", "50.00", "safe", "bag")
    house.push(one)
    two.parcel("BagMade", "bag", "7", "made", "60.00", "safe", "bag")
    house.push(two)
    assert causes(house) == ["parcel"]
    assert parcels(house)["bag:7"]["open"] == {"EUR": "110.00"}
    one.parcel("DepositMade", "deposit", "B", "made", "50.00", "safe", "deposit_bag", user="sam")
    one.parcel("DepositCredited", "deposit", "B", "credited", "50.00", "deposit_bag", "bank", user="sam")
    house.push(one)
    two.parcel("DepositCredited", "deposit", "B", "credited", "50.00", "deposit_bag", "bank", user="sam")
    house.push(two)
    send(one)
    receive(one)
    house.push(one)
    assert causes(house) == ["parcel", "parcel", "parcel"]
    details = [str(row[0]) for row in house.rows("SELECT detail FROM dispute ORDER BY id")]
    assert sum("transfer:T1-TR1: it was received at T1, and not at T2" in detail for detail in details) == 1
    assert house.violations() == []


def test_two_steps_of_one_page_are_held_against_each_other(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.parcel("BagMade", "bag", "7", "made", "50.00", "safe", "bag")
    one.parcel("BagMade", "bag", "7", "made", "50.00", "safe", "bag")
    house.push(one)
    assert (causes(house), house.violations()) == (["parcel"], [])


def test_tills_are_told_what_lies_in_the_safe_and_up_to_which_fact(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    one.drop("16.00")
    two.drop("4.00")
    house.push(one)
    house.push(two)
    assert safe(house) == {"id": "safe", "balances": {"EUR": "20.00"}, "heads": {"T1.1": 1, "T2.1": 1}}
    counted = {
        "user": "anna", "second": "sam", "when": "closing", "expected": "20.00", "counted": "19.00",
        "difference": "-1.00", "missing_bags": [], "note": "",
    }  # fmt: skip
    short = (Posting("safe", Money(-100, "EUR")), Posting("over_short", Money(100, "EUR")))
    one.record("SafeCounted", counted, postings=short)
    house.push(one)
    told = safe(house)
    assert (told["balances"], told["heads"]["T1.1"]) == ({"EUR": "19.00"}, 2)
    assert (told["count"]["by"], told["count"]["second"], told["count"]["difference"]) == ("anna", "sam", "-1.00")
    assert (causes(house), house.violations()) == ([], [])


@pytest.mark.parametrize(
    ("kind", "sort", "what", "user", "disputed"),
    [
        ("DepositMade", "deposit", "made", "anna", True),
        ("DepositMade", "deposit", "made", "sam", False),
        ("BagMade", "bag", "made", "anna", False),
        ("BagMade", "bag", "made", "otto", True),
        ("ChangeApproved", "change_order", "approved", "anna", True),
        ("ChangeApproved", "change_order", "approved", "sam", False),
    ],
)
@ON_SQLITE
def test_the_office_holds_cash_against_the_roles(
    house: House, tills_at: Tills, kind: str, sort: str, what: str, user: str, disputed: bool
) -> None:
    (one,) = tills_at("T1")
    account = {"deposit": "deposit_bag"}.get(sort, sort)
    one.parcel(kind, sort, "7", what, "50.00", "safe", account, user=user)
    house.push(one)
    assert causes(house) == (["role"] if disputed else [])


@ON_SQLITE
def test_a_step_that_is_none_cannot_be_read(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.parcel("BagMade", "bag", "7", "credited", "50.00", "safe", "bag")
    house.push(one)
    assert (causes(house), parcels(house)) == (["unreadable"], {})
    assert house.violations() == []


@ON_SQLITE
@pytest.mark.parametrize(
    ("corruption", "violation"),
    [
        (
            "UPDATE document SET body = replace(body, '\"100.00\"', '\"101.00\"') WHERE family = 'parcel'",
            "I4 parcel bag:7",
        ),
        ("DELETE FROM document WHERE family = 'parcel'", "I3 parcel bag:7"),
        ("UPDATE document SET body = replace(body, '-100.00', '-101.00') WHERE family = 'safe'", "I4 the safe"),
        ("UPDATE posting SET minor = minor + 1 WHERE account = 'safe'", "I4 all accounts together"),
        ("DELETE FROM dispute WHERE cause = 'parcel'", "I4 parcel bag:7: begin by"),
    ],
)
def test_verify_sees_cash_that_is_not_where_it_should_be(
    house: House, tills_at: Tills, corruption: str, violation: str
) -> None:
    (one,) = tills_at("T1")
    one.parcel("BagMade", "bag", "7", "made", "50.00", "safe", "bag")
    one.parcel("BagMade", "bag", "7", "made", "50.00", "safe", "bag")
    house.push(one)
    assert house.violations() == []
    house.run(corruption)
    assert any(violation in found for found in house.violations()), house.violations()
