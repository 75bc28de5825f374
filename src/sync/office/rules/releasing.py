"""Releasing what a dead till held: by a person's word, once nobody else can have it.

The laws:

* What a fenced or dead till held is nobody's until a person attests, place by place, that it
  has no ticket out for it, on a pack's slip neither, and that its machine will not sell any
  more. No clock releases anything.
* The right may have left that till unseen, from till to till. So every other incarnation there
  ever was must be accounted for (`unaccounted`): it has heard of every fence and told all that
  it did before, or has stopped and told all; or its ledger is sealed; or it may not act any more,
  and the same person attests for it, too. A till whose history has forked is two, and only a
  person can speak for it; so is one that told what nobody here can read, until that is settled.
* Who told of a place itself what nobody here can read, may have it, whatever was said of that dispute:
  settling one moves no right. So that place waits until this incarnation is sealed, with no ticket out by
  what it told, or until it has ended and is attested for as well.
* A place in quarantine with a till that is active (a pack that is lost, a passing that never
  arrived) is released the same way, and that till itself has to be heard. Not what is frozen for
  a fact of that till that nobody here can read: it may still sell it.
* Of what the till sold, the right to refund is released when the person attests that the ticket
  is still valid. Nobody need be asked: as long as it is, the right has not moved.
* A released place has a new token: what the dead till still tells of it is a dispute.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection, func, insert, select, tuple_

from pos.domain.certificate import Hand
from pos.domain.disputes import State
from pos.domain.facts import Fact, Kind
from pos.domain.purse import is_purse
from pos.domain.rights import Effect, OfficeState, Token
from pos.domain.season import SETTLING_ROLES
from sync.office.clock import now_iso
from sync.office.rules import changes, heard, recalls, recovery, tills
from sync.office.rules.places import Key, Place, lock, write
from sync.office.store.tables import DISPUTE, DOCUMENT, FACT, PARKED, RELEASED, RIGHT, RIVAL_FACT, TICKET, TILL

Why = Literal["not_heard", "not_stopped", "forked", "unreadable", "not_told", "not_ended", "not_attested"]


@dataclass(frozen=True, slots=True)
class Unaccounted:
    """An incarnation that may have, or pass on, what is to be released.

    `why`: not_heard (it is active, and has not heard of every fence and told what it did before),
    not_stopped (it is fenced, and has not said that it knows), forked (there are two of it),
    unreadable (it has told what the office cannot read: perhaps that it took over what is to be
    released), not_ended and not_attested (it told of one of the very places what the office cannot read, and is active,
    or is not), not_told (the fence of the released till itself is not in the change log).
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


def order_in(fact: Fact) -> Order | None:
    """What a fact that could be read wants released."""
    if fact.kind != Kind.PLACES_RELEASED:
        return None
    body = fact.body
    places = frozenset((show, place) for show, place in body["places"])
    return Order(body["till"], places, frozenset(body["attested"]), body["user"], body["reason"], fact.fact_id)


@dataclass(frozen=True, slots=True)
class Held:
    """Who has a place that may be released, and as what."""

    hand: Hand
    state: OfficeState


def releasable(connection: Connection, till: str) -> dict[Key, Held]:
    """Every place that this till has and may be released: what is in quarantine, and all that incarnations
    of it have which may not act any more."""
    rows = connection.execute(
        select(RIGHT.c.show_id, RIGHT.c.place, RIGHT.c.state, RIGHT.c.incarnation, TILL.c.state.label("standing"))
        .join(TILL, (TILL.c.id == RIGHT.c.holder) & (TILL.c.incarnation == RIGHT.c.incarnation))
        .where(RIGHT.c.holder == till, RIGHT.c.state.in_(["QUARANTINE", "PAPER", "SOLD", "HELD"]))
    ).all()
    frozen = _frozen(connection) if any(row.standing == "ACTIVE" for row in rows) else set()
    found: dict[Key, Held] = {}
    for row in rows:
        key, state = (row.show_id, row.place), OfficeState(row.state)
        if row.standing != "ACTIVE" or (state is OfficeState.QUARANTINE and key not in frozen):
            found[key] = Held(Hand(till, row.incarnation), state)
    return found


def _frozen(connection: Connection) -> set[Key]:
    """Places that a fact names which could not be read."""
    bodies = connection.execute(select(DISPUTE.c.body).where(DISPUTE.c.cause == "unreadable")).scalars()
    return {(place["show"], place["place"]) for body in bodies for place in json.loads(body)["places"]}


def unaccounted(
    connection: Connection, holders: Collection[Hand], attested: Collection[str], places: Collection[Key]
) -> list[Unaccounted]:
    """Who has to be heard, or attested for, before these places, which these incarnations hold, are released."""
    rows = connection.execute(
        select(TILL.c.id, TILL.c.incarnation, TILL.c.state, TILL.c.fenced_at, FACT.c.kind.label("last"))
        .join(FACT, tills.LAST_FACT, isouter=True)
        .order_by(TILL.c.id, TILL.c.incarnation)
    ).all()
    rivals = select(RIVAL_FACT.c.till, RIVAL_FACT.c.incarnation).distinct()
    forked = {Hand(row.till, row.incarnation) for row in connection.execute(rivals)}
    unread, claims = _unread(connection), _claims(connection, places)
    newest = max(row.fenced_at for row in rows) if rows else 0
    spoken = spoken_for([Hand(row.id, row.incarnation) for row in rows], holders, attested)
    found: list[Unaccounted] = []
    for row in rows:
        hand, active = Hand(row.id, row.incarnation), row.state == "ACTIVE"
        if not active and row.fenced_at == 0 and hand in holders:
            found.append(Unaccounted(hand, "not_told"))
        elif not active and hand in spoken:
            continue
        elif hand in forked:
            found.append(Unaccounted(hand, "forked"))
        elif hand in unread:
            found.append(Unaccounted(hand, "unreadable"))
        elif hand in claims and (claims[hand] or row.last != Kind.SEALED):
            found.append(Unaccounted(hand, "not_ended" if active else "not_attested"))
        elif row.last != Kind.SEALED and heard.settled(connection, *hand) < newest:
            found.append(Unaccounted(hand, "not_heard" if active else "not_stopped"))
    return found


def spoken_for(everyone: Sequence[Hand], holders: Collection[Hand], attested: Collection[str]) -> set[Hand]:
    """The incarnations that a person has given a word for, who names what `holders` have."""
    enrolled = Counter(hand.till for hand in everyone)
    spoken = {hand for hand in everyone if hand.name in attested}
    spoken |= {hand for hand in everyone if hand.till in attested and enrolled[hand.till] == 1}
    return spoken | set(holders) if len(holders) == 1 else spoken


def _unread(connection: Connection) -> set[Hand]:
    """Whose facts could not be read, and no person has settled yet what they say."""
    rows = connection.execute(
        select(FACT.c.till, FACT.c.incarnation)
        .join(DISPUTE, DISPUTE.c.fact_id == FACT.c.fact_id)
        .where(DISPUTE.c.cause == "unreadable", DISPUTE.c.state != State.RESOLVED.value)
        .distinct()
    )
    return {Hand(row.till, row.incarnation) for row in rows}


def _claims(connection: Connection, places: Collection[Key]) -> dict[Hand, bool]:
    """Who told of one of these places what could not be read, by the token that the office's record has or a later
    one, and so may have it; and whether, by what it told, a ticket, a slip or a hold is out for it."""
    unread = select(DISPUTE.c.fact_id).where(DISPUTE.c.cause == "unreadable")
    rows = connection.execute(
        select(FACT.c.till, FACT.c.incarnation, FACT.c.envelope).where(FACT.c.fact_id.in_(unread))
    ).all()
    named = [
        (Hand(row.till, row.incarnation), effect)
        for row in rows
        for effect in _effects(row.envelope)
        if (effect.show, effect.place) in places
    ]
    if not named:
        return {}
    keys = sorted({(effect.show, effect.place) for _, effect in named})
    tokens = {
        (row.show_id, row.place): Token(row.epoch, row.hop)
        for row in connection.execute(select(RIGHT).where(tuple_(RIGHT.c.show_id, RIGHT.c.place).in_(keys)))
    }
    found: dict[Hand, bool] = {}
    for hand, effect in named:
        token = tokens[effect.show, effect.place]
        # Who tells of the record's own token that it passed the right on, to whoever has it now, has let go.
        if effect.leaves > token or (effect.leaves == token and effect.holder == hand.till):
            found[hand] = found.get(hand, False) or effect.after not in (OfficeState.LEASED, OfficeState.POOL)
    return found


def _effects(envelope: str) -> tuple[Effect, ...]:
    """What a fact says of places that could not be read as a whole; nothing where not even that can be read."""
    try:
        return Fact.from_bytes(envelope.encode()).effects
    except (ValueError, RecursionError):
        return ()


def may_release(connection: Connection, user: str) -> bool:
    """Whether this person may attest such a thing."""
    body = connection.execute(
        select(DOCUMENT.c.body).where(DOCUMENT.c.family == "user", DOCUMENT.c.id == user)
    ).scalar()
    return body is not None and json.loads(body)["role"] in SETTLING_ROLES


def release(connection: Connection, order: Order, now: int) -> list[Place]:
    """Release, and tell every till. The places released. Raises CannotRelease; then nothing has changed."""
    records = lock(connection, named(connection, order))
    taken = take(connection, order, records, now)
    write(connection, taken)
    returned = recalls.settled(connection, [place.key for place in taken])
    changes.log(connection, changes.of_places(taken), signal=returned)
    return taken


def named(connection: Connection, order: Order) -> frozenset[Key]:
    """The places that an order is for. All there are does not mean those that are sold: of each of these
    a ticket is out, and is to be attested."""
    if order.places is not None:
        return order.places
    held = releasable(connection, order.till)
    return frozenset(key for key, of in held.items() if of.state is not OfficeState.SOLD)


def check(connection: Connection, order: Order) -> frozenset[Key]:
    """The places that may be released now. Raises CannotRelease."""
    if recovery.recovering(connection):
        raise CannotRelease("the office was restored from a backup, and that has to be ended first")
    held, wanted = releasable(connection, order.till), named(connection, order)
    if strange := sorted(wanted - held.keys()):
        raise CannotRelease(f"{' '.join(strange[0])} is not with a fenced or dead {order.till}, nor in quarantine")
    if not wanted:
        raise CannotRelease(f"there is nothing with a fenced or dead {order.till}")
    unsold = {key for key in wanted if held[key].state is not OfficeState.SOLD}
    holders = {held[key].hand for key in unsold}
    if waits := unaccounted(connection, holders, order.attested, unsold) if holders else []:
        raise CannotRelease(in_words(waits), waits)
    if waiting := _parked(connection, wanted):
        raise CannotRelease(f"{waiting} is still to be applied to one of these places")
    return wanted


def take(connection: Connection, order: Order, records: dict[Key, Place], now: int) -> list[Place]:
    """Change the locked records as the order says; which they are. Raises CannotRelease."""
    places = [records[key] for key in sorted(check(connection, order))]
    connection.execute(insert(RELEASED), [_row(order, place) for place in places])
    live = _live(connection, [place.ticket for place in places if place.ticket])
    for place in places:
        # With a live ticket it is sold, whoever was to refund it, as a purse always is; without one, or
        # with a slip of paper that has been accounted for, it is anybody's.
        sold = place.ticket in live or is_purse(place.show)
        if place.state is OfficeState.HELD:  # it was not sold, so its hold goes on
            place.grant(OfficeState.HELD, "", 0, now, place.ticket)
        else:
            place.grant(OfficeState.SOLD if sold else OfficeState.POOL, "", 0, now, place.ticket if sold else "")
    return places


def _live(connection: Connection, tickets: Collection[str]) -> set[str]:
    one_of = TICKET.c.id.in_(sorted(tickets))
    return set(connection.execute(select(TICKET.c.id).where(one_of, TICKET.c.state == "live")).scalars())


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
    "not_stopped": "is fenced and has not said that it knows; attest for {hand} too, if its paper is found",
    "forked": "has two histories, so nothing of it can be relied on; attest for {hand} too, if its paper is found",
    "unreadable": "has told something that cannot be read; settle that dispute first",
    "not_ended": "has told of one of these places what cannot be read, and may have it; "
    "it has to be sealed or declared dead first",
    "not_attested": "has told of one of these places what cannot be read, and may have it; "
    "attest for {hand} too, if its paper is found",
    "not_told": "was fenced before tills were told of that; declare it dead first",
}


def in_words(waits: Iterable[Unaccounted]) -> str:
    """A sentence for each of them."""
    return "; ".join(
        f"{one.hand.till} (incarnation {one.hand.incarnation}) {_WORDS[one.why].format(hand=one.hand.name)}"
        for one in waits
    )
