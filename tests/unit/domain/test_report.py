"""A report as a document: what is written of it is read back, and what cannot be one is refused."""

from __future__ import annotations

import json

import pytest

from pos.domain.money import Money
from pos.domain.report import COUNT, MONEY, PERCENT, Chart, Column, Report, Table

_COLUMNS = (Column("show"), Column("tickets", COUNT), Column("gross", MONEY), Column("share", PERCENT))


def _report() -> Report:
    rows = (("Tosca", 2, Money(11_600, "EUR"), 10_000), ("Rusalka", 0, Money(0, "EUR"), None))
    total = (None, 2, Money(11_600, "EUR"), None)
    table = Table("by_show", _COLUMNS, rows, total, Chart("bars", "show", "gross"))
    empty = Table("refunds", (Column("reason"),), ())
    return Report(
        "daily", "Opera House", "EUR", "2027-12-03T23:10:00+01:00", (("day", "2027-12-03"),), (table, empty),
        True, ("T2",), ("late_facts",), ("cashier", "supervisor"), {"day": "2027-12-03"},
    )  # fmt: skip


def test_a_report_is_read_back_as_it_was_written() -> None:
    report = _report()
    assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report
    assert report.to_json()["tables"][0]["rows"][0][2] == "116.00"


def test_a_row_that_does_not_fit_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="by_show: a row of 1 cells under 4 columns"):
        Table("by_show", _COLUMNS, (("Tosca",),))
    with pytest.raises(ValueError, match="by_show: a row of 3 cells"):
        Table("by_show", _COLUMNS, (), (None, 2, 3))


def test_a_column_of_no_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="'amount' is no kind of column"):
        Column("gross", "amount")


def test_a_table_is_found_by_its_heading() -> None:
    assert _report().table("refunds").rows == ()
    with pytest.raises(KeyError, match="voids"):
        _report().table("voids")
