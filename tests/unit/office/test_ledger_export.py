"""The general ledger's export: every amount, no other, under the bookkeeper's numbers; or nothing at all."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.books import Posting
from pos.domain.errors import Unreadable
from pos.domain.money import Money
from sync.office.__main__ import main
from sync.office.ledger.accounts import AccountMap, Datev, Target, read_accounts
from sync.office.ledger.datev import COLUMNS, as_datev
from sync.office.ledger.entries import CannotExport, Entry
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

MAP = """
[datev]
consultant = 29098
client = 55003
fiscal_year = "2027-01-01"
chart = "03"
locked = true

[[account]]
ours = "drawer:*"
number = "1600"
[[account]]
ours = "safe"
number = "1610"
[[account]]
ours = "revenue:*"
number = "8400"
tax_key = "40"
[[account]]
ours = "tax:*"
number = "1776"
[[account]]
ours = "paid_*"
number = "1360"
"""


def posting(account: str, minor: int, currency: str = "EUR") -> Posting:
    return Posting(account, Money(minor, currency))


SALE = (posting("drawer:T1", 58_00), posting("revenue:tosca", -52_73), posting("tax:reduced", -5_27))
DROP = (posting("safe", 30_00), posting("drawer:T1", -30_00))


@pytest.fixture
def office(house: House) -> tuple[House, str]:
    """Two tills that sold, dropped cash and paid back, on three days from the last of November on."""
    one, two = house.enrol("T1"), house.enrol("T2")
    book(one, "TicketsSold", SALE, "2027-11-30T23:30:00+01:00", sale={"id": "T1-000001"})
    book(one, "TicketsSold", SALE, "2027-12-01T23:59:00+01:00", sale={"id": "T1-000002"})
    book(one, "CashMoved", DROP, "2027-12-01T10:00:00+01:00", shift="T1-1-S0001")
    refund = tuple(Posting(one.account, -one.amount) for one in SALE)
    book(two, "TicketsRefunded", refund, "2027-12-02T00:30:00+01:00", refund={"id": "T2-R000001"})
    house.push(one)
    house.push(two)
    return house, str(house.database.engine.url.render_as_string(hide_password=False))


def book(till: TillClient, kind: str, postings: tuple[Posting, ...], at: str, **body: Any) -> None:
    till.record(kind, body, postings=postings, at=at)


def export(url: str, folder: Path, *more: str, text: str = MAP, out: str = "out") -> int:
    accounts = folder / "accounts.toml"
    accounts.write_text(text, encoding="utf-8")
    fixed = ["ledger", "--db", url, "--from", "2027-12-01", "--to", "2027-12-02", "--map", str(accounts)]
    return main([*fixed, "--out", str(folder / out), *more])


def read_back(made: bytes) -> tuple[list[str], list[dict[str, str]]]:
    """The header's fields and the rows, as a reader of the format parts them."""
    assert made.endswith(b"\r\n")
    header, columns, *rows = csv.reader(io.StringIO(made.decode("cp1252"), newline=""), delimiter=";")
    return header, [dict(zip(columns, row, strict=True)) for row in rows]


def sums(rows: list[dict[str, str]]) -> dict[str, int]:
    """What each account of the chart comes to by the rows, in cents."""
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        minor = int(row["Umsatz (ohne Soll/Haben-Kz)"].replace(",", ""))
        sign = 1 if row["Soll/Haben-Kennzeichen"] == "S" else -1
        found[row["Konto"]] += sign * minor
        found[row["Gegenkonto (ohne BU-Schlüssel)"]] -= sign * minor
    return {account: minor for account, minor in found.items() if minor}


def test_datev_has_the_header_and_columns_of_the_format(office: tuple[House, str], tmp_path: Path) -> None:
    assert export(office[1], tmp_path) == 0
    made = (tmp_path / "out").read_bytes()
    first = made.split(b"\r\n")[0].decode("cp1252")
    assert first == (
        '"EXTF";700;21;"Buchungsstapel";13;20271202003000000;;"RE";"";"";29098;55003;20270101;4;20271201;20271202;'
        '"Housefull 01.12.2027";"";1;0;1;"EUR";;"";;;"03";;;"";""'
    )
    assert len(first.split(";")) == 31
    assert len(COLUMNS) == len(set(COLUMNS)) == 125
    assert (COLUMNS[6], COLUMNS[9], COLUMNS[13], COLUMNS[113], COLUMNS[124]) == (
        "Konto", "Belegdatum", "Buchungstext", "Festschreibung", "Abw. Skontokonto",
    )  # fmt: skip


def test_each_fact_balances_in_rows_of_its_own_and_all_come_to_the_ledger(
    office: tuple[House, str], tmp_path: Path
) -> None:
    house, url = office
    assert export(url, tmp_path) == 0
    _, rows = read_back((tmp_path / "out").read_bytes())
    assert [row["Belegdatum"] for row in rows] == ["0112", "0112", "0112", "0212", "0212"]
    assert [row["Belegfeld 1"] for row in rows[:2]] == ["T1-1-S0001", "T1-000002"]
    drop, sold, taxed, back, _ = rows
    assert (drop["Umsatz (ohne Soll/Haben-Kz)"], drop["Konto"], drop["Soll/Haben-Kennzeichen"]) == (
        "30,00",
        "1610",
        "S",
    )
    assert (sold["Konto"], sold["Gegenkonto (ohne BU-Schlüssel)"], sold["BU-Schlüssel"]) == ("1600", "8400", "40")
    assert (taxed["Umsatz (ohne Soll/Haben-Kz)"], taxed["BU-Schlüssel"]) == ("5,27", "")
    # The refund debits what has the tax key: its row is turned, so that the key stands with the second account.
    assert (back["Konto"], back["Soll/Haben-Kennzeichen"]) == ("1600", "H")
    assert (back["Gegenkonto (ohne BU-Schlüssel)"], back["BU-Schlüssel"]) == ("8400", "40")
    accounts = read_accounts(MAP, "accounts.toml")
    expected: dict[str, int] = defaultdict(int)
    for account, minor in house.rows(
        "SELECT account, sum(minor) FROM posting JOIN fact ON fact.fact_id = posting.fact_id "
        "WHERE fact.number > 1 OR fact.till = 'T2' GROUP BY account"
    ):
        target = accounts.target(str(account))
        assert target is not None
        expected[target.number] += int(str(minor))
    assert sums(rows) == {account: minor for account, minor in expected.items() if minor}


def test_an_export_that_is_made_again_is_the_same_to_the_byte(office: tuple[House, str], tmp_path: Path) -> None:
    for format_ in ("datev", "csv", "json"):
        for out in ("one", "two"):
            assert export(office[1], tmp_path, "--format", format_, out=f"{out}.{format_}") == 0
        assert (tmp_path / f"one.{format_}").read_bytes() == (tmp_path / f"two.{format_}").read_bytes()


@pytest.mark.parametrize("format_", ["datev", "csv", "json"])
def test_an_account_without_a_number_is_refused_by_name_and_nothing_is_written(
    office: tuple[House, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], format_: str
) -> None:
    assert (
        export(office[1], tmp_path, "--format", format_, text=MAP.replace('ours = "tax:*"', 'ours = "tax:full"')) == 1
    )
    assert "accounts.toml has no number for: tax:reduced" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_there_is_written_over_only_when_told(
    office: tuple[House, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("the books of last month", encoding="utf-8")
    assert export(office[1], tmp_path) == 1
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / "out").read_text("utf-8") == "the books of last month"
    assert export(office[1], tmp_path, "--replace") == 0
    assert (tmp_path / "out").read_bytes().startswith(b'"EXTF"')
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_who_stops_it_finds_no_part_of_a_file(
    office: tuple[House, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sync.office.exports.Progress.__call__", interrupted)
    assert export(office[1], tmp_path) == 130
    assert "stopped; nothing was written" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["accounts.toml"] or not (tmp_path / "out").exists()


def test_what_is_owed_to_codes_goes_by_its_kind_and_orders_of_season_files_are_sales(
    office: tuple[House, str], tmp_path: Path
) -> None:
    house, url = office
    body = json.dumps({"id": "WEB-1", "at": "2027-12-01T12:00:00+01:00"})
    house.run(f"INSERT INTO sale (id, fact_id, body) VALUES ('WEB-1', 'order:WEB-1', '{body}')")
    for line, (account, minor) in enumerate((("voucher:SECRET77", -500), ("drawer:T1", 500))):
        house.run(f"INSERT INTO posting VALUES ('order:WEB-1', {line}, '{account}', {minor}, 'EUR')")
    text = MAP + '[[account]]\nours = "voucher"\nnumber = "1799"\n'
    assert export(url, tmp_path, "--format", "json", text=text) == 0
    said = (tmp_path / "out").read_text("utf-8")
    assert "SECRET77" not in said
    (order,) = [entry for entry in json.loads(said)["entries"] if entry["fact"] == "order:WEB-1"]
    assert (order["kind"], order["document"], order["postings"][0]["number"]) == ("TicketsSold", "WEB-1", "1799")
    assert export(url, tmp_path, text=text, out="datev") == 0
    _, rows = read_back((tmp_path / "datev").read_bytes())
    assert [row["Konto"] for row in rows if row["Belegfeld 1"] == "WEB-1"] == ["1600"]


def test_csv_and_json_have_every_posting(office: tuple[House, str], tmp_path: Path) -> None:
    assert export(office[1], tmp_path, "--format", "csv", out="a") == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a").read_text("utf-8"))))
    assert len(rows) == 8
    assert sum(round(100 * float(row["debit"] or 0)) - round(100 * float(row["credit"] or 0)) for row in rows) == 0
    assert rows[0] | {"at": ""} == {
        "day": "2027-12-01", "at": "", "fact": "T1.1.3", "till": "T1", "kind": "CashMoved", "document": "T1-1-S0001",
        "account": "safe", "number": "1610", "tax_key": "", "debit": "30.00", "credit": "", "currency": "EUR",
    }  # fmt: skip
    assert export(office[1], tmp_path, "--format", "json", out="b") == 0
    doc = json.loads((tmp_path / "b").read_text("utf-8"))
    assert {"account": "drawer:T1", "amount": "-30.00", "currency": "EUR"} in doc["totals"]
    assert [entry["fact"] for entry in doc["entries"]] == ["T1.1.3", "T1.1.2", "T2.1.1"]


def test_a_period_outside_the_fiscal_year_is_refused(
    office: tuple[House, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(office[1], tmp_path, text=MAP.replace('"2027-01-01"', '"2026-12-01"')) == 1
    assert "is not within the fiscal year 2026-12-01 to 2027-11-30" in capsys.readouterr().err
    assert (
        main(["ledger", "--db", office[1], "--from", "2027-12-02", "--to", "2027-12-01", "--map", "x", "--out", "y"])
        == 2
    )


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("consultant = 29098", "consultant = 12"), "datev.consultant"),
        (('fiscal_year = "2027-01-01"', 'fiscal_year = "soon"'), "datev.fiscal_year"),
        (('number = "1610"', "number = 1610"), "account[1].number"),
        (('number = "1610"', 'number = "161000"'), "account[1].number"),
        (('tax_key = "40"', 'tax_kye = "40"'), "account[2].tax_kye"),
        (('tax_key = "40"', 'tax_key = "x"'), "account[2].tax_key"),
        (("[datev]", "[datev"), ""),
    ],
)
def test_an_accounts_file_that_makes_no_sense_is_refused_by_key(change: tuple[str, str], key: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_accounts(MAP.replace(*change), "accounts.toml")
    assert caught.value.key == key


def entry(postings: tuple[Posting, ...], number: int = 1) -> Entry:
    at = datetime(2027, 12, 1, 20, 0, tzinfo=UTC)
    return Entry(f"T1.1.{number}", "T1", "TicketsSold", at, at.date(), "T1-000001", postings)


def test_foreign_cash_and_two_tax_keys_are_refused_by_name() -> None:
    accounts = read_accounts(MAP, "accounts.toml")
    foreign = entry((posting("drawer:T1", 10_00, "USD"), posting("safe", -10_00, "USD")))
    days = date(2027, 12, 1), date(2027, 12, 1)
    with pytest.raises(CannotExport, match="USD"):
        as_datev([foreign], accounts, *days, "EUR")
    left = AccountMap("m", accounts.rows, Datev(1001, 1, date(2027, 1, 1), leave_out=frozenset({"USD"})))
    assert read_back(as_datev([foreign, entry(DROP, 2)], left, *days, "EUR"))[1][0]["Konto"] == "1610"
    keyed = AccountMap("m", (("a", Target("1000", "2")), ("b", Target("2000", "3"))), accounts.datev)
    with pytest.raises(CannotExport, match="different tax keys"):
        as_datev([entry((posting("a", 5), posting("b", -5)))], keyed, *days, "EUR")
    with pytest.raises(CannotExport, match="decimals"):
        as_datev([], accounts, *days, "KWD")


def test_what_cp1252_has_no_letter_for_changes_no_field() -> None:
    accounts = read_accounts(MAP, "accounts.toml")
    at = datetime(2027, 12, 1, 20, 0, tzinfo=UTC)
    odd = Entry("Каса1.1.7", "Каса1", "CashMoved", at, at.date(), 'кіт"; 1\n', DROP)
    _, (row,) = read_back(as_datev([odd], accounts, at.date(), at.date(), "EUR"))
    assert row["Belegfeld 1"] == "------1-"
    assert row["Buchungstext"] == 'CashMoved ???"; 1'
    assert row["Beleginfo - Inhalt 1"] == "????1.1.7"


ACCOUNTS = ("drawer:T1", "drawer:T2", "safe", "revenue:a", "revenue:b", "tax:r", "paid_in")


@given(st.lists(st.dictionaries(st.sampled_from(ACCOUNTS[:-1]), st.integers(-(10**9), 10**9), min_size=1), max_size=8))
def test_whatever_is_booked_comes_out_as_the_ledger_has_it(booked: list[dict[str, int]]) -> None:
    accounts = read_accounts(MAP, "accounts.toml")
    entries = []
    for number, sides in enumerate(booked, 1):
        rest = -sum(sides.values())
        entries.append(
            entry((*(posting(account, minor) for account, minor in sides.items()), posting("paid_in", rest)), number)
        )
    day = date(2027, 12, 1)
    _, rows = read_back(as_datev(entries, accounts, day, day, "EUR"))
    expected: dict[str, int] = defaultdict(int)
    for one in entries:
        for each in one.postings:
            target = accounts.target(each.account)
            assert target is not None
            expected[target.number] += each.amount.minor
    assert sums(rows) == {account: minor for account, minor in expected.items() if minor}
    assert all(row["Konto"] != row["Gegenkonto (ohne BU-Schlüssel)"] for row in rows)
    assert not any(row["Umsatz (ohne Soll/Haben-Kz)"].startswith(("-", "0,00")) for row in rows)
