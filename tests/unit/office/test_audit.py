"""The audit at the office: what is flagged, who it is with, and how it ends; settlements, step by step."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pos.domain.books import Posting
from pos.domain.money import Money
from sync.office import auditlist
from sync.office.rules import changes, snapshot, watched
from sync.office.rules.documents import put
from sync.office.rules.look import KINDS
from sync.office.rules.watching import look
from sync.office.watcher import step
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]
SOON = datetime(2026, 11, 22, 18, 5, tzinfo=UTC)  # five minutes after what tills' facts say
ID = "house.2026-11-22.T1"
# Where one kind of database says all that there is to say.
ONCE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def till(house: House, tills_at: Tills) -> TillClient:
    (one,) = tills_at("T1")
    return one


def looked(house: House, now: datetime = SOON) -> int:
    """Look at all that is booked; how many documents tills were told of."""
    told = 0
    more = True
    while more:
        with house.database.write() as connection:
            done = look(connection, now)
            changes.log(connection, done.entries)
        told, more = told + len(done.entries), done.more
    return told


def documents(house: House, family: str) -> dict[str, dict[str, Any]]:
    """As a till has them that followed the change log; the snapshot has to say the same."""
    with house.database.read() as connection:
        log = [change for change in changes.after(connection, 0, 10_000) if change.family == family]
        latest = {change.id: change.body for change in log}
        whole = {item.id: item.body for item in snapshot.documents(connection).documents if item.family == family}
    assert latest == whole
    return whole


def item(house: House, id: str) -> dict[str, Any]:
    return documents(house, "audit_item")[id]


def overrides(house: House, till: TillClient, *seats: str, user: str = "anna") -> None:
    """Sales at a price that Sam approved, one for each seat."""
    for grant in house.granted(till, *seats):
        fact = till.sell(SHOW, grant, user=user)
        till.journal.pop()
        sale = json.loads(fact.envelope)["body"]["sale"]
        sale["tickets"][0]["override"] = {"was": "60.00", "reason": "a stain", "approver": "sam"}
        till.sell(SHOW, grant, user=user, body={"sale": sale})
    house.push(till)


FIVE = ("A-1", "A-2", "A-3", "A-4", "A-5")
OVER = "price_override:anna:2026-11-22"


def test_what_a_rule_fires_on_is_an_item_with_figures_facts_and_an_owner(house: House, till: TillClient) -> None:
    overrides(house, till, *FIVE[:4])
    looked(house)
    assert documents(house, "audit_item") == {}
    overrides(house, till, FIVE[4])
    looked(house)
    found = item(house, OVER)
    assert (found["sort"], found["rule"], found["people"], found["owner"]) == (
        "anomaly", "price_override", ["anna"], "sam",
    )  # fmt: skip
    assert found["figures"] == {"hits": 5, "currency": "EUR"}
    assert found["thresholds"] == {"least": 5, "window": "day"}
    assert len(found["facts"]) == 5
    assert house.violations() == []


def test_the_same_facts_flag_nothing_twice(house: House, till: TillClient) -> None:
    overrides(house, till, *FIVE)
    assert looked(house) == 1
    house.push(till)  # the whole journal again
    assert looked(house) == 0
    assert step(house.database) is False
    with house.database.read() as connection:
        assert not watched.due(connection)
        tallies = watched.tallies(connection, "2026-11-22", "2026-11-22", "anna")
    assert tallies["2026-11-22", "anna"].counts["overrides"] == 5


@ONCE
def test_an_items_figures_follow_the_facts_until_it_is_closed_and_it_is_opened_again_when_they_double(
    house: House, till: TillClient
) -> None:
    overrides(house, till, *FIVE)
    looked(house)
    overrides(house, till, "A-6")
    looked(house)
    assert item(house, OVER)["figures"]["hits"] == 6
    till.record("AuditItemClosed", {"item": OVER, "user": "otto", "note": "agreed with the producer"})
    house.push(till)
    assert item(house, OVER)["state"] == "closed"
    overrides(house, till, "A-7", "A-8", "A-9", "A-10", "A-11")
    looked(house)
    assert item(house, OVER)["state"] == "closed"
    overrides(house, till, "B-1")
    looked(house)
    again = item(house, OVER)
    assert (again["state"], again["figures"]["hits"]) == ("open", 12)
    assert [one["what"] for one in again["history"]] == ["closed", "reopened"]
    assert house.violations() == []


@ONCE
def test_whom_an_item_is_about_may_explain_and_not_close_it(house: House, till: TillClient) -> None:
    overrides(house, till, *FIVE, user="sam")
    looked(house)
    about = "price_override:sam:2026-11-22"
    assert item(house, about)["owner"] == "otto"
    till.record("AuditItemExplained", {"item": about, "user": "sam", "note": "the row was wet"})
    till.record("AuditItemClosed", {"item": about, "user": "sam", "note": "nothing"})
    house.push(till)
    found = item(house, about)
    assert (found["state"], found["owner"]) == ("open", "otto")
    assert [(one["what"], one["stands"]) for one in found["history"]] == [("explained", True), ("closed", False)]
    ((cause, detail),) = house.rows("SELECT cause, detail FROM dispute")
    assert cause == "audit"
    assert "about whoever did this" in str(detail)
    till.record("AuditItemTaken", {"item": about, "user": "otto"})
    till.record("AuditItemClosed", {"item": about, "user": "otto", "note": "seen"})
    house.push(till)
    assert item(house, about)["state"] == "closed"
    assert house.violations() == []


@ONCE
def test_a_cashier_closes_no_item_whoever_it_is_about(house: House, till: TillClient) -> None:
    overrides(house, till, *FIVE, user="sam")
    looked(house)
    till.record("AuditItemClosed", {"item": "price_override:sam:2026-11-22", "user": "anna", "note": "x"})
    house.push(till)
    assert item(house, "price_override:sam:2026-11-22")["state"] == "open"
    assert house.rows("SELECT cause FROM dispute") == [("role",)]


@ONCE
def test_thresholds_hours_owner_and_address_come_from_the_season(house: House, till: TillClient) -> None:
    with house.database.write() as connection:
        for family, id, body in (
            ("anomaly", "price_override", {"rule": "price_override", "least": 2, "notify": "audit@house.example"}),
            ("venue", "house", {"id": "house", "name": "H", "timezone": "Europe/Vienna", "currency": "EUR",
                                "opening_hours": "10:00-18:00"}),
        ):  # fmt: skip
            put(connection, family, id, body)
            changes.log(connection, [changes.Entry("document", family=family, id=id, body=body)])
    overrides(house, till, *FIVE[:2])
    looked(house)
    found = documents(house, "audit_item")
    assert found.keys() == {OVER, "outside_hours:anna:2026-11-22"}
    notices = documents(house, "notice")
    assert list(notices) == [f"audit:{OVER}"]
    assert notices[f"audit:{OVER}"]["to"] == "a…@house.example"


@ONCE
def test_a_short_drawer_is_a_difference_until_it_is_explained(house: House, till: TillClient) -> None:
    money = Money(10_000, "EUR")
    till.record("ShiftOpened", {"shift": "S1", "user": "anna", "float": "100.00"},
                postings=(Posting("drawer:T1", money), Posting("safe", -money)))  # fmt: skip
    report = {"expected": "100.00", "counted": "97.50", "difference": "-2.50"}
    sides = (("drawer:T1", -10_000), ("safe", 9_750), ("over_short", 250))
    postings = tuple(Posting(account, Money(minor, "EUR")) for account, minor in sides)
    till.record("ShiftClosed", {"shift": "S1", "user": "anna", "report": report}, postings=postings)
    house.push(till)
    looked(house)
    found = item(house, "over_short:S1")
    assert (found["sort"], found["figures"]["difference"], found["people"]) == ("difference", "-2.50", ["anna"])
    assert (found["owner"], found["till"], found["shift"]) == ("sam", "T1", "S1")


def test_a_card_payment_is_a_difference_when_nothing_ends_it_and_ends_with_it(house: House, till: TillClient) -> None:
    for payment in ("P1", "P2"):
        till.record("PaymentStarted", {"payment": payment, "user": "anna", "amount": "58.00"})
    till.record("PaymentEnded", {"payment": "P1", "user": "anna", "amount": "58.00", "outcome": "declined"})
    house.push(till)
    looked(house)
    assert documents(house, "audit_item") == {}
    looked(house, SOON + timedelta(hours=1))
    assert list(documents(house, "audit_item")) == ["payment:P2"]
    till.record("PaymentEnded", {"payment": "P2", "user": "anna", "amount": "58.00", "outcome": "declined"})
    house.push(till)
    looked(house)
    found = item(house, "payment:P2")
    assert (found["state"], found["history"][0]["by"]) == ("closed", "office")
    assert house.violations() == []


@ONCE
def test_a_terminals_end_of_day_that_differs_from_ours_is_a_difference(house: House, till: TillClient) -> None:
    for total, difference in (("58.00", "0.00"), ("57.00", "-1.00"), (None, None)):
        body = {"user": "anna", "total": total, "expected": "58.00", "difference": difference}
        till.record("TerminalDayEnded", body)
    house.push(till)
    looked(house)
    assert list(documents(house, "audit_item")) == ["card:T1.1.2", "card:T1.1.3"]


@ONCE
def test_a_shift_that_nobody_verifies_in_time_is_a_difference_and_ends_when_somebody_does(
    house: House, till: TillClient
) -> None:
    report = {"expected": "0.00", "counted": "0.00", "difference": "0.00"}
    till.record("ShiftOpened", {"shift": "S1", "user": "anna", "float": "0.00"})
    till.record("ShiftClosed", {"shift": "S1", "user": "anna", "report": report})
    house.push(till)
    looked(house)
    assert documents(house, "audit_item") == {}
    looked(house, SOON + timedelta(hours=13))
    assert item(house, "unverified:S1")["owner"] == "sam"
    body = {"shift": "S1", "till": "T1", "incarnation": 1, "user": "sam", "counted": "0.00", "recounted": "0.00"}
    till.record("ShiftVerified", body | {"closed_by": "anna", "difference": "0.00"})
    house.push(till)
    looked(house, SOON + timedelta(hours=13))
    assert item(house, "unverified:S1")["state"] == "closed"


def test_a_transfer_that_another_window_confirms_is_none_whichever_is_heard_first(
    house: House, tills_at: Tills
) -> None:
    one, two = tills_at("T1", "T2")
    ten = Money(1000, "EUR")
    for number in ("A", "B"):
        sent = {"sort": "transfer", "number": number, "what": "sent", "amount": "10.00", "receiver": "T2"}
        body = {"shift": "S1", "user": "anna", "kind": "transfer_out", "amount": "10.00", "parcels": [sent]}
        one.record("CashMoved", body, (), (Posting("drawer:T1", -ten), Posting(f"transit:{number}", ten)))
    got = {"sort": "transfer", "number": "A", "what": "received", "amount": "10.00"}
    body = {"shift": "S2", "user": "beth", "kind": "transfer_in", "amount": "10.00", "parcels": [got]}
    two.record("CashMoved", body, (), (Posting("drawer:T2", ten), Posting("transit:A", -ten)))
    house.push(two)
    looked(house)
    house.push(one)
    looked(house, SOON + timedelta(hours=3))
    assert list(documents(house, "audit_item")) == ["parcel:transfer:B"]


@ONCE
def test_the_office_looks_and_lists_on_demand(house: House, till: TillClient) -> None:
    overrides(house, till, *FIVE)
    submit(till)
    house.push(till)
    auditlist.bring_up_to_date(house.database)
    with house.database.read() as connection:
        found = auditlist.documents(connection, open_only=True)
    assert auditlist.as_text(found, SOON).splitlines()[1] == f"{ID} · submitted · 58.00 · submitted by sam"
    assert "anna: 5 · with sam" in auditlist.as_text(found, SOON)
    assert [one["id"] for one in json.loads(auditlist.as_json(found))["items"]] == [OVER]


@ONCE
def test_tills_are_told_of_terminals_and_of_what_people_did(house: House, till: TillClient) -> None:
    till.record("TerminalDayEnded", {"user": "anna", "total": "57.00", "expected": "58.00", "difference": "-1.00"})
    overrides(house, till, *FIVE[:2])
    looked(house)
    asked = {"since": "2026-11-22", "until": "2026-11-22", "user": "anna"}
    with house.database.read() as connection:
        (day,) = KINDS["terminal_days"](connection, "T1", {})["days"]
        people = KINDS["people"](connection, "T1", asked)
        nobody = KINDS["people"](connection, "T1", asked | {"user": "beth"})["tallies"]
    assert (day["fact"], day["till"], day["difference"]) == ("T1.1.1", "T1", "-1.00")
    ((on, who, counts),) = people["tallies"]
    assert (on, who, counts["sales"], nobody) == ("2026-11-22", "anna", 2, [])
    assert people["looked"] == {"T1.1": 3}


@ONCE
def test_the_drills_that_somebody_was_held_to_are_counted(house: House, till: TillClient) -> None:
    drill = {"id": "T1-D00001", "home": "T1", "person": "anna", "state": "done"}
    till.record("DrillHeld", {"user": "sam", "record": drill})
    till.record("DrillHeld", {"user": "sam", "record": drill | {"id": "T1-D00002", "state": "broken_off"}})
    house.push(till)
    looked(house)
    asked = {"since": "2026-11-22", "until": "2026-11-22", "user": ""}
    with house.database.read() as connection:
        assert KINDS["people"](connection, "T1", asked)["tallies"] == [["2026-11-22", "anna", {"drills": 1}]]


# ---- settlements -------------------------------------------------------------------------


def submit(till: TillClient, round: int = 1, digest: str = "d1", user: str = "sam", **tenders: str) -> None:
    till.record(
        "SettlementSubmitted",
        {
            "settlement": ID, "agreement": "house", "period": "2026-11-22", "since": "2026-11-22",
            "until": "2026-11-22", "till": "T1", "channel": "",
            "figures": {"tenders": tenders, "due": "58.00"},
            "digest": digest, "people": ["anna"], "heads": {"T1.1": len(till.journal)}, "provisional": False,
            "user": user, "round": round,
        },
    )  # fmt: skip


def settle(till: TillClient, kind: str, round: int = 1, digest: str = "d1", user: str = "otto", **more: Any) -> None:
    till.record(f"Settlement{kind}", {"settlement": ID, "user": user, "round": round, "digest": digest, **more})


@ONCE
def test_a_settlement_is_submitted_audited_and_accepted_at_any_till(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    submit(one)
    house.push(one)
    settle(two, "Audited", findings=["a bag is missing"])
    settle(two, "Accepted")
    house.push(two)
    found = documents(house, "settlement")[ID]
    assert (found["state"], found["findings"], found["figures"]) == (
        "accepted", ["a bag is missing"], {"tenders": {}, "due": "58.00"},
    )  # fmt: skip
    assert house.rows("SELECT cause FROM dispute") == []
    assert house.violations() == []


def test_two_who_accept_one_settlement_while_cut_off_make_a_dispute(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    submit(one)
    settle(one, "Audited")
    settle(one, "Accepted")
    settle(two, "Returned", reason="a bag is missing")
    house.push(one)
    house.push(two)
    found = documents(house, "settlement")[ID]
    assert (found["state"], found["reason"], found["history"][-1]["stands"]) == ("accepted", "", False)
    assert house.rows("SELECT cause, fact_id FROM dispute") == [("audit", "T2.1.1")]
    assert house.violations() == []


@ONCE
def test_figures_that_were_submitted_anew_are_not_accepted_for_the_old_ones(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    submit(one)
    settle(one, "Returned", reason="without the safe's count")
    submit(one, 2, "d2")
    settle(two, "Audited")
    for till in (one, two):
        house.push(till)
    assert documents(house, "settlement")[ID]["state"] == "submitted"
    assert house.rows("SELECT cause, fact_id FROM dispute") == [("audit", "T2.1.1")]


@pytest.mark.parametrize(("user", "cause"), [("anna", "role"), ("sam", "role")])
def test_who_is_no_auditor_settles_nothing(house: House, till: TillClient, user: str, cause: str) -> None:
    submit(till)
    settle(till, "Audited", user=user)
    house.push(till)
    assert documents(house, "settlement")[ID]["state"] == "submitted"
    assert house.rows("SELECT cause FROM dispute") == [(cause,)]
    assert house.violations() == []


@ONCE
def test_an_auditor_submits_nothing(house: House, till: TillClient) -> None:
    submit(till, user="otto")
    house.push(till)
    assert documents(house, "settlement") == {}
    assert house.rows("SELECT cause FROM dispute") == [("role",)]
    assert house.violations() == []


@pytest.mark.parametrize(
    ("family", "key", "value", "why"),
    [
        ("audit_item", "owner", "", "with nobody"),
        ("audit_item", "owner", "anna", "with anna"),
        ("audit_item", "state", "closed", "its history leaves it open"),
        ("settlement", "state", "accepted", "its history leaves it submitted"),
        ("settlement", "figures", {"tenders": {"cash": "57.00"}, "due": "57.00"}, "its figures are not those of"),
        ("settlement", "history", [], "its history is not what the facts about it say"),
    ],
)
@ONCE
def test_verify_sees_what_is_not_as_the_facts_say(
    house: House, till: TillClient, family: str, key: str, value: object, why: str
) -> None:
    overrides(house, till, *FIVE)
    submit(till)
    house.push(till)
    looked(house)
    id = OVER if family == "audit_item" else ID
    document = documents(house, family)[id] | {key: value}
    with house.database.write() as connection:
        put(connection, family, id, document)
        changes.log(connection, [changes.Entry("document", family=family, id=id, body=document)])
    assert any(id in line and why in line for line in house.violations())


@ONCE
def test_verify_adds_a_settlements_tenders_up_itself(house: House, till: TillClient) -> None:
    sold = house.granted(till, "A-1", "A-2")
    till.refund(till.sell(SHOW, *sold), sold[0])
    submit(till, cash="58.00")
    house.push(till)
    assert house.violations() == []
    settle(till, "Returned", reason="count again")
    submit(till, 2, "d2", cash="116.00")
    house.push(till)
    assert [line for line in house.violations() if "its facts" in line]
