"""Rebalancing: who is asked for what when a till runs low and the pool is empty."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from pos.domain.allotment import is_low
from sync.office.clock import now_s
from sync.office.rules import rebalance, recalls
from sync.office.rules.rebalance import ROUND_S, Halls, Lack
from sync.wire import ClaimAnswer, GrantItem, RecallItem
from tests.mutate import mutate
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]
ROW_A = [f"A-{n}" for n in range(1, 12)]  # the twelfth is a wheelchair place
ROW_B = [f"B-{n}" for n in range(1, 13)]


def ask(house: House, client: TillClient, now: float | None = None, name: str = "", **short: int) -> list[str]:
    at = now_s() if now is None else now
    lack = Lack(name or f"{client.till}-{at}", client.till, SHOW, short)
    with house.database.write() as connection:
        return rebalance.ask_others(connection, Halls(), lack, at, at + 3.0)


def asked_of(house: House, client: TillClient) -> list[RecallItem]:
    with house.database.read() as connection:
        return recalls.open_for(connection, client.till, client.incarnation, now_s())


def test_the_richest_till_is_asked_for_neighbours_that_it_can_spare(house: House, tills_at: Tills) -> None:
    one, two, three = tills_at("T1", "T2", "T3")
    house.granted(one, *ROW_A[:9])
    house.granted(three, *ROW_B[:4])
    wanted = ask(house, two, Stalls=4)
    numbers = sorted(int(place.partition("-")[2]) for place in wanted)
    assert len(wanted) == 4
    assert {place[0] for place in wanted} == {"A"}
    assert numbers == list(range(numbers[0], numbers[0] + 4)), "in one block"
    assert [(item.place, item.spare) for item in asked_of(house, one)] == [(place, True) for place in sorted(wanted)]
    assert asked_of(house, three) == []


def test_nobody_is_asked_below_its_low_water_mark(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, *ROW_A[:3])  # of an allotment of four; two are kept
    assert len(ask(house, two, Stalls=4)) == 1
    assert ask(house, one, Stalls=1) == []


def test_units_of_an_area_are_rebalanced_like_seats(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, *(f"Foyer#{n}" for n in range(1, 9)))
    assert len(ask(house, two, Foyer=2, Stalls=4)) == 2


def test_a_till_that_is_not_online_is_not_asked(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, *ROW_A[:9])
    house.run("UPDATE presence SET last_seen = last_seen - 60 WHERE till = 'T1'")
    assert ask(house, two, Stalls=4) == []


def test_a_till_has_one_round_in_a_while_for_each_show(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, *ROW_A[:9])
    now = now_s()
    assert ask(house, two, now, Stalls=2)
    assert ask(house, two, now + ROUND_S - 0.1, Stalls=2) == []
    assert ask(house, two, now + ROUND_S, Stalls=2)
    assert house.rows("SELECT till, show_id FROM rebalanced") == [("T2", SHOW)]


def test_what_nobody_lacks_or_knows_is_not_asked_for(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, *ROW_A[:9])
    assert ask(house, two, Balcony=4) == []
    lack = Lack("x", "T2", "no-such-show", {"Stalls": 4})
    with house.database.write() as connection:
        assert rebalance.ask_others(connection, Halls(), lack, now_s(), now_s()) == []


def test_what_is_kept_for_itself_may_still_be_wanted_by_a_customer(house: House, tills_at: Tills) -> None:
    """Declining what it cannot spare leaves a customer's recall of the same place open, but not the reverse."""
    one, two = tills_at("T1", "T2")
    house.granted(one, *ROW_A[:6])
    spare = ask(house, two, Stalls=1)
    house.claim(two, spare[0], wait_s=3.0)
    (item,) = asked_of(house, one)
    assert not item.spare, "the customer's is the stronger one"
    with house.database.write() as connection:
        recalls.decline(connection, "T1", [item.model_copy(update={"spare": True})])
    assert asked_of(house, one) == [item]
    with house.database.write() as connection:
        recalls.decline(connection, "T1", [item])
    assert asked_of(house, one) == []


@dataclass
class Window:
    """A till that sells one place after the other, and keeps its hand as full as it can."""

    client: TillClient
    ceiling: int = 4
    hand: list[GrantItem] = field(default_factory=list)

    def take(self, answer: object) -> int:
        assert isinstance(answer, ClaimAnswer)
        self.hand += answer.granted
        return len(answer.granted)


def test_rights_hardly_move_when_two_tills_sell_the_last_places_in_turn(house: House, tills_at: Tills) -> None:
    """Measured: rights passed from till to till for each sale, over an evening that sells out."""
    chance = random.Random(7)
    windows = [Window(client) for client in tills_at("T1", "T2")]
    pool = [*ROW_A, *ROW_B]
    chance.shuffle(pool)
    windows[0].take(house.claim(windows[0].client, *(pool.pop() for _ in range(16)), whole=False))
    windows[1].take(house.claim(windows[1].client, *pool, whole=False))
    now, sales, moved, rounds = now_s(), 0, 0, 0
    while any(window.hand for window in windows):
        for me, other in (windows, windows[::-1]):
            now += 2.0
            house.run(f"UPDATE presence SET last_seen = {now}")
            if me.hand:
                me.client.sell(SHOW, me.hand.pop(chance.randrange(len(me.hand))))
                house.push(me.client)
                sales += 1
            if not is_low(len(me.hand), me.ceiling):
                continue
            wanted = set(ask(house, me.client, now, Stalls=me.ceiling - len(me.hand)))
            passed = [grant for grant in other.hand if grant.place in wanted]
            if passed:
                other.hand = [grant for grant in other.hand if grant.place not in wanted]
                other.client.give_back(SHOW, *passed)
                house.push(other.client)
                moved += me.take(house.claim(me.client, *wanted, whole=False))
                rounds += 1
    print(f"{sales} sales, {moved} rights moved in {rounds} rounds: {moved / sales:.2f} a sale")
    assert sales == 23
    assert 0 < moved <= 0.25 * sales
    assert house.violations() == []


def test_two_office_processes_keep_one_round(house: House, tills_at: Tills, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked, and may help; the first to write does."""
    mutate(monkeypatch, rebalance, "_turn", "until is not None and until > now", "False")
    one, two = tills_at("T1", "T2")
    house.granted(one, *ROW_A[:9])
    now = now_s()
    assert ask(house, two, now, Stalls=2)
    assert ask(house, two, now + 1.0, Stalls=2) == []
