"""The places' side of writing: whole columns in, single places changed, in one transaction of the writer's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, delete, select, update

from pos.domain.errors import Unreadable
from pos.domain.rights import OfficeState
from pos.store.replica.schema import LETTERS, PER_BLOCK, RECORD, STATES, holder, place_block, show_places
from pos.store.replica.words import ColumnsWord, PlaceWord

_INSERT_BLOCK = "INSERT INTO place_block (show, block, records) VALUES (?, ?, ?)"
_UPDATE_BLOCK = "UPDATE place_block SET records = ? WHERE show = ? AND block = ?"
_HOLDERS: Final = select(holder.c.id, holder.c.name)
_BLOCK: Final = select(place_block.c.records).where(
    place_block.c.show == bindparam("of"), place_block.c.block == bindparam("at")
)
_STAMP: Final = update(show_places).where(show_places.c.show == bindparam("of")).values(stamp=bindparam("now"))


class Holders:
    """Holders' names to their rows, added as they come up."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._rows = {row.name: row.id for row in db.execute(_HOLDERS)}

    def row(self, name: str) -> int:
        found: int | None = self._rows.get(name)
        if found is None:
            found = self._rows[name] = len(self._rows) + 1
            self._db.execute(holder.insert().values(id=found, name=name))
        return found


def store_columns(db: Connection, holders: Holders, layout: str, count: int, columns: ColumnsWord, stamp: int) -> None:
    """Replace every place of a show. `count` is how many the layout has. Raises Unreadable."""
    records = _packed(holders, count, columns)
    remove_show(db, columns.show)
    rows = [
        (columns.show, block, records[at : at + PER_BLOCK].tobytes())
        for block, at in enumerate(range(0, count, PER_BLOCK))
    ]
    if rows:
        db.exec_driver_sql(_INSERT_BLOCK, rows)
    db.execute(
        show_places.insert().values(
            show=columns.show, layout=layout, position=columns.position, count=count, stamp=stamp
        )
    )


def _packed(holders: Holders, count: int, columns: ColumnsWord) -> NDArray[np.void]:
    """The records of a show. Nothing is taken on trust: a wrong column would be a wrong hall."""
    where = f"places of {columns.show}"
    letters = columns.states.encode()
    if unknown := set(letters) - STATES.keys():
        raise Unreadable(where, "states", f"{chr(min(unknown))!r} is not a state")
    records = np.zeros(count, RECORD)
    try:
        rows = np.array([holders.row(name) for name in columns.holders], "<u4")
        indexes = np.array(columns.holder, "<u4")
        if len(indexes) and int(indexes.max()) >= len(rows):
            raise Unreadable(where, "holder", f"{int(indexes.max())} is none of the {len(rows)} holders")
        named: dict[str, NDArray[np.generic]] = {
            "state": np.frombuffer(letters, "u1"),
            "holder": rows[indexes] if len(indexes) else indexes,
            "since": np.array(columns.since, "<u4"),
            "epoch": np.array(columns.epoch, "<u4"),
            "hop": np.array(columns.hop, "<u4"),
        }
    except OverflowError as error:
        raise Unreadable(where, "", str(error)) from error
    for name, column in named.items():
        if len(column) != count:
            raise Unreadable(where, name, f"{len(column)} values for {count} places")
        records[name] = column
    return records


def remove_show(db: Connection, show: str) -> None:
    db.execute(delete(place_block).where(place_block.c.show == show))
    db.execute(delete(show_places).where(show_places.c.show == show))


def apply_places(db: Connection, holders: Holders, show: str, words: Mapping[int, PlaceWord], stamp: int) -> None:
    """Write each place's newest word, by index. Raises Unreadable."""
    updates: list[tuple[bytes, str, int]] = []
    for block, ixs in _by_block(words).items():
        raw = db.execute(_BLOCK, {"of": show, "at": block}).scalar_one()
        records = np.frombuffer(raw, RECORD).copy()
        for ix in ixs:
            records[ix % PER_BLOCK] = _record(holders, show, words[ix])
        updates.append((records.tobytes(), show, block))
    db.exec_driver_sql(_UPDATE_BLOCK, updates)
    db.execute(_STAMP, {"of": show, "now": stamp})


def _by_block(ixs: Iterable[int]) -> dict[int, Sequence[int]]:
    found: dict[int, list[int]] = {}
    for ix in ixs:
        found.setdefault(ix // PER_BLOCK, []).append(ix)
    return dict(found)


def _record(holders: Holders, show: str, word: PlaceWord) -> tuple[int, int, int, int, int]:
    where = f"places of {show}"
    try:
        letter = ord(LETTERS[OfficeState(word.state)])
    except ValueError as error:
        raise Unreadable(where, word.place, str(error)) from error
    for name, value in (("since", word.since), ("epoch", word.epoch), ("hop", word.hop)):
        if not 0 <= value < 1 << 32:
            raise Unreadable(where, f"{word.place}.{name}", f"{value} is out of range")
    return letter, holders.row(word.holder), word.since, word.epoch, word.hop
