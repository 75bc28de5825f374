"""A supervisor frees what a dead till held: asked of the office first, and done by a fact."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pos.till.ports import Releasable
from tests.unit.till.counter import Counter


@pytest.fixture
def supervised(counter: Counter) -> Counter:
    counter.sign_in("sam")
    counter.line.release = Releasable((("aida", "A-1"), ("aida", "A-2")))
    return counter


def last_fact(counter: Counter) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(counter.rows("SELECT envelope FROM journal ORDER BY number DESC LIMIT 1")[0][0])
    return found


def test_a_release_is_a_fact_that_names_every_place(supervised: Counter) -> None:
    answer = supervised.ask("release_places", till="T2", reason="burnt", attested=["T3"])
    assert answer == {"released": [{"show": "aida", "place": "A-1"}, {"show": "aida", "place": "A-2"}]}
    fact = last_fact(supervised)
    assert (fact["kind"], fact["effects"], fact["money"]) == ("PlacesReleased", [], [])
    assert fact["body"] == {
        "user": "sam", "till": "T2", "places": [["aida", "A-1"], ["aida", "A-2"]], "attested": ["T3"],
        "reason": "burnt",
    }  # fmt: skip
    assert supervised.line.releases == [("T2", None, ("T3",))]


def test_places_are_asked_for_by_name(supervised: Counter) -> None:
    supervised.ask("release_places", till="T2", show="aida", places=["A-1"], reason="burnt")
    assert supervised.line.releases == [("T2", [("aida", "A-1")], ())]


def gone(show: str, *places: tuple[str, str]) -> dict[str, Any]:
    return {
        "till": "T9", "incarnation": 2, "heard": "2026-05-07T18:02:00+00:00",
        "places": [{"show": show, "place": place, "state": state} for place, state in places],
        "waits_for": [{"till": "T3", "incarnation": 1, "why": "not_heard"}],
    }  # fmt: skip


def test_what_a_till_that_is_gone_has_is_told_as_people_call_it(supervised: Counter) -> None:
    places = (("A-2", "QUARANTINE"), ("A-1", "PAPER"), ("Z-9", "QUARANTINE"))
    supervised.line.found["frozen"] = {"frozen": [gone("aida", *places), gone("over", ("A-1", "QUARANTINE"))]}
    (row,) = supervised.ask("frozen_places")["frozen"]
    assert {key: row[key] for key in ("till", "incarnation", "name", "show", "waits_for")} == {
        "till": "T9", "incarnation": 2, "name": "T9", "show": "aida",
        "waits_for": [{"till": "T3", "incarnation": 1, "why": "not_heard"}],
    }  # fmt: skip
    shown = [(place["place"], place["state"]) for place in row["places"]]
    assert shown == [("A-1", "PAPER"), ("A-2", "QUARANTINE"), ("Z-9", "QUARANTINE")], "a seat that is no more is last"
    assert row["places"][0]["label"] != "A-1"
    assert row["places"][2]["label"] == "Z-9"


def test_nobody_looks_at_it_but_a_supervisor_with_a_line(supervised: Counter) -> None:
    supervised.line.cut()
    assert supervised.refusal("frozen_places").code == "offline"
    supervised.ask("sign_out")
    supervised.sign_in()
    assert supervised.refusal("frozen_places").code == "not_allowed"


def test_who_has_to_be_heard_first_is_named_and_nothing_is_written(supervised: Counter) -> None:
    supervised.line.release = Releasable(refused="T3 has to be heard", waits_for=(("T3", 1, "not_heard"),))
    number = supervised.desk.number
    refused = supervised.refusal("release_places", till="T2", reason="burnt")
    assert (refused.code, refused.fields["waits_for"]) == (
        "release_waits", [{"till": "T3", "incarnation": 1, "why": "not_heard"}],
    )  # fmt: skip
    assert supervised.desk.number == number


def test_nothing_is_released_without_the_office(supervised: Counter) -> None:
    supervised.line.cut()
    assert supervised.refusal("release_places", till="T2", reason="burnt").code == "offline"


@pytest.mark.parametrize("fields", [{"show": "aida"}, {"places": ["A-1"]}])
def test_show_and_places_go_together(supervised: Counter, fields: dict[str, Any]) -> None:
    assert supervised.refusal("release_places", till="T2", reason="burnt", **fields).code == "bad_request"


def test_a_cashier_releases_nothing(counter: Counter) -> None:
    assert counter.refusal("release_places", till="T2", reason="burnt").code == "not_allowed"
