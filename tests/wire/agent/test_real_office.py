"""The same agent against real office processes over one database."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import pytest

from pos.domain.facts import SignedFact
from pos.domain.plan import Plan
from pos.domain.rights import Effect, OfficeRight, OfficeState, Token
from pos.store.replica import ReplicaReader
from sync.agent import Agent, EnrolFailed, enrol
from tests.peers.by_turns import one_database
from tests.peers.office_process import PLANS, OfficeProcess, office
from tests.wire.agent.till import Clock, Journal, Keys, soon

SEASON = """
[venue]
id = "studio"
name = "Studio"
timezone = "Europe/Vienna"
currency = "EUR"
[[plan]]
id = "studio"
file = "studio.json"
[[price_type]]
id = "adult"
name = {{ en = "Adult" }}
[[prices]]
id = "all"
[prices.table]
"{category}" = {{ adult = "20.00" }}
Standing = {{ adult = "12.00" }}
[[terms]]
id = "standard"
refund_until = "24h"
refund_fee = "10%"
[[production]]
id = "play"
title = {{ en = "Play" }}
[[show]]
id = "monday"
production = "play"
starts = "2031-03-10T19:30:00+01:00"
plan = "studio"
prices = "all"
terms = "standard"
areas = [{{ id = "Standing", capacity = 30 }}]
[[user]]
id = "anna"
name = "Anna"
role = "cashier"
pin = "2468"
[[user]]
id = "vera"
name = "Vera"
role = "supervisor"
pin = "8642"
[[till]]
id = "T1"
name = "Window 1"
[[till]]
id = "T2"
name = "Window 2"
"""
SECOND_SHOW = """
[[show]]
id = "tuesday"
production = "play"
starts = "2031-03-11T19:30:00+01:00"
plan = "studio"
prices = "all"
terms = "standard"
"""


@dataclass
class RealTill:
    """An enrolled till, its agent running."""

    id: str
    journal: Journal
    agent: Agent
    replica: Path
    office_key: str

    def read(self, show: str, place: str) -> OfficeRight:
        reader = ReplicaReader(self.replica)
        try:
            ix = reader.seating(show).find(place)
            assert ix is not None
            return reader.right(show, ix)
        finally:
            reader.close()

    def shows(self) -> set[str]:
        reader = ReplicaReader(self.replica)
        try:
            return set(reader.season().shows)
        finally:
            reader.close()

    def claim(self, *places: str) -> dict[str, Token]:
        return dict(self.agent.claim("monday", places, whole=True, wait_s=4.0).result(6).granted)

    def give_back(self, place: str, token: Token) -> None:
        effect = Effect("monday", place, token, OfficeState.LEASED, OfficeState.POOL, "")
        self.journal.write("RightsReturned", (effect,))
        self.agent.facts_waiting()


class House:
    """A database with a season, and tills that join it."""

    def __init__(self, folder: Path, database: str, studio: Plan) -> None:
        self.folder, self.database = folder, database
        (folder / "studio.json").write_bytes((PLANS / "studio.json").read_bytes())
        self.season = folder / "season.toml"
        self.season.write_text(SEASON.format(category=studio.categories[0].name))
        self.imports()
        self.tills: list[RealTill] = []

    def imports(self) -> None:
        done = office("import", str(self.season), "--db", self.database)
        assert done.returncode == 0, done.stderr

    def code(self, till: str, *options: str) -> str:
        done = office("enrol", till, *options, "--db", self.database)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def join(self, till: str, url: str) -> RealTill:
        keys = Keys()
        replica = self.folder / till / "replica.db"
        enrolled = enrol(url, self.code(till), keys.public, keys, replica)
        assert enrolled.till == till
        journal = Journal(keys, till, enrolled.incarnation)
        agent = Agent(journal, keys, Clock(), till=till, url=url, office_key=enrolled.office_key, replica=replica)
        agent.start()
        self.tills.append(RealTill(till, journal, agent, replica, enrolled.office_key))
        soon(lambda: agent.link().state == "online")
        return self.tills[-1]


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return one_database(request, tmp_path)


@pytest.fixture
def house(tmp_path: Path, database_url: str, studio: Plan) -> Iterator[House]:
    made = House(tmp_path, database_url, studio)
    yield made
    for till in made.tills:
        till.agent.stop()
    checked = office("verify", "--db", made.database)
    assert checked.returncode == 0, checked.stdout


def test_two_tills_claim_give_back_and_see_each_other(house: House, studio: Plan) -> None:
    seat = studio.place_ids[3]
    with OfficeProcess(house.database) as process:
        one, two = house.join("T1", process.url), house.join("T2", process.url)
        granted = one.claim(seat, "Standing#1")
        assert set(granted) == {seat, "Standing#1"}
        began = time.monotonic()
        soon(lambda: two.read("monday", seat).holder == "T1")
        assert time.monotonic() - began < 1.0
        assert two.read("monday", seat).state is OfficeState.LEASED
        one.give_back(seat, granted[seat])
        soon(lambda: two.read("monday", seat).state is OfficeState.POOL)
        assert two.claim(seat)[seat] > granted[seat]


def test_a_recall_moves_an_idle_right_to_the_other_till(house: House, studio: Plan) -> None:
    seats = studio.place_ids[:2]
    with OfficeProcess(house.database) as process:
        one, two = house.join("T1", process.url), house.join("T2", process.url)
        before = one.claim(*seats)
        time.sleep(0.3)
        began = time.monotonic()
        after = two.claim(*seats)
        assert time.monotonic() - began < 2.0
        assert all(after[seat] > before[seat] for seat in seats)
        one.journal.keeps = lambda ask: True
        two.journal.keeps = lambda ask: True
        began = time.monotonic()
        answer = one.agent.claim("monday", seats, whole=True, wait_s=4.0).result(6)
        assert time.monotonic() - began < 2.0, "a declined recall is answered before its time is over"
        assert {(item.place, item.code, item.holder) for item in answer.refused} == {
            (seat, "right_elsewhere", "T2") for seat in seats
        }


def test_facts_arrive_once_over_kills_of_the_office(house: House) -> None:
    process = OfficeProcess(house.database)
    port = process.url.rpartition(":")[2]
    one = house.join("T1", process.url)
    for round_number in range(2):
        for number in range(400):
            one.journal.write("CashMoved", shift="S", user="anna", kind="paid_in", n=number, round=round_number)
        one.agent.facts_waiting()
        time.sleep(0.1 * round_number)
        process.kill()
        soon(lambda: one.agent.link().state == "offline", 10.0)
        process = OfficeProcess(house.database, "--port", port)
        soon(lambda: one.agent.link().state == "online", 10.0)
    soon(lambda: one.journal.acknowledged() == 800, 15.0)
    assert one.agent.sync().result(10) > 0
    assert one.journal.fenced == []
    assert process.stop()[0] == 0


def test_a_season_that_grows_reaches_the_tills(house: House) -> None:
    with OfficeProcess(house.database) as process:
        one = house.join("T1", process.url)
        assert one.shows() == {"monday"}
        house.season.write_text(house.season.read_text() + SECOND_SHOW)
        house.imports()
        soon(lambda: one.shows() == {"monday", "tuesday"})
        assert one.read("tuesday", one_seat(one)).state is OfficeState.POOL


def one_seat(till: RealTill) -> str:
    reader = ReplicaReader(till.replica)
    try:
        return reader.seating("monday").place(0)
    finally:
        reader.close()


def test_a_replaced_till_is_fenced_and_its_last_facts_still_arrive(house: House) -> None:
    with OfficeProcess(house.database) as process:
        old = house.join("T1", process.url)
        keys = Keys()
        code = house.code("T1", "--replace")
        enrolled = enrol(process.url, code, keys.public, keys, house.folder / "new" / "replica.db")
        assert enrolled.incarnation == 2
        soon(lambda: old.journal.fenced, 8.0)
        old.journal.write("CashMoved", shift="S", user="anna", kind="paid_in")
        old.agent.facts_waiting()
        soon(lambda: old.journal.acknowledged() == 1, 8.0)
        with pytest.raises(EnrolFailed, match="used by another machine"):
            enrol(process.url, code, old.journal.keys.public, old.journal.keys, house.folder / "x.db")


@dataclass
class Left:
    """What an earlier incarnation left unsent; implements ports.Outbox."""

    journal: Journal

    @property
    def till(self) -> str:
        return self.journal.till

    @property
    def incarnation(self) -> int:
        return self.journal.incarnation

    @property
    def keys(self) -> Keys:
        return self.journal.keys

    @property
    def unsent(self) -> int:
        return len(self.journal.facts) - self.journal.acknowledged()

    def acknowledged(self) -> int:
        return self.journal.acknowledged()

    def facts_after(self, number: int, limit: int) -> Sequence[SignedFact]:
        return self.journal.facts_after(number, limit)

    def acknowledge(self, number: int) -> None:
        self.journal.acknowledge(number)


def again(house: House, old: RealTill, url: str, *left: Left) -> Agent:
    """The till enrolled anew with the same key, its agent running."""
    keys = old.journal.keys
    replica = house.folder / "again" / "replica.db"
    enrolled = enrol(url, house.code(old.id, "--replace"), keys.public, keys, replica)
    journal = Journal(keys, old.id, enrolled.incarnation)
    agent = Agent(
        journal, keys, Clock(), till=old.id, url=url, office_key=enrolled.office_key, replica=replica, leftovers=left
    )
    agent.start()
    house.tills.append(RealTill(old.id, journal, agent, replica, enrolled.office_key))
    return agent


def paid_in(count: int, journal: Journal) -> None:
    for number in range(count):
        journal.write("CashMoved", shift="S", user="anna", kind="paid_in", amount="0.00", n=number)


def test_a_new_incarnation_sends_what_the_old_one_left(house: House) -> None:
    """Over several pages, and with the office away at first."""
    process = OfficeProcess(house.database)
    port = process.url.rpartition(":")[2]
    old = house.join("T1", process.url)
    paid_in(3, old.journal)
    old.agent.sync().result(10)
    old.agent.stop()
    paid_in(700, old.journal)
    left = Left(old.journal)
    agent = again(house, old, process.url, left)
    soon(lambda: left.unsent < 700, 10.0)
    process.kill()
    process = OfficeProcess(house.database, "--port", port)
    soon(lambda: left.unsent == 0, 20.0)
    soon(lambda: agent.link().state == "online", 10.0)
    assert process.stop()[0] == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_had_been_sent_is_sent_again_to_an_office_that_was_restored(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once when the till is enrolled anew there, and once by the new incarnation that the backup knows."""
    process = OfficeProcess(house.database)
    port = process.url.rpartition(":")[2]
    old = house.join("T1", process.url)
    old.agent.sync().result(10)

    def back_up() -> str:
        return ran(house, "backup", "--to", str(tmp_path)).strip().removeprefix("backed up to ")

    def restore(process: OfficeProcess, file: str) -> OfficeProcess:
        process.stop()
        ran(house, "restore", "--from", file, "--force")
        return OfficeProcess(house.database, "--port", port)

    first = back_up()
    paid_in(600, old.journal)
    old.agent.sync().result(10)
    old.agent.stop()
    process = restore(process, first)
    ran(house, "restored", "--by", "vera", "--without", "T1.1")
    old.journal.acked[:] = [600]
    agent = again(house, old, process.url, Left(old.journal))
    soon(lambda: old.journal.acked == [600, 0, 500, 600], 20.0)
    soon(lambda: agent.link().state == "online", 10.0)

    second = back_up()
    nothing: Future[tuple[int, list[object]]] = Future()
    nothing.set_result((0, []))
    monkeypatch.setattr(house.tills[-1].journal, "in_hand", lambda: nothing)
    paid_in(2, old.journal)
    old.journal.acked[:] = [602]  # as if the office had had them
    process = restore(process, second)
    soon(lambda: old.journal.acked == [602, 600, 602], 20.0)
    agent.stop()
    assert process.stop()[0] == 0


def ran(house: House, *words: str) -> str:
    done = office(*words, "--db", house.database)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_old_copy_sends_its_own_history_too_and_it_is_kept(house: House) -> None:
    """A folder restored from before the last facts, that went on until it was fenced."""
    with OfficeProcess(house.database) as process:
        old = house.join("T1", process.url)
        paid_in(2, old.journal)
        copy = Journal(old.journal.keys, "T1", old.journal.incarnation, list(old.journal.facts[:1]), acked=[1])
        old.agent.sync().result(10)
        old.agent.stop()
        paid_in(600, copy)
        agent = again(house, old, process.url, Left(copy))
        soon(lambda: copy.acknowledged() == 601, 20.0)
        soon(lambda: agent.link().state == "online", 10.0)


def test_an_old_copy_sends_its_own_history_again_to_an_office_that_was_restored(house: House) -> None:
    """The office had kept all of it, and was restored from a backup of before that."""
    with OfficeProcess(house.database) as process:
        old = house.join("T1", process.url)
        paid_in(2, old.journal)
        copy = Journal(old.journal.keys, "T1", old.journal.incarnation, list(old.journal.facts[:1]), acked=[601])
        old.agent.sync().result(10)
        old.agent.stop()
        paid_in(600, copy)
        agent = again(house, old, process.url, Left(copy))
        soon(lambda: copy.acked == [601, 1, 501, 601], 20.0)
        soon(lambda: agent.link().state == "online", 10.0)
