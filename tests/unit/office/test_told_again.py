"""What the tills tell a restored office in another order than it happened: tickets that have ended, and what was done
with tickets that it does not have yet."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from sync.office.rules import changes, effects, facts, gates, lost
from sync.wire import FactItem, GrantItem
from tests.mutate import mutate
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.kept import Kept
from tests.unit.office.test_facts import causes
from tests.unit.office.test_holds import hold
from tests.unit.office.test_refunds import claim_sold, codes, correct, refund_token, states

Tills = Callable[..., list[TillClient]]


def sold_here(house: House, client: TillClient, place: str, sale: str) -> tuple[FactItem, GrantItem]:
    """A place that this till has sold; the office knows of it."""
    (grant,) = house.granted(client, place)
    fact = client.sell(SHOW, grant, sale=sale)
    house.push(client)
    return fact, grant


def freed(house: House, client: TillClient, sale: FactItem, grant: GrantItem) -> None:
    """The ticket of a sale is refunded, and its place goes back to the pool."""
    client.refund(sale, grant)
    client.give_back(SHOW, grant)
    house.push(client)


def as_told(house: House) -> tuple[list[tuple[object, ...]], ...]:
    """What must be the same however the office has come to know it."""
    return tuple(
        house.rows(sql)
        for sql in (
            "SELECT id, state, copies, issued, claimed, handed FROM ticket ORDER BY id",
            "SELECT place, state, ticket FROM place_right WHERE state <> 'POOL' ORDER BY place",
            "SELECT fact_id, verdict FROM fact ORDER BY fact_id",
            "SELECT account, sum(minor) FROM posting GROUP BY account ORDER BY account",
            "SELECT id, body FROM sale ORDER BY id",
        )
    )


def news(house: House, after: int) -> set[str]:
    """The sales that tills hear of after a position of the change log."""
    with house.database.read() as connection:
        return {change.id for change in changes.after(connection, after, 1000) if change.kind == "sale"}


def head(house: House) -> int:
    with house.database.read() as connection:
        return changes.head(connection)[0]


def at_the_gate(house: House) -> dict[str, str]:
    """The tickets of the show, as gates that are no tills are told of them: valid or not."""
    with house.database.read() as connection:
        return {ticket["id"]: ticket["state"] for ticket in gates.feed(connection, SHOW, 0)["tickets"]}


# ---- tickets that have ended, by facts still to come -----------------------------------------------


def test_two_tills_that_have_each_sold_what_the_other_had_refunded(house: House, kept: Kept, tills_at: Tills) -> None:
    """Neither page can be told before the other: each sells a place whose ticket is live here until the other is."""
    one, two = tills_at("T1", "T2")
    first, second = sold_here(house, one, "A-1", "OLD-1"), sold_here(house, two, "A-2", "OLD-2")
    file = kept.back_up()
    freed(house, one, *first)
    freed(house, two, *second)
    _, theirs = sold_here(house, one, "A-2", "NEW-2")
    _, mine = sold_here(house, two, "A-1", "NEW-1")
    was = as_told(house)

    kept.restore(file)
    before = head(house)
    assert house.push(one).applied == 4
    assert states(house) == {"OLD-1-1": "refunded", "OLD-2-1": "void", "NEW-2-1": "live"}
    assert news(house, before) == {"OLD-1", "OLD-2", "NEW-2"}
    assert at_the_gate(house) == {"OLD-1-1": "void", "OLD-2-1": "void", "NEW-2-1": "valid"}
    assert house.push(two).applied == 4
    assert kept.tell(one, theirs, state="SOLD", ticket="NEW-2-1")
    assert kept.tell(two, mine, state="SOLD", ticket="NEW-1-1")
    kept.end()
    assert as_told(house) == was
    assert states(house)["OLD-2-1"] == "refunded"
    assert causes(house) == []
    assert house.violations() == []


def test_that_the_ticket_ends(house: House, kept: Kept, tills_at: Tills, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch, effects, "apply", "replace(outcome, ended=ended) if ended else outcome", "outcome")
    with pytest.raises(Exception, match=r"UNIQUE constraint|one_live_ticket"):
        test_two_tills_that_have_each_sold_what_the_other_had_refunded(house, kept, tills_at)


@pytest.mark.parametrize("step", ["sold", "held"])
def test_the_till_that_refunded_is_never_heard(house: House, kept: Kept, tills_at: Tills, step: str) -> None:
    """T2 has been destroyed: nobody else knows of its refund, but the place has another use since."""
    one, two, three = tills_at("T1", "T2", "T3")
    sale, grant = sold_here(house, one, "A-1", "OLD")
    one.sold_back(SHOW, grant)
    house.push(one)
    file = kept.back_up()
    freed(house, two, sale, refund_token(house, two, "A-1"))
    (after,) = house.granted(three, "A-1")
    if step == "sold":
        three.sell(SHOW, after, sale="NEW")
    else:
        hold(three, after, id="T3-H1")
    kept.restore(file)
    house.push(three)
    house.push(one)
    assert states(house)["OLD-1"] == "void"
    for client in (one, three):
        assert kept.tell(client)
    kept.end("T2")
    assert house.place("A-1")[:2] == (step.upper(), "T3")
    assert house.violations() == []
    assert "tosca-1 A-1: ticket OLD-1 has ended, by a fact that this office does not have" in house.notes()


@pytest.mark.parametrize("state", ["LEASED", "SOLD", "HELD"])
def test_a_right_in_hand_ends_the_ticket_that_was_live(house: House, kept: Kept, tills_at: Tills, state: str) -> None:
    """A grant is no fact: only its ledger tells that T2 had the place after its ticket had been refunded."""
    one, two = tills_at("T1", "T2")
    sale, grant = sold_here(house, one, "A-1", "OLD")
    file = kept.back_up()
    freed(house, one, sale, grant)
    (after,) = house.granted(two, "A-1")
    kept.restore(file)
    before = head(house)
    ticket = {"SOLD": "NEW-1", "HELD": "T2-H1"}.get(state, "")
    assert kept.tell(two, after, state=state, ticket=ticket)
    assert house.place("A-1") == (state, "T2", 1, after.epoch, 0)
    assert states(house) == {"OLD-1": "void"}
    assert news(house, before) == {"OLD"}
    house.push(one)
    assert states(house) == {"OLD-1": "refunded"}
    assert causes(house) == []


def test_a_right_to_refund_in_hand_ends_nothing(house: House, kept: Kept, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    _, grant = sold_here(house, one, "A-1", "OLD")
    one.sold_back(SHOW, grant)
    house.push(one)
    file = kept.back_up()
    right = refund_token(house, two, "A-1")
    for ticket, state in (("OLD-1", "SOLD"), ("", "SOLD"), ("", "QUARANTINE")):
        kept.restore(file)
        house.run(f"UPDATE place_right SET state = '{state}' WHERE place = 'A-1'")
        assert kept.tell(two, right, state="SOLD", ticket=ticket)
        assert states(house) == {"OLD-1": "live"}
    assert house.rows("SELECT ticket FROM place_right WHERE place = 'A-1'") == [("OLD-1",)]
    assert house.violations() == []


@pytest.mark.parametrize("order", ["213", "231", "321", "132"])
def test_a_later_sale_is_the_one_that_counts(house: House, kept: Kept, tills_at: Tills, order: str) -> None:
    """T1's ticket of before the backup is refunded by T2, T3 sells the place, and T1 gives rights to refund that back
    without saying of which ticket."""
    one, two, three = tills = tills_at("T1", "T2", "T3")
    sale, grant = sold_here(house, one, "A-1", "OLD")
    one.sold_back(SHOW, grant)
    house.push(one)
    file = kept.back_up()
    freed(house, two, sale, refund_token(house, two, "A-1"))
    _, new = sold_here(house, three, "A-1", "NEW")
    three.sold_back(SHOW, new)
    house.push(three)
    for _ in range(2):
        one.sold_back(SHOW, refund_token(house, one, "A-1"))
        house.push(one)
    was = as_told(house)
    kept.restore(file)
    for number in order:
        house.push(tills[int(number) - 1])
    assert as_told(house) == was
    assert states(house) == {"OLD-1": "refunded", "NEW-1": "live"}
    assert causes(house) == []
    assert house.violations() == []


def test_a_till_tells_of_its_second_ticket_after_others_have_given_the_right_back(
    house: House, kept: Kept, tills_at: Tills
) -> None:
    """They did not say which ticket it was of, and only the first was known then."""
    one, two, three = tills_at("T1", "T2", "T3")
    file = kept.back_up()
    sale, grant = sold_here(house, one, "A-1", "FIRST")
    one.refund(sale, grant)
    one.sell(SHOW, grant, sale="SECOND")
    one.sold_back(SHOW, grant)
    house.push(one)
    for client in (two, three):
        client.sold_back(SHOW, refund_token(house, client, "A-1"))
        house.push(client)
    was = as_told(house)
    kept.restore(file)
    house.push(one, one.journal[0])
    for client in (two, three, one):
        house.push(client)
    assert as_told(house) == was
    assert states(house) == {"FIRST-1": "refunded", "SECOND-1": "live"}
    assert house.violations() == []


def test_a_ticket_that_was_refunded_before_its_sale_is_told(house: House, kept: Kept, tills_at: Tills) -> None:
    """And the place is sold since, of which only the right to refund is told that names no ticket."""
    one, two, three = tills = tills_at("T1", "T2", "T3")
    file = kept.back_up()
    sale, grant = sold_here(house, one, "A-1", "OLD")
    one.sold_back(SHOW, grant)
    house.push(one)
    freed(house, two, sale, refund_token(house, two, "A-1"))
    _, new = sold_here(house, three, "A-1", "NEW")
    three.sold_back(SHOW, new)
    house.push(three)
    two.sold_back(SHOW, refund_token(house, two, "A-1"))
    house.push(two)
    was = as_told(house)
    kept.restore(file)
    for client in (two, one):
        house.push(client)
    assert states(house) == {"OLD-1": "refunded"}
    house.push(three)
    assert as_told(house) == was
    for client in tills:
        assert kept.tell(client)
    kept.end()
    assert causes(house) == []
    assert house.violations() == []


def test_that_what_was_told_above_a_sale_counts(
    house: House, kept: Kept, tills_at: Tills, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch, lost, "_is_live", "account.state is OfficeState.SOLD and account.ticket in same", "True")
    with pytest.raises(AssertionError):
        test_a_ticket_that_was_refunded_before_its_sale_is_told(house, kept, tills_at)


# ---- what was done with tickets that are not here yet ----------------------------------------------


def test_a_ticket_is_not_paid_back_twice(house: House, kept: Kept, tills_at: Tills) -> None:
    """T2 had paid it back without the right to, and is heard before the till that sold it."""
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    sale, grant = sold_here(house, one, "A-1", "S")
    one.sold_back(SHOW, grant)
    house.push(one)
    two.claim_refund(sale)
    house.push(two)
    was = as_told(house)
    kept.restore(file)
    house.push(two)
    house.push(one)
    for client in (one, two):
        assert kept.tell(client)
    kept.end()
    assert codes(claim_sold(house, two, "A-1")) == [("not_sold", "")]
    assert as_told(house) == was
    assert at_the_gate(house) == {"S-1": "void"}
    assert causes(house) == ["refund_claimed"]


def test_that_it_is_looked_for(house: House, kept: Kept, tills_at: Tills, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch, facts, "_book", "    early.lay_over(connection, page, fresh)\n", "")
    with pytest.raises(AssertionError):
        test_a_ticket_is_not_paid_back_twice(house, kept, tills_at)


def test_papers_and_tenders_of_a_sale_that_is_told_last(house: House, kept: Kept, tills_at: Tills) -> None:
    """An order's tickets are collected at T2, one is printed again, and its tender is corrected."""
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    grants = house.granted(one, "A-1", "A-2", "A-3")
    one.sell(SHOW, grants[0], sale="S", delivery="pickup")
    one.sell(SHOW, *grants[1:], sale="OTHER", delivery="pickup")
    one.sold_back(SHOW, *grants)
    house.push(one)
    rights = [refund_token(house, two, place) for place in ("A-1", "A-2")]
    two.collect(SHOW, *rights, sale="S", collected_by={"name": "Ada", "kind": "passport", "last4": "1234"})
    two.copy(rights[0], SHOW, "S-1", 1)
    two.copy(rights[0], SHOW, "S-1", 2)
    correct(two, "S")
    renamed = {"user": "anna", "sale": "S", "ticket": "S-1", "renamed": "2026-11-22T19:00:00+01:00"}
    two.record("TicketRenamed", renamed | {"buyer": {"name": "Ada"}})
    house.push(two)
    was = as_told(house)
    kept.restore(file)
    house.push(two)
    house.push(one)
    assert as_told(house) == was
    rows = house.rows("SELECT id, copies, issued FROM ticket ORDER BY id")
    assert rows == [("OTHER-1", 0, 1), ("OTHER-2", 0, 0), ("S-1", 2, 1)]
    (body,) = (json.loads(str(row[0])) for row in house.rows("SELECT body FROM sale WHERE id = 'S'"))
    assert (body["tenders"][0]["kind"], body["tickets"][0]["name"]) == ("card_slip", "Ada")


def test_what_is_here_already_stays_as_it_is(house: House, kept: Kept, tills_at: Tills) -> None:
    """T2 made an order ready, T1 handed it out, and tells of another sale next."""
    one, two = tills_at("T1", "T2")
    grants = house.granted(one, "A-1")
    one.sell(SHOW, *grants, sale="S", delivery="pickup")
    one.sold_back(SHOW, *grants)
    house.push(one)
    kept.restore(kept.back_up())
    for n, (client, ready) in enumerate(((two, True), (one, False)), 1):
        right = GrantItem(place="A-1", epoch=grants[0].epoch + n, hop=0, ticket="S-1")
        client.collect(SHOW, right, sale="S", kind="OrderHandedOut", ready=ready)
        house.push(client)
    was = house.rows("SELECT handed FROM ticket WHERE id = 'S-1'")
    assert "T1" in str(was)
    one.sell(SHOW, GrantItem(place="A-2", epoch=2, hop=0), sale="OTHER")
    house.push(one)
    assert house.rows("SELECT handed FROM ticket WHERE id = 'S-1'") == was


def test_a_journal_that_comes_after_the_end(house: House, kept: Kept, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    file = kept.back_up()
    sale, _ = sold_here(house, one, "A-1", "S")
    two.claim_refund(sale)
    kept.restore(file)
    house.push(two)
    assert kept.tell(two)
    kept.end("T1")
    house.push(one)
    assert house.rows("SELECT claimed FROM ticket") == [(1,)]
