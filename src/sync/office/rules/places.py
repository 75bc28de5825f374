"""The records of places: locked, changed in memory, written back together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Connection,
    TableValuedAlias,
    Update,
    bindparam,
    column,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from pos.domain.rights import OfficeState, Token
from sync.office.store.tables import RIGHT
from sync.wire import PlaceItem

Key = tuple[str, str]  # show, place
_CHUNK: Final = 5_000  # keys in one statement; SQLite allows 32,766 parameters


@dataclass(slots=True)
class Place:
    """One place's record, as locked. `before` is what is in the table, for the compare-and-set, and
    `ticket_before` its ticket: a seat refunded and sold again has another under the same token."""

    show: str
    place: str
    ix: int
    state: OfficeState
    holder: str
    incarnation: int
    epoch: int
    hop: int
    since: int
    ticket: str
    before: tuple[str, str, int, int, int] = ("", "", 0, 0, 0)
    ticket_before: str = ""

    @property
    def changed(self) -> bool:
        now = (self.state.value, self.holder, self.incarnation, self.epoch, self.hop)
        return (now, self.ticket) != (self.before, self.ticket_before)

    @property
    def key(self) -> Key:
        return self.show, self.place

    @property
    def token(self) -> Token:
        return Token(self.epoch, self.hop)

    def set(self, state: OfficeState, holder: str, incarnation: int, now: int, ticket: str = "") -> None:
        """Pass the place on, under the token it has."""
        self.state, self.holder, self.incarnation = state, holder, incarnation
        self.since, self.ticket = now, ticket

    def grant(self, state: OfficeState, holder: str, incarnation: int, now: int, ticket: str = "") -> None:
        """Pass the place on, under a new token."""
        self.epoch, self.hop = self.epoch + 1, 0
        self.set(state, holder, incarnation, now, ticket)

    def item(self) -> PlaceItem:
        return PlaceItem(
            place=self.place,
            state=self.state.value,
            holder=self.holder,
            since=self.since,
            epoch=self.epoch,
            hop=self.hop,
        )


def lock(connection: Connection, keys: Iterable[Key]) -> dict[Key, Place]:
    """The records of these places, locked in order. Places that do not exist are left out."""
    wanted = sorted(set(keys))
    found: dict[Key, Place] = {}
    for at in range(0, len(wanted), _CHUNK):
        chunk = wanted[at : at + _CHUNK]
        if connection.dialect.name == "sqlite":
            rows = connection.execute(_LOCK_SQLITE, {"keys": chunk})
        else:
            named = [{"show_is": show, "place_is": place} for show, place in chunk]
            rows = connection.execute(_LOCK_POSTGRESQL, {"rows": named})
        for row in rows:
            found[row[0], row[1]] = _place(row)
    return found


def lock_where(connection: Connection, condition: Any) -> list[Place]:
    """The records that meet a condition on `place_right`, locked in order."""
    rows = connection.execute(select(RIGHT).where(condition).order_by(RIGHT.c.show_id, RIGHT.c.place).with_for_update())
    return [_place(row) for row in rows]


def _place(row: Any) -> Place:
    show, place, ix, state, holder, incarnation, epoch, hop, since, ticket = row
    before = (state, holder, incarnation, epoch, hop)
    return Place(show, place, ix, OfficeState(state), holder, incarnation, epoch, hop, since, ticket, before, ticket)


def write(connection: Connection, places: Iterable[Place]) -> None:
    """Write changed records back, each only over what was read: a compare-and-set.

    Raises RuntimeError when a record changed in between, which the lock rules out.
    """
    rows = [
        {
            "show_is": p.show,
            "place_is": p.place,
            "state_was": p.before[0],
            "holder_was": p.before[1],
            "incarnation_was": p.before[2],
            "epoch_was": p.before[3],
            "hop_was": p.before[4],
            "state_new": p.state.value,
            "holder_new": p.holder,
            "incarnation_new": p.incarnation,
            "epoch_new": p.epoch,
            "hop_new": p.hop,
            "since_new": p.since,
            "ticket_new": p.ticket,
        }
        for p in places
    ]
    if not rows:
        return
    sqlite = connection.dialect.name == "sqlite"
    written = (
        connection.execute(_WRITE_SQLITE, rows) if sqlite else connection.execute(_WRITE_POSTGRESQL, {"rows": rows})
    )
    if written.rowcount != len(rows):
        raise RuntimeError("a place's record changed under its lock")


# ---- statements --------------------------------------------------------------------------
# PostgreSQL takes the rows as one JSON value: one plan and one round trip for any number of
# places. SQLite, which is in this process, is as fast with a statement a row.

_KEY: Final = ("show_is", "place_is")
_WAS: Final = ("state", "holder", "incarnation", "epoch", "hop")
_NEW: Final = (*_WAS, "since", "ticket")


def _rows(name: str, *columns: str) -> TableValuedAlias:
    """The parameter `rows`, a list of objects, as a table. Each column has the type that it has in
    `place_right`."""
    typed = [column(key, RIGHT.c[_ORIGIN.get(key, key.rpartition("_")[0])].type) for key in columns]
    table = func.jsonb_to_recordset(bindparam("rows", type_=JSONB)).table_valued(*typed, name=name)
    return table.render_derived(with_types=True)


_ORIGIN: Final = {"show_is": "show_id"}


def _update(of: Callable[[str], Any]) -> Update:
    """Over what was read, and over nothing else. `of` makes a parameter, or a row's column."""
    guard = [RIGHT.c[name] == of(f"{name}_was") for name in _WAS]
    key = (RIGHT.c.show_id == of("show_is"), RIGHT.c.place == of("place_is"))
    return update(RIGHT).where(*key, *guard).values({name: of(f"{name}_new") for name in _NEW})


_WANTED: Final = _rows("wanted", *_KEY)
_LOCK_POSTGRESQL: Final = (
    select(RIGHT)
    .join(_WANTED, (RIGHT.c.show_id == _WANTED.c.show_is) & (RIGHT.c.place == _WANTED.c.place_is))
    .order_by(RIGHT.c.show_id, RIGHT.c.place)
    .with_for_update(of=RIGHT)
)
_LOCK_SQLITE: Final = select(RIGHT).where(tuple_(RIGHT.c.show_id, RIGHT.c.place).in_(bindparam("keys", expanding=True)))
_CHANGED: Final = _rows("changed", *_KEY, *(f"{name}_was" for name in _WAS), *(f"{name}_new" for name in _NEW))
_WRITE_POSTGRESQL: Final = _update(lambda name: _CHANGED.c[name])
_WRITE_SQLITE: Final = _update(bindparam)
