"""Seat stock: the parts are the whole at every moment, and short and slow shows are seen with something to do."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.data import resource
from pos.domain.figures import Figures
from pos.domain.report import Report
from pos.domain.reports import REPORTS
from pos.domain.reports.kinds import About
from pos.domain.reports.stock import stock_report
from pos.domain.season import Season
from pos.domain.seatstock import (
    PARTS,
    Age,
    Alert,
    Expected,
    Line,
    SeatStock,
    Thresholds,
    alert,
    compared,
    count,
    totals,
)
from pos.paper.reports.words import ReportWords
from tests.unit.till.counter import documents

NOW = datetime.fromisoformat("2027-03-01T18:00:00+01:00")


def test_parts_that_are_not_the_whole_are_no_count() -> None:
    assert count("aida", 10, {"free": 4, "sold": 6}).left == 4
    with pytest.raises(ValueError, match="not the 10 places"):
        count("aida", 10, {"free": 4, "sold": 5})
    with pytest.raises(ValueError, match="not the 10 places"):
        count("aida", 10, {"free": 11, "sold": -1})
    with pytest.raises(ValueError, match="lost"):
        count("aida", 10, {"lost": 10})


@given(st.fixed_dictionaries({part: st.integers(0, 500) for part in PARTS}))
def test_totals_and_shares_are_of_the_same_places(parts: dict[str, int]) -> None:
    stock = count("aida", sum(parts.values()), parts)
    line = Line("Aida", NOW.isoformat(), stock, Age(1, 0, 0), None)
    sums = totals([line, line])
    assert sums["capacity"] == 2 * stock.capacity == sum(sums[part] for part in PARTS)
    assert 0 <= stock.share <= 10_000
    assert stock.left == parts["free"] + parts["hands"] + parts["basket"]


def test_age_counts_what_was_sold_lately() -> None:
    sold = {NOW - timedelta(hours=1): 3, NOW - timedelta(hours=25): 4, NOW - timedelta(days=8): 5, NOW: 1}
    assert Age.at(NOW, NOW + timedelta(days=2, minutes=30), sold) == Age(48, 4, 8)
    assert Age.at(NOW, NOW - timedelta(minutes=1), {}).hours_left < 0


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        (None, ()),
        ("30%", (Expected(7, 3000),)),
        (30, (Expected(7, 3000),)),
        ([{"days": 14, "sold": "30%"}, {"days": 3, "sold": "62.5%"}], (Expected(3, 6250), Expected(14, 3000))),
    ],
)
def test_thresholds_are_read_as_a_venue_writes_them(value: object, rules: tuple[Expected, ...]) -> None:
    assert Thresholds.parse(20, value) == Thresholds(20, rules)


@pytest.mark.parametrize("value", ["half", "130%", True, [{"days": -1, "sold": "3%"}], [{"days": 1}], ["3%"], -1])
def test_thresholds_that_say_nothing_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="stock_slow"):
        Thresholds.parse(0, value)
    with pytest.raises(ValueError, match="stock_short"):
        Thresholds.parse("few", None)


@pytest.mark.parametrize(
    ("parts", "own", "days", "seen"),
    [
        ({"free": 20, "sold": 80}, 0, 5, None),
        ({"free": 5, "held": 10, "sold": 85}, 0, 5, Alert("short", "release_holds", 10)),
        ({"free": 1, "hands": 5, "sold": 94}, 2, 5, Alert("short", "recall_hands", 3)),
        ({"hands": 5, "sold": 95}, 5, 5, Alert("short", "standby_list", 5)),
        ({"free": 60, "sold": 40}, 0, 5, Alert("slow", "promotion", 60, 6000)),
        ({"free": 60, "sold": 40}, 0, 10, None),
        ({"free": 75, "sold": 25}, 0, 10, Alert("slow", "promotion", 75, 3000)),
        ({"free": 75, "sold": 25}, 0, 20, None),
        ({"hands": 75, "sold": 25}, 15, 2, Alert("slow", "add_allotment", 60, 6000)),
        ({"free": 5, "sold": 95}, 0, -1, None),
    ],
)
def test_short_and_slow_shows_are_seen_with_something_to_do(
    parts: dict[str, int], own: int, days: int, seen: Alert | None
) -> None:
    thresholds = Thresholds(10, (Expected(5, 6000), Expected(14, 3000)))
    stock = count("aida", 100, parts)
    assert alert(stock, Age(days * 24, 0, 0), thresholds, own_hand=own) == seen


def test_a_count_by_hand_is_held_against_the_books() -> None:
    stock = count("aida", 20, {"free": 5, "hands": 3, "held": 2, "killed": 1, "sold": 8, "paper": 1})
    assert compared(stock, {"left": 7, "held": 3, "sold": 8, "paper": 2}) == {
        "left": -1, "held": 0, "sold": 0, "paper": 1,
    }  # fmt: skip


def test_the_report_says_what_the_lines_say_in_words_that_ship() -> None:
    family: dict[str, dict[str, dict[str, object]]] = {}
    for word in documents([]):
        family.setdefault(word.family, {})[word.id] = word.body
    season = Season.from_documents(family)
    stocks = [SeatStock("b", 10, free=4, sold=6), SeatStock("a", 5, killed=1, sold=4)]
    lines = [
        Line(one.show.upper(), (NOW + timedelta(days=n)).isoformat(), one, Age(24 * n, n, 2 * n), None)
        for n, one in enumerate(stocks, 1)
    ]
    report = stock_report(lines, About(season, NOW.isoformat()))
    table = report.table("stock")
    assert [row[:3] for row in table.rows] == [("B", lines[0].starts, 10), ("A", lines[1].starts, 5)]
    assert table.total is not None
    assert table.total[2] == 15
    assert report.table("ageing").rows[1][2:6] == (48, 0, 2, 4)
    assert Report.from_json(report.to_json()) == report
    told = {"stock": {"shows": [line.to_json() for line in lines]}}
    asked = REPORTS["stock"].build(Figures(), {"show": "a"}, About(season, NOW.isoformat(), looks=told))
    assert [row[2] for row in asked.table("stock").rows] == [5]
    assert REPORTS["stock"].build(Figures(), {}, About(season, NOW.isoformat(), own=True)).tables == ()
    words = set(ReportWords(resource("reports", "words.toml").read_text(encoding="utf-8")).keys())
    heads = {column.head for each in report.tables for column in each.columns} | {
        each.heading for each in report.tables
    }
    actions = {"release_holds", "recall_hands", "standby_list", "promotion", "add_allotment", "short", "slow", "stock"}
    assert heads | actions <= words
