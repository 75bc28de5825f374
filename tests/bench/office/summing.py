"""Figures of a season's facts, against the database's own sum of the same postings."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from pos.domain.books import Posting
from pos.domain.facts import Fact
from pos.domain.money import Money
from pos.domain.reports import REPORTS
from sync.office.rules import figures
from sync.office.season.importer import import_season
from sync.office.store.bulk import insert_rows
from sync.office.store.engine import Database, open_database
from sync.office.store.tables import FACT, POSTING, TILL
from tests.peers.postgres import Cluster
from tests.peers.small_season import SHOW, write_season

TILLS, EACH, DAYS = 10, 10_000, 100
BATCH = 2_000
BEGAN = datetime.fromisoformat("2026-09-01T10:00:00+02:00")


def adding() -> list[dict[str, Any]]:
    """A daily settlement of everything over a hundred thousand sales in the office's database, of either kind."""
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        urls = {"sqlite": f"sqlite:///{Path(folder) / 'office.db'}", "postgresql": cluster.new_database()}
        return [_record(kind, *_measured(url, Path(folder))) for kind, url in urls.items()]


def _measured(url: str, folder: Path) -> tuple[float, float, int]:
    """Seconds for the figures, seconds for the database's sum, rows that came of it."""
    database = open_database(url)
    try:
        import_season(database, write_season(folder))
        for till in range(TILLS):
            _fill(database, f"T{till + 1}")
        with database.read() as connection:
            began = time.perf_counter()
            sums = connection.execute(text("SELECT account, SUM(minor) FROM posting GROUP BY account")).all()
            floor = time.perf_counter() - began
            query = REPORTS["daily_settlement"].query({}, None)  # type: ignore[arg-type]
            began = time.perf_counter()
            made = figures.whole(connection, query)
            taken = time.perf_counter() - began
        drawers = sum(int(minor) for account, minor in sums if account.startswith("drawer:"))
        assert made.total("tender").minor == drawers, "both must have added up the same"
        return taken, floor, len(made.sums)
    finally:
        database.close()


def _record(kind: str, taken: float, floor: float, rows: int) -> dict[str, Any]:
    facts = TILLS * EACH
    return {
        "name": f"figures_{kind}",
        "value": facts / taken,
        "unit": "facts/s",
        "floor_name": f"SELECT SUM(minor) of the same postings ({taken:.1f} s for {facts} facts, {rows} rows)",
        "floor": facts / floor,
        "ratio": floor / taken,
        "goal": "≥ 2,000 facts/s",
        "ok": facts / taken >= 2_000,
    }


def _fill(database: Database, till: str) -> None:
    facts: list[dict[str, Any]] = []
    postings: list[dict[str, Any]] = []
    for fact in _sales(till):
        envelope = fact.to_bytes().decode()
        facts.append(
            {
                "till": till, "incarnation": 1, "number": fact.number, "fact_id": fact.fact_id, "hash": "",
                "kind": fact.kind, "envelope": envelope, "signature": "", "verdict": "applied", "received_at": fact.at,
            }
        )  # fmt: skip
        postings += [
            {
                "fact_id": fact.fact_id, "line": line, "account": one.account, "minor": one.amount.minor,
                "currency": one.amount.currency,
            }
            for line, one in enumerate(fact.postings)
        ]  # fmt: skip
    with database.write() as connection:
        connection.execute(
            TILL.insert(),
            {
                "id": till, "incarnation": 1, "public_key": b"", "applied": EACH, "head_hash": "", "state": "FENCED",
                "enrolled_at": "", "fenced_at": 1,
            },
        )  # fmt: skip
        for table, rows in ((FACT, facts), (POSTING, postings)):
            for first in range(0, len(rows), BATCH):
                insert_rows(connection, table, rows[first : first + BATCH])


def _sales(till: str) -> Iterator[Fact]:
    """A sale of two tickets in cash with a fee each, every few minutes, over so many days."""
    total, fee, tax, net = (Money(minor, "EUR") for minor in (11_800, -200, -1_054, -10_546))
    for number in range(1, EACH + 1):
        at = (BEGAN + timedelta(days=number * DAYS // EACH, minutes=number % 500)).isoformat()
        sale = f"{till}-{number:05d}"
        tickets = [
            {
                "id": f"{sale}-{n}", "show": SHOW, "place": f"A-{n}", "unit": f"A-{n}", "category": "Stalls",
                "price_type": ("adult", "student")[number % 2], "price": "58.00", "code": f"C{number}{n}",
                "proof": False, "tax_id": "reduced", "tax": "5.27", "terms": {"id": "standard"},
            }
            for n in (1, 2)
        ]  # fmt: skip
        body = {
            "id": sale,
            "at": at,
            "till": till,
            "user": ("anna", "sam")[number % 2],
            "shift": f"{till}-S{number // 100}",
            "total": str(total),
            "rounding": "0.00",
            "fees": [{"id": "counter", "count": 2, "amount": "2.00"}],
            "tenders": [{"kind": "cash", "amount": str(total)}],
            "change": "0.00",
            "taxes": [],
            "tickets": tickets,
        }
        sides = ((f"drawer:{till}", total), ("fee:counter", fee), ("tax:reduced", tax), (f"revenue:{SHOW}", net))
        postings = tuple(Posting(account, amount) for account, amount in sides)
        yield Fact(till, 1, number, "", at, "TicketsSold", postings, (), {"sale": body})
