"""The office's own Ed25519 key, made at first use and kept in its database."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, select

from sync.office.clock import now_iso
from sync.office.store.engine import Database
from sync.office.store.tables import CHANGE_HEAD, OFFICE


def office_key(database: Database) -> Ed25519PrivateKey:
    """The key with which answers are signed, the same for every process on this database."""
    with database.read() as connection:
        raw = connection.execute(select(OFFICE.c.private_key)).scalar()
    if raw is None:
        with database.write() as connection:
            # The head's one row is always there: its lock lets one of two first starts make the key.
            connection.execute(select(CHANGE_HEAD).with_for_update())
            raw = connection.execute(select(OFFICE.c.private_key)).scalar()
            if raw is None:
                raw = Ed25519PrivateKey.generate().private_bytes_raw()
                connection.execute(insert(OFFICE).values(id=1, private_key=raw, created_at=now_iso()))
    return Ed25519PrivateKey.from_private_bytes(raw)
