"""Live documents (`pos.domain.live`) that this till has made or changed: known here before the office tells of them.

Part of the ledger: `put` belongs inside its `transaction()`.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from pos.domain.live import Document
from pos.store import tables as t

_put = upsert(t.live)
_PUT = _put.on_conflict_do_update(index_elements=["family", "id"], set_={"body": _put.excluded.body})


class LiveBook:
    """Belongs to the thread of its ledger's connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._kept: dict[str, dict[str, Document]] = {}

    def put(self, family: str, document: Document) -> None:
        """As a fact of the same transaction carries it."""
        body = json.dumps(document, ensure_ascii=False, sort_keys=True)
        self._connection.execute(_PUT, {"family": family, "id": document["id"], "body": body})
        self._kept.pop(family, None)

    def all(self, family: str) -> dict[str, Document]:
        """id -> document. Shared between calls: not to be changed."""
        if family not in self._kept:
            rows = self._connection.execute(select(t.live.c.id, t.live.c.body).where(t.live.c.family == family))
            self._kept[family] = {id: json.loads(body) for id, body in rows}
        return self._kept[family]

    def add_deposit(self, shift: str, document: Document) -> None:
        """Money of a reservation that came in, or went back."""
        body = json.dumps(document, ensure_ascii=False, sort_keys=True)
        self._connection.execute(insert(t.deposit), {"shift": shift, "body": body})

    def deposits_of(self, shift: str) -> list[Document]:
        """Those of a shift, in order."""
        rows = self._connection.execute(
            select(t.deposit.c.body).where(t.deposit.c.shift == shift).order_by(t.deposit.c.id)
        )
        return [json.loads(body) for body in rows.scalars()]

    def forget(self) -> None:
        """A transaction failed: what it put is not there."""
        self._kept.clear()
