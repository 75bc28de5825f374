"""The change log: what every till has to hear, at gap-free positions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import BigInteger, Connection, bindparam, column, func, insert, select, true, update
from sqlalchemy.dialects.postgresql import JSONB

from pos.domain.purse import is_purse
from sync.office.rules.places import Place
from sync.office.rules.sales import documents_of
from sync.office.store.bulk import insert_rows
from sync.office.store.tables import CHANGE_HEAD, CHANGE_LOG
from sync.wire import Change, PlaceItem

PLACES_IN_ONE: Final = 500  # places in one entry
RELOAD_OVER: Final = 2_000  # more places of one show changed at once: fetch the show again
PLACES_IN_PAGE: Final = 20_000  # places in one answer; a page ends early rather than grow huge


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to be. `body` is a document, or places' records; a sale goes by its `id`."""

    kind: Literal["document", "places", "sale", "reload"]
    family: str = ""
    id: str = ""
    show: str = ""
    body: Any = None


def of_places(places: Iterable[Place]) -> list[Entry]:
    """Entries for places that changed. Of purses nobody is told: who has the code asks."""
    by_show: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        if not is_purse(place.show):
            by_show[place.show].append(place)
    entries: list[Entry] = []
    for show, changed in by_show.items():
        if len(changed) > RELOAD_OVER:
            entries.append(Entry("reload", show=show))
            continue
        for at in range(0, len(changed), PLACES_IN_ONE):
            body = [place.item().model_dump() for place in changed[at : at + PLACES_IN_ONE]]
            entries.append(Entry("places", show=show, body=body))
    return entries


def log(connection: Connection, entries: Sequence[Entry], *, signal: bool = False) -> None:
    """Append entries; `signal` also tells the servers that recalls were opened or answered.

    Call it last in a transaction: from here to the commit all other writers wait.
    """
    if not entries and not signal:
        return
    rows = [
        {
            "n": n,
            "kind": entry.kind,
            "family": entry.family,
            "doc_id": entry.id,
            "show_id": entry.show,
            "body": "" if entry.body is None else json.dumps(entry.body, ensure_ascii=False, separators=(",", ":")),
        }
        for n, entry in enumerate(entries, 1)
    ]
    taken = {"count": len(rows), "signals": int(signal)}
    if rows and connection.dialect.name == "postgresql":
        connection.execute(_APPEND, {**taken, "rows": rows})
        return
    last: int = connection.execute(_TAKE, taken).scalar_one()
    insert_rows(connection, CHANGE_LOG, [{**row, "position": last - len(rows) + n} for n, row in enumerate(rows, 1)])


_TAKE: Final = (
    update(CHANGE_HEAD)
    .values(
        position=CHANGE_HEAD.c.position + bindparam("count", type_=BigInteger),
        signal=CHANGE_HEAD.c.signal + bindparam("signals", type_=BigInteger),
    )
    .returning(CHANGE_HEAD.c.position)
)
# The same and the entries in one round trip, because every other writer waits for it.
_TAKEN: Final = _TAKE.cte("taken")
_ENTRIES: Final = (
    func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
    .table_valued(column("n", BigInteger), *(column(c.name, c.type) for c in CHANGE_LOG.c[1:]), name="entries")
    .render_derived(with_types=True)
)
_APPEND: Final = insert(CHANGE_LOG).from_select(
    CHANGE_LOG.c.keys(),
    select(
        _TAKEN.c.position - bindparam("count", type_=BigInteger) + _ENTRIES.c.n,
        *(_ENTRIES.c[name] for name in CHANGE_LOG.c.keys()[1:]),
    ).select_from(_TAKEN.join(_ENTRIES, true())),
)


_HEAD: Final = select(CHANGE_HEAD.c.position, CHANGE_HEAD.c.signal)
_AFTER: Final = (
    select(CHANGE_LOG)
    .where(CHANGE_LOG.c.position > bindparam("cursor"))
    .order_by(CHANGE_LOG.c.position)
    .limit(bindparam("limit"))
)


def head(connection: Connection) -> tuple[int, int]:
    """The latest position, and the signal's count."""
    position, signal = connection.execute(_HEAD).one()
    return position, signal


def after(connection: Connection, cursor: int, limit: int) -> list[Change]:
    """The entries after a position, in order, at most `limit`."""
    rows = connection.execute(_AFTER, {"cursor": cursor, "limit": limit}).all()
    sales = documents_of(connection, {row.doc_id for row in rows if row.kind == "sale"})
    found: list[Change] = []
    places = 0
    for row in rows:
        body: dict[str, Any] | None = None
        items: list[PlaceItem] = []
        if row.kind == "places":
            items = [PlaceItem.model_construct(**item) for item in json.loads(row.body)]
        elif row.kind == "document":
            body = json.loads(row.body) if row.body else None
        elif row.kind == "sale":
            body = sales[row.doc_id]
        found.append(
            Change.model_construct(
                position=row.position,
                kind=row.kind,
                family=row.family,
                id=row.doc_id,
                show=row.show_id,
                body=body,
                items=items,
            )
        )
        places += len(items)
        if places >= PLACES_IN_PAGE:
            break
    return found
