"""Facts that are booked, read back.

Everything is booked, what nobody here can read too: a newer version or damage, which is in dispute. So whoever reads
facts back reads them here, where what cannot be read is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, Select, literal_column, select

from pos.domain.facts import Fact, Kind
from sync.office.rules.bodies import fact_in
from sync.office.rules.reading import checked, sane
from sync.office.store.tables import FACT


def of_kind(kind: Kind) -> Select[Any]:
    """Facts of a kind, for `told`. The kind stands in the statement, so that its index is used."""
    wanted: Any = literal_column(f"'{kind.value}'")
    return select(FACT.c.fact_id, FACT.c.till, FACT.c.incarnation, FACT.c.number, FACT.c.envelope).where(
        FACT.c.kind == wanted
    )


def told(connection: Connection, query: Select[Any]) -> Iterator[tuple[Row[Any], Fact]]:
    """The rows of a query that selects `envelope`, each with its fact, but for those that cannot be read."""
    for row in connection.execute(query):
        if (fact := readable(row.envelope)) is not None:
            yield row, fact


def readable(envelope: str) -> Fact | None:
    """The fact of an envelope, without what is personal of it; None when it cannot be read."""
    try:
        fact = fact_in(envelope)
    except (ValueError, RecursionError):
        return None
    return fact if reads(fact) else None


def reads(fact: Fact) -> bool:
    """Whether a fact and its body can be read, as when it was booked."""
    try:
        sane(fact)
        checked(fact)
    except ValueError:
        return False
    return True
