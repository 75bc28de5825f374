"""Tills as the office knows them: their keys, their numbers, whether they may still act."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pos.domain.certificate import Hand, key_document
from pos.domain.rights import OfficeState
from sync.office.rules import changes, heard
from sync.office.rules.places import Key, Place, lock_where, write
from sync.office.store.tables import DOCUMENT, FACT, PRESENCE, RECALL, RIGHT, RIVAL_FACT, TILL

FENCE: Final = "fence"  # the family of the documents by which tills hear who is fenced
# Asked with every pull and push, so put together once.
_THIS: Final = (TILL.c.id == bindparam("till"), TILL.c.incarnation == bindparam("of"))
_STANDING: Final = select(TILL.c.applied, TILL.c.head_hash, TILL.c.state).where(*_THIS)
_LOCK_FOR_PUSH: Final = _STANDING.with_for_update(key_share=True)
_LOCK_TO_END: Final = _STANDING.with_for_update()
# To join an incarnation with the last fact of it that is here, if there is any.
LAST_FACT: Final = (
    (FACT.c.till == TILL.c.id) & (FACT.c.incarnation == TILL.c.incarnation) & (FACT.c.number == TILL.c.applied)
)


def public_key(connection: Connection, till: str, incarnation: int) -> bytes | None:
    """The till's key, None when there is no such till or incarnation."""
    return connection.execute(
        select(TILL.c.public_key).where(TILL.c.id == till, TILL.c.incarnation == incarnation)
    ).scalar()


def standing(connection: Connection, till: str, incarnation: int) -> tuple[int, str, str]:
    """(applied number, head hash, state) of an incarnation that exists."""
    applied, head_hash, state = connection.execute(_STANDING, {"till": till, "of": incarnation}).one()
    return applied, head_hash, state


def lock_for_push(connection: Connection, till: str, incarnation: int, *, ending: bool = False) -> tuple[int, str, str]:
    """(applied number, head hash, state); from here on this transaction alone applies facts of this till.

    `ending`: nothing may be granted to it meanwhile either.
    """
    this = _LOCK_TO_END if ending else _LOCK_FOR_PUSH
    applied, head_hash, state = connection.execute(this, {"till": till, "of": incarnation}).one()
    return applied, head_hash, state


def _this(hand: Hand) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return TILL.c.id == hand.till, TILL.c.incarnation == hand.incarnation


def held(connection: Connection, hand: Hand) -> set[Key]:
    """Every place that the office has with this incarnation."""
    rows = connection.execute(
        select(RIGHT.c.show_id, RIGHT.c.place).where(
            RIGHT.c.holder == hand.till, RIGHT.c.incarnation == hand.incarnation
        )
    )
    return {(row.show_id, row.place) for row in rows}


def forked(connection: Connection, hand: Hand) -> bool:
    """Whether facts have come that rival this incarnation's own: its disk was restored or cloned."""
    rival = select(RIVAL_FACT.c.number).where(RIVAL_FACT.c.till == hand.till)
    return connection.execute(rival.where(RIVAL_FACT.c.incarnation == hand.incarnation).limit(1)).first() is not None


def bury(connection: Connection, hand: Hand) -> None:
    """This incarnation is dead: its ledger has ended, or a person says so. `tell` it afterwards."""
    connection.execute(update(TILL).where(*_this(hand)).values(state="DEAD"))
    connection.execute(delete(RECALL).where(RECALL.c.holder == hand.till, RECALL.c.incarnation == hand.incarnation))


def fence(connection: Connection, till: str, incarnation: int, now: int) -> list[Place]:
    """No more rights for this incarnation, and none of those it has may be sold by anyone.

    Returns the places that went into quarantine, for `tell`. They keep holder and token: what
    it sold before is still to come, and will be booked.
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


def tell(
    connection: Connection,
    till: str,
    incarnation: int,
    state: str,
    places: Sequence[Place],
    entries: Sequence[changes.Entry] = (),
    *,
    signal: bool = False,
) -> None:
    """Let every till hear that this one is fenced or dead, and note where the log says so.

    Call it last in a transaction, as `changes.log`. A till that has heard it takes nothing from
    that incarnation any more, whoever brings it.
    """
    name = f"{till}.{incarnation}"
    body = {"id": name, "till": till, "incarnation": incarnation, "state": state}
    connection.execute(delete(DOCUMENT).where(DOCUMENT.c.family == FENCE, DOCUMENT.c.id == name))
    connection.execute(insert(DOCUMENT).values(family=FENCE, id=name, body=json.dumps(body, sort_keys=True)))
    fenced = changes.Entry("document", family=FENCE, id=name, body=body)
    changes.log(connection, [*changes.of_places(places), *entries, fenced], signal=signal)
    position, _ = changes.head(connection)  # ours: the head's row is locked since
    connection.execute(
        update(TILL)
        .where(TILL.c.id == till, TILL.c.incarnation == incarnation, TILL.c.fenced_at == 0)
        .values(fenced_at=position)
    )


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
    """A new, active incarnation, whose key every till is told of. Call it last, as `changes.log`."""
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
    changes.log(connection, [_introduce(connection, Hand(till, incarnation), key)])
    heard.enrolled(connection, till, incarnation, changes.head(connection)[0])


def _introduce(connection: Connection, hand: Hand, key: bytes) -> changes.Entry:
    """The key, for every till: those that pass rights to each other know each other by it."""
    body = key_document(hand, key)
    connection.execute(insert(DOCUMENT).values(family="key", id=body["id"], body=json.dumps(body, sort_keys=True)))
    return changes.Entry("document", family="key", id=body["id"], body=body)
