"""The checker adds every report up once more: one that leaves something out, or counts it twice, is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pos.domain.books import Posting
from pos.domain.figures import Figures
from pos.domain.report import Report
from pos.domain.reports import REPORTS
from pos.domain.rights import Effect
from sync.office.rules import look
from sync.wire import FactItem
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.test_holds import hold

Tills = Callable[..., list[TillClient]]
JUDGED = ("refunds", "comps", "promotions", "reprints", "occupancy", "holds", "stock", "offline_sales", "customers")


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite alone: that the checker's SQL runs on PostgreSQL, all tests that end with a check show."""
    return f"sqlite:///{tmp_path / 'office.db'}"


def marked(till: TillClient, sale: FactItem, **marks: Any) -> FactItem:
    """The till's last sale, its first ticket being something special."""
    till.journal.pop()
    value = json.loads(sale.envelope)
    value["body"]["sale"]["tickets"][0] |= marks
    effects = tuple(Effect.from_json(effect) for effect in value["effects"])
    return till.record("TicketsSold", value["body"], effects, tuple(Posting.from_json(one) for one in value["money"]))


@pytest.fixture
def busy(house: House, tills_at: Tills) -> House:
    """Something of everything that a report speaks of."""
    (one,) = tills_at("T1")
    seats = house.granted(one, *(f"A-{number}" for number in range(1, 10)))
    hold(one, seats[0], type="kill", user="sam")
    hold(one, seats[1], id="T1-H2")
    sales = [one.sell(SHOW, seat, sale=f"S{number}") for number, seat in enumerate(seats[2:6])]
    one.copy(seats[5], SHOW, "S3-1", 1)
    one.refund(sales[0], seats[2], fee="5.80", reason="ill")
    one.claim_refund(sales[1])
    one.void(sales[2], seats[4])
    one.record("PrintReported", {"job": 1, "tickets": ["S3-1"], "outcome": "failed", "user": "anna"})
    one.admit("S3-1", show=SHOW, copy=1)
    marked(one, one.sell(SHOW, seats[6], sale="S7", price=0), comp={"reason": "press", "approver": "sam"})
    marked(one, one.sell(SHOW, seats[7], sale="S8"), override={"was": "68.00", "reason": "view", "approver": "sam"})
    marked(one, one.sell(SHOW, seats[8], sale="S9"), promotion={"id": "spring", "off": "3.00"})
    for number, consent in enumerate(({}, {"consent": {"given": True}}, {"consent": {"given": False}})):
        one.record(
            "CustomerRecorded", {"user": "anna", "customer": f"T1-K{number}", "profile": {"name": "I"} | consent}
        )
    house.push(one)
    return house


def wrong(house: House) -> set[str]:
    """The reports that differ from what the facts say."""
    found = (line for line in house.violations() if line.startswith("I4 report "))
    return {line.removeprefix("I4 report ").partition(":")[0] for line in found}


def test_the_busy_house_has_something_of_everything(busy: House) -> None:
    assert wrong(busy) == set()
    assert busy.rows("SELECT count(*) FROM live WHERE family = 'hold'") == [(2,)]
    kinds = {kind for (kind,) in busy.rows("SELECT DISTINCT kind FROM fact WHERE verdict != 'refused'")}
    assert {"TicketsRefunded", "RefundClaimed", "TicketsVoided", "CopyIssued", "CustomerRecorded"} <= kinds


@pytest.mark.parametrize("name", JUDGED)
def test_a_report_that_leaves_its_last_rows_out_is_named(
    busy: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    kind = REPORTS[name]

    def less(report: Report) -> Report:
        return replace(report, tables=tuple(replace(table, rows=table.rows[:-1]) for table in report.tables))

    monkeypatch.setitem(REPORTS, name, replace(kind, build=lambda *source: less(kind.build(*source))))
    assert wrong(busy) == {name}


@pytest.mark.parametrize("name", ["refunds", "comps", "promotions", "reprints", "offline_sales"])
def test_a_report_that_counts_every_fact_twice_is_named(
    busy: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    kind = REPORTS[name]
    monkeypatch.setitem(
        REPORTS, name, replace(kind, build=lambda one, *more: kind.build(Figures().merge(one).merge(one), *more))
    )
    assert wrong(busy) == {name}


@pytest.mark.parametrize("what", ["free", "held", "killed", "sold", "admitted", "capacity"])
def test_a_house_that_is_counted_wrongly_is_named(busy: House, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    whole = look.KINDS["houses"]

    def more(*asked: Any) -> dict[str, Any]:
        shows = whole(*asked)["shows"]
        return {"shows": {show: counts | {what: counts[what] + 1} for show, counts in shows.items()}}

    monkeypatch.setitem(look.KINDS, "houses", more)
    assert wrong(busy) == {"occupancy"}


def test_what_cannot_be_read_leaves_the_other_reports_proved(busy: House, monkeypatch: pytest.MonkeyPatch) -> None:
    busy.run("UPDATE fact SET envelope = 'torn' WHERE kind = 'TicketsSold' AND number = 3")
    for name in ("refunds", "comps"):
        kind = REPORTS[name]
        empty = replace(kind, build=lambda _, *more, build=kind.build: build(Figures(), *more))
        monkeypatch.setitem(REPORTS, name, empty)
    whole = look.KINDS["houses"]
    monkeypatch.setitem(look.KINDS, "houses", lambda *asked: whole(*asked) | {"shows": {}})
    found = wrong(busy)
    assert {"refunds", "holds"} <= found
    assert "comps" not in found, "they are of sales, of which one cannot be read"


def test_records_that_are_damaged_are_named(busy: House) -> None:
    busy.run("UPDATE document SET body = '{}' WHERE family = 'customer_record' AND id = 'T1-K0'")
    assert "customers" in wrong(busy)
