"""Into the basket: what is checked, what is claimed, what is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pos.till.ports import ClaimAnswer, RefusedClaim
from tests.unit.till.counter import NOW, Columns, Counter, show_document, small_hall

Make = Callable[..., Counter]


def test_a_seat_is_claimed_and_quoted(counter: Counter) -> None:
    basket = counter.add("A-1")["basket"]
    assert [(line["place"], line["price"]) for line in basket["lines"]] == [("A-1", "58.00")]
    assert (basket["fees"], basket["total"]) == ("1.00", "59.00")
    assert [claim.places for claim in counter.line.claims] == [("A-1",)]
    assert counter.right("A-1") == ("LEASED", 1)
    assert counter.state_of("A-1") == "here"


def test_a_right_in_hand_needs_no_line(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("clear")
    counter.line.cut()
    assert counter.add("A-1")["basket"]["total"] == "59.00"
    assert len(counter.line.claims) == 1


def test_without_a_line_what_is_not_in_hand_is_refused_with_its_holder(counter: Counter) -> None:
    counter.line.give("aida", "A-2", holder="T2").since = int(NOW.timestamp())
    counter.line.drain()
    counter.line.cut()
    pool = counter.refusal("add", show="aida", places=["A-1"], price_type="adult")
    assert (pool.code, pool.fields["holder"], pool.fields["since"]) == (
        "right_elsewhere", "office", "2027-03-01T17:30:00+01:00",
    )  # fmt: skip
    other = counter.refusal("add", show="aida", places=["A-2"], price_type="adult")
    assert (other.code, other.fields["holder"], other.fields["since"]) == ("right_elsewhere", "T2", NOW.isoformat())


def test_online_the_other_holder_is_named(counter: Counter) -> None:
    counter.line.give("aida", "A-2", holder="T2")
    refused = counter.refusal("add", show="aida", places=["A-1", "A-2"], price_type="adult")
    assert (refused.code, refused.fields["place"], refused.fields["holder"]) == ("right_elsewhere", "A-2", "T2")
    assert counter.ask("basket")["basket"]["lines"] == []


@pytest.mark.parametrize(("state", "code"), [("SOLD", "sold"), ("HELD", "held")])
def test_what_the_replica_knows_is_refused_without_asking(counter: Counter, state: str, code: str) -> None:
    counter.line.give("aida", "A-2", state, "T2")
    counter.settle()
    refused = counter.refusal("add", show="aida", places=["A-1", "A-2"], price_type="adult")
    assert (refused.code, refused.fields["place"]) == (code, "A-2")
    assert counter.line.claims == []


def test_several_places_are_all_or_none(counter: Counter) -> None:
    counter.add("B-1")
    counter.line.give("aida", "A-2", holder="T2")
    assert counter.refusal("add", show="aida", places=["A-1", "A-2"], price_type="adult").code == "right_elsewhere"
    assert [line["place"] for line in counter.ask("basket")["basket"]["lines"]] == ["B-1"]
    assert counter.right("A-1") is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"show": "nabucco"}, "unknown_show"),
        ({"places": ["Z-99"]}, "unknown_place"),
        ({"places": ["Foyer#1"]}, "unknown_place"),
        ({"places": []}, "bad_request"),
        ({"places": ["A-1", "A-1"]}, "bad_request"),
        ({"price_type": "emperor"}, "no_price"),
        ({"places": ["A-12"], "price_type": "student"}, "no_price"),
        ({"price_type": "student"}, "proof_needed"),
    ],
)
def test_what_is_wrong_with_the_request_is_said_first(counter: Counter, fields: dict[str, object], code: str) -> None:
    asked = {"show": "aida", "places": ["A-1"], "price_type": "adult"} | fields
    assert counter.refusal("add", **asked).code == code
    assert counter.line.claims == []


def test_proof_seen_is_kept_on_the_ticket(counter: Counter) -> None:
    counter.add("A-1", price_type="student", proof=True)
    counter.pay()
    assert counter.ask("find", sale="T1-00001")["sales"][0]["tickets"][0]["price"] == "29.00"
    assert '"proof": true' in counter.rows("SELECT body FROM sale")[0][0]


def test_a_show_sells_between_its_times(make_counter: Make) -> None:
    soon = show_document("soon", on_sale=(NOW + timedelta(hours=1)).isoformat())
    over = show_document("over", starts=(NOW - timedelta(hours=1)).isoformat())
    counter = make_counter([soon, over])
    counter.open()
    assert counter.refusal("add", show="soon", places=["A-1"], price_type="adult").code == "not_on_sale"
    assert counter.refusal("add", show="over", places=["A-1"], price_type="adult").code == "sales_closed"
    counter.clock.wait(hours=1)
    counter.add("A-1", show="soon")


def test_a_seat_cannot_be_in_the_basket_twice(counter: Counter) -> None:
    counter.add("A-1")
    assert counter.refusal("add", show="aida", places=["A-1"], price_type="adult").code == "bad_request"
    assert len(counter.ask("basket")["basket"]["lines"]) == 1


def test_an_area_gives_as_many_units_as_are_asked_for(counter: Counter) -> None:
    basket = counter.add("Foyer", "Foyer", "Foyer")["basket"]
    assert [(line["place"], line["price"]) for line in basket["lines"]] == [("Foyer", "12.00")] * 3
    assert len(set(counter.line.claims[0].places)) == 3
    sale = counter.pay()
    assert {ticket["place"] for ticket in sale["tickets"]} == {"Foyer"}
    area = counter.ask("places", show="aida")["places"][-1]
    assert (area["place"], area["capacity"], area["sold"], area["free"]) == ("Foyer", 10, 3, 7)


def test_an_area_that_is_sold_out_says_so(counter: Counter) -> None:
    counter.sell(*["Foyer"] * 9)
    refused = counter.refusal("add", show="aida", places=["Foyer", "Foyer"], price_type="adult")
    assert (refused.code, refused.fields["free"]) == ("sold", 1)


def test_another_unit_is_tried_when_a_race_was_lost(counter: Counter) -> None:
    """The till's picture of an area may be old; any unit is as good as another."""
    counter.line.records.clear()
    for unit in (1, 2):
        counter.line._record("aida", f"Foyer#{unit}").state = "SOLD"
    basket = counter.add("Foyer")["basket"]
    assert len(basket["lines"]) == 1
    assert [claim.places for claim in counter.line.claims] == [("Foyer#1",), ("Foyer#2",), ("Foyer#3",)]


def test_a_grant_that_comes_after_its_claim_was_given_up_lies_in_hand(counter: Counter) -> None:
    """The office has the till as holder; asking again brings the same token, and it sells once."""
    counter.line.holding = True
    first = counter.front.call("add", show="aida", places=["A-1"], price_type="adult")
    counter.settle()
    counter.line.lose(counter.line.claims[0])
    refused = first.exception(5)
    assert getattr(refused, "code", None) == "right_elsewhere"
    assert counter.right("A-1") is None
    counter.line.holding = False
    counter.add("A-1")
    assert counter.right("A-1") == ("LEASED", 1)
    counter.pay()
    counter.line.drain()
    assert counter.line.disputes == []


def test_a_grant_for_another_incarnation_is_dropped(counter: Counter) -> None:
    counter.line.incarnation = 2
    assert counter.refusal("add", show="aida", places=["A-1"], price_type="adult").code == "right_elsewhere"
    assert counter.right("A-1") is None


def test_what_the_office_refuses_keeps_its_code(counter: Counter) -> None:
    counter.line.holding = True
    asked = counter.front.call("add", show="aida", places=["A-1"], price_type="adult")
    counter.settle()
    answer = ClaimAnswer(1, (), (RefusedClaim("A-1", "held", "press"),))
    counter.line.claims[0].future.set_result(answer)
    refused = asked.exception(5)
    assert (getattr(refused, "code", None), getattr(refused, "fields", {})["holder"]) == ("held", "press")


def test_the_desk_goes_on_while_a_claim_waits(counter: Counter) -> None:
    counter.sell("B-1")
    counter.line.holding = True
    waiting = counter.front.call("add", show="aida", places=["A-1"], price_type="adult")
    assert counter.ask("status")["journal"]["number"] == 2
    assert not waiting.done()
    counter.line.let_through()
    assert waiting.result(5)["basket"]["total"] == "59.00"


@pytest.mark.parametrize(("capacity", "code"), [(1, "sold"), (0, "unknown_place")])
def test_an_area_may_shrink_while_the_office_is_asked(counter: Counter, capacity: int, code: str) -> None:
    counter.line.holding = True
    asked = counter.front.call("add", show="aida", places=["Foyer"], price_type="adult")
    counter.settle()
    areas = [{"id": "Foyer", "capacity": capacity}] if capacity else []
    plan = small_hall()
    show = show_document("aida", areas=areas, plan_version=plan.version)
    counter.line.reseat(show, Columns("aida", plan.version, "P" * (len(plan) + capacity)))
    counter.settle()
    counter.line.claims[0].future.set_result(ClaimAnswer(1, (), (RefusedClaim("Foyer#1", "sold", "T2"),)))
    assert getattr(asked.exception(5), "code", None) == code


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("capacity", [14, 4])
def test_a_show_may_be_numbered_anew_before_the_till_is_told(counter: Counter, told: bool, capacity: int) -> None:
    """The replica is written by another thread: the bar comes before the foyer now, which is larger or smaller."""
    counter.sell("Foyer", "Foyer")
    plan = small_hall()
    areas = [{"id": "Bar", "capacity": 3}, {"id": "Foyer", "capacity": capacity}]
    columns = Columns("aida", plan.version, "P" * (len(plan) + 3 + capacity))
    counter.line.reseat(show_document("aida", areas=areas, plan_version=plan.version), columns, tell=told)
    counter.settle()
    area = counter.ask("places", show="aida")["places"][-1]
    assert (area["place"], area["capacity"], area["sold"], area["free"]) == ("Foyer", capacity, 2, capacity - 2)
    counter.sell(*["Foyer"] * (capacity - 2))
    assert counter.refusal("add", show="aida", places=["Foyer"], price_type="adult").code == "sold"


def test_an_orphan_is_warned_of_and_refused_only_where_the_venue_says_so(make_counter: Make) -> None:
    relaxed = make_counter()
    relaxed.open()
    assert relaxed.add("A-2")["warnings"] == [{"code": "orphan_seat", "places": ["A-1"]}]
    strict = make_counter(orphans="refuse")
    strict.open()
    assert strict.refusal("add", show="aida", places=["A-2"], price_type="adult").code == "orphan_seat"
    half = strict.refusal("add", show="aida", places=["A-2"], price_type="adult", orphan_ok=True)
    assert half.code == "orphan_seat"
    assert strict.add("A-2", orphan_ok=True, reason="a party of one")["basket"]["total"] == "59.00"


def test_remove_and_clear_keep_the_rights(counter: Counter) -> None:
    counter.add("A-1", "A-2")
    assert [line["place"] for line in counter.ask("remove", line=1)["basket"]["lines"]] == ["A-2"]
    assert counter.refusal("remove", line=1).code == "bad_request"
    assert counter.ask("clear")["basket"]["total"] == "0.00"
    assert counter.right("A-1") == counter.right("A-2") == ("LEASED", 1)
    assert counter.ask("status")["rights_in_hand"] == {"aida": 2}


def test_retype_prices_anew(counter: Counter) -> None:
    counter.add("A-1")
    assert counter.refusal("retype", line=1, price_type="student").code == "proof_needed"
    basket = counter.ask("retype", line=1, price_type="student", proof=True)["basket"]
    assert (basket["lines"][0]["price"], basket["total"]) == ("29.00", "30.00")


def test_the_price_in_the_basket_is_the_one_quoted(counter: Counter) -> None:
    counter.add("A-1")
    table = {"Stalls": {"adult": "60.00"}}
    counter.line.document("prices", {"id": "usual", "tax": "reduced", "table": table})
    assert counter.add("A-2")["basket"]["total"] == "120.00"
    assert counter.pay()["total"] == "120.00"


def test_the_basket_outlives_the_program_and_the_cashier(counter: Counter) -> None:
    counter.add("A-1")
    counter.restart()
    assert counter.refusal("basket").code == "not_signed_in"
    counter.sign_in("beth")
    basket = counter.ask("basket")["basket"]
    assert (basket["owner"], basket["total"]) == ("anna", "59.00")
    assert counter.pay()["total"] == "59.00"


def test_best_offers_neighbours_that_can_be_had(counter: Counter) -> None:
    places = counter.ask("best", show="aida", category="Stalls", count=3)["places"]
    rows, numbers = zip(*(place.split("-") for place in places), strict=True)
    assert len(set(rows)) == 1
    assert sorted(map(int, numbers)) == list(range(int(numbers[0]), int(numbers[0]) + 3))
    counter.line.cut()
    assert counter.ask("best", show="aida", category="Stalls", count=3)["places"] == []
    assert counter.ask("best", show="aida", category="Foyer", count=2)["places"] == []
    counter.line.mend()
    assert counter.ask("best", show="aida", category="Foyer", count=2)["places"] == ["Foyer", "Foyer"]
    assert counter.refusal("best", show="aida", category="Balcony", count=1).code == "unknown_place"
