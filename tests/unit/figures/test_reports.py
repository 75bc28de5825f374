"""Reports as documents: what each says of a till whose day is known to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos.domain.facts import Fact
from pos.domain.money import Money
from pos.domain.promoter import Promoter
from pos.domain.report import Report
from pos.domain.reports import REPORTS
from pos.domain.reports.frame import Source
from pos.domain.reports.kinds import About
from pos.domain.reports.statements import digest, digest_of, signed_record
from pos.domain.season import Season
from tests.unit.figures.laws import figures_of
from tests.unit.figures.test_figures import facts_of
from tests.unit.till.counter import NOW, Counter, show_document

PROMOTER = {
    "id": "ringer", "name": "Ringer Concerts", "commission": "10%", "outlets": {"T2": "5"}, "channels": {"web": "3"},
    "card_cost": "2", "advances": [{"at": "2027-02-01", "amount": "20.00", "note": "posters"}],
}  # fmt: skip


class Day:
    """A till that sold for the promoter's two shows, and the season that it knew."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        counter.open(float_="300.00")
        self.first = counter.sell("A-1", "A-2")
        counter.sell("A-3", price_type="student", proof=True, show="tosca")
        counter.ask("refund", tickets=[self.first["tickets"][0]["id"]], reason="ill")
        counter.sell("B-1")
        counter.settle()
        self.season: Season = counter.desk.submit(counter.desk.season).result(10)

    @property
    def facts(self) -> list[Fact]:
        return facts_of(self.counter)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Any:
    shows = [show_document("aida", promoter="ringer"), show_document("tosca", promoter="ringer")]
    counter = Counter(tmp_path_factory.mktemp("day"), shows)
    counter.line.document("promoter", PROMOTER)
    made = Day(counter)
    yield made
    counter.stop()


def built(
    day: Day, name: str, *, later: timedelta = timedelta(), facts: list[Fact] | None = None,
    records: Any = (), looks: Mapping[str, Any] | None = None, **asked: str,
) -> tuple[Source, Report]:  # fmt: skip
    kind = REPORTS[name]
    checked = kind.check(asked, day.season)
    figures = figures_of(day.facts if facts is None else facts, kind.query(checked, day.season))
    about = About(day.season, (NOW + later).isoformat(), by="anna", looks=looks or {}, records=records)
    return Source(figures, checked, about), kind.build(figures, checked, about)


def rows(report: Report, heading: str) -> list[tuple[Any, ...]]:
    return [tuple(str(cell) if isinstance(cell, Money) else cell for cell in row) for row in report.table(heading).rows]


def test_every_report_can_be_written_down_and_read_back(day: Day) -> None:
    given = {"show": "aida", "promoter": "ringer", "shift": "T1-1-S0001"}
    for name, kind in REPORTS.items():
        _, report = built(day, name, **{key: given[key] for key in kind.needs})
        assert Report.from_json(report.to_json()) == report
        assert report.name == name


def test_the_daily_settlement(day: Day) -> None:
    _, report = built(day, "daily_settlement", since="2027-03-01", until="2027-03-01")
    # 118.00 + 30.00 + 59.00 came, 52.20 went back.
    assert rows(report, "by_tender") == [("cash", 4, "154.80")]
    assert rows(report, "by_cashier") == [("Anna", "cash", "154.80")]
    assert [row[:4] for row in rows(report, "by_show")] == [
        ("Tosca", (NOW + timedelta(days=2)).isoformat(), 2, "116.00"),
        ("Tosca", (NOW + timedelta(days=2)).isoformat(), 1, "29.00"),
    ]
    total = report.table("by_show").total
    assert total is not None
    assert total[2:4] == (3, Money(14_500, "EUR"))
    assert dict(row[:2] for row in rows(report, "fees")) == {"Counter fee": 4, "refund": 1}
    assert rows(report, "documents") == [("refunds", 1, "-52.20"), ("sales", 3, "207.00")]
    assert not built(day, "daily_settlement", since="2027-03-02")[1].tables


def test_a_shift_is_what_its_z_says(tmp_path: Path) -> None:
    counter = Counter(tmp_path, [show_document("aida"), show_document("tosca")])
    day = Day(counter)
    shift = counter.ask("shift")["shift"]
    counter.ask("move_cash", kind="drop", amount="50.00", reason="to the safe")
    open_ = built(day, "shift_z", shift=shift)[1]
    assert "counted" not in dict(open_.facts)
    z = counter.ask("close_shift", counted={"total": "410.00"})["report"]
    counter.settle()
    closed = built(day, "shift_z", shift=shift)[1]
    counter.stop()
    said = {word: str(cell) for word, cell in closed.facts}
    assert [said[word] for word in ("expected", "counted", "difference")] == ["404.80", "410.00", "5.20"]
    assert [z[word] for word in ("expected", "counted", "difference")] == ["404.80", "410.00", "5.20"]
    assert {row[0]: row[2] for row in rows(closed, "by_tender")} == z["by_tender"]
    drawer = [("cash_moved", "-50.00"), ("float", "300.00"), ("refunds", "-52.20"), ("sales", "207.00")]
    assert sorted(rows(closed, "drawer")) == sorted(rows(open_, "drawer")) == drawer
    assert closed.table("drawer").total == ("total", Money(40_480, "EUR"))
    assert not built(day, "shift_z", shift="T1-1-S0009")[1].tables


def test_the_box_office_statement_of_a_performance(day: Day) -> None:
    _, report = built(day, "box_office", show="aida")
    assert rows(report, "by_price_type") == [
        ("Adult", "Window 1", "T1-00001-1", "T1-00003-1", 2, "116.00", "10.54", "105.46")
    ]
    assert rows(report, "returned") == [("refunds", 1, "58.00")]
    # Two tickets and their fees, 10 % of the one that came back.
    assert rows(report, "by_tender") == [("cash", "124.80")]
    assert report.signatures == ("cashier", "house_manager", "promoter")


def test_price_types_by_tender_add_up_to_the_tenders(day: Day) -> None:
    _, report = built(day, "sales")
    assert rows(report, "price_type_by_tender") == [
        ("Adult", 2, "116.00", "116.00"), ("Student", 1, "29.00", "29.00"),
    ]  # fmt: skip
    assert rows(report, "paid_besides") == [("fee", "cash", "9.80")]
    assert rows(report, "by_tender") == [("cash", 4, "154.80")]


def test_the_books_balance(day: Day) -> None:
    _, report = built(day, "ledger", until="2027-03-01")
    total = report.table("trial_balance").total
    assert total is not None
    assert total[1] == total[2]
    assert total[3] == Money.zero("EUR")
    balances = {row[0]: row[3] for row in rows(report, "trial_balance")}
    assert balances["drawer:T1"] == "454.80"
    assert balances["revenue:aida"] == "-105.46"
    later = {row[0]: row[1:] for row in rows(built(day, "ledger", since="2027-03-02")[1], "trial_balance")}
    assert later["drawer:T1"] == ("0.00", "0.00", "454.80"), "what stood on an account before stands on it still"


def test_refunds_by_who_and_why(day: Day) -> None:
    _, report = built(day, "refunds")
    assert rows(report, "by_reason") == [("refunds", "2027-03-01", "Window 1", "Anna", "ill", 1, "52.20")]
    assert rows(report, "fees_kept") == [("refund_fee", 1, "5.80")]
    assert rows(report, "by_tender") == [("cash", "52.20")]


def test_occupancy_counts_seats_that_are_some(day: Day) -> None:
    house = {
        "capacity": 34,
        "killed": 4,
        "held": 3,
        "sold": 2,
        "free": 25,
        "admitted": 1,
        "holds": {"kill": 4, "press": 3},
    }
    looks = {"houses": {"shows": {"aida": house}}}
    _, report = built(day, "occupancy", looks=looks)
    assert rows(report, "occupancy")[0][2:] == (30, 25, 3, 2, 0, 667, 667, 1, 5000)
    assert rows(built(day, "holds", looks=looks)[1], "holds") == [
        ("Tosca", (NOW + timedelta(days=2)).isoformat(), "kill", 4),
        ("Tosca", (NOW + timedelta(days=2)).isoformat(), "press", 3),
    ]


# ---- the promoter's statement ---------------------------------------------------------------


AFTER = timedelta(days=3)


def payable(report: Report) -> dict[str, str]:
    return dict(rows(report, "payable"))


def test_shows_to_come_are_told_apart_and_are_not_owed(day: Day) -> None:
    _, report = built(day, "promoter_statement", promoter="ringer")
    assert payable(report) == {
        "shows": "0.00", "adjustments": "0.00", "advances": "-20.00", "payable": "-20.00", "future_shows": "117.32",
    }  # fmt: skip
    assert [row[2:] for row in rows(report, "future_shows")] == [
        (2, 0, "116.00", "10.54", "8.80", "11.60", "0.00", "93.86"),
        (1, 0, "29.00", "2.64", "1.00", "2.90", "0.00", "23.46"),
    ]


def test_a_signed_statement_stands_and_what_follows_is_an_adjustment(day: Day) -> None:
    source, report = built(day, "promoter_statement", later=AFTER, promoter="ringer")
    assert payable(report)["payable"] == "97.32"
    record = signed_record(source, report, "T1-P00001", "T1")
    assert record["sha256"] == digest_of(report) == digest(record["document"])
    # A ticket came back after the signature: the facts of then, and one more.
    counter = day.counter
    counter.ask("refund", tickets=[day.first["tickets"][1]["id"]], reason="late")
    _, again = built(day, "promoter_statement", later=AFTER, promoter="ringer", records=[record])
    with pytest.raises(KeyError):
        again.table("shows")
    assert [row[2:] for row in rows(again, "adjustments")] == [
        (-1, 0, "-58.00", "-5.27", "5.80", "-5.80", "0.00", "-46.93")
    ]
    assert payable(again) == {
        "shows": "0.00", "adjustments": "-46.93", "advances": "0.00", "payable": "-46.93", "future_shows": "0.00",
    }  # fmt: skip
    assert rows(again, "signed_statements") == [("T1-P00001", (NOW + AFTER).isoformat(), "97.32")]
    assert digest(record["document"]) == record["sha256"], "the signed one has not changed"
    source, _ = built(day, "promoter_statement", later=AFTER, promoter="ringer", records=[record])
    second = signed_record(source, again, "T1-P00002", "T1")
    _, third = built(day, "promoter_statement", later=AFTER, promoter="ringer", records=[record, second])
    assert payable(third)["payable"] == "0.00", "what was adjusted is settled, too"


def test_the_nearer_rate_counts() -> None:
    promoter = Promoter.parse(PROMOTER, "EUR")
    assert [promoter.rate(*at) for at in (("counter", "T1"), ("counter", "T2"), ("web", "office"))] == [1000, 500, 300]


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("commission", "101%", "commission: '101%' is not a percentage"),
        ("commission", 10, "commission: 10 is not"),
        ("channels", "all", "must be a table"),
        ("advances", [{"amount": "1.00"}], r"advances\[0\]: must have at and amount"),
        ("advances", [{"at": "2027-01-01", "amount": "-1.00"}], r"advances\[0\].amount: must be more"),
        ("cycle", "yearly", "is none of run, month"),
        ("fees", "both", "is none of house, promoter"),
    ],
)  # fmt: skip
def test_an_agreement_that_makes_no_sense_is_refused(key: str, value: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Promoter.parse(PROMOTER | {key: value}, "EUR")
