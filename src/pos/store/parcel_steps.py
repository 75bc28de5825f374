"""What this till did to parcels of cash (pos.domain.parcels), beside the facts that say it: kept until the office
tells it back, and after."""

from __future__ import annotations

import json

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from pos.domain.parcels import Step
from pos.store.tables import parcel_step


def add(connection: Connection, number: int, parcel: str, step: Step) -> None:
    """Note what fact `number` did, in its own transaction."""
    connection.execute(insert(parcel_step), {"number": number, "parcel": parcel, "body": json.dumps(step)})


def by_parcel(connection: Connection) -> dict[str, list[Step]]:
    """Parcel's id -> what was done to it here, in order."""
    found: dict[str, list[Step]] = {}
    for row in connection.execute(select(parcel_step).order_by(parcel_step.c.number)):
        found.setdefault(row.parcel, []).append(json.loads(row.body))
    return found
