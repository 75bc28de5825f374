"""The replica's tables, and how a show's places are packed into them.

The places of a show are one column of fixed-size records in seating order, cut into
blocks of PER_BLOCK. A stadium of 52,012 places is then 204 rows: it loads, counts and
comes back as whole columns in milliseconds, and one seat's change rewrites one block.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

import numpy as np
from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    StaticPool,
    Table,
    Text,
    create_engine,
)

from pos.domain.rights import OfficeState

SCHEMA_VERSION: Final = 3
PER_BLOCK: Final = 256
BUSY_S: Final = 5.0

# `state` is the letter of LETTERS in ASCII, `holder` a row of the table below.
RECORD: Final = np.dtype([("state", "u1"), ("holder", "<u4"), ("since", "<u4"), ("epoch", "<u4"), ("hop", "<u4")])

# The letters of the wire's place columns.
LETTERS: Final[dict[OfficeState, str]] = {
    OfficeState.POOL: "P",
    OfficeState.HELD: "H",
    OfficeState.LEASED: "L",
    OfficeState.SOLD: "S",
    OfficeState.PAPER: "A",
    OfficeState.QUARANTINE: "Q",
}
STATES: Final[dict[int, OfficeState]] = {ord(letter): state for state, letter in LETTERS.items()}

metadata = MetaData()

# cursor, complete, documents_version, disputes_version, office (its key), office_time
meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
document = Table(
    "document",
    metadata,
    Column("family", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
)
plan = Table(
    "plan",
    metadata,
    Column("version", Text, primary_key=True),
    Column("blob", LargeBinary, nullable=False),
)
# `layout` is the plan's version and the areas that the records are numbered by. `position` is where
# the office stood when it told the whole show: a change up to there is in it already. `stamp` changes
# with every change to a place of the show, so that readers know what to read again.
show_places = Table(
    "show_places",
    metadata,
    Column("show", Text, primary_key=True),
    Column("layout", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("stamp", Integer, nullable=False),
    sqlite_with_rowid=False,
)
place_block = Table(
    "place_block",
    metadata,
    Column("show", Text, primary_key=True),
    Column("block", Integer, primary_key=True),
    Column("records", LargeBinary, nullable=False),
)
holder = Table(
    "holder",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)
# For the look-up: `name` is the buyer's, case-folded, `sounds` how its words sound, `last4` the last digits that are
# on record of the buyer; each of the two between spaces (pos.domain.lookup).
sale = Table(
    "sale",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("till", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sounds", Text, nullable=False),
    Column("last4", Text, nullable=False),
    Column("body", Text, nullable=False),
)
ticket = Table(
    "ticket",
    metadata,
    Column("id", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("sale", Text, nullable=False),
    Index("ticket_by_code", "code"),
    Index("ticket_by_sale", "sale"),
    sqlite_with_rowid=False,
)


def connect_to_write(path: Path) -> Connection:
    """The one writing connection. Transactions are begun explicitly."""

    def open_file() -> sqlite3.Connection:
        # The agent's threads take turns under the writer's lock.
        db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")  # a cache: power loss may cost the last page, which is asked again
        db.execute("PRAGMA journal_size_limit = 16777216")
        return db

    return create_engine("sqlite://", creator=open_file, poolclass=StaticPool, isolation_level="AUTOCOMMIT").connect()


def connect_to_read(path: Path) -> Connection:
    """A reading connection of one thread. It can neither write nor checkpoint, not even while closing:
    SQLite up to 3.51.2 may damage a WAL that two connections write or checkpoint at once."""

    def open_file() -> sqlite3.Connection:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        db = sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None)
        db.execute("PRAGMA query_only = 1")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        return db

    return create_engine("sqlite://", creator=open_file, poolclass=StaticPool, isolation_level="AUTOCOMMIT").connect()
