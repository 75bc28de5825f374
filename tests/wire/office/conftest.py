"""Real office processes on real sockets, with the small season, and tills that have joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.office.clock import now_s
from sync.office.rules import enrolment
from sync.office.season.importer import import_season
from sync.office.store.engine import open_database
from tests.peers.office_process import OfficeProcess
from tests.peers.postgres import Cluster
from tests.peers.quick_pins import quick_pins
from tests.peers.small_season import write_season
from tests.peers.till_client import TillClient


def imported(url: str, folder: Path) -> str:
    database = open_database(url)
    with quick_pins():
        import_season(database, write_season(folder))
    database.close()
    return url


def code_for(url: str, till: str, *, replace: bool = False) -> str:
    database = open_database(url)
    with database.write() as connection:
        code = enrolment.offer(connection, till, int(now_s()), replace=replace)
    database.close()
    return code


def join(url: str, database: str, till: str, *, replace: bool = False) -> TillClient:
    client = TillClient(url)
    answer = client.enrol(code_for(database, till, replace=replace))
    assert answer.status == 200, answer
    return client


class Served:
    """An office that a module's tests share; each takes seats of its own."""

    def __init__(self, database: str, office: OfficeProcess) -> None:
        self.database, self.office = database, office
        self.one, self.two, self.three = (join(office.url, database, till) for till in ("T1", "T2", "T3"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    url = f"sqlite:///{folder / 'office.db'}"
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.new_database()
    with OfficeProcess(imported(url, folder)) as office:
        made = Served(url, office)
        yield made
        for client in (made.one, made.two, made.three):
            client.http.close()


@pytest.fixture
def clients() -> Iterator[Callable[[TillClient], TillClient]]:
    """`clients(till)`: another connection of a till, closed after the test."""
    made: list[TillClient] = []

    def twin(client: TillClient) -> TillClient:
        made.append(client.twin())
        return made[-1]

    yield twin
    for client in made:
        client.http.close()
