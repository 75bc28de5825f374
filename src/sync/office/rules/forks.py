"""Histories that rival one another: a till's number that comes twice with different facts, and what follows.

Its disk was restored or cloned. Both are kept, none of the second is applied, and the till is fenced.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from sync.office.clock import now_iso
from sync.office.rules import disputes, tills
from sync.office.rules.reading import Arrived
from sync.office.store.tables import RIVAL_FACT


def follows(connection: Connection, till: str, incarnation: int, tail: Sequence[Arrived], head_hash: str) -> bool:
    """Whether these facts, beyond those that the office has, go on with a history that rivals its own."""
    if not tail or tail[0].fact is None or tail[0].fact.prev_hash == head_hash:
        return False
    before = (RIVAL_FACT.c.number == tail[0].item.number - 1) & (RIVAL_FACT.c.hash == tail[0].fact.prev_hash)
    this = (RIVAL_FACT.c.till == till) & (RIVAL_FACT.c.incarnation == incarnation)
    return connection.execute(select(RIVAL_FACT.c.number).where(this, before)).first() is not None


def keep(connection: Connection, till: str, incarnation: int, rivals: Sequence[Arrived], now: int) -> None:
    """The till's history has forked (an old or cloned disk): keep both, fence it, let a person see."""
    numbers = [one.item.number for one in rivals]
    kept = {
        (row.number, row.hash)
        for row in connection.execute(
            select(RIVAL_FACT.c.number, RIVAL_FACT.c.hash).where(
                RIVAL_FACT.c.till == till,
                RIVAL_FACT.c.incarnation == incarnation,
                RIVAL_FACT.c.number.between(min(numbers), max(numbers)),
            )
        )
    }
    at = now_iso()
    new = {(one.item.number, one.item.hash): one.item for one in rivals}
    rows: list[dict[str, Any]] = [
        {
            "till": till,
            "incarnation": incarnation,
            "number": item.number,
            "hash": item.hash,
            "envelope": item.envelope,
            "signature": item.signature,
            "received_at": at,
        }
        for key, item in new.items()
        if key not in kept
    ]
    if not rows:
        return
    connection.execute(insert(RIVAL_FACT), rows)
    places = tills.fence(connection, till, incarnation, now)
    found = [
        disputes.Found(
            f"{till}.{incarnation}.{row['number']}",
            "rival",
            f"another fact came under this number, with hash {row['hash']}: the till's data was restored or cloned",
            envelope=row["envelope"],
            beside=new[row["number"], row["hash"]].beside,
        )
        for row in rows
    ]
    tills.tell(connection, till, incarnation, "FENCED", places, disputes.open_all(connection, found, at))
