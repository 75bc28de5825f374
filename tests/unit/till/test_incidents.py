"""An outage ends in an incident report, made by the till itself, that says what happened to the cent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from pos.app.reports import ReportWork
from pos.domain.contingency.level import Level
from pos.domain.facts import Fact, Kind
from pos.domain.report import Report
from pos.domain.reports.incidents import incident_report
from pos.till.contingency import closing, incident, summing
from tests.unit.paper.reports.documents import FONTS
from tests.unit.till.counter import Counter
from tests.unit.till.outage import back, cut, finished, followed, level, mend, on, watch
from tests.unit.till.toy_line import NOWHERE

Make = Callable[..., Counter]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has changed of an incident is told at once."""
    monkeypatch.setattr(closing, "QUIET_S", 0.0)


@pytest.fixture
def till(counter: Counter) -> Counter:
    """With six seats in hand, of which the first is sold, before anything fails."""
    counter.sell("A-1")
    counter.add("A-2", "A-3", "A-4", "A-5", "A-6")
    counter.ask("clear")
    return watch(counter)


def incidents(counter: Counter) -> list[dict[str, Any]]:
    """Every word on incidents that this till has journalled."""
    return [body["record"] for body in counter.bodies("IncidentReported")]


def dispute(counter: Counter, number: int, **more: Any) -> dict[str, Any]:
    """A dispute about a fact of this till, as the office tells of it."""
    fact = f"T1.1.{number}"
    return {
        "id": f"{fact}-1",
        "fact": fact,
        "number": number,
        "till": "T1",
        "till_name": "Window 1",
        "cause": "place",
        "opened_at": counter.clock.now().isoformat(),
        "places": [{"show": "aida", "place": "A-2", "label": "A 2", "standing": {"state": "POOL", "holder": ""}}],
        "fields": {},
        "kind": "TicketsSold",
        "user_name": "Anna",
        "state": "open",
        "resolution": None,
        "history": [],
    } | more


def test_sales_are_counted_by_the_level_at_which_they_were_made(till: Counter) -> None:
    cut(till)
    till.sell("A-2")
    level(till, "away", "alone", "no_network")
    till.sell("A-3", "A-4")
    till.ask("void", sale=till.sell("A-5")["id"], surrendered=True)
    record = back(till, "alone")
    assert [
        (one["level"], one["sales"], one["tickets"], one["refunds"], one["amount"], one["tenders"])
        for one in record["sales"]
    ] == [
        ("away", 1, 1, 0, "59.00", {"cash": "59.00"}),
        ("alone", 2, 3, 1, "118.00", {"cash": "118.00"}),
    ]
    assert (record["worst"], record["cause"], record["home"]) == ("alone", "no_office", "T1")
    assert [(one["level"], one["cause"]) for one in record["levels"]] == [
        ("away", "no_office"),
        ("alone", "no_network"),
    ]


def test_it_says_how_long_it_took_to_notice_and_to_recover(till: Counter) -> None:
    lost = replace(NOWHERE, answered_at=till.clock.now().isoformat())
    till.clock.wait(seconds=7)
    till.line.cut(lost)
    till.settle()
    level(till, "normal", "away")
    till.clock.wait(minutes=20)
    mend(till)
    till.clock.wait(seconds=4)
    till.line.drain()
    finished(till)
    (record,) = incidents(till)
    assert (record["detected_s"], record["lasted_s"], record["recovered_s"]) == (7, 1200, 4)


def test_the_office_may_have_everything_before_the_level_is_normal_again(till: Counter) -> None:
    cut(till)
    till.sell("A-2")
    till.line.mend()
    till.settle()
    till.clock.wait(seconds=2)
    till.line.drain()
    till.settle()
    till.clock.wait(seconds=3)
    level(till, "away", "normal")
    finished(till)
    (record,) = incidents(till)
    assert (record["recovered_s"], record["lasted_s"]) == (2, 5)
    assert record["sent_at"] < record["back_at"]


def test_nothing_is_reported_before_the_office_has_everything(till: Counter) -> None:
    cut(till)
    till.sell("A-2")
    mend(till)
    finished(till)
    assert incidents(till) == []
    till.line.drain()
    finished(till)
    assert len(incidents(till)) == 1
    assert incidents(till)[0]["entries"] > 0


def test_what_was_refused_is_told_with_the_reason_the_place_and_how_often(till: Counter) -> None:
    till.line.give("aida", "B-1")
    cut(till)
    for _ in range(2):
        assert till.refusal("add", show="aida", places=["B-1"], price_type="adult").code == "right_elsewhere"
    till.refusal("add", show="aida", places=["B-2"], price_type="adult")
    till.refusal("add", show="aida", places=["A-2"], price_type="nonsense")
    record = back(till)
    assert [(one["code"], one["verb"], one["place"], one["times"]) for one in record["refused"]] == [
        ("right_elsewhere", "add", "B-1", 2),
        ("right_elsewhere", "add", "B-2", 1),
    ]
    assert record["refused"][0]["holder"] == "T2"


def test_what_was_printed_and_what_was_not_is_counted_in_tickets(till: Counter) -> None:
    till.printers.run()
    cut(till)
    till.sell("A-2", "A-3")
    till.printers.run()
    till.sell("A-4")
    till.printers.run("failed", "the paper is at its end")
    till.settle()
    record = back(till)
    assert (record["printed"], record["misprinted"]) == (2, 1)


def test_who_was_told_when_is_in_it(till: Counter) -> None:
    cut(till)
    on(till, lambda: incident.note(till.desk, "told", person="duty", name="Dana", user="anna", text="on her way"))
    record = back(till)
    assert [(one["name"], one["user"], one["text"]) for one in record["told"]] == [("Dana", "anna", "on her way")]
    assert record["told"][0]["at"].startswith("2027-03-01T18:00")


def test_a_moment_in_which_nothing_happened_makes_no_report(till: Counter) -> None:
    cut(till)
    till.clock.wait(seconds=20)
    mend(till)
    till.line.drain()
    finished(till)
    assert incidents(till) == []
    assert len(till.ask("outages")["brief"]) == 1
    cut(till)
    till.clock.wait(seconds=20)
    till.sell("A-2")
    assert back(till)["sales"][0]["tickets"] == 1, "a moment in which something was sold is one"


def test_a_till_that_dies_in_the_outage_makes_the_report_when_it_is_back(till: Counter) -> None:
    cut(till)
    till.sell("A-2")
    till.restart()
    watch(till)
    till.sign_in()
    till.sell("A-3")
    record = back(till)
    assert [(one["level"], one["tickets"]) for one in record["sales"]] == [("away", 2)]
    assert record["restarts"] == 1


def test_a_till_that_dies_before_the_report_makes_it_at_the_next_start(till: Counter) -> None:
    cut(till)
    till.sell("A-2")
    mend(till)
    till.restart(between=lambda: None)
    assert incidents(till) == []
    till.line.drain()
    watch(till)
    finished(till)
    assert len(incidents(till)) == 1


def test_paper_that_was_issued_is_followed_until_none_is_out(till: Counter) -> None:
    cut(till)
    till.ask("issue_paper", show="aida", places=["A-2", "A-3", "A-4"])
    names = on(till, lambda: [one.code for one in till.desk.ledger.packs.of("T1-P00001")])
    record = back(till)
    assert [tuple(one[key] for key in ("tickets", "sold", "returned", "lost", "out")) for one in record["paper"]] == [
        (3, 0, 0, 0, 3)
    ]
    till.ask("rekey_paper", tickets=names[:1], price_type="adult", tenders=[{"kind": "cash", "amount": "59.00"}])
    till.ask("return_paper", tickets=names[1:])
    followed(till)
    last = incidents(till)[-1]
    assert [tuple(one[key] for key in ("tickets", "sold", "returned", "lost", "out")) for one in last["paper"]] == [
        (3, 1, 2, 0, 0)
    ]
    assert last["sales"] == record["sales"], "what was sold from paper is counted as paper"


def test_what_is_keyed_in_during_the_outage_is_counted_as_paper_too(till: Counter) -> None:
    cut(till)
    till.ask("issue_paper", show="aida", places=["A-2", "A-3"])
    codes = on(till, lambda: [one.code for one in till.desk.ledger.packs.of("T1-P00001")])
    till.ask("rekey_paper", tickets=codes, price_type="adult", tenders=[{"kind": "cash", "amount": "118.00"}])
    till.sell("A-4")
    record = back(till)
    assert [(one["sales"], one["amount"]) for one in record["sales"]] == [(1, "59.00")]
    assert [one["sold"] for one in record["paper"]] == [2]


def test_only_what_became_of_paper_in_the_outage_counts(till: Counter) -> None:
    till.ask("issue_paper", show="aida", places=["A-2", "A-3"])
    codes = on(till, lambda: [one.code for one in till.desk.ledger.packs.of("T1-P00001")])
    till.ask("return_paper", tickets=codes[:1])
    cut(till)
    till.ask("return_paper", tickets=codes[1:])
    (paper,) = back(till)["paper"]
    assert (paper["tickets"], paper["returned"], paper["out"]) == (1, 1, 0)


def test_disputes_of_the_outage_are_in_it_and_their_outcome_is_added(till: Counter) -> None:
    before = till.desk.number
    cut(till)
    till.sell("A-2")
    sold = till.desk.number
    mend(till)
    till.line.document("dispute", dispute(till, before))
    till.line.document("dispute", dispute(till, sold))
    till.line.document("dispute", dispute(till, sold, id=f"T2.1.{sold}-1", fact=f"T2.1.{sold}", till="T2"))
    till.line.drain()
    finished(till)
    (record,) = incidents(till)
    assert [(one["id"], one["state"]) for one in record["disputes"]] == [(f"T1.1.{sold}-1", "open")]
    done = {"way": "accept", "by": "sam", "at": till.clock.now().isoformat()}
    till.line.document("dispute", dispute(till, sold, state="resolved", resolution=done))
    followed(till)
    last = incidents(till)[-1]
    assert [(one["state"], one["way"], one["by"]) for one in last["disputes"]] == [("resolved", "accept", "sam")]
    till.line.document("dispute", dispute(till, sold, state="resolved", resolution=done))
    followed(till)
    assert len(incidents(till)) == 2, "what has not changed is not told again"


def test_a_dispute_that_opens_long_after_is_added(till: Counter) -> None:
    cut(till)
    till.sell("A-2")
    sold = till.desk.number
    assert back(till)["disputes"] == []
    till.line.document("dispute", dispute(till, sold))
    followed(till)
    assert [one["id"] for one in incidents(till)[-1]["disputes"]] == [f"T1.1.{sold}-1"]


def test_what_came_back_while_the_till_was_off_is_told_at_the_next_start(till: Counter) -> None:
    cut(till)
    till.sell("A-2")
    sold = till.desk.number
    back(till)
    till.restart()
    till.line.document("dispute", dispute(till, sold))
    till.settle()
    watch(till)
    assert len(incidents(till)[-1]["disputes"]) == 1


@pytest.mark.expect_log("fenced: disowned")
def test_a_till_that_is_given_up_reports_what_the_office_has_of_it(till: Counter) -> None:
    cut(till)
    till.clock.wait(minutes=5)
    till.sell("A-2")
    on(till, lambda: till.desk.fence("disowned"))
    till.desk.level.level = Level.DEAD
    level(till, "away", "dead", "fenced")
    assert incidents(till) == []
    till.line.mend()
    till.line.drain()
    finished(till)
    (record,) = incidents(till)
    assert (record["worst"], record["sales"][0]["tickets"]) == ("dead", 1)
    facts = dict(incident_report(record, on(till, till.desk.season), record["back_at"]).facts)
    assert "given_up_at" in facts
    assert "back_at" not in facts


def test_places_that_went_from_window_to_window_and_a_drawer_that_was_taken_over_are_told() -> None:
    done = summing._Done()
    effects = (object(), object())
    for kind in (Kind.RIGHTS_RECEIVED, Kind.RIGHTS_TRANSFERRED, Kind.RIGHTS_TRANSFERRED):
        done.count(Fact("T1", 1, 1, "", "", kind, (), effects, {}))  # type: ignore[arg-type]
    body = {"till": "T2", "shift": "T2-1-S0001", "user": "sam", "counted": "159.00", "expected": "159.00"}
    done.count(Fact("T1", 1, 2, "", "2027-03-01T19:00:00+01:00", Kind.DRAWER_TAKEN_OVER, (), (), body))
    assert (done.borrowed, done.lent) == (2, 4)
    assert [(one["kind"], one["till"], one["counted"]) for one in done.more] == [("taken_over", "T2", "159.00")]


# ---- coming back --------------------------------------------------------------------------


def test_the_drain_tells_what_is_being_sent_and_how_much_of_it(till: Counter) -> None:
    till.line.drain()
    cut(till)
    till.sell("A-2")
    till.sell("A-3")
    mend(till)
    (told,) = till.said("drain")
    assert (told["sent"], told["total"]) == (0, 2)
    assert {one["kind"]: one["count"] for one in told["kinds"]} == {"TicketsSold": 2}
    till.clock.wait(seconds=1)
    till.line.side.acknowledge(till.desk.number - 1).result(10)
    part = till.said("drain")[-1]
    assert (part["sent"], part["total"], part["kinds"]) == (1, 2, [{"kind": "TicketsSold", "count": 1}])
    assert part["rate"] > 0
    assert part["left_s"] >= 1, "something is left to be sent"
    till.line.side.acknowledge(till.desk.number).result(10)
    last = till.said("drain")[-1]
    assert (last["sent"], last["total"], last["kinds"], last["left_s"]) == (2, 2, [], 0)


def test_while_all_is_well_nothing_is_told_of_what_is_sent(till: Counter) -> None:
    till.sell("A-2")
    till.line.mend()
    till.line.drain()
    assert till.said("drain") == []


# ---- reading it ----------------------------------------------------------------------------


@pytest.fixture
def work() -> Iterator[ReportWork]:
    made = ReportWork(lambda: FONTS)
    yield made
    made.close()


def test_the_report_writes_itself_as_a_pdf_and_is_read_by_supervisors(make_counter: Make, work: ReportWork) -> None:
    till = make_counter(reports=work)
    till.open()
    till.add("A-2")
    till.ask("clear")
    watch(till)
    cut(till)
    till.sell("A-2")
    written = Event()
    till.front.subscribe(lambda event: written.set() if event["event"] == "incident" else None)
    record = back(till)
    assert written.wait(20)
    (line,) = till.ask("outages")["incidents"]
    assert (line["id"], line["tickets"], line["amount"], line["worst"]) == (record["id"], 1, "59.00", "away")
    assert Path(line["pdf"]).read_bytes().startswith(b"%PDF-")
    assert till.refusal("incident_report", incident=record["id"]).code == "not_allowed"
    till.sign_in("sam")
    told = till.ask("incident_report", incident=record["id"], language="hu")
    made = Report.from_json(told["report"])
    assert not made.provisional
    assert [str(row[4]) for row in made.table("sales_by_level").rows] == ["59.00"]
    assert told["words"]["level_away"] == "Az iroda nem elérhető"
    file = till.ask("incident_report", incident=record["id"], to=str(till.folder / "mine.pdf"))["file"]
    assert file.endswith("mine.pdf")
    assert till.refusal("incident_report", incident="T1-I00009").code == "bad_request"


def test_an_outage_that_goes_on_can_be_looked_at(till: Counter) -> None:
    till.sign_in("sam")
    assert till.refusal("incident_report").fields["field"] == "incident"
    cut(till)
    till.sell("A-2")
    told = till.ask("outages")
    assert (told["open"]["worst"], told["open"]["entries"], told["open"]["back_at"]) == ("away", 1, None)
    report = Report.from_json(till.ask("incident_report")["report"])
    assert report.provisional
    assert [row[2] for row in report.table("sales_by_level").rows] == [1]
