"""Figures as sums: by day, merged, written down; and what cannot be read is counted and told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.books import Posting
from pos.domain.calendar import parse_day_ends
from pos.domain.facts import Fact
from pos.domain.figures import DIMENSIONS, Calendar, Figures, Key, Query, Sum
from pos.domain.figures.paying import Part, split
from pos.domain.figures.sums import Numbers
from pos.domain.money import Money
from tests.unit.figures.laws import READING, WHOLE, broken, figures_of
from tests.unit.till.counter import Counter, show_document

Make = Callable[..., Counter]
VIENNA = ZoneInfo("Europe/Vienna")


def facts_of(counter: Counter) -> list[Fact]:
    return [Fact.from_bytes(row[0]) for row in counter.rows("SELECT envelope FROM journal ORDER BY number")]


@pytest.mark.parametrize(
    ("at", "ends", "day"),
    [
        ("2027-03-01T00:00:00+01:00", "00:00", "2027-03-01"),
        ("2027-02-28T23:59:59.999+01:00", "00:00", "2027-02-28"),
        ("2027-03-01T03:59:59+01:00", "04:00", "2027-02-28"),
        ("2027-03-01T04:00:00+01:00", "04:00", "2027-03-01"),
        ("2027-02-28T23:30:00+00:00", "00:00", "2027-03-01"),  # another machine's offset
        ("2027-03-28T01:30:00+00:00", "04:00", "2027-03-27"),  # half past three, the hour that spring leaves out
        ("2027-03-28T02:00:00+00:00", "04:00", "2027-03-28"),
    ],
)
def test_a_business_day_is_the_venues_own(at: str, ends: str, day: str) -> None:
    assert Calendar(VIENNA, parse_day_ends(ends)).day_of(at) == date.fromisoformat(day)


@pytest.mark.parametrize("text", ["4:00", "24:00", "12:01", "04:60", "", None, 4, "٠٤:٠٠"])
def test_a_day_ends_at_a_time_in_the_first_half_of_the_next(text: object) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        parse_day_ends(text)


def test_a_moment_without_an_offset_is_no_moment() -> None:
    with pytest.raises(ValueError, match="no offset"):
        Calendar(VIENNA).day_of("2027-03-01T00:00:00")


KEYS = st.builds(
    Key,
    what=st.sampled_from(["ticket", "money"]),
    day=st.sampled_from(["2027-03-01", "2027-03-02"]),
    show=st.sampled_from(["", "aida", "tosca"]),
)
SUMS = st.builds(Sum, st.integers(-999, 999), st.integers(0, 9), st.integers(-2, 2))


@st.composite
def some_figures(draw: st.DrawFn) -> Figures:
    made = Figures()
    made.add(draw(st.lists(st.tuples(KEYS, SUMS), max_size=6)))
    for number in draw(st.lists(st.integers(1, 120), max_size=4)):
        made.sold(Numbers("aida", "adult", "T1"), f"T1-{number:05d}-{number % 3}")
    for number in draw(st.lists(st.integers(1, 40), max_size=30)):
        made.unreadable("TicketsSold", [f"T1.1.{number}"])
        made.reached("T1.1", number)
    return made


def merged(*parts: Figures) -> dict[str, Any]:
    whole = Figures()
    for part in parts:
        whole.merge(part)
    return whole.to_json()


@given(some_figures(), some_figures(), some_figures())
def test_parts_are_merged_in_any_order_and_any_grouping(a: Figures, b: Figures, c: Figures) -> None:
    assert merged(a, b, c) == merged(c, a, b)
    assert merged(a, b, c) == Figures().merge(a).merge(Figures().merge(b).merge(c)).to_json()
    assert Figures.from_json(json.loads(json.dumps(a.to_json()))) == a


def test_numbers_are_in_the_order_of_their_numbers() -> None:
    figures = Figures()
    for ticket in ("T1-99999-2", "T1-100000-1", "T1-00002-10", "T1-00002-9"):
        figures.sold(Numbers("aida", "adult", "T1"), ticket)
    assert list(figures.numbers.values()) == [("T1-00002-9", "T1-100000-1")]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> list[Fact]:
    """The facts of a till with some of everything in it."""
    counter = Counter(tmp_path_factory.mktemp("busy"), [show_document("aida"), show_document("tosca")])
    counter.open(float_="300.00")
    kept = counter.sell("A-1", "A-2")
    counter.sell("A-3", price_type="student", proof=True, show="tosca")
    counter.ask("refund", tickets=[kept["tickets"][0]["id"]], reason="ill")
    counter.ask(
        "exchange",
        tickets=[kept["tickets"][1]["id"]], show="tosca", places=["Foyer"], price_type="adult",
        tenders=[{"kind": "cash", "amount": "-46.00"}],
    )  # fmt: skip
    gone = counter.sell("B-1")
    counter.ask("void", sale=gone["tickets"][0]["id"], surrendered=True)
    counter.ask("move_cash", kind="drop", amount="50.00", reason="to the safe")
    counter.stop()
    return facts_of(counter)


def test_what_a_busy_till_did_adds_up(busy: list[Fact]) -> None:
    assert broken(busy) == []
    figures = figures_of(busy)
    tickets = {(*key, one.pieces): one.minor for key, one in figures.by("ticket", "kind", "way", "show").items()}
    assert tickets == {
        ("TicketsExchanged", "back", "aida", -1): -5800,
        ("TicketsExchanged", "sold", "tosca", 1): 1200,
        ("TicketsRefunded", "back", "aida", -1): -5800,
        ("TicketsSold", "sold", "aida", 3): 17400,
        ("TicketsSold", "sold", "tosca", 1): 2900,
        ("TicketsVoided", "back", "aida", -1): -5800,
    }
    assert figures.total("ticket", lambda key: key.price_type == "").pieces == 0  # what comes back says its price type
    assert {key[0]: one.minor for key, one in figures.by("fee", "item").items()} == {"counter": 300, "refund": 580}
    assert figures.total("tender").minor == figures.by("paid", "tender")["cash",].minor
    assert figures.numbers[Numbers("aida", "adult", "T1")] == ("T1-00001-1", "T1-00003-1")
    assert {key.day for key in figures.sums} == {"2027-03-01"}
    assert {key.shift for key in figures.sums if key.what == "money"} == {"T1-1-S0001"}


def test_what_is_not_asked_for_is_summed_over_or_left_out(busy: list[Fact]) -> None:
    whole = figures_of(busy)
    by_show = figures_of(busy, Query(by=("show",), what=("ticket",)))
    assert {key.show: one for key, one in by_show.rows("ticket") if key.way == "sold"} == {
        show: whole.by("ticket", "way", "show")["sold", show] for show in ("aida", "tosca")
    }
    assert {key.what for key in by_show.sums} == {"ticket"}
    one_show = figures_of(busy, Query(by=("show", "till", "price_type"), shows=("tosca",)))
    assert {key.show for key in one_show.sums} == {"tosca"}
    assert {key.show for key in one_show.numbers} == {"tosca"}
    assert not figures_of(busy, Query(since="2027-03-02")).sums
    assert figures_of(busy, Query(until="2027-03-01", by=DIMENSIONS)).sums == whole.sums
    for query in (WHOLE, Query(), Query(by=("show",), tills=("T1",), since="2027-01-01")):
        assert Query.from_json(json.loads(json.dumps(query.to_json()))) == query


@pytest.mark.parametrize("doc", [{"by": ["colour"]}, {"by": "show"}, {"since": 3}, {"shows": [1]}, {"colour": ["red"]}])
def test_a_query_for_what_there_is_not_is_refused(doc: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"'colour'|'show'|3|1"):
        Query.from_json(doc)


def test_what_cannot_be_read_is_told_and_its_money_counted(busy: list[Fact]) -> None:
    at = next(i for i, fact in enumerate(busy) if fact.kind == "TicketsSold")
    sale = {key: value for key, value in busy[at].body["sale"].items() if key != "tenders"}
    damaged = [*busy[:at], replace(busy[at], body={"sale": sale}), *busy[at + 1 :]]
    figures = figures_of(damaged)
    assert figures.unread == {"TicketsSold": (1, (busy[at].fact_id,))}
    whole = figures_of(busy)
    assert figures.by("money", "item") == whole.by("money", "item")
    # Nothing of it is counted by half: its tickets, too, are missing.
    assert whole.total("ticket").pieces - figures.total("ticket").pieces == 2


def test_facts_of_a_newer_version_are_told_with_their_money() -> None:
    postings = (Posting("safe", Money(500, "EUR")), Posting("bank", Money(-400, "EUR")))
    newer = Fact("T9", 2, 7, "0" * 64, "2027-03-01T18:00:00+01:00", "SeatsPolished", postings, (), {"by": "anna"})
    figures = figures_of([newer, replace(newer, number=8, at="yesterday")])
    assert figures.unread == {"SeatsPolished": (2, ("T9.2.7", "T9.2.8"))}
    money = {key[0]: one.minor for key, one in figures.by("money", "item").items()}
    assert money == {"bank": -800, "safe": 1000, "suspense": -200}  # as the office books it


def test_disputed_and_late_facts_are_counted_besides(busy: list[Fact]) -> None:
    sale = next(fact for fact in busy if fact.kind == "TicketsSold")
    figures = Figures()
    READING.take(figures, WHOLE, sale, verdict="disputed", received="2027-03-01T18:03:00+01:00")
    READING.take(figures, WHOLE, replace(sale, number=99), verdict="applied", received="2027-03-01T18:00:20+01:00")
    assert figures.total("disputed").pieces == 1
    assert figures.total("late") == Sum(11800, 0, 1)
    assert figures.total("ticket").pieces == 4


def test_a_correction_moves_the_tenders_when_it_was_made(make_counter: Make) -> None:
    counter = make_counter()
    counter.open()
    sale = counter.sell("A-1")
    counter.clock.wait(days=1)
    right = {"kind": "card", "slip": "0815"}
    counter.ask("correct_tender", sale=sale["id"], reason="it was the card", to=right, **{"from": "cash"})
    facts = facts_of(counter)
    assert broken(facts) == []
    tenders = {key: one.minor for key, one in figures_of(facts).by("tender", "day", "tender").items()}
    assert tenders == {
        ("2027-03-01", "cash"): 5900, ("2027-03-02", "card_slip"): 5900, ("2027-03-02", "cash"): -5900,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "tenders", "took"),
    [
        # Cash is rounded up or down: the rest makes up for it.
        ([Part("ticket", 998)], [("cash", 1000)], {("ticket", "cash"): 998, ("rounding", "cash"): 2}),
        ([Part("ticket", 998)], [("cash", 995)], {("ticket", "cash"): 998, ("rounding", "cash"): -3}),
        # What was not cash goes first, whatever came first.
        (
            [Part("ticket", 700), Part("fee", 300)],
            [("cash", 400), ("voucher", 600)],
            {("ticket", "voucher"): 600, ("ticket", "cash"): 100, ("fee", "cash"): 300},
        ),
        # Change for foreign cash is cash that went.
        (
            [Part("ticket", 700)],
            [("foreign", 1000), ("cash", -300)],
            {("ticket", "foreign"): 700, ("rounding", "foreign"): 300, ("rounding", "cash"): -300},
        ),
        # A fee is kept of what comes back, at the tender that it came by.
        (
            [Part("ticket", 1000, kept=100)],
            [("card", 900)],
            {("ticket", "card"): 1000, ("fee", "card"): -100},
        ),
        # All is kept, and nothing is paid out.
        ([Part("ticket", 1000, kept=1000)], [], {("ticket", ""): 1000, ("fee", ""): -1000}),
    ],
)
def test_what_was_paid_is_split_to_the_cent(
    parts: list[Part], tenders: list[tuple[str, int]], took: dict[tuple[str, str], int]
) -> None:
    found: dict[tuple[str, str], int] = {}
    for part, tender, minor in split(parts, tenders, "rounding"):
        found[part.item, tender] = found.get((part.item, tender), 0) + minor
    assert found == took
    assert sum(found.values()) == sum(minor for _, minor in tenders)
