"""Several tills, several closed shifts, a real office: all Zs together are what every report of the same money says."""

from __future__ import annotations

import tempfile
from collections import Counter as Tally
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.report import Report
from pos.domain.reports import REPORTS
from tests.unit.figures.joined import SHOWS, Office, season_file, till_of
from tests.unit.figures.test_agreement import STEPS, Evening
from tests.unit.till.counter import Counter

NAMES = {"T1": "Window 1", "T2": "Window 2"}
ASKED = {name: (name, {}) for name in ("daily_settlement", "sales", "ledger")} | {
    show: ("box_office", {"show": show}) for show in SHOWS
}
Step = tuple[str, int, str, bool]
Zs = list[dict[str, Any]]


class Elsewhere(Evening):
    """Customers of the second till: they sit in other seats, so that no place is sold twice."""

    def __init__(self, counter: Counter) -> None:
        super().__init__(counter)
        ask = counter.ask

        def moved(verb: str, **fields: Any) -> dict[str, Any]:
            if places := fields.get("places"):
                standing = places[0] == "Foyer"
                fields["places"] = places if standing else [f"{seat[:2]}{int(seat[2:]) + 6}" for seat in places]
                fields["show"] = "aida" if standing else fields["show"]
            return ask(verb, **fields)

        counter.ask = moved  # type: ignore[method-assign]


def shift_of(evening: Evening, user: str, steps: list[Step], counted: str) -> None:
    """A shift from float to count. What was sold in an earlier one is left alone."""
    counter, evening.tickets = evening.counter, []
    counter.open(user, "500.00")
    for step in steps:
        try:
            evening.step(*step)
        except (Refused, ZeroDivisionError):
            continue  # nothing was sold yet, or the till said no: then nothing happened
    counter.printers.run()
    counter.ask("clear")
    counter.ask("close_shift", counted={"total": counted})
    counter.ask("sign_out")


def minor(text: str) -> int:
    return Money.parse(text, "EUR").minor


def cells(report: Report, heading: str, head: str, keys: int = 1) -> Tally[Any]:
    """First cells of each row -> what a column says; of a table without rows there is nothing."""
    sums: Tally[Any] = Tally()
    for table in report.tables:
        if table.heading == heading:
            at = [column.head for column in table.columns].index(head)
            for row in table.rows:
                cell = row[at]
                key = row[0] if keys == 1 else row[:keys]
                sums[key] += cell.minor if isinstance(cell, Money) else int(cell or 0)
    return sums


def apart(zs: Zs, made: dict[str, Report]) -> list[str]:
    """What the Zs and the reports say differently."""
    daily, sales, books = made["daily_settlement"], made["sales"], cells(made["ledger"], "trial_balance", "balance")
    houses = [made[show] for show in SHOWS]
    by_till, by_cashier, by_tender, drawers = Tally[Any](), Tally[Any](), Tally[Any](), Tally[Any]()
    for z in zs:
        till = z["z"].partition("-")[0]
        for tender, amount in z["by_tender"].items():
            by_till[NAMES[till], tender] += minor(amount)
            by_tender[tender] += minor(amount)
        for user, own in z["by_cashier"].items():
            by_cashier.update({(user, tender): minor(amount) for tender, amount in own["by_tender"].items()})
        drawers.update({kind: minor(amount) for kind, amount in z["drawer"].items()})
    of_tickets = Tally[Any]()
    for table in sales.tables:
        for row in table.rows if table.heading == "price_type_by_tender" else ():
            for column, cell in zip(table.columns[2:-1], row[2:-1], strict=True):
                assert isinstance(cell, Money)
                of_tickets[column.head] += cell.minor
    besides = cells(sales, "paid_besides", "amount", 2)
    of_shows, others = of_tickets.copy(), Tally[Any]()
    for (what, tender), amount in besides.items():
        (of_shows if what == "fee" else others)[tender] += amount
    at_shows = _sum(*(cells(house, "by_tender", "amount") for house in houses))
    pairs = {
        "by till and tender": (by_till, cells(daily, "by_till", "amount", 2)),
        "by cashier and tender": (by_cashier, cells(daily, "by_cashier", "amount", 2)),
        "by tender, daily": (by_tender, cells(daily, "by_tender", "amount")),
        "by tender, sales": (by_tender, cells(sales, "by_tender", "amount")),
        "price types and what else was paid": (by_tender, _sum(of_shows, others)),
        "box offices' tenders": (at_shows, of_shows),
        "documents": (
            Tally({what: sum(z[what] for z in zs) for what in ("sales", "refunds", "voids", "exchanges")}),
            Tally({key: n for key, n in cells(daily, "documents", "count").items() if key != "corrections"}),
        ),
        "tickets sold": (
            Tally(all=sum(z["tickets"] for z in zs)),
            Tally(all=sum(sum(cells(h, t, "tickets").values()) for h in houses for t in ("by_price_type", "returned"))),
        ),
        "gross": (
            Tally(daily=sum(cells(daily, "by_show", "gross").values()), sales=sum(of_tickets.values())),
            Tally(daily=(gross := sum(sum(cells(h, "by_price_type", "gross").values()) for h in houses)), sales=gross),
        ),
        "earned": (
            Tally({
                "revenue": sum(cells(daily, "by_show", "net").values()),
                "fee": sum(cells(daily, "fees", "net").values()),
                "tax": sum(sum(cells(h, t, "tax").values()) for h in houses for t in ("by_price_type", "fees")),
            }),
            Tally({
                kind: -sum(n for name, n in books.items() if name.startswith(f"{kind}:"))
                for kind in ("revenue", "fee", "tax")
            }),
        ),
        "cash": (
            Tally(cash=by_tender["cash"]),
            Tally(cash=sum(drawers[kind] for kind in ("sale", "refund", "exchange", "void", "correction"))),
        ),
        "accounts": (
            Tally({
                **{f"{kind}:{till}": by_till[NAMES[till], kind] for till in NAMES for kind in ("card", "card_slip")},
                "over_short": -sum(minor(z["difference"]) for z in zs),
                "safe": sum(minor(z["counted"]) for z in zs) - drawers["float"] - drawers["drop"],
                "paid_in": -drawers["paid_in"],
            }),
            Tally({name: n for name, n in books.items() if name.partition(":")[0] not in ("revenue", "tax", "fee")}),
        ),
    }  # fmt: skip
    return [
        f"{what}, {key}: {one[key]} is not {other[key]}"
        for what, (one, other) in pairs.items()
        for key in sorted(one.keys() | other.keys(), key=str)
        if one[key] != other[key]
    ]


def _sum(*parts: Tally[Any]) -> Tally[Any]:
    whole = Tally[Any]()
    for part in parts:
        whole.update(part)
    return whole


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return season_file(tmp_path_factory.mktemp("season"))


SHIFTS = st.lists(
    st.tuples(st.sampled_from(["anna", "beth"]), STEPS, st.integers(300, 700)), min_size=2, max_size=3
)  # one after the other, at each till


def closed_at(season: Path, folder: Path, shifts: list[list[tuple[str, list[Step], int]]]) -> Office:
    """The office, once every till has closed its shifts and sent what it had."""
    office = Office(season, folder)
    for name, person, own in zip(("T1", "T2"), (Evening, Elsewhere), shifts, strict=True):
        counter = till_of(folder, name)
        try:
            evening = person(counter)
            for user, steps, counted in own:
                shift_of(evening, user, steps, f"{counted}.00")
        finally:
            counter.stop()
        office.join(counter)
    return office


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # evenings take too long to be tried in smaller ones
)
@given(first=SHIFTS, second=SHIFTS)
def test_all_zs_together_are_what_reports_say(
    season: Path, first: list[tuple[str, list[Step], int]], second: list[tuple[str, list[Step], int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = closed_at(season, Path(folder), [first, second])
        try:
            zs = [body["report"] for body in office.facts("ShiftClosed")]
            assert len(zs) == len(first) + len(second)
            assert apart(zs, office.reports(ASKED)) == []
            assert office.violations() == []
        finally:
            office.close()


EVERYTHING: list[Step] = [
    ("sell", 0, "split", False), ("sell", 1, "card", False), ("sell", 2, "cash", False), ("sell", 3, "cash", False),
    ("foyer", 1, "cash", False), ("refund", 0, "cash", False), ("exchange", 2, "cash", True), ("void", 3, "cash", True),
    ("correct", 4, "cash", True), ("drop", 2, "cash", False), ("paid_in", 3, "cash", False),
    ("reprint", 4, "cash", True),
]  # fmt: skip


@pytest.fixture(scope="module")
def office(season: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Two tills, a shift of everything at each."""
    shifts = [[("anna", EVERYTHING, 500)], [("beth", EVERYTHING, 600)]]
    made = closed_at(season, tmp_path_factory.mktemp("office"), shifts)
    yield made
    made.close()


def test_the_history_of_everything_has_everything(office: Office) -> None:
    zs = [body["report"] for body in office.facts("ShiftClosed")]
    for z in zs:
        assert {z["refunds"], z["voids"], z["exchanges"]} == {1}
        assert {"card", "card_slip", "cash"} <= z["by_tender"].keys()
    assert apart(zs, office.reports(ASKED)) == []
    assert office.violations() == []


def test_a_z_that_says_something_else_is_seen(office: Office) -> None:
    zs = [body["report"] for body in office.facts("ShiftClosed")]
    more = str(Money(minor(zs[0]["by_tender"]["card"]) + 1, "EUR"))
    spoiled = [zs[0] | {"by_tender": zs[0]["by_tender"] | {"card": more}}, *zs[1:]]
    found = {line.partition(",")[0] for line in apart(spoiled, office.reports(ASKED))}
    assert found == {"by till and tender", "by tender", "price types and what else was paid", "accounts"}


@pytest.mark.parametrize("name", ["daily_settlement", "sales", "box_office", "ledger"])
def test_a_report_that_says_something_else_is_seen(office: Office, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    kind = REPORTS[name]

    def less(report: Report) -> Report:
        """Without the last row of each table."""
        return replace(report, tables=tuple(replace(table, rows=table.rows[:-1]) for table in report.tables))

    monkeypatch.setitem(REPORTS, name, replace(kind, build=lambda *source: less(kind.build(*source))))
    zs = [body["report"] for body in office.facts("ShiftClosed")]
    assert apart(zs, office.reports(ASKED)) != []
    assert any(line.startswith(f"I4 report {name}") for line in office.violations())
