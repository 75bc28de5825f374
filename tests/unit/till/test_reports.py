"""Reports at a till: who may see which, how they are made, shown, printed and written; with the office away, too."""

from __future__ import annotations

import io
import json
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pos.app.reports import ReportWork, file_name
from pos.domain.errors import Refused
from pos.domain.figures import Figures, Key, Query, Sum
from pos.domain.money import Money
from pos.domain.report import COUNT, MONEY, Column, Report, Table
from pos.domain.reports import REPORTS
from pos.domain.reports.kinds import About, Asked, ReportKind
from pos.domain.season import Season
from pos.headless import Headless
from pos.till.making import Form
from tests.unit.paper.reports.documents import FONTS, settlement
from tests.unit.till.counter import NOW, Counter


def _build(figures: Figures, asked: Asked, about: About) -> Report:
    sold = figures.total("ticket")
    row = (asked.get("cashier", ""), sold.pieces, Money(sold.minor, "EUR"))
    columns = (Column("cashier"), Column("tickets", COUNT), Column("gross", MONEY))
    venue = about.season.venue
    return Report(
        "sales",
        venue.name,
        venue.currency,
        about.made_at,
        (("day", asked["day"]),),
        (Table("sales", columns, (row,)),),
        signatures=("cashier",),
        parameters=asked,
    )


def _query(asked: Asked, season: Season) -> Query:
    return Query(what=("ticket",), users=(asked["cashier"],) if "cashier" in asked else ())


SALES = ReportKind("sales", _query, _build, needs=("day",), takes=("cashier", "till"), personal=True)
FOR_AUDITORS = ReportKind("stock", _query, _build, needs=("day",), roles=frozenset({"auditor"}))
DAY = NOW.date().isoformat()


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(REPORTS):
        monkeypatch.delitem(REPORTS, name)
    monkeypatch.setitem(REPORTS, "sales", SALES)
    monkeypatch.setitem(REPORTS, "stock", FOR_AUDITORS)


@pytest.fixture
def work() -> Iterator[ReportWork]:
    made = ReportWork(lambda: FONTS)
    yield made
    made.close()


@pytest.fixture
def counter(make_counter: Callable[..., Counter], work: ReportWork) -> Counter:
    made = make_counter(reports=work)
    made.open()
    made.line.found["figures"] = at_office(3, 174_00)
    return made


def at_office(pieces: int, minor: int, *tills: dict[str, Any]) -> dict[str, Any]:
    figures = Figures()
    figures.add([(Key("ticket", "sold", user="anna", currency="EUR"), Sum(minor, 0, pieces))])
    return {"figures": figures.to_json(), "position": None, "share": 1000, "tills": list(tills)}


def row(answer: dict[str, Any]) -> list[Any]:
    return list(answer["report"]["tables"][0]["rows"][0])


def test_a_person_is_told_of_the_reports_that_are_theirs(counter: Counter) -> None:
    told = counter.ask("reports", language="hu")
    assert told["reports"] == [{"name": "sales", "title": "Eladások", "needs": ["day"], "takes": ["till"]}]
    assert [show["title"] for show in told["shows"]] == ["Tosca"]
    assert {"id": "T1", "name": "Window 1"} in told["tills"]
    assert counter.refusal("report", name="stock", day=DAY).code == "not_allowed"
    assert counter.refusal("report", name="sales", day=DAY, cashier="beth").code == "not_allowed"
    assert counter.refusal("report", name="tax", day=DAY).fields["field"] == "name"
    assert counter.refusal("report", name="sales").fields["field"] == "day"
    counter.ask("sign_out")
    assert counter.refusal("reports").code == "not_signed_in"


def test_a_report_is_made_of_the_offices_figures_with_words_in_the_readers_language(counter: Counter) -> None:
    told = counter.ask("report", name="sales", day=DAY, language="uk")
    assert row(told) == ["anna", 3, "174.00"]
    assert told["words"]["gross"] == "Брутто"
    assert told["report"]["made_at"] == counter.clock.now().astimezone(ZoneInfo("Europe/Vienna")).isoformat(
        timespec="seconds"
    )
    assert told["words"]["cashier"] == "Касир"
    what, asked = counter.line.looks[-1]
    assert (what, asked["query"]["users"]) == ("figures", ["anna"]), "a cashier sees what is their own"


def test_with_the_office_away_it_is_of_this_tills_own_facts_and_says_so(counter: Counter) -> None:
    counter.sell("A-1", "A-2")
    counter.line.cut()
    told = counter.ask("report", name="sales", day=DAY)
    assert row(told) == ["anna", 2, "116.00"]
    assert told["report"]["provisional"] is True
    assert told["report"]["notes"] == ["own_facts_only"]
    assert "PROVISIONAL" in told["standing"]


def test_a_till_that_was_not_heard_with_its_shift_open_makes_it_provisional(counter: Counter) -> None:
    counter.ask("sync")  # else this till itself has something to send
    lately = (counter.clock.now() - timedelta(seconds=30)).isoformat()
    before = (counter.clock.now() - timedelta(seconds=300)).isoformat()
    other = {"till": "T2", "incarnation": 1, "applied": 7}
    for standing, late in (
        ({"heard": lately, "shift": "S"}, []),
        ({"heard": before, "shift": ""}, []),
        ({"heard": before, "shift": "S"}, ["Window 2"]),
        ({"heard": "", "shift": "S"}, ["Window 2"]),
    ):
        counter.line.found["figures"] = at_office(1, 1, other | standing)
        made = counter.ask("report", name="sales", day=DAY)["report"]
        assert (made["late"], made["provisional"]) == (late, bool(late)), standing


def test_a_report_is_written_as_it_was_shown_and_never_over_another_file(counter: Counter, tmp_path: Path) -> None:
    made = counter.ask("report", name="sales", day=DAY)["made"]
    counter.line.found["figures"] = at_office(99, 99)
    told = counter.ask("export_report", made=made, format="json", to=str(tmp_path))
    assert told["file"] == str(tmp_path / f"sales-{DAY}-anna.json")
    assert json.loads(Path(told["file"]).read_text("utf-8"))["tables"][0]["rows"] == [["anna", 3, "174.00"]]
    again = counter.refusal("export_report", made=made, format="json", to=str(tmp_path))
    assert (again.code, again.fields["field"]) == ("bad_request", "to")
    assert counter.ask("export_report", made=made, format="json", to=str(tmp_path), replace=True) == told
    for format_, begins in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbfSales"), ("text", b"Sales")):
        to = tmp_path / f"a.{format_}"
        more = {"bom": True, "separator": ";"} if format_ == "csv" else {}
        counter.ask("export_report", made=made, format=format_, to=str(to), **more)
        assert to.read_bytes().startswith(begins)


def test_what_cannot_be_written_is_refused_and_leaves_nothing(counter: Counter, tmp_path: Path) -> None:
    made = counter.ask("report", name="sales", day=DAY)["made"]
    nowhere = tmp_path / "no" / "folder.pdf"
    assert (
        "cannot be written"
        in counter.refusal("export_report", made=made, format="pdf", to=str(nowhere)).fields["reason"]
    )
    assert counter.refusal("export_report", made=made, format="doc", to=str(nowhere)).fields["field"] == "format"
    assert counter.refusal("export_report", made=made, format="pdf", to="here.pdf").fields["field"] == "to"
    assert counter.refusal("export_report", made=99, format="pdf", to=str(nowhere)).fields["field"] == "made"
    comma = {"made": made, "format": "csv", "to": str(tmp_path / "a"), "decimal_comma": True}
    assert counter.refusal("export_report", **comma).fields["field"] == "separator"
    assert counter.refusal("report", name="sales", day=DAY, format="pdf").fields["field"] == "to"
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_report_is_written_at_once_when_it_is_asked_for_with_a_file(counter: Counter, tmp_path: Path) -> None:
    told = counter.ask("report", name="sales", day=DAY, format="text", to=str(tmp_path / "a.txt"), language="vi")
    assert (tmp_path / "a.txt").read_text("utf-8").startswith("Bán vé · The House")
    assert row(told) == ["anna", 3, "174.00"]


def test_somebody_elses_report_is_not_theirs_to_print(counter: Counter) -> None:
    made = counter.ask("report", name="sales", day=DAY)["made"]
    assert counter.ask("print_report", made=made)["job"]
    job = counter.rows("SELECT kind, content FROM print_job ORDER BY id DESC LIMIT 1")[0]
    content = json.loads(job[1])
    assert (job[0], content["heading"], content["groups"][1]["rows"][0]["amount"]) == ("list", "Sales", "€174.00")
    counter.sign_in("beth")
    assert counter.refusal("print_report", made=made).fields["field"] == "made"


def test_progress_is_told_and_a_long_one_can_be_stopped(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    going, asked = threading.Event(), threading.Event()

    def pages(what: str, fields: dict[str, Any]) -> Future[dict[str, Any]]:
        answer: Future[dict[str, Any]] = Future()
        share = 250 if "position" not in fields else 500
        asked.set()

        def later() -> None:
            going.wait(10)
            answer.set_result(at_office(1, 1) | {"position": {"at": share}, "share": share})

        threading.Thread(target=later).start()
        return answer

    monkeypatch.setattr(counter.line, "look", pages)
    waiting = counter.front.call("report", name="sales", day=DAY)
    assert asked.wait(10)
    assert counter.front.call("cancel_report").result(10) == {"stopped": ["sales"]}
    going.set()
    with pytest.raises(Refused) as caught:
        waiting.result(10)
    assert caught.value.code == "stopped"
    assert [event["share"] for event in counter.said("report")] == [250]
    assert counter.ask("cancel_report") == {"stopped": []}


def test_the_headless_face_stops_a_report_without_waiting_for_it(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    going, asked = threading.Event(), threading.Event()

    def slow(what: str, fields: dict[str, Any]) -> Future[dict[str, Any]]:
        answer: Future[dict[str, Any]] = Future()
        asked.set()

        def later() -> None:
            going.wait(10)
            answer.set_result(at_office(1, 1) | {"position": {"at": 1}, "share": 500})

        threading.Thread(target=later).start()
        return answer

    monkeypatch.setattr(counter.line, "look", slow)
    ours, theirs = os.pipe()
    out = io.BytesIO()
    with open(ours, "rb") as lines, open(theirs, "wb", buffering=0) as client:  # noqa: PTH123 - a pipe
        serving = threading.Thread(target=Headless(counter.front, "T1", lines, out).serve)
        serving.start()
        client.write(json.dumps({"id": 1, "do": "report", "name": "sales", "day": DAY}).encode() + b"\n")
        assert asked.wait(10)
        client.write(b'{"id": 2, "do": "cancel_report"}\n')
        while not all(work.stopped for work in counter.desk.making.works):
            pass
        going.set()
        client.write(b'{"id": 3, "do": "quit"}\n')
        serving.join(10)
    said = {line["id"]: line for line in map(json.loads, out.getvalue().splitlines()) if "id" in line}
    assert said[1]["refused"]["code"] == "stopped"
    assert said[2]["ok"] == {"stopped": ["sales"]}


def test_writing_is_stopped_without_a_file(counter: Counter, tmp_path: Path, work: ReportWork) -> None:
    made = counter.ask("report", name="sales", day=DAY)["made"]
    busy, free = threading.Event(), threading.Event()
    work._pool.submit(lambda: (busy.set(), free.wait(10)))
    assert busy.wait(10)
    waiting = counter.front.call("export_report", made=made, format="pdf", to=str(tmp_path / "a.pdf"))
    while counter.front.call("cancel_report").result(10) != {"stopped": ["sales"]}:
        pass
    free.set()
    with pytest.raises(Refused) as caught:
        waiting.result(10)
    assert caught.value.code == "stopped"
    assert list(tmp_path.glob("*.pdf")) == []


def test_a_till_that_ends_does_not_wait_for_a_long_report(tmp_path: Path) -> None:
    work, begun = ReportWork(lambda: FONTS), threading.Event()

    def step(done: int, of: int) -> bool:
        begun.set()
        return True

    form = Form("pdf", "en")
    waiting = work.write(settlement(rows=5_000), form, tmp_path / "a.pdf", False, step)
    assert begun.wait(10)
    work.close()
    with pytest.raises(Refused) as caught:
        waiting.result(1)
    assert caught.value.code == "stopped"
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_named_by_what_was_asked() -> None:
    report = Report("sales", "", "EUR", "", parameters={"day": "2027-12-03", "show": "tosca/1 ./.."})
    assert file_name(report, "text") == "sales-2027-12-03-tosca_1_._...txt"
