"""What only the office knows, asked by a till for a person who waits at its counter."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Connection, exists, func, literal, select

from pos.domain.facts import Kind
from pos.domain.packages import KIND as PACKAGE
from pos.domain.purse import show_of
from pos.domain.story import Subject
from sync.office.rules import drawers, figures, frozen, houses, presence, seatstock, shifts, watched
from sync.office.rules.customers import records_of, sales_of
from sync.office.rules.sales import documents_of
from sync.office.rules.stored import of_kind, told
from sync.office.rules.stories import story, subject_of
from sync.office.store.tables import DOCUMENT, FACT, POSTING, PURSE, RIGHT

Fields = dict[str, Any]
AT_MOST: Final = 200  # sales of one customer that are told at once


def _customer(connection: Connection, _till: str, fields: Fields) -> Fields:
    """A customer's whole record, their sales and their cases."""
    id = str(fields["customer"])
    record = records_of(connection, [id]).get(id)
    while record is not None and "into" in record:
        record = records_of(connection, [record["into"]]).get(record["into"])
    if record is None or "erased" in record:
        return {"customer": record}
    ids = [record["id"], *record["merged"]]
    sales = [row.id for row in sales_of(connection, ids)][-AT_MOST:]
    cases = [
        document
        for body in connection.execute(select(DOCUMENT.c.body).where(DOCUMENT.c.family == "case")).scalars()
        if (document := json.loads(body)).get("customer") in ids or document.get("sale") in sales
    ]
    return {"customer": record, "sales": list(documents_of(connection, sales).values()), "cases": cases}


def _history(connection: Connection, _till: str, fields: Fields) -> Fields:
    """The story of a place of a show, or of a ticket."""
    if "ticket" in fields:
        subject = subject_of(connection, str(fields["ticket"]))
        return {"story": story(connection, subject)} if subject is not None else {}
    return {"story": story(connection, Subject(str(fields["show"]), str(fields["place"])))}


def _open(connection: Connection, till: str, fields: Fields) -> Fields:
    """A window has an order open, or has closed it: where else it is open."""
    found = presence.note(connection, till, str(fields["sale"]), str(fields["user"]), open_=bool(fields["open"]))
    return {"elsewhere": found}


def _package(connection: Connection, _till: str, fields: Fields) -> Fields:
    """A blank code of a pass: one that nobody holds, and that was never sold. Another till may be told the same;
    only one of them gets its token."""
    moved = select(POSTING.c.account).where(POSTING.c.account == literal(f"{PACKAGE}:").concat(PURSE.c.code))
    query = (
        select(PURSE.c.code)
        .join(RIGHT, (RIGHT.c.show_id == PURSE.c.show_id) & (RIGHT.c.place == PURSE.c.code))
        .where(PURSE.c.show_id == show_of(PACKAGE), PURSE.c.code.startswith(f"{fields['package']}-", autoescape=True))
        .where(PURSE.c.minor == 0, RIGHT.c.holder == "", ~exists(moved))
        .order_by(func.random())
        .limit(1)
    )
    return {"code": connection.execute(query).scalar() or ""}


def _people(connection: Connection, _till: str, fields: Fields) -> Fields:
    """What a person did from a day to a day, or everybody, and which facts of each till are in it."""
    found = watched.tallies(connection, str(fields["since"]), str(fields["until"]), str(fields["user"]))
    told = [[day, subject, one.counts] for (day, subject), one in found.items()]
    return {"tallies": told, "looked": watched.looked(connection)}


def _shift(connection: Connection, _till: str, fields: Fields) -> Fields:
    """A closed shift by its id, for whoever verifies it."""
    return {"shift": shifts.closed(connection, str(fields["shift"]))}


def _shifts(connection: Connection, _till: str, fields: Fields) -> Fields:
    """Closed shifts of all tills, those that nobody has verified or all of the latest."""
    return {"shifts": shifts.latest(connection, unverified=fields["state"] == "open")}


def _terminal_days(connection: Connection, _till: str, _fields: Fields) -> Fields:
    """Every end of day that a payment terminal handed in, as its till's fact tells it."""
    query = of_kind(Kind.TERMINAL_DAY_ENDED).order_by(FACT.c.till, FACT.c.incarnation, FACT.c.number)
    days = []
    for _, fact in told(connection, query):
        kept = {key: fact.body.get(key) for key in ("terminal", "user", "total", "expected", "difference", "cards")}
        days.append({"fact": fact.fact_id, "till": fact.till, "at": fact.at} | kept)
    return {"days": days}


KINDS: Final[dict[str, Callable[[Connection, str, Fields], Fields]]] = {
    "counted_drawer": drawers.counted_by,
    "customer": _customer,
    "history": _history,
    "open": _open,
    "package": _package,
    "figures": figures.look,
    "frozen": frozen.look,
    "people": _people,
    "terminal_days": _terminal_days,
    "shift": _shift,
    "shifts": _shifts,
    "houses": houses.houses,
    "stock": seatstock.look,
    "consents": houses.consents,
}
WRITING: Final = frozenset({"open"})  # those that note something
