"""Seat stock by the office's own rights: what it counts is what there is, whatever tills believe."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Final

from sqlalchemy import Connection, func, select

from pos.domain.live import HOLD
from pos.domain.seatstock import KILLED_TYPES, SeatStock, count
from sync.office.store.tables import DOCUMENT, LIVE, PLAN, RIGHT

_NAMED: Final = {
    "POOL": "free",
    "LEASED": "hands",
    "HELD": "held",
    "SOLD": "sold",
    "PAPER": "paper",
    "QUARANTINE": "frozen",
}


def seat_stock(connection: Connection) -> list[SeatStock]:
    """Every show's, by id. Raises ValueError for one whose places are not as many as its plan and areas have."""
    killed = {
        hold
        for hold, body in connection.execute(select(LIVE.c.id, LIVE.c.body).where(LIVE.c.family == HOLD))
        if json.loads(body)["type"] in KILLED_TYPES
    }
    parts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    groups = select(RIGHT.c.show_id, RIGHT.c.state, RIGHT.c.ticket, func.count())
    held = RIGHT.c.state == "HELD"
    for show, _, hold, places in connection.execute(
        groups.where(held).group_by(RIGHT.c.show_id, RIGHT.c.state, RIGHT.c.ticket)
    ):
        parts[show]["killed" if hold in killed else "held"] += places
    for show, state, places in connection.execute(
        select(RIGHT.c.show_id, RIGHT.c.state, func.count()).where(~held).group_by(RIGHT.c.show_id, RIGHT.c.state)
    ):
        parts[show][_NAMED[state]] += places
    return [count(show, capacity, parts[show]) for show, capacity in sorted(_capacities(connection).items())]


def _capacities(connection: Connection) -> dict[str, int]:
    """How many places each show has by its plan and its areas."""
    seats: dict[str, int] = {}
    found: dict[str, int] = {}
    for body in connection.execute(select(DOCUMENT.c.body).where(DOCUMENT.c.family == "show")).scalars():
        show = json.loads(body)
        version = show.get("plan_version", "")
        if version and version not in seats:
            seats[version] = _seats(connection, version)
        found[show["id"]] = seats.get(version, 0) + sum(area["capacity"] for area in show.get("areas", ()))
    return found


def _seats(connection: Connection, version: str) -> int:
    from pos.domain.plan import Plan

    blob = connection.execute(select(PLAN.c.blob).where(PLAN.c.version == version)).scalar_one()
    return len(Plan.from_bytes(bytes(blob)))
