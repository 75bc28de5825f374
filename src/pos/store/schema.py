"""Opening ledger.db: engines, pragmas, and the schema at its present version."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

from pos.store.tables import metadata

HEAD: Final = "0020"  # the newest migration; lets a start skip loading Alembic
_VERSION_QUERY: Final = "SELECT version_num FROM alembic_version"


def writer_engine(path: Path) -> Engine:
    """The desk's one connection: WAL, and every commit reaches the disk before it returns.

    `synchronous=NORMAL` lost acknowledged sales at power loss. Autocommit, since the
    unit of work says BEGIN IMMEDIATE itself and reads must not take the write lock.
    """
    engine = create_engine(
        f"sqlite:///{path}", poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args={"timeout": 5.0}
    )
    event.listen(engine, "connect", _writer_pragmas)
    return engine


def reader_engine(path: Path, *, closed_elsewhere: bool = False) -> Engine:
    """A reader for one thread: may neither write nor checkpoint. With `closed_elsewhere` another thread may close its
    connections, when theirs have ended.

    SQLite up to 3.51.2 can corrupt a WAL when two connections write or checkpoint at once.
    """
    connect = {"timeout": 5.0, "check_same_thread": not closed_elsewhere}
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=connect)
    event.listen(engine, "connect", _reader_pragmas)
    return engine


def _writer_pragmas(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _reader_pragmas(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA wal_autocheckpoint=0")


def bring_up_to_date(connection: Connection) -> None:
    """Make the tables of a new ledger, or run the migrations that an older one lacks.

    Raises RuntimeError for a ledger newer than this program.
    """
    known = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'alembic_version'").first()
    version = connection.exec_driver_sql(_VERSION_QUERY).scalar() if known else None
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise RuntimeError(f"the ledger is of a newer version ({version}) than this program ({HEAD})")
    # One transaction around everything: a crash in the middle leaves the old schema whole.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        if version is None:
            _draw(connection)
        else:
            from pos.store.migrations import upgrade

            upgrade(connection, HEAD)
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


def _draw(connection: Connection) -> None:
    """A new ledger has no past to migrate: a first start need not load Alembic, either."""
    metadata.create_all(connection)
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (HEAD,))
