"""The entries of a period, read from the office's ledger: one for each fact that moved money, and for each order of a
season file, which the office sold without a till.

A fact counts by when it happened, not by when it arrived: a till that was away adds to the days that it sold on. What
season files put on vouchers and accounts stands in the books on no day, and is in no period.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, func, or_, select

from pos.domain.books import Posting, balanced
from pos.domain.facts import Kind
from pos.domain.figures.reading import OFFICE, account_of
from pos.domain.figures.sums import in_order
from pos.domain.money import Money
from sync.office.ledger.accounts import AccountMap, Target
from sync.office.store.tables import FACT, POSTING, SALE

_PAGE: Final = 2_000  # facts at a time
_ORDER: Final = "order:"  # what the postings of an order of a season file are filed under
_NAMED: Final = 20  # of the accounts that go nowhere
_DOCUMENTS: Final = ("sale", "refund", "exchange", "void", "deposit", "paid", "correction", "record")

Step = Callable[[int, int], None]
DayOf = Callable[[datetime], tuple[datetime, date]]


class CannotExport(Exception):
    """The text says why, for a person; nothing was written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact's postings. `at` is on the venue's clock, `day` its business day, `document` the sale, refund or
    shift that it is about, or ""."""

    fact: str
    till: str
    kind: str
    at: datetime
    day: date
    document: str
    postings: tuple[Posting, ...]

    def order(self) -> tuple[datetime, tuple[tuple[tuple[int, str], ...], str]]:
        return self.at, in_order(self.fact)


@dataclass(frozen=True, slots=True)
class Line:
    """A fact's postings to one account of the chart, added up; debit is positive. Never nothing."""

    target: Target
    amount: Money


def read_entries(connection: Connection, since: date, until: date, day_of: DayOf, step: Step) -> list[Entry]:
    """The entries of the days from `since` to `until`, both included, in the order in which they happened.

    `day_of` puts a moment on the venue's clock and says which business day it belongs to. `step` is told how many
    facts were looked at; what it raises ends the work. Raises CannotExport for a fact that does not balance.
    """
    of = connection.execute(select(func.count()).select_from(FACT)).scalar_one()
    found: list[Entry] = []
    done = 0
    for page in _pages(connection):
        postings = _postings(connection, [fact_id for fact_id, *_ in page])
        for fact_id, till, kind, envelope in page:
            if fact_id in postings:
                doc = json.loads(envelope)
                at, day = day_of(datetime.fromisoformat(doc["at"]))
                found.append(Entry(fact_id, till, kind, at, day, _document(doc["body"]), tuple(postings[fact_id])))
        found = [entry for entry in found if since <= entry.day <= until]
        done += len(page)
        step(done, of)
    found += [entry for entry in _orders(connection, day_of) if since <= entry.day <= until]
    for entry in found:
        if not balanced(entry.postings):
            raise CannotExport(f"the postings of {entry.fact} do not sum to zero: settle its dispute first")
    return sorted(found, key=Entry.order)


def _orders(connection: Connection, day_of: DayOf) -> Iterator[Entry]:
    """The sales of season files."""
    rows = connection.execute(
        select(SALE.c.id, SALE.c.fact_id, SALE.c.body).where(SALE.c.fact_id.like(f"{_ORDER}%")).order_by(SALE.c.id)
    ).all()
    for start in range(0, len(rows), _PAGE):
        page = rows[start : start + _PAGE]
        postings = _postings(connection, [row.fact_id for row in page])
        for row in page:
            if row.fact_id in postings:
                at, day = day_of(datetime.fromisoformat(json.loads(row.body)["at"]))
                kind = Kind.TICKETS_SOLD.value
                yield Entry(row.fact_id, OFFICE, kind, at, day, row.id, tuple(postings[row.fact_id]))


def _pages(connection: Connection) -> Iterator[list[tuple[str, str, str, str]]]:
    last = ("", 0, 0)
    while True:
        till, incarnation, number = last
        after = or_(
            FACT.c.till > till,
            and_(FACT.c.till == till, FACT.c.incarnation > incarnation),
            and_(FACT.c.till == till, FACT.c.incarnation == incarnation, FACT.c.number > number),
        )
        rows = connection.execute(
            select(FACT.c.till, FACT.c.incarnation, FACT.c.number, FACT.c.fact_id, FACT.c.kind, FACT.c.envelope)
            .where(after)
            .order_by(FACT.c.till, FACT.c.incarnation, FACT.c.number)
            .limit(_PAGE)
        ).all()
        if not rows:
            return
        last = rows[-1].till, rows[-1].incarnation, rows[-1].number
        yield [(row.fact_id, row.till, row.kind, row.envelope) for row in rows]


def _postings(connection: Connection, facts: list[str]) -> dict[str, list[Posting]]:
    found: dict[str, list[Posting]] = defaultdict(list)
    rows = connection.execute(
        select(POSTING).where(POSTING.c.fact_id.in_(facts)).order_by(POSTING.c.fact_id, POSTING.c.line)
    )
    for row in rows:
        # What is owed to whoever has a code goes by its kind: the code itself is worth money.
        found[row.fact_id].append(Posting(account_of(row.account), Money(row.minor, row.currency)))
    return found


def _document(body: Mapping[str, Any]) -> str:
    """The number of what a fact is about."""
    for name in _DOCUMENTS:
        told = body.get(name)
        if isinstance(told, dict) and isinstance(told.get("id"), str):
            return str(told["id"])
    shift = body.get("shift")
    return shift if isinstance(shift, str) else ""


def check_mapped(entries: list[Entry], accounts: AccountMap, leave_out: frozenset[str] = frozenset()) -> None:
    """Raises CannotExport, naming every account that has no number in the accounts file."""
    used = {one.account for entry in entries for one in entry.postings if one.amount.currency not in leave_out}
    lost = sorted(account for account in used if accounts.target(account) is None)
    if lost:
        more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
        raise CannotExport(f"{accounts.where} has no number for: {', '.join(lost[:_NAMED])}{more}")


def lines_of(entry: Entry, accounts: AccountMap) -> list[Line]:
    """What a fact does to each account of the chart, in the order in which it first names them."""
    sums: dict[tuple[Target, str], int] = {}
    for posting in entry.postings:
        target = accounts.target(posting.account)
        if target is None:
            raise CannotExport(f"{accounts.where} has no number for: {posting.account}")
        key = target, posting.amount.currency
        sums[key] = sums.get(key, 0) + posting.amount.minor
    return [Line(target, Money(minor, currency)) for (target, currency), minor in sums.items() if minor]
