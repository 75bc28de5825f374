"""What PostgreSQL itself does on this machine, in the same run."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.bench.office.load import percentile
from tests.peers.postgres import Cluster


def single_inserts(cluster: Cluster, url: str, clients: int, seconds: int) -> tuple[float, float]:
    """pgbench: one-row transactions under a unique key; (transactions a second, p99 in ms)."""
    name = make_url(url).database
    with connect(url) as connection:
        connection.execute("CREATE TABLE floor (show text, place bigint, holder integer, PRIMARY KEY (show, place))")
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "insert.sql"
        script.write_text(
            "\\set place random(1, 1000000000000)\nINSERT INTO floor VALUES ('tosca', :place, :client_id);\n"
        )
        subprocess.run(
            [
                cluster.program("pgbench"), "--no-vacuum", "--log", f"--client={clients}", "--jobs=2",
                f"--time={seconds}", f"--file={script}",
                "--host=127.0.0.1", f"--port={cluster.port}", "--username=housefull", name,
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            env=os.environ | {"PGDATABASE": str(name)},
        )  # fmt: skip
        times = [
            int(line.split()[2]) / 1000
            for log in Path(folder).glob("pgbench_log.*")
            for line in log.read_text().splitlines()
        ]
    return len(times) / seconds, percentile(times, 0.99)


def raw_rows(url: str, rows: int, size: int, per_commit: int) -> float:
    """psycopg `executemany` of so many rows of `size` bytes, committed now and then; rows a second."""
    with connect(url) as connection:
        connection.execute("CREATE TABLE raw (id bigint PRIMARY KEY, a text, b text, c bigint)")
        connection.commit()
        body = "x" * size
        began = time.perf_counter()
        for first in range(0, rows, per_commit):
            values = [(n, "tosca-1", body, n) for n in range(first, min(rows, first + per_commit))]
            with connection.cursor() as cursor:
                cursor.executemany("INSERT INTO raw VALUES (%s, %s, %s, %s)", values)
            connection.commit()
        return rows / (time.perf_counter() - began)


def connect(url: str) -> psycopg.Connection:
    at = make_url(url)
    return psycopg.connect(host=at.host, port=at.port, user=at.username, dbname=at.database)
