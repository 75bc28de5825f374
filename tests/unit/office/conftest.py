"""An office's database of either kind, with the small season in it, and tills that sign."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from sync.office.api.claims import settle_batch
from sync.office.clock import now_s
from sync.office.rules import enrolment, tills
from sync.office.rules.claims import Claim, Outcome
from sync.office.rules.facts import accept
from sync.office.rules.reading import read
from sync.office.season.importer import import_season
from sync.office.store.engine import Database, open_database
from sync.office.verify.check import check
from sync.wire import ClaimAnswer, FactItem, GrantItem, PushAnswer
from tests.peers.quick_pins import quick_pins
from tests.peers.small_season import SHOW, write_season
from tests.peers.till_client import TillClient
from tests.unit.office.kept import Kept


@pytest.fixture(scope="package", autouse=True)
def pins_at_once() -> Iterator[None]:
    """One test is about how slowly PINs are hashed, and asks the importer's own hasher."""
    with quick_pins():
        yield


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Empty, but for the tables."""
    opened = open_database(database_url)
    yield opened
    opened.close()


class House:
    """The rules on a real database, without HTTP between."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.database.read() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    def run(self, sql: str) -> None:
        with self.database.write() as connection:
            connection.execute(text(sql))

    def place(self, place: str) -> tuple[object, ...]:
        """(state, holder, incarnation, epoch, hop) of a place of the show."""
        sql = f"SELECT state, holder, incarnation, epoch, hop FROM place_right WHERE place = '{place}'"
        return self.rows(f"{sql} AND show_id = '{SHOW}'")[0]

    def enrol(self, till: str, *, replace: bool = False) -> TillClient:
        """A till's key and journal, enrolled without a line."""
        client = TillClient("http://127.0.0.1:9")
        client.http.close()
        with self.database.write() as connection:
            code = enrolment.offer(connection, till, int(now_s()), replace=replace)
        with self.database.write() as connection:
            done = enrolment.redeem(connection, code, client.key.public_key().public_bytes_raw(), int(now_s()))
        client.till, client.incarnation = done.till, done.incarnation
        return client

    def seen(self, *clients: TillClient) -> None:
        with self.database.write() as connection:
            tills.seen(connection, {client.till for client in clients}, now_s())

    def settle(self, *claims: Claim) -> list[Outcome]:
        return settle_batch(self.database, claims, now_s())

    def claim(self, client: TillClient, *places: str, whole: bool = True, wait_s: float = 0.0) -> Outcome:
        name = f"{client.till}:{'+'.join(places)}"
        deadline = now_s() + wait_s
        return self.settle(Claim(name, client.till, client.incarnation, SHOW, places, whole, deadline))[0]

    def granted(self, client: TillClient, *places: str) -> list[GrantItem]:
        outcome = self.claim(client, *places)
        assert isinstance(outcome, ClaimAnswer)
        assert not outcome.refused
        return outcome.granted

    def refused(self, client: TillClient, *places: str) -> list[str]:
        """Why these places are not to be had now."""
        outcome = self.claim(client, *places)
        assert isinstance(outcome, ClaimAnswer)
        assert not outcome.granted
        return [item.code for item in outcome.refused]

    def push(self, client: TillClient, *facts: FactItem) -> PushAnswer:
        key = client.key.public_key().public_bytes_raw()
        arrived = read(list(facts or client.journal), client.till, client.incarnation, key)
        with self.database.write() as connection:
            return accept(connection, client.till, client.incarnation, arrived, int(now_s()))

    def violations(self) -> list[str]:
        with self.database.read() as connection:
            return check(connection).violations

    def notes(self) -> list[str]:
        with self.database.read() as connection:
            return check(connection).notes


@pytest.fixture(scope="session")
def imported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """`imported("sqlite")`: a database of that kind with the season in it, made once."""
    made: dict[str, str] = {}

    def get(kind: str) -> str:
        if kind not in made:
            folder = tmp_path_factory.mktemp("imported")
            made[kind] = f"sqlite:///{folder / 'office.db'}"
            if kind == "postgresql":
                made[kind] = request.getfixturevalue("postgres_cluster").new_database()
            first = open_database(made[kind])
            import_season(first, write_season(folder))
            first.close()
        return made[kind]

    return get


@pytest.fixture
def house(database_url: str, imported: Callable[[str], str]) -> Iterator[House]:
    """The season is copied in."""
    target = make_url(database_url)
    source = make_url(imported(target.get_backend_name()))
    if source.get_backend_name() == "sqlite":
        shutil.copy(str(source.database), str(target.database))
    else:
        with psycopg.connect(host=source.host, port=source.port, user=source.username, dbname="postgres") as server:
            server.autocommit = True
            server.execute(f"DROP DATABASE {target.database}".encode())
            server.execute(f"CREATE DATABASE {target.database} TEMPLATE {source.database}".encode())
    opened = open_database(database_url)
    yield House(opened)
    opened.close()


@pytest.fixture
def tills_at(house: House) -> Callable[..., list[TillClient]]:
    """`tills_at("T1", "T2")`: enrolled, and heard of just now."""

    def enrol(*names: str) -> list[TillClient]:
        clients = [house.enrol(name) for name in names]
        house.seen(*clients)
        return clients

    return enrol


@pytest.fixture
def kept(house: House, database_url: str, tmp_path: Path) -> Iterator[Kept]:
    yield Kept(house, database_url, tmp_path / "backups")
    house.database.close()
