"""Ticket paper at this till: the accounts of its own facts (`pos.domain.blanks`), and which ticket is on which blank.

Part of the ledger: what changes something belongs inside its `transaction()`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from pos.domain.blanks import Books, Transfer
from pos.domain.serials import Serials, Series, each
from pos.store import tables as t

_note = upsert(t.stock_ticket)
_NOTE = _note.on_conflict_do_update(
    index_elements=["serial"], set_={"ticket": _note.excluded.ticket, "copy": _note.excluded.copy}
)


class BlankBook:
    """Belongs to the thread of its ledger's connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._books: Books | None = None

    def books(self) -> Books:
        """The accounts as this till's facts have them. Not to be changed by the caller."""
        if self._books is None:
            self._books = Books()
            for row in self._connection.execute(select(t.stock_run).order_by(*t.stock_run.primary_key)):
                runs = self._books.accounts.setdefault((row.account, Series(row.prefix, row.width)), [])
                runs.append((row.first, row.last, row.times))
        return self._books

    def book(self, transfers: Iterable[Transfer]) -> None:
        """Move numbers between accounts, as a fact of the same transaction says."""
        books = self.books()
        for transfer in transfers:
            books.book(transfer)
        for account, series in books.touched:
            named = {"account": account, "prefix": series.prefix, "width": series.width}
            columns = t.stock_run.c
            self._connection.execute(
                delete(t.stock_run).where(*(columns[name] == value for name, value in named.items()))
            )
            rows = [
                named | {"first": first, "last": last, "times": count}
                for first, last, count in books.accounts.get((account, series), ())
            ]
            if rows:
                self._connection.execute(insert(t.stock_run), rows)
        books.touched.clear()

    def note(self, ticket: str, copy: int, serials: Iterable[Serials]) -> None:
        """A ticket was printed on these blanks."""
        rows = [{"serial": serial, "ticket": ticket, "copy": copy} for serial in each(serials)]
        if rows:
            self._connection.execute(_NOTE, rows)

    def of_tickets(self, tickets: Sequence[str]) -> dict[str, list[str]]:
        """Ticket -> the numbers of the blanks it was printed on here, the newest copy last."""
        found: dict[str, list[str]] = {}
        table = t.stock_ticket
        rows = self._connection.execute(
            select(table).where(table.c.ticket.in_(tickets)).order_by(table.c.copy, table.c.serial)
        )
        for row in rows if tickets else ():
            found.setdefault(row.ticket, []).append(row.serial)
        return found

    def ticket_on(self, serial: str) -> str:
        """The ticket that was printed on a blank here, "" for none."""
        table = t.stock_ticket
        return str(self._connection.execute(select(table.c.ticket).where(table.c.serial == serial)).scalar() or "")

    def forget(self) -> None:
        """A transaction failed: what it booked is not there."""
        self._books = None
