"""Who has heard of what: the positions that tills pulled from, and the facts they had made by then."""

from __future__ import annotations

import json
from collections.abc import Callable

from sync.office.rules import changes, heard
from sync.office.rules.heard import Pulled
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]


def pulls(house: House, client: TillClient, cursor: int, head: int) -> None:
    with house.database.write() as connection:
        heard.note(connection, [Pulled(client.till, client.incarnation, cursor, head)])


def settled(house: House, client: TillClient) -> int:
    with house.database.read() as connection:
        return heard.settled(connection, client.till, client.incarnation)


def position(house: House) -> int:
    with house.database.read() as connection:
        return changes.head(connection)[0]


def test_a_till_has_settled_what_it_heard_before_its_last_fact_that_is_here(house: House, tills_at: Tills) -> None:
    _two, one = tills_at("T2", "T1")
    begin = settled(house, one)
    assert begin == position(house)
    one.drop()
    pulls(house, one, begin + 5, head=1)
    assert settled(house, one) == begin, "its first fact, made by then, is not here"
    house.push(one)
    assert settled(house, one) == begin + 5


def test_what_was_settled_stays_so_while_the_till_goes_on_selling(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    begin = settled(house, one)
    one.drop()
    pulls(house, one, begin + 5, head=1)
    house.push(one)
    one.drop()
    pulls(house, one, begin + 9, head=2)
    assert settled(house, one) == begin + 5
    pulls(house, one, begin + 8, head=2)  # a pull that comes late says nothing new
    assert settled(house, one) == begin + 5
    house.push(one)
    assert settled(house, one) == begin + 8


def test_a_till_that_does_not_say_where_its_journal_ends_has_settled_nothing(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    begin = settled(house, one)
    pulls(house, one, begin + 5, heard.UNTOLD)
    assert settled(house, one) == begin


def test_a_till_that_has_stopped_has_heard_all_there_will_be(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.drop()
    house.enrol("T1", replace=True)
    pulls(house, one, heard.STOPPED, head=1)
    assert settled(house, one) < heard.STOPPED, "its last fact is not here"
    house.push(one)
    assert settled(house, one) == heard.STOPPED


def test_a_new_incarnation_begins_with_what_its_snapshot_says(house: House, tills_at: Tills) -> None:
    (old,) = tills_at("T1")
    house.granted(old, "A-1")
    new = house.enrol("T1", replace=True)
    ((fenced_at,),) = house.rows("SELECT fenced_at FROM till WHERE incarnation = 1")
    assert settled(house, new) == position(house) > int(str(fenced_at))


def test_every_till_is_told_of_a_fence_where_the_office_says_it_is(house: House, tills_at: Tills) -> None:
    (old,) = tills_at("T1")
    house.granted(old, "A-1")
    before = position(house)
    house.enrol("T1", replace=True)
    ((fenced_at,),) = house.rows("SELECT fenced_at FROM till WHERE incarnation = 1")
    with house.database.read() as connection:
        told = changes.after(connection, before, 10)
    assert [(change.kind, change.show or change.family) for change in told] == [
        ("places", SHOW),
        ("document", "fence"),
        ("document", "key"),
    ]
    assert (told[1].position, told[1].family, told[1].id) == (fenced_at, "fence", "T1.1")
    assert told[1].body == {"id": "T1.1", "till": "T1", "incarnation": 1, "state": "FENCED"}
    assert house.rows("SELECT body FROM document WHERE family = 'fence'") == [
        (json.dumps(told[1].body, sort_keys=True),)
    ]
    assert house.violations() == []
