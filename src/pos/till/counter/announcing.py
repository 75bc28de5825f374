"""A show that has changed since it was last read about here: what differs, and that somebody has read it.

What a till knows of a show when it first hears of it is nobody's to read; from then on a change is one until a
person at this till has said that they have seen it. The window asks for that before it takes money for the show;
programs are told by `changed` and decide for themselves.
"""

from __future__ import annotations

import logging
from typing import Any

from pos.domain.announced import Change, changes
from pos.domain.errors import Refused
from pos.domain.season import Show
from pos.store import announcements
from pos.store.announcements import Read
from pos.till.desk import Desk

_LOG = logging.getLogger(__name__)


def take_note(desk: Desk) -> None:
    """Shows that are new here are known from now on as they are."""
    if not desk.replica.complete():
        return
    known = announcements.versions(desk.ledger.connection)
    new = [show for show in desk.season().shows.values() if show.id not in known]
    if not new:
        return
    try:
        with desk.unit():
            announcements.put(desk.ledger.connection, [_read(show, "", "") for show in new])
    except Refused as refused:
        _LOG.warning("shows that are new here were not noted: %s", refused)  # the next change tries again


def unread(desk: Desk) -> set[str]:
    """Shows that are announced otherwise than when they were last read about here."""
    known = announcements.versions(desk.ledger.connection)
    return {
        show.id
        for show in desk.season().shows.values()
        if known.get(show.id, show.announced.version) != show.announced.version
    }


def announced(desk: Desk, show: Show) -> dict[str, Any]:
    """What buyers ask about a show, and what has changed of it."""
    told = show.announced
    read = announcements.read(desk.ledger.connection, show.id)
    differs = changes(read.told, told.told) if read is not None and read.version != told.version else []
    return {
        "doors": told.doors.isoformat() if told.doors else None,
        "ends": told.ends.isoformat() if told.ends else None,
        "minutes": told.minutes,
        "intervals": list(told.intervals),
        "age": told.age,
        "state": show.state,
        "sentences": {key: dict(texts) for key, texts in told.sentences.items()},
        "version": told.version,
        "changes": [_change(change) for change in differs],
        "read": _read_by(desk, read) if read is not None and read.by else None,
    }


def acknowledge(desk: Desk, *, show: str, version: str) -> dict[str, Any]:
    """Somebody at this till has read what changed. Raises Refused: unknown_show not_allowed storage_failed."""
    user = desk.signed_in("sell")
    the_show = desk.season().show(show)
    if version != the_show.announced.version:
        raise Refused("not_allowed", what="acknowledge", reason="it has changed once more", show=show)
    at = desk.clock.now().isoformat(timespec="seconds")
    with desk.unit() as unit:
        announcements.put(desk.ledger.connection, [_read(the_show, user.id, at)])
        answer = unit.answers({"show": show, "version": version, "by": user.id, "at": at})
    desk.emit("show_read", show=show, by=user.id)
    return answer


def _read(show: Show, by: str, at: str) -> Read:
    return Read(show.id, show.announced.version, show.announced.told, by, at)


def _read_by(desk: Desk, read: Read) -> dict[str, str]:
    users = desk.season().users
    return {"by": read.by, "name": users[read.by].name if read.by in users else read.by, "at": read.at}


def _change(change: Change) -> dict[str, Any]:
    return {"what": change.what, "before": change.before, "now": change.now}
