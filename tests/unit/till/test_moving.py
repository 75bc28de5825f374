"""A basket moves to another show: the same seats or the best of their category, all or none, the difference told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.till.counter import Counter, show_document

Make = Callable[..., Counter]


@pytest.fixture
def till(make_counter: Make) -> Counter:
    counter = make_counter([show_document("aida"), show_document("tosca", prices="dear")])
    table = {"Stalls": {"adult": "70.00", "student": "35.00"}, "Foyer": {"adult": "10.00"}}
    counter.line.document("prices", {"id": "dear", "tax": "reduced", "table": table})
    counter.open()
    return counter


def lines(till: Counter) -> list[tuple[str, str, str]]:
    return [(line["show"], line["place"], line["price"]) for line in till.ask("basket")["basket"]["lines"]]


def move(till: Counter, show: str = "tosca", **more: Any) -> dict[str, Any]:
    return till.ask("move_basket", show=show, **more)


def test_the_same_seats_at_the_other_shows_prices(till: Counter) -> None:
    till.add("A-1", "A-2")
    till.ask("add", show="aida", places=["Foyer"], price_type="adult")
    told = move(till, preview=True)
    assert (told["difference"], told["total"]) == ("22.00", "153.00")
    assert [(row["was"], row["place"], row["same"], row["price"]) for row in told["moves"]] == [
        ("A-1", "A-1", True, "70.00"), ("A-2", "A-2", True, "70.00"), ("Foyer", "Foyer", True, "10.00"),
    ]  # fmt: skip
    assert {show for show, _, _ in lines(till)} == {"aida"}
    answer = move(till)
    assert (answer["difference"], answer["basket"]["total"]) == ("22.00", "153.00")
    assert lines(till) == [("tosca", "A-1", "70.00"), ("tosca", "A-2", "70.00"), ("tosca", "Foyer", "10.00")]
    assert (till.right("A-1", "tosca"), till.right("A-1")) == (("LEASED", 1), ("LEASED", 1))
    sale = till.pay()
    assert [ticket["show"] for ticket in sale["tickets"]] == ["tosca"] * 3


def test_a_party_stays_together_where_one_of_its_seats_is_gone(till: Counter) -> None:
    till.sell("A-2", show="tosca")
    till.add("A-1", "A-2", "A-3")
    answer = move(till)
    places = [place for _, place, _ in lines(till)]
    assert [row["same"] for row in answer["moves"]] == [False] * 3
    assert "A-2" not in places
    numbers = sorted(int(place.split("-")[1]) for place in places)
    assert len({place[0] for place in places}) == 1
    assert numbers == list(range(numbers[0], numbers[0] + 3))


def test_price_types_and_proofs_go_along(till: Counter) -> None:
    till.add("A-1")
    till.add("A-2", price_type="student", proof=True)
    move(till)
    basket = till.ask("basket")["basket"]
    assert [(line["price_type"], line["price"], line["proof"]) for line in basket["lines"]] == [
        ("adult", "70.00", False), ("student", "35.00", True),
    ]  # fmt: skip


def test_all_or_none(till: Counter) -> None:
    seats = [f"{row}-{n}" for row in "AB" for n in range(1, 13) if (row, n) != ("A", 12)]
    till.sell(*seats[:-1], show="tosca")
    till.add("A-1", "A-2")
    before = lines(till)
    refused = till.refusal("move_basket", show="tosca")
    assert (refused.code, refused.fields["place"], refused.fields["free"]) == ("sold", "Stalls", 1)
    till.ask("clear")
    till.add("A-12", price_type="adult", show="aida")
    assert till.refusal("move_basket", show="tosca").code == "no_price"  # no wheelchair is sold there
    assert [place for _, place, _ in before] == ["A-1", "A-2"]
    assert [place for _, place, _ in lines(till)] == ["A-12"]


def test_with_the_line_down_only_what_is_in_hand_is_moved_to(till: Counter) -> None:
    till.add("A-1", show="tosca")
    till.ask("clear")
    till.add("A-1")
    till.line.cut()
    move(till)
    assert lines(till) == [("tosca", "A-1", "70.00")]
    assert till.refusal("move_basket", show="moon").code == "unknown_show"


def test_of_several_shows_the_one_that_moves_is_named(till: Counter) -> None:
    till.add("A-1")
    till.add("A-2", show="tosca")
    # There is one other, so it is the one that moves.
    move(till)
    assert [(show, place) for show, place, _ in lines(till)] == [("tosca", "A-1"), ("tosca", "A-2")]
    assert till.refusal("move_basket", show="tosca").fields["field"] == "of"
    assert till.refusal("move_basket", show="aida", of="moon").fields["shows"] == ["tosca"]
    move(till, "aida", of="tosca")
    assert {show for show, _, _ in lines(till)} == {"aida"}


def test_nothing_moves_from_an_empty_basket_nor_while_nobody_is_signed_in(till: Counter) -> None:
    assert till.refusal("move_basket", show="tosca").code == "basket_empty"
    till.ask("sign_out")
    assert till.refusal("move_basket", show="tosca").code == "not_signed_in"


def test_what_changed_while_the_office_was_asked_is_not_moved(till: Counter) -> None:
    till.add("A-1", "A-2")
    till.line.holding = True
    moving = till.front.call("move_basket", show="tosca")
    till.settle()
    till.ask("remove", line=1)
    till.line.let_through()
    refused = moving.exception(10)
    assert getattr(refused, "code", "") == "not_allowed"
    assert [(show, place) for show, place, _ in lines(till)] == [("aida", "A-2")]


def test_why_a_single_seat_was_left_is_in_the_sale(make_counter: Make) -> None:
    counter = make_counter(orphans="refuse")
    counter.open()
    fields = {"show": "aida", "places": ["A-2"], "price_type": "adult"}
    assert counter.refusal("add", **fields).fields["places"] == ["A-1"]
    assert counter.refusal("add", **fields, orphan_ok=True, reason="").code == "orphan_seat"
    counter.ask("add", **fields, orphan_ok=True, reason="the last customer")
    counter.add("B-1", "B-2")
    counter.ask("park")
    counter.ask("recall", number=1)
    sale = counter.pay()
    (body,) = counter.bodies("TicketsSold")
    assert body["sale"]["orphans"] == [{"show": "aida", "places": ["A-2"], "reason": "the last customer"}]
    assert len(sale["tickets"]) == 3
