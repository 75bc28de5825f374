"""The story of a seat and of a ticket at the office: from all facts, orders and disputes."""

from __future__ import annotations

from typing import Any

from sync.office.rules import look
from tests.peers.small_season import SHOW
from tests.unit.office.conftest import House
from tests.unit.office.test_facts import Tills


def told(house: House, **fields: Any) -> list[dict[str, str]]:
    with house.database.read() as connection:
        found: list[dict[str, str]] = look.KINDS["history"](connection, "T1", fields).get("story", [])
        return found


def test_a_seats_story_has_the_facts_of_every_till_and_no_other_seats(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    seat, other = house.granted(one, "A-1", "A-2")
    sale = one.sell(SHOW, seat, sale="S1")
    one.sell(SHOW, other, sale="S2")
    one.refund(sale, seat)
    two.admit("S1-1", show=SHOW)
    house.push(one)
    house.push(two)
    story = told(house, show=SHOW, place="A-1")
    assert {one["kind"] for one in story} == {"TicketsSold", "TicketsRefunded", "TicketsAdmitted", ""}
    assert [one["text"] for one in story if not one["kind"]] == [
        "Dispute T2.1.1-1 was opened (admitted_ended); it is open."
    ]
    assert all(one["verdict"] == "applied" for one in story if one["kind"])
    assert not [one for one in story if "S2" in one["text"]]
    assert [one["kind"] for one in told(house, ticket="S2-1")] == ["TicketsSold"]
    assert told(house, ticket="nope") == []


def test_a_window_hears_where_else_an_order_is_open_until_it_is_closed(house: House) -> None:
    def tell(till: str, *, open_: bool = True) -> list[str]:
        with house.database.write() as connection:
            asked = {"sale": "S1", "user": "anna", "open": open_}
            return [one["till"] for one in look.KINDS["open"](connection, till, asked)["elsewhere"]]

    assert tell("T1") == []
    assert tell("T2") == ["T1"]
    assert tell("T1") == ["T2"]
    assert tell("T2", open_=False) == ["T1"]
    assert tell("T1") == []
    house.run("UPDATE document SET body = replace(body, 'seen\": \"2', 'seen\": \"1') WHERE family = 'open_order'")
    assert tell("T2") == []
    assert house.violations() == []
