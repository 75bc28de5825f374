"""What facts have told a restored office of things that are not here yet (table `early`), by what they are about.

The subject is a ticket's or a sale's id as it is (`rules.early`), or of whatever else `of` names: a dispute, an audit
item, a customer, of which another till's fact told first. When the subject comes, whoever makes it takes what was
noted for it. So that one of the two always finds the other, they are kept apart: see `rules.early.lock`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from pos.domain.facts import Fact
from sync.office.rules import tickets
from sync.office.rules.reading import Arrived, again
from sync.office.store.restores import EARLY
from sync.office.store.tables import BESIDE, FACT
from sync.wire import FactItem

MAY: Final = "may"  # of a step: whoever took it may
Row = dict[str, str]  # of the table


@dataclass(slots=True)
class Noted:
    """A fact that came before what it is about did, and what is noted beside it, by subject."""

    one: Arrived
    fact: Fact
    become: dict[str, str] = field(default_factory=dict)


def of(family: str, id: str) -> str:
    """The subject that a document is."""
    return f"{family} {id}"


def row(subject: str, fact_id: str, become: str = "") -> Row:
    return {"subject": subject, "fact_id": fact_id, "become": become}


def note(connection: Connection, rows: Sequence[Row]) -> None:
    """Keep what facts tell of what is not here; once, however often it is told."""
    if rows:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        connection.execute(dialect.insert(EARLY).on_conflict_do_nothing(), rows)


def look(connection: Connection, subjects: Sequence[str]) -> list[Noted]:
    """The facts that are noted for these subjects and can be read, by till and number."""
    found: dict[str, Noted] = {}
    for these in _chunks(subjects):
        for told in connection.execute(_NOTED, these):
            if told.fact_id not in found:
                item = FactItem(
                    number=told.number, envelope=told.envelope, hash=told.hash, signature=told.signature,
                    beside=told.body or "",
                )  # fmt: skip
                one = again(item)
                if one.fact is None or one.unreadable:
                    continue
                found[told.fact_id] = Noted(one, one.fact)
            found[told.fact_id].become[told.subject] = told.become
    return list(found.values())


def take(connection: Connection, subjects: Sequence[str]) -> list[Noted]:
    """The same, which need no note any more."""
    told = look(connection, subjects)
    for these in _chunks(subjects if told else []):
        connection.execute(_USED, these)
    return told


def steps(connection: Connection, subject: str) -> list[tuple[Fact, bool]]:
    """What was noted for a document that is made now, in the order in which it was done, as far as clocks tell; and
    whether whoever did it may."""
    told = take(connection, [subject])
    told.sort(key=lambda one: datetime.fromisoformat(one.fact.at))
    return [(one.fact, one.become[subject] == MAY) for one in told]


def _chunks(subjects: Sequence[str]) -> Iterator[dict[str, Sequence[str]]]:
    for at in range(0, len(subjects), tickets.AT_ONCE):
        yield {"subjects": subjects[at : at + tickets.AT_ONCE]}


_OF: Final = EARLY.c.subject.in_(bindparam("subjects", expanding=True))
_NOTED: Final = (
    select(EARLY, FACT.c.number, FACT.c.envelope, FACT.c.hash, FACT.c.signature, BESIDE.c.body)
    .join(FACT, FACT.c.fact_id == EARLY.c.fact_id)
    .join(BESIDE, BESIDE.c.fact_id == EARLY.c.fact_id, isouter=True)
    .where(_OF)
    .order_by(FACT.c.till, FACT.c.incarnation, FACT.c.number, EARLY.c.subject)
)
_USED: Final = delete(EARLY).where(_OF)
