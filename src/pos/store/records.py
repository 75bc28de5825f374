"""The records that this till keeps (pos.domain.records), as its last facts have them."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from pos.domain.records import Record
from pos.store.tables import own_record

_put = upsert(own_record)
_PUT = _put.on_conflict_do_update(index_elements=["family", "id"], set_={"body": _put.excluded.body})


def put(connection: Connection, family: str, record: Record) -> None:
    """Keep it, in the transaction of its fact."""
    connection.execute(_PUT, {"family": family, "id": record["id"], "body": json.dumps(record)})


def own(connection: Connection, family: str) -> dict[str, Record]:
    """Id -> record, of one family."""
    rows = connection.execute(select(own_record.c.id, own_record.c.body).where(own_record.c.family == family))
    return {row.id: json.loads(row.body) for row in rows}
