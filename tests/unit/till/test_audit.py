"""The audit at a till: who sees what, who may do what, with and without the line; what people see of themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pos.domain.audit.items import after, opened
from tests.unit.till.counter import Counter

Make = Callable[..., Counter]
ANOMALY, DIFFERENCE = "no_sale:anna:2027-03-01", "over_short:T2-1-S0001"


def item(id: str, people: list[str], owner: str = "sam", at: str = "2027-03-01T16:00:00+00:00") -> dict[str, Any]:
    sort = "anomaly" if id == ANOMALY else "difference"
    return opened(id, sort, id.partition(":")[0], people, owner, at, {"hits": 6}, ["T1.1.7"], day="2027-03-01")


@pytest.fixture
def counter(make_counter: Make) -> Counter:
    """The office has told of an anomaly about Anna, and of a difference of Beth's."""
    made = make_counter()
    made.line.document("audit_item", item(ANOMALY, ["anna"]))
    made.line.document("audit_item", item(DIFFERENCE, ["beth"], at="2027-03-01T15:00:00+00:00"))
    made.settle()
    return made


def ids(counter: Counter, **fields: Any) -> list[str]:
    return [one["id"] for one in counter.ask("audit_items", **fields)["items"]]


def told(counter: Counter, kind: str) -> dict[str, Any]:
    """The body of the last fact, which has to be of this kind and to move nothing."""
    (envelope,) = counter.rows("SELECT envelope FROM journal ORDER BY number DESC LIMIT 1")[0]
    fact = json.loads(envelope)
    assert (fact["kind"], fact["money"], fact["effects"]) == (kind, [], [])
    body: dict[str, Any] = fact["body"]
    return body


@pytest.mark.parametrize("user", ["sam", "otto", "ada"])
def test_who_oversees_sees_all_the_oldest_first(counter: Counter, user: str) -> None:
    counter.sign_in(user)
    assert ids(counter) == [DIFFERENCE, ANOMALY]
    assert ids(counter, sort="anomaly") == [ANOMALY]
    shown = counter.ask("audit_items", sort="anomaly")["items"][0]
    assert (shown["age_s"], shown["names"], shown["pending"]) == (3600, {"anna": "Anna", "sam": "Sam"}, False)


def test_a_cashier_sees_what_is_about_him_and_nothing_else(counter: Counter) -> None:
    counter.sign_in("anna")
    assert ids(counter) == [ANOMALY]
    assert counter.refusal("explain_audit_item", item=DIFFERENCE, note="x").code == "unknown_audit_item"


def test_a_cashier_explains_what_is_about_him_and_cannot_close_it(counter: Counter) -> None:
    counter.sign_in("anna")
    shown = counter.ask("explain_audit_item", item=ANOMALY, note=" the lock jams ")["item"]
    assert (shown["state"], shown["pending"]) == ("open", True)
    assert told(counter, "AuditItemExplained") == {"item": ANOMALY, "user": "anna", "note": "the lock jams"}
    for verb in ("take_audit_item", "close_audit_item"):
        note = {"note": "x"} if verb.startswith("close") else {}
        assert counter.refusal(verb, item=ANOMALY, **note).code == "not_allowed"


def test_a_supervisor_takes_and_closes_with_the_line_down_and_only_once(counter: Counter) -> None:
    counter.line.cut()
    counter.sign_in("sam")
    assert counter.ask("take_audit_item", item=ANOMALY)["item"]["state"] == "taken"
    before = counter.rows("SELECT count(*) FROM journal")
    assert counter.ask("take_audit_item", item=ANOMALY)["item"]["state"] == "taken"
    assert counter.rows("SELECT count(*) FROM journal") == before
    counter.ask("close_audit_item", item=ANOMALY, note="a new lock is ordered")
    assert ids(counter) == [DIFFERENCE]
    assert ids(counter, state="all") == [DIFFERENCE, ANOMALY]
    refused = counter.refusal("close_audit_item", item=ANOMALY, note="again")
    assert (refused.code, refused.fields["reason"]) == ("not_allowed", "it is closed already")
    counter.restart()
    counter.sign_in("sam")
    assert ids(counter) == [DIFFERENCE]


def test_nobody_takes_or_closes_what_is_about_himself(make_counter: Make) -> None:
    counter = make_counter()
    counter.line.document("audit_item", item(ANOMALY, ["sam"], owner="otto"))
    counter.sign_in("sam")
    for verb, note in (("take_audit_item", {}), ("close_audit_item", {"note": "x"})):
        refused = counter.refusal(verb, item=ANOMALY, **note)
        assert (refused.code, refused.fields["reason"]) == ("not_allowed", "it is about whoever did this")


def test_what_the_office_tells_back_is_not_laid_over_twice(counter: Counter) -> None:
    counter.sign_in("sam")
    counter.ask("take_audit_item", item=ANOMALY)
    (row,) = counter.ask("audit_items", sort="anomaly")["items"]
    step = {key: value for key, value in row["history"][0].items() if key != "stands"}
    counter.line.document("audit_item", after(item(ANOMALY, ["anna"]), step))
    counter.settle()
    (row,) = counter.ask("audit_items", sort="anomaly")["items"]
    assert (row["pending"], len(row["history"])) == (False, 1)


def test_a_new_item_is_announced_to_its_owner_alone(make_counter: Make) -> None:
    counter = make_counter()
    counter.sign_in("anna")
    counter.line.document("audit_item", item(ANOMALY, ["anna"]))
    counter.settle()
    assert counter.said("audit_item") == []
    counter.sign_in("sam")
    counter.line.document("audit_item", item(DIFFERENCE, ["beth"]))
    counter.settle()
    assert [event["item"] for event in counter.said("audit_item")] == [DIFFERENCE]


# ---- people ------------------------------------------------------------------------------


def test_a_cashier_sees_what_he_did_today_and_only_that(make_counter: Make) -> None:
    counter = make_counter()
    counter.open()
    for seat in ("A-1", "A-2"):
        counter.add(seat)
        counter.pay()
        counter.clock.wait(seconds=90)
    counter.line.cut()
    found = counter.ask("my_figures")
    person = found["person"]
    assert (found["partial"], found["since"], person["user"], person["name"]) == (True, "2027-03-01", "anna", "Anna")
    assert (person["sales"], person["tickets"], person["seconds_a_sale"], person["refunds"]) == (2, 2, 90, 0)
    assert counter.refusal("people_figures").code == "not_allowed"
    counter.sign_in("beth")
    assert counter.ask("my_figures")["person"]["sales"] == 0


def test_the_offices_counts_and_this_tills_own_are_not_counted_twice(make_counter: Make) -> None:
    counter = make_counter()
    counter.open()
    counter.add("A-1")
    counter.pay()
    (head,) = counter.rows("SELECT max(number) FROM journal")[0]
    counter.line.found["people"] = {
        "tallies": [["2027-03-01", "anna", {"sales": 7, "tickets": 9}]],
        "looked": {"T1.1": head},
    }
    counter.add("A-2")
    counter.pay()
    found = counter.ask("my_figures")
    assert (found["partial"], found["person"]["sales"], found["person"]["tickets"]) == (False, 8, 10)


def test_the_worklist_and_people_are_reports_too(counter: Counter) -> None:
    counter.sign_in("otto")
    worklist = counter.ask("audit_items", report=True)
    assert worklist["report"]["report"] == "worklist"
    assert [row[0] for row in worklist["report"]["tables"][0]["rows"]] == ["over_short", "no_sale"]
    assert worklist["words"]["no_sale"] == "Drawer opened without a sale"
    counter.line.cut()
    people = counter.ask("people_figures", report=True)
    assert (people["report"]["report"], people["made"] > worklist["made"]) == ("people", True)


def test_days_that_are_none_are_refused(counter: Counter) -> None:
    counter.sign_in("otto")
    assert counter.refusal("people_figures", since="yesterday").fields["field"] == "since"
    assert counter.refusal("people_figures", since="2027-03-02", until="2027-03-01").fields["field"] == "until"


def test_card_totals_are_what_terminals_handed_in_against_the_tills_own(counter: Counter) -> None:
    told = {
        "till": "T2",
        "terminal": "77",
        "user": "beth",
        "total": "57.00",
        "expected": "58.00",
        "difference": "-1.00",
    }
    days = [told | {"fact": "T2.1.9", "at": f"2027-03-0{day}T22:00:00+01:00", "cards": []} for day in (1, 2)]
    counter.line.found["terminal_days"] = {"days": days[:1]}
    counter.sign_in("anna")
    assert counter.refusal("card_totals").code == "not_allowed"
    counter.sign_in("otto")
    found = counter.ask("card_totals")
    assert [(one["day"], one["difference"]) for one in found["days"]] == [("2027-03-01", "-1.00")]
    assert found["report"]["tables"][0]["rows"] == [["2027-03-01", "Window 2", "Beth", "57.00", "58.00", "-1.00"]]
    assert counter.ask("card_totals", since="2027-02-01", until="2027-02-02")["days"] == []
    counter.line.cut()
    assert (counter.ask("card_totals")["partial"], counter.ask("card_totals")["days"]) == (True, [])
