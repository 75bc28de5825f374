"""Reading the replica: one reader per thread, and nothing is read twice that did not change."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, func, or_, select
from sqlalchemy.exc import DBAPIError

from pos.domain.disputes import FAMILY
from pos.domain.live import FAMILIES as LIVE
from pos.domain.plan import Plan
from pos.domain.rights import NO_TOKEN, OfficeRight, OfficeState, Token
from pos.domain.season import Season
from pos.domain.seating import Seating
from pos.store.replica import layout
from pos.store.replica.files import ReplicaUnavailable, identity
from pos.store.replica.plans import PlanCache
from pos.store.replica.schema import (
    LETTERS,
    PER_BLOCK,
    RECORD,
    SCHEMA_VERSION,
    STATES,
    connect_to_read,
    document,
    holder,
    meta,
    place_block,
    plan,
    sale,
    show_places,
    ticket,
)
from pos.store.replica.statements import SEASON

FOUND_AT_MOST: Final = 50
WHOLE_SHOWS: Final = 4  # shows whose records are kept in memory, 1.3 MB for a stadium

NOT_THERE: Final = OfficeRight(OfficeState.QUARANTINE, "", 0, NO_TOKEN)
_GONE: Final = ord(LETTERS[NOT_THERE.state])

Documents = dict[str, dict[str, dict[str, Any]]]
Records = NDArray[np.void]

# Statements of the paths that run often, built once.
_META = select(meta.c.value).where(meta.c.key == bindparam("wanted"))
_STAMPS = select(show_places.c.show, show_places.c.stamp, show_places.c.layout)
_BLOCK = select(place_block.c.records).where(
    place_block.c.show == bindparam("of"), place_block.c.block == bindparam("at")
)
_BLOCKS = select(place_block.c.records).where(place_block.c.show == bindparam("of")).order_by(place_block.c.block)


@dataclass(frozen=True, slots=True)
class PlaceColumns:
    """Every place of a show in seating order. `states` has a letter a place (schema.LETTERS),
    `holder` indexes `holders`; `since` is epoch seconds. The arrays are read-only."""

    states: bytes
    holders: tuple[str, ...]
    holder: NDArray[np.uint32]
    since: NDArray[np.uint32]
    epoch: NDArray[np.uint32]
    hop: NDArray[np.uint32]


class ReplicaReader:
    """What the office says. Every method raises ReplicaUnavailable when there is no whole replica,
    and KeyError for a show that is not in it. To be used by the thread that made it."""

    def __init__(self, path: Path, plans: PlanCache | None = None) -> None:
        self._path = path
        self._plans = plans or PlanCache()
        self._db: Connection | None = None
        self._raw: sqlite3.Connection | None = None
        self._forget()

    def _forget(self) -> None:
        self._file: tuple[int, int] | None = None
        self._data_version = -1
        self._stamps: dict[str, tuple[int, str]] = {}
        self._complete = False
        self._documents_version = ""
        self._documents: Documents | None = None
        self._season: Season | None = None
        self._live_version = ""
        self._live: dict[str, dict[str, dict[str, Any]]] | None = None
        self._disputes_version = ""
        self._disputes: dict[str, dict[str, Any]] | None = None
        self._seatings: dict[str, tuple[str, Seating]] = {}
        self._records: dict[str, tuple[int, Records]] = {}
        self._tallies: dict[str, tuple[int, dict[tuple[OfficeState, str], int]]] = {}
        self._holders: dict[int, str] = {}

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db.engine.dispose()
            self._db = self._raw = None
        self._forget()

    # ---- whether there is something to read, and whether it changed ----------------------

    @contextmanager
    def _reading(self, *, whole: bool = True) -> Iterator[Connection]:
        """One consistent look. The read is closed at the end: an open one keeps the WAL from shrinking."""
        try:
            db, raw = self._current()
            # Past SQLAlchemy, since these three are most of what an unchanged answer costs.
            raw.execute("BEGIN")
            try:
                version = raw.execute("PRAGMA data_version").fetchone()[0]
                if version != self._data_version:
                    self._look(db)
                    self._data_version = version
                if whole and not self._complete:
                    raise ReplicaUnavailable(f"{self._path.name}: no full snapshot of the office is stored yet")
                yield db
            finally:
                raw.execute("ROLLBACK")
        except (DBAPIError, sqlite3.Error) as error:
            reason = getattr(error, "orig", None) or error
            self.close()
            raise ReplicaUnavailable(f"{self._path.name} cannot be read: {reason}") from error

    def _current(self) -> tuple[Connection, sqlite3.Connection]:
        """The connection to the file that lies there now: a damaged one may have been replaced."""
        found = identity(self._path)
        if found != self._file:
            self.close()
        if found is None:
            raise ReplicaUnavailable(f"{self._path.name} is not there yet")
        if self._db is None or self._raw is None:
            self._db = connect_to_read(self._path)
            raw = self._db.connection.dbapi_connection
            assert isinstance(raw, sqlite3.Connection)
            self._raw, self._file = raw, found
        return self._db, self._raw

    def _look(self, db: Connection) -> None:
        """Notice what changed since the last look."""
        stored = db.exec_driver_sql("PRAGMA user_version").scalar_one()
        if stored == 0:
            raise ReplicaUnavailable(f"{self._path.name} is only being made")
        if stored != SCHEMA_VERSION:
            raise ReplicaUnavailable(f"{self._path.name} has format {stored}, this version reads {SCHEMA_VERSION}")
        self._complete = self._meta(db, "complete") == "1"
        self._stamps = {show: (stamp, numbered) for show, stamp, numbered in db.execute(_STAMPS)}
        documents_version = self._meta(db, "documents_version")
        if documents_version != self._documents_version:
            self._documents, self._season, self._documents_version = None, None, documents_version
        disputes_version = self._meta(db, "disputes_version")
        if disputes_version != self._disputes_version:
            self._disputes, self._disputes_version = None, disputes_version
        live_version = self._meta(db, "live_version")
        if live_version != self._live_version:
            self._live, self._live_version = None, live_version
        for cache in (self._seatings, self._records, self._tallies):
            for gone in cache.keys() - self._stamps.keys():
                del cache[gone]

    def _meta(self, db: Connection, key: str) -> str:
        return str(db.execute(_META, {"wanted": key}).scalar_one_or_none() or "")

    def complete(self) -> bool:
        """Whether a full snapshot is stored. False, not an error, when there is no file."""
        try:
            with self._reading(whole=False):
                return self._complete
        except ReplicaUnavailable:
            return False

    def cursor(self) -> int:
        """The change-log position up to which this replica is the office's word."""
        with self._reading() as db:
            return int(self._meta(db, "cursor"))

    # ---- the season ------------------------------------------------------------------------

    def office_time(self) -> str:
        """The office's clock as last heard, ISO 8601, "" before it was."""
        with self._reading() as db:
            return self._meta(db, "office_time")

    def documents(self) -> Documents:
        """family -> id -> document of the season. Shared between calls: not to be changed."""
        with self._reading() as db:
            return self._read_documents(db)

    def _read_documents(self, db: Connection) -> Documents:
        if self._documents is None:
            found: Documents = {}
            for family, name, body in db.execute(SEASON):
                found.setdefault(family, {})[name] = json.loads(body)
            self._documents = found
        return self._documents

    def disputes(self) -> dict[str, dict[str, Any]]:
        """id -> dispute. Shared between calls: not to be changed."""
        with self._reading() as db:
            if self._disputes is None:
                rows = db.execute(select(document.c.id, document.c.body).where(document.c.family == FAMILY))
                self._disputes = {name: json.loads(body) for name, body in rows}
            return self._disputes

    def records(self, family: str) -> dict[str, dict[str, Any]]:
        """id -> record of a family (pos.domain.records)."""
        with self._reading() as db:
            rows = db.execute(select(document.c.id, document.c.body).where(document.c.family == family))
            return {name: json.loads(body) for name, body in rows}

    def live(self, family: str) -> dict[str, dict[str, Any]]:
        """id -> document of a family of live ones (pos.domain.live). Shared between calls: not to be changed."""
        with self._reading() as db:
            if self._live is None:
                rows = db.execute(
                    select(document.c.family, document.c.id, document.c.body).where(document.c.family.in_(LIVE))
                )
                self._live = {one: {} for one in LIVE}
                for one, name, body in rows:
                    self._live[one][name] = json.loads(body)
            return self._live[family]

    def record(self, family: str, id: str) -> dict[str, Any] | None:
        """One record of a family, None when there is no such."""
        with self._reading() as db:
            query = select(document.c.body).where(document.c.family == family, document.c.id == id)
            body = db.execute(query).scalar_one_or_none()
            return json.loads(body) if body is not None else None

    def search(self, family: str, words: Sequence[str], at_most: int | None) -> list[dict[str, Any]]:
        """Records of a family whose text has all of these words, in the order of their ids."""
        query = select(document.c.body).where(document.c.family == family).order_by(document.c.id).limit(at_most)
        for word in words:
            query = query.where(func.instr(document.c.body, word) > 0)
        with self._reading() as db:
            return [json.loads(body) for body in db.execute(query).scalars()]

    def season(self) -> Season:
        """The documents, read. The same object until one of them changes."""
        with self._reading() as db:
            if self._season is None:
                self._season = Season.from_documents(self._read_documents(db))
            return self._season

    def plan(self, version: str) -> Plan:
        """Raises KeyError for a version that is not stored."""
        with self._reading() as db:
            return self._read_plan(db, version)

    def _read_plan(self, db: Connection, version: str) -> Plan:
        def blob() -> bytes:
            found = db.execute(select(plan.c.blob).where(plan.c.version == version)).scalar_one_or_none()
            if found is None:
                raise KeyError(version)
            return bytes(found)

        return self._plans.get(version, blob)

    def seating(self, show: str) -> Seating:
        """The numbering by which this show's places are stored. The same object until it changes."""
        with self._reading() as db:
            return self._seating(db, show)

    def _seating(self, db: Connection, show: str) -> Seating:
        _, numbered = self._stamps[show]
        kept = self._seatings.get(show)
        if kept is None or kept[0] != numbered:
            version = layout.plan_version_of(numbered)
            found = self._read_plan(db, version) if version else None
            kept = self._seatings[show] = (numbered, Seating(found, layout.areas_of(numbered)))
        return kept[1]

    # ---- places ----------------------------------------------------------------------------

    def states(self, show: str, seating: Seating | None = None) -> bytes:
        """A letter a place, in seating order: P pool, H held, L leased, S sold, A paper, Q quarantine. The order
        is that of `seating`, if one is given; what is not there any more is Q."""
        with self._reading() as db:
            letters: bytes = self._all(db, show)["state"].tobytes()
            now = self._seating(db, show)
            if seating is None or seating is now:
                return letters
            found = (now.find(place) for place in map(seating.place, range(len(seating))))
            return bytes(_GONE if ix is None else letters[ix] for ix in found)

    def columns(self, show: str) -> PlaceColumns:
        """Every place of the show, as columns."""
        with self._reading() as db:
            records = self._all(db, show)
            used, index = np.unique(records["holder"], return_inverse=True)
            names = tuple(self._name(db, int(number)) for number in used)
            columns = [
                index.astype(np.uint32),
                *(records[name].astype(np.uint32) for name in ("since", "epoch", "hop")),
            ]
            for column in columns:
                column.flags.writeable = False
            return PlaceColumns(records["state"].tobytes(), names, *columns)

    def right(self, show: str, ix: int) -> OfficeRight:
        """The office's word on one place, by its index in the seating. Raises IndexError."""
        return self.rights(show, (ix,))[0]

    def rights(self, show: str, ixs: Sequence[int], seating: Seating | None = None) -> list[OfficeRight]:
        """The office's word on some places, in the order asked. Raises IndexError. The indexes are those of
        `seating`, if one is given; what is not there any more is in quarantine."""
        with self._reading() as db:
            stamp, _ = self._stamps[show]
            now = self._seating(db, show)
            if seating is not None and seating is not now:
                places = [now.find(seating.place(ix)) for ix in ixs]
                records = self._all(db, show)
                return [NOT_THERE if ix is None else self._right(db, records, ix) for ix in places]
            kept = self._records.get(show)
            if kept is not None and kept[0] == stamp:
                return [self._right(db, kept[1], ix) for ix in ixs]
            blocks: dict[int, Records] = {}
            found = []
            for ix in ixs:
                number, inside = divmod(ix, PER_BLOCK)
                if number not in blocks:
                    raw = db.execute(_BLOCK, {"of": show, "at": number}).scalar_one_or_none()
                    blocks[number] = np.frombuffer(raw or b"", RECORD)
                found.append(self._right(db, blocks[number], inside))
            return found

    def tally(self, show: str, within: range | None = None) -> dict[tuple[OfficeState, str], int]:
        """How many places are in which (state, holder); `within` counts only these indexes."""
        with self._reading() as db:
            stamp, _ = self._stamps[show]
            if within is not None:
                return self._count(db, self._all(db, show)[within.start : within.stop : within.step])
            kept = self._tallies.get(show)
            if kept is None or kept[0] != stamp:
                kept = self._tallies[show] = (stamp, self._count(db, self._all(db, show)))
            return dict(kept[1])

    def _count(self, db: Connection, records: Records) -> dict[tuple[OfficeState, str], int]:
        keys = records["state"].astype(np.uint64) << np.uint64(32) | records["holder"]
        used, counts = np.unique(keys, return_counts=True)
        return {
            (STATES[int(key) >> 32], self._name(db, int(key) & 0xFFFFFFFF)): int(count)
            for key, count in zip(used, counts, strict=True)
        }

    def _all(self, db: Connection, show: str) -> Records:
        stamp, _ = self._stamps[show]
        kept = self._records.get(show)
        if kept is None or kept[0] != stamp:
            packed = b"".join(db.execute(_BLOCKS, {"of": show}).scalars())
            self._records.pop(show, None)
            while len(self._records) >= WHOLE_SHOWS:
                del self._records[next(iter(self._records))]
            kept = self._records[show] = (stamp, np.frombuffer(packed, RECORD))
        return kept[1]

    def _right(self, db: Connection, records: Records, ix: int) -> OfficeRight:
        if ix < 0:
            raise IndexError(ix)
        state, holding, since, epoch, hop = records[ix].item()
        return OfficeRight(STATES[state], self._name(db, holding), since, Token(epoch, hop))

    def _name(self, db: Connection, number: int) -> str:
        """A holder's name. Holders are only ever added."""
        if number not in self._holders:
            self._holders.update((row.id, row.name) for row in db.execute(select(holder.c.id, holder.c.name)))
        return self._holders[number]

    # ---- sales -----------------------------------------------------------------------------

    def sales_for(self, show: str) -> list[dict[str, Any]]:
        """Every sale with a ticket of this show, the oldest first. Reads them all: for a worklist, not a look-up."""
        with self._reading() as db:
            bodies = (json.loads(body) for body in db.execute(select(sale.c.body).order_by(sale.c.at)).scalars())
            return [body for body in bodies if any(ticket["show"] == show for ticket in body["tickets"])]

    def sold_since(self, since: str) -> list[tuple[str, str, str, int]]:
        """(sale, when, show, tickets that are live) of what was sold since a moment (ISO 8601), by sale and show."""
        query = (
            "SELECT sale.id, sale.at, json_extract(one.value, '$.show'), count(*)"
            " FROM sale, json_each(sale.body, '$.tickets') AS one"
            " WHERE julianday(sale.at) >= julianday(?)"
            " AND coalesce(json_extract(one.value, '$.state'), 'live') = 'live'"
            " GROUP BY 1, 2, 3"
        )
        with self._reading() as db:
            return [(id, at, show, count) for id, at, show, count in db.exec_driver_sql(query, (since,))]

    def sales_with(self, word: str) -> list[dict[str, Any]]:
        """Sales whose document has this text in it, the newest first, FOUND_AT_MOST of them. Reads them all."""
        query = select(sale.c.body).where(func.instr(sale.c.body, word) > 0).order_by(sale.c.at.desc())
        with self._reading() as db:
            return [json.loads(body) for body in db.execute(query.limit(FOUND_AT_MOST)).scalars()]

    def orders_for(self, show: str) -> list[dict[str, Any]]:
        """Sales with a ticket of this show that was not taken along when it was sold."""
        # The documents' own text is looked at first: a season's sales are many, and few of them are orders.
        told = (func.instr(sale.c.body, f'"{word}":') > 0 for word in ("issued", "handed"))
        of = func.instr(sale.c.body, f'"show": {json.dumps(show, ensure_ascii=False)}') > 0
        with self._reading() as db:
            bodies = [json.loads(body) for body in db.execute(select(sale.c.body).where(of, or_(*told))).scalars()]
            return [body for body in bodies if any(ticket["show"] == show for ticket in body["tickets"])]

    def find_sales(
        self,
        *,
        code: str | None = None,
        sale_id: str | None = None,
        ticket_id: str | None = None,
        name: str | None = None,
        sounds: Sequence[str] = (),
        last4: str | None = None,
    ) -> list[dict[str, Any]]:
        """Sales' documents by a ticket's code, a sale's or a ticket's id, or words of the buyer's name, by how
        they sound (pos.domain.lookup), or the last four digits that are on record of the buyer;
        the newest first, FOUND_AT_MOST of them. Several criteria must all fit."""
        query = select(sale.c.body).order_by(sale.c.at.desc(), sale.c.id).limit(FOUND_AT_MOST)
        if code is not None:
            query = query.where(sale.c.id.in_(select(ticket.c.sale).where(ticket.c.code == code)))
        if ticket_id is not None:
            query = query.where(sale.c.id.in_(select(ticket.c.sale).where(ticket.c.id == ticket_id)))
        if sale_id is not None:
            query = query.where(sale.c.id == sale_id)
        for word in (name or "").casefold().split():
            query = query.where(func.instr(sale.c.name, word) > 0)
        for word in sounds:
            query = query.where(func.instr(sale.c.sounds, f" {word} ") > 0)
        if last4 is not None:
            query = query.where(func.instr(sale.c.last4, f" {last4.upper()} ") > 0)
        if (code, ticket_id, sale_id, last4) == (None,) * 4 and not sounds and not (name or "").split():
            return []
        with self._reading() as db:
            return [json.loads(body) for body in db.execute(query).scalars()]
