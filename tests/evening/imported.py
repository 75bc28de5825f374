"""A season in an empty database: imported by the command that a venue uses, and copied to whoever wants the same."""

from __future__ import annotations

import itertools
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import psycopg
from sqlalchemy import URL, make_url

from tests.peers.office_process import office

_numbers: Final = itertools.count(1)
_made: Final[dict[tuple[str | bytes | int | None, ...], str]] = {}  # files and server -> the name of what they became


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="housefull-imported-")


def import_once(database: str, season: Path, plan: Path) -> None:
    """Fill `database`. The import takes a second and more, for PINs are hashed slowly on purpose."""
    target = make_url(database)
    key = (target.host, target.port, season.read_bytes(), plan.read_bytes())
    if key in _made:
        _copy(target, _made[key], to=str(target.database))
        return
    done = office("import", str(season), "--db", database)
    assert done.returncode == 0, done.stdout + done.stderr
    name = f"imported_{next(_numbers)}"
    made = name if target.host else str(Path(_folder().name) / name)
    _copy(target, str(target.database), to=made)
    _made[key] = made


def _copy(server: URL, source: str, *, to: str) -> None:
    if server.get_backend_name() == "sqlite":
        shutil.copyfile(source, to)
        return
    with psycopg.connect(host=server.host, port=server.port, user=server.username, dbname="postgres") as connection:
        connection.autocommit = True
        connection.execute(f"DROP DATABASE IF EXISTS {to}".encode())
        connection.execute(f"CREATE DATABASE {to} TEMPLATE {source}".encode())
