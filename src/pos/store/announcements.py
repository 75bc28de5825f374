"""What each show was announced with, as somebody at this till last read it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from pos.store.tables import announcement

_put = upsert(announcement)
_PUT = _put.on_conflict_do_update(
    index_elements=["show"],
    set_={name: _put.excluded[name] for name in ("version", "told", "read_by", "read_at")},
)


@dataclass(frozen=True, slots=True)
class Read:
    """`by` is "" for what the till had from the start: nobody needed to read that it had changed."""

    show: str
    version: str
    told: Mapping[str, Any]
    by: str
    at: str


def versions(connection: Connection) -> dict[str, str]:
    """Show -> the version that was read here."""
    return {row.show: row.version for row in connection.execute(select(announcement.c.show, announcement.c.version))}


def read(connection: Connection, show: str) -> Read | None:
    """What was read of one show here."""
    row = connection.execute(select(announcement).where(announcement.c.show == show)).first()
    return Read(row.show, row.version, json.loads(row.told), row.read_by, row.read_at) if row else None


def put(connection: Connection, reads: Sequence[Read]) -> None:
    """Keep them instead of what was read before."""
    rows = [
        {"show": one.show, "version": one.version, "told": json.dumps(one.told), "read_by": one.by, "read_at": one.at}
        for one in reads
    ]
    if rows:
        connection.execute(_PUT, rows)
