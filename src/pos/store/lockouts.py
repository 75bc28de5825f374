"""Wrong PINs, and until when they lock a person out."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from pos.store.tables import lockout

_put = upsert(lockout)
_PUT = _put.on_conflict_do_update(
    index_elements=["user"], set_={"wrong": _put.excluded.wrong, "until": _put.excluded.until}
)


def of(connection: Connection, user: str) -> tuple[int, str]:
    """Wrong PINs in a row and until when the user is locked out ("" for not)."""
    row = connection.execute(select(lockout).where(lockout.c.user == user)).first()
    return (row.wrong, row.until) if row else (0, "")


def put(connection: Connection, user: str, wrong: int, until: str) -> None:
    """In a transaction of the ledger."""
    connection.execute(_PUT, {"user": user, "wrong": wrong, "until": until})
