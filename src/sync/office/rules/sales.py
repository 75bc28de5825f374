"""Sales as the documents that tills look up, each ticket with its state and what has become of its papers."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from pos.domain.admission import Admission
from sync.office.store.tables import ADMISSION, SALE, TICKET

ENDED: Final = ("refunded", "exchanged", "void")
_PAGE_BYTES: Final = 4_000_000  # a page of sales ends early rather than grow huge


_MARKED: Final = (
    select(
        TICKET.c.sale_id, TICKET.c.id, TICKET.c.state, TICKET.c.issued, TICKET.c.copies, TICKET.c.claimed,
        TICKET.c.handed, ADMISSION.c.till, ADMISSION.c.at, ADMISSION.c.copy,
    )
    .join(ADMISSION, ADMISSION.c.ticket == TICKET.c.id, isouter=True)
    .where(
        TICKET.c.sale_id.in_(bindparam("ids", expanding=True)),
        TICKET.c.state.in_(ENDED) | (TICKET.c.issued == 0) | (TICKET.c.copies > 0) | (TICKET.c.claimed == 1)
        | (TICKET.c.handed != "") | ADMISSION.c.ticket.is_not(None),
    )
)  # fmt: skip


def documents_of(connection: Connection, sales: Collection[str]) -> dict[str, dict[str, Any]]:
    """Sale id -> its document, each ticket with its `state`. Where they are not as usual also `issued` (there is
    no paper of it yet), `copies` (the highest that was issued), `handed` (ready for its buyer, or handed out) and
    `admitted` (where, when, by which copy)."""
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
    marked: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in connection.execute(_MARKED, {"ids": [sale for sale, _ in rows]}):
        # A disputed ticket is on paper in someone's hand: it counts as live until a person decides.
        # One that was paid back without the right to has its place still, but no money is owed for it.
        state = row.state if row.state in ENDED else "refunded" if row.claimed else ""
        marks: dict[str, Any] = {"state": state} if state else {}
        marks |= {} if row.issued else {"issued": False}
        marks |= {"copies": row.copies} if row.copies else {}
        marks |= {"handed": json.loads(row.handed)} if row.handed else {}
        if row.till is not None:
            marks["admitted"] = Admission(row.till, row.at, row.copy).to_json()
        marked[row.sale_id][row.id] = marks
    found: dict[str, dict[str, Any]] = {}
    for sale, body in rows:
        document = json.loads(body)
        for ticket in document["tickets"]:
            ticket.update({"state": "live"} | marked[sale].get(ticket["id"], {}))
        found[sale] = document
    return found
