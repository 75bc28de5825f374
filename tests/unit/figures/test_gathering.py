"""Figures at a till: the office's, page by page, with progress and an end when told so; its own while that is away."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any

import pytest

from pos.domain.errors import Refused
from pos.domain.figures import Figures, Query
from pos.till.counter import gathering
from pos.till.counter.gathering import Gathered, Progress, gather, of_shift
from tests.unit.figures.laws import WHOLE, figures_of
from tests.unit.figures.test_figures import Make, facts_of
from tests.unit.till.counter import Counter


@pytest.fixture
def counter(make_counter: Make) -> Counter:
    made = make_counter()
    made.open()
    made.sell("A-1", "A-2")
    return made


def gathered(counter: Counter, progress: Progress = lambda _: True, query: Query = WHOLE) -> Gathered:
    return counter.desk.spawn(lambda: gather(counter.desk, query, progress)).result(10)


class Pages:
    """An office that tells these figures in as many pages as there are; `then` happens before each."""

    def __init__(self, counter: Counter, *pages: Figures) -> None:
        self.counter, self.pages, self.asked = counter, pages, []  # type: tuple[Any, Any, list[Any]]
        counter.line.look = self.look  # type: ignore[method-assign]

    def look(self, what: str, fields: dict[str, Any]) -> Future[dict[str, Any]]:
        assert what == "figures"
        at = fields.get("position") or 0
        self.asked.append(fields)
        answer: Future[dict[str, Any]] = Future()
        more = at + 1 < len(self.pages)
        told = {"figures": self.pages[at].to_json(), "position": at + 1 if more else None, "share": 500}
        answer.set_result(told if more else told | {"tills": [{"till": "T1"}]})
        return answer


def test_the_offices_pages_are_merged(counter: Counter) -> None:
    mine = figures_of(facts_of(counter))
    office = Pages(counter, mine, mine, Figures(heads={"T2.1": 4}))
    shares: list[int] = []
    got = gathered(counter, lambda share: bool(shares.append(share)) or True)
    assert got.figures == Figures().merge(mine).merge(mine).merge(Figures(heads={"T2.1": 4}))
    assert (got.own_only, got.tills, shares) == (False, ({"till": "T1"},), [500, 500])
    assert [fields.get("position") for fields in office.asked] == [None, 1, 2]


def test_who_gives_up_stops_it(counter: Counter) -> None:
    office = Pages(counter, Figures(), Figures(), Figures())
    with pytest.raises(Refused) as refused:
        gathered(counter, lambda _: False)
    assert (refused.value.code, len(office.asked)) == ("stopped", 1)


def test_while_the_office_is_away_a_till_tells_its_own(counter: Counter) -> None:
    counter.line.cut()
    shares: list[int] = []
    got = gathered(counter, lambda share: bool(shares.append(share)) or True)
    mine = figures_of(facts_of(counter))
    assert got.own_only
    assert got.figures.sums == mine.sums
    assert got.figures.heads == {"T1.1": len(facts_of(counter))}
    assert shares == [1000]
    with pytest.raises(Refused, match="stopped"):
        gathered(counter, lambda _: False)


def test_others_are_served_while_it_adds_up(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks while a page is read waits for that page alone."""
    monkeypatch.setattr(gathering, "_PAGE", 1)
    counter.line.cut()
    seen: list[str] = []
    reading, asked = threading.Event(), threading.Event()

    def progress(share: int) -> bool:
        seen.append(f"page {share}")
        reading.set()
        asked.wait(5)
        return True

    adding = counter.desk.spawn(lambda: gather(counter.desk, WHOLE, progress))
    assert reading.wait(5)
    other = counter.desk.submit(lambda: seen.append("other"))
    asked.set()
    other.result(10)
    adding.result(10)
    assert seen.index("other") == 1
    assert len(seen) == 1 + len(facts_of(counter))


def test_a_shifts_facts_alone(counter: Counter) -> None:
    facts = facts_of(counter)
    only = counter.desk.submit(lambda: of_shift(counter.desk, WHOLE, 2, 2)).result(10)
    assert only.sums == figures_of(facts[1:2]).sums
    both = counter.desk.submit(lambda: of_shift(counter.desk, WHOLE, 1, len(facts))).result(10)
    assert both.sums == figures_of(facts).sums
