"""A till that a person declares dead: its machine is gone, or what is left of it is only a copy.

Its rights go into quarantine. What becomes of them is for a sealed ledger to say
(`rules.board`), or for a person (`rules.releasing`).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from pos.domain.certificate import Hand
from sync.office.rules import tills
from sync.office.store.tables import PRESENCE, RIGHT, TILL


class NoSuchTill(Exception):
    """No till of this name was ever enrolled."""


@dataclass(frozen=True, slots=True)
class Death:
    """What is known of the dead. `held` counts places by state; `last_seen` is epoch seconds."""

    hand: Hand
    was: str
    facts: int
    held: dict[str, int]
    last_seen: float | None


def declare(connection: Connection, till: str, now: int) -> Death:
    """The till's latest incarnation is dead; nothing changes for one that is already. Raises NoSuchTill."""
    latest = connection.execute(select(func.max(TILL.c.incarnation)).where(TILL.c.id == till)).scalar()
    if latest is None:
        raise NoSuchTill(f"no till {till!r} was ever enrolled here")
    hand = Hand(till, latest)
    row = connection.execute(select(TILL).where(TILL.c.id == till, TILL.c.incarnation == latest)).one()
    if row.state != "DEAD" or row.fenced_at == 0:
        places = tills.fence(connection, till, latest, now)
        tills.bury(connection, hand)
        tills.tell(connection, till, latest, "DEAD", places)
    counts = connection.execute(
        select(RIGHT.c.state, func.count())
        .where(RIGHT.c.holder == till, RIGHT.c.incarnation == latest)
        .group_by(RIGHT.c.state)
    )
    seen = connection.execute(select(PRESENCE.c.last_seen).where(PRESENCE.c.till == till)).scalar()
    return Death(hand, row.state, row.applied, {row[0]: row[1] for row in counts}, seen)
