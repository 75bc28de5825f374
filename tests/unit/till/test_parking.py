"""Baskets that are parked: numbers, prices, time, recalls by the office, sign-out and the end of the shift."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pos.store.ledger import Ledger
from pos.till.counter import parking
from tests.unit.till.counter import Counter, show_document

Make = Callable[..., Counter]


def places(counter: Counter) -> list[str]:
    return [line["place"] for line in counter.ask("basket")["basket"]["lines"]]


def numbers(counter: Counter) -> list[int]:
    return [row["number"] for row in counter.ask("parked")["parked"]]


def test_a_basket_is_parked_and_taken_up_by_number(counter: Counter) -> None:
    counter.add("A-1", "A-2")
    answer = counter.ask("park", name=" Mrs Brown ", note="at the bar")
    row = answer["parked"]
    assert (row["number"], row["name"], row["note"], row["owner"]) == (1, "Mrs Brown", "at the bar", "anna")
    assert (row["tickets"], row["total"], row["shows"]) == (2, "118.00", ["Tosca"])
    assert row["expires"] == "2027-03-01T18:10:00+01:00"
    assert (answer["basket"]["lines"], places(counter)) == ([], [])
    counter.add("A-3")
    assert counter.ask("park")["parked"]["number"] == 2
    assert numbers(counter) == [1, 2]
    basket = counter.ask("recall", number=1)["basket"]
    assert [line["place"] for line in basket["lines"]] == ["A-1", "A-2"]
    assert numbers(counter) == [2]
    assert counter.pay()["total"] == "118.00"


def test_a_number_that_is_free_again_is_given_again(counter: Counter) -> None:
    for place in ("A-1", "A-2"):
        counter.add(place)
        counter.ask("park")
    counter.ask("recall", number=1)
    counter.ask("clear")
    counter.add("A-3")
    assert counter.ask("park")["parked"]["number"] == 1


def test_what_is_in_front_is_parked_for_what_is_taken_up(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("park", name="Brown")
    counter.add("A-2")
    refused = counter.refusal("recall", number=1)
    assert (refused.code, refused.fields["basket"]["total"]) == ("not_allowed", "59.00")
    answer = counter.ask("recall", number=1, park=True)
    assert (answer["parked"]["number"], places(counter), numbers(counter)) == (2, ["A-1"], [2])
    # Parked again it keeps its name; the number is whichever is free.
    assert counter.ask("park")["parked"]["name"] == "Brown"


def test_nothing_empty_or_unknown_is_parked_or_taken_up(counter: Counter) -> None:
    assert counter.refusal("park").code == "basket_empty"
    refused = counter.refusal("recall", number=4)
    assert (refused.code, refused.fields["field"], refused.fields["parked"]) == ("bad_request", "number", [])
    assert counter.refusal("drop_parked", number=1).code == "bad_request"
    counter.add("A-1")
    assert counter.refusal("park", name="two\nlines").code == "bad_request"
    assert counter.ask("park", name="4111 1111 1111 1111")["parked"]["name"] != "4111 1111 1111 1111"


def test_parked_baskets_have_a_limit(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parking, "MOST_PARKED", 2)
    for place in ("A-1", "A-2"):
        counter.add(place)
        counter.ask("park")
    counter.add("B-1")
    assert counter.refusal("park").fields["limit"] == 2
    assert counter.refusal("recall", number=1, park=True).code == "limit_exceeded"
    assert (places(counter), numbers(counter)) == (["B-1"], [1, 2])


def test_a_parked_price_stays_when_the_list_changes(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("park")
    table = {"Stalls": {"adult": "70.00"}}
    counter.line.document("prices", {"id": "usual", "tax": "reduced", "table": table})
    counter.settle()
    assert counter.ask("recall", number=1)["basket"]["total"] == "59.00"
    assert [line["price"] for line in counter.add("A-2")["basket"]["lines"]] == ["58.00", "70.00"]


def test_parked_baskets_survive_a_restart_and_another_cashier_takes_them_up(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("park", name="Brown")
    counter.add("A-2")
    counter.restart()
    counter.sign_in("beth")
    assert (places(counter), numbers(counter)) == (["A-2"], [1])
    basket = counter.ask("recall", number=1, park=True)["basket"]
    assert (basket["owner"], places(counter)) == ("anna", ["A-1"])
    assert counter.ask("parked")["parked"][0]["owner"] == "anna"


def test_what_is_parked_is_on_the_disk_before_the_answer(counter: Counter) -> None:
    """As a till that is killed leaves it."""
    counter.add("A-1")
    counter.ask("park", name="Brown")
    counter.add("A-2")
    ledger = Ledger(counter.copy_folder() / "ledger.db")
    try:
        assert [(basket.number, basket.name, len(basket.lines)) for basket in ledger.baskets.all()] == [
            (0, "", 1), (1, "Brown", 1),
        ]  # fmt: skip
    finally:
        ledger.close()


def test_parking_happens_once_for_a_key(counter: Counter) -> None:
    counter.add("A-1")
    first = counter.ask("park", key="once")
    assert counter.ask("park", key="once") == first
    assert numbers(counter) == [1]
    again = counter.ask("recall", number=1, key="twice")
    assert counter.ask("recall", number=1, key="twice") == again


def test_nobody_signed_in_parks_nothing(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("sign_out")
    assert {counter.refusal(verb).code for verb in ("park", "parked")} == {"not_signed_in"}
    counter.sign_in("otto")
    assert counter.refusal("park").code == "not_allowed"


def test_what_is_parked_is_neither_sold_nor_chosen_again(counter: Counter) -> None:
    best = counter.ask("best", show="aida", category="Stalls", count=2)["places"]
    counter.add(*best)
    counter.ask("park", name="Brown")
    refused = counter.refusal("add", show="aida", places=[best[0]], price_type="adult")
    assert (refused.code, refused.fields["number"], refused.fields["name"]) == ("bad_request", 1, "Brown")
    assert not set(counter.ask("best", show="aida", category="Stalls", count=2)["places"]) & set(best)
    assert counter.state_of(best[0]) == "here"


def test_units_of_an_area_are_parked_too(counter: Counter) -> None:
    counter.add("Foyer", "Foyer")
    counter.ask("park")
    counter.add(*["Foyer"] * 8)
    assert counter.refusal("add", show="aida", places=["Foyer"], price_type="adult").code == "right_elsewhere"


def asked_back(counter: Counter, *wanted: str) -> list[str]:
    """The office asks for places; which of them the till keeps."""
    return [ask.place for ask in counter.line.recall(*(("aida", place) for place in wanted))]


def test_a_parked_place_is_declined_until_its_time_is_over(counter: Counter) -> None:
    counter.add("A-1", "A-2")
    counter.ask("park", name="Brown")
    counter.add("A-4")
    assert asked_back(counter, "A-1") == ["A-1"]
    counter.clock.wait(minutes=11)
    counter.ask("remove", line=1)  # the one in front is another customer's
    assert asked_back(counter, "A-1") == []
    assert counter.said("basket") == [{"event": "basket", "reason": "expired", "number": 1, "name": "Brown"}]
    assert [(row["number"], row["lapsed"], row["tickets"]) for row in counter.ask("parked")["parked"]] == [(1, True, 0)]
    refused = counter.refusal("recall", number=1)
    assert (refused.code, refused.fields["name"]) == ("basket_expired", "Brown")
    assert numbers(counter) == []
    assert counter.right("A-2") == ("LEASED", 1)


def test_one_basket_that_ran_out_takes_no_other_with_it(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("park")
    counter.clock.wait(minutes=9)
    counter.add("A-2")
    counter.ask("park")
    counter.add("A-3")
    counter.clock.wait(minutes=2)
    assert asked_back(counter, "A-1", "A-2", "A-3") == ["A-2", "A-3"]
    assert [(row["number"], row["lapsed"]) for row in counter.ask("parked")["parked"]] == [(1, True), (2, False)]
    assert places(counter) == ["A-3"]


def test_a_parked_basket_that_ran_out_is_taken_up_as_long_as_nobody_asked(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("park")
    counter.clock.wait(minutes=30)
    assert counter.ask("recall", number=1)["basket"]["expires"] == "2027-03-01T18:40:00+01:00"
    assert counter.pay()["total"] == "59.00"


def test_a_shift_closes_only_when_nothing_is_parked(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("park", name="Brown")
    refused = counter.refusal("close_shift", counted={"total": "100.00"})
    assert (refused.code, [row["name"] for row in refused.fields["parked"]]) == ("not_allowed", ["Brown"])
    assert counter.ask("drop_parked", number=1)["parked"] == []
    assert counter.ask("close_shift", counted={"total": "100.00"})["report"]["difference"] == "0.00"
    assert counter.right("A-1") == ("RETURNED", 1)


def test_a_basket_that_lost_its_places_keeps_no_shift_open(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("park")
    counter.clock.wait(minutes=11)
    asked_back(counter, "A-1")
    counter.ask("close_shift", counted={"total": "100.00"})
    counter.ask("open_shift", float="0.00")
    assert numbers(counter) == []


def test_several_shows_are_in_one_basket(make_counter: Make) -> None:
    counter = make_counter([show_document("aida"), show_document("tosca")])
    counter.open()
    counter.add("A-1")
    basket = counter.add("A-1", "Foyer", show="tosca")["basket"]
    assert [(line["show"], line["place"]) for line in basket["lines"]] == [
        ("aida", "A-1"), ("tosca", "A-1"), ("tosca", "Foyer"),
    ]  # fmt: skip
    assert (basket["fees"], basket["total"]) == ("3.00", "131.00")
    counter.ask("park")
    assert counter.ask("parked")["parked"][0]["total"] == "131.00"
    counter.ask("recall", number=1)
    assert [ticket["show"] for ticket in counter.pay()["tickets"]] == ["aida", "tosca", "tosca"]
