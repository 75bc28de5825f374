"""Releasing what a dead till held: by a person's word, once nobody else can have it.

The laws:

* What a fenced or dead till held is nobody's until a person attests, place by place, that it
  has no ticket out for it. No clock releases anything.
* The right may have left that till unseen, from till to till. So every other incarnation there
  ever was must be accounted for (`unaccounted`): it has heard of every fence and told all that
  it did before, or has stopped and told all; or its ledger is sealed; or it may not act any more,
  and the same person attests for it, too. A till whose history has forked is two, and only a
  person can speak for it.
* The right to refund of what the till sold is released the same way: it may have refunded.
* A released place has a new token: what the dead till still tells of it is a dispute.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection, func, insert, select, tuple_

from pos.domain.certificate import Hand
from pos.domain.facts import Kind
from pos.domain.rights import OfficeState
from pos.domain.season import SETTLING_ROLES
from sync.office.clock import now_iso
from sync.office.rules import changes, heard, recalls
from sync.office.rules.places import Key, Place, lock, write
from sync.office.store.tables import DOCUMENT, FACT, PARKED, RELEASED, RIGHT, RIVAL_FACT, TILL

Why = Literal["not_heard", "not_stopped", "forked", "not_told"]
_RELEASABLE: Final = (OfficeState.QUARANTINE, OfficeState.PAPER, OfficeState.SOLD)


@dataclass(frozen=True, slots=True)
class Unaccounted:
    """An incarnation that may have, or pass on, what is to be released.

    `why`: not_heard (it is active, and has not heard of every fence and told what it did before),
    not_stopped (it is fenced, and has not said that it knows), forked (there are two of it),
    not_told (the fence of the released till itself is not in the change log).
    """

    hand: Hand
    why: Why


class CannotRelease(Exception):
    """Nothing is released. `waits_for` names who is to be heard first; the text is for a person."""

    def __init__(self, text: str, waits_for: Sequence[Unaccounted] = ()) -> None:
        super().__init__(text)
        self.waits_for = tuple(waits_for)


@dataclass(frozen=True, slots=True)
class Order:
    """What a person wants released. `places` None: all there is. `attested`: other tills, not active
    any more, for which the same is attested. `fact_id` is empty for a command at the office."""

    till: str
    places: frozenset[Key] | None
    attested: frozenset[str]
    by: str
    reason: str
    fact_id: str = ""


def releasable(connection: Connection, till: str) -> set[Key]:
    """Every place that incarnations of this till have which may not act any more."""
    rows = connection.execute(
        select(RIGHT.c.show_id, RIGHT.c.place)
        .join(TILL, (TILL.c.id == RIGHT.c.holder) & (TILL.c.incarnation == RIGHT.c.incarnation))
        .where(RIGHT.c.holder == till, TILL.c.state != "ACTIVE", RIGHT.c.state.in_([s.value for s in _RELEASABLE]))
    )
    return {(row.show_id, row.place) for row in rows}


def unaccounted(connection: Connection, till: str, attested: Collection[str]) -> list[Unaccounted]:
    """Who has to be heard, or attested for, before anything of `till` is released."""
    rows = connection.execute(
        select(TILL.c.id, TILL.c.incarnation, TILL.c.state, TILL.c.fenced_at, FACT.c.kind.label("last"))
        .join(
            FACT,
            (FACT.c.till == TILL.c.id) & (FACT.c.incarnation == TILL.c.incarnation) & (FACT.c.number == TILL.c.applied),
            isouter=True,
        )
        .order_by(TILL.c.id, TILL.c.incarnation)
    ).all()
    rivals = select(RIVAL_FACT.c.till, RIVAL_FACT.c.incarnation).distinct()
    forked = {Hand(row.till, row.incarnation) for row in connection.execute(rivals)}
    newest = max(row.fenced_at for row in rows) if rows else 0
    found: list[Unaccounted] = []
    for row in rows:
        hand, active = Hand(row.id, row.incarnation), row.state == "ACTIVE"
        if not active and row.fenced_at == 0 and row.id == till:
            found.append(Unaccounted(hand, "not_told"))
        elif not active and (row.id == till or row.id in attested):
            continue
        elif hand in forked:
            found.append(Unaccounted(hand, "forked"))
        elif row.last != Kind.SEALED and heard.settled(connection, *hand) < newest:
            found.append(Unaccounted(hand, "not_heard" if active else "not_stopped"))
    return found


def may_release(connection: Connection, user: str) -> bool:
    """Whether this person may attest such a thing."""
    body = connection.execute(
        select(DOCUMENT.c.body).where(DOCUMENT.c.family == "user", DOCUMENT.c.id == user)
    ).scalar()
    return body is not None and json.loads(body)["role"] in SETTLING_ROLES


def release(connection: Connection, order: Order, now: int) -> list[Place]:
    """Release, and tell every till. The places released. Raises CannotRelease; then nothing has changed."""
    held = releasable(connection, order.till)
    records = lock(connection, held if order.places is None else order.places)
    taken = take(connection, order, records, now)
    write(connection, taken)
    returned = recalls.settled(connection, [place.key for place in taken])
    changes.log(connection, changes.of_places(taken), signal=returned)
    return taken


def take(connection: Connection, order: Order, records: dict[Key, Place], now: int) -> list[Place]:
    """Change the locked records as the order says; which they are. Raises CannotRelease."""
    held = releasable(connection, order.till)
    wanted = held if order.places is None else order.places
    if strange := sorted(wanted - held):
        raise CannotRelease(f"{' '.join(strange[0])} is not with a fenced or dead {order.till}")
    if not wanted:
        raise CannotRelease(f"there is nothing with a fenced or dead {order.till}")
    if waits := unaccounted(connection, order.till, order.attested):
        raise CannotRelease(in_words(waits), waits)
    if waiting := _parked(connection, wanted):
        raise CannotRelease(f"{waiting} is still to be applied to one of these places")
    places = [records[key] for key in sorted(wanted)]
    connection.execute(insert(RELEASED), [_row(order, place) for place in places])
    for place in places:
        # With a ticket it is sold, whoever was to refund it; without one it is anybody's.
        sold = place.state is OfficeState.SOLD or (place.state is OfficeState.QUARANTINE and place.ticket)
        place.grant(OfficeState.SOLD if sold else OfficeState.POOL, "", 0, now, place.ticket if sold else "")
    return places


def _parked(connection: Connection, keys: Iterable[Key]) -> str:
    """A fact that waits at one of these places, "" when none does."""
    if connection.execute(select(func.count()).select_from(PARKED)).scalar_one() == 0:
        return ""
    at = tuple_(PARKED.c.show_id, PARKED.c.place).in_(sorted(keys))
    return connection.execute(select(PARKED.c.fact_id).where(at).limit(1)).scalar() or ""


def _row(order: Order, place: Place) -> dict[str, Any]:
    return {
        "show_id": place.show,
        "place": place.place,
        "epoch": place.epoch,
        "hop": place.hop,
        "holder": place.holder,
        "incarnation": place.incarnation,
        "state": place.state.value,
        "attested": json.dumps(sorted(order.attested)),
        "by_user": order.by,
        "reason": order.reason,
        "at": now_iso(),
        "fact_id": order.fact_id,
    }


_WORDS: Final[dict[str, str]] = {
    "not_heard": "has to be heard: it may not know yet that another till is fenced, or has facts that are not here",
    "not_stopped": "is fenced and has not said that it knows; attest for it too, if its paper is accounted for",
    "forked": "has two histories, so nothing of it can be relied on; attest for it too, if its paper is accounted for",
    "not_told": "was fenced before tills were told of that; declare it dead first",
}


def in_words(waits: Iterable[Unaccounted]) -> str:
    """A sentence for each of them."""
    return "; ".join(f"{one.hand.till} (incarnation {one.hand.incarnation}) {_WORDS[one.why]}" for one in waits)
