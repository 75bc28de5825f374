"""An order's first paper: by the token of its sold place, and the office remembers that it is out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.office.rules import snapshot
from sync.office.season.importer import import_season
from sync.wire import GrantItem
from tests.peers.small_season import SEASON, SHOW, write_season
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.test_refunds import claim_sold, codes, refund_token
from tests.unit.office.test_season_import import ORDER

Tills = Callable[..., list[TillClient]]


@pytest.fixture
def ordered(house: House, tmp_path: Path) -> House:
    """An order of five tickets, paid, that nobody has printed."""
    import_season(house.database, write_season(tmp_path, SEASON + ORDER))
    return house


def unprinted(house: House) -> list[str]:
    """The tickets of which tills are told that there is no paper."""
    with house.database.read() as connection:
        ((sale,), _) = snapshot.sales(connection, "", 10)
    return [ticket["unit"] for ticket in sale["tickets"] if not ticket.get("issued", True)]


def told(house: House) -> int:
    """How often tills have been told of the sale."""
    return len(house.rows("SELECT position FROM change_log WHERE kind = 'sale'"))


def test_the_token_says_that_there_is_no_paper_yet(ordered: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    assert unprinted(ordered) == ["B-1", "B-2", "Foyer#1", "Foyer#3", "Foyer#2"]
    token = refund_token(ordered, one, "B-1")
    assert token == GrantItem(place="B-1", epoch=2, hop=0, ticket="WEB1-1", issued=False, copies=0)
    assert ordered.violations() == []


def test_what_was_collected_is_told_to_all_and_goes_with_the_token(ordered: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    tokens = [refund_token(ordered, one, place) for place in ("B-1", "B-2")]
    before = told(ordered)
    one.collect(SHOW, *tokens, sale="WEB1")
    one.record("PrintReported", {"job": 1, "tickets": ["WEB1-1", "WEB1-2"], "outcome": "done"})
    one.sold_back(SHOW, *tokens)
    assert {result.verdict for result in ordered.push(one).results} == {"applied"}
    assert told(ordered) == before + 1
    assert unprinted(ordered) == ["Foyer#1", "Foyer#3", "Foyer#2"]
    assert refund_token(ordered, two, "B-1").issued
    assert not refund_token(ordered, two, "Foyer#1").issued
    assert ordered.violations() == []


def test_two_windows_cannot_both_print_it(ordered: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    token = refund_token(ordered, one, "B-1")
    assert codes(claim_sold(ordered, two, "B-1")) == [("right_elsewhere", "T1")]
    two.collect(SHOW, token, sale="WEB1")
    assert ordered.push(two).results[-1].verdict == "disputed", "its right is another's"
    assert unprinted(ordered) == ["B-2", "Foyer#1", "Foyer#3", "Foyer#2"], "but the paper is out"


def test_a_copy_shows_that_there_is_an_original(ordered: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    token = refund_token(ordered, one, "B-1")
    one.copy(token, SHOW, "WEB1-1", 1)
    ordered.push(one)
    assert "B-1" not in unprinted(ordered)
    assert ordered.violations() == []


def test_other_tickets_than_those_of_its_places_are_not_believed(ordered: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    token = refund_token(ordered, one, "B-1")
    one.collect(SHOW, token, sale="WEB1")
    value = json.loads(one.journal.pop().envelope)
    value["body"]["tickets"] = ["WEB1-2"]
    one.journal.append(one.signed(1, json.dumps(value, sort_keys=True, separators=(",", ":")).encode()))
    assert ordered.push(one).results[-1].verdict == "disputed"
    assert ordered.rows("SELECT cause FROM dispute") == [("unreadable",)]
    assert "B-2" in unprinted(ordered)


def test_an_original_that_comes_out_twice_is_named(ordered: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    token = refund_token(ordered, one, "B-1")
    for _ in range(2):
        one.collect(SHOW, token, sale="WEB1")
    ordered.push(one)
    assert ordered.violations() == ["I3 ticket WEB1-1 was printed as an original more than once: T1.1.1, T1.1.2"]


def test_who_may_not_sell_may_not_print(ordered: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.collect(SHOW, refund_token(ordered, one, "B-1"), sale="WEB1", user="otto")
    ordered.push(one)
    assert ordered.rows("SELECT cause FROM dispute") == [("role",)]


def handed(house: House, ticket: str) -> dict[str, object]:
    """What tills are told of where a ticket went."""
    with house.database.read() as connection:
        (found, _) = snapshot.sales(connection, "", 10)
    (told,) = [item.get("handed", {}) for sale in found for item in sale["tickets"] if item["id"] == ticket]
    return {key: told[key] for key in told if key != "at"}


def test_what_was_sold_to_be_picked_up_has_no_paper(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    grants = house.granted(one, "A-1", "A-2")
    one.sell(SHOW, *grants, sale="S", delivery="pickup")
    house.push(one)
    assert unprinted(house) == ["A-1", "A-2"]
    assert house.violations() == []


def test_ready_and_handed_out_are_told_with_who_came(ordered: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    token = refund_token(ordered, one, "B-1")
    one.collect(SHOW, token, sale="WEB1", ready=True)
    ordered.push(one)
    assert handed(ordered, "WEB1-1") == {"till": "T1", "ready": True}
    one.collect(SHOW, token, sale="WEB1", kind="OrderHandedOut", collected_by={"name": "Ada", "last4": "81A2"})
    assert ordered.push(one).results[-1].verdict == "applied"
    assert handed(ordered, "WEB1-1") == {"till": "T1", "name": "Ada", "last4": "81A2"}
    assert ordered.violations() == []
    with ordered.database.write() as connection:
        connection.exec_driver_sql("UPDATE ticket SET handed = '' WHERE id = 'WEB1-1'")
    assert ordered.violations() == ["I3 ticket WEB1-1: the office has it handed out otherwise than the facts say"]


def test_a_copy_of_what_lies_ready_was_handed_out(ordered: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    token = refund_token(ordered, one, "B-1")
    one.collect(SHOW, token, sale="WEB1", ready=True)
    one.copy(token, SHOW, "WEB1-1", 1)
    ordered.push(one)
    assert handed(ordered, "WEB1-1") == {"till": "T1"}
    assert ordered.violations() == []
