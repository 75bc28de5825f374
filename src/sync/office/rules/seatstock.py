"""Seat stock by the office's own rights: what it counts is what there is, whatever tills believe."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select

from pos.domain.live import HOLD
from pos.domain.season import thresholds_of
from pos.domain.seatstock import KILLED_TYPES, Age, Line, SeatStock, alert, count
from sync.office.clock import now_iso
from sync.office.store.tables import DOCUMENT, FACT, LIVE, PLAN, RIGHT, SALE, TICKET

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


def look(connection: Connection, _till: str, _fields: dict[str, Any]) -> dict[str, Any]:
    """`shows`: those that are still to come with their stock, how they age, and what wants a look."""
    now = datetime.fromisoformat(now_iso())
    bodies = connection.execute(select(DOCUMENT.c.body).where(DOCUMENT.c.family == "show")).scalars()
    starts = {show["id"]: datetime.fromisoformat(show["starts"]) for show in map(json.loads, bodies)}
    venue = connection.execute(select(DOCUMENT.c.body).where(DOCUMENT.c.family == "venue")).scalar()
    thresholds = thresholds_of(json.loads(venue) if venue else {})
    sold = _sold(connection, now - timedelta(days=7))
    lines = []
    for stock in seat_stock(connection):
        if starts[stock.show] >= now:
            age = Age.at(now, starts[stock.show], sold[stock.show])
            lines.append(Line(stock.show, starts[stock.show].isoformat(), stock, age, alert(stock, age, thresholds)))
    return {"shows": [line.to_json() for line in lines]}


def _sold(connection: Connection, since: datetime) -> defaultdict[str, Counter[datetime]]:
    """Show -> when tickets that are live still were sold since then, and how many."""
    lately = (
        select(SALE.c.id, SALE.c.body)
        .join(FACT, FACT.c.fact_id == SALE.c.fact_id)
        .where(FACT.c.received_at >= since.isoformat(timespec="milliseconds"))
    )
    at = {sale: datetime.fromisoformat(json.loads(body)["at"]) for sale, body in connection.execute(lately)}
    tickets = (
        select(TICKET.c.sale_id, TICKET.c.show_id, func.count())
        .where(TICKET.c.state == "live", TICKET.c.sale_id.in_(lately.with_only_columns(SALE.c.id)))
        .group_by(TICKET.c.sale_id, TICKET.c.show_id)
    )
    found: defaultdict[str, Counter[datetime]] = defaultdict(Counter)
    for sale, show, count_ in connection.execute(tickets):
        found[show][at[sale]] += count_
    return found


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
