"""Rebalancing: a till that has too little left gets it from tills that have more than they need.

The laws:

* Only what the pool cannot give is asked of others, and only of tills that are online.
* Nobody is asked below its low-water mark (`pos.domain.allotment`), and what is in a basket stays;
  the holder itself holds to both, since the office's counts are a little old.
* What is asked for are blocks of neighbours, of as few tills as possible.
* A till that asks for a show is helped once in ROUND_S, whatever it asks: tills that are all low
  do not pass the last rights around.

What comes back goes through the pool, as with every recall, so a right is never in two hands.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from pos.domain.allotment import to_pass
from pos.domain.choice import block_of
from pos.domain.plan import Plan
from pos.domain.rights import OfficeState
from pos.domain.season import Area
from pos.domain.seating import Seating
from sync.office.rules import changes, recalls
from sync.office.rules.calledoff import called_off
from sync.office.rules.places import lock
from sync.office.store.tables import DOCUMENT, PLAN, REBALANCED, RIGHT

ROUND_S: Final = 5.0
_PLANS: Final = 8  # kept at hand; a plan never changes under its version

Hands = dict[str, dict[str, set[int]]]  # category -> till -> the places in its hand


@dataclass(frozen=True, slots=True)
class Lack:
    """How many rights of which categories or areas a till lacks. `id` is its claim's."""

    id: str
    till: str
    show: str
    short: Mapping[str, int]


class Halls:
    """How shows are seated. Plans are kept at hand by their version, under which they never change."""

    def __init__(self) -> None:
        self._plans: dict[str, Plan] = {}

    def show(self, connection: Connection, show: str) -> tuple[Seating, dict[str, int]] | None:
        """A show's seating and its allotment, None when there is no such show."""
        body = connection.execute(
            select(DOCUMENT.c.body).where(DOCUMENT.c.family == "show", DOCUMENT.c.id == show)
        ).scalar()
        if body is None:
            return None
        document = json.loads(body)
        version = document.get("plan_version", "")
        plan = self._plan(connection, version) if version else None
        areas = [Area(area["id"], area["capacity"]) for area in document.get("areas", [])]
        return Seating(plan, areas), dict(document.get("allotment", {}))

    def _plan(self, connection: Connection, version: str) -> Plan:
        plan = self._plans.get(version)
        if plan is None:
            blob = connection.execute(select(PLAN.c.blob).where(PLAN.c.version == version)).scalar_one()
            plan = Plan.from_bytes(blob)
            self._plans = dict([*self._plans.items(), (version, plan)][-_PLANS:])
        return plan


def ask_others(connection: Connection, halls: Halls, lack: Lack, now: float, deadline: float) -> list[str]:
    """Ask for what others can do without; the places asked for. Until `deadline` (epoch seconds) they may answer."""
    show = halls.show(connection, lack.show)
    if show is None or not _turn(connection, lack, now):
        return []
    seating, allotment = show
    hands = _hands(connection, lack.show, seating)
    others = {till for by_till in hands.values() for till in by_till} - {lack.till}
    online = recalls.online(connection, others, now)
    wanted: list[int] = []
    for category, short in sorted(lack.short.items()):
        by_till = hands.get(category, {})
        ceiling = allotment.get(category, 0)
        mine = len(by_till.get(lack.till, ()))
        givers = {till: places for till, places in by_till.items() if till in online}
        wanted += _choose(seating, category, givers, mine, min(short, ceiling - mine), ceiling)
    return _recall(connection, lack, [seating.place(ix) for ix in wanted], deadline)


def _choose(
    seating: Seating, category: str, givers: Mapping[str, set[int]], mine: int, lacking: int, ceiling: int
) -> list[int]:
    """The places to ask for: of the richest till first, in runs of neighbours."""
    chosen: list[int] = []
    for places in sorted(givers.values(), key=len, reverse=True):
        count = to_pass(len(places), lacking - len(chosen), mine + len(chosen), ceiling)
        if not count:
            break  # nor can those do without any that have less
        chosen += _block(seating, category, places, count)
        if len(chosen) >= lacking:
            break
    return chosen


def _block(seating: Seating, category: str, places: set[int], count: int) -> Iterable[int]:
    if category in seating.capacity or seating.plan is None:
        return sorted(places)[:count]
    return block_of(seating.plan, category, count, places)


def _recall(connection: Connection, lack: Lack, wanted: list[str], deadline: float) -> list[str]:
    records = lock(connection, ((lack.show, place) for place in wanted)).values()
    # As locked: one may have been sold, or have moved on, since it was counted.
    asked = [record for record in records if record.state is OfficeState.LEASED and record.holder != lack.till]
    if asked:
        recalls.ask(connection, lack.id, asked, deadline, spare=True)
        changes.log(connection, [], signal=True)
    return [record.place for record in asked]


def _turn(connection: Connection, lack: Lack, now: float) -> bool:
    """Whether it is this till's turn for this show; then it is not again for ROUND_S, in any process."""
    this = (REBALANCED.c.till == lack.till, REBALANCED.c.show_id == lack.show)
    until = connection.execute(select(REBALANCED.c.until).where(*this)).scalar()
    if until is not None and until > now:
        return False
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(REBALANCED).values(till=lack.till, show_id=lack.show, until=now + ROUND_S)
    taken = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["till", "show_id"],
            set_={"until": statement.excluded.until},
            where=REBALANCED.c.until <= now,
        ).returning(REBALANCED.c.until)
    )
    return taken.first() is not None


def _hands(connection: Connection, show: str, seating: Seating) -> Hands:
    hands: Hands = defaultdict(lambda: defaultdict(set))
    closed = called_off(connection).closed.get(show, {})
    rows = connection.execute(
        select(RIGHT.c.ix, RIGHT.c.holder).where(RIGHT.c.show_id == show, RIGHT.c.state == OfficeState.LEASED.value)
    )
    for ix, holder in rows:
        if closed and seating.place(ix) in closed:
            continue  # nobody is helped by it
        hands[seating.category(ix)][holder].add(ix)
    return hands
