"""Outages, and what happened in each.

Part of the ledger: every method that changes something belongs inside its `transaction()`. None of it is a fact: an
outage is this till's own view, and its incident report alone is told to others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from pos.store import tables as t

_note = upsert(t.outage_note)
_NOTE_AGAIN = _note.on_conflict_do_update(
    index_elements=["outage", "kind", "key"],
    index_where=t.outage_note.c.key != "",
    set_={"times": t.outage_note.c.times + 1},
)


@dataclass(frozen=True, slots=True)
class Outage:
    """Times are ISO 8601, "" for what has not happened yet: `back_at`, when the level was normal again; `sent_at`, when
    the office had everything. `first_number` and `last_number` are the journal's end at `began_at` and at `back_at`."""

    id: int
    began_at: str
    first_number: int
    back_at: str = ""
    last_number: int = 0
    sent_at: str = ""
    incident: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that happened. `number` is the journal's end then, `times` how often the same thing happened."""

    at: str
    number: int
    kind: str
    key: str
    times: int
    body: dict[str, Any]


class OutageBook:
    """Belongs to the thread of its ledger's connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._open: tuple[Outage | None] | None = None  # as it was looked up

    def forget(self) -> None:
        """A transaction failed: what it put is not there."""
        self._open = None

    def open(self) -> Outage | None:
        """The one that has no report yet."""
        if self._open is None:
            query = select(t.outage).where(t.outage.c.incident == "").order_by(t.outage.c.id.desc()).limit(1)
            row = self._connection.execute(query).first()
            self._open = (Outage(*row) if row is not None else None,)
        return self._open[0]

    def all(self) -> list[Outage]:
        """The newest first."""
        return [Outage(*row) for row in self._connection.execute(select(t.outage).order_by(t.outage.c.id.desc()))]

    def begin(self, at: str, number: int) -> None:
        """A new one, while none is open."""
        self._open = None
        self._connection.execute(insert(t.outage), {"began_at": at, "first_number": number})

    def change(self, outage: int, **values: Any) -> None:
        """Put some of its values anew."""
        self._open = None
        self._connection.execute(update(t.outage).where(t.outage.c.id == outage), values)

    def note(self, outage: int, at: str, number: int, kind: str, body: Mapping[str, Any], key: str = "") -> None:
        """What happened; the same `key` once more is counted."""
        row = {"outage": outage, "at": at, "number": number, "kind": kind, "key": key, "times": 1}
        self._connection.execute(_NOTE_AGAIN if key else insert(t.outage_note), row | {"body": json.dumps(body)})

    def notes(self, outage: int, *kinds: str) -> list[Note]:
        """In order; of these kinds, or all."""
        query = select(t.outage_note).where(t.outage_note.c.outage == outage).order_by(t.outage_note.c.id)
        if kinds:
            query = query.where(t.outage_note.c.kind.in_(kinds))
        rows = self._connection.execute(query)
        return [Note(row.at, row.number, row.kind, row.key, row.times, json.loads(row.body)) for row in rows]
