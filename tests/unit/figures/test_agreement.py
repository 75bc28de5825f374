"""Any two reports that speak of the same money agree, whatever a till did: sales, refunds, exchanges, voids,
corrections and cash that is carried about, in whatever order."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pos.domain.errors import Refused
from pos.domain.facts import Fact
from pos.domain.money import Money
from pos.domain.report import Report
from pos.domain.reports import REPORTS, frame, money
from pos.domain.reports.kinds import About
from pos.domain.season import Season
from tests.unit.figures.laws import broken, figures_of
from tests.unit.figures.test_figures import facts_of
from tests.unit.till.counter import NOW, PINS, Counter, show_document
from tests.unit.till.test_returns_property import Sold
from tests.unit.till.toy_terminal import ScriptedTerminal

SAM = {"user": "sam", "pin": PINS["sam"]}
WHAT = [
    "sell",
    "sell",
    "foyer",
    "refund",
    "refund",
    "exchange",
    "void",
    "correct",
    "drop",
    "paid_in",
    "reprint",
    "wait",
]
STEPS = st.lists(
    st.tuples(st.sampled_from(WHAT), st.integers(0, 4), st.sampled_from(["cash", "card", "split"]), st.booleans()),
    min_size=4,
    max_size=10,
)


class Evening(Sold):
    """The steps of returns and changes, and what else a till does with money."""

    def step(self, what: str, at: int, how: str, sure: bool) -> None:
        if what == "foyer":
            self.tickets += self.counter.sell(*["Foyer"] * (at + 1), show="tosca")["tickets"]
        elif what == "correct":
            (sale,) = self.counter.ask("find", code=self.tickets[at % len(self.tickets)]["id"])["sales"]
            slip = {"kind": "card", "slip": "4711"}
            wrong = {"from": "cash"}
            self.counter.ask("correct_tender", sale=sale["id"], reason="told wrong", to=slip, approver=SAM, **wrong)
        elif what in ("drop", "paid_in"):
            self.counter.ask("move_cash", kind=what, amount=f"{at + 1}.50", reason="change")
        else:
            super().step(what, at, how, sure)


def reports_of(facts: list[Fact], season: Season) -> dict[str, Report]:
    """All that speak of money, of all that happened; the statements of every show and promoter by their names."""
    asked: dict[str, tuple[str, dict[str, str]]] = {
        name: (name, {}) for name in ("daily_settlement", "sales", "ledger", "refunds")
    }
    asked |= {f"box_office {show}": ("box_office", {"show": show}) for show in season.shows}
    asked |= {f"promoter {id_}": ("promoter_statement", {"promoter": id_}) for id_ in season.promoters}
    made: dict[str, Report] = {}
    for name, (kind_name, fields) in asked.items():
        kind = REPORTS[kind_name]
        checked = kind.check(fields, season)
        figures = figures_of(facts, kind.query(checked, season))
        made[name] = kind.build(figures, checked, About(season, NOW.isoformat()))
    return made


def column(report: Report, heading: str, head: str) -> dict[Any, int]:
    """First cell -> minor units, of a table's column, summed; empty where there is no such table."""
    try:
        table = report.table(heading)
    except KeyError:
        return {}
    at = [one.head for one in table.columns].index(head)
    sums: dict[Any, int] = {}
    for row in table.rows:
        cell = row[at]
        sums[row[0]] = sums.get(row[0], 0) + (cell.minor if isinstance(cell, Money) else int(cell or 0))
    return sums


def disagreements(facts: list[Fact], season: Season, interim: Mapping[str, Any] | None = None) -> list[str]:
    """What two reports say differently of the same money; among them the X of the shift in which all happened."""
    made = reports_of(facts, season)
    daily, books = made["daily_settlement"], column(made["ledger"], "trial_balance", "balance")
    shows = [made[name] for name in made if name.startswith("box_office")]
    runs = [made[name] for name in made if name.startswith("promoter")]

    def total(reports: list[Report], head: str, *headings: str) -> int:
        return sum(sum(column(one, heading, head).values()) for one in reports for heading in headings)

    earned = {show: -minor for show, minor in books.items() if show.startswith("revenue:")}
    said = {
        "gross of tickets": {
            "daily settlement": total([daily], "gross", "by_show"),
            "by channel": total([daily], "gross", "by_channel"),
            "price types by tender": total([made["sales"]], "total", "price_type_by_tender"),
            "box office": total(shows, "gross", "by_price_type"),
            "by category": total(shows, "gross", "by_category"),
            "promoters": total(runs, "gross", "shows", "future_shows"),
        },
        "net of tickets": {
            "daily settlement": total([daily], "net", "by_show"),
            "box office": total(shows, "net", "by_price_type"),
            "books": sum(earned.values()),
        },
        "tickets": {
            "daily settlement": total([daily], "tickets", "by_show"),
            "price types by tender": total([made["sales"]], "tickets", "price_type_by_tender"),
            "box office": total(shows, "tickets", "by_price_type"),
            "promoters": total(runs, "tickets", "shows", "future_shows"),
        },
        "tax": {
            "box office": total(shows, "tax", "by_price_type", "fees"),
            "books": -sum(minor for account, minor in books.items() if account.startswith("tax:")),
        },
        "fees": {
            "daily settlement": total([daily], "net", "fees"),
            "box office": total(shows, "net", "fees"),
            "promoters": total(runs, "fees", "shows", "future_shows"),
            "books": -sum(minor for account, minor in books.items() if account.startswith("fee:")),
        },
        "money taken": {
            "daily settlement": total([daily], "amount", "by_tender"),
            "by day": total([daily], "amount", "by_day"),
            "by cashier": total([daily], "amount", "by_cashier"),
            "price types and what else was paid": total([made["sales"]], "total", "price_type_by_tender")
            + total([made["sales"]], "amount", "paid_besides"),
        },
        "paid back": {
            "refunds": total([made["refunds"]], "amount", "by_reason"),
            "by tender": total([made["refunds"]], "amount", "by_tender"),
            "daily settlement": -column(daily, "documents", "amount").get("refunds", 0),
        },
    }
    found = [f"{what}: {sums}" for what, sums in said.items() if len(set(sums.values())) != 1]
    tenders = column(daily, "by_tender", "amount")
    for kind in sorted({*tenders, "card"} - {"cash", "nothing_paid"}):
        there = sum(minor for account, minor in books.items() if account.partition(":")[0] == kind)
        if there != tenders.get(kind, 0):
            found.append(f"{kind}: {tenders.get(kind, 0)} in the daily settlement, {there} in the books")
    if interim is not None:
        found += _of_shift(interim, tenders, books, daily)
    if sum(books.values()):
        found.append(f"the books are {sum(books.values())} off")
    return found


def _of_shift(interim: Mapping[str, Any], tenders: dict[Any, int], books: dict[Any, int], daily: Report) -> list[str]:
    told = {kind: Money.parse(text, "EUR").minor for kind, text in interim["by_tender"].items()}
    said = {"expected": Money.parse(interim["expected"], "EUR").minor}
    sold = column(daily, "documents", "count")
    said |= {what: interim[what] for what in ("sales", "refunds", "voids", "exchanges")}
    there = {"expected": books.get("drawer:T1", 0)}
    there |= {what: sold.get(what, 0) for what in ("sales", "refunds", "voids", "exchanges")}
    found = [f"shift, {key}: {said[key]} is not {there[key]}" for key in said if said[key] != there[key]]
    kinds = sorted(told.keys() | tenders.keys())
    return found + [
        f"shift, {kind}: {told.get(kind, 0)} is not {tenders.get(kind, 0)}"
        for kind in kinds
        if told.get(kind, 0) != tenders.get(kind, 0)
    ]


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # an evening takes too long to be tried in smaller ones
)
@given(steps=STEPS)
def test_reports_of_any_evening_agree(steps: list[tuple[str, int, str, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shows = [show_document("aida", promoter="ringer"), show_document("tosca", promoter="ringer")]
        counter = Counter(Path(folder) / "till", shows, terminal=ScriptedTerminal())
        try:
            counter.line.document("promoter", {"id": "ringer", "commission": "7.5%", "card_cost": "1.9%"})
            counter.open(float_="500.00")
            evening = Evening(counter)
            for step in steps:
                try:
                    evening.step(*step)
                except (Refused, ZeroDivisionError):
                    continue  # nothing was sold yet, or the till said no: then nothing happened
            counter.settle()
            season = counter.desk.submit(counter.desk.season).result(10)
            facts = facts_of(counter)
            counter.ask("sign_out")
            counter.sign_in("sam")  # who may see the cash before it is counted
            interim = counter.ask("x_report")["x"]
        finally:
            counter.stop()
    assert broken(facts) == []
    assert disagreements(facts, season, interim) == []


def test_a_report_that_leaves_something_out_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison above sees a builder that forgets what came back."""
    shows = [show_document("aida", promoter="ringer"), show_document("tosca", promoter="ringer")]
    counter = Counter(tmp_path / "till", shows)
    counter.line.document("promoter", {"id": "ringer"})
    counter.open()
    (ticket,) = counter.sell("A-1")["tickets"]
    counter.ask("refund", tickets=[ticket["id"]], reason="ill")
    counter.settle()
    season = counter.desk.submit(counter.desk.season).result(10)
    counter.stop()
    facts = facts_of(counter)
    assert disagreements(facts, season) == []
    whole = frame.tenders
    monkeypatch.setattr(money, "tenders", lambda source: whole(source, where=lambda key: key.way == "sold"))
    assert [line.partition(":")[0] for line in disagreements(facts, season)] == ["money taken"]
