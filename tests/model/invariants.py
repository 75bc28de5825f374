"""What must hold in every state of the model. Each says what is wrong, "" when nothing is."""

from __future__ import annotations

from tests.model.words import HELD, LEASED, PAPER, SOLD, Fact, Record, State


def sold_twice(state: State) -> str:
    """What everything is for: one valid ticket a seat, slips included, and no ticket paid back twice."""
    for s, tickets in enumerate(state.world.tickets):
        valid = 0
        for ticket in tickets:
            if ticket.paid_back > 1:
                return f"a ticket for seat {s} is paid back twice"
            valid += not ticket.paid_back
        if valid > 1:
            return f"seat {s} is sold {valid} times"
    return ""


def broken(state: State) -> str:
    """All that must hold while tills are what they seem. After a restore, disputes are as they should be."""
    if twice := sold_twice(state):
        return twice
    for s, tickets in enumerate(state.world.tickets):
        if any(ticket.booked > 1 for ticket in tickets):
            return f"a sale of seat {s} is booked twice"
    if state.world.restored:
        return ""
    if state.office.disputed:
        return "a fact that is true is disputed"
    return _right_lost(state) or _books_differ(state)


def _to_come(state: State, t: int) -> tuple[Fact, ...]:
    return state.tills[t].journal[len(state.office.applied[t]) :]


def _right_lost(state: State) -> str:
    """What a till is recorded to have must be in its hand, receivable, on its way, or for a person to release."""
    for s, record in enumerate(state.office.records):
        if record.state not in (LEASED, PAPER, SOLD, HELD) or record.holder < 0:
            continue
        t, holder = record.holder, state.tills[record.holder]
        if t in state.office.fenced:
            if record.state == LEASED:
                return f"seat {s} is LEASED with T{t}, which is fenced: nobody can release it"
        elif not (holder.lost or _usable(state, s, record)):
            return f"the right to seat {s} is lost: T{t} can neither use it nor give it back"
    return ""


def _usable(state: State, s: int, record: Record) -> bool:
    own = state.tills[record.holder].own[s]
    if own.token < record.token or (own.state, own.token, own.ticket) == (record.state, record.token, record.ticket):
        return True
    return any(effect.seat == s for fact in _to_come(state, record.holder) for effect in fact.effects)


def _books_differ(state: State) -> str:
    """When every fact has arrived, the office has what is in people's hands, but for what was lost with a disk."""
    if any(_to_come(state, t) for t in range(len(state.tills))):
        return ""
    if state.office.parked:
        return "an effect stays parked"
    for s, record in enumerate(state.office.records):
        for n, ticket in enumerate(state.world.tickets[s]):
            lost = ticket.seller >= 0 and state.tills[ticket.seller].lost
            if lost or ticket.on_paper:
                continue
            if not ticket.booked:
                return f"ticket {n} of seat {s} is not at the office"
            if not ticket.paid_back and (record.state, record.ticket) != (SOLD, n):
                return f"ticket {n} of seat {s} is valid, and the office has the seat as {record.state}"
        paid_back = record.state == SOLD and state.world.tickets[s][record.ticket].paid_back
        if paid_back and not any(till.lost for till in state.tills):
            return f"the office has seat {s} as SOLD, and its ticket is paid back"
    return ""
