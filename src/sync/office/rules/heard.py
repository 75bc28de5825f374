"""Who has heard of what, and told all that it did before.

A till that has stored the change log up to a position acts by it from then on. Once the
office also has every fact that the till had made by that moment, nothing it did without
that knowledge can still come. What a person releases from a dead till's hands rests on this.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from sync.office.store.tables import HEARD, TILL

UNTOLD: Final = -1  # a till that cannot say where its journal ends
STOPPED: Final = 2**62  # what a till that never sells again has heard: everything there will ever be


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a till's pull said: everything up to `cursor` is stored, and its last fact is number `head`.

    `cursor` is STOPPED from a till that is fenced and knows it.
    """

    till: str
    incarnation: int
    cursor: int
    head: int


def enrolled(connection: Connection, till: str, incarnation: int, position: int) -> None:
    """A new incarnation begins with a snapshot from `position` or later, and has done nothing before it."""
    row = {"till": till, "incarnation": incarnation, "cursor": position, "head": 0, "settled": position}
    connection.execute(insert(HEARD).values(row))


def note(connection: Connection, pulls: Collection[Pulled]) -> None:
    """Write down what these pulls said."""
    latest = {(pull.till, pull.incarnation): pull for pull in pulls}
    if not latest:
        return
    known = connection.execute(
        _KNOWN.order_by(TILL.c.id, TILL.c.incarnation), {"tills": sorted({till for till, _ in latest})}
    ).all()
    rows = []
    for row in known:
        pull = latest.get((row.id, row.incarnation))
        if pull is None:
            continue
        settled = max(row.settled or 0, _settled(row.applied, row.head, row.cursor))
        settled = max(settled, _settled(row.applied, pull.head, pull.cursor))
        rows.append(
            {
                "till": row.id,
                "incarnation": row.incarnation,
                "cursor": pull.cursor,
                "head": pull.head,
                "settled": settled,
            }
        )
    if rows:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        statement = dialect.insert(HEARD)
        new = {name: statement.excluded[name] for name in ("cursor", "head", "settled")}
        connection.execute(statement.on_conflict_do_update(index_elements=["till", "incarnation"], set_=new), rows)


def settled(connection: Connection, till: str, incarnation: int) -> int:
    """The highest position that this till had heard when it made the last of the facts that are here by now."""
    row = connection.execute(_KNOWN.where(TILL.c.incarnation == incarnation), {"tills": [till]}).one_or_none()
    return max(row.settled or 0, _settled(row.applied, row.head, row.cursor)) if row is not None else 0


def _settled(applied: int, head: int | None, cursor: int | None) -> int:
    return cursor if cursor is not None and head is not None and UNTOLD < head <= applied else 0


_KNOWN: Final = (
    select(TILL.c.id, TILL.c.incarnation, TILL.c.applied, HEARD.c.cursor, HEARD.c.head, HEARD.c.settled)
    .join(HEARD, (HEARD.c.till == TILL.c.id) & (HEARD.c.incarnation == TILL.c.incarnation), isouter=True)
    .where(TILL.c.id.in_(bindparam("tills", expanding=True)))
)
