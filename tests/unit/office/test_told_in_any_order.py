"""Evenings at two seats and three tills, told a restored office in any order of pages: it comes to the same books."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest

from sync.office.clock import now_s
from sync.office.rules import recovery
from sync.wire import FactItem, GrantItem
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House
from tests.unit.office.kept import Kept
from tests.unit.office.test_facts import causes
from tests.unit.office.test_refunds import refund_token
from tests.unit.office.test_told_again import as_told

Tills = Callable[..., list[TillClient]]
STEPS = 30
SEEDS = range(5)


class Evening:
    """What is sold, and what the tills have in hand: by place the till and its right."""

    def __init__(self, house: House, tills: list[TillClient], chance: random.Random) -> None:
        self.house, self.tills, self.chance = house, tills, chance
        self.hands: dict[str, tuple[TillClient, GrantItem]] = {}
        self.sold: dict[str, FactItem] = {}
        self.copies: dict[str, int] = {}

    def step(self, number: int) -> None:
        place = self.chance.choice(("A-1", "A-2"))
        if place not in self.hands:
            client = self.chance.choice(self.tills)
            if place in self.sold:
                self.hands[place] = client, refund_token(self.house, client, place)
            else:
                self.hands[place] = client, self.house.granted(client, place)[0]
            return
        client, right = self.hands[place]
        what = self.chance.random()
        if place not in self.sold:
            if what < 0.75:
                self.sold[place] = client.sell(SHOW, right, sale=f"S{number}")
            else:
                client.give_back(SHOW, right)
                del self.hands[place]
        elif what < 0.5:
            client.refund(self.sold.pop(place), right)
        elif what < 0.65:
            ticket = self.ticket(place)
            self.copies[ticket] = self.copies.get(ticket, 0) + 1
            client.copy(right, SHOW, ticket, self.copies[ticket])
        else:
            client.sold_back(SHOW, right)
            del self.hands[place]
        self.house.push(client)

    def ticket(self, place: str) -> str:
        """The one that is live there, or ""."""
        return f"{json.loads(self.sold[place].envelope)['body']['sale']['id']}-1" if place in self.sold else ""

    def push_some(self, client: TillClient) -> None:
        """As much of its journal as comes in one page."""
        applied = self.house.rows(f"SELECT applied FROM till WHERE id = '{client.till}'")[0][0]
        assert isinstance(applied, int)
        if rest := client.journal[applied:]:
            self.house.push(client, *rest[: self.chance.randrange(1, len(rest) + 1)])
        else:
            self.tell(client)

    def tell(self, client: TillClient) -> None:
        """What a till has in hand; not taken before its whole journal is here."""
        rights = [
            (SHOW, place, right.epoch, right.hop, "SOLD" if place in self.sold else "LEASED", self.ticket(place))
            for place, (holder, right) in self.hands.items()
            if holder is client
        ]
        with self.house.database.write() as connection:
            recovery.report(connection, client.hand, len(client.journal), rights, int(now_s()))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_comes_to_the_same_books(house: House, kept: Kept, tills_at: Tills, seed: int) -> None:
    chance = random.Random(seed)
    tills = tills_at("T1", "T2", "T3")
    evening = Evening(house, tills, chance)
    begins = chance.randrange(12)
    for number in range(STEPS):
        if number == begins:
            file = kept.back_up()
        evening.step(number)
    was = as_told(house)
    kept.restore(file)
    for _ in range(6):
        evening.push_some(chance.choice(tills))
    chance.shuffle(tills)
    for client in tills:
        if client.journal:
            house.push(client)
    for client in tills:
        evening.tell(client)
    kept.end()
    assert [sorted(rows) for rows in as_told(house)] == [sorted(rows) for rows in was]
    assert causes(house) == []
    assert house.violations() == []
