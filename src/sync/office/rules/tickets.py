"""Tickets as rows: which ids are taken, which tickets have ended, and what papers there are of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ARRAY, Connection, Text, any_, bindparam, select, update

from pos.domain.facts import Kind
from sync.office.rules.bodies import SaleBody
from sync.office.store.tables import SALE, TICKET

# What becomes of a ticket, by the kind of the fact that ends it.
ENDED_BY: Final[dict[str, str]] = {
    Kind.TICKETS_REFUNDED: "refunded",
    Kind.TICKETS_EXCHANGED: "exchanged",
    Kind.TICKETS_VOIDED: "void",
}
AT_ONCE: Final = 5_000  # ids in one statement; SQLite allows 32,766 parameters
_THIS: Final = (
    TICKET.c.id == bindparam("t_id"), TICKET.c.show_id == bindparam("t_show"), TICKET.c.unit == bindparam("t_unit"),
)  # fmt: skip
_END: Final = update(TICKET).where(*_THIS).values(state=bindparam("t_state"))
_CLAIM: Final = update(TICKET).where(*_THIS).values(claimed=1)
_COUNT_COPY: Final = (
    update(TICKET)
    .where(TICKET.c.id == bindparam("t_id"), TICKET.c.copies < bindparam("t_copy"))
    .values(copies=bindparam("t_copy"), issued=1)
)
_ISSUE: Final = update(TICKET).where(TICKET.c.id == bindparam("t_id")).values(issued=1)
# A copy of what lies ready somewhere is handed out: the paper that lies there is worth nothing any more.
_HAND_COPY: Final = (
    update(TICKET)
    .where(TICKET.c.id == bindparam("t_id"), TICKET.c.handed.like('%"ready": true%'))
    .values(handed=bindparam("t_handed"))
)
_HAND: Final = update(TICKET).where(TICKET.c.id == bindparam("t_id")).values(handed=bindparam("t_handed"))


def taken(connection: Connection, sales: Sequence[SaleBody]) -> set[str]:
    """The ids of these sales and of their tickets that the office already has."""
    return there(connection, [sale.id for sale in sales], [ticket.id for sale in sales for ticket in sale.tickets])


def there(connection: Connection, sales: Sequence[str], tickets: Sequence[str]) -> set[str]:
    """Which of these ids the office has."""
    sqlite = connection.dialect.name == "sqlite"
    known: set[str] = set()
    for table, ids in ((SALE, sales), (TICKET, tickets)):
        for at in range(0, len(ids), AT_ONCE):
            # One array for PostgreSQL, where a thousand parameters cost more than the look-up.
            several = bindparam("ids", expanding=True) if sqlite else any_(bindparam("ids", type_=ARRAY(Text)))
            named = table.c.id.in_(several) if sqlite else table.c.id == several
            found = connection.execute(select(table.c.id).where(named), {"ids": ids[at : at + AT_ONCE]})
            known.update(found.scalars())
    return known


def named(ticket: str, show: str, unit: str) -> dict[str, str]:
    """A ticket, as the statements here take it."""
    return {"t_id": ticket, "t_show": show, "t_unit": unit}


def end(connection: Connection, ended: Sequence[dict[str, Any]]) -> None:
    """Rows of `t_id`, `t_show`, `t_unit` and `t_state`: what has become of tickets.

    A ticket that is of another place is not what the fact was about: it stays.
    """
    if ended:
        connection.execute(_END, ended)


def claim(connection: Connection, claimed: Sequence[dict[str, Any]]) -> None:
    """Rows of `t_id`, `t_show` and `t_unit`: tickets that were paid back without the right to."""
    if claimed:
        # In order: two tills may tell of the same tickets at once.
        connection.execute(_CLAIM, sorted(claimed, key=lambda row: row["t_id"]))


def paid_back(connection: Connection, wanted: Sequence[str]) -> set[str]:
    """Those of these tickets that were paid back without the right to: nobody may do it again."""
    if not wanted:
        return set()
    of = TICKET.c.id.in_(bindparam("tickets", expanding=True))
    rows = connection.execute(select(TICKET.c.id).where(of, TICKET.c.claimed == 1), {"tickets": wanted})
    return set(rows.scalars())


def printed(connection: Connection, copies: Sequence[dict[str, Any]], issued: Sequence[str]) -> None:
    """What papers there are now: rows of `t_id` and `t_copy`, and tickets that have their first one."""
    if copies:
        connection.execute(_COUNT_COPY, copies)
    if issued:
        connection.execute(_ISSUE, [{"t_id": ticket} for ticket in issued])


def hand(connection: Connection, handed: Sequence[dict[str, Any]]) -> None:
    """Rows of `t_id` and `t_handed`: to whom tickets were handed out, or where they are ready."""
    if handed:
        connection.execute(_HAND, handed)


def hand_copies(connection: Connection, handed: Sequence[dict[str, Any]]) -> None:
    """Rows of `t_id` and `t_handed`: tickets of which a copy was handed out, if they lay ready."""
    if handed:
        connection.execute(_HAND_COPY, handed)


def papers(connection: Connection, wanted: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Ticket id -> what a grant of its token says: whether any paper was issued, and how many copies of it."""
    rows = connection.execute(
        select(TICKET.c.id, TICKET.c.issued, TICKET.c.copies).where(
            TICKET.c.id.in_(bindparam("tickets", expanding=True))
        ),
        {"tickets": wanted},
    )
    return {row.id: {"issued": bool(row.issued), "copies": row.copies} for row in rows}


def sales_of(connection: Connection, changed: Sequence[str]) -> list[str]:
    """The sales of tickets of which there is news: every till's look-up has to hear of it."""
    if not changed:
        return []
    query = select(TICKET.c.sale_id).where(TICKET.c.id.in_(bindparam("tickets", expanding=True))).distinct()
    return sorted(connection.execute(query, {"tickets": sorted(set(changed))}).scalars())
