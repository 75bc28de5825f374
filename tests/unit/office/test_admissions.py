"""Gates: who was let in is told to every till, and what gates that were cut off did is put in dispute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pos.domain.disputes import in_words
from sync.office.rules import disputes, sales
from sync.wire import FactItem, GrantItem
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]


def sold(house: House, client: TillClient, *places: str) -> tuple[FactItem, list[GrantItem]]:
    """A sale "S" that the office has, and the tokens of its places."""
    grants = house.granted(client, *places)
    fact = client.sell(SHOW, *grants, sale="S")
    house.push(client)
    return fact, grants


def ticket(house: House, name: str = "S-1") -> dict[str, Any]:
    """The ticket as tills look it up."""
    with house.database.read() as connection:
        document = sales.documents_of(connection, ["S"])["S"]
    return next(item for item in document["tickets"] if item["id"] == name)


def causes(house: House) -> list[tuple[object, ...]]:
    return house.rows("SELECT fact_id, cause FROM dispute ORDER BY fact_id")


def told(house: House) -> int:
    return len(house.rows("SELECT position FROM change_log WHERE kind = 'sale'"))


def test_who_was_let_in_is_told_to_every_till(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    sold(house, one, "A-1", "A-2")
    before = told(house)
    two.admit("S-1", show=SHOW, copy=1)
    assert [result.verdict for result in house.push(two).results] == ["applied"]
    assert told(house) == before + 1
    assert ticket(house)["admitted"] == {"till": "T2", "at": "2026-11-22T19:00:00+01:00", "copy": 1}
    assert "admitted" not in ticket(house, "S-2")
    assert causes(house) == []
    assert house.violations() == []


def test_every_gate_hears_of_a_copy(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    _, (grant,) = sold(house, one, "A-1")
    before = told(house)
    one.copy(grant, SHOW, "S-1", 1)
    house.push(one)
    assert told(house) == before + 1
    assert ticket(house)["copies"] == 1
    assert house.violations() == []


def test_a_second_gate_is_booked_and_disputed(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    sold(house, one, "A-1")
    one.admit("S-1", show=SHOW)
    house.push(one)
    two.admit("S-1", show=SHOW)
    assert [result.verdict for result in house.push(two).results] == ["applied"]
    assert causes(house) == [("T2.1.1", "admitted_twice")]
    with house.database.read() as connection:
        (document,) = disputes.documents(connection)
    assert in_words(document) == "Ticket S-1 for Stalls A 1 was let in at T1, and again at T2."
    assert ticket(house)["admitted"]["till"] == "T1", "the first stands"
    assert house.violations() == []


def test_both_in_one_page_and_by_one_gate(house: House, tills_at: Tills) -> None:
    """Only a forged or copied till lets the same ticket in twice."""
    (one,) = tills_at("T1")
    one.sell(SHOW, *house.granted(one, "A-1"), sale="S")
    one.admit("S-1", show=SHOW)
    one.admit("S-1", show=SHOW)
    house.push(one)
    assert causes(house) == [("T1.1.3", "admitted_twice")]
    assert house.violations() == []


def test_what_was_refunded_and_let_in_is_disputed_whichever_is_heard_of_first(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    sale, grants = sold(house, one, "A-1", "A-2")
    two.admit("S-2", show=SHOW)
    house.push(two)
    one.refund(sale, grants[0])
    one.refund(sale, grants[1], number=2)
    house.push(one)
    two.admit("S-1", show=SHOW)
    house.push(two, two.journal[-1])
    assert causes(house) == [("T1.1.3", "admitted_ended"), ("T2.1.2", "admitted_ended")]
    with house.database.read() as connection:
        words = [in_words(document) for document in disputes.documents(connection)]
    assert sorted(words) == [
        "Ticket S-1 for Stalls A 1 was taken back, and let in at T2 all the same.",
        "Ticket S-2 for Stalls A 2 was taken back, and let in at T2 all the same.",
    ]
    assert house.violations() == []


def test_a_refund_that_says_so_was_approved(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    sale, grants = sold(house, one, "A-1")
    one.admit("S-1", show=SHOW)
    one.refund(sale, *grants, admitted=["S-1"], approver="sam")
    house.push(one)
    assert causes(house) == []
    assert (ticket(house)["state"], ticket(house)["admitted"]["till"]) == ("refunded", "T1")
    assert house.violations() == []


def test_an_exchange_that_does_not_know_is_disputed(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    sale, (old,) = sold(house, one, "A-1")
    (new,) = house.granted(one, "A-2")
    two.admit("S-1", show=SHOW)
    house.push(two)
    one.exchange(sale, old, new)
    house.push(one)
    assert causes(house) == [("T1.1.2", "admitted_ended")]


def test_what_the_office_does_not_know_was_let_in_all_the_same(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    one.admit("X-1", show=SHOW)
    house.push(one)
    assert house.rows("SELECT ticket, till FROM admission") == [("X-1", "T1")]
    assert house.violations() == []


def test_an_auditor_keeps_no_gate(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    sold(house, one, "A-1")
    one.admit("S-1", show=SHOW, user="otto")
    house.push(one)
    assert causes(house) == [("T1.1.2", "role")]


@pytest.mark.parametrize(
    "body",
    [
        {"tickets": []},
        {"tickets": [{"id": "S-1"}]},
        {"tickets": [{"id": "S-1", "copy": -1}]},
        {"tickets": 1},
        {"tickets": [{"id": {}}]},
    ],
)
def test_nonsense_is_kept_and_lets_nobody_in(house: House, tills_at: Tills, body: dict[str, Any]) -> None:
    (one,) = tills_at("T1")
    one.record("TicketsAdmitted", {"user": "anna", "show": SHOW} | body)
    house.push(one)
    assert causes(house) == [("T1.1.1", "unreadable")]
    assert house.rows("SELECT * FROM admission") == []


def test_a_dispute_that_is_missing_is_named(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    sold(house, one, "A-1")
    for gate in (one, two):
        gate.admit("S-1", show=SHOW)
    house.push(one)
    house.push(two)
    house.run("DELETE FROM dispute")
    house.run("DELETE FROM change_log WHERE family = 'dispute'")
    assert "I10 T2.1.1: ticket S-1 was let in before, but no dispute says so" in house.violations()
    house.run("UPDATE admission SET fact_id = 'T3.1.1'")
    assert any(line.startswith("I3 ticket S-1: the office has it let in by T3.1.1") for line in house.violations())
