"""Tills as the office knows them: their keys, their numbers, whether they may still act."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pos.domain.rights import OfficeState
from sync.office.rules.places import Place, lock_where, write
from sync.office.store.tables import PRESENCE, RECALL, RIGHT, TILL


def public_key(connection: Connection, till: str, incarnation: int) -> bytes | None:
    """The till's key, None when there is no such till or incarnation."""
    return connection.execute(
        select(TILL.c.public_key).where(TILL.c.id == till, TILL.c.incarnation == incarnation)
    ).scalar()


def standing(connection: Connection, till: str, incarnation: int) -> tuple[int, str, str]:
    """(applied number, head hash, state) of an incarnation that exists."""
    applied, head_hash, state = connection.execute(
        select(TILL.c.applied, TILL.c.head_hash, TILL.c.state).where(
            TILL.c.id == till, TILL.c.incarnation == incarnation
        )
    ).one()
    return applied, head_hash, state


def lock_for_push(connection: Connection, till: str, incarnation: int) -> tuple[int, str, str]:
    """(applied number, head hash, state); from here on this transaction alone applies facts of this till."""
    applied, head_hash, state = connection.execute(
        select(TILL.c.applied, TILL.c.head_hash, TILL.c.state)
        .where(TILL.c.id == till, TILL.c.incarnation == incarnation)
        .with_for_update(key_share=True)
    ).one()
    return applied, head_hash, state


def fence(connection: Connection, till: str, incarnation: int, now: int) -> list[Place]:
    """No more rights for this incarnation, and none of those it has may be sold by anyone.

    Returns the places that went into quarantine, for the change log. They keep holder and
    token: what it sold before is still to come, and will be booked.
    """
    this = (TILL.c.id == till, TILL.c.incarnation == incarnation)
    connection.execute(select(TILL.c.id).where(*this).with_for_update())
    connection.execute(update(TILL).where(*this, TILL.c.state == "ACTIVE").values(state="FENCED"))
    connection.execute(delete(RECALL).where(RECALL.c.holder == till, RECALL.c.incarnation == incarnation))
    held = (RIGHT.c.holder == till) & (RIGHT.c.incarnation == incarnation)
    places = lock_where(connection, held & (RIGHT.c.state == OfficeState.LEASED.value))
    for place in places:
        place.set(OfficeState.QUARANTINE, till, incarnation, now)
    write(connection, places)
    return places


def seen(connection: Connection, tills: Collection[str], now: float) -> None:
    """These tills spoke just now."""
    rows = [{"till": till, "last_seen": now} for till in sorted(tills)]
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(PRESENCE)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["till"], set_={"last_seen": statement.excluded.last_seen}),
        rows,
    )


def enrol(connection: Connection, till: str, incarnation: int, key: bytes, head_hash: str, at: str) -> None:
    """A new, active incarnation."""
    connection.execute(
        insert(TILL).values(
            id=till,
            incarnation=incarnation,
            public_key=key,
            applied=0,
            head_hash=head_hash,
            state="ACTIVE",
            enrolled_at=at,
        )
    )
