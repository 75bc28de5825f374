"""Closed shifts at the office: which there are, and which a second person has verified."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from pos.domain.facts import Fact, Kind
from sync.office.rules.stored import of_kind, told
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
    for row, fact in told(connection, query):
        body, report = fact.body, fact.body["report"]
        if not report.keys() >= _WHOLE:
            continue  # no version of a till writes such a one
        cashiers = report.get("by_cashier")
        people = [report["opened_by"], report.get("cashier"), body["user"]]
        people += cashiers if isinstance(cashiers, dict) else ()
        _, second = verified.get(body["shift"], ("", None))
        found.append(
            {
                "shift": body["shift"],
                "till": row.till,
                "incarnation": row.incarnation,
                "report": report,
                "people": sorted({name for name in people if name and isinstance(name, str)}),
                "state": "final",
                "verified": second,
            }
        )
    return found


def _verified(connection: Connection) -> dict[str, tuple[str, dict[str, Any]]]:
    """Shift -> the first fact that verified it, and its body."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for row, fact in told(connection, of_kind(Kind.SHIFT_VERIFIED).order_by(FACT.c.received_at, FACT.c.fact_id)):
        found.setdefault(fact.body["shift"], (row.fact_id, fact.body))
    return found
