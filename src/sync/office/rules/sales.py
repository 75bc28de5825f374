"""Sales as the documents that tills look up, each ticket with its state."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from sync.office.store.tables import SALE, TICKET

ENDED: Final = ("refunded", "exchanged", "void")
_PAGE_BYTES: Final = 4_000_000  # a page of sales ends early rather than grow huge


def documents_of(connection: Connection, sales: Collection[str]) -> dict[str, dict[str, Any]]:
    """Sale id -> its document, each ticket with its `state`."""
    if not sales:
        return {}
    rows = connection.execute(
        select(SALE.c.id, SALE.c.body).where(SALE.c.id.in_(bindparam("ids", expanding=True))), {"ids": list(sales)}
    ).all()
    return _documents(connection, [(row.id, row.body) for row in rows])


def page(connection: Connection, after: str, limit: int) -> tuple[list[dict[str, Any]], bool]:
    """Sales after an id, in id order, and whether there are more."""
    picked: list[tuple[str, str]] = []
    more, size = False, 0
    rows = connection.execution_options(yield_per=100).execute(
        select(SALE.c.id, SALE.c.body).where(SALE.c.id > after).order_by(SALE.c.id).limit(limit + 1)
    )
    for row in rows:
        if len(picked) == limit or size > _PAGE_BYTES:
            more = True
            break
        picked.append((row.id, row.body))
        size += len(row.body)
    rows.close()
    return list(_documents(connection, picked).values()), more


def _documents(connection: Connection, rows: list[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    ended: dict[str, dict[str, str]] = defaultdict(dict)
    tickets = connection.execute(
        select(TICKET.c.sale_id, TICKET.c.id, TICKET.c.state).where(
            TICKET.c.sale_id.in_(bindparam("ids", expanding=True)), TICKET.c.state.in_(ENDED)
        ),
        {"ids": [sale for sale, _ in rows]},
    )
    for sale, ticket, state in tickets:
        ended[sale][ticket] = state
    found: dict[str, dict[str, Any]] = {}
    for sale, body in rows:
        document = json.loads(body)
        # A disputed ticket is on paper in someone's hand: it counts as live until a person decides.
        for ticket in document["tickets"]:
            ticket["state"] = ended[sale].get(ticket["id"], "live")
        found[sale] = document
    return found
