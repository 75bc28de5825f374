"""What a restored office is told of sales that it does not have yet: kept for those alone, whatever clocks say."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from sync.office.clock import now_s
from sync.office.rules import early, facts
from sync.office.rules.facts import accept
from sync.office.rules.reading import read
from sync.wire import GrantItem
from tests.mutate import mutate
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.kept import Kept
from tests.unit.office.test_facts import causes
from tests.unit.office.test_refunds import refund_token, states
from tests.unit.office.test_told_again import as_told, freed, sold_here

Tills = Callable[..., list[TillClient]]
FAR = "2999-01-01T00:00:00+00:00"


def noted(house: House) -> list[tuple[object, ...]]:
    return house.rows("SELECT subject, fact_id, become FROM early ORDER BY subject, fact_id")


def test_no_clock_decides_what_is_laid_over(house: House, kept: Kept, tills_at: Tills) -> None:
    """The restore was on a machine whose clock is ahead, and so is that of the till that sold."""
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    sale = one.sell(SHOW, *house.granted(one, "A-1"), sale="S", at=FAR)
    two.claim_refund(sale)
    kept.restore(file)
    house.run(f"UPDATE restored SET at = '{FAR}'")
    house.push(two)
    assert kept.tell(two)
    kept.end("T1")
    assert noted(house) == [("S-1", "T2.1.1", "")]
    house.push(one)
    assert house.rows("SELECT claimed FROM ticket") == [(1,)]
    assert noted(house) == [], "it has been used"


def test_only_what_is_missing_is_noted(house: House, kept: Kept, tills_at: Tills) -> None:
    """Nothing at an office that was never restored, and nothing of what is here or comes in the same page."""
    one, two = tills_at("T1", "T2")
    sale, _ = sold_here(house, one, "A-1", "S")
    away = house.enrol("T3").sell(SHOW, GrantItem(place="A-3", epoch=1, hop=0), sale="AWAY")
    house.push(two, two.claim_refund(away))
    assert noted(house) == [], "never restored"
    kept.restore(kept.back_up())
    house.push(two, two.claim_refund(sale))
    mine = one.sell(SHOW, GrantItem(place="A-2", epoch=1, hop=0), sale="MINE")
    one.refund(mine, GrantItem(place="A-2", epoch=1, hop=0))
    house.push(one)
    assert noted(house) == []
    two.claim_refund(away)
    two.claim_refund(away)
    house.push(two)
    assert noted(house) == [("AWAY-1", "T2.1.3", ""), ("AWAY-1", "T2.1.4", "")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("if page.board.restored:", "if True:"),
        ("begun.keys() | sales)\n", "set())\n"),
    ],
)
def test_that_no_more_is(
    house: House, kept: Kept, tills_at: Tills, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    mutate(monkeypatch, early, "lay_over", old, new)
    with pytest.raises(AssertionError):
        test_only_what_is_missing_is_noted(house, kept, tills_at)


def test_a_ticket_that_ended_by_a_fact_of_which_something_else_is_disputed(
    house: House, kept: Kept, tills_at: Tills
) -> None:
    """T2 paid back two tickets in one fact, of one of which it did not have the right."""
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    grants = house.granted(one, "A-1", "A-2")
    sale = one.sell(SHOW, *grants, sale="S")
    one.sold_back(SHOW, grants[0])
    house.push(one)
    backs = [ticket | {"fee": "0.00"} for ticket in json.loads(sale.envelope)["body"]["sale"]["tickets"]]
    refund = {"id": "R", "user": "anna", "amount": "0.00", "tenders": [], "tickets": backs}
    rights = (refund_token(house, two, "A-1"), GrantItem(place="A-2", epoch=0, hop=0))
    two.record("TicketsRefunded", {"refund": refund}, two._ends(backs, rights))
    house.push(two)
    was = as_told(house)
    assert states(house) == {"S-1": "refunded", "S-2": "live"}
    kept.restore(file)
    house.push(two)
    assert noted(house) == [("S-1", "T2.1.1", "refunded")]
    house.push(one)
    assert as_told(house) == was
    assert causes(house) == ["place"]


def test_that_its_own_outcome_counts(
    house: House, kept: Kept, tills_at: Tills, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(
        monkeypatch, facts, "_follow", "noted.row(effect.ticket, fact_id, become)", "noted.row(effect.ticket, fact_id)"
    )
    with pytest.raises(AssertionError):
        test_a_ticket_that_ended_by_a_fact_of_which_something_else_is_disputed(house, kept, tills_at)


@pytest.mark.parametrize("order", ["321", "231"])
@pytest.mark.parametrize("last", [1, 2])
def test_where_papers_lie_is_what_the_last_till_said(
    house: House, kept: Kept, tills_at: Tills, order: str, last: int
) -> None:
    """T3 had them ready, T1 or T2 has handed them out since."""
    tills = one, _, three = tills_at("T1", "T2", "T3")
    file = kept.back_up()
    grants = house.granted(one, "A-1")
    one.sell(SHOW, *grants, sale="S", delivery="pickup")
    one.sold_back(SHOW, *grants)
    house.push(one)
    right = refund_token(house, three, "A-1")
    three.collect(SHOW, right, sale="S", kind="OrderHandedOut", ready=True)
    three.sold_back(SHOW, right)
    house.push(three)
    hands_out = tills[last - 1]
    hands_out.collect(SHOW, refund_token(house, hands_out, "A-1"), sale="S", kind="OrderHandedOut", ready=False)
    house.push(hands_out)
    was = as_told(house)
    assert f"T{last}" in str(house.rows("SELECT handed FROM ticket"))
    kept.restore(file)
    for number in order:
        if tills[int(number) - 1].journal:
            house.push(tills[int(number) - 1])
    assert as_told(house) == was
    assert causes(house) == []


@pytest.mark.parametrize(
    ("last", "old", "new"),
    [(2, "key=_turn(ticket)", "key=lambda one: one.fact.till"), (1, "(*of_papers, *arrived)", "of_papers")],
)
def test_that_they_are_in_their_order(
    house: House, kept: Kept, tills_at: Tills, monkeypatch: pytest.MonkeyPatch, last: int, old: str, new: str
) -> None:
    mutate(monkeypatch, early, "_lay", old, new)
    with pytest.raises(AssertionError):
        test_where_papers_lie_is_what_the_last_till_said(house, kept, tills_at, "321", last)


@pytest.mark.parametrize("first", ["sale", "claim"])
def test_a_sale_and_what_is_told_of_it_at_the_same_moment(
    house: House, kept: Kept, tills_at: Tills, first: str
) -> None:
    """Neither sees what the other has not committed: one of the two waits."""
    one, two = tills_at("T1", "T2")
    sale = one.sell(SHOW, GrantItem(place="A-1", epoch=1, hop=0), sale="S")
    two.claim_refund(sale)
    kept.restore(kept.back_up())
    for client in (one, two):
        assert kept.tell(client) is False, "its journal is not here"
    before, after = (one, two) if first == "sale" else (two, one)
    other = threading.Thread(target=house.push, args=(after,))
    with house.database.write() as connection:
        arrived = read(before.journal, *before.hand, before.key.public_key().public_bytes_raw())
        accept(connection, *before.hand, arrived, int(now_s()))
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join()
    assert house.rows("SELECT claimed FROM ticket") == [(1,)]


@pytest.mark.parametrize("first", ["sale", "claim"])
def test_sales_alone_do_not_wait_for_each_other(house: House, kept: Kept, tills_at: Tills, first: str) -> None:
    if house.database.sqlite:
        pytest.skip("which has one writer")
    one, two = tills_at("T1", "T2")
    sale = house.enrol("T3").sell(SHOW, GrantItem(place="A-3", epoch=1, hop=0))
    kept.restore(kept.back_up())
    for client in (one, two):
        kept.tell(client)
    kept.end("T3")
    grants = [house.granted(client, place) for client, place in ((one, "A-1"), (two, "A-2"))]
    if first == "sale":
        one.sell(SHOW, *grants[0])
    else:
        one.claim_refund(sale)
    two.sell(SHOW, *grants[1])
    waits: list[bool] = []
    with house.database.write() as connection, house.database.write() as other:
        early.lock(connection, read(one.journal, *one.hand, one.key.public_key().public_bytes_raw()))
        other.exec_driver_sql("SET lock_timeout = 300")
        arrived = read(two.journal, *two.hand, two.key.public_key().public_bytes_raw())
        try:
            early.lock(other, arrived)
        except OperationalError as error:
            waits.append("lock timeout" in str(error))
            other.rollback()
    assert waits == ([] if first == "sale" else [True])


def test_that_they_wait(house: House, kept: Kept, tills_at: Tills, monkeypatch: pytest.MonkeyPatch) -> None:
    if house.database.sqlite:
        pytest.skip("which has one writer")
    mutate(monkeypatch, facts, "accept", "    early.lock(connection, arrived)\n", "")
    with pytest.raises(AssertionError):
        test_a_sale_and_what_is_told_of_it_at_the_same_moment(house, kept, tills_at, "sale")


def test_a_sale_is_freed_in_parts(house: House, kept: Kept, tills_at: Tills) -> None:
    """One fact is about two sales, which come in two pages."""
    one, two, three = tills_at("T1", "T2", "T3")
    file = kept.back_up()
    first, second = sold_here(house, one, "A-1", "ONE"), sold_here(house, three, "A-2", "TWO")
    freed(house, one, *first)
    two.claim_refund(second[0])
    body = json.loads(two.claim_refund(first[0]).envelope)["body"]["refund"]
    both = [
        ticket | {"fee": "0.00"}
        for sale in (first[0], second[0])
        for ticket in json.loads(sale.envelope)["body"]["sale"]["tickets"]
    ]
    two.journal.clear()
    two.record("RefundClaimed", {"refund": body | {"tickets": both}})
    house.push(two)
    claimed = house.rows("SELECT id, claimed FROM ticket ORDER BY id")
    kept.restore(file)
    for client, left in ((two, ["ONE-1", "TWO-1"]), (three, ["ONE-1"]), (one, [])):
        house.push(client)
        assert [row[0] for row in noted(house)] == left
    assert house.rows("SELECT id, claimed FROM ticket ORDER BY id") == claimed == [("ONE-1", 1), ("TWO-1", 1)]
