"""Opening the office's database, and the two ways to use it: to read and to write."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from sync.office.store import restores  # noqa: F401 - METADATA has its tables, too
from sync.office.store.tables import CHANGE_HEAD, METADATA

SCHEMA_HEAD: Final = "0022"  # the newest migration; a test holds it to the migrations folder
BUSY_TIMEOUT_MS: Final = 20_000
CONNECTIONS: Final = 12
_MIGRATION_LOCK: Final = 0x4866_0FF1  # pg_advisory_xact_lock: any fixed number that is ours


class CannotOpen(Exception):
    """The database cannot be used; the text says which and why."""


class Database:
    """The office's store. `read` and `write` hand out connections; both may be used from any thread."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sqlite = engine.dialect.name == "sqlite"
        # SQLite has one writer at a time. Queueing here wakes the next one at once, where
        # SQLite's own busy handler would sleep; other processes meet in that busy handler.
        self._writer = threading.Lock() if self.sqlite else None
        self._statements = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._snapshots = engine if self.sqlite else engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent picture of the whole database, for reading only."""
        with self._snapshots.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back by any exception."""
        if self._writer is None:
            with self.engine.begin() as connection:
                yield connection
            return
        writing = self.engine.execution_options(office_writer=True)
        with self._writer, writing.begin() as connection:
            yield connection

    @contextmanager
    def at_once(self) -> Iterator[Connection]:
        """Each statement is a transaction of its own."""
        with self._statements.connect() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Connect, and bring the tables up to date. Raises CannotOpen."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise CannotOpen(f"{url!r}: the office keeps its data in sqlite or postgresql")
        engine = _sqlite(url) if parsed.get_backend_name() == "sqlite" else _postgresql(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise CannotOpen(f"{url!r} is not a database URL that can be used: {error}") from error
    database = Database(engine)
    shown = parsed.render_as_string(hide_password=True)
    try:
        _upgrade(database)
    except DBAPIError as error:
        database.close()
        raise CannotOpen(f"{shown}: {error.orig}") from error
    except CannotOpen as error:
        database.close()
        raise CannotOpen(f"{shown}: {error}") from error
    return database


def _postgresql(url: str) -> Engine:
    # No ping before each use: a connection that the server has dropped fails once, the till asks
    # again, and the pool has been renewed. Parameters stay out of messages, as below.
    return create_engine(url, pool_size=CONNECTIONS, max_overflow=4, hide_parameters=True)


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # Transactions are begun by `_begin`, not by the driver's guess at the statement.
        connection.isolation_level = None
        # A rollback journal, not a WAL: other processes write while this one serves, and SQLite
        # up to 3.51.2 can corrupt a WAL when two connections write or checkpoint at once.
        connection.execute("PRAGMA journal_mode = TRUNCATE")
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("office_writer", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


# ---- schema ------------------------------------------------------------------------------


def _version(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(database: Database) -> None:
    """Make the tables of a new database, or run the migrations that an older one lacks: only these load Alembic."""
    with database.read() as connection:
        if _version(connection) == SCHEMA_HEAD:
            return
    with database.write() as connection:
        if not database.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        version = _version(connection)  # another process may have been first
        if version == SCHEMA_HEAD:
            return
        if version is None:
            _draw(connection)
            return
        from alembic.util import CommandError

        from sync.office.store.migrations import upgrade

        try:
            upgrade(connection, SCHEMA_HEAD)
        except CommandError as error:
            raise CannotOpen(f"its tables are of version {version}, which this program does not know") from error


def _draw(connection: Connection) -> None:
    METADATA.create_all(connection)
    connection.execute(CHANGE_HEAD.insert().values(id=1, position=0, signal=0))
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": SCHEMA_HEAD})
