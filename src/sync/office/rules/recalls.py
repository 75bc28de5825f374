"""Recalls: the office asks a till for idle rights that another till's customer wants now.

A recall lives as long as a claim waits for it. It ends when the right comes back, when
the holder declines, when the claim is answered, or by itself at the claim's deadline.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select, tuple_, update

from sync.office.rules.places import Key, Place
from sync.office.store.tables import PRESENCE, RECALL, RIGHT
from sync.wire import RecallItem

ONLINE_S: Final = 12.0  # a till that spoke this recently can be asked
GRACE_S: Final = 1.0  # a recall outlives its claim's deadline by this much at most


@dataclass(frozen=True, slots=True)
class Asked:
    """A recall row of one waiting claim."""

    token: tuple[int, int]
    declined: bool


def online(connection: Connection, tills: Collection[str], now: float) -> set[str]:
    """Which of these tills spoke lately."""
    if not tills:
        return set()
    rows = connection.execute(
        select(PRESENCE.c.till).where(
            PRESENCE.c.till.in_(bindparam("tills", expanding=True)), PRESENCE.c.last_seen > now - ONLINE_S
        ),
        {"tills": sorted(tills)},
    )
    return set(rows.scalars())


def asked(connection: Connection, claims: Collection[str]) -> dict[str, dict[Key, Asked]]:
    """Claim id -> place -> what was asked for it."""
    if not claims:
        return {}
    found: dict[str, dict[Key, Asked]] = {claim: {} for claim in claims}
    rows = connection.execute(
        select(RECALL).where(RECALL.c.wanted_by.in_(bindparam("ids", expanding=True))), {"ids": sorted(claims)}
    )
    for row in rows:
        found[row.wanted_by][row.show_id, row.place] = Asked((row.epoch, row.hop), row.state == "declined")
    return found


def ask(connection: Connection, claim: str, places: Sequence[Place], deadline: float, *, spare: bool = False) -> None:
    """Ask the holders of these places, for this claim; what it asked before is replaced.

    `spare`: only for what they can do without.
    """
    forget(connection, [claim])
    connection.execute(
        insert(RECALL),
        [
            {
                "show_id": place.show,
                "place": place.place,
                "wanted_by": claim,
                "holder": place.holder,
                "incarnation": place.incarnation,
                "epoch": place.epoch,
                "hop": place.hop,
                "state": "open",
                "expires_at": deadline + GRACE_S,
                "spare": int(spare),
            }
            for place in places
        ],
    )


def unanswered(connection: Connection, claim: str) -> bool:
    """Whether somebody still has to answer what was asked for this claim."""
    open_rows = select(RECALL.c.place).where(RECALL.c.wanted_by == claim, RECALL.c.state == "open").limit(1)
    return connection.execute(open_rows).first() is not None


def forget(connection: Connection, claims: Collection[str]) -> None:
    """These claims wait no longer."""
    if claims:
        connection.execute(
            delete(RECALL).where(RECALL.c.wanted_by.in_(bindparam("ids", expanding=True))), {"ids": sorted(claims)}
        )


def forget_expired(connection: Connection, now: float) -> None:
    """Clear what a server left behind that died while claims waited in it."""
    connection.execute(delete(RECALL).where(RECALL.c.expires_at <= now))


def settled(connection: Connection, keys: Collection[Key]) -> bool:
    """These places have passed on: nobody need be asked for them. True when somebody was."""
    if not keys or connection.execute(select(RECALL.c.place).limit(1)).first() is None:
        return False
    removed = connection.execute(
        delete(RECALL).where(tuple_(RECALL.c.show_id, RECALL.c.place).in_(bindparam("keys", expanding=True))),
        {"keys": sorted(keys)},
    )
    return removed.rowcount > 0


def decline(connection: Connection, till: str, items: Sequence[RecallItem]) -> bool:
    """The holder keeps these for now. True when one of them was open.

    What it cannot spare for another till it may still give for another's customer.
    """
    declined = 0
    for item in items:
        declined += connection.execute(
            update(RECALL)
            .where(
                RECALL.c.holder == till,
                RECALL.c.show_id == item.show,
                RECALL.c.place == item.place,
                RECALL.c.epoch == item.epoch,
                RECALL.c.hop == item.hop,
                RECALL.c.state == "open",
                RECALL.c.spare >= int(item.spare),
            )
            .values(state="declined")
        ).rowcount
    return declined > 0


_THESE: Final = (RECALL.c.show_id, RECALL.c.place, RECALL.c.epoch, RECALL.c.hop, RIGHT.c.state)
_OPEN: Final = (
    select(*_THESE, func.min(RECALL.c.spare).label("spare"))
    .join(RIGHT, (RIGHT.c.show_id == RECALL.c.show_id) & (RIGHT.c.place == RECALL.c.place))
    .where(
        RECALL.c.holder == bindparam("till"),
        RECALL.c.incarnation == bindparam("incarnation"),
        RECALL.c.state == "open",
        RECALL.c.expires_at > bindparam("now"),
    )
    .group_by(*_THESE)
    .order_by(RECALL.c.show_id, RECALL.c.place)
)


def open_for(connection: Connection, till: str, incarnation: int, now: float) -> list[RecallItem]:
    """What this till is asked for and has not answered."""
    rows = connection.execute(_OPEN, {"till": till, "incarnation": incarnation, "now": now})
    return [
        RecallItem(
            show=row.show_id,
            place=row.place,
            epoch=row.epoch,
            hop=row.hop,
            sold=row.state == "SOLD",
            held=row.state == "HELD",
            spare=bool(row.spare),
        )
        for row in rows
    ]
