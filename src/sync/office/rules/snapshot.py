"""What a till fetches whole: documents, a show's places as columns, plans, sales."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import Connection, select

from pos.domain.disputes import FAMILY
from pos.domain.records import FAMILIES as RECORDS
from pos.domain.season import FAMILIES
from sync.office.rules import changes, disputes, live, recovery
from sync.office.rules.sales import page
from sync.office.store.tables import DOCUMENT, PLAN, RIGHT
from sync.wire import STATE_LETTERS, Document, PlacesAnswer, SnapshotAnswer

_LETTER_OF: Final = {state: letter for letter, state in STATE_LETTERS.items()}


def documents(connection: Connection) -> SnapshotAnswer:
    """Every document that tills keep, and the position from which to pull."""
    cursor, _ = changes.head(connection)
    rows = connection.execute(
        select(DOCUMENT)
        .where(DOCUMENT.c.family.in_((*FAMILIES, *sorted(RECORDS))))
        .order_by(DOCUMENT.c.family, DOCUMENT.c.id)
    )
    found = [Document(family=row.family, id=row.id, body=json.loads(row.body)) for row in rows]
    found += [Document(family=FAMILY, id=body["id"], body=body) for body in disputes.documents(connection)]
    found += [Document(family=family, id=body["id"], body=body) for family, body in live.documents(connection)]
    return SnapshotAnswer(cursor=cursor, documents=found, generation=recovery.standing(connection).generation)


def places(connection: Connection, show: str) -> PlacesAnswer | None:
    """A show's places as columns in seating order, None when there is no such show."""
    position, _ = changes.head(connection)
    body = connection.execute(
        select(DOCUMENT.c.body).where(DOCUMENT.c.family == "show", DOCUMENT.c.id == show)
    ).scalar()
    if body is None:
        return None
    rows = connection.execute(
        select(RIGHT.c.ix, RIGHT.c.state, RIGHT.c.holder, RIGHT.c.since, RIGHT.c.epoch, RIGHT.c.hop).where(
            RIGHT.c.show_id == show
        )
    ).all()
    ordered = sorted(tuple(row) for row in rows)
    holders = sorted({row[2] for row in ordered})
    holder_ix = {holder: ix for ix, holder in enumerate(holders)}
    return PlacesAnswer.model_construct(
        show=show,
        plan_version=json.loads(body).get("plan_version", ""),
        position=position,
        states="".join([_LETTER_OF[row[1]] for row in ordered]),
        holders=holders,
        holder=[holder_ix[row[2]] for row in ordered],
        since=[row[3] for row in ordered],
        epoch=[row[4] for row in ordered],
        hop=[row[5] for row in ordered],
    )


def plan(connection: Connection, version: str) -> bytes | None:
    """A plan as one blob, None when there is no such version."""
    return connection.execute(select(PLAN.c.blob).where(PLAN.c.version == version)).scalar()


def sales(connection: Connection, after: str, limit: int) -> tuple[list[dict[str, Any]], bool]:
    """Sales' documents after an id, in id order, and whether there are more."""
    return page(connection, after, limit)
