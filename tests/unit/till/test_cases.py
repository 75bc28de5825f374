"""Complaints and requests: a number, a due time and a slip, from any sale, offline too."""

from __future__ import annotations

import io
from datetime import timedelta

from pos.store.verify import report
from tests.unit.till.counter import NOW, Counter


def test_a_case_is_opened_offline_with_its_number_on_a_slip(counter: Counter) -> None:
    counter.add("A-1")
    sale = counter.pay(buyer={"name": "Ida", "contact": "ida@example.org"})
    counter.line.cut()
    answer = counter.ask("case", kind="complaint", sale=sale["tickets"][0]["code"], words="Too loud")
    case = answer["case"]
    assert (case["id"], case["sale"], case["name"], case["state"]) == ("T1-C00001", sale["id"], "Ida", "open")
    assert case["due"] == (NOW + timedelta(hours=48)).isoformat(timespec="seconds")
    (job,) = [job for job in counter.ask("jobs")["jobs"] if job["job"] == answer["job"]]
    assert job["kind"] == "case"
    (content,) = counter.rows(f"SELECT content FROM print_job WHERE id = {answer['job']}")[0]
    assert "T1-C00001" in content
    assert "Ida" not in "".join(bytes(row[0]).decode() for row in counter.rows("SELECT envelope FROM journal"))
    assert "loud" not in "".join(bytes(row[0]).decode() for row in counter.rows("SELECT envelope FROM journal"))
    assert report(counter.folder, io.StringIO()) == 0


def test_cases_are_listed_by_when_they_are_due_and_the_late_ones_say_so(counter: Counter) -> None:
    first = counter.ask("case", kind="request")["case"]["id"]
    counter.clock.wait(hours=1)
    second = counter.ask("case", kind="complaint", words="Cold hall")["case"]["id"]
    counter.clock.wait(hours=47.5)
    assert [(one["id"], one["late"]) for one in counter.ask("cases")["cases"]] == [(first, True), (second, False)]
    counter.line.document("case", {"id": "T2-C00001", "due": "2027-03-01T00:00:00+01:00", "state": "closed"})
    assert len(counter.ask("cases")["cases"]) == 2
    assert counter.ask("cases", state="all")["cases"][0]["id"] == "T2-C00001"


def test_what_is_malformed_is_refused(counter: Counter) -> None:
    assert counter.refusal("case", kind="praise").fields["field"] == "kind"
    assert counter.refusal("case", kind="request", sale="T9-1").code == "unknown_ticket"
    assert counter.refusal("case", kind="request", customer="T9-K1").code == "unknown_customer"
    assert counter.bodies("CaseOpened") == []


def test_the_same_key_opens_one_case(counter: Counter) -> None:
    one = counter.ask("case", kind="request", key="k1")
    assert counter.ask("case", kind="request", key="k1") == one
    assert len(counter.bodies("CaseOpened")) == 1
