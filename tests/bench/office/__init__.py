"""The office under load: claims from fifty tills, and long queues of facts."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from sync.wire import GrantItem
from tests.bench.office import floors, load
from tests.peers.office_process import OfficeProcess, office
from tests.peers.postgres import Cluster
from tests.peers.small_season import SEASON, write_season
from tests.peers.till_client import TillClient

CLIENTS, CLAIMS_EACH = 50, 80
SHOWS, HOT = 20, "hot"
FACTS, PAGE = 10_000, 500
MANY_TILLS, MANY_EACH = 20, 2_500
_GOAL = "≥ 0.3×, p99 ≤ 5×"


def claim() -> list[dict[str, Any]]:
    """Two-seat claims over HTTP by fifty clients of two processes: over twenty shows, and all in one."""
    places = CLIENTS * CLAIMS_EACH * 2
    shows = {f"show-{n}": places // SHOWS for n in range(SHOWS)} | {HOT: places}
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        url = cluster.new_database()
        _import(url, Path(folder), shows, CLIENTS)
        floor, floor_p99 = floors.single_inserts(cluster, url, CLIENTS, 5)
        with OfficeProcess(url) as one, OfficeProcess(url) as two:
            servers = [one.url, two.url]
            tills = [_enrol(url, one.url, f"C{n}") for n in range(CLIENTS)]
            spread = load.play(servers, [_claims(till, n, "") for n, till in enumerate(tills)], b'"refused":[]')
            hot = load.play(servers, [_claims(till, n, HOT) for n, till in enumerate(tills)], b'"refused":[]')
        done = office("verify", "--db", url)
        assert done.returncode == 0, done.stdout
    return [_claim("claim", spread, floor, floor_p99), _claim("claim_hot", hot, floor, floor_p99)]


def _claim(name: str, run: load.Run, floor: float, floor_p99: float) -> dict[str, Any]:
    ratio = run.per_second / floor
    return {
        "name": name,
        "value": run.per_second,
        "unit": "claims/s",
        "p99": run.p99_ms,
        "floor_name": f"pgbench single insert, {CLIENTS} clients (p99 {floor_p99:.1f} ms)",
        "floor": floor,
        "ratio": ratio,
        "goal": _GOAL,
        "ok": ratio >= 0.3 and run.p99_ms <= 5 * floor_p99,
    }


def _claims(till: TillClient, client: int, show: str) -> list[bytes]:
    requests = []
    for n in range(CLAIMS_EACH):
        pair = client * CLAIMS_EACH + n
        of = show or f"show-{pair % SHOWS}"
        first = 2 * (pair if show else pair // SHOWS) + 1
        body = {"show": of, "places": [f"Floor#{first}", f"Floor#{first + 1}"], "whole": True, "wait_s": 0}
        requests.append(load.request(till, "/v1/claim", json.dumps(body).encode()))
    return requests


def push() -> list[dict[str, Any]]:
    """Queued sales of one seat each: ten thousand of one till, then of twenty tills at once."""
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        url = cluster.new_database()
        tills = MANY_TILLS + 1
        shows = {f"show-{n}": max(FACTS, MANY_EACH) for n in range(tills)}
        _import(url, Path(folder), shows, tills)
        with OfficeProcess(url) as server:
            clients = [_enrol(url, server.url, f"C{n}") for n in range(tills)]
            queues = [
                _sales(url, client, f"show-{n}", FACTS if n == 0 else MANY_EACH) for n, client in enumerate(clients)
            ]
            before = _rows(url)
            one = load.play([server.url], queues[:1], b'"verdict":"applied"')
            between = _rows(url)
            many = load.play([server.url], queues[1:], b'"verdict":"applied"')
            after = _rows(url)
        done = office("verify", "--db", url)
        assert done.returncode == 0, done.stdout
        size = _bytes(url) // after
        floor = floors.raw_rows(url, between - before, size, PAGE * 10)
    return [
        _push("push", one, between - before, size, floor),
        _push("push_many", many, after - between, size, floor),
    ]


def _push(name: str, run: load.Run, rows: int, size: int, floor: float) -> dict[str, Any]:
    speed = rows / run.seconds
    return {
        "name": name,
        "value": speed,
        "unit": "rows/s",
        "floor_name": f"raw insert of {rows} rows of {size} bytes",
        "floor": floor,
        "ratio": speed / floor,
        "goal": "≥ 0.2×",
        "ok": speed / floor >= 0.2,
    }


def _sales(url: str, client: TillClient, show: str, count: int) -> list[bytes]:
    """A till's queue: the rights are given by the database at once, since claims are another benchmark."""
    with floors.connect(url) as connection:
        connection.execute(
            "UPDATE place_right SET state = 'LEASED', holder = %s, incarnation = 1, epoch = 1 WHERE show_id = %s",
            (client.till, show),
        )
        connection.execute(
            "WITH head AS (UPDATE change_head SET position = position + 1 RETURNING position)"
            " INSERT INTO change_log SELECT position, 'reload', '', '', %s, '' FROM head",
            (show,),
        )
    for n in range(1, count + 1):
        client.sell(show, GrantItem(place=f"Floor#{n}", epoch=1, hop=0))
    pages = [client.journal[at : at + PAGE] for at in range(0, count, PAGE)]
    bodies = [json.dumps({"facts": [fact.model_dump() for fact in page]}).encode() for page in pages]
    return [load.request(client, "/v1/push", body) for body in bodies]


_TABLES = ("fact", "posting", "sale", "ticket", "change_log")


def _bytes(url: str) -> int:
    """The size of what pushes have written, without what places had before."""
    with floors.connect(url) as connection:
        sizes = [
            connection.execute(f"SELECT sum(pg_column_size(t.*)) FROM {table} AS t".encode()).fetchone()
            for table in _TABLES
        ]
    return sum(int(row[0]) for row in sizes if row is not None)


def _rows(url: str) -> int:
    """Rows in all tables that a push writes; places are changed in place and count once sold."""
    with floors.connect(url) as connection:
        counts = [connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() for table in _TABLES]
        sold = connection.execute("SELECT count(*) FROM place_right WHERE state = 'SOLD'").fetchone()
    return sum(row[0] for row in [*counts, sold] if row is not None)


def _import(url: str, folder: Path, shows: dict[str, int], tills: int) -> None:
    text = SEASON.replace("Foyer = { adult", "Floor = { adult").replace("Foyer", "Floor")
    for name, places in shows.items():
        text += (
            f'[[show]]\nid = "{name}"\nproduction = "tosca"\nprices = "usual"\n'
            f'starts = "2027-12-03T19:30:00+01:00"\nareas = [{{ id = "Floor", capacity = {places} }}]\n'
        )
    text += "".join(f'[[till]]\nid = "C{n}"\n' for n in range(tills))
    done = office("import", str(write_season(folder, text)), "--db", url)
    assert done.returncode == 0, done.stderr


def _enrol(database: str, url: str, till: str) -> TillClient:
    client = TillClient(url)
    done = office("enrol", till, "--db", database)
    answer = client.enrol(done.stdout.strip())
    assert answer.status == 200, answer
    return client


BENCHES = [claim, push]
