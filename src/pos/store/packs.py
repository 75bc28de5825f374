"""Paper packs: numbered tickets that went out on paper, and what became of each.

Part of the ledger: every method that changes something belongs inside its `transaction()`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from typing import Final, Literal

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update

from pos.store import tables as t

State = Literal["out", "returned", "sold", "lost"]

_END = (
    update(t.pack_ticket)
    .where(t.pack_ticket.c.id == bindparam("named"))
    .values(state=bindparam("is_now"), ended_by=bindparam("by"), ended_at=bindparam("at"))
)
_CHANGE = (
    update(t.pack_keyed)
    .where(t.pack_keyed.c.ticket == bindparam("named"))
    .values(price_type=bindparam("kind"), proof=bindparam("seen"), sold_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class PackTicket:
    """One numbered ticket of a pack. `place` is the seat or the area's unit, `shown` as faces name it.

    `ended_by` is who took it back, booked or lost it, `ended_at` (ISO 8601) when; both are empty while it is out.
    """

    id: str
    pack: str
    number: int
    show: str
    place: str
    shown: str
    category: str
    code: str
    state: State = "out"
    ended_by: str = ""
    ended_at: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """Tickets of one show that went out together. `issued_at` is ISO 8601."""

    id: str
    shift: str
    user: str
    show: str
    issued_at: str


@dataclass(frozen=True, slots=True)
class Keyed:
    """A ticket that is typed as sold and not booked yet. Those of one `customer` become one sale, at `sold_at`."""

    ticket: str
    customer: int
    price_type: str
    proof: bool
    sold_at: str
    keyed_by: str
    keyed_at: str


_COLUMNS: Final = tuple(field.name for field in fields(PackTicket))
_KEYED: Final = tuple(field.name for field in fields(Keyed))


class PackBook:
    """Belongs to the thread of its ledger's connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, pack: Pack, tickets: Iterable[PackTicket]) -> None:
        self._connection.execute(
            insert(t.pack),
            {
                "id": pack.id,
                "shift": pack.shift,
                "user": pack.user,
                "show": pack.show,
                "issued_at": pack.issued_at,
            },
        )
        self._connection.execute(
            insert(t.pack_ticket), [{name: getattr(ticket, name) for name in _COLUMNS} for ticket in tickets]
        )

    def packs(self) -> list[Pack]:
        """All of them, the newest first."""
        rows = self._connection.execute(select(t.pack).order_by(t.pack.c.id.desc()))
        return [Pack(row.id, row.shift, row.user, row.show, row.issued_at) for row in rows]

    def counts(self) -> dict[str, dict[str, int]]:
        """Pack -> how many of its tickets are in each state."""
        column = t.pack_ticket.c
        query = select(column.pack, column.state, func.count()).group_by(column.pack, column.state)
        found: dict[str, dict[str, int]] = {}
        for pack, state, count in self._connection.execute(query):
            found.setdefault(pack, {})[state] = count
        return found

    def of(self, pack: str) -> list[PackTicket]:
        """A pack's tickets by number; none when there is no such pack."""
        return self._read(t.pack_ticket.c.pack == pack)

    def named(self, names: Collection[str]) -> dict[str, PackTicket]:
        """Ticket ids or codes -> the tickets, as far as they are of a pack of this till."""
        column = t.pack_ticket.c
        found = self._read(column.id.in_(list(names)) | column.code.in_(list(names)))
        by_name = {name: ticket for ticket in found for name in (ticket.code, ticket.id)}
        return {name: by_name[name] for name in names if name in by_name}

    def end(self, tickets: Collection[PackTicket], state: State, by: str, at: str) -> None:
        """They are not out any more: what `by` made of them, and when."""
        rows = [{"named": ticket.id, "is_now": state, "by": by, "at": at} for ticket in tickets]
        self._connection.execute(_END, rows)

    # ---- typed, and not booked yet ----------------------------------------------------------

    def keyed(self) -> list[Keyed]:
        """In the order in which they were typed."""
        rows = self._connection.execute(select(t.pack_keyed).order_by(t.pack_keyed.c.position))
        return [
            Keyed(row.ticket, row.customer, row.price_type, bool(row.proof), row.sold_at, row.keyed_by, row.keyed_at)
            for row in rows
        ]

    def key(self, lines: Collection[Keyed]) -> None:
        self._connection.execute(
            insert(t.pack_keyed), [{name: getattr(line, name) for name in _KEYED} for line in lines]
        )

    def change(self, lines: Collection[Keyed]) -> None:
        """The same tickets at another price type or time, where they stand."""
        rows = [
            {"named": line.ticket, "kind": line.price_type, "seen": line.proof, "at": line.sold_at} for line in lines
        ]
        self._connection.execute(_CHANGE, rows)

    def unkey(self, tickets: Collection[str]) -> None:
        self._connection.execute(delete(t.pack_keyed).where(t.pack_keyed.c.ticket.in_(list(tickets))))

    def _read(self, condition: ColumnElement[bool]) -> list[PackTicket]:
        query = select(t.pack_ticket).where(condition).order_by(t.pack_ticket.c.number)
        return [PackTicket(*(getattr(row, name) for name in _COLUMNS)) for row in self._connection.execute(query)]
