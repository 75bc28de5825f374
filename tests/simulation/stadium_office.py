"""The office's own rules, asked by thin tills, with what each kind of work costs it."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from pos.domain.allotment import is_low, low_water
from sync.office.api.claims import settle_batch
from sync.office.rules import changes, enrolment, rebalance, recalls, tills
from sync.office.rules.claims import Claim
from sync.office.rules.facts import accept
from sync.office.rules.reading import read
from sync.office.store.engine import Database
from sync.wire import MAX_FACTS, ClaimAnswer, GrantItem, PullAnswer, RecallItem
from tests.peers.till_client import TillClient
from tests.simulation.stands import FREE, GONE, SHOW, Stand

BEGAN_S: Final = 1_800_000_000
PAGE: Final = 500  # changes in one answer to a pull


@dataclass
class Till:
    number: int  # from 1
    client: TillClient
    hands: dict[str, dict[int, GrantItem]]  # category -> seat -> its right
    back_at: float = 0.0  # simulated seconds; until then it is cut off
    sent: int = 0  # facts
    cursor: int = 0
    sold: bool = True  # since it last looked at its allotment


@dataclass
class Figures:
    """What came of it; CPU in seconds."""

    count: Counter[str] = field(default_factory=Counter)
    cpu: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    largest: int = 0  # bytes of an answer to a pull


class StadiumOffice:
    """Every method is what tills ask for; its CPU and transactions are counted in `figures`."""

    def __init__(
        self, database: Database, stands: Mapping[str, Stand], ceilings: Mapping[str, int], count: int
    ) -> None:
        self.database, self.stands, self.ceilings = database, stands, ceilings
        self.now = float(BEGAN_S)
        self.figures = Figures()
        self._halls = rebalance.Halls()
        self.tills = [self._enrol(number) for number in range(1, count + 1)]

    def _enrol(self, number: int) -> Till:
        client = TillClient("http://127.0.0.1:9")
        client.http.close()
        with self.database.write() as connection:
            code = enrolment.offer(connection, f"T{number}", BEGAN_S, replace=False)
        with self.database.write() as connection:
            done = enrolment.redeem(connection, code, client.key.public_key().public_bytes_raw(), BEGAN_S)
        client.till, client.incarnation = done.till, done.incarnation
        return Till(number, client, {name: {} for name in self.stands})

    @contextmanager
    def _measured(self, what: str, times: int = 1) -> Iterator[None]:
        """One transaction's CPU, counted as that of so many."""
        began = time.process_time()
        yield
        self.figures.cpu[what] += (time.process_time() - began) * times
        self.figures.count["transactions"] += times

    def claim(self, till: Till, places: list[str], *, whole: bool) -> Claim:
        name = f"{till.number}-{self.now}-{self.figures.count['transactions']}"
        return Claim(name, till.client.till, till.client.incarnation, SHOW, tuple(places), whole, self.now)

    def settle(self, claims: list[Claim]) -> set[int]:
        """Take what is granted; the tills that were refused something."""
        if not claims:
            return set()
        with self._measured("claims"):
            outcomes = settle_batch(self.database, claims, self.now)
        refused: set[int] = set()
        for claim, answer in zip(claims, outcomes, strict=True):
            assert isinstance(answer, ClaimAnswer), answer
            till = self.tills[int(claim.till[1:]) - 1]
            for grant in answer.granted:
                stand, ix = self._seat(grant.place)
                stand.column[ix] = till.number
                till.hands[stand.name][ix] = grant
            self.figures.count["granted"] += len(answer.granted)
            if answer.refused:
                refused.add(till.number)
        return refused

    def _seat(self, place: str) -> tuple[Stand, int]:
        return next((s, s.plan.index[place]) for s in self.stands.values() if place in s.plan.index)

    def push(self, till: Till) -> None:
        while facts := till.client.journal[till.sent : till.sent + MAX_FACTS]:
            key, hand = till.client.key.public_key().public_bytes_raw(), till.client.hand
            with self._measured("pushes"), self.database.write() as connection:
                answer = accept(connection, *hand, read(facts, *hand, key), int(self.now))
            assert {result.verdict for result in answer.results} == {"applied"}, answer
            till.sent = answer.applied

    def allot(self, till: Till) -> None:
        """Fill up what is low from the pool, then from tills that can do without: as `counter.passing.allot`."""
        till.sold = False
        lacks = {name: ceiling - len(till.hands[name]) for name, ceiling in self.ceilings.items()}
        if not any(is_low(len(till.hands[name]), ceiling) for name, ceiling in self.ceilings.items()):
            return
        places: list[str] = []
        short: dict[str, int] = {}
        for name, lack in lacks.items():
            stand = self.stands[name]
            part = (till.number - 1) / len(self.tills)
            seats = stand.block(lack, part)
            places += [stand.plan.place_ids[ix] for ix in seats]
            if is_low(self.ceilings[name] - lack + len(seats), self.ceilings[name]):
                short[name] = lack - len(seats)
        if places:
            self.settle([self.claim(till, places, whole=False)])
        if short:
            self._ask_others(till, short)

    def _ask_others(self, till: Till, short: dict[str, int]) -> None:
        lack = rebalance.Lack(f"lack-{till.number}-{self.now}", till.client.till, SHOW, short)
        with self._measured("rebalancing"), self.database.write() as connection:
            asked = rebalance.ask_others(connection, self._halls, lack, self.now, self.now + 3)
        if not asked:
            return
        holders = {stand.column[ix] for stand, ix in map(self._seat, asked)}
        for holder in sorted(holders - {FREE, GONE}):
            self._answer(self.tills[holder - 1])
        self.figures.count["recalled"] += len(asked)
        self.settle([self.claim(till, asked, whole=False)])
        with self._measured("rebalancing"), self.database.write() as connection:
            recalls.forget(connection, [lack.id])

    def _answer(self, till: Till) -> None:
        """Give back what this till is asked for and can do without."""
        if till.back_at:
            return  # cut off since the office last heard it
        with self._measured("rebalancing"), self.database.read() as connection:
            asks = recalls.open_for(connection, till.client.till, till.client.incarnation, self.now)
        back: list[GrantItem] = []
        declined: list[RecallItem] = []
        for ask in asks:
            stand, ix = self._seat(ask.place)
            hand = till.hands[stand.name]
            if ix in hand and len(hand) > low_water(self.ceilings[stand.name]):
                back.append(hand.pop(ix))
                stand.column[ix] = FREE
            else:
                declined.append(ask)
        if back:
            till.client.give_back(SHOW, *back)
            self.figures.count["returned"] += len(back)
            self.push(till)
        if declined:
            with self._measured("rebalancing"), self.database.write() as connection:
                recalls.decline(connection, till.client.till, declined)

    def seen(self, online: list[Till]) -> None:
        """These spoke just now."""
        with self._measured("pulls"), self.database.write() as connection:
            tills.seen(connection, {till.client.till for till in online}, self.now)

    def pulls(self, one: Till, online: list[Till]) -> None:
        """This one asks for what has changed in this second, and stands for all that are online."""
        latest = self._pull(one, len(online))
        for till in online:
            till.cursor = latest

    def catch_up(self, till: Till) -> None:
        """Back on the line: all that happened meanwhile, page by page."""
        while (cursor := self._pull(till, 1)) > till.cursor:
            till.cursor = cursor

    def _pull(self, till: Till, times: int) -> int:
        """The position up to which this till has heard then."""
        with self._measured("pulls", times), self.database.read() as connection:
            latest, _ = changes.head(connection)
            applied, head_hash, state = tills.standing(connection, till.client.till, till.client.incarnation)
            found = changes.after(connection, till.cursor, PAGE) if latest > till.cursor else []
            cursor = found[-1].position if found else till.cursor
            asks = recalls.open_for(connection, till.client.till, till.client.incarnation, self.now)
            answer = PullAnswer.model_construct(
                changes=found, cursor=cursor, latest=latest, recalls=asks, applied=applied, head_hash=head_hash,
                state=state, office_time="",
            )  # fmt: skip
            size = len(answer.model_dump_json())
        self.figures.count["told"] += size * times
        self.figures.largest = max(self.figures.largest, size)
        return cursor
