"""The replica's small statements: keys and values, documents, plans, sales."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError

from pos.domain.disputes import FAMILY
from pos.domain.errors import Unreadable
from pos.domain.live import FAMILIES as LIVE
from pos.domain.lookup import last4_of, sounds_of
from pos.domain.records import FAMILIES as RECORDS
from pos.store.replica.schema import document, meta, plan

# Disputes, records, holds and orders are documents as well, but no price hangs on them.
APART: Final = RECORDS | {FAMILY, *LIVE}
SEASON: Final = select(document.c.family, document.c.id, document.c.body).where(document.c.family.not_in(sorted(APART)))
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
# Made once: to put a statement together takes longer than SQLite needs for it.
_META: Final = select(meta.c.value).where(meta.c.key == bindparam("wanted"))
_INSERT_META: Final = insert(meta)
_SET_META: Final = _INSERT_META.on_conflict_do_update(
    index_elements=["key"], set_={"value": _INSERT_META.excluded.value}
)
_PLANS: Final = select(func.count()).select_from(plan).where(plan.c.version == bindparam("wanted"))
_INSERT_DOCUMENT: Final = insert(document)
_SET_DOCUMENT: Final = _INSERT_DOCUMENT.on_conflict_do_update(
    index_elements=["family", "id"], set_={"body": _INSERT_DOCUMENT.excluded.body}
)


def is_damage(error: DBAPIError | sqlite3.Error) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def roll_back(db: Connection) -> None:
    """A full disk or an I/O error has already ended the transaction."""
    raw = db.connection.dbapi_connection
    if isinstance(raw, sqlite3.Connection) and raw.in_transaction:
        raw.execute("ROLLBACK")


def get_meta(db: Connection, key: str) -> str:
    return str(db.execute(_META, {"wanted": key}).scalar_one_or_none() or "")


def set_meta(db: Connection, key: str, value: str) -> None:
    db.execute(_SET_META, {"key": key, "value": value})


def next_stamp(db: Connection) -> int:
    stamp = int(get_meta(db, "stamp") or 0) + 1
    set_meta(db, "stamp", str(stamp))
    return stamp


def has_plan(db: Connection, version: str) -> bool:
    return bool(db.execute(_PLANS, {"wanted": version}).scalar_one())


def store_document(db: Connection, family: str, name: str, body: dict[str, Any] | None) -> None:
    if body is None:
        db.execute(delete(document).where(document.c.family == family, document.c.id == name))
        return
    db.execute(_SET_DOCUMENT, {"family": family, "id": name, "body": json.dumps(body, ensure_ascii=False)})


def _spaced(words: Sequence[str]) -> str:
    """Words so that each is found whole, between spaces."""
    return f" {' '.join(words)} " if words else ""


def store_sales(db: Connection, documents: Sequence[dict[str, Any]]) -> None:
    """Sales' documents by value, the tickets found by code and id. Raises Unreadable."""
    sales: list[tuple[str, ...]] = []
    tickets: list[tuple[str, ...]] = []
    for body in documents:
        try:
            text = json.dumps(body, ensure_ascii=False)
            name = str(body.get("name") or "")
            found_by = name.casefold(), _spaced(sounds_of(name)), _spaced(last4_of(body))
            sales.append((body["id"], body["at"], body["till"], *found_by, text))
            tickets.extend((item["id"], item.get("code", ""), body["id"]) for item in body["tickets"])
        except (KeyError, TypeError, AttributeError) as error:
            raise Unreadable("a sale from the office", str(body.get("id", "")), repr(error)) from error
    if sales:
        db.exec_driver_sql(
            "INSERT OR REPLACE INTO sale (id, at, till, name, sounds, last4, body) VALUES (?, ?, ?, ?, ?, ?, ?)", sales
        )
    if tickets:
        db.exec_driver_sql("INSERT OR REPLACE INTO ticket (id, code, sale) VALUES (?, ?, ?)", tickets)
