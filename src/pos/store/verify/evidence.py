"""What there is to judge: the ledger's rows as plain values, read in one consistent look."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

Place = tuple[str, str]  # show, place
Token = tuple[int, int]  # epoch, hop

_BUSY_S: Final = 5.0
_TABLES: Final = ("journal", "own_right", "shift", "cash_move", "sale", "ticket", "basket_line", "print_job", "meta")
# Not there yet in a ledger that only an earlier version has opened.
_LATER: Final = (
    "beside",
    "admission",
    "purse",
    "dispute_step",
    "parcel_step",
    "ticket_end",
    "refund",
    "payment",
    "certificate",
    "pack",
    "pack_ticket",
    "stock_run",
    "shift_step",
)


class CannotRead(Exception):
    """Something that has to be judged is missing or damaged; the message says what."""


@dataclass
class Findings:
    """`violations` break a rule; `notes` are for a person to know."""

    violations: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def wrong(self, invariant: str, what: str) -> None:
        self.violations.append(f"{invariant} {what}")


@dataclass(frozen=True)
class Evidence:
    """Who the till is, and the rows of its ledger: table name -> rows as dicts.

    `public_key` is None where this machine does not have the till's key; `mark` is
    (incarnation, number, hash), None where there is none.
    """

    till: str
    incarnation: int
    public_key: bytes | None
    mark: tuple[int, int, str] | None
    tables: dict[str, list[dict[str, Any]]]
    acknowledged: int


def read_ledger(
    path: Path, till: str, incarnation: int, public_key: bytes | None, mark: tuple[int, int, str] | None
) -> Evidence:
    """Read the whole ledger. Raises CannotRead."""
    if not path.exists():
        raise CannotRead(f"{path} is not there; a till writes it at its first start")
    with looking_at(path) as db:
        there = {row["name"] for row in db.execute("SELECT name FROM sqlite_master")}
        tables = {name: _rows(db, name) for name in _TABLES}
        tables |= {name: _rows(db, name) if name in there else [] for name in _LATER}
    meta = {row["key"]: row["value"] for row in tables["meta"]}
    acknowledged = str(meta.get("acknowledged", "0"))
    if not acknowledged.isdigit():
        raise CannotRead(f"{path}: meta.acknowledged is {acknowledged!r}, not a number")
    return Evidence(till, incarnation, public_key, mark, tables, int(acknowledged))


def _rows(db: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY 1")]


@contextmanager
def looking_at(path: Path) -> Iterator[sqlite3.Connection]:
    """One read of a database that may be in use: can neither write nor checkpoint. Raises CannotRead."""
    try:
        # "immutable" would overlook a log beside the file; "ro" needs one beside a file in WAL
        # mode, and makes an empty one where there is none, as any reader does.
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_S, isolation_level=None)) as db:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA query_only = 1")
            db.execute("PRAGMA wal_autocheckpoint = 0")
            damage = db.execute("PRAGMA quick_check(1)").fetchone()[0]
            if damage != "ok":
                raise CannotRead(f"{path} is damaged: {damage}")
            db.execute("BEGIN")
            yield db
            db.execute("ROLLBACK")
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise CannotRead(f"{path} cannot be read: {error}") from error
