"""The log of an outage: from when this till leaves its normal level until its incident report is made.

* An outage begins when the level is normal no more, and is noted in the ledger, so that it survives whatever ends this
  process meanwhile. Levels, who was told, what was refused and why follow as notes.
* It is one outage until the office has everything of it: a line that fails again before that has not been mended.
* A note never makes what it tells of fail. Made in the middle of a transaction it stands or falls with it; else a disk
  that does not take it costs the note alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from pos.store.ledger import StorageFailed
from pos.till.desk import Desk

log = logging.getLogger(__name__)

NORMAL: Final = "normal"


def level_changed(desk: Desk, before: str, after: str, cause: str, **more: Any) -> None:
    """The till has recognised another level. Leaving normal begins an outage, unless one is open still."""
    book = desk.ledger.outages
    now = _now(desk)
    with _noting(desk):
        if book.open() is None:
            if after == NORMAL:
                return
            book.begin(now, desk.number)
        outage = book.open()
        assert outage is not None, "it was begun just now"
        link = desk.outside.office.link()
        body = {"before": before, "level": after, "cause": cause, "line": link.cause, **more}
        book.note(outage.id, now, desk.number, "level", body)
        back = {"back_at": now, "last_number": desk.number} if after == NORMAL else {"back_at": "", "last_number": 0}
        book.change(outage.id, sent_at="", **back)


def note(desk: Desk, kind: str, *, key: str = "", **body: Any) -> None:
    """Something that happened in an outage; nothing when none is open. Further ones of the same kind and `key` are
    counted. `body` is JSON; no PINs, no card numbers."""
    outage = desk.ledger.outages.open()
    if outage is None:
        return
    with _noting(desk):
        desk.ledger.outages.note(outage.id, _now(desk), desk.number, kind, body, key)


def _now(desk: Desk) -> str:
    return desk.clock.now().isoformat(timespec="milliseconds")


@contextmanager
def _noting(desk: Desk) -> Iterator[None]:
    """A step of the open transaction, or one of its own whose failure is only logged."""
    if desk.ledger.in_transaction:
        yield
        return
    try:
        with desk.ledger.transaction():
            yield
    except StorageFailed as failed:
        log.warning("an outage could not be noted: %s", failed.reason)
