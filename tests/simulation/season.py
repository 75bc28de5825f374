"""The season of the simulated house, and templates of its files, made once a run since that takes its time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final
from unittest import mock

from argon2 import PasswordHasher

from pos.store.ledger import Ledger
from sync.office.rules import enrolment
from sync.office.season.importer import import_season
from sync.office.store.engine import open_database
from sync.office.store.own import office_key
from tests.peers.small_season import write_season
from tests.simulation.disk import Disk
from tests.simulation.machine import Machine
from tests.simulation.names import (
    AREA,
    CASHIERS,
    COUNTER_FEE,
    EXCHANGE_FEE,
    PIN,
    PRODUCT,
    PURSES,
    SHOWS,
    SUPERVISOR,
    TILLS,
)
from tests.simulation.network import Line, SimCarrier
from tests.simulation.office import SimOffice
from tests.simulation.scheduler import Scheduler
from tests.simulation.stage import played
from tests.simulation.threads import BEGAN, OfficeDatetime, office_now

_STALLS: Final = {"tosca": 5, "aida": 2}  # seats in a till's allotment
_QUICK: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def show(name: str, *, capacity: int = 8, state: str = "on_sale") -> str:
    """A show's table in a season file."""
    starts = (BEGAN + timedelta(days=60)).isoformat()
    return (
        f'[[show]]\nid = "{name}"\nproduction = "opera"\nstarts = "{starts}"\nplan = "hall"\nprices = "usual"\n'
        f'terms = "standard"\nstate = "{state}"\nareas = [{{ id = "{AREA}", capacity = {capacity} }}]\n'
        f"allotment = {{ Stalls = {_STALLS[name]}, {AREA} = 2 }}\n"
    )


def prices(stalls: str = "58.13", area: str = "12.02") -> str:
    """The price table."""
    return f'''
[[prices]]
id = "usual"
tax = "reduced"
[prices.table]
Stalls = {{ adult = "{stalls}" }}
{AREA} = {{ adult = "{area}" }}
'''


def _purses() -> str:
    worth = {"voucher": "amount", "gift_card": "balance"}
    return "\n".join(
        f'[[{kind}]]\ncode = "{code}"\n{worth[kind]} = "{amount}"' for (kind, code), amount in PURSES.items()
    )


def _season() -> str:
    people = "\n".join(
        f'[[user]]\nid = "{name}"\nname = "{name}"\nrole = "{role}"\npin = "{PIN}"'
        for name, role in ((SUPERVISOR, "supervisor"), *((name, "cashier") for name in CASHIERS))
    )
    rules = "\n".join(
        f'[[anomaly]]\nrule = "{rule}"\nleast = 1'
        for rule in ("refund_rate", "fast_refund", "one_pair", "reprint_rate")
    )
    tills = "\n".join(f'[[till]]\nid = "{name}"' for name in TILLS)
    return f"""
[venue]
id = "house"
name = "The House"
timezone = "Europe/Vienna"
currency = "CHF"
cash_rounding = "0.05"
[[tax]]
id = "reduced"
rate = "8.1"
[[plan]]
id = "hall"
file = "hall.json"
[[price_type]]
id = "adult"
name = {{ en = "Adult" }}
{prices()}
[[terms]]
id = "standard"
refund_until = "24h"
refund_fee = "10%"
exchange_until = "24h"
exchange_fee = "{EXCHANGE_FEE}"
[[production]]
id = "opera"
title = {{ en = "Opera" }}
{"".join(map(show, SHOWS))}
[[promotion]]
id = "three"
name = {{ en = "Three together" }}
off = "12.5%"
min = 3
[[product]]
id = "{PRODUCT}"
name = {{ en = "Programme" }}
price = "4.55"
tax = "reduced"
[[fee]]
id = "counter"
name = {{ en = "Counter fee" }}
per = "ticket"
amount = "{COUNTER_FEE}"
{people}
{rules}
{tills}
{_purses()}
"""


class Templates:
    """Files to copy: an office with its season, and an empty ledger."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.office, self.ledger = folder / "office.db", folder / "ledger.db"
        self._joined: dict[str, Disk] = {}
        self._states: dict[str, Path] = {}
        with (
            mock.patch("sync.office.season.importer.PasswordHasher", return_value=_QUICK),
            mock.patch("sync.office.season.importer.datetime", OfficeDatetimeAtStart),
        ):
            database = open_database(f"sqlite:///{self.office}")
            import_season(database, write_season(folder, _season()))
        office_key(database)
        database.close()
        Ledger(self.ledger).close()
        self.took_s = self._enrol(folder)

    def _enrol(self, folder: Path) -> float:
        """Every till joins the office; how long that takes, since an evening begins after it."""
        with played(Scheduler(0), folder / "states") as here:
            office = SimOffice(here, self.office)
            office.start()
            here.run(1.0)
            for name in TILLS:
                line = SimCarrier.lines[name] = Line(here, name, office)
                made = Machine(here, name, folder / name, line, jams=0.0, ledger=self.ledger)
                with office.writing() as connection:
                    code = enrolment.offer(connection, name, int(office_now().timestamp()), replace=False)
                made.enrol(code)
                self._joined[name] = made.disk
                self._states[name] = made.disk.identity.state_folder
            here.end()
            office.close()
            return here.now

    def furnish(self, disk: Disk) -> None:
        """Have a folder joined, as the till of that name."""
        disk.copy_template(self._joined[disk.name].folder, self._states[disk.name])


class OfficeDatetimeAtStart(OfficeDatetime):
    """The office's date before any world is on stage."""

    @staticmethod
    def now(zone: object) -> object:  # type: ignore[override]
        return BEGAN
