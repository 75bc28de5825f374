"""Closed shifts at the office: which there are, and which a second person has verified."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, literal_column, select

from pos.domain.facts import Fact, Kind
from sync.office.store.tables import FACT, TILL

AT_MOST: Final = 100  # shifts that a till is told at once

# What a report has in every version of a till.
_WHOLE: Final = frozenset("opened_by closed_by opened_at closed_at expected counted difference by_tender".split())

Closed = dict[str, Any]  # {`shift`, `till`, `incarnation`, `report`, `people`, `state`, `verified`}


def lay(connection: Connection, facts: Sequence[Fact]) -> dict[str, str]:
    """The fact by which each shift that these facts verify has been verified before.

    The tills whose shifts they are are locked: two that verify one shift are heard one after the other.
    """
    tills = {str(fact.body.get("till")) for fact in facts if fact.kind == Kind.SHIFT_VERIFIED}
    if not tills:
        return {}
    connection.execute(
        select(TILL.c.id).where(TILL.c.id.in_(tills)).order_by(TILL.c.id, TILL.c.incarnation).with_for_update()
    )
    return {shift: fact_id for shift, (fact_id, _) in _verified(connection).items()}


def closed(connection: Connection, shift: str) -> Closed | None:
    """A closed shift by its id."""
    found = (one for one in _closed(connection, limit=None) if one["shift"] == shift)
    return next(found, None)


def latest(connection: Connection, *, unverified: bool) -> list[Closed]:
    """Closed shifts, those that the office heard of last on top."""
    found: list[Closed] = []
    for one in _closed(connection, limit=None if unverified else AT_MOST):
        if not (unverified and one["verified"]):
            found.append(one)
        if len(found) == AT_MOST:
            break
    return found


def _closed(connection: Connection, limit: int | None) -> list[Closed]:
    verified = _verified(connection)
    query = of_kind(Kind.SHIFT_CLOSED).order_by(FACT.c.received_at.desc(), FACT.c.number.desc()).limit(limit)
    found = []
    for row in connection.execute(query):
        body = json.loads(row.envelope)["body"]
        report = body.get("report")
        if not isinstance(report, dict) or not report.keys() >= _WHOLE:
            continue  # it was disputed as unreadable when it came
        people = {report.get("opened_by"), report.get("cashier"), body["user"], *report.get("by_cashier", {})}
        _, told = verified.get(body["shift"], ("", None))
        found.append(
            {
                "shift": body["shift"],
                "till": row.till,
                "incarnation": row.incarnation,
                "report": report,
                "people": sorted(filter(None, people)),
                "state": "final",
                "verified": told,
            }
        )
    return found


def _verified(connection: Connection) -> dict[str, tuple[str, dict[str, Any]]]:
    """Shift -> the first fact that verified it, and its body."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for row in connection.execute(of_kind(Kind.SHIFT_VERIFIED).order_by(FACT.c.received_at, FACT.c.fact_id)):
        body = json.loads(row.envelope)["body"]
        found.setdefault(body["shift"], (row.fact_id, body))
    return found


def of_kind(kind: Kind) -> Select[Any]:
    """Facts of a kind about shifts. The kind stands in the statement, so that its index is used."""
    wanted: Any = literal_column(f"'{kind.value}'")
    return select(FACT.c.fact_id, FACT.c.till, FACT.c.incarnation, FACT.c.number, FACT.c.envelope).where(
        FACT.c.kind == wanted
    )
