"""Holds: made, released, sold from and changed by who has their rights; nobody else touches them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

from pos.domain.errors import Refused
from pos.store.verify import report
from pos.till.counter import held, holding, passing
from pos.till.orders import holds
from tests.mutate import mutate
from tests.unit.till.counter import NOW, PINS, Counter

Make = Callable[..., Counter]
SAM = {"user": "sam", "pin": PINS["sam"]}


def hold(counter: Counter, *places: str, type: str = "group", **more: Any) -> dict[str, Any]:
    where = {"places": list(places)} if places else {}
    made: dict[str, Any] = counter.ask("hold", show="aida", type=type, **where, **more)["hold"]
    return made


def sound(counter: Counter) -> list[str]:
    """What the till's own check finds wrong once it has stopped."""
    counter.line.drain()
    counter.stop()
    out = StringIO()
    wrong = [] if report(counter.folder, out) == 0 else [out.getvalue()]
    return wrong + counter.line.disputes


def test_a_hold_takes_its_places_in_one_fact_and_tells_what_it_is(counter: Counter) -> None:
    made = hold(counter, "A-1", "A-2", owner="Herald", note="two critics", release="30m")
    assert (made["id"], made["type"], made["letter"], made["count"], made["here"]) == ("T1-H00001", "group", "G", 2, 2)
    assert made["release"] == (NOW + timedelta(days=2, minutes=-30)).isoformat()
    assert counter.right("A-1") == ("HELD", 1)
    assert counter.state_of("A-1") == "held"
    place = counter.ask("place", show="aida", place="A-1")
    assert (place["state"], place["holder"]) == ("held", "Herald")
    told = {name: place["hold"][name] for name in ("id", "type", "note", "home", "with")}
    assert told == {"id": "T1-H00001", "type": "group", "note": "two critics", "home": "T1", "with": "T1"}
    assert counter.front.seat_map("aida").result(5).holds == {0: "G", 1: "G"}
    assert counter.kinds()[-1] == "PlacesHeld"
    assert sound(counter) == []


def test_what_is_held_is_refused_with_who_it_is_for(counter: Counter) -> None:
    hold(counter, "A-1", type="press", owner="Herald", approver=SAM)
    refused = counter.refusal("add", show="aida", places=["A-1"], price_type="adult")
    assert (refused.code, refused.fields["holder"], refused.fields["type"]) == ("held", "Herald", "press")


def test_what_is_held_for_the_press_is_not_a_cashiers(counter: Counter) -> None:
    assert counter.refusal("hold", show="aida", places=["A-1"], type="press").code == "approval_needed"


@pytest.mark.parametrize(
    ("type_", "cashier"), [("group", True), ("press", False), ("house", False), ("kill", False), ("Sponsor", False)]
)
def test_who_may_hold_what_goes_by_one_table(counter: Counter, type_: str, cashier: bool) -> None:
    if cashier:
        assert hold(counter, "A-1", type=type_)["type"] == type_
        return
    refused = counter.refusal("hold", show="aida", places=["A-1"], type=type_)
    assert (refused.code, refused.fields["type"]) == ("approval_needed", type_)
    assert counter.right("A-1") is None
    made = hold(counter, "A-1", type=type_, approver=SAM)
    assert counter.bodies("PlacesHeld")[-1]["approver"] == "sam"
    assert counter.refusal("release", hold=made["id"]).code == "approval_needed"
    assert counter.ask("release", hold=made["id"], approver=SAM)["left"] == 0


def test_a_sale_from_a_hold_is_one_step_and_leaves_the_rest(counter: Counter) -> None:
    made = hold(counter, "A-1", "A-2", "A-3")
    lines = counter.ask("add", show="aida", hold=made["id"], places=["A-2"], price_type="adult")["basket"]["lines"]
    assert [(line["place"], line["hold"]) for line in lines] == [("A-2", made["id"])]
    counter.ask("clear")
    assert counter.state_of("A-2") == "held", "what is not paid is still in its hold"
    counter.add("A-2")  # a cashier may touch a group's hold
    sale = counter.pay()
    assert counter.right("A-2") == ("SOLD", 1)
    (body,) = counter.bodies("TicketsSold")
    assert body["sale"]["tickets"][0]["hold"] == made["id"]
    assert [row["place"] for row in counter.ask("holds", show="aida")["holds"][0]["places"]] == ["A-1", "A-3"]
    assert sale["tickets"][0]["place"] == "A-2"
    assert sound(counter) == []


def test_all_of_a_hold_goes_into_the_basket_at_once_area_units_too(counter: Counter) -> None:
    made = hold(counter, "A-1", "Foyer", "Foyer")
    basket = counter.ask("add", show="aida", hold=made["id"], price_type="adult")["basket"]
    assert [line["place"] for line in basket["lines"]] == ["A-1", "Foyer", "Foyer"]
    refused = counter.refusal("add", show="aida", hold=made["id"], price_type="adult")
    assert (refused.code, refused.fields["field"]) == ("bad_request", "hold")
    counter.pay()
    assert counter.ask("holds")["holds"] == []
    assert counter.refusal("release", hold=made["id"]).code == "unknown_hold"
    assert sound(counter) == []


def test_what_is_released_is_for_sale_again_with_and_without_a_line(counter: Counter) -> None:
    made = hold(counter, "A-1", "A-2", "A-3")
    assert counter.ask("release", hold=made["id"], places=["A-1"])["released"][0]["place"] == "A-1"
    assert counter.right("A-1") == ("RETURNED", 1)
    assert counter.state_of("A-1") == "free"
    counter.line.drain()
    counter.line.cut()
    assert counter.ask("release", hold=made["id"], places=["A-2"])["left"] == 1
    assert counter.right("A-2") == ("LEASED", 1)
    counter.sell("A-2")
    counter.line.mend()
    assert sound(counter) == []


def test_what_is_in_a_basket_is_not_released_under_it(counter: Counter) -> None:
    made = hold(counter, "A-1", "A-2")
    counter.add("A-1")
    assert [row["place"] for row in counter.ask("release", hold=made["id"])["released"]] == ["A-2"]
    counter.pay()
    assert counter.kinds().count("TicketsSold") == 1


def test_the_basket_itself_can_be_held(counter: Counter) -> None:
    counter.add("A-1", "A-2", "Foyer")
    made = counter.ask("hold", type="group", basket=True, owner="School")["hold"]
    assert (made["count"], counter.ask("basket")["basket"]["lines"]) == (3, [])
    assert counter.refusal("hold", type="group", basket=True).code == "basket_empty"


def test_the_best_of_a_category_are_held(counter: Counter) -> None:
    made = hold(counter, category="Stalls", count=4)
    assert made["count"] == 4
    assert {row["category"] for row in made["places"]} == {"Stalls"}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"places": ["A-1"], "type": " "}, "type"),
        ({"places": ["A-1"], "type": "reservation"}, "type"),
        ({"places": ["A-1"], "type": "group", "release": "soon"}, "release"),
        ({"places": ["A-1"], "type": "group", "release": "2027-03-03T17:00:00"}, "release"),
        ({"type": "group"}, None),
        ({"type": "group", "places": ["A-1"], "basket": True}, None),
    ],
)
def test_a_hold_that_makes_no_sense_is_refused_and_nothing_is_held(
    counter: Counter, fields: dict[str, Any], name: str | None
) -> None:
    refused = counter.refusal("hold", show="aida", **fields)
    assert (refused.code, refused.fields.get("field")) == ("bad_request", name)
    assert counter.right("A-1") is None


# ---- whose it is -------------------------------------------------------------------------


def test_a_hold_of_the_house_is_claimed_when_there_is_a_line(counter: Counter) -> None:
    counter.line.hold("H1", "aida", "A-1", "A-2", home="T2")
    counter.settle()
    assert counter.ask("release", hold="H1", places=["A-1"])["left"] == 1
    assert [claim.places for claim in counter.line.claims] == [("A-1",)]
    assert sound(counter) == []


def test_cut_off_only_the_till_that_has_its_rights_may_touch_a_hold(counter: Counter) -> None:
    counter.line.hold("H1", "aida", "A-1", home="T2", holder="T2")
    counter.line.cut()
    counter.settle()
    for verb, fields in (
        ("release", {"hold": "H1"}),
        ("change_hold", {"hold": "H1", "note": "mine"}),
        ("add", {"hold": "H1", "show": "aida", "price_type": "adult"}),
        ("add", {"places": ["A-1"], "show": "aida", "price_type": "adult"}),
    ):
        refused = counter.refusal(verb, **fields)
        assert (refused.code, refused.fields["holder"], refused.fields["home"]) == ("right_elsewhere", "T2", "T2")
    assert "PlacesHeld" not in counter.kinds()


def test_a_till_fetches_the_rights_to_its_own_holds_when_it_opens(make_counter: Make) -> None:
    counter = make_counter()
    counter.line.hold("H1", "aida", "A-1", home="T1")
    counter.line.hold("H2", "aida", "A-2", home="T2")
    counter.settle()
    counter.open()
    counter.settle()
    assert (counter.right("A-1"), counter.right("A-2")) == (("HELD", 2), None)
    counter.line.cut()
    assert counter.ask("release", hold="H1")["left"] == 0


def test_a_recall_takes_a_hold_that_nobody_is_being_sold_of(counter: Counter) -> None:
    made = hold(counter, "A-1", "A-2")
    counter.line.drain()
    counter.add("A-1")
    declined = counter.line.recall(("aida", "A-1"), ("aida", "A-2"))
    assert [ask.place for ask in declined] == ["A-1"]
    assert counter.right("A-2") == ("HELD_RETURNED", 1)
    assert counter.ask("holds", hold=made["id"])["holds"][0]["here"] == 1
    counter.line.drain()  # and as the hold's home it takes back what nobody else has taken
    assert sound(counter) == []


def test_a_recall_from_before_it_was_held_is_answered_by_the_fact(counter: Counter) -> None:
    counter.add("A-1")
    counter.ask("clear")
    asks = counter.line.recall  # the office still has it as idle
    counter.ask("hold", show="aida", type="group", places=["A-1"])
    assert asks(("aida", "A-1")) == []
    assert counter.right("A-1") == ("HELD", 1)


def test_closing_the_shift_gives_the_rights_back_and_the_hold_stays(counter: Counter) -> None:
    made = hold(counter, "A-1")
    counter.ask("close_shift", counted={"total": "100.00"})
    assert counter.right("A-1") == ("HELD_RETURNED", 1)
    assert counter.ask("holds")["holds"][0]["id"] == made["id"]
    counter.ask("open_shift", float="50.00")
    counter.settle()
    assert counter.right("A-1") == ("HELD", 2), "it is at home here"
    assert sound(counter) == []


# ---- changing and expiring ---------------------------------------------------------------


def test_a_hold_is_changed_by_a_fact_of_who_has_it(counter: Counter) -> None:
    made = hold(counter, "A-1", "A-2")
    refused = counter.refusal("change_hold", hold=made["id"], type="press")
    assert (refused.code, refused.fields["type"]) == ("approval_needed", "press")
    changed = counter.ask("change_hold", hold=made["id"], owner="Choir", note="row A", release="1h", home="T2")["hold"]
    assert (changed["owner"], changed["note"], changed["home"]) == ("Choir", "row A", "T2")
    assert counter.ask("holds")["holds"][0]["release"] == (NOW + timedelta(days=2, hours=-1)).isoformat()
    assert counter.refusal("change_hold", hold=made["id"], home="T9").fields["field"] == "home"
    assert counter.line.disputes == []
    assert sound(counter) == []


def test_a_hold_whose_time_has_come_is_released_by_who_has_it_and_that_is_told(counter: Counter) -> None:
    made = hold(counter, "A-1", "A-2", owner="Herald", release="30m")
    counter.add("A-2")

    def due() -> int:
        return int(counter.desk.spawn(lambda: holds.release_due(counter.desk)).result(5))

    assert due() == 0
    counter.clock.wait(days=2, minutes=-29)
    counter.sign_in()
    assert due() == 1, "what is in a basket stays"
    assert due() == 0
    (told,) = counter.said("hold_released")
    assert (told["hold"], told["owner"], [row["place"] for row in told["released"]]) == (made["id"], "Herald", ["A-1"])
    assert counter.bodies("HoldReleased")[0]["expired"] is True
    assert counter.state_of("A-1") == "free"
    counter.ask("clear")
    assert due() == 1


def test_a_clock_that_jumped_releases_nothing(counter: Counter) -> None:
    hold(counter, "A-1", release="30m")
    counter.clock.wall += timedelta(days=2)
    assert counter.desk.spawn(lambda: holds.release_due(counter.desk)).result(5) == 0
    counter.clock.wait(days=2)
    assert counter.desk.spawn(lambda: holds.release_due(counter.desk)).result(5) == 0, "which of the two is right?"
    assert counter.right("A-1") == ("HELD", 1)


def test_a_hold_asked_for_twice_with_one_key_is_one_hold(counter: Counter) -> None:
    first = counter.ask("hold", show="aida", type="group", places=["A-1"], key="k1")
    assert counter.ask("hold", show="aida", type="group", places=["A-1"], key="k1") == first
    assert counter.kinds().count("PlacesHeld") == 1


def test_a_restart_keeps_the_hold_and_the_basket_of_it(counter: Counter) -> None:
    made = hold(counter, "A-1", "A-2")
    counter.add("A-1")
    counter.restart()
    counter.sign_in()
    assert counter.ask("holds")["holds"][0]["id"] == made["id"]
    counter.pay()
    assert sound(counter) == []


# ---- without a guard ---------------------------------------------------------------------


def types_are_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, holding, "allowed", "not rules.may_touch(type_, user.role)", "False")


def baskets_are_released_too(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, held, "free_of", "not in used", "not in ()")


def any_clock_will_do(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, holds, "_due", "or desk.clock.doubtful", "or False")


def holds_are_kept_like_baskets(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, passing, "answer_recalls", "OwnState.HELD in (right.state, _asked_for(ask))", "False")


@pytest.mark.parametrize(
    ("guard", "scenario"),
    [
        (types_are_not_looked_at, test_what_is_held_for_the_press_is_not_a_cashiers),
        (baskets_are_released_too, test_a_hold_whose_time_has_come_is_released_by_who_has_it_and_that_is_told),
        (any_clock_will_do, test_a_clock_that_jumped_releases_nothing),
        (holds_are_kept_like_baskets, test_a_recall_from_before_it_was_held_is_answered_by_the_fact),
    ],
)
def test_without_its_guard_the_scenario_fails(
    counter: Counter,
    monkeypatch: pytest.MonkeyPatch,
    guard: Callable[[pytest.MonkeyPatch], None],
    scenario: Callable[[Counter], None],
) -> None:
    guard(monkeypatch)
    with pytest.raises((AssertionError, Refused)):
        scenario(counter)
