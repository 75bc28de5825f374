"""Ticket paper at the office: the books of all windows together (`pos.domain.blanks`), and what each is told it has.

What windows do with numbered blanks is booked as it comes, in whatever order they are heard in. Numbers that come
into more than one hand by it are a dispute; whatever else does not add up yet stands among what is told, as open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, and_, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from pos.domain.blanks import Books, Transfer, hand, transfers_in
from pos.domain.facts import Fact, Kind
from pos.domain.serials import Serials, Series, apart_from, counted
from sync.office.rules import documents
from sync.office.rules.changes import Entry
from sync.office.rules.disputes import Found
from sync.office.store.bulk import insert_rows
from sync.office.store.tables import STOCK_RUN, STOCK_SERIES

FAMILY: Final = "stock_hand"
TOLD_EVERY: Final = 50  # blanks that a window uses up before the others hear of it


@dataclass
class Stock:
    """The books of those series that a page of facts moves, locked after everything but the change log."""

    connection: Connection
    books: Books
    _told: set[str] = field(default_factory=set)  # windows that the others hear of

    @classmethod
    def lay(cls, connection: Connection, facts: Iterable[Fact]) -> Stock:
        series = {transfer.serials.series for fact in facts for transfer in _transfers(fact)}
        return cls(connection, _locked(connection, sorted(series)) if series else Books())

    def take(self, fact: Fact) -> list[Found]:
        """Book what a fact does with ticket paper; the numbers that are in more than one hand by it."""
        transfers = _transfers(fact)
        if not transfers:
            return []
        known = [one.serials for each in transfers for one in self.books.contested(each.serials)]
        had = counted(self.books.of(hand(fact.till)))
        for transfer in transfers:
            self.books.book(transfer)
        has = counted(self.books.of(hand(fact.till)))
        if fact.kind != Kind.PRINT_REPORTED or had // TOLD_EVERY != has // TOLD_EVERY:
            self._told |= {fact.till, *(till for each in transfers for till in _receivers(each))}
        found: list[Found] = []
        for transfer in transfers:
            for one in self.books.contested(transfer.serials):
                claims = ", ".join(one.claims)
                for fresh in apart_from(known, one.serials):
                    fields = {"serials": str(fresh), "claims": claims}
                    found.append(Found(fact.fact_id, "stock", f"{fresh}: {claims}", (), fields))
                known.append(one.serials)
        return found

    def write(self) -> list[Entry]:
        """Write what changed; what tills are told."""
        for account, series in sorted(self.books.touched):
            at = STOCK_RUN.c
            self.connection.execute(
                delete(STOCK_RUN).where(at.account == account, at.prefix == series.prefix, at.width == series.width)
            )
            rows = [
                {"account": account, "prefix": series.prefix, "width": series.width}
                | {"first": first, "last": last, "times": times}
                for first, last, times in self.books.accounts.get((account, series), ())
            ]
            insert_rows(self.connection, STOCK_RUN, rows)
        if not self._told:
            return []
        everything = books(self.connection)
        entries = []
        for till in sorted(self._told):
            body = told_of(everything, till)
            documents.store(self.connection, FAMILY, till, body)
            entries.append(Entry("document", family=FAMILY, id=till, body=body))
        return entries


def _transfers(fact: Fact) -> list[Transfer]:
    """None of a fact whose body cannot be read: that is a dispute by itself."""
    try:
        return transfers_in(fact.kind, fact.till, fact.body)
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _receivers(transfer: Transfer) -> list[str]:
    """The windows that paper is on its way to, or has come to."""
    ways = [name for name in (transfer.source, transfer.target) if name.startswith("way:")]
    return [name.partition(">")[2] for name in ways]


def _locked(connection: Connection, series: Sequence[Series]) -> Books:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    rows = [{"prefix": one.prefix, "width": one.width} for one in series]
    connection.execute(dialect.insert(STOCK_SERIES).on_conflict_do_nothing(), rows)
    named = or_(*(and_(STOCK_SERIES.c.prefix == one.prefix, STOCK_SERIES.c.width == one.width) for one in series))
    order = (STOCK_SERIES.c.prefix, STOCK_SERIES.c.width)
    connection.execute(select(STOCK_SERIES).where(named).order_by(*order).with_for_update()).all()
    return books(connection, series)


def books(connection: Connection, series: Sequence[Series] | None = None) -> Books:
    """The books as they are stored: of some series, or of all."""
    query = select(STOCK_RUN).order_by(*STOCK_RUN.primary_key)
    if series is not None:
        at = STOCK_RUN.c
        query = query.where(or_(*(and_(at.prefix == one.prefix, at.width == one.width) for one in series)))
    found = Books()
    for row in connection.execute(query):
        runs = found.accounts.setdefault((row.account, Series(row.prefix, row.width)), [])
        runs.append((row.first, row.last, row.times))
    return found


def told_of(everything: Books, till: str) -> dict[str, Any]:
    """What every till is told of a window's paper: in its hand, on its way to it, and what does not add up."""
    coming: dict[str, list[Serials]] = defaultdict(list)
    others = []
    for one in everything.open_items():
        if one.till == till and one.what == "underway":
            coming[one.other].append(one.serials)
        elif one.till == till:
            others.append(one.to_json())
    here = everything.of(hand(till))
    return {
        "id": till,
        "hand": [one.to_json() for one in here],
        "left": counted(here),
        "coming": [
            {"from": giver, "serials": [one.to_json() for one in serials]} for giver, serials in sorted(coming.items())
        ],
        "open": others,
    }
