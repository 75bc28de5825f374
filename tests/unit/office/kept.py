"""Backups of the office in a test, and what follows when one of them is restored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pos.domain.certificate import Hand
from sync.office.__main__ import main
from sync.office.clock import now_s
from sync.office.rules import recovery, snapshot
from sync.office.store.backup import make
from sync.office.store.engine import open_database
from sync.wire import GrantItem
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient

if TYPE_CHECKING:
    from tests.unit.office.conftest import House

AT = "2027-03-01T17:00:{:02d}+00:00"


class Kept:
    """Backups of a house, and the house made of one again, by the commands."""

    def __init__(self, house: House, url: str, to: Path) -> None:
        self.house, self.url, self.to = house, url, to

    def back_up(self) -> Path:
        return make(self.url, self.to, AT.format(0), 9)

    def restore(self, file: Path) -> None:
        self.house.database.close()
        assert main(["restore", "--db", self.url, "--from", str(file), "--force"]) == 0
        self.house.database = open_database(self.url)

    def tell(self, client: TillClient, *held: GrantItem, state: str = "LEASED", ticket: str = "") -> bool:
        """This till says what it has in hand."""
        rights = [(SHOW, item.place, item.epoch, item.hop, state, ticket) for item in held]
        with self.house.database.write() as connection:
            number = len(client.journal)
            return recovery.report(connection, Hand(client.till, client.incarnation), number, rights, int(now_s()))

    def end(self, *without: str) -> list[Hand]:
        with self.house.database.write() as connection:
            return recovery.end(connection, "sam", without, int(now_s()))

    def generation(self) -> str:
        with self.house.database.read() as connection:
            return snapshot.documents(connection).generation
