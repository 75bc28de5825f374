"""Handing out rights: one holder, tokens that rise, all or none, recalls."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sync.office.clock import now_s
from sync.office.rules import recalls
from sync.office.rules.claims import WAITING, Claim, Fenced
from sync.wire import ClaimAnswer, GrantItem, RecallItem
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office import test_holds
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]


def refused(outcome: object) -> list[tuple[str, str, str]]:
    assert isinstance(outcome, ClaimAnswer)
    assert not outcome.granted
    return [(item.place, item.code, item.holder) for item in outcome.refused]


def test_a_grant_raises_the_epoch_and_names_the_holder(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    outcome = house.claim(one, "A-1", "Foyer#3")
    assert isinstance(outcome, ClaimAnswer)
    assert outcome.granted == [GrantItem(place="A-1", epoch=1, hop=0), GrantItem(place="Foyer#3", epoch=1, hop=0)]
    assert house.place("A-1") == ("LEASED", "T1", 1, 1, 0)
    assert house.violations() == []


def test_the_recorded_holder_asks_again_and_gets_the_same_token(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    first = house.granted(one, "A-1")
    changes = house.rows("SELECT position FROM change_head")
    assert house.granted(one, "A-1") == first
    assert house.rows("SELECT position FROM change_head") == changes, "nothing has changed for anyone"


def test_whole_is_all_or_none(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    assert refused(house.claim(two, "A-1", "A-2")) == [("A-1", "right_elsewhere", "T1")]
    assert house.place("A-2")[0] == "POOL"


def test_an_allotment_takes_what_the_pool_has(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    outcome = house.claim(two, "A-1", "A-2", "A-2", "nowhere", whole=False, wait_s=5.0)
    assert isinstance(outcome, ClaimAnswer)
    assert [item.place for item in outcome.granted] == ["A-2"]
    assert [(item.place, item.code) for item in outcome.refused] == [
        ("nowhere", "unknown_place"),
        ("A-1", "right_elsewhere"),
    ]
    assert house.rows("SELECT * FROM recall") == []


def test_sold_held_and_unknown_places_are_said_so(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    one.sell(SHOW, *house.granted(one, "A-1"))
    house.push(one)
    house.run("UPDATE place_right SET state = 'HELD', holder = 'press', epoch = 1 WHERE place = 'A-2'")
    outcome = house.claim(two, "A-1", "A-2", "A-99", wait_s=5.0)
    assert refused(outcome) == [
        ("A-99", "unknown_place", ""),
        ("A-1", "sold", "T1"),
        ("A-2", "held", "press"),
    ]


def test_an_unknown_show_has_no_places(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    outcomes = house.settle(Claim("c", one.till, one.incarnation, "no-such-show", ("A-1",), True, now_s()))
    assert refused(outcomes[0]) == [("A-1", "unknown_place", "")]


def test_of_claims_settled_together_the_first_wins(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    outcomes = house.settle(
        Claim("a", one.till, 1, SHOW, ("A-1", "A-2"), True, 0.0), Claim("b", two.till, 1, SHOW, ("A-2",), True, 0.0)
    )
    assert isinstance(outcomes[0], ClaimAnswer)
    assert len(outcomes[0].granted) == 2
    assert refused(outcomes[1]) == [("A-2", "right_elsewhere", "T1")]
    assert house.violations() == []


def test_twenty_threads_claim_one_seat_and_one_wins(house: House, tills_at: Tills) -> None:
    clients = tills_at("T1", "T2", "T3")

    def attempt(n: int) -> str:
        client = clients[n % 3]
        outcome = house.claim(client, "B-7")
        assert isinstance(outcome, ClaimAnswer)
        return client.till if outcome.granted else ""

    with ThreadPoolExecutor(20) as pool:
        winners = {till for till in pool.map(attempt, range(20)) if till}
    assert len(winners) == 1
    assert house.place("B-7") == ("LEASED", *winners, 1, 1, 0)
    assert len(house.rows("SELECT * FROM change_log WHERE kind = 'places'")) == 1


def test_crossing_claims_of_many_places_do_not_lock_each_other_out(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    seats = [f"A-{n}" for n in range(1, 12)]

    def attempt(n: int) -> None:
        client = (one, two)[n % 2]
        house.claim(client, *(seats if n % 2 else reversed(seats)), whole=False)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(attempt, range(40)))
    assert house.violations() == []


def test_a_fenced_till_gets_nothing(house: House, tills_at: Tills) -> None:
    (old,) = tills_at("T1")
    house.granted(old, "A-1")
    new = house.enrol("T1", replace=True)
    assert isinstance(house.claim(old, "A-2"), Fenced)
    assert isinstance(house.claim(old, "A-1"), Fenced), "not even what it has"
    # The seat may have been sold on paper by the old machine: nobody gets it.
    assert house.place("A-1") == ("QUARANTINE", "T1", 1, 1, 0)
    assert refused(house.claim(new, "A-1", wait_s=5.0)) == [("A-1", "right_elsewhere", "T1")]
    assert house.violations() == []


# ---- recalls -----------------------------------------------------------------------------


def open_recalls(house: House, client: TillClient) -> list[RecallItem]:
    with house.database.read() as connection:
        return recalls.open_for(connection, client.till, client.incarnation, now_s())


def test_another_online_till_is_asked_to_give_back(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    (grant,) = house.granted(one, "A-1")
    assert house.claim(two, "A-1", "A-2", wait_s=5.0) is WAITING
    asked = [RecallItem(show=SHOW, place="A-1", epoch=1, hop=0)]
    assert open_recalls(house, one) == asked
    assert open_recalls(house, one) == asked, "it is repeated until answered"
    assert house.place("A-2")[0] == "POOL", "nothing is taken while waiting"
    one.give_back(SHOW, grant)
    house.push(one)
    assert house.rows("SELECT * FROM recall") == []
    outcome = house.claim(two, "A-1", "A-2", wait_s=5.0)
    assert isinstance(outcome, ClaimAnswer)
    assert [(item.place, item.epoch) for item in outcome.granted] == [("A-1", 2), ("A-2", 1)]
    assert house.violations() == []


def test_a_declined_recall_refuses_the_claim_and_the_next_one_asks_anew(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    assert house.claim(two, "A-1", wait_s=5.0) is WAITING
    with house.database.write() as connection:
        assert recalls.decline(connection, "T1", open_recalls(house, one)) is True
    assert open_recalls(house, one) == []
    assert refused(house.claim(two, "A-1", wait_s=5.0)) == [("A-1", "right_elsewhere", "T1")]
    assert house.rows("SELECT * FROM recall") == [], "nobody waits any more"
    assert house.claim(two, "A-1", wait_s=5.0) is WAITING
    assert len(open_recalls(house, one)) == 1


def test_only_the_holder_can_decline(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    house.claim(two, "A-1", wait_s=5.0)
    asked = open_recalls(house, one)
    with house.database.write() as connection:
        assert recalls.decline(connection, "T2", asked) is False
    assert open_recalls(house, one) == asked


def test_when_the_time_is_over_the_claim_is_refused_and_nobody_is_asked(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    assert house.claim(two, "A-1", wait_s=5.0) is WAITING
    assert refused(house.claim(two, "A-1", wait_s=0.0)) == [("A-1", "right_elsewhere", "T1")]
    assert open_recalls(house, one) == []


def test_a_till_that_is_away_is_not_asked(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    house.run("UPDATE presence SET last_seen = last_seen - 13 WHERE till = 'T1'")
    assert refused(house.claim(two, "A-1", wait_s=5.0)) == [("A-1", "right_elsewhere", "T1")]
    assert house.rows("SELECT * FROM recall") == []


def test_one_place_that_cannot_come_back_spares_the_others(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    house.run("UPDATE place_right SET state = 'HELD', holder = 'press', epoch = 1 WHERE place = 'A-2'")
    outcome = house.claim(two, "A-1", "A-2", wait_s=5.0)
    assert refused(outcome) == [("A-1", "right_elsewhere", "T1"), ("A-2", "held", "press")]
    assert open_recalls(house, one) == []


def test_what_a_dead_server_left_behind_is_cleared(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    assert house.claim(two, "A-1", wait_s=5.0) is WAITING
    house.run("UPDATE recall SET expires_at = 1")
    assert open_recalls(house, one) == [], "not repeated, although the row is still there"
    with house.database.write() as connection:
        recalls.forget_expired(connection, now_s())
    assert house.rows("SELECT * FROM recall") == []


def test_both_databases_keep_a_hold(house: House, tills_at: Tills) -> None:
    test_holds.test_a_hold_of_a_till_is_told_with_its_places_until_it_has_none(house, tills_at)
