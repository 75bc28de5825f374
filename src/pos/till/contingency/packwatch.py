"""Paper packs are made by themselves: when a shift opens, before the doors, and while what they say changes.

A pack that has gone stale is made anew, but not more often than every few minutes: making one takes the machine a
moment, and people are waiting at the counter. Numbered tickets come out once a shift, as many as the plan wants to be
out; what came out in an earlier shift and is still out counts.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from pos.domain.errors import Refused
from pos.domain.season import Show
from pos.till.contingency import packdata, packs, paperpack
from pos.till.contingency.plan import plan_of
from pos.till.desk import Desk, Verb

log = logging.getLogger(__name__)
LOOK_EVERY_S: Final = 20.0
STALE_FOR: Final = timedelta(minutes=5)  # how old a pack gets at least before a change makes it anew
OLD: Final = timedelta(minutes=30)  # how old it gets at most: who comes for tickets changes, too


def watch(desk: Desk) -> None:
    """Look at the packs now and again until the till ends."""
    if desk.outside.packs is None:
        return
    if desk.ledger.open_shift() is not None and desk.replica.complete() and not desk.fenced:
        desk.spawn(lambda: _renew(desk))
    desk.post_in(LOOK_EVERY_S, lambda: watch(desk))


def shift_opened(desk: Desk) -> None:
    """Put numbered tickets out as the plan says, then make every pack."""
    if desk.outside.packs is not None:
        desk.spawn(lambda: _prepare(desk))


def _prepare(desk: Desk) -> Verb[None]:
    for show in packdata.today(desk):
        yield from _put_out(desk, show)
    for show in packdata.today(desk):
        yield from _make(desk, show.id)


def _put_out(desk: Desk, show: Show) -> Verb[None]:
    wanted = plan_of(desk).pack.tickets
    if not wanted:
        return
    for category in desk.belief.seating(show.id).categories():
        count = min(wanted - packs.out_of(desk, show.id, category), packs.to_be_had(desk, show.id, category))
        if count > 0:
            try:
                yield from packs.issue_paper(desk, show=show.id, category=category, count=min(count, packs.MOST))
            except Refused as refused:
                log.warning("no numbered tickets of %s, %s: %s", show.id, category, refused)


def _renew(desk: Desk) -> Verb[None]:
    for show in packdata.today(desk):
        if due(desk, show):
            yield from _make(desk, show.id)


def _make(desk: Desk, show: str) -> Verb[None]:
    try:
        yield from paperpack.make(desk, show)
    except Refused as refused:
        log.warning("the paper pack of %s was not made: %s", show, refused)


def due(desk: Desk, show: Show) -> bool:
    """Whether its pack is to be made now."""
    if show.id in desk.packs.under_way:
        return False
    made = desk.packs.made.get(show.id)
    if made is None:
        return True
    now, at = desk.clock.now(), datetime.fromisoformat(made.at)
    doors = show.starts - timedelta(minutes=plan_of(desk).pack.before_doors)
    if at < doors <= now or now - at >= OLD:
        return True
    return now - at >= STALE_FOR and made.basis.stale(packdata.basis_of(desk, show.id))
