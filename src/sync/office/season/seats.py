"""The places of the shows of a season: made for new shows, fitted for changed ones.

No token is ever made twice, since tills take none that is not above every one they have seen: a place that is taken
away leaves its token (`retired`), and begins from there if it is ever there again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from pos.domain.rights import OfficeState, Token
from pos.domain.seating import Seating
from sync.office.rules import unmade
from sync.office.rules.places import Place, lock_where
from sync.office.rules.recovery import first_epoch
from sync.office.season.work import Import
from sync.office.store.bulk import insert_tuples
from sync.office.store.tables import RETIRED, RIGHT


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
            _insert(work, id, seating, range(len(seating)), {})
            done.new[id] = f" ({len(seating)} places)"
            done.reload.add(id)
        elif (before.get("plan_version"), before.get("areas")) != (show.get("plan_version"), show.get("areas")):
            _fit(work, id, show, before)
            done.reload.add(id)
    return done


def _insert(work: Import, show: str, seating: Seating, indexes: Sequence[int], tokens: Mapping[str, Token]) -> None:
    """`tokens` are those that places of this show had when they were taken away."""
    if not indexes:
        return
    connection = work.connection
    first = Token(first_epoch(connection), 0)
    # Tuples straight to the database: a stadium has 52,012 places.
    named = ((seating.place(ix), ix) for ix in indexes)
    state = OfficeState.POOL.value
    insert_tuples(
        connection, RIGHT, ((show, place, ix, state, "", 0, *tokens.get(place, first), 0, "") for place, ix in named)
    )
    if first.epoch and (theirs := unmade.hand_over(connection, show, {seating.place(ix) for ix in indexes})):
        work.lines.append(f"show {show}: {theirs} places are with the tills that told of them after the restore")


def _retire(connection: Connection, gone: Sequence[Place]) -> None:
    """Remember the tokens of places that are taken away; where none was ever made there is nothing to remember."""
    tokens = [(*place.key, *place.token) for place in gone if place.token > Token(0, 0)]
    insert_tuples(connection, RETIRED, tokens)


def _regrown(connection: Connection, show: str, places: Sequence[str]) -> dict[str, Token]:
    """The tokens of those of these places that were there before: they are on record again from now on."""
    rows = connection.execute(select(RETIRED).where(RETIRED.c.show_id == show))
    before = {row.place: Token(row.epoch, row.hop) for row in rows}
    found = {place: before[place] for place in places if place in before}
    if found:
        this = (RETIRED.c.show_id == show, RETIRED.c.place == bindparam("b_place"))
        connection.execute(delete(RETIRED).where(*this), [{"b_place": place} for place in found])
    return found


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
    gone = [record for record in records if record.place not in indexes]
    moved = [
        {"b_place": record.place, "n_ix": indexes[record.place]}
        for record in records
        if indexes.get(record.place, record.ix) != record.ix
    ]
    one = (RIGHT.c.show_id == id, RIGHT.c.place == bindparam("b_place"))
    if gone:
        _retire(work.connection, gone)
        work.connection.execute(delete(RIGHT).where(*one), [{"b_place": record.place} for record in gone])
    if moved:
        work.connection.execute(update(RIGHT).where(*one).values(ix=bindparam("n_ix")), moved)
    known = {record.place for record in records}
    added = {place: ix for place, ix in indexes.items() if place not in known}
    tokens = _regrown(work.connection, id, list(added))
    _insert(work, id, seating, list(added.values()), tokens)
    work.lines.append(f"show {id}: {len(added)} places added, {len(gone)} taken away")
