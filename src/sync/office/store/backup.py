"""Backups of the office's database while it serves, and a database made of one.

SQLite by its online backup, PostgreSQL by `pg_dump` and `psql`, whose password goes by their environment and never by
a command line. A restored database says so of itself in the very step that makes it (`after`): there is no moment in
which it could be taken for the one that was backed up.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, make_url

from sync.office.store.engine import SCHEMA_HEAD

FIRST_SCHEMA: Final = "0020"  # since which a database can say that it was restored
PAGES: Final = 500  # of SQLite in one step, about 2 MB: a claim waits for no more than that
_STARTS_AGAIN: Final = 5  # then it is copied in one go
_PREFIX: Final = "housefull-office-"


class CannotBackUp(Exception):
    """There is no backup, or none that can be restored; the text says why, for a person."""


def make(url: str, to: Path, at: str, keep: int, pause: Callable[[], None] = lambda: None) -> Path:
    """A new, checked backup in `to`, where the newest `keep` stay; `at` is ISO 8601, UTC. Raises CannotBackUp."""
    target = make_url(url)
    sqlite = target.get_backend_name() == "sqlite"
    suffix = ".db" if sqlite else ".dump"
    try:
        to.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=to) as draft:
            copy = Path(draft, "copy")
            if sqlite:
                _copy(Path(str(target.database)), copy, pause)
            else:
                _run(target, "pg_dump", "-Fc", "--no-owner", "--no-privileges", "-f", str(copy))
            check(copy)
            with copy.open("rb") as written:
                os.fsync(written.fileno())
            file = to / f"{_PREFIX}{re.sub(r'[^0-9]', '', at[:19])}{suffix}"
            copy.replace(file)
    except (OSError, sqlite3.Error) as error:
        raise CannotBackUp(f"no backup of {target.render_as_string(hide_password=True)} in {to}: {error}") from error
    for old in sorted(path for path in to.glob(f"{_PREFIX}*{suffix}") if path != file)[::-1][keep - 1 :]:
        old.unlink(missing_ok=True)
    return file


def check(file: Path) -> None:
    """Whether this is a whole backup of an office that this program can use. Raises CannotBackUp, OSError."""
    with file.open("rb") as start:
        magic = start.read(16)
    if magic.startswith(b"PGDMP"):
        if "TABLE DATA" not in _pg_restore(file, "--list"):
            raise CannotBackUp(f"{file} has no tables in it")
        return
    if magic != b"SQLite format 3\0":
        raise CannotBackUp(f"{file} is no backup of an office")
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as db:
            (said,) = db.execute("PRAGMA quick_check(1)").fetchone()
            (schema,) = db.execute("SELECT version_num FROM alembic_version").fetchone()
            heads = db.execute(
                "SELECT till.id, till.incarnation, till.applied, (SELECT count(*) FROM fact WHERE fact.till = till.id"
                " AND fact.incarnation = till.incarnation AND fact.number <= till.applied) AS facts FROM till"
            ).fetchall()
    except (sqlite3.Error, TypeError) as error:
        raise CannotBackUp(f"{file} is damaged: {error}") from error
    if said != "ok":
        raise CannotBackUp(f"{file} is damaged: {said}")
    _check_schema(file, schema)
    for till, incarnation, applied, facts in heads:
        if applied != facts:
            raise CannotBackUp(f"{file} has {facts} of the {applied} facts of till {till}.{incarnation}")


def _check_schema(file: Path, schema: str) -> None:
    if not FIRST_SCHEMA <= schema <= SCHEMA_HEAD:
        age = "newer" if schema > SCHEMA_HEAD else "older"
        raise CannotBackUp(f"{file}: its tables are of version {schema}, which is {age} than this program restores")


def restore(url: str, file: Path, after: Sequence[str], *, force: bool) -> Path | None:
    """Make the database what the backup says and carry out `after`, all in one step or not at all.

    The database must be empty unless `force`; what was there is a file beside it then (SQLite), which is returned, or
    gone (PostgreSQL). Raises CannotBackUp.
    """
    target = make_url(url)
    try:
        check(file)
        with file.open("rb") as start:
            dumped = start.read(5) == b"PGDMP"
        if dumped == (target.get_backend_name() == "sqlite"):
            raise CannotBackUp(f"{file} is of {'PostgreSQL' if dumped else 'SQLite'}, and the database is not")
        if dumped:
            _restore_postgresql(target, file, after, force=force)
            return None
        return _restore_sqlite(Path(str(target.database)), file, after, force=force)
    except (OSError, sqlite3.Error) as error:
        raise CannotBackUp(f"{file} cannot be restored: {error}") from error


# ---- SQLite ------------------------------------------------------------------------------------


class _StartsAgain(Exception):
    """Somebody writes between the steps, again and again."""


def _copy(source: Path, copy: Path, pause: Callable[[], None]) -> None:
    """Step by step, so that nobody waits long for the file; a step that finds it changed begins anew."""
    if not source.exists():
        raise CannotBackUp(f"{source} is not there")
    left, again = sys.maxsize, 0

    def stepped(_status: int, remaining: int, _total: int) -> None:
        nonlocal left, again
        again += remaining > left
        left = remaining
        if again >= _STARTS_AGAIN:
            raise _StartsAgain
        pause()

    with closing(sqlite3.connect(source, timeout=20.0)) as db, closing(sqlite3.connect(copy)) as target:
        try:
            db.backup(target, pages=PAGES, progress=stepped)
        except _StartsAgain:
            db.backup(target)


def _restore_sqlite(target: Path, file: Path, after: Sequence[str], *, force: bool) -> Path | None:
    there = target.exists() and target.stat().st_size > 0
    if there and not force:
        raise CannotBackUp(f"{target} is there already: with --force it is set aside")
    target.parent.mkdir(parents=True, exist_ok=True)
    with in_use(target) as alone:
        if not alone:
            raise CannotBackUp(f"an office serves on {target}: end it first")
        draft = target.with_name(target.name + ".restoring")
        try:
            shutil.copyfile(file, draft)
            with closing(sqlite3.connect(draft)) as db, db:
                for statement in after:
                    db.execute(statement)
            with draft.open("rb+") as written:
                os.fsync(written.fileno())
            aside = _set_aside(target) if there else None
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    return aside


def _set_aside(target: Path) -> Path:
    count = 1
    while (aside := target.with_name(f"{target.name}.before-restore-{count}")).exists():
        count += 1
    journal = target.with_name(target.name + "-journal")
    if journal.exists():  # of a process that was killed: without it the file is not whole
        journal.rename(aside.with_name(aside.name + "-journal"))
    target.rename(aside)
    return aside


@contextmanager
def in_use(database: Path, *, shared: bool = False) -> Iterator[bool]:
    """Hold the lock beside an SQLite database: `shared` by those who serve, alone by who restores. Whether it is held.

    On Windows a file that is open cannot be replaced, and no other lock is needed.
    """
    if sys.platform == "win32":
        yield True
        return
    import fcntl

    with database.with_name(database.name + ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            held = True
        except OSError:
            held = False
        yield held


# ---- PostgreSQL --------------------------------------------------------------------------------


def _run(target: URL, program: str, *words: str) -> str:
    """Run one of PostgreSQL's own programs on the database. Raises CannotBackUp with what it said."""
    from psycopg.conninfo import make_conninfo

    named: dict[str, Any] = {
        "host": target.host, "port": target.port, "user": target.username, "dbname": target.database,
    }  # fmt: skip
    told = make_conninfo(**{key: value for key, value in (named | dict(target.query)).items() if value})
    env = os.environ | ({"PGPASSWORD": str(target.password)} if target.password else {})
    return _call(env, program, "--no-password", f"--dbname={told}", *words)


def _pg_restore(file: Path, *words: str) -> str:
    return _call(dict(os.environ), "pg_restore", *words, str(file))


def _call(env: dict[str, str], program: str, *words: str) -> str:
    try:
        done = subprocess.run([program, *words], capture_output=True, text=True, env=env, check=False)
    except FileNotFoundError as error:
        raise CannotBackUp(f"{program} is not on this machine: install the PostgreSQL client programs") from error
    if done.returncode:
        raise CannotBackUp(f"{program}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def _restore_postgresql(target: URL, file: Path, after: Sequence[str], *, force: bool) -> None:
    ask = ("-XAtq", "-c")
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    if _run(target, "psql", *ask, others).strip() != "0":
        raise CannotBackUp(f"somebody is connected to {target.database}: end every office on it first")
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    if not force and _run(target, "psql", *ask, tables).strip() != "0":
        raise CannotBackUp(f"{target.database} is not empty: with --force what is there is dropped")
    with tempfile.TemporaryDirectory(prefix="housefull-") as draft:
        script = Path(draft, "restore.sql")
        _pg_restore(file, "--no-owner", "--no-privileges", "-f", str(script))
        _check_schema(file, _schema_in(script))
        first = ["-c", "DROP SCHEMA public CASCADE", "-c", "CREATE SCHEMA public"] if force else []
        # The script empties the search path.
        last = [word for statement in ("SET search_path TO public", *after) for word in ("-c", statement)]
        _run(target, "psql", "-Xq", "-1", "-v", "ON_ERROR_STOP=1", *first, "-f", str(script), *last)


def _schema_in(script: Path) -> str:
    with script.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("COPY public.alembic_version "):
                return next(lines, "").strip()
    return ""
