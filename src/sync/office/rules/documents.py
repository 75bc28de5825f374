"""Small documents of the office, by family and id."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, delete, insert
from sqlalchemy.dialects import postgresql, sqlite

from sync.office.store.tables import DOCUMENT


def store(connection: Connection, family: str, id: str, body: dict[str, Any]) -> None:
    """Put a document in the place of the one that is there."""
    connection.execute(delete(DOCUMENT).where(DOCUMENT.c.family == family, DOCUMENT.c.id == id))
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    connection.execute(insert(DOCUMENT).values(family=family, id=id, body=text))


def put(connection: Connection, family: str, id: str, body: dict[str, Any]) -> None:
    """The same, over the row that is locked: whoever waits for it still finds it."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    written = dialect.insert(DOCUMENT).values(
        family=family, id=id, body=json.dumps(body, ensure_ascii=False, sort_keys=True)
    )
    connection.execute(
        written.on_conflict_do_update(index_elements=["family", "id"], set_={"body": written.excluded.body})
    )
