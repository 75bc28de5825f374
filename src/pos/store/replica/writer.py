"""Writing the replica: the sync agent's end of it, and nobody else's.

A page of changes and its cursor are one transaction, with the plans and the places
that it calls for, so that a reader never sees a show without its plan. A snapshot is
one transaction too: until it is whole, readers see what was there before. Applying
anything twice, or an older word after a newer one, changes nothing.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.exc import DBAPIError

from pos.domain.disputes import FAMILY as DISPUTES
from pos.domain.errors import Unreadable
from pos.domain.live import FAMILIES as LIVE
from pos.domain.plan import Plan
from pos.domain.season import Season
from pos.domain.seating import Seating
from pos.store.replica import layout
from pos.store.replica.blocks import Holders, apply_places, remove_show, store_columns
from pos.store.replica.files import ReplicaDamaged, ReplicaUnavailable, identity, set_aside
from pos.store.replica.layout import layout_of
from pos.store.replica.plans import PlanCache
from pos.store.replica.schema import (
    SCHEMA_VERSION,
    connect_to_write,
    document,
    metadata,
    place_block,
    plan,
    sale,
    show_places,
    ticket,
)
from pos.store.replica.statements import (
    APART,
    SEASON,
    get_meta,
    has_plan,
    is_damage,
    next_stamp,
    roll_back,
    set_meta,
    store_document,
    store_sales,
)
from pos.store.replica.words import ChangeWord, ColumnsWord, DocumentWord, Needs, PlaceWord, Touched

log = logging.getLogger(__name__)
_SHOWS: Final = select(show_places.c.show, show_places.c.layout, show_places.c.position)
_LAYOUT: Final = select(show_places.c.layout).where(show_places.c.show == bindparam("of"))


class LayoutMoved(Exception):
    """The office's places are already numbered by a newer layout than the documents at hand."""


class ReplicaWriter:
    """Opens the replica of `office` (its public key), or begins a new one.

    A file that is damaged, of another format or of another office is set aside: it is a
    cache. Methods may be called from any thread and take turns. Any of them raises
    ReplicaUnavailable when the file cannot be written, ReplicaDamaged when it is none.
    """

    def __init__(self, path: Path, office: str, plans: PlanCache | None = None) -> None:
        self._path = path
        self._office = office
        self._plans = plans or PlanCache()
        self._lock = threading.RLock()
        self._db: Connection | None = None
        self._file: tuple[int, int] | None = None

    # ---- the file --------------------------------------------------------------------------

    def close(self) -> None:
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db.engine.dispose()
                self._db = None

    def start_over(self, why: str) -> None:
        """Set the file aside under a name with `why` in it; the next use begins a new one."""
        with self._lock:
            self.close()
            if self._path.exists():
                try:
                    aside = set_aside(self._path, why)
                except OSError as error:  # Windows, while a reader has it open
                    raise ReplicaUnavailable(f"{self._path.name} cannot be set aside: {error}") from error
                log.warning("replica set aside as %s; it will be fetched again", aside.name)

    def _open(self) -> Connection:
        """The connection to the file that lies there now; a file taken away is begun anew."""
        if self._db is not None and identity(self._path) != self._file:
            log.warning("%s was taken away; it will be fetched again", self._path.name)
            self.close()
        if self._db is None:
            why = self._fault() if self._path.exists() else ""
            if why:
                self.start_over(why)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._db = self._connect()
            self._file = identity(self._path)
        return self._db

    def _fault(self) -> str:
        """Why the file that is there cannot be used, "" when it can."""
        try:
            db = connect_to_write(self._path)
        except (DBAPIError, sqlite3.Error) as error:
            if is_damage(error):
                return "damaged"
            raise ReplicaUnavailable(f"{self._path.name} cannot be opened: {error}") from error
        try:
            version = db.exec_driver_sql("PRAGMA user_version").scalar_one()
            if version != SCHEMA_VERSION:
                return f"format{version}"
            if db.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() != "ok":
                return "damaged"
            return "" if get_meta(db, "office") == self._office else "other-office"
        except DBAPIError as error:
            if is_damage(error):
                return "damaged"
            raise ReplicaUnavailable(f"{self._path.name} cannot be opened: {error.orig}") from error
        finally:
            db.close()
            db.engine.dispose()

    def _connect(self) -> Connection:
        try:
            db = connect_to_write(self._path)
            if db.exec_driver_sql("PRAGMA user_version").scalar_one() == 0:
                metadata.create_all(db)
                set_meta(db, "office", self._office)
                db.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
        except (DBAPIError, sqlite3.Error) as error:
            raise ReplicaUnavailable(f"{self._path.name} cannot be written: {error}") from error
        return db

    @contextmanager
    def _using(self, *, write: bool = False) -> Iterator[Connection]:
        """The connection under the lock, in one transaction when `write`; errors in this room's words."""
        with self._lock:
            db = self._open()
            try:
                if not write:
                    yield db
                    return
                db.exec_driver_sql("BEGIN IMMEDIATE")
                try:
                    yield db
                except BaseException:
                    roll_back(db)
                    raise
                db.exec_driver_sql("COMMIT")
            except DBAPIError as error:
                kind = ReplicaDamaged if is_damage(error) else ReplicaUnavailable
                raise kind(f"{self._path.name}: {error.orig}") from error

    # ---- what is stored --------------------------------------------------------------------

    def cursor(self) -> int:
        """The change-log position up to which everything is stored, 0 before the first snapshot."""
        with self._using() as db:
            return int(get_meta(db, "cursor") or 0)

    def generation(self) -> str:
        """Which past the office's change log has in which the cursor is a position."""
        with self._using() as db:
            return get_meta(db, "generation") or ""

    def complete(self) -> bool:
        """Whether a full snapshot is stored."""
        with self._using() as db:
            return get_meta(db, "complete") == "1"

    def has_plan(self, version: str) -> bool:
        with self._using() as db:
            return has_plan(db, version)

    def needs(self, changes: Sequence[ChangeWord]) -> Needs:
        """What to fetch before `apply_page` may store these changes."""
        with self._using() as db:
            cursor = int(get_meta(db, "cursor") or 0)
            fresh = [change for change in changes if change.position > cursor]
            bodies = {c.id: c.body for c in fresh if c.kind == "document" and c.family == "show"}
            stored = {row.show: row for row in db.execute(_SHOWS)}
            shows = {
                show: layout_of(body)
                for show, body in bodies.items()
                if body is not None and (show not in stored or stored[show].layout != layout_of(body))
            }
            seatings = _Seatings(self, db)
            for change in fresh:
                row = stored.get(change.show)
                if row is None or change.position <= row.position or bodies.get(change.show, {}) is None:
                    continue
                # Places that the stored layout does not know belong to a newer one.
                if change.kind == "reload" or (change.kind == "places" and seatings.strange_to(change)):
                    shows.setdefault(change.show, row.layout)
            versions = {layout.plan_version_of(numbered) for numbered in shows.values()} - {""}
            return Needs(tuple(shows), tuple(sorted(v for v in versions if not has_plan(db, v))))

    # ---- a page of changes -----------------------------------------------------------------

    def apply_page(
        self,
        changes: Sequence[ChangeWord],
        cursor: int,
        plans: Mapping[str, bytes] | None = None,
        shows: Iterable[ColumnsWord] = (),
    ) -> Touched:
        """Store a page, what it needs, and its cursor. Raises Unreadable or LayoutMoved; nothing is stored then."""
        with self._using(write=True) as db:
            have = int(get_meta(db, "cursor") or 0)
            fresh = sorted((change for change in changes if change.position > have), key=lambda c: c.position)
            stamp = next_stamp(db)
            for version, blob in (plans or {}).items():
                self._store_plan(db, version, blob)
            documents = [change for change in fresh if change.kind == "document"]
            for change in documents:
                store_document(db, change.family, change.id, change.body)
            disputed = tuple(dict.fromkeys(change.id for change in documents if change.family == DISPUTES))
            touched = self._store_shows(db, shows, stamp)
            touched.update(self._store_places(db, fresh, stamp, touched.keys()))
            if disputed:
                set_meta(db, "disputes_version", str(stamp))
            if any(change.family in LIVE for change in documents):
                set_meta(db, "live_version", str(stamp))
            if seasonal := any(change.family not in APART for change in documents):
                self._season_changed(db, stamp)
            sales = [change.body for change in fresh if change.kind == "sale" and change.body is not None]
            store_sales(db, sales)
            set_meta(db, "cursor", str(max(have, cursor)))
            recorded = tuple(
                dict.fromkeys(change.family for change in documents if change.family in APART - {DISPUTES})
            )
            return Touched(touched, seasonal, bool(sales), disputed, recorded)

    def _store_shows(self, db: Connection, shows: Iterable[ColumnsWord], stamp: int) -> dict[str, tuple[int, ...]]:
        holders = Holders(db)
        touched: dict[str, tuple[int, ...]] = {}
        for columns in shows:
            body = db.execute(
                select(document.c.body).where(document.c.family == "show", document.c.id == columns.show)
            ).scalar_one_or_none()
            if body is None:
                raise LayoutMoved(columns.show)
            numbered = layout_of(json.loads(body))
            seating = self._seating_by(db, numbered)
            if columns.plan_version != layout.plan_version_of(numbered) or len(columns.states) != len(seating):
                raise LayoutMoved(columns.show)
            store_columns(db, holders, numbered, len(seating), columns, stamp)
            touched[columns.show] = ()
        return touched

    def _store_places(
        self, db: Connection, fresh: Iterable[ChangeWord], stamp: int, whole: Iterable[str]
    ) -> dict[str, tuple[int, ...]]:
        latest: dict[str, dict[int, PlaceWord]] = {}
        positions = {row.show: row.position for row in db.execute(_SHOWS)}
        seatings = _Seatings(self, db)
        for change in fresh:
            # A show that is gone by the end of the page has no places any more.
            if change.kind != "places" or change.position <= positions.get(change.show, change.position):
                continue
            seating = seatings.of(change.show)
            for item in change.items:
                ix = seating.find(item.place)
                if ix is None:
                    raise Unreadable(f"change {change.position}", "place", f"{change.show} has no {item.place!r}")
                latest.setdefault(change.show, {})[ix] = item
        if not latest:
            return {}
        holders = Holders(db)
        touched: dict[str, tuple[int, ...]] = {}
        for show, words in latest.items():
            apply_places(db, holders, show, words, stamp)
            if show not in whole:
                touched[show] = tuple(sorted(words))
        return touched

    def _season_changed(self, db: Connection, stamp: int) -> None:
        """Documents changed: they must still make a season, and every show must have its places."""
        found: dict[str, dict[str, Any]] = {}
        for family, name, body in db.execute(SEASON):
            found.setdefault(family, {})[name] = json.loads(body)
        try:
            Season.from_documents(found)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unreadable("the office's season", "", f"{type(error).__name__}: {error}") from error
        shows = found.get("show", {})
        stored = {row.show: row.layout for row in db.execute(_SHOWS)}
        for show in stored.keys() - shows.keys():
            remove_show(db, show)
        for show, body in shows.items():
            if stored.get(show) != layout_of(body):
                raise LayoutMoved(show)
        used = {layout.plan_version_of(numbered) for show, numbered in stored.items() if show in shows}
        db.execute(delete(plan).where(plan.c.version.not_in(used)))
        set_meta(db, "documents_version", str(stamp))

    # ---- a snapshot ------------------------------------------------------------------------

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Replace everything. Committed when the block ends, as if it had never begun when it raises."""
        with self._using(write=True) as db:
            for table in (document, sale, ticket, place_block, show_places):
                db.execute(delete(table))
            begun = Snapshot(self, db, next_stamp(db))
            yield begun
            begun.finish()
        with self._using() as db:
            # The whole snapshot went through the WAL; readers that hold it back only postpone this.
            db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    # ---- plans and seatings ----------------------------------------------------------------

    def _store_plan(self, db: Connection, version: str, blob: bytes) -> None:
        """Keep a plan, once it is known to be the one it is called."""
        if has_plan(db, version):
            return
        sent = Plan.from_bytes(blob).version
        if sent != version:
            raise Unreadable(f"plan {version}", "", f"the office sent plan {sent}")
        db.execute(plan.insert().values(version=version, blob=blob))

    def _seating_by(self, db: Connection, numbered: str) -> Seating:
        version = layout.plan_version_of(numbered)

        def blob() -> bytes:
            found = db.execute(select(plan.c.blob).where(plan.c.version == version)).scalar_one_or_none()
            if found is None:
                raise LayoutMoved(f"plan {version}")
            return bytes(found)

        return Seating(self._plans.get(version, blob) if version else None, layout.areas_of(numbered))


class _Seatings:
    """The stored shows' seatings, each made once for a page."""

    def __init__(self, writer: ReplicaWriter, db: Connection) -> None:
        self._writer, self._db = writer, db
        self._made: dict[str, Seating] = {}

    def of(self, show: str) -> Seating:
        if show not in self._made:
            numbered = self._db.execute(_LAYOUT, {"of": show}).scalar_one()
            self._made[show] = self._writer._seating_by(self._db, numbered)
        return self._made[show]

    def strange_to(self, change: ChangeWord) -> bool:
        """Whether a change names places that the stored layout does not know."""
        seating = self.of(change.show)
        return any(seating.find(item.place) is None for item in change.items)


class Snapshot:
    """A snapshot in the making. `documents` come first, then plans, shows and sales."""

    def __init__(self, writer: ReplicaWriter, db: Connection, stamp: int) -> None:
        self._writer, self._db, self._stamp = writer, db, stamp

    def documents(self, documents: Iterable[DocumentWord], cursor: int, generation: str = "") -> None:
        for item in documents:
            store_document(self._db, item.family, item.id, item.body)
        set_meta(self._db, "cursor", str(cursor))
        set_meta(self._db, "generation", generation)

    def plan(self, version: str, blob: bytes) -> None:
        self._writer._store_plan(self._db, version, blob)

    def has_plan(self, version: str) -> bool:
        return has_plan(self._db, version)

    def show(self, columns: ColumnsWord) -> None:
        """Raises LayoutMoved when the office's documents have changed since: begin again."""
        self._writer._store_shows(self._db, (columns,), self._stamp)

    def sales(self, documents: Sequence[dict[str, Any]]) -> None:
        store_sales(self._db, documents)

    def finish(self) -> None:
        self._writer._season_changed(self._db, self._stamp)
        set_meta(self._db, "disputes_version", str(self._stamp))
        set_meta(self._db, "live_version", str(self._stamp))
        set_meta(self._db, "complete", "1")
