"""The journal: the till's append-only, numbered, hash-chained facts. It is the outbox too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import local
from typing import Final

from sqlalchemy import Connection, Text, bindparam, cast, func, insert, or_, select
from sqlalchemy.exc import DBAPIError

from pos.domain.facts import FIRST_HASH, SignedFact
from pos.store import tables
from pos.store.schema import reader_engine

_ALL = select(tables.journal, tables.beside.c.body.label("beside")).join(
    tables.beside, tables.beside.c.number == tables.journal.c.number, isouter=True
)
_AFTER = (
    _ALL.where(tables.journal.c.number > bindparam("number"))
    .order_by(tables.journal.c.number)
    .limit(bindparam("limit"))
)
_TEXT = cast(tables.journal.c.envelope, Text)
_KIND = func.json_extract(_TEXT, "$.kind")
_KINDS_AFTER = (
    select(_KIND.label("kind"), func.count().label("count"), func.min(func.json_extract(_TEXT, "$.at")).label("since"))
    .where(tables.journal.c.number > bindparam("number"))
    .group_by(_KIND)
    .order_by(func.min(tables.journal.c.number))
)
_HEAD = select(tables.journal.c.number, tables.journal.c.hash).order_by(tables.journal.c.number.desc()).limit(1)
_INSERT = insert(tables.journal)
_INSERT_BESIDE = insert(tables.beside)
_MAGIC: Final = b"SQLite format 3\0"


def append(connection: Connection, fact: SignedFact) -> None:
    """Add one fact, inside the caller's transaction."""
    connection.execute(
        _INSERT,
        {"number": fact.number, "hash": fact.hash, "envelope": fact.envelope, "signature": fact.signature},
    )
    if fact.beside:
        connection.execute(_INSERT_BESIDE, {"number": fact.number, "body": fact.beside})


def head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last fact, (0, FIRST_HASH) when there is none."""
    row = connection.execute(_HEAD).first()
    return (row.number, row.hash) if row else (0, FIRST_HASH)


def facts_after(connection: Connection, number: int, limit: int) -> list[SignedFact]:
    """Facts with a higher number, in order, at most `limit`."""
    rows = connection.execute(_AFTER, {"number": number, "limit": limit})
    return [SignedFact(row.number, row.envelope, row.hash, row.signature, row.beside or "") for row in rows]


def kinds_after(connection: Connection, number: int) -> list[tuple[str, int, str]]:
    """(kind, how many, when the first of them happened) of the facts with a higher number."""
    return [(row.kind, row[1], row.since) for row in connection.execute(_KINDS_AFTER, {"number": number})]


def facts_with(connection: Connection, texts: Sequence[str]) -> list[SignedFact]:
    """Facts whose envelope has one of these texts in it, in order. Reads them all: for a person who asks."""
    within = or_(*(func.instr(tables.journal.c.envelope, text.encode()) > 0 for text in texts))
    rows = connection.execute(_ALL.where(within).order_by(tables.journal.c.number))
    return [SignedFact(row.number, row.envelope, row.hash, row.signature, row.beside or "") for row in rows]


class JournalUnreadable(Exception):
    """The ledger is missing, damaged or no ledger; the text says which."""


@contextmanager
def reading(ledger: Path) -> Iterator[JournalReader]:
    """A ledger's journal, for this thread, closed at the end. Raises JournalUnreadable."""
    if not ledger.exists():
        raise JournalUnreadable(f"{ledger} is not there")
    # SQLite would throw the log of a file away that is none of its own, and with it what may still be read.
    with ledger.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise JournalUnreadable(f"{ledger} is no ledger, or is damaged")
    reader = JournalReader(ledger)
    try:
        yield reader
    except DBAPIError as error:
        raise JournalUnreadable(f"{ledger} cannot be read: {error.orig}") from error
    finally:
        reader.close()


def check_ledger(ledger: Path) -> None:
    """Raises JournalUnreadable unless this is a ledger that can be read."""
    with reading(ledger) as reader:
        reader.head()


class JournalReader:
    """Reads the journal from any thread, each with a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._engine = reader_engine(path, closed_elsewhere=True)
        self._local = local()
        self._opened: list[Connection] = []

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._engine.connect()
            self._opened.append(connection)
        return connection

    def close(self) -> None:
        """Close the connections of all threads, none of which reads any more."""
        for connection in self._opened:
            connection.close()
        self._engine.dispose()

    def facts_after(self, number: int, limit: int) -> Sequence[SignedFact]:
        return facts_after(self._connection(), number, limit)

    def head(self) -> tuple[int, str]:
        return head(self._connection())
