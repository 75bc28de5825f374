"""Figures at the office: page by page, of one moment, with what no till has told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pos.domain.facts import Fact
from pos.domain.figures import DIMENSIONS, Figures, Query, Sum
from sync.office.rules import figures, look
from sync.office.season.importer import import_season
from sync.office.store.engine import Database
from tests.peers.small_season import SEASON, SHOW, write_season
from tests.peers.till_client import TillClient
from tests.unit.figures.laws import figures_of
from tests.unit.office.conftest import House

WHOLE = Query(by=DIMENSIONS)
ORDERS = """
[[order]]
code = "WEB-1"
show = "tosca-1"
lines = [{ price_type = "adult", places = ["A-1", "A-2"] }]
[[order]]
code = "WEB-2"
show = "tosca-1"
lines = [{ price_type = "adult", places = ["Foyer"] }]
[[gift_card]]
code = "G-1"
balance = "50.00"
[[account]]
id = "club"
name = "The club"
limit = "100.00"
"""


def at_office(house: House, query: Query = WHOLE) -> Figures:
    with house.database.read() as connection:
        return figures.whole(connection, query)


def paged(house: House, limit: int, between: Callable[[], object] = lambda: None) -> tuple[Figures, list[float]]:
    """The same in small pages, each a transaction of its own, its position written down in between."""
    got, position, shares = Figures(), None, []
    while True:
        with house.database.read() as connection:
            part, position = figures.page(connection, WHOLE, position, limit)
        got.merge(Figures.from_json(json.loads(json.dumps(part.to_json()))))
        if position is None:
            return got, shares
        shares.append(position.share)
        position = figures.Position.from_json(json.loads(json.dumps(position.to_json())))
        between()


def selling(house: House, client: TillClient, *places: str) -> None:
    for place in places:
        client.sell(SHOW, *house.granted(client, place))
    house.push(client)


def facts_of(*clients: TillClient) -> list[Fact]:
    return [Fact.from_bytes(item.envelope.encode()) for client in clients for item in client.journal]


def test_the_office_and_a_till_come_to_the_same(house: House, tills_at: Callable[..., list[TillClient]]) -> None:
    one, two = tills_at("T1", "T2")
    selling(house, one, "A-1", "A-2", "A-3")
    selling(house, two, "B-1", "B-2")
    there = at_office(house)
    here = figures_of(facts_of(one, two))
    assert {key: one for key, one in there.sums.items() if key.what != "late"} == here.sums
    assert there.numbers == here.numbers
    assert there.heads == {"T1.1": 3, "T2.1": 2}
    assert there.total("late").pieces == 5, "they were sold days before they came"


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_of_any_size_come_to_the_same(
    house: House, tills_at: Callable[..., list[TillClient]], limit: int
) -> None:
    one, two = tills_at("T1", "T2")
    selling(house, one, "A-1", "A-2", "A-3")
    selling(house, two, "B-1", "B-2")
    got, shares = paged(house, limit)
    assert got == at_office(house)
    assert shares == sorted(shares)


def test_all_pages_are_of_the_moment_of_the_first(house: House, tills_at: Callable[..., list[TillClient]]) -> None:
    one, two = tills_at("T1", "T2")
    selling(house, one, "A-1", "A-2")
    selling(house, two, "B-1")
    before = at_office(house)
    rest = iter(["B-2", "B-3", "B-4", "B-5", "B-6", "B-7", "B-8", "B-9"])
    assert paged(house, 1, lambda: selling(house, two, next(rest)))[0] == before
    assert at_office(house).total("ticket").pieces > before.total("ticket").pieces


def test_orders_of_a_season_count_and_what_it_put_on_purses(database: Database, tmp_path: Path) -> None:
    import_season(database, write_season(tmp_path, SEASON + ORDERS))
    house = House(database)
    got = at_office(house)
    assert got.by("ticket", "channel", "till", "show", "category") == {
        ("web", "office", SHOW, "Foyer"): Sum(1200, 109, 1),
        ("web", "office", SHOW, "Stalls"): Sum(11600, 1054, 2),
    }
    assert got.by("tender", "tender") == {("transfer",): Sum(12800, 0, 2)}
    money = {key[0]: one.minor for key, one in got.by("money", "item").items()}
    booked: dict[str, int] = {}
    for account, minor in house.rows("SELECT account, sum(minor) FROM posting GROUP BY account"):
        name = "gift_card" if str(account).startswith("gift_card:") else str(account)
        booked[name] = booked.get(name, 0) + int(str(minor))
    assert money == booked
    assert sum(money.values()) == 0
    for limit in (1, 2):
        assert paged(house, limit)[0] == got
    assert [key.day for key, _ in got.rows("money", lambda key: key.kind == "Opening")] == [""] * 3


def test_a_page_is_no_longer_for_orders_of_many_tickets(database: Database, tmp_path: Path) -> None:
    import_season(database, write_season(tmp_path, SEASON + ORDERS))
    with database.read() as connection:
        _, position = figures.page(connection, WHOLE, None, 3)
    assert position is not None
    assert (position.at, position.after) == (-1, "WEB-1"), "two tickets and their order are a page of three"
    assert position.share == 0.5


def test_what_cannot_be_read_is_told(house: House, tills_at: Callable[..., list[TillClient]]) -> None:
    (one,) = tills_at("T1")
    one.record("SeatsPolished", {})
    selling(house, one, "A-1")
    house.run("UPDATE fact SET envelope = 'torn' WHERE number = 2")
    got = at_office(house)
    assert got.unread == {"SeatsPolished": (1, ("T1.1.1",)), "TicketsSold": (1, ("T1.1.2",))}


def asked(house: House, fields: dict[str, Any]) -> dict[str, Any]:
    with house.database.read() as connection:
        return look.KINDS["figures"](connection, "T1", fields)


def test_a_till_asks_page_by_page(house: House, tills_at: Callable[..., list[TillClient]]) -> None:
    one, _ = tills_at("T1", "T2")
    one.record("ShiftOpened", {"shift": "S1", "user": "anna", "float": "0.00"})
    selling(house, one, "A-1")
    first = asked(house, {"query": WHOLE.to_json()})
    assert first["position"] is not None
    last = asked(house, {"query": WHOLE.to_json(), "position": json.loads(json.dumps(first["position"]))})
    assert (last["position"], last["share"]) == (None, 1000)
    assert Figures.from_json(last["figures"]).merge(Figures.from_json(first["figures"])) == at_office(house)
    assert [(till["till"], till["applied"], till["shift"]) for till in last["tills"]] == [
        ("T1", 2, "S1"),
        ("T2", 0, ""),
    ]
    assert all(till["heard"] for till in last["tills"])


@pytest.mark.parametrize(
    "fields", [{}, {"query": {"by": ["colour"]}}, {"query": {}, "position": {"at": 1}}, {"query": 3}]
)
def test_a_question_that_makes_no_sense_is_refused(house: House, fields: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        asked(house, fields)
