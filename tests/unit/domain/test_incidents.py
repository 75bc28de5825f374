"""Reports of outages: those that overlap stand together, by the venue's days, and their sums are those of the tills."""

from __future__ import annotations

from typing import Any

from pos.domain.figures import Figures
from pos.domain.report import Report
from pos.domain.reports import REPORTS
from pos.domain.reports.incidents import grouped, incident_report
from pos.domain.reports.kinds import About
from pos.paper.reports.words import keys_of
from pos.till.counter.reports import report_words
from tests.peers.incident import incident
from tests.unit.domain.test_report_kinds import SEASON


def record(id: str, home: str, began: str, back: str, **more: Any) -> dict[str, Any]:
    return incident() | {"id": id, "home": home, "began_at": began, "back_at": back, "sent_at": back} | more


ONE = record("T1-I00001", "T1", "2027-03-01T20:00:00+01:00", "2027-03-01T20:30:00+01:00")
TWO = record("T2-I00001", "T2", "2027-03-01T19:20:00+00:00", "2027-03-01T21:00:00+01:00")  # ten minutes of it at once
LATER = record("T1-I00002", "T1", "2027-03-01T20:00:01+00:00", "2027-03-01T21:10:00+01:00")
NIGHT = record("T1-I00003", "T1", "2027-03-01T23:30:00+00:00", "2027-03-01T23:50:00+00:00")  # 00:30 in Vienna


def made(records: list[dict[str, Any]], **asked: str) -> Report:
    kind = REPORTS["incidents"]
    about = About(SEASON, "2027-03-05T12:00:00+01:00", records=records)
    return kind.build(Figures(), kind.check(asked, SEASON), about)


def test_outages_that_overlap_are_one_whatever_zone_their_times_are_in() -> None:
    groups = grouped([LATER, TWO, ONE])
    assert [[one["id"] for one in group] for group in groups] == [["T1-I00001", "T2-I00001"], ["T1-I00002"]]
    third = record("T3-I00001", "T3", "2027-03-01T20:50:00+01:00", "2027-03-01T20:55:00+01:00")
    (group,) = grouped([third, TWO, ONE])
    assert len(group) == 3, "it began after the first was over, while the second was on"


def test_the_list_has_the_sums_of_its_tills() -> None:
    table = made([ONE, TWO, LATER]).table("outages")
    assert [(row[0], row[3], row[4], str(row[6]), row[7], row[8]) for row in table.rows] == [
        ("1", 2, 378, "42024.00", 18, 4),
        ("2", 1, 189, "21012.00", 9, 2),
    ]
    assert table.total is not None
    assert str(table.total[6]) == "63036.00"
    by_till = made([ONE, TWO, LATER]).table("by_till")
    assert [(row[0], row[1], row[2], row[6]) for row in by_till.rows] == [
        ("1", "T1-I00001", "Window 1", "48:00"),
        ("1", "T2-I00001", "T2", "48:00"),
        ("2", "T1-I00002", "Window 1", "48:00"),
    ]


def test_days_are_the_venues() -> None:
    listed = [ONE, NIGHT]
    first, second = made(listed, day="2027-03-01"), made(listed, day="2027-03-02")
    assert [row[1] for row in first.table("by_till").rows] == ["T1-I00001"]
    assert [row[1] for row in second.table("by_till").rows] == ["T1-I00003"]
    assert made(listed, since="2027-03-03", until="2027-03-04").tables == ()
    assert [row[1] for row in made([ONE, TWO], till="T1").table("by_till").rows] == ["T1-I00001"]


def test_one_incident_in_full_adds_up_and_leaves_out_what_there_was_not() -> None:
    report = incident_report(ONE, SEASON, "2027-03-05T12:00:00+01:00")
    facts = dict(report.facts)
    assert (facts["lasted_s"], facts["detected_s"], facts["recovered_s"]) == ("48:00", "0:07", "4:01")
    assert [(row[0], str(row[1])) for row in report.table("by_tender").rows] == [
        ("card", "1683.00"),
        ("cash", "19329.00"),
    ]
    ways = [(row[1], row[4]) for row in report.table("disputes").rows]
    assert ways == [
        ("dispute_place", None),
        ("dispute_place", "way_accept"),
    ]
    assert "lessons" not in [table.heading for table in report.tables]
    quiet = incident_report(ONE | {"detected_s": None, "restarts": 0, "told": []}, SEASON, ONE["back_at"])
    assert not {"detected_s", "restarts"} & dict(quiet.facts).keys()
    assert "told" not in [table.heading for table in quiet.tables]


def test_what_it_says_is_known_in_every_language() -> None:
    more = [{"at": ONE["back_at"], "kind": "evacuation", "state": "called", "calls": ["T1-E00001"]}]
    action = {"text": "buy a router", "owner": "anna", "due": "", "state": "open"}
    full = incident_report(ONE | {"more": more}, SEASON, ONE["back_at"], actions=[action])
    for report in (full, made([ONE, TWO])):
        assert {key for key in keys_of(report) if key not in report_words()} == set()
    assert full.table("events").rows[0][2] == "called, T1-E00001"
    assert full.table("lessons").rows == (("buy a router", "Anna", "", "state_open"),)
