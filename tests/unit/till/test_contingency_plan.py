"""Which contingency plan is in force, how one is issued to all tills, and the sheet that is read at the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from pos.app.reports import ReportWork
from pos.till.contingency import levels
from pos.till.contingency.plan import FILE
from tests.unit.till.counter import Counter
from tests.unit.till.test_reports import FONTS

TODAY, YESTERDAY, TOMORROW = "2027-03-01", "2027-02-28", "2027-03-02"


def plan(version: str, valid_from: str = TODAY) -> str:
    return f"""
version = "{version}"
valid_from = {valid_from}
approved_by = "Ada"
[[person]]
key = "duty"
name = "Dana Duty"
telephone = "+43 1 555 01 00"
role = {{en = "Duty manager", hu = "Ügyeletes"}}
tell_at = ["alone"]
[level.alone]
title = {{en = "Nobody answers", hu = "Senki sem válaszol"}}
steps = [{{en = "Call Dana."}}]
"""


def write(counter: Counter, text: str | bytes) -> None:
    (counter.folder / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())


def in_force(counter: Counter) -> tuple[str, str, list[str]]:
    told: dict[str, Any] = counter.ask("contingency")["plan"]
    return told["version"], told["source"], told["troubles"]


def level(sheet: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in sheet["levels"] if one["level"] == name)
    return found


def test_without_another_the_shipped_plan_is_in_force_and_needs_no_sign_in(counter: Counter) -> None:
    counter.ask("sign_out")
    assert in_force(counter) == ("1", "shipped", [])
    sheet = counter.ask("contingency")
    assert [one["level"] for one in sheet["levels"]] == ["normal", "backup", "away", "alone", "dead", "paper"]
    assert (sheet["level"], sheet["people"]) == ("normal", [])


def test_it_is_read_before_the_first_word_of_the_office(counter: Counter) -> None:
    counter.writer.close()
    counter.restart(lambda: [file.unlink() for file in counter.folder.glob("replica.db*")])
    write(counter, plan("house"))
    assert in_force(counter) == ("house", "file", [])


def test_a_file_in_the_folder_is_read_whenever_it_is_looked_at(counter: Counter) -> None:
    write(counter, plan("house"))
    sheet = counter.ask("contingency", language="hu")
    assert (sheet["plan"]["version"], sheet["plan"]["source"]) == ("house", "file")
    assert level(sheet, "alone")["title"] == "Senki sem válaszol"
    assert level(sheet, "alone")["steps"] == ["Call Dana."]  # English where a language is missing
    assert level(sheet, "dead")["title"]  # what it leaves out is the shipped plan's
    assert [(one["key"], one["role"], one["told_at"]) for one in sheet["people"]] == [("duty", "Ügyeletes", None)]
    write(counter, plan("house", TOMORROW))
    assert in_force(counter) == ("1", "shipped", [])


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"version =", "is no TOML"), (b"\xff\xfe", "is not UTF-8"), (b'version = "2"', "valid_from: is missing")],
)
def test_a_broken_file_is_told_of_and_the_next_best_is_used(counter: Counter, content: bytes, says: str) -> None:
    write(counter, content)
    version, source, troubles = in_force(counter)
    assert (version, source) == ("1", "shipped")
    assert len(troubles) == 1
    assert str(counter.folder / FILE) in troubles[0]
    assert says in troubles[0]


def test_a_supervisor_issues_a_plan_for_every_till(counter: Counter) -> None:
    write(counter, plan("house", YESTERDAY))
    counter.sign_in("sam")
    answer = counter.ask("issue_plan", text=plan("2027-1"), key="once")
    assert answer["plan"]["version"] == "2027-1"
    assert in_force(counter) == ("2027-1", "issued", [])
    assert counter.ask("issue_plan", text=plan("2027-1"), key="once") == answer
    assert counter.kinds().count("PlanIssued") == 1


def test_a_venues_plan_counts_however_old_it_is(counter: Counter) -> None:
    write(counter, plan("old", "2001-01-01"))
    assert in_force(counter) == ("old", "file", [])


def test_a_plan_that_another_till_issued_is_in_force_here(counter: Counter) -> None:
    record = {"id": "T2-E00001", "home": "T2", "user": "sam", "at": "2027-03-01T17:00:00+01:00"}
    counter.line.document("contingency_plan", record | {"version": "two", "valid_from": TODAY, "text": plan("two")})
    assert in_force(counter) == ("two", "issued", [])


def test_of_one_version_and_day_the_plan_that_was_issued_last_counts(counter: Counter) -> None:
    counter.sign_in("sam")
    counter.ask("issue_plan", text=plan("2027-1"))
    counter.clock.wait(minutes=1)
    counter.ask("issue_plan", text=plan("2027-1").replace("Dana Duty", "Dora Duty"))
    assert [one["name"] for one in counter.ask("contingency")["people"]] == ["Dora Duty"]


def test_a_plan_is_no_cashiers_to_issue_and_nonsense_nobodys(counter: Counter) -> None:
    refused = counter.refusal("issue_plan", text=plan("2027-1"))
    assert (refused.code, refused.fields["what"]) == ("not_allowed", "plan")
    counter.sign_in("sam")
    refused = counter.refusal("issue_plan", text=plan("2027-1").replace("[level.alone]", "[level.gone]"))
    assert (refused.code, refused.fields["field"]) == ("bad_request", "text")
    assert "level.gone: is not known here" in refused.fields["reason"]
    assert "PlanIssued" not in counter.kinds()


def test_who_was_told_is_noted_in_the_incident(counter: Counter) -> None:
    write(counter, plan("house"))
    refused = counter.refusal("told_person", person="duty")
    assert refused.code == "not_allowed"  # nothing is wrong
    levels.watch(counter.desk)
    counter.line.cut()
    counter.settle()
    assert counter.refusal("told_person", person="dora").fields["field"] == "person"
    counter.ask("sign_out")
    told = counter.ask("told_person", person="duty", note="on her way")
    assert (told["name"], told["user"]) == ("Dana Duty", None)
    (person,) = counter.ask("contingency")["people"]
    assert person["told_at"][:19] == told["at"][:19]
    book = counter.desk.ledger.outages
    notes = counter.desk.submit(lambda: book.notes(book.open().id, "told")).result(10)  # type: ignore[union-attr]
    assert [(note.body["person"], note.body["text"], note.body["level"]) for note in notes] == [
        ("duty", "on her way", "alone")
    ]


def test_the_plan_in_force_is_written_as_a_pdf(make_counter: Callable[..., Counter], tmp_path: Path) -> None:
    work = ReportWork(lambda: FONTS)
    counter = make_counter(reports=work)
    assert counter.refusal("write_plan", to=str(tmp_path)).code == "not_signed_in"
    counter.open()
    write(counter, plan("house"))
    told = counter.ask("write_plan", to=str(tmp_path), language="hu")
    assert (Path(told["file"]).name, told["version"]) == ("contingency_plan-house-hu.pdf", "house")
    assert "Senki sem válaszol" in "".join(page.extract_text() for page in PdfReader(told["file"]).pages)
    assert counter.refusal("write_plan", to=str(tmp_path), language="hu").fields["field"] == "to"  # it is there
    work.close()
