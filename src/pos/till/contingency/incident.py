"""The log of an outage: from when this till leaves its normal level until its incident report is made.

* An outage begins when the level is normal no more, and is noted in the ledger, so that it survives whatever ends this
  process meanwhile. Levels, who was told, what was refused and why follow as notes.
* It is one outage until the office has everything of it: a line that fails again before that has not been mended.
* A note never makes what it tells of fail. Made in the middle of a transaction it stands or falls with it; else a disk
  that does not take it costs the note alone, and of a level not even that: it waits for the disk.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from pos.domain.errors import Refused
from pos.store.ledger import StorageFailed
from pos.till.contingency.summing import paper_out
from pos.till.desk import Desk

log = logging.getLogger(__name__)

NORMAL: Final = "normal"
# What an outage may be the reason of; all else is refused on the best of evenings.
_CODES: Final = frozenset(
    """
    right_elsewhere right_to_refund_elsewhere right_to_issue_elsewhere order_open_elsewhere offline limit_exceeded
    device_absent terminal_failed payment_unknown payment_declined storage_failed fenced release_waits
    unknown_ticket unknown_order
    """.split()
)


def level_changed(desk: Desk, before: str, after: str, cause: str, **more: Any) -> None:
    """The till has recognised another level. Leaving normal begins an outage, unless one is open still. What a disk
    does not take is noted with the next change."""
    link = desk.outside.office.link()
    answered = {"answered_at": link.answered_at} if link.state == "offline" else {}
    body = {"before": before, "level": after, "cause": cause, **answered, **more}
    waiting = desk.outage.unnoted
    waiting.append((_now(desk), desk.number, body))

    def write() -> None:
        for at, number, told in waiting:
            _take(desk, at, number, told)

    if _noted(desk, write):
        waiting.clear()


def _take(desk: Desk, at: str, number: int, body: dict[str, Any]) -> None:
    book = desk.ledger.outages
    normal, begins = body["level"] == NORMAL, book.open() is None
    if begins and normal:
        return
    if begins:
        book.begin(at, number)
    outage = book.open()
    assert outage is not None, "it was begun just now"
    if begins and (packs := paper_out(desk)):
        book.note(outage.id, at, number, "packs", {"packs": packs})
    book.note(outage.id, at, number, "level", body)
    back = {"back_at": at, "last_number": number} if normal else {"back_at": "", "last_number": 0}
    book.change(outage.id, sent_at="", **back)


def note(desk: Desk, kind: str, *, key: str = "", **body: Any) -> None:
    """Something that happened in an outage; nothing when none is open. Further ones of the same kind and `key` are
    counted. `body` is JSON; no PINs, no card numbers."""
    outage = desk.ledger.outages.open()
    if outage is not None:
        _noted(desk, lambda: desk.ledger.outages.note(outage.id, _now(desk), desk.number, kind, body, key))


def note_refusal(desk: Desk, verb: str, refused: Refused) -> None:
    """A verb was refused; noted, if an outage may be the reason."""
    if refused.code not in _CODES:
        return
    fields: Mapping[str, Any] = refused.fields
    told = {name: str(fields[name]) for name in ("show", "place", "holder", "what", "cause") if fields.get(name)}
    key = "|".join((verb, refused.code, told.get("show", ""), told.get("place", "")))
    note(desk, "refused", key=key, code=refused.code, verb=verb, **told)


def _now(desk: Desk) -> str:
    return desk.clock.now().isoformat(timespec="milliseconds")


def _noted(desk: Desk, write: Callable[[], None]) -> bool:
    """Write in the transaction that is open, or in one of its own, whose failure is only logged. Whether it is done."""
    if desk.ledger.in_transaction:
        write()
        return True
    try:
        with desk.ledger.transaction():
            write()
    except StorageFailed as failed:
        log.warning("an outage could not be noted: %s", failed.reason)
        return False
    return True
