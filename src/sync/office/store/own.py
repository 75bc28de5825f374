"""The office's own Ed25519 key, made at first use and kept in its database, and what is derived from it."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select

from sync.office.clock import now_iso
from sync.office.store.engine import Database
from sync.office.store.tables import CHANGE_HEAD, OFFICE

_CODE_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32
_CODE_LENGTH: Final = 12  # 60 bits


def office_key(database: Database) -> Ed25519PrivateKey:
    """The key with which answers are signed, the same for every process on this database."""
    with database.read() as connection:
        raw = connection.execute(select(OFFICE.c.private_key)).scalar()
    if raw is None:
        with database.write() as connection:
            raw = _key(connection)
    return Ed25519PrivateKey.from_private_bytes(raw)


def ticket_codes(connection: Connection) -> Callable[[str], str]:
    """Ticket id -> the secret code of that ticket, for those that this office sells. In a transaction that writes.

    Derived from the key and the id (HMAC-SHA256, 60 bits of it): when an office was restored and the order is imported
    again, paper that was printed of it meanwhile is still good.
    """
    key = _key(connection)

    def code(ticket: str) -> str:
        digest = hmac.digest(key, b"housefull ticket code\0" + ticket.encode(), "sha256")
        return "".join(_CODE_LETTERS[byte % 32] for byte in digest[:_CODE_LENGTH])

    return code


def _key(connection: Connection) -> bytes:
    """The key's bytes; made now if this office has none yet."""
    raw: bytes | None = connection.execute(select(OFFICE.c.private_key)).scalar()
    if raw is None:
        # The head's one row is always there: its lock lets one of two first starts make the key.
        connection.execute(select(CHANGE_HEAD).with_for_update())
        raw = connection.execute(select(OFFICE.c.private_key)).scalar()
    if raw is None:
        raw = Ed25519PrivateKey.generate().private_bytes_raw()
        connection.execute(insert(OFFICE).values(id=1, private_key=raw, created_at=now_iso()))
    return raw
