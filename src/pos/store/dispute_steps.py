"""What this till did about disputes, beside the facts that say it: kept until the office tells it back, and after."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from pos.store.tables import dispute_step


def add(connection: Connection, number: int, dispute: str, step: dict[str, Any]) -> None:
    """Note what fact `number` did, in its own transaction."""
    connection.execute(insert(dispute_step), {"number": number, "dispute": dispute, "body": json.dumps(step)})


def by_dispute(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Dispute -> what was done about it here, in order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(select(dispute_step).order_by(dispute_step.c.number)):
        found.setdefault(row.dispute, []).append(json.loads(row.body))
    return found
