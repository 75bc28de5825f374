"""Agreements: which period a day is in, under which agreement a window settles, and what an outlet keeps."""

from __future__ import annotations

from typing import Any

import pytest

from pos.domain.agreement import (
    HOUSE,
    Agreement,
    Period,
    agreements_of,
    apart,
    people_in,
    period_of,
    query_of,
    settled,
    settlement_id,
)
from pos.domain.figures import Figures, Key, Sum
from pos.domain.money import Money

DAY = Period("2027-12-03", "2027-12-03", "2027-12-03")


def rows() -> list[tuple[Key, Sum]]:
    """Two tickets sold at the counter and one on the web, one of the counter's given back; a drawer 2.50 short."""
    here = Key("", day="2027-12-03", till="T1", user="anna", currency="EUR", channel="counter", show="tosca")
    web = here._replace(channel="web", user="")
    return [
        (here._replace(what="ticket", way="sold"), Sum(11_600, 1_054, 2)),
        (here._replace(what="ticket", way="back"), Sum(-5_800, -527, -1)),
        (here._replace(what="fee", way="sold"), Sum(200, 0, 2)),
        (here._replace(what="tender", way="sold", tender="cash"), Sum(11_800, 0, 1)),
        (here._replace(what="tender", way="back", tender="cash"), Sum(-5_800, 0, 1)),
        (web._replace(what="ticket", way="sold"), Sum(5_800, 527, 1)),
        (web._replace(what="tender", way="sold", tender="card"), Sum(5_800, 0, 1)),
        (here._replace(what="money", item="over_short", user="beth", show=""), Sum(250)),
    ]


def made(agreement: Agreement, period: Period = DAY) -> dict[str, Any]:
    figures = Figures()
    query = query_of(period, "T1")
    figures.add(query.pick(rows()))
    return settled(figures, agreement, period, "EUR")


def test_a_settlement_has_what_came_in_by_tender_and_what_is_kept_by_channel() -> None:
    found = made(Agreement("house", rate=300))
    assert found["tenders"] == {"card": "58.00", "cash": "60.00"}
    told = [(one["channel"], one["sold"], one["back"], one["tickets"], one["commission"]) for one in found["channels"]]
    assert told == [("counter", 2, 1, "58.00", "1.74"), ("web", 1, 0, "58.00", "1.74")]
    assert (found["taken"], found["commission"], found["due"]) == ("118.00", "3.48", "114.52")
    assert (found["tax"], found["over_short"]) == ("10.54", "-2.50")


def test_a_channel_settles_by_itself_and_an_amount_is_kept_for_each_ticket_that_stays_sold() -> None:
    found = made(Agreement("agency", channel="counter", rate=Money(50, "EUR")))
    assert (found["tenders"], found["commission"], found["due"]) == ({"cash": "60.00"}, "0.50", "59.50")
    assert "over_short" not in found


def test_whoever_sold_or_counted_is_named() -> None:
    figures = Figures()
    figures.add(query_of(DAY, "T1").pick(rows()))
    assert people_in(figures) == ["anna", "beth"]


@pytest.mark.parametrize(
    ("cycle", "text", "period"),
    [
        ("daily", "2027-12-03", DAY),
        ("weekly", "2027-12-03", Period("2027-W48", "2027-11-29", "2027-12-05")),
        ("weekly", "2027-01-01", Period("2026-W53", "2026-12-28", "2027-01-03")),
        ("run", "tosca", Period("tosca", shows=("tosca-1", "tosca-2"))),
    ],
)
def test_the_period_that_a_day_or_a_production_is_in(cycle: str, text: str, period: Period) -> None:
    agreement = Agreement("a", cycle=cycle)
    assert period_of(agreement, text, {"tosca": ["tosca-2", "tosca-1"]}) == period
    assert settlement_id(agreement, period, "T1") == f"a.{period.id}.T1"


@pytest.mark.parametrize(("cycle", "text"), [("daily", "today"), ("weekly", ""), ("run", "2027-12-03")])
def test_what_is_no_period_is_refused(cycle: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"is no"):
        period_of(Agreement("a", cycle=cycle), text, {"tosca": ["tosca-1"]})


def test_a_window_settles_under_what_names_it_else_under_what_names_nobody() -> None:
    agency, web, rest = (
        Agreement("agency", tills=("T2",)),
        Agreement("web", tills=("T2",), channel="web"),
        Agreement("r"),
    )
    assert agreements_of([agency, web, rest], "T2") == [agency, web]
    assert agreements_of([agency, web, rest], "T1") == [rest]
    assert agreements_of([agency], "T1") == [HOUSE]


def test_what_came_later_is_told_apart() -> None:
    before = made(Agreement("house"))
    assert apart(before, before, "EUR") == {}
    now = before | {"tenders": {"cash": "118.00", "card": "58.00"}, "taken": "176.00", "due": "176.00"}
    assert apart(now, before, "EUR") == {"tender:cash": "58.00", "taken": "58.00", "due": "58.00"}
