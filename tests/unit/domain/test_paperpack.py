"""What belongs to a paper pack: the shows of the day, seats drawn together, and what makes a pack stale."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pos.domain.calendar import Calendar
from pos.domain.paperpack import Basis, of_day, runs
from pos.domain.season import Show

VIENNA = ZoneInfo("Europe/Vienna")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIENNA)


def show(name: str, starts: str, **more: object) -> Show:
    begins = at(starts)
    fields: dict[str, object] = {"on_sale": None, "sales_until": begins + timedelta(minutes=30)} | more
    return Show(
        name, "tosca", {}, begins, plan="", plan_version="", prices="", terms="", areas=(), allotment={}, **fields
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ("2027-03-01T10:00", ["matinee", "evening", "late"]),
        ("2027-03-01T15:40", ["evening", "late"]),  # the matinee sells no more
        ("2027-03-02T00:10", ["late", "tomorrow"]),  # the show of the small hours is still on
        ("2027-03-02T01:30", ["tomorrow"]),
    ],
)
def test_the_day_has_what_still_sells_of_it_the_soonest_first(now: str, found: list[str]) -> None:
    shows = [
        show("late", "2027-03-02T00:30"),
        show("evening", "2027-03-01T19:30"),
        show("matinee", "2027-03-01T15:00"),
        show("tomorrow", "2027-03-02T19:30"),
        show("cancelled", "2027-03-01T19:00", cancelled=True),
        show("not yet", "2027-03-01T19:00", on_sale=at("2027-03-05T10:00")),
    ]
    assert [one.id for one in of_day(shows, Calendar(VIENNA), at(now))] == found


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([], ""),
        (["7"], "7"),
        (["1", "2"], "1, 2"),
        (["1", "2", "3", "7", "9", "10", "11"], "1–3, 7, 9–11"),
        (["12", "11", "10"], "12–10"),
        (["1", "3", "5"], "1, 3, 5"),
        (["A", "B", "1"], "A, B, 1"),
    ],
)
def test_neighbours_are_drawn_together(numbers: list[str], said: str) -> None:
    assert runs(numbers) == said


def test_what_left_what_came_and_what_went_out_on_paper_is_counted() -> None:
    before = Basis(frozenset("AB"), frozenset("P"), ("1",))
    assert before.changed(Basis(frozenset("BC"), frozenset("PQ"), ("2",))) == 3
    assert before.changed(before) == 0
    assert before != Basis(before.hand, before.tickets, ("2",))
