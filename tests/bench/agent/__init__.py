"""The sync agent and its replica."""

from __future__ import annotations

import base64
import json
import multiprocessing
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from pos.domain.plan import Plan, read_plan
from pos.store.replica import ReplicaWriter
from sync import wire
from sync.agent import enrol, fetch
from sync.agent.carrier import Carrier
from sync.agent.link import Channel, Till
from tests.peers.toy_office import CODE, ToyOffice
from tests.wire.agent.till import Keys, season

SEATS: Final = 100_000
ROW: Final = 500
ROUNDS: Final = 7
SHOW: Final = "final"
GOAL: Final = 0.35


def replica_load() -> dict[str, Any]:
    """100,000 seats over loopback HTTP into the replica, against as many rows by raw `executemany`."""
    with tempfile.TemporaryDirectory() as name, _office() as (url, office_key):
        folder = Path(name)
        keys = Keys()
        enrol(url, CODE, keys.public, keys, folder / "replica.db")
        carrier = Carrier(url, None)
        channel = Channel(carrier, base64.b64decode(office_key), Till("T1", keys, lambda: 1))
        writer = ReplicaWriter(folder / "replica.db", office_key)
        at = [writer.cursor()]

        def load() -> None:
            at[0] += 1
            change = wire.Change(position=at[0], kind="reload", show=SHOW)
            plans, shows = fetch.needed(channel, writer.needs([change]))
            # As if the office had moved on: the same columns would be nothing new.
            shows = [columns.model_copy(update={"position": at[0]}) for columns in shows]
            assert writer.apply_page([change], at[0], plans, shows).places == {SHOW: ()}

        with _raw_table(folder / "floor.db") as fill:
            # Taken in turns, so that a drift of the machine meets both.
            times = [(_timed(load), _timed(fill)) for _ in range(ROUNDS)]
        writer.close()
        carrier.close()
    value, floor = (SEATS / statistics.median(column) for column in zip(*times, strict=True))
    ratio = value / floor
    return {
        "name": "replica_load",
        "value": value,
        "unit": "seats/s",
        "floor_name": "raw executemany",
        "floor": floor,
        "ratio": ratio,
        "goal": f">= {GOAL}",
        "ok": ratio >= GOAL,
    }


def _timed(call: Callable[[], None]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


@contextmanager
def _raw_table(path: Path) -> Iterator[Callable[[], None]]:
    """Call it to write SEATS rows anew, a row a seat, under the replica's own pragmas."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute(
        "CREATE TABLE place (show TEXT, ix INTEGER, state TEXT, holder TEXT, since INTEGER, epoch INTEGER,"
        " hop INTEGER, position INTEGER, PRIMARY KEY (show, ix)) WITHOUT ROWID"
    )
    rows = [(SHOW, ix, "S", "T1", 1_800_000_000, 3, 0, 1) for ix in range(SEATS)]

    def fill() -> None:
        db.execute("BEGIN IMMEDIATE")
        db.execute("DELETE FROM place")
        db.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        db.execute("COMMIT")

    try:
        yield fill
    finally:
        db.close()


# ---- an office with one large show, in a process of its own ------------------------------------


@contextmanager
def _office() -> Iterator[tuple[str, str]]:
    """Its URL and key."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(there,))
    process.start()
    try:
        yield here.recv()
    finally:
        here.send("stop")
        process.join()


def _serve(pipe: Connection) -> None:
    with _LargeOffice() as office:
        season(office)
        office.show(SHOW, _stadium())
        with office.lock:
            office.places[SHOW] = [
                item.model_copy(update={"state": "SOLD", "holder": f"T{ix % 20}", "since": 1_800_000_000, "epoch": 3})
                for ix, item in enumerate(office.places[SHOW])
            ]
        pipe.send((office.url, office.office_key))
        pipe.recv()


class _LargeOffice(ToyOffice):
    """Makes the columns once: what an office takes to make them is measured at the office."""

    columns: wire.PlacesAnswer | None = None

    def _places(self, request: wire.PlacesRequest) -> wire.PlacesAnswer:
        if self.columns is None:
            self.columns = super()._places(request)
        return self.columns


def _stadium() -> Plan:
    rows = [
        {
            "row_number": str(row),
            "position": {"x": 0, "y": row * 10},
            "seats": [
                {
                    "seat_guid": f"{row}-{seat}",
                    "seat_number": str(seat),
                    "position": {"x": seat * 10, "y": 0},
                    "category": "Stand",
                }
                for seat in range(ROW)
            ],
        }
        for row in range(SEATS // ROW)
    ]
    source = {
        "name": "stadium",
        "size": {"width": 5000, "height": 2000},
        "categories": [{"name": "Stand", "color": "#56B4E9"}],
        "zones": [{"name": "Stand", "position": {"x": 0, "y": 0}, "rows": rows}],
    }
    return read_plan(json.dumps(source).encode(), "stadium")


BENCHES = [replica_load]
