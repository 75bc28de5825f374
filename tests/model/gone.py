"""Tills that are replaced, dead or copied, and what becomes of their rights."""

from __future__ import annotations

from collections.abc import Iterator

from tests.model.rules import Bounds, Rules
from tests.model.words import (
    GONE,
    HELD,
    LEASED,
    NONE,
    OFFICE,
    PAPER,
    POOL,
    QUARANTINE,
    SOLD,
    Answer,
    Effect,
    Fact,
    Own,
    Record,
    State,
    Step,
    Till,
    put,
    with_record,
    with_slips,
    with_till,
)


def steps(rules: Rules, bounds: Bounds, state: State) -> Iterator[Step]:
    fenced, enrolled = state.office.fenced, state.office.enrolled
    for t in (bounds.fenced & enrolled) - fenced:
        yield f"T{t} is fenced", fence(rules, state, t)
    for t in bounds.mortal & enrolled:
        if not state.tills[t].lost:
            empty = Till(tuple(Own() for _ in range(bounds.seats)), works=False, lost=True)
            yield f"T{t}'s disk is lost", with_till(state, t, empty)
    for t in bounds.sealed & enrolled:
        till = state.tills[t]
        if not till.sealed and not (till.lost and rules.only_originals_sealed):
            yield f"T{t}'s disk is sealed", with_till(state, t, _sealed(t, till))
    for t in bounds.joins - enrolled:
        yield f"T{t} is enrolled", _enrol(rules, state, t)
    if bounds.successor and 0 in fenced and bounds.tills - 1 not in enrolled:
        yield f"T{bounds.tills - 1} is enrolled in T0's place", _enrol(rules, state, bounds.tills - 1)
    if bounds.releases:
        for s in range(bounds.seats):
            if may_release(rules, state, s):
                yield f"a supervisor releases seat {s}", _released(state, s)
    if bounds.restore:
        yield from _restores(rules, state)


def _enrol(rules: Rules, state: State, t: int) -> State:
    known = state.office.fenced if rules.joins_with_fences else frozenset()
    answers = put(state.office.answers, t, Answer(known))
    office = state.office._replace(enrolled=state.office.enrolled | {t}, answers=answers)
    return with_till(state, t, state.tills[t]._replace(works=True, fences=known))._replace(office=office)


def fence(rules: Rules, state: State, t: int) -> State:
    """No more rights for it; those that it has may not be sold by anyone."""
    records = []
    for record in state.office.records:
        if record.holder == t and record.state == LEASED:
            record = Record(QUARANTINE, t, record.token) if rules.quarantine else Record(POOL, OFFICE, record.token)
        elif record.holder == t and record.state == SOLD and not rules.quarantine:
            record = record._replace(holder=OFFICE)
        records.append(record)
    office = state.office._replace(records=tuple(records), fenced=state.office.fenced | {t})
    return State(state.tills, office, state.line, state.world)


def hears(state: State, t: int) -> Step:
    """A till pulls past every fence and answers. Being fenced itself, it stops."""
    till, fenced = state.tills[t], state.office.fenced
    to_come = len(till.journal) - len(state.office.applied[t])
    office = state.office._replace(answers=put(state.office.answers, t, Answer(fenced, to_come)))
    heard = with_till(state, t, till._replace(fences=fenced, works=t not in fenced))
    return f"T{t} hears who is fenced, and answers", heard._replace(office=office)


def _sealed(t: int, till: Till) -> Till:
    """The last fact on a disk: it gives back all that it has. Paper is with anyone, and for a person to release."""
    back = [effect for s, own in enumerate(till.own) if (effect := _given_back(t, s, own))]
    own = tuple(Own(GONE, own.token) for own in till.own)
    return till._replace(own=own, journal=(*till.journal, Fact(tuple(back), sealing=True)), works=False, sealed=True)


def _given_back(t: int, s: int, own: Own) -> Effect | None:
    if own.state == LEASED:
        return Effect(s, own.token, LEASED, POOL, OFFICE)
    if own.state == SOLD:
        return Effect(s, own.token, SOLD, SOLD, OFFICE, own.ticket)
    if own.state == HELD:
        return Effect(s, own.token, HELD, HELD, OFFICE)
    return Effect(s, own.token, PAPER, QUARANTINE, t) if own.state == PAPER else None


# ---- release -----------------------------------------------------------------------------


def may_release(rules: Rules, state: State, s: int) -> bool:
    """Whether a place may leave quarantine, or a fenced till's right to refund go to another till.

    A person attests what became of the holder's tickets and paper. A valid ticket proves
    that its right to refund went nowhere; a right to sell may have been passed on, so all
    that any till ever took over must have come to light.
    """
    record, office = state.office.records[s], state.office
    fenced = record.holder in office.fenced
    if not (record.state == QUARANTINE or (record.state in (SOLD, PAPER, HELD) and fenced)):
        return False
    if not _attested(state, record.holder, s) or (fenced and not _accounted(rules, state, record.holder, s)):
        return False
    if record.state == SOLD:
        return True
    if rules.release_awaits_parked and any(effect.seat == s for _, effect in office.parked):
        return False
    if not rules.release_asks:
        return True
    asked = office.enrolled if rules.release_asks_fenced else office.enrolled - office.fenced
    return all(_accounted(rules, state, t, s) for t in asked)


def _accounted(rules: Rules, state: State, t: int, s: int) -> bool:
    """Whether nothing more is to be expected of a till about a fenced till's right to a seat."""
    fenced, answer = state.office.fenced, state.office.answers[t]
    sent = answer.to_come == 0 or not rules.release_awaits_facts
    if t in fenced:
        return (t in answer.fences and sent) or (state.tills[t].lost and _attested(state, t, s))
    known = fenced
    if not rules.release_asks_all_fences and state.office.records[s].holder in fenced:
        known = frozenset({state.office.records[s].holder})
    return answer.fences >= known and sent


def _attested(state: State, t: int, s: int) -> bool:
    """What a person can see: no ticket of the till for the seat is valid but the recorded one, which is."""
    record, tickets = state.office.records[s], state.world.tickets[s]
    if record.state == SOLD and tickets[record.ticket].paid_back:
        return False
    valid = {n for n, ticket in enumerate(tickets) if ticket.seller == t and not ticket.paid_back}
    return valid <= {record.ticket}


def _released(state: State, s: int) -> State:
    """Back to the office, under a new token. Unsold slips have been found, and are destroyed."""
    record = state.office.records[s]
    free = record.state if record.state in (SOLD, HELD) else POOL
    released = with_record(state, s, Record(free, OFFICE, (record.token[0] + 1, 0), record.ticket))
    return with_slips(released, s, tuple(slip for slip in state.world.slips[s] if slip.ticket != NONE))


# ---- old folders -------------------------------------------------------------------------


def _restores(rules: Rules, state: State) -> Iterator[Step]:
    world = state.world
    for t, till in enumerate(state.tills):
        copy = world.copies[t]
        if copy is None:
            copied = world._replace(copies=put(world.copies, t, till))
            yield f"a copy is made of T{t}'s folder", State(state.tills, state.office, state.line, copied)
        elif not world.restored and copy.journal != till.journal:
            old = with_till(state, t, copy._replace(works=not rules.amnesia, lost=True))
            yield f"T{t}'s old folder is restored", old._replace(world=world._replace(restored=True))
