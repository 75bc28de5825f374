"""Records that tills keep: the office takes them from their homes alone, and tells every till."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pos.domain.contingency import evacuation
from pos.domain.records import is_of
from sync.office.rules import snapshot
from sync.office.rules.claims import Claim
from sync.wire import ClaimAnswer
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]


def entry(home: str, number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{home}-W{number:05d}", "home": home, "show": SHOW, "number": number, "state": "waiting", "calls": 0,
    } | more  # fmt: skip


def told(house: House, family: str) -> dict[str, Any]:
    rows = house.rows(f"SELECT id, body FROM document WHERE family = '{family}'")
    return {str(id): json.loads(str(body)) for id, body in rows}


def test_the_last_word_of_its_home_is_the_record(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.record("StandbyChanged", {"user": "anna", "record": entry("T1", 1)})
    one.record("StandbyChanged", {"user": "anna", "record": entry("T1", 2)})
    one.record("StandbyChanged", {"user": "anna", "record": entry("T1", 1, state="called")})
    assert {result.verdict for result in house.push(one).results} == {"applied"}
    assert {id: record["state"] for id, record in told(house, "standby").items()} == {
        "T1-W00001": "called", "T1-W00002": "waiting",
    }  # fmt: skip
    one.record("StandbyChanged", {"user": "anna", "record": entry("T1", 1, state="served")})
    house.push(one)
    assert told(house, "standby")["T1-W00001"]["state"] == "served"
    with house.database.read() as connection:
        documents = snapshot.documents(connection).documents
    assert [document.id for document in documents if document.family == "standby"] == ["T1-W00001", "T1-W00002"]
    assert house.violations() == []


def test_what_another_till_keeps_is_not_changed(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    one.record("StandbyChanged", {"user": "anna", "record": entry("T1", 1)})
    house.push(one)
    two.record("StandbyChanged", {"user": "anna", "record": entry("T1", 1, state="served")})
    house.push(two)
    assert told(house, "standby")["T1-W00001"]["state"] == "waiting"
    assert house.rows("SELECT cause FROM dispute") == [("record",)]
    assert house.violations() == []


def test_anybody_calls_an_evacuation_and_a_supervisor_ends_it_for_all(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    at = "2027-03-01T18:00:00+01:00"

    def end(user: str, number: int, *, here: bool) -> None:
        record = evacuation.ended(f"T1-E{number}", "T1", user, at, ["T1-E1"], here=here)
        one.record("EvacuationEnded", {"user": user, "record": record})

    one.record("EvacuationCalled", {"user": "", "record": evacuation.called("T1-E1", "T1", "", at)})
    end("anna", 2, here=True)
    end("sam", 3, here=False)
    assert {result.verdict for result in house.push(one).results} == {"applied"}
    assert sorted(told(house, "evacuation")) == ["T1-E1", "T1-E2", "T1-E3"]
    end("anna", 4, here=False)  # a cashier's till would not have done that
    house.push(one)
    assert house.rows("SELECT cause FROM dispute") == [("role",)]
    assert house.violations() == []


def test_what_is_called_off_is_granted_to_nobody(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    grants = house.granted(two, "A-1")
    two.sell(SHOW, *grants)
    house.push(two)
    at = "2027-03-01T18:00:00+01:00"
    about = {"home": "T1", "show": SHOW, "by": "sam", "reason": "water", "at": at}

    def tell(kind: str, user: str, number: int, **record: Any) -> str:
        approver = {"approver": "sam"} if record.pop("approved", False) else {}
        one.record(kind, {"user": user, "record": about | {"id": f"T1-D{number:05d}"} | record} | approver)
        return str(house.push(one).results[-1].verdict)

    assert tell("PlacesClosed", "anna", 1, what="closed", places=["A-1", "A-2"], approved=True) == "applied"
    assert house.refused(one, "A-2") == ["held"]
    claim = Claim("refund", "T1", 1, SHOW, ("A-1",), True, 0.0, sold=True)
    (outcome,) = house.settle(claim)
    assert isinstance(outcome, ClaimAnswer)
    assert [item.code for item in outcome.refused] == ["right_elsewhere"]  # the right to refund is T2's, as ever
    assert tell("PlacesReopened", "sam", 2, what="reopened", of={"T1-D00001": ["A-2"]}) == "applied"
    assert len(house.granted(one, "A-2")) == 1
    assert tell("ShowAbandoned", "sam", 3, what="stopped") == "disputed"  # nobody could read that
    assert tell("ShowAbandoned", "sam", 4, what="abandoned") == "applied"
    assert house.refused(one, "A-3") == ["held"]
    tell("ShowAbandoned", "anna", 5, what="abandoned")  # a cashier alone may not
    assert {row[0] for row in house.rows("SELECT cause FROM dispute")} == {"role", "unreadable"}
    assert house.violations() == []


def test_a_contingency_plan_is_every_tills_and_one_of_a_cashier_is_in_dispute(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")

    def issue(user: str, number: int) -> None:
        record = {"id": f"T1-E{number:05d}", "home": "T1", "user": user, "at": "2027-03-01T18:00:00+01:00"}
        record |= {"version": "2027-1", "valid_from": "2027-03-01", "text": 'version = "2027-1"'}
        one.record("PlanIssued", {"user": user, "record": record})

    issue("sam", 1)
    house.push(one)
    assert house.rows("SELECT cause FROM dispute") == []
    with house.database.read() as connection:
        documents = snapshot.documents(connection).documents
    assert [document.id for document in documents if document.family == "contingency_plan"] == ["T1-E00001"]
    issue("anna", 2)  # a cashier's till would not have done that
    house.push(one)
    assert house.rows("SELECT cause FROM dispute") == [("role",)]
    assert house.violations() == []


def test_a_record_of_ones_own_is_not_another_tills_home(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.record("StandbyChanged", {"user": "anna", "record": entry("T1", 1) | {"home": "T2"}})
    house.push(one)
    assert told(house, "standby") == {}
    assert house.rows("SELECT cause FROM dispute") == [("record",)]


def test_invoices_without_a_gap(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    for number in (1, 2, 4):
        record = {"id": f"T1-N{number:05d}", "home": "T1", "number": number, "document": {"id": f"S{number}"}}
        one.record("InvoiceIssued", {"user": "anna", "record": record})
    house.push(one)
    assert house.violations() == ["I5 T1.1: its invoices are numbered [1, 2, 4]"]


def test_a_record_that_the_office_lost_is_named(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.record("StandbyChanged", {"user": "anna", "record": entry("T1", 1)})
    house.push(one)
    with house.database.write() as connection:
        connection.exec_driver_sql("UPDATE document SET body = '{}' WHERE family = 'standby'")
    assert any(line.startswith("I3 standby T1-W00001") for line in house.violations())


def test_who_may_not_sell_may_not_keep_lists(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.record("StandbyChanged", {"user": "otto", "record": entry("T1", 1)})
    house.push(one)
    assert house.rows("SELECT cause FROM dispute") == [("role",)]


def test_a_drill_is_a_supervisors_and_an_action_its_owners_too(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    drill = {"id": "T1-D00001", "home": "T1", "person": "anna", "state": "done", "points": 80, "of": 100}
    action = {"id": "T1-A00001", "home": "T1", "action": "T1-A00001", "owner": "otto", "state": "open"}
    one.record("DrillHeld", {"user": "sam", "record": drill})
    one.record("PlanActionChanged", {"user": "sam", "record": action})
    one.record("PlanActionChanged", {"user": "otto", "record": action | {"id": "T1-A00002", "state": "done"}})
    assert {result.verdict for result in house.push(one).results} == {"applied"}
    assert told(house, "drill") == {"T1-D00001": drill}
    assert {id: each["state"] for id, each in told(house, "plan_action").items()} == {
        "T1-A00001": "open", "T1-A00002": "done",
    }  # fmt: skip
    assert house.violations() == []
    for user, kind, record in (
        ("anna", "DrillHeld", drill | {"id": "T1-D00002"}),
        ("anna", "PlanActionChanged", action | {"id": "T1-A00003", "state": "dropped"}),
    ):
        one.record(kind, {"user": user, "record": record})
    house.push(one)
    assert house.rows("SELECT cause FROM dispute") == [("role",), ("role",)]


def test_a_drill_that_cannot_be_read_is_a_dispute_and_counts_for_nobody(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.record("DrillHeld", {"user": "sam", "record": {"id": "T1-D00001", "home": "T1", "person": "anna"}})
    house.push(one)
    assert [result[0] for result in house.rows("SELECT cause FROM dispute")] == ["unreadable"]
    assert told(house, "drill") == {}


@pytest.mark.parametrize(
    ("id", "till", "own"),
    [
        ("T1-C00001", "T1", True), ("T1.2-C00001", "T1", True), ("T1-2-W00001", "T1", False),
        ("T1.12-C100000", "T1", True),
        ("T12-C00001", "T1", False), ("T1-C00001", "T12", False), ("T1.2-C00001", "T2", False),
        ("T1-X-C00001", "T1", False), ("T1.-C00001", "T1", False),
        ("T1-", "T1", False), ("T1", "T1", False), ("T1-C00001\n", "T1", False),
        ("Box-1-C00001", "Box-1", True), ("Box-11-C00001", "Box-1", False),
    ],
)  # fmt: skip
def test_whose_an_id_is(id: str, till: str, own: bool) -> None:
    assert is_of(id, till) is own


def test_a_till_that_was_enrolled_again_keeps_records_and_goes_on_with_its_old_ones(house: House) -> None:
    before = house.enrol("T1")
    before.record("StandbyChanged", {"user": "anna", "record": entry("T1", 1)})
    house.push(before)
    again = house.enrol("T1", replace=True)
    case = {"id": "T1.2-C00001", "home": "T1", "kind": "request", "state": "open", "sale": "", "customer": ""}
    again.record("CaseOpened", {"user": "anna", "record": case})
    again.record("StandbyChanged", {"user": "anna", "record": entry("T1", 1) | {"id": "T1.2-W00001"}})
    again.record("StandbyChanged", {"user": "anna", "record": entry("T1", 1, state="called")})
    again.record("CustomerRecorded", {"user": "anna", "customer": "T1.2-K00001", "profile": {"name": "Ida"}})
    assert {result.verdict for result in house.push(again).results} == {"applied"}
    assert house.rows("SELECT cause FROM dispute") == []
    assert list(told(house, "case")) == ["T1.2-C00001"]
    assert list(told(house, "customer")) == ["T1.2-K00001"]
    assert {id: one["state"] for id, one in told(house, "standby").items()} == {
        "T1-W00001": "called", "T1.2-W00001": "waiting",
    }  # fmt: skip
    assert house.violations() == []


@pytest.mark.parametrize("family", ["case", "customer"])
def test_a_till_whose_name_begins_anothers_does_not_make_its_documents(
    house: House, tills_at: Tills, family: str
) -> None:
    (one,) = tills_at("T1")
    if family == "case":
        case = {"id": "T12-C00001", "home": "T1", "kind": "request", "state": "open", "sale": "", "customer": ""}
        one.record("CaseOpened", {"user": "anna", "record": case})
    else:
        one.record("CustomerRecorded", {"user": "anna", "customer": "T12-K00001", "profile": {"name": "Ida"}})
    house.push(one)
    assert told(house, family) == {}
    assert len(house.rows("SELECT cause FROM dispute")) == 1
