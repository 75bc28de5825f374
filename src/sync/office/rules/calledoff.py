"""Shows and places that are called off (`pos.domain.contingency.calledoff`), as the office has them."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from pos.domain.contingency.calledoff import FAMILY, CalledOff
from sync.office.store.tables import DOCUMENT

_QUERY = select(DOCUMENT.c.body).where(DOCUMENT.c.family == FAMILY)


def called_off(connection: Connection) -> CalledOff:
    return CalledOff(json.loads(body) for body in connection.execute(_QUERY).scalars())
