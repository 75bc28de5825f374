"""The end of an outage: when the level is normal and the office has everything, its incident report makes itself.

* It is a record (`pos.domain.records`), so the office and every till have it, and a PDF in the data folder.
* What may still change then is added as it becomes known: paper that is still out, disputes that somebody settles. The
  last word is the record.
* An outage that was over in a moment and in which nobody was sold, refused or told anything is kept in the till's own
  list alone: a report of nothing would bury the others.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

from pos.domain.contingency.level import Level
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.reports.incidents import FAMILY, incident_report
from pos.store import records
from pos.store.outages import Outage
from pos.till.contingency import drain, incident, summing
from pos.till.contingency.plan import plan_of
from pos.till.counter.numbers import Series, next_id, take
from pos.till.desk import Desk, Verb
from pos.till.making import Form
from pos.till.orders import recording
from pos.till.ports import LineDown

log = logging.getLogger(__name__)

FOLDER: Final = "incidents"  # in the data folder
BRIEF_S: Final = 60  # an outage that was over sooner and changed nothing makes no report
NO_REPORT: Final = "-"
QUIET_S: Final = 20.0  # what has changed of an incident is told this long after the first change
FOLLOWED: Final = 20  # own incidents that are brought up to date
_UNEVENTFUL: Final = frozenset({"level", "answered", "drained", "packs"})  # kinds of notes
_INCIDENTS: Final = Series("incidents", "I")


def watch(desk: Desk) -> None:
    """Follow the till's events from now on, and take up what the last run has left."""
    incident.note(desk, "restarted")
    own = records.own(desk.ledger.connection, FAMILY)
    reported = [outage for outage in desk.ledger.outages.all() if outage.incident in own]
    for outage in reversed(reported[:FOLLOWED]):
        _keep_an_eye(desk, own[outage.incident], outage.id)
    desk.subscribe(lambda event: _hear(desk, event))
    with suppress(Refused):  # a disk that takes nothing; it is tried again
        _follow(desk)
        look(desk)


def _hear(desk: Desk, event: dict[str, Any]) -> None:
    kind = event["event"]
    try:
        if kind == "link":
            drain.line_changed(desk, online=event["state"] == "online")
        elif kind == "sent":
            drain.sent(desk)
        elif kind == "changed" and (event.get("disputes") or (event["places"] and desk.outage.papers)):
            _follow_soon(desk)
        if kind in ("link", "sent", "level"):
            look(desk)
    except Refused as refused:  # whoever told of this has nothing to do with it
        log.warning("an incident could not be noted: %s", refused)


def look(desk: Desk) -> None:
    """Close the outage that is open, if it is over: then its report is made."""
    if desk.forgot:
        return  # a fact of this ledger would stand against one that the office has under its number
    _give_up(desk)
    outage = desk.ledger.outages.open()
    if outage is None or not _over(desk, outage) or desk.outage.finishing or desk.sealed:
        return
    desk.outage.finishing = True
    if not outage.sent_at:
        now = desk.clock.now().isoformat(timespec="milliseconds")
        with desk.unit():
            desk.ledger.outages.change(outage.id, sent_at=now)
    desk.spawn(lambda: _finish(desk, outage.id)).add_done_callback(_complain)


def _give_up(desk: Desk) -> None:
    """A till that is fenced never comes back: its outage ends where the office has all that it did."""
    outage = desk.ledger.outages.open()
    dead = desk.fenced and not desk.sealed and desk.level.level is Level.DEAD
    if outage is not None and not outage.back_at and dead and desk.acknowledged() >= desk.number:
        now = desk.clock.now().isoformat(timespec="milliseconds")
        with desk.unit():
            desk.ledger.outages.change(outage.id, back_at=now, last_number=desk.number)


def _over(desk: Desk, outage: Outage) -> bool:
    return bool(outage.back_at) and desk.acknowledged() >= outage.last_number


def _finish(desk: Desk, id: int) -> Verb[None]:
    try:
        with suppress(LineDown):  # then disputes are added when they come
            yield desk.outside.office.sync()
        outage = desk.ledger.outages.open()
        if outage is None or outage.id != id or not _over(desk, outage):
            return
        if _came_to_nothing(desk, outage):
            with desk.unit():
                desk.ledger.outages.change(id, incident=NO_REPORT)
            desk.emit("outage", state="over", incident=None)
            return
        yield from _report(desk, outage)
    except Refused as refused:
        log.warning("the report of an outage is made later: %s", refused)
    finally:
        desk.outage.finishing = False


def _came_to_nothing(desk: Desk, outage: Outage) -> bool:
    brief = summing.seconds(outage.began_at, outage.back_at) < BRIEF_S
    notes = desk.ledger.outages.notes(outage.id)
    return brief and outage.first_number == outage.last_number and {note.kind for note in notes} <= _UNEVENTFUL


def _report(desk: Desk, outage: Outage) -> Verb[None]:
    version = plan_of(desk).version
    record = yield from summing.record_of(desk, outage, next_id(desk, _INCIDENTS), version)
    now_open = desk.ledger.outages.open()
    if now_open is None or now_open.id != outage.id or not _over(desk, now_open):
        return
    with desk.unit() as unit:
        recording.keep(desk, unit, Kind.INCIDENT_REPORTED, record, {})
        take(desk, _INCIDENTS)
        desk.ledger.outages.change(outage.id, incident=record["id"])
    _told(desk, record, outage.id)
    desk.emit("outage", state="over", incident=record["id"])
    desk.spawn(partial(write, desk, record)).add_done_callback(_complain)


def _follow_soon(desk: Desk) -> None:
    """Once for all that happens in the next while: paper comes back one by one."""
    if not desk.outage.due and desk.outage.followed:
        desk.outage.due = True
        desk.post_in(QUIET_S, lambda: _follow(desk))


def _follow(desk: Desk) -> None:
    """Look at paper and disputes of own incidents. A record that has changed is told anew."""
    desk.outage.due = False
    outages = {outage.id: outage for outage in desk.ledger.outages.all()}
    own = records.own(desk.ledger.connection, FAMILY)
    for id, number in list(desk.outage.followed.items()) if not (desk.sealed or desk.forgot) else ():
        outage, before = outages[number], own[id]
        record = before | summing.open_ends(desk, outage, outage.last_number)
        if record == before:
            continue
        with desk.unit() as unit:
            recording.keep(desk, unit, Kind.INCIDENT_REPORTED, record, {})
        _told(desk, record, outage.id)
        desk.spawn(partial(write, desk, record)).add_done_callback(_complain)


def _told(desk: Desk, record: dict[str, Any], outage: int) -> None:
    _keep_an_eye(desk, record, outage)
    recording.tell(desk, Kind.INCIDENT_REPORTED)


def _keep_an_eye(desk: Desk, record: dict[str, Any], outage: int) -> None:
    """Add it to those that are followed, the oldest of which is no more."""
    state, id = desk.outage, record["id"]
    state.followed[id] = outage
    state.papers.discard(id)
    if any(pack["out"] for pack in record["paper"]):
        state.papers.add(id)
    for old in list(state.followed)[:-FOLLOWED]:
        del state.followed[old]
        state.papers.discard(old)


def _complain(done: Future[None]) -> None:
    """Nobody waits for this: a defect is seen in the log."""
    if not done.cancelled() and (error := done.exception()) is not None:
        log.error("an incident report could not be made", exc_info=error)


def path_of(desk: Desk, id: str) -> Path:
    """Where the PDF of an incident lies, once it is written."""
    return desk.outside.ledger.parent / FOLDER / f"{id}.pdf"


def write(desk: Desk, record: dict[str, Any]) -> Verb[None]:
    """Write the PDF, in the language that this till prints in. A disk that does not take it loses nothing: the record
    is kept, and the report can be written from it again."""
    files = desk.outside.reports
    if files is None:
        return
    made = incident_report(record, desk.season(), desk.clock.now().isoformat(timespec="seconds"), desk.outside.locale)
    path = path_of(desk, record["id"])
    try:
        path.parent.mkdir(exist_ok=True)
        file = yield files.write(made, Form("pdf", desk.outside.locale), path, True, lambda done, of: True)
    except (Refused, OSError) as error:
        log.warning("the report of incident %s could not be written: %s", record["id"], error)
    else:
        desk.emit("incident", incident=record["id"], file=file)
