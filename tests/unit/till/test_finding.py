"""The best places that a till can sell now, and places that somebody typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pos.domain.plan import Plan, read_plan
from tests.unit.till.counter import Counter, show_document

Make = Callable[..., Counter]


def theatre() -> Plan:
    """Two rows of twelve stalls, a row behind a pillar, two wheelchairs with companions apart from them."""

    def row(label: str, y: int, categories: list[str], apart: int = 0) -> dict[str, Any]:
        seats = [
            {"seat_guid": f"{label}-{n}", "seat_number": str(n), "category": category,
             "position": {"x": 20 * n + (apart if category == "Companion" else 0), "y": 0}}
            for n, category in enumerate(categories, 1)
        ]  # fmt: skip
        return {"row_number": label, "position": {"x": 0, "y": y}, "seats": seats}

    rows = [
        row("A", 0, ["Stalls"] * 12),
        row("B", 20, ["Stalls"] * 12),
        row("P", 40, ["Pillar"] * 12),
        row("W", 60, ["Wheelchair", "Wheelchair", "Companion", "Companion"], 200),
    ]
    names = ("Stalls", "Pillar", "Wheelchair", "Companion")
    document = {
        "name": "Theatre",
        "size": {"width": 400, "height": 100},
        "categories": [{"name": name} for name in names],
        "zones": [{"name": "Stalls", "position": {"x": 0, "y": 0}, "rows": rows}],
    }
    return read_plan(json.dumps(document).encode(), "theatre.json")


HALL = {"companions": {"Wheelchair": "Companion"}, "accessible": ["Companion"], "restricted": ["Pillar"]}


@pytest.fixture
def till(make_counter: Make) -> Counter:
    plan = theatre()
    counter = make_counter(plan=plan)
    prices = {name: {"adult": "58.00"} for name in ("Stalls", "Pillar", "Wheelchair", "Companion", "Foyer")}
    counter.line.document("prices", {"id": "usual", "tax": "reduced", "table": prices})
    counter.line.document("plan", {"id": "hall", "version": plan.version, **HALL})
    counter.open()
    return counter


def best(counter: Counter, count: int, category: str = "", **more: Any) -> dict[str, Any]:
    return counter.ask("best", show="aida", count=count, category=category or None, **more)


def test_a_choice_says_where_it_is_and_what_speaks_for_it(till: Counter) -> None:
    answer = best(till, 4, "Stalls")
    assert answer["places"] == ["A-5", "A-6", "A-7", "A-8"]
    assert answer["rows"] == [{"label": "Stalls A 5–8", "places": answer["places"]}]
    assert answer["why"] == ["together", "nearest", "none_single"]
    assert answer["text"] == "side by side, nearest to the hall's best point, no single seat is left"


def test_the_next_best_are_other_seats(till: Counter) -> None:
    first = best(till, 4, "Stalls")["places"]
    second = best(till, 4, "Stalls", after=first)
    assert not set(first) & set(second["places"])
    assert second["why"][1] == "next"
    several = best(till, 4, "Stalls", options=3)["options"]
    assert [option["places"] for option in several][:2] == [first, second["places"]]
    assert len({place for option in several for place in option["places"]}) == 12


def test_a_hall_that_likes_the_back_says_so(till: Counter) -> None:
    till.line.document("plan", {"id": "hall", "version": theatre().version, "best": {"front": 0}})
    till.settle()
    assert best(till, 2, "Stalls")["places"] == ["B-6", "B-7"]


def test_without_a_category_what_is_to_be_asked_for_is_left_out(till: Counter) -> None:
    till.add(*(f"{row}-{n}" for row in "AB" for n in range(1, 13)))
    till.pay()
    answer = best(till, 2)
    assert (answer["places"], answer["most_together"]) == ([], 0)
    assert {place[0] for place in best(till, 2, restricted=True)["places"]} == {"P"}
    assert {place[0] for place in best(till, 2, accessible=True)["places"]} == {"W"}
    assert {place[0] for place in best(till, 2, "Pillar")["places"]} == {"P"}


def test_over_rows_only_when_told(till: Counter) -> None:
    answer = best(till, 14, "Stalls")
    assert (answer["places"], answer["most_together"]) == ([], 12)
    answer = best(till, 14, "Stalls", split=True)
    assert len(set(answer["places"])) == 14
    assert (len(answer["rows"]), answer["why"][0]) == (2, "split")
    # Told or not, what fits in one row stays in one.
    assert len(best(till, 5, "Stalls", split=True)["rows"]) == 1


def test_a_wheelchair_comes_with_the_nearest_companion_wherever_that_is(till: Counter) -> None:
    answer = best(till, 1, companion=True)
    assert answer["pairs"] == [["W-2", "W-3"]]
    assert (answer["places"], answer["why"][0]) == (["W-2", "W-3"], "pairs")
    both = best(till, 2, "Wheelchair", companion=True)["pairs"]
    assert [sorted(pair) for pair in both] == [["W-2", "W-3"], ["W-1", "W-4"]]
    assert best(till, 3, companion=True)["places"] == []
    assert best(till, 1, "Stalls", companion=True)["places"] == []


def test_a_companions_place_is_no_single_seat(till: Counter) -> None:
    answer = till.add("W-1", "W-2", "W-3")
    assert "warnings" not in answer


def test_no_single_seat_is_left_where_that_can_be(till: Counter) -> None:
    till.add("A-1", "A-2", "A-6", "A-7")  # three free between them
    till.ask("park")
    while "none_single" in (answer := best(till, 2, "Stalls"))["why"]:
        assert "warnings" not in till.add(*answer["places"])
    assert len(till.ask("basket")["basket"]["lines"]) >= 8
    assert "warnings" in till.add(*answer["places"])


def test_with_the_line_down_only_what_is_in_hand_counts(till: Counter) -> None:
    till.add("A-1", "A-2", "A-3")
    till.ask("clear")
    till.line.cut()
    assert best(till, 2, "Stalls")["places"] == ["A-1", "A-2"]  # with A-3, which has A-4 beside it, A-1 were alone
    assert best(till, 4, "Stalls")["most_together"] == 3


def test_areas_have_no_best_place(till: Counter) -> None:
    assert best(till, 3, "Foyer")["places"] == ["Foyer"] * 3
    assert best(till, 11, "Foyer")["places"] == []


def test_what_is_malformed_is_refused(till: Counter) -> None:
    assert till.refusal("best", show="aida", category="Moon", count=2).code == "unknown_place"
    assert till.refusal("best", show="aida", category=None, count=201).fields["limit"] == 200
    for wrong in ({"count": 0}, {"count": 2, "options": 10}, {"count": 2, "after": "A-1"}, {"count": 2, "split": 1}):
        assert till.refusal("best", show="aida", category="Stalls", **wrong).code == "bad_request"


def test_seats_are_named_by_what_somebody_types(till: Counter) -> None:
    till.sell("A-5")
    answer = till.ask("range", show="aida", text="Stalls A 4-6, B 1")
    assert answer["places"] == ["A-4", "A-5", "A-6", "B-1"]
    assert answer["states"] == ["free", "sold", "free", "free"]
    assert answer["free"] == ["A-4", "A-6", "B-1"]
    assert [row["label"] for row in answer["rows"]] == ["Stalls A 4–6", "Stalls B 1"]
    assert len(till.ask("range", show="aida", text="b *")["places"]) == 12
    assert till.refusal("range", show="aida", text="Moon 3").code == "unknown_place"
    assert till.refusal("range", show="aida", text=" ").code == "bad_request"
    assert till.refusal("range", show="moon", text="A 1").code == "unknown_show"


def test_a_show_without_seats_says_so(make_counter: Make) -> None:
    counter = make_counter([show_document("aida", plan="")])
    counter.open()
    assert counter.refusal("best", show="aida", category=None, count=2).fields["field"] == "category"
    assert counter.refusal("range", show="aida", text="A 1").code == "unknown_place"
