"""Parcels of cash at the office: steps of several tills meet in any order, and what cannot be is a dispute."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pos.domain.books import Posting
from pos.domain.money import Money
from pos.store import journal
from pos.store.identity import TillKeys
from pos.till.drawer import parcels as at_till
from sync.office.rules import enrolment, snapshot
from sync.office.rules.facts import accept
from sync.office.rules.reading import read
from sync.wire import FactItem
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.till.counter import PINS, Counter

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


def test_pages_that_come_at_once_lose_no_step(house: House, tills_at: Tills) -> None:
    """Whoever is second finds what the first has written, though each till pushes for itself."""
    one, two = tills_at("T1", "T2")
    for number in range(12):
        one.parcel("BagMade", "bag", f"{number}", "made", "50.00", "safe", "bag")
        two.parcel("BagOpened", "bag", f"{number}", "opened", "50.00", "bag", "safe")
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(house.push, (one, two)))
    assert {parcel["state"] for parcel in parcels(house).values()} == {"opened"}
    assert {len(parcel["steps"]) for parcel in parcels(house).values()} == {2}
    assert safe(house)["balances"] == {"EUR": "0.00"}
    assert (causes(house), house.violations()) == ([], [])


# ---- what real tills say ---------------------------------------------------------------------


class RealTills:
    """Tills as they run at a counter, cut off from each other, and the office that hears them afterwards."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        self.tills = {name: Counter(folder / name, [], till=name) for name in ("T1", "T2")}
        for name, till in self.tills.items():
            with house.database.write() as connection:
                code = enrolment.offer(connection, name, 0, replace=False)
            with house.database.write() as connection:
                enrolment.redeem(connection, code, TillKeys(till.identity).public(), 0)

    def push(self, name: str) -> None:
        till = self.tills[name]
        till.settle()
        facts = till.desk.submit(lambda: journal.facts_after(till.desk.ledger.connection, 0, 500)).result(10)
        items = [
            FactItem(
                number=fact.number,
                envelope=fact.envelope.decode(),
                hash=fact.hash,
                signature=base64.b64encode(fact.signature).decode(),
                beside=fact.beside,
            )
            for fact in facts
        ]
        arrived = read(items, name, 1, TillKeys(till.identity).public())
        with self.house.database.write() as connection:
            accept(connection, name, 1, arrived, 0)

    def stop(self) -> None:
        for till in self.tills.values():
            till.stop()


@ON_SQLITE
def test_an_evening_of_real_tills_comes_to_nothing_left_over(house: House, tmp_path: Path) -> None:
    real = RealTills(house, tmp_path)
    one, two = real.tills["T1"], real.tills["T2"]
    sam = {"user": "sam", "pin": PINS["sam"]}
    try:
        for till in (one, two):
            till.line.cut()
        one.sign_in()
        one.ask("make_bag", bag="F-1", counted={"50.00": 4})
        one.ask("open_shift", bag="F-1")
        two.open(float_="100.00")
        sent = one.ask("move_cash", kind="transfer_out", amount="40.00", reason="coins", to="T2")["transfer"]
        two.ask("move_cash", kind="transfer_in", amount="40.00", reason="coins", transfer=sent)
        order = two.ask("order_change", wanted={"1.00": 20})["change_order"]["number"]
        two.ask("approve_change", order=order, approver=sam)
        two.ask("receive_change", order=order, counted={"1.00": 20})
        one.ask("counterfeit", denomination="50.00", serial="X", name="Mr Black")
        one.ask("move_cash", kind="drop", amount="60.00", reason="full", bag="D-1")
        one.ask("move_cash", kind="fetch", amount="5.00", reason="refund")
        shift = one.ask("shift")["shift"]
        one.ask("close_shift", counted={"total": "55.00"})
        one.sign_in("sam")
        one.ask("make_deposit", deposit="B-1", counted={"50.00": 1}, bags=["D-1"], shifts={shift: "50.00"})
        one.ask("collect_deposit", deposit="B-1", name="Carl", receipt="7")
        one.ask("credit_deposit", deposit="B-1", amount="109.00", value_date="2027-03-02", reference="E-5")
        for name in ("T2", "T1"):  # the receiver is heard before the sender
            real.push(name)
        assert causes(house) == []
        assert house.violations() == []
        (note,) = [note for note in house.notes() if "parcel" in note]
        assert "deposit:B-1" in note
        one.ask("explain_difference", of="deposit:B-1", note="a coin was missing")
        real.push("T1")
        assert not [note for note in house.notes() if "parcel" in note]
        believed = one.desk.submit(lambda: at_till.believed(one.desk)).result(10)
        there = parcels(house)
        assert {id: there[id] for id in believed if not id.startswith("transfer")} == {
            id: parcel for id, parcel in believed.items() if not id.startswith("transfer")
        }
        assert all(not parcel["open"] and parcel["ended"] for parcel in there.values())
        assert "Carl" not in json.dumps(there)
        left = house.rows("SELECT account FROM posting GROUP BY account HAVING sum(minor) <> 0 ORDER BY account")
        accounts = [str(row[0]) for row in left]
        assert accounts == ["bank", "counterfeit", "drawer:T2", "over_short", "safe"]
    finally:
        real.stop()
