"""Paper packs: numbered tickets that went out on paper, and what became of each.

Part of the ledger: every method that changes something belongs inside its `transaction()`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from typing import Final, Literal

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from pos.store import tables as t

State = Literal["out", "returned", "sold", "lost"]

_SET_STATE = update(t.pack_ticket).where(t.pack_ticket.c.id == bindparam("named")).values(state=bindparam("is_now"))


@dataclass(frozen=True, slots=True)
class PackTicket:
    """One numbered ticket of a pack. `place` is the seat or the area's unit, `shown` as faces name it."""

    id: str
    pack: str
    number: int
    show: str
    place: str
    shown: str
    category: str
    code: str
    state: State = "out"


@dataclass(frozen=True, slots=True)
class Pack:
    """Tickets of one show that went out together. `issued_at` is ISO 8601."""

    id: str
    shift: str
    user: str
    show: str
    issued_at: str


_COLUMNS: Final = tuple(field.name for field in fields(PackTicket))


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

    def of(self, pack: str) -> list[PackTicket]:
        """A pack's tickets by number; none when there is no such pack."""
        return self._read(t.pack_ticket.c.pack == pack)

    def named(self, names: Collection[str]) -> dict[str, PackTicket]:
        """Ticket ids or codes -> the tickets, as far as they are of a pack of this till."""
        column = t.pack_ticket.c
        found = self._read(column.id.in_(list(names)) | column.code.in_(list(names)))
        by_name = {name: ticket for ticket in found for name in (ticket.code, ticket.id)}
        return {name: by_name[name] for name in names if name in by_name}

    def set_state(self, tickets: Collection[PackTicket], state: State) -> None:
        self._connection.execute(_SET_STATE, [{"named": ticket.id, "is_now": state} for ticket in tickets])

    def _read(self, condition: ColumnElement[bool]) -> list[PackTicket]:
        query = select(t.pack_ticket).where(condition).order_by(t.pack_ticket.c.number)
        return [PackTicket(*(getattr(row, name) for name in _COLUMNS)) for row in self._connection.execute(query)]
