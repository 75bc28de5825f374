"""Settlements at a till: from its own journal with the line down, step by step, each by who may."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.till.counter import Counter, documents

Make = Callable[..., Counter]
ID = "house.2027-03-01.T1"


@pytest.fixture
def counter(make_counter: Make) -> Counter:
    """Anna has sold two seats and closed her shift three short; the line is down, and Sam is signed in."""
    made = make_counter()
    made.open()
    made.add("A-1", "A-2")
    made.pay()
    made.line.cut()
    made.ask("close_shift", counted={"total": "215.00"})
    made.sign_in("sam")
    return made


def facts(counter: Counter, kind: str) -> list[dict[str, Any]]:
    found = [json.loads(row[0]) for row in counter.rows("SELECT envelope FROM journal ORDER BY number")]
    return [fact["body"] for fact in found if fact["kind"] == kind]


def submitted(counter: Counter) -> dict[str, Any]:
    found: dict[str, Any] = counter.ask("submit_settlement")["settlement"]
    return found


def test_a_window_is_settled_from_its_own_journal_with_the_line_down(counter: Counter) -> None:
    found = submitted(counter)
    assert (found["id"], found["state"], found["round"], found["provisional"]) == (ID, "submitted", 1, True)
    assert (found["people"], found["submitted_by"]) == (["anna"], "sam")
    assert found["figures"]["tenders"] == {"cash": "118.00"}
    assert found["figures"]["over_short"] == "-3.00"
    (body,) = facts(counter, "SettlementSubmitted")
    assert (body["digest"], body["heads"]) == (found["digest"], {"T1.1": counter.desk.number - 1})
    assert [one["id"] for one in counter.ask("settlements")["settlements"]] == [ID]


def test_what_is_looked_at_before_is_what_is_submitted(counter: Counter) -> None:
    preview = counter.ask("settlement", period="2027-03-01")
    assert preview["preview"]["digest"] == submitted(counter)["digest"]
    assert preview["report"]["report"] == "settlement"


def test_an_auditor_audits_and_accepts_and_nobody_else(counter: Counter) -> None:
    submitted(counter)
    for user in ("sam", "anna", "ada"):
        counter.sign_in(user)
        refused = counter.refusal("audit_settlement", settlement=ID, findings=[])
        assert refused.code == "not_allowed"
    counter.sign_in("otto")
    assert counter.refusal("submit_settlement").code == "not_allowed"
    assert "submitted" in counter.refusal("accept_settlement", settlement=ID).fields["reason"]
    audited = counter.ask("audit_settlement", settlement=ID, findings=[" three short ", ""])["settlement"]
    assert (audited["state"], audited["findings"]) == ("audited", ["three short"])
    assert counter.ask("accept_settlement", settlement=ID)["settlement"]["state"] == "accepted"
    assert counter.ask("settlements")["settlements"] == []
    assert [one["state"] for one in counter.ask("settlements", state="all")["settlements"]] == ["accepted"]


def test_what_was_returned_is_submitted_again_with_the_figures_of_then(counter: Counter) -> None:
    submitted(counter)
    counter.sign_in("otto")
    counter.ask("return_settlement", settlement=ID, reason="the bag is missing")
    counter.sign_in("sam")
    again = submitted(counter)
    assert (again["round"], again["state"], again["reason"]) == (2, "submitted", "")
    assert [step["what"] for step in again["history"]] == ["submitted", "returned", "submitted"]
    assert counter.refusal("submit_settlement").code == "not_allowed"


def test_an_auditor_who_sold_it_when_he_was_a_cashier_does_not_audit_it(counter: Counter) -> None:
    submitted(counter)
    anna = next(word.body for word in documents([]) if word.id == "anna")
    counter.line.document("user", anna | {"role": "auditor"})
    counter.settle()
    counter.sign_in("anna")
    refused = counter.refusal("audit_settlement", settlement=ID, findings=[])
    assert (refused.code, "sold, counted or submitted" in refused.fields["reason"]) == ("not_allowed", True)


def test_what_is_sold_after_is_an_adjustment_and_changes_nothing(counter: Counter) -> None:
    before = submitted(counter)
    counter.line.mend()
    counter.open("anna", "50.00")
    counter.add("A-3")
    counter.pay()
    counter.line.cut()
    counter.ask("close_shift", counted={"total": "109.00"})
    counter.sign_in("otto")
    found = counter.ask("settlement", settlement=ID)
    assert found["settlement"]["figures"] == before["figures"]
    assert found["adjustments"]["tender:cash"] == "59.00"
    assert any(table["heading"] == "adjustments" for table in found["report"]["tables"])


def test_another_windows_figures_are_the_offices(counter: Counter) -> None:
    assert counter.refusal("submit_settlement", till="T2").code == "offline"
    refused = counter.refusal("submit_settlement", till="T9")
    assert (refused.code, refused.fields["field"]) == ("bad_request", "till")
    assert counter.refusal("submit_settlement", period="soon").fields["field"] == "period"
    assert counter.refusal("submit_settlement", agreement="none").fields["field"] == "agreement"
    counter.sign_in("otto")
    assert counter.refusal("audit_settlement", settlement="x", findings=[]).code == "unknown_settlement"
