"""Whatever is done with several baskets: a place is in one of them, each total is that of its lines, and what is
paid is what was in front."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pos.domain.errors import Refused
from tests.unit.till.counter import Counter, show_document

SHOWS = ("aida", "tosca")
SEATS = [f"A-{n}" for n in range(1, 7)] + ["Foyer"]

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(SHOWS), st.lists(st.sampled_from(SEATS), min_size=1, max_size=3)),
        st.tuples(st.just("park")),
        st.tuples(st.just("recall"), st.integers(1, 3), st.booleans()),
        st.tuples(st.just("move_basket"), st.sampled_from(SHOWS)),
        st.tuples(st.just("remove"), st.integers(1, 4)),
        st.tuples(st.just("pay")),
    ),
    min_size=4,
    max_size=14,
)


def do(counter: Counter, step: tuple[Any, ...]) -> None:
    verb, *more = step
    fields: dict[str, Any] = {}
    if verb == "add":
        fields = {"show": more[0], "places": more[1], "price_type": "adult"}
    elif verb == "recall":
        fields = {"number": more[0], "park": more[1]}
    elif verb == "move_basket":
        fields = {"show": more[0]}
    elif verb == "remove":
        fields = {"line": more[0]}
    elif verb == "pay":
        fields = {"tenders": [{"kind": "cash", "amount": counter.ask("basket")["basket"]["total"]}]}
    counter.ask(verb, **fields)


def check(counter: Counter) -> None:
    lines = counter.rows("SELECT basket, show, place, minor FROM basket_line")
    places = [(show, place) for _, show, place, _ in lines]
    assert len(set(places)) == len(places), "a place is in two baskets"
    assert {(counter.right(place, show) or ("",))[0] for show, place in places} <= {"LEASED"}
    totals = {row["number"]: row["total"] for row in counter.ask("parked")["parked"]}
    totals[0] = counter.ask("basket")["basket"]["total"]
    for number, shown in totals.items():
        prices = [minor for basket, _, _, minor in lines if basket == number]
        assert Decimal(shown) == Decimal(sum(prices) + 100 * len(prices)) / 100, "a total is not that of its lines"
    sold = counter.rows("SELECT show, place FROM ticket WHERE state = 'live'")
    assert len(set(sold)) == len(sold)
    assert not set(sold) & set(places)


@settings(max_examples=12, deadline=None)
@given(STEPS)
def test_a_place_is_in_one_basket_and_totals_are_those_of_their_lines(steps: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        counter = Counter(Path(folder) / "till", [show_document(show) for show in SHOWS])
        try:
            counter.open()
            paid = Decimal(0)
            for step in steps:
                owed = Decimal(counter.ask("basket")["basket"]["total"])
                try:
                    do(counter, step)
                except Refused:
                    continue
                paid += owed if step[0] == "pay" else 0
                check(counter)
            counter.ask("clear")
            for row in counter.ask("parked")["parked"]:
                counter.ask("drop_parked", number=row["number"])
            expected = counter.ask("close_shift", counted={"total": str(paid + 100)})["report"]
            assert expected["difference"] == "0.00", "the drawer has other money than was paid"
        finally:
            counter.stop()
