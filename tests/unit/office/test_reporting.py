"""`housefull-office report`: on the terminal and in files, with the exit codes of the other commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pos.domain.figures import Figures, Query
from pos.domain.money import Money
from pos.domain.report import MONEY, Column, Report, Table
from pos.domain.reports import REPORTS
from pos.domain.reports.kinds import About, Asked, ReportKind
from sync.office.__main__ import main
from tests.peers.small_season import SHOW
from tests.unit.office.conftest import House
from tests.unit.office.test_ledger_export import DROP, SALE, book


def _build(figures: Figures, asked: Asked, about: About) -> Report:
    rows = tuple(
        (account, Money(measured.minor, "EUR")) for (account,), measured in figures.by("money", "item").items()
    )
    columns = (Column("account"), Column("amount", MONEY))
    venue = about.season.venue
    tables = (Table("drawer", columns, rows),)
    return Report(
        "daily_settlement", venue.name, "EUR", about.made_at, (("day", asked["day"]),), tables, parameters=asked
    )


REAL = dict(REPORTS)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(REPORTS):
        monkeypatch.delitem(REPORTS, name)
    kind = ReportKind(
        "daily_settlement",
        lambda asked, season: Query(by=("item",), what=("money",), since=asked["day"], until=asked["day"]),
        _build,
        needs=("day",),
        takes=("till",),
    )
    monkeypatch.setitem(REPORTS, "daily_settlement", kind)


@pytest.fixture
def office(house: House) -> str:
    till = house.enrol("T1")
    book(till, "CashMoved", SALE, "2027-12-01T23:59:00+01:00")
    book(till, "CashMoved", DROP, "2027-12-02T10:00:00+01:00")
    house.push(till)
    return str(house.database.engine.url.render_as_string(hide_password=False))


def run(url: str, *arguments: str) -> int:
    return main(["report", "--db", url, *arguments])


DAY = ("daily_settlement", "--day", "2027-12-02")


def test_a_report_is_shown_on_the_terminal(office: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(office, *DAY, "--language", "hu") == 0
    said = capsys.readouterr().out
    assert said.startswith("Napi elszámolás · ")
    assert "safe" in said
    assert "30,00" in said
    assert "revenue" not in said, "another day"
    assert run(office, *DAY, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["tables"][0]["rows"] == [["drawer:T1", "-30.00"], ["safe", "30.00"]]
    assert run(office) == 0
    assert capsys.readouterr().out == "daily_settlement --day [--till]\n"


@pytest.mark.parametrize(("format_", "begins"), [("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbfDaily;")])
def test_a_report_is_written_and_never_over_another_file(
    office: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], format_: str, begins: bytes
) -> None:
    out = tmp_path / f"day.{format_}"
    more = ("--format", format_, "--out", str(out), "--bom", "--separator", ";", "--decimal-comma")
    assert run(office, *DAY, *more) == 0
    assert out.read_bytes().replace(b" settlement", b"").startswith(begins)
    assert capsys.readouterr().out == f"{out}\n"
    out.write_bytes(b"kept")
    assert run(office, *DAY, *more) == 1
    assert "is there already" in capsys.readouterr().err
    assert out.read_bytes() == b"kept"
    assert run(office, *DAY, *more, "--replace") == 0
    assert out.read_bytes() != b"kept"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tax",), "there is no report 'tax'; there are: daily_settlement"),
        (("daily_settlement",), "daily_settlement needs day"),
        ((*DAY, "--till", "T9"), "there is no till 'T9'"),
        ((*DAY, "--show", "aida"), "daily_settlement has no show"),
        ((*DAY, "--format", "pdf"), "--format pdf goes with --out FILE"),
        ((*DAY, "--format", "csv", "--decimal-comma"), "--decimal-comma goes with --separator"),
    ],
)
def test_what_makes_no_sense_ends_with_2_and_says_why(
    office: str, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert run(office, *arguments) == 2
    assert said in capsys.readouterr().err


def test_who_stops_it_finds_no_file(
    office: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sync.office.exports.Progress.__call__", interrupted)
    assert run(office, *DAY, "--format", "pdf", "--out", str(tmp_path / "day.pdf")) == 130
    assert "stopped; nothing was written" in capsys.readouterr().err
    assert list(tmp_path.glob("*day*")) == []


def test_every_report_that_there_is_can_be_shown(
    office: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    given = {"day": ("--day", "2027-12-02"), "show": ("--show", SHOW), "shift": ("--shift", "T1-1-S0001")}
    for name, kind in REAL.items():
        if "promoter" in kind.needs:
            continue  # the small season has none
        monkeypatch.setitem(REPORTS, name, kind)
        asked = [word for one in kind.needs for word in given[one]]
        assert run(office, name, *asked, "--language", "uk") == 0, name
        assert capsys.readouterr().out.strip(), name
        assert run(office, name, *asked, "--format", "xlsx", "--out", str(tmp_path / f"{name}.xlsx")) == 0, name
    assert len(list(tmp_path.glob("*.xlsx"))) >= 10


def test_before_a_season_is_imported_it_says_so(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(database_url, *DAY) == 1
    assert "no season is imported yet" in capsys.readouterr().err
