"""Real tills whose facts are at a real office: what each recorded by itself is granted, pushed and booked there."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import text

from pos.domain.facts import Fact
from pos.domain.report import Report
from pos.domain.reports import REPORTS
from pos.domain.rights import OfficeState
from pos.store.identity import TillKeys
from sync.office.api.claims import settle_batch
from sync.office.clock import now_s
from sync.office.rules import enrolment, tills
from sync.office.rules.claims import Claim
from sync.office.rules.facts import accept
from sync.office.rules.reading import read
from sync.office.season.importer import import_season
from sync.office.store.engine import open_database
from sync.office.verify.check import check
from sync.office.verify.made import built
from sync.office.verify.reports import season_of
from sync.wire import FactItem
from tests.peers.quick_pins import quick_pins
from tests.peers.small_season import write_season
from tests.unit.till.counter import PINS, Counter, show_document
from tests.unit.till.toy_terminal import ScriptedTerminal

SHOWS = ("aida", "tosca")
PROMOTER = {"id": "ringer", "commission": "7.5%", "card_cost": "1.9%"}
_SHOW = """
[[show]]
id = "{id}"
production = "opera"
starts = "2027-03-03T18:00:00+01:00"
plan = "hall"
prices = "usual"
terms = "standard"
promoter = "ringer"
areas = [{{ id = "Foyer", capacity = 10 }}]
"""
_USER = """
[[user]]
id = "{id}"
name = "{id}"
role = "{role}"
pin = "{pin}"
"""
# As the tills' own replica has it (tests/unit/till/counter.py).
_SEASON = """
[venue]
id = "house"
name = "The House"
timezone = "Europe/Vienna"
currency = "EUR"
[[tax]]
id = "reduced"
rate = "10"
[[plan]]
id = "hall"
file = "hall.json"
[[price_type]]
id = "adult"
name = { en = "Adult" }
[[prices]]
id = "usual"
tax = "reduced"
[prices.table]
Stalls = { adult = "58.00" }
Wheelchair = { adult = "40.00" }
Foyer = { adult = "12.00" }
[[terms]]
id = "standard"
refund_until = "24h"
refund_fee = "10%"
exchange_until = "2h"
exchange_fee = "0.00"
[[production]]
id = "opera"
title = { en = "Tosca" }
[[promoter]]
id = "ringer"
name = "Ringer"
commission = "7.5%"
card_cost = "1.9%"
[[fee]]
id = "counter"
name = { en = "Counter fee" }
per = "ticket"
amount = "1.00"
[[till]]
id = "T1"
name = "Window 1"
[[till]]
id = "T2"
name = "Window 2"
"""


def season_file(folder: Path) -> Path:
    """An office's database with that season in it, to be copied for each example."""
    users = "".join(
        _USER.format(id=name, pin=PINS[name], role=role)
        for name, role in (("anna", "cashier"), ("beth", "cashier"), ("sam", "supervisor"))
    )
    shows = "".join(_SHOW.format(id=show) for show in SHOWS)
    path = folder / "office.db"
    database = open_database(f"sqlite:///{path}")
    with quick_pins():
        import_season(database, write_season(folder, _SEASON + shows + users))
    database.close()
    return path


def till_of(folder: Path, name: str) -> Counter:
    """A till that has both shows, and a card terminal that takes everything."""
    shows = [show_document(show, promoter="ringer") for show in SHOWS]
    counter = Counter(folder / name, shows, till=name, terminal=ScriptedTerminal())
    counter.line.document("promoter", PROMOTER)
    return counter


class Office:
    """`database` is a real one; tills' journals are pushed to it fact by fact, after the grants that they had."""

    def __init__(self, season: Path, folder: Path) -> None:
        shutil.copy(season, folder / "office.db")
        self.database = open_database(f"sqlite:///{folder / 'office.db'}")

    def close(self) -> None:
        self.database.close()

    def join(self, counter: Counter) -> None:
        """Enrol a till and take everything it has recorded."""
        till, public = counter.till, TillKeys(counter.identity).public()
        with self.database.write() as connection:
            code = enrolment.offer(connection, till, int(now_s()), replace=False)
        with self.database.write() as connection:
            incarnation = enrolment.redeem(connection, code, public, int(now_s())).incarnation
            tills.seen(connection, {till}, now_s())
        rows = counter.rows("SELECT number, envelope, hash, signature FROM journal ORDER BY number")
        had: dict[tuple[str, str], tuple[int, int]] = {}
        for number, envelope, digest, signature in rows:
            for effect in Fact.from_bytes(envelope).effects:
                place = effect.show, effect.place
                token = effect.token.epoch, effect.token.hop
                if effect.before == OfficeState.LEASED and had.get(place) != token:
                    claim = Claim(f"{till}:{number}", till, incarnation, effect.show, (effect.place,), True, 0.0)
                    settle_batch(self.database, [claim], now_s())
                had[place] = token
            item = FactItem(
                number=number, envelope=envelope.decode(), hash=digest, signature=base64.b64encode(signature).decode()
            )
            with self.database.write() as connection:
                answer = accept(connection, till, incarnation, read([item], till, incarnation, public), int(now_s()))
            assert [result.verdict for result in answer.results] == ["applied"], (envelope, answer)

    def violations(self) -> list[str]:
        with self.database.read() as connection:
            return check(connection).violations

    def reports(self, asked: Mapping[str, tuple[str, dict[str, str]]]) -> dict[str, Report]:
        """Name -> a kind of report and what it is asked with; the same names -> the reports, by the office."""
        with self.database.read() as connection:
            season = season_of(connection)
            return {
                name: built(connection, season, kind, **REPORTS[kind].check(fields, season))[0]
                for name, (kind, fields) in asked.items()
            }

    def facts(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of facts of a kind."""
        with self.database.read() as connection:
            rows = connection.execute(text("SELECT envelope FROM fact WHERE kind = :kind"), {"kind": kind}).scalars()
            return [Fact.from_bytes(row.encode()).body for row in rows]
