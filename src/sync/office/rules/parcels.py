"""Parcels of cash and the safe at the office: kept as all facts about them say, told to every till.

Any till may take a step of a parcel, and two may at once. So what a page says is laid over what is known only when
the change log's head is in hand, which one page has at a time; whoever is second finds what the first has written.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from pos.domain.books import SAFE
from pos.domain.facts import Fact, Kind
from pos.domain.money import Money
from pos.domain.parcels import FAMILY, Document, Step, after, contradiction, steps_in
from sync.office.rules.changes import Entry
from sync.office.rules.disputes import Found
from sync.office.store.tables import CHANGE_HEAD, DOCUMENT, POSTING

_LOCK: Final = select(CHANGE_HEAD.c.position).with_for_update()
_KNOWN: Final = select(DOCUMENT.c.id, DOCUMENT.c.body).where(
    DOCUMENT.c.family == bindparam("of_family"), DOCUMENT.c.id.in_(bindparam("ids", expanding=True))
)


@dataclass
class Cash:
    """What a page of facts does to parcels and to the safe."""

    steps: list[tuple[str, Step]] = field(default_factory=list)
    head: tuple[str, int] | None = None  # the hand and number of the last fact that moved the safe's money
    count: dict[str, Any] | None = None  # the last count of the safe

    def post(self, fact: Fact) -> None:
        """Money that a fact moves into or out of the safe: booked whether or not its body can be read."""
        if any(posting.account == SAFE for posting in fact.postings):
            self.head = f"{fact.till}.{fact.incarnation}", fact.number

    def take(self, fact: Fact) -> None:
        """What a fact that can be read does to parcels."""
        self.steps += steps_in(fact)
        if fact.kind == Kind.SAFE_COUNTED:
            kept = ("when", "counted", "expected", "difference", "second", "missing_bags", "note")
            told = {key: fact.body[key] for key in kept if key in fact.body}
            self.count = {"by": fact.body["user"], "at": fact.at, "till": fact.till, "fact": fact.fact_id} | told
            self.head = f"{fact.till}.{fact.incarnation}", fact.number

    def write(self, connection: Connection) -> tuple[list[Entry], list[Found]]:
        """Write them; what tills are told, and what cannot be true. To be called right before the change log, after
        the page's postings are written."""
        if not self.steps and self.head is None:
            return [], []
        connection.execute(_LOCK)
        known = _documents(connection, FAMILY, {id for id, _ in self.steps})
        changed: dict[str, Document] = {}
        found: list[Found] = []
        for id, step in self.steps:
            before = changed.get(id, known.get(id))
            if why := contradiction(before, step):
                found.append(Found(step["fact"], "parcel", f"{id}: {why}", (), {"parcel": id, "why": why}))
            changed[id] = after(before, id, step)
        entries = _put(connection, FAMILY, changed)
        if self.head is not None:
            entries += _put(connection, SAFE, {SAFE: self._safe(connection, self.head)})
        return entries, found

    def _safe(self, connection: Connection, head: tuple[str, int]) -> dict[str, Any]:
        """What lies loose in the safe by the ledger, and up to which fact of each till."""
        known = _documents(connection, SAFE, {SAFE}).get(SAFE, {"heads": {}})
        sums = (
            select(POSTING.c.currency, func.sum(POSTING.c.minor))
            .where(POSTING.c.account == SAFE)
            .group_by(POSTING.c.currency)
            .order_by(POSTING.c.currency)
        )
        balances = {code: str(Money(int(minor), code)) for code, minor in connection.execute(sums)}
        told = {"id": SAFE, "balances": balances, "heads": known["heads"] | {head[0]: head[1]}}
        count = self.count or known.get("count")
        return told | ({"count": count} if count else {})


def _documents(connection: Connection, family: str, ids: set[str]) -> dict[str, Document]:
    if not ids:
        return {}
    rows = connection.execute(_KNOWN, {"of_family": family, "ids": sorted(ids)})
    return {row.id: json.loads(row.body) for row in rows}


def _put(connection: Connection, family: str, documents: dict[str, Document]) -> list[Entry]:
    if not documents:
        return []
    rows = [
        {"family": family, "id": id, "body": json.dumps(body, ensure_ascii=False, sort_keys=True)}
        for id, body in sorted(documents.items())
    ]
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(DOCUMENT)
    newest = insert.on_conflict_do_update(index_elements=["family", "id"], set_={"body": insert.excluded.body})
    connection.execute(newest, rows)
    return [Entry("document", family=family, id=id, body=body) for id, body in sorted(documents.items())]
