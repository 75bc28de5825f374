"""What has become of tickets, own ones and those sold elsewhere: ended, refunded, printed again.

Part of the ledger: every method that changes something belongs inside its `transaction()`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from pos.store import tables as t

_END_OWN = update(t.ticket).where(t.ticket.c.id == bindparam("ended"))
_put_copies = upsert(t.ticket_copy)
_PUT_COPIES = _put_copies.on_conflict_do_update(
    index_elements=["ticket"],
    set_={"copies": _put_copies.excluded.copies},
    where=_put_copies.excluded.copies > t.ticket_copy.c.copies,
)


_hand = upsert(t.handed)
_HAND = _hand.on_conflict_do_update(index_elements=["ticket"], set_={"body": _hand.excluded.body})


class TicketBook:
    """Belongs to the thread of its ledger's connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def end(self, tickets: Iterable[str], state: str, document: str) -> None:
        """These tickets are worth nothing any more; `document` is the refund or exchange that ended them."""
        ended = list(tickets)
        self._connection.execute(
            insert(t.ticket_end), [{"ticket": ticket, "state": state, "document": document} for ticket in ended]
        )
        self._connection.execute(_END_OWN.values(state=state), [{"ended": ticket} for ticket in ended])

    def end_elsewhere(self, tickets: Sequence[str]) -> None:
        """Own tickets that came back at another window; the office says how."""
        if tickets:
            self._connection.execute(_END_OWN.values(state="void"), [{"ended": ticket} for ticket in tickets])

    def ended(self, tickets: Iterable[str]) -> dict[str, str]:
        """Ticket id -> refunded | exchanged | void, for those that ended here."""
        query = select(t.ticket_end.c.ticket, t.ticket_end.c.state).where(t.ticket_end.c.ticket.in_(list(tickets)))
        return {row.ticket: row.state for row in self._connection.execute(query)}

    def add_refund(self, shift: str, document: Mapping[str, Any]) -> None:
        self._connection.execute(insert(t.refund), {"id": document["id"], "shift": shift, "body": json.dumps(document)})

    def refunds_of(self, shift: str) -> list[dict[str, Any]]:
        rows = self._connection.execute(
            select(t.refund.c.body).where(t.refund.c.shift == shift).order_by(t.refund.c.id)
        )
        return [json.loads(row.body) for row in rows]

    def admit(self, ticket: str, at: str, copy: int) -> None:
        """Let in here, at that time (ISO 8601), by that paper."""
        self._connection.execute(insert(t.admission), {"ticket": ticket, "at": at, "copy": copy})

    def admitted(self, tickets: Iterable[str]) -> dict[str, tuple[str, int]]:
        """Ticket id -> when and by which paper, for those that were let in here."""
        query = select(t.admission).where(t.admission.c.ticket.in_(list(tickets)))
        return {row.ticket: (row.at, row.copy) for row in self._connection.execute(query)}

    def issued(self, tickets: Iterable[str]) -> set[str]:
        """Those of which this till knows a paper: sold here to be taken along, or printed here or elsewhere since."""
        wanted = list(tickets)
        known = self._connection.execute(
            select(t.ticket_copy.c.ticket)
            .where(t.ticket_copy.c.ticket.in_(wanted))
            .union(
                select(t.ticket.c.id)
                .join(t.sale, t.sale.c.id == t.ticket.c.sale)
                .where(
                    t.ticket.c.id.in_(wanted),
                    func.json_extract(t.sale.c.body, "$.delivery").is_distinct_from("pickup"),
                    func.json_extract(t.sale.c.body, "$.delivery").is_distinct_from("post"),
                )
            )
        )
        return set(known.scalars())

    def hand(self, tickets: Iterable[str], told: Mapping[str, Any]) -> None:
        """These are ready for whoever has ordered them, or were handed to them; `told` says which, when, to whom."""
        self._connection.execute(_HAND, [{"ticket": ticket, "body": json.dumps(told)} for ticket in tickets])

    def handed(self, tickets: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Ticket id -> what was last told of it here."""
        rows = self._connection.execute(select(t.handed).where(t.handed.c.ticket.in_(list(tickets))))
        return {row.ticket: json.loads(row.body) for row in rows}

    def copies(self, ticket: str) -> int:
        """How many copies of a ticket are known here to have been issued, the original not counted."""
        found = self._connection.execute(
            select(t.ticket_copy.c.copies).where(t.ticket_copy.c.ticket == ticket)
        ).scalar()
        return found or 0

    def put_copies(self, ticket: str, copies: int) -> None:
        """The original and at least so many copies of it have been issued, here or elsewhere."""
        self._connection.execute(_PUT_COPIES, {"ticket": ticket, "copies": copies})
