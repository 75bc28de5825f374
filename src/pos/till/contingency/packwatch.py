"""Paper packs are made by themselves: soon after a shift opens, before the doors, while what they say changes, and at
once when there is nothing left but paper.

* A pack that has gone stale is made anew, but not more often than every few minutes and not over a basket: making one
  takes the machine a moment, and somebody is being served. What is long stale is made all the same.
* Numbered tickets come out once a shift, as many as the plan wants to be out; what came out in an earlier shift and is
  still out counts.
* While the house is cleared nothing is made.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, Final

from pos.domain.contingency.level import Level
from pos.domain.errors import Refused
from pos.domain.season import Show
from pos.store.shiftbook import ShiftRow
from pos.till.contingency import packdata, packs, paperpack
from pos.till.contingency.plan import plan_of
from pos.till.desk import Desk, Verb

log = logging.getLogger(__name__)
LOOK_EVERY_S: Final = 20.0
SETTLED: Final = timedelta(seconds=20)  # after a shift has opened: its rights come, and so do the first customers
STALE_FOR: Final = timedelta(minutes=5)  # how old a pack gets at least before a change makes it anew
SERVED_FOR: Final = timedelta(minutes=10)  # how old a stale one gets at most while one basket follows the other
OLD: Final = timedelta(minutes=30)  # how old any gets: who comes for tickets changes, too


def begin(desk: Desk) -> None:
    """Look after the packs of this till until it ends; not while it starts."""
    if desk.outside.packs is not None:
        desk.subscribe(lambda event: _heard(desk, event))
        desk.post_in(LOOK_EVERY_S, lambda: watch(desk))


def watch(desk: Desk) -> None:
    """Look at the packs now, and now and again."""
    desk.spawn(lambda: _renew(desk))
    desk.post_in(LOOK_EVERY_S, lambda: watch(desk))


def shift_opened(desk: Desk) -> None:
    """Put numbered tickets out as the plan says; the packs follow."""
    if desk.outside.packs is not None:
        desk.spawn(lambda: _put_out(desk))


def _heard(desk: Desk, event: dict[str, Any]) -> None:
    """The last chance to print what is true: the battery runs, or a ticket printer is gone."""
    if event["event"] == "level" and event["level"] == Level.PAPER and _at_work(desk) is not None:
        desk.spawn(lambda: _make(desk, packdata.today(desk)))


def _at_work(desk: Desk) -> ShiftRow | None:
    """The open shift of a till that may sell."""
    may = desk.replica.complete() and not desk.fenced and not desk.alarm.calls
    return desk.ledger.open_shift() if may else None


def _put_out(desk: Desk) -> Verb[None]:
    if _at_work(desk) is None or not (wanted := plan_of(desk).pack.tickets):
        return
    for show in packdata.today(desk):
        priced = packdata.sold_by_hand(desk, show)
        for category in filter(priced.__contains__, desk.belief.seating(show.id).categories()):
            lacking = wanted - packs.out_of(desk, show.id, category)
            count = min(lacking, packs.to_be_had(desk, show.id, category), packs.MOST)
            if count > 0:
                try:
                    yield from packs.issue_paper(desk, show=show.id, category=category, count=count)
                except Refused as refused:
                    log.warning("no numbered tickets of %s, %s: %s", show.id, category, refused)


def _renew(desk: Desk) -> Verb[None]:
    shift = _at_work(desk)
    if shift is not None and desk.clock.now() - datetime.fromisoformat(shift.opened_at) >= SETTLED:
        doors = timedelta(minutes=plan_of(desk).pack.before_doors)
        yield from _make(desk, [show for show in packdata.today(desk) if _due(desk, show, doors)])


def _make(desk: Desk, shows: list[Show]) -> Verb[None]:
    for show in shows:
        try:
            yield from paperpack.make(desk, show.id)
        except Refused as refused:
            log.warning("the paper pack of %s was not made: %s", show.id, refused)


def _due(desk: Desk, show: Show, before_start: timedelta) -> bool:
    """Whether its pack is to be made now. `before_start` is when it is made anew for the doors."""
    if show.id in desk.packs.under_way:
        return False
    made = desk.packs.made.get(show.id)
    if made is None:
        return True
    now, at = desk.clock.now(), datetime.fromisoformat(made.at)
    doors = show.starts - before_start
    if at < doors <= now or now - at >= OLD:
        return True
    basket = desk.ledger.basket()
    least = STALE_FOR if basket is None or basket.empty else SERVED_FOR
    return now - at >= least and made.basis != packdata.basis_of(desk, show.id)
