"""The records of places: locked, changed in memory, written back together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, tuple_, update

from pos.domain.rights import OfficeState, Token
from sync.office.store.tables import RIGHT
from sync.wire import PlaceItem

Key = tuple[str, str]  # show, place
_CHUNK: Final = 5_000  # keys in one statement; SQLite allows 32,766 parameters


@dataclass(slots=True)
class Place:
    """One place's record, as locked. `before` is what is in the table, for the compare-and-set."""

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
        rows = connection.execute(
            select(RIGHT)
            .where(tuple_(RIGHT.c.show_id, RIGHT.c.place).in_(bindparam("keys", expanding=True)))
            .order_by(RIGHT.c.show_id, RIGHT.c.place)
            .with_for_update(),
            {"keys": wanted[at : at + _CHUNK]},
        )
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
    return Place(show, place, ix, OfficeState(state), holder, incarnation, epoch, hop, since, ticket, before)


_WRITE: Final = (
    update(RIGHT)
    .where(
        RIGHT.c.show_id == bindparam("b_show"),
        RIGHT.c.place == bindparam("b_place"),
        RIGHT.c.state == bindparam("b_state"),
        RIGHT.c.holder == bindparam("b_holder"),
        RIGHT.c.incarnation == bindparam("b_incarnation"),
        RIGHT.c.epoch == bindparam("b_epoch"),
        RIGHT.c.hop == bindparam("b_hop"),
    )
    .values(
        state=bindparam("n_state"),
        holder=bindparam("n_holder"),
        incarnation=bindparam("n_incarnation"),
        epoch=bindparam("n_epoch"),
        hop=bindparam("n_hop"),
        since=bindparam("n_since"),
        ticket=bindparam("n_ticket"),
    )
)


def write(connection: Connection, places: Iterable[Place]) -> None:
    """Write changed records back, each only over what was read: a compare-and-set.

    Raises RuntimeError when a record changed in between, which the lock rules out.
    """
    rows = [
        {
            "b_show": p.show,
            "b_place": p.place,
            "b_state": p.before[0],
            "b_holder": p.before[1],
            "b_incarnation": p.before[2],
            "b_epoch": p.before[3],
            "b_hop": p.before[4],
            "n_state": p.state.value,
            "n_holder": p.holder,
            "n_incarnation": p.incarnation,
            "n_epoch": p.epoch,
            "n_hop": p.hop,
            "n_since": p.since,
            "n_ticket": p.ticket,
        }
        for p in places
    ]
    if rows and connection.execute(_WRITE, rows).rowcount != len(rows):
        raise RuntimeError("a place's record changed under its lock")
