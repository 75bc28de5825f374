"""Ticket paper at the office: booked from every window in any order, told to all, disputed where it is in two hands."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pos.domain.seatstock import Line
from sync.office.rules.look import KINDS
from sync.office.rules.seatstock import seat_stock
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]


def received(till: TillClient, *serials: list[str], name: str = "T1-B00001", home: str = "T1") -> None:
    record = {"id": name, "home": home, "box": "7", "serials": list(serials), "note": "", "state": "received"}
    till.record("StockReceived", {"user": "anna", "record": record})


def moved(till: TillClient, move: str, *serials: list[str], other: str = "", user: str = "anna") -> None:
    body = {"user": user, "move": move, "serials": list(serials)}
    till.record("StockMoved", body | ({"other": other} if other else {}))


def printed(till: TillClient, *serials: list[str]) -> None:
    used = [{"ticket": "", "serials": list(serials)}]
    stock = {"used": used, "spoiled": [], "unknown": 0}
    till.record(
        "PrintReported",
        {"job": 1, "kind": "ticket", "sale": "", "tickets": [], "outcome": "done", "copy": 0, "stock": stock},
    )


def told(house: House) -> dict[str, Any]:
    rows = house.rows("SELECT id, body FROM document WHERE family = 'stock_hand'")
    return {str(id): json.loads(str(body)) for id, body in rows}


def test_paper_goes_from_the_works_through_two_windows_onto_a_ticket(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    received(one, ["A0001", "A0100"])
    moved(one, "issued", ["A0051", "A0100"], other="T2")
    assert {result.verdict for result in house.push(one).results} == {"applied"}
    coming = [{"from": "T1", "serials": [["A0051", "A0100"]]}]
    assert told(house) == {
        "T1": {"id": "T1", "hand": [["A0001", "A0050"]], "left": 50, "coming": [], "open": []},
        "T2": {"id": "T2", "hand": [], "left": 0, "coming": coming, "open": []},
    }
    moved(two, "taken", ["A0051", "A0090"], other="T1")
    house.push(two)
    printed(two, ["A0089", "A0090"])
    house.push(two)
    assert told(house)["T2"]["coming"] == [{"from": "T1", "serials": [["A0091", "A0100"]]}]
    assert told(house)["T2"]["hand"] == [["A0051", "A0090"]], "what is used up is told of now and then"
    assert house.rows("SELECT cause FROM dispute") == []
    assert house.violations() == []


def test_the_receiver_may_be_heard_before_the_giver(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    moved(two, "taken", ["A01", "A10"], other="T1")
    printed(two, ["A01", "A05"])
    house.push(two)
    assert told(house)["T2"]["open"] == [{"what": "unconfirmed", "serials": ["A01", "A10"], "till": "T2", "from": "T1"}]
    received(one, ["A01", "A20"])
    moved(one, "issued", ["A01", "A10"], other="T2")
    house.push(one)
    assert told(house)["T2"]["open"] == []
    assert house.rows("SELECT cause FROM dispute") == []
    assert house.violations() == []


def test_a_number_used_by_two_windows_is_a_dispute_and_nothing_is_lost(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    received(one, ["A01", "A10"])
    printed(one, ["A01", "A04"])
    house.push(one)
    moved(two, "found", ["A03", "A05"])
    house.push(two)
    disputes = [
        (cause, json.loads(str(body))["fields"]) for cause, body in house.rows("SELECT cause, body FROM dispute")
    ]
    assert disputes == [
        ("stock", {"serials": "A03–A04", "claims": "hand:T2, used:T1"}),
        ("stock", {"serials": "A05", "claims": "hand:T1, hand:T2"}),
    ]
    assert {one["what"] for one in told(house)["T2"]["open"]} == {"found"}
    printed(two, ["A03", "A03"])
    house.push(two)
    assert len(house.rows("SELECT id FROM dispute")) == 2, "it has been said already"
    assert house.violations() == []


def test_who_may_not_sell_moves_paper_all_the_same_and_it_is_looked_at(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    moved(one, "found", ["A01", "A10"], user="otto")
    house.push(one)
    assert house.rows("SELECT cause FROM dispute") == [("role",)]
    assert told(house)["T1"]["left"] == 10


def test_numbers_that_are_none_are_kept_and_looked_at(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    moved(one, "found", ["A01", "B10"])
    moved(one, "issued", ["A01", "A10"])
    moved(one, "eaten", ["A01", "A10"])
    assert {result.verdict for result in house.push(one).results} == {"disputed"}
    assert house.rows("SELECT cause FROM dispute") == [("unreadable",)] * 3
    assert house.rows("SELECT * FROM stock_run") == []
    assert house.violations() == []


def test_others_hear_of_what_is_used_up_every_fifty(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    received(one, ["A001", "A200"])
    house.push(one)
    for first in range(1, 52, 10):
        printed(one, [f"A{first:03d}", f"A{first + 9:03d}"])
        house.push(one)
    assert told(house)["T1"]["left"] == 140
    assert house.violations() == []


def test_verify_sees_what_is_not_as_the_facts_say(house: House, tills_at: Tills) -> None:
    one, _ = tills_at("T1", "T2")
    received(one, ["A001", "A200"])
    moved(one, "issued", ["A101", "A200"], other="T2")
    house.push(one)
    house.run("UPDATE stock_run SET last = 150 WHERE account LIKE 'way:%'")
    said = house.violations()
    assert any(line.startswith("I3 ticket paper A in way:T1>T2") for line in said), said
    assert any("sum to nothing" in line for line in said), said
    assert any(line.startswith("I8 ticket paper A in way:T1>T2") for line in said), said


def test_every_place_of_a_show_is_counted_once_at_the_office(house: House, tills_at: Tills) -> None:
    one, _ = tills_at("T1", "T2")
    granted = house.granted(one, "A-1", "A-2", "A-3")
    one.sell(SHOW, granted[0], sale="T1-1")
    house.push(one)
    with house.database.read() as connection:
        stock = {line.show: line for line in seat_stock(connection)}[SHOW]
        (line,) = [one for one in KINDS["stock"](connection, "", {})["shows"] if one["show"] == SHOW]
    assert (stock.sold, stock.hands, stock.free) == (1, 2, stock.capacity - 3)
    assert (line["sold"], line["left"], line["share"]) == (1, stock.capacity - 1, 10_000 // stock.capacity)
    assert Line.from_json(line).stock == stock
    assert house.violations() == []
    house.run(f"DELETE FROM place_right WHERE show_id = '{SHOW}' AND place = 'A-5'")
    with house.database.read() as connection, pytest.raises(ValueError, match=SHOW):
        seat_stock(connection)
    assert any(line.startswith(f"I6 {SHOW}: it has {stock.capacity} places") for line in house.violations())
