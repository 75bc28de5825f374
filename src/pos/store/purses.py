"""Vouchers and gift cards whose token this till has, or had: what was left on them as far as it knows.

Part of the ledger: every method that changes something belongs inside its `transaction()`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from pos.domain.money import Money
from pos.domain.purse import Purse, show_of
from pos.store import tables as t

_put = upsert(t.purse)
_PUT = _put.on_conflict_do_update(
    index_elements=["show", "code"],
    set_={name: _put.excluded[name] for name in ("minor", "currency", "valid_until")},
)


class PurseBook:
    """Belongs to the thread of its ledger's connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, purse: Purse) -> None:
        """As it was granted, or as it is after something was spent or paid back."""
        show, code = purse.key
        self._connection.execute(
            _PUT,
            {
                "show": show,
                "code": code,
                "minor": purse.left.minor,
                "currency": purse.left.currency,
                "valid_until": purse.valid_until.isoformat() if purse.valid_until is not None else "",
            },
        )

    def get(self, kind: str, code: str) -> Purse | None:
        """What is known of it; only while its token is in hand is that what is left."""
        query = select(t.purse).where(t.purse.c.show == show_of(kind), t.purse.c.code == code)
        row = self._connection.execute(query).first()
        if row is None:
            return None
        until = datetime.fromisoformat(row.valid_until) if row.valid_until else None
        return Purse(kind, code, Money(row.minor, row.currency), until)
