"""The places of the shows of a season: made for new shows, fitted for changed ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, delete, update

from pos.domain.rights import OfficeState
from pos.domain.seating import Seating
from sync.office.rules.places import lock_where
from sync.office.season.work import Import
from sync.office.store.bulk import insert_tuples
from sync.office.store.tables import RIGHT


@dataclass
class Seated:
    """`new`: show -> a note on its places. `reload`: shows whose places tills must fetch again."""

    new: dict[str, str] = field(default_factory=dict)
    reload: set[str] = field(default_factory=set)


def write(work: Import) -> Seated:
    """Make places for what is new and fit what changed. Raises Unreadable when that would take
    a place away, or draw one anew, that is leased or sold."""
    done = Seated()
    for id, show in work.season.file.all("show").items():
        before = work.season.base.get("show", {}).get(id)
        if before is None:
            seating = work.season.seating(show)
            _insert(work.connection, id, seating, range(len(seating)))
            done.new[id] = f" ({len(seating)} places)"
            done.reload.add(id)
        elif (before.get("plan_version"), before.get("areas")) != (show.get("plan_version"), show.get("areas")):
            _fit(work, id, show, before)
            done.reload.add(id)
    return done


def _insert(connection: Connection, show: str, seating: Seating, indexes: Sequence[int]) -> None:
    if not indexes:
        return
    # Tuples straight to the database: a stadium has 52,012 places.
    rest = (OfficeState.POOL.value, "", 0, 0, 0, 0, "")
    insert_tuples(connection, RIGHT, ((show, seating.place(ix), ix, *rest) for ix in indexes))


def _fit(work: Import, id: str, show: dict[str, Any], before: dict[str, Any]) -> None:
    file = work.season.file
    seating = work.season.seating(show)
    indexes = {seating.place(ix): ix for ix in range(len(seating))}
    records = lock_where(work.connection, RIGHT.c.show_id == id)
    taken = [record for record in records if record.state is not OfficeState.POOL]
    areas = {area["id"] for area in before.get("areas", [])}
    if before.get("plan_version") != show.get("plan_version"):
        pinned = [record for record in taken if record.place.rpartition("#")[0] not in areas]
        if pinned:
            reason = f"the plan cannot change any more: {pinned[0].place} is {pinned[0].state.lower()}"
            raise file.bad("show", id, "plan", reason)
    for record in taken:
        if record.place not in indexes:
            reason = f"{record.place} cannot be taken away: it is {record.state.lower()}"
            raise file.bad("show", id, "areas", reason)
    gone = [{"b_place": record.place} for record in records if record.place not in indexes]
    moved = [
        {"b_place": record.place, "n_ix": indexes[record.place]}
        for record in records
        if indexes.get(record.place, record.ix) != record.ix
    ]
    one = (RIGHT.c.show_id == id, RIGHT.c.place == bindparam("b_place"))
    if gone:
        work.connection.execute(delete(RIGHT).where(*one), gone)
    if moved:
        work.connection.execute(update(RIGHT).where(*one).values(ix=bindparam("n_ix")), moved)
    known = {record.place for record in records}
    added = [ix for place, ix in indexes.items() if place not in known]
    _insert(work.connection, id, seating, added)
    work.lines.append(f"show {id}: {len(added)} places added, {len(gone)} taken away")
