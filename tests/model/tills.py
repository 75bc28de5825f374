"""The tills of the model: what the line brings them, what cashiers do, what is passed on."""

from __future__ import annotations

from collections.abc import Iterator

from tests.model.rules import Bounds, Rules
from tests.model.words import (
    GONE,
    HELD,
    LEASED,
    OFFICE,
    POOL,
    SOLD,
    Certificate,
    Effect,
    Fact,
    Line,
    Own,
    State,
    Step,
    Ticket,
    Till,
    Token,
    put,
    shown,
    with_ticket,
    with_till,
)


def steps(rules: Rules, bounds: Bounds, state: State, t: int) -> Iterator[Step]:
    """All that a working till may do next."""
    till = state.tills[t]
    if len(till.journal) < bounds.facts:
        yield from _granted(rules, bounds, state, t, till)
        if bounds.transfers:
            yield from _certified(rules, bounds, state, t, till)
        for s, own in enumerate(till.own):
            if own.state == LEASED:
                yield from _leased(rules, bounds, state, t, s)
            elif own.state == SOLD:
                yield from _sold(bounds, state, t, s)
            elif own.state == HELD:
                yield from _held(bounds, state, t, s)
        yield from _closes(state, t, till)
        if not rules.refund_is_a_token:
            yield from _refunds_at_sight(state, t, till)
        if not rules.hold_is_a_token:
            yield from _sells_at_sight(bounds, state, t)
    for s in till.told:
        if till.own[s].state == LEASED:
            gone = till._replace(own=put(till.own, s, Own(GONE, till.own[s].token)), told=till.told - {s})
            yield f"T{t} lets seat {s} go at last", with_till(state, t, gone)


def did(state: State, t: int, s: int, own: Own, *effects: Effect) -> State:
    """One ledger transaction: what the till has of a seat from now on, and the fact."""
    till = state.tills[t]
    return with_till(state, t, till._replace(own=put(till.own, s, own), journal=(*till.journal, Fact(effects))))


# ---- what the line brings ----------------------------------------------------------------


def _accepts(rules: Rules, own: Own, token: Token) -> bool:
    return token > own.token if rules.max_token else own.state in ("", GONE)


def _granted(rules: Rules, bounds: Bounds, state: State, t: int, till: Till) -> Iterator[Step]:
    """A grant comes, or a recall. One of a right in hand is as good as a return by itself: see `_leased`."""
    for grant in state.line.grants:
        if grant.till != t:
            continue
        s, token = grant.seat, grant.token
        if _accepts(rules, till.own[s], token):
            own = Own(grant.state, token, grant.ticket)
            taken = with_till(state, t, till._replace(own=put(till.own, s, own), told=till.told - {s}))
            yield f"T{t} receives the right to seat {s} ({shown(token)})", _quiet(rules, bounds, taken, t, s)
        if token > till.own[s].token:
            guard = Own(GONE, token) if rules.return_raises_guard else till.own[s]
            what = Own(grant.state if rules.recall_says_what else LEASED, token, grant.ticket)
            back = _back(s, what)
            name = f"T{t} is asked for seat {s} ({shown(token)}), which never came, and returns it"
            yield name, _quiet(rules, bounds, did(state, t, s, guard, back), t, s)


def _certified(rules: Rules, bounds: Bounds, state: State, t: int, till: Till) -> Iterator[Step]:
    for giver, receiver, s, token in state.line.certificates:
        if giver == t or not _names(rules, bounds, receiver, t) or not _accepts(rules, till.own[s], token):
            continue
        if giver in till.fences and rules.fenced_givers_refused:
            continue
        before = (token[0], token[1] - rules.passing_raises_hop)
        fact = Effect(s, before, LEASED, LEASED, t, giver=giver)
        taken = did(state, t, s, Own(LEASED, token), fact)
        yield f"T{t} takes seat {s} over from T{giver} ({shown(token)})", _quiet(rules, bounds, taken, t, s)


def _names(rules: Rules, bounds: Bounds, receiver: int, t: int) -> bool:
    """Whether a certificate made out to `receiver` is good at `t`."""
    one_till = bounds.successor and {receiver, t} == {0, bounds.tills - 1}
    return receiver == t or not rules.names_receiver or (one_till and not rules.names_incarnation)


def _quiet(rules: Rules, bounds: Bounds, state: State, t: int, s: int) -> State:
    """Forget what was sent and can never matter again, for fewer states."""
    if bounds.restore or not (rules.max_token and rules.names_receiver and rules.names_incarnation):
        return state
    token = state.tills[t].own[s].token
    grants, certificates = state.line
    line = Line(
        frozenset(one for one in grants if one.till != t or one.seat != s or one.token > token),
        frozenset(one for one in certificates if one.receiver != t or one.seat != s or one.token > token),
    )
    return State(state.tills, state.office, line, state.world)


# ---- the right to sell -------------------------------------------------------------------


def _leased(rules: Rules, bounds: Bounds, state: State, t: int, s: int) -> Iterator[Step]:
    own, ticket = state.tills[t].own[s], len(state.world.tickets[s])
    if ticket < bounds.tickets:
        fact = Effect(s, own.token, LEASED, SOLD, t, ticket)
        sold = did(state, t, s, Own(SOLD, own.token, ticket), fact)
        yield f"T{t} sells seat {s} ({shown(own.token)})", with_ticket(sold, s, ticket, Ticket(t))
    if s in state.tills[t].told:
        return
    yield _lets_go(rules, state, t, s, _sale_back(s, own.token), f"T{t} returns seat {s}")
    if bounds.holds:
        yield f"T{t} holds seat {s}", did(state, t, s, Own(HELD, own.token), Effect(s, own.token, LEASED, HELD, t))
    if bounds.transfers and own.token[1] < bounds.hops:
        passed = (own.token[0], own.token[1] + rules.passing_raises_hop)
        for receiver in range(bounds.tills):
            if receiver != t:
                fact = Effect(s, own.token, LEASED, LEASED, receiver)
                name = f"T{t} passes seat {s} to T{receiver} ({shown(passed)})"
                name, after = _lets_go(rules, state, t, s, fact, name)
                sent = after.line.certificates | {Certificate(t, receiver, s, passed)}
                yield name, after._replace(line=Line(after.line.grants, sent))


def _lets_go(rules: Rules, state: State, t: int, s: int, fact: Effect, name: str) -> Step:
    own = state.tills[t].own[s]
    if rules.let_go_first:
        return name, did(state, t, s, Own(GONE, own.token), fact)
    told = did(state, t, s, own, fact)
    return f"{name}, and still has it", with_till(told, t, told.tills[t]._replace(told=told.tills[t].told | {s}))


def _sale_back(s: int, token: Token) -> Effect:
    return Effect(s, token, LEASED, POOL, OFFICE)


def _held(bounds: Bounds, state: State, t: int, s: int) -> Iterator[Step]:
    """The right to what is in a hold: to release it, to sell it, or to give it back."""
    own, ticket = state.tills[t].own[s], len(state.world.tickets[s])
    yield f"T{t} returns the right to the hold of seat {s}", did(state, t, s, Own(GONE, own.token), _hold_back(s, own))
    release = Effect(s, own.token, HELD, LEASED, t)
    yield f"T{t} releases seat {s} from its hold", did(state, t, s, Own(LEASED, own.token), release)
    if ticket < bounds.tickets:
        sale = Effect(s, own.token, HELD, SOLD, t, ticket)
        sold = did(state, t, s, Own(SOLD, own.token, ticket), sale)
        yield f"T{t} sells seat {s} from its hold", with_ticket(sold, s, ticket, Ticket(t))


def _hold_back(s: int, own: Own) -> Effect:
    return Effect(s, own.token, HELD, HELD, OFFICE)


def _sells_at_sight(bounds: Bounds, state: State, t: int) -> Iterator[Step]:
    """Without the token it is enough that the office has the seat as held."""
    for s, record in enumerate(state.office.records):
        ticket = len(state.world.tickets[s])
        if record.state == HELD and record.holder != t and ticket < bounds.tickets:
            sale = Effect(s, record.token, HELD, SOLD, t, ticket)
            sold = did(state, t, s, state.tills[t].own[s], sale)
            yield f"T{t} sells seat {s} from its hold at sight", with_ticket(sold, s, ticket, Ticket(t))


def _closes(state: State, t: int, till: Till) -> Iterator[Step]:
    """The end of a shift returns every right to sell and to refund, by one fact."""
    effects: list[Effect] = []
    after: list[Own] = []
    for s, own in enumerate(till.own):
        if own.state in (LEASED, SOLD, HELD) and s not in till.told:
            effects.append(_back(s, own))
            own = Own(GONE, own.token)
        after.append(own)
    if len(effects) > 1:  # with one, it is a return
        closed = till._replace(own=tuple(after), journal=(*till.journal, Fact(tuple(effects))))
        yield f"T{t} closes its shift", with_till(state, t, closed)


def _back(s: int, own: Own) -> Effect:
    """How a right goes back to the office."""
    if own.state == HELD:
        return _hold_back(s, own)
    return _sale_back(s, own.token) if own.state == LEASED else _refund_back(s, own)


# ---- the right to refund -----------------------------------------------------------------


def _sold(bounds: Bounds, state: State, t: int, s: int) -> Iterator[Step]:
    till = state.tills[t]
    own = till.own[s]
    yield f"T{t} returns the right to refund seat {s}", did(state, t, s, Own(GONE, own.token), _refund_back(s, own))
    freed, refund = Own(LEASED, own.token), Effect(s, own.token, SOLD, LEASED, t, own.ticket)
    if bounds.refunds:
        yield f"T{t} refunds seat {s}", _paid_back(did(state, t, s, freed, refund), s, own.ticket)
    for other, wanted in enumerate(till.own if bounds.exchanges else ()):
        ticket = len(state.world.tickets[other])
        if wanted.state == LEASED and other not in till.told and ticket < bounds.tickets:
            sale = Effect(other, wanted.token, LEASED, SOLD, t, ticket)
            moved = put(till.own, other, Own(SOLD, wanted.token, ticket))
            both = did(with_till(state, t, till._replace(own=moved)), t, s, freed, refund, sale)
            name = f"T{t} exchanges seat {s} for seat {other}"
            yield name, with_ticket(_paid_back(both, s, own.ticket), other, ticket, Ticket(t))


def _refund_back(s: int, own: Own) -> Effect:
    return Effect(s, own.token, SOLD, SOLD, OFFICE, own.ticket)


def _paid_back(state: State, s: int, n: int) -> State:
    ticket = state.world.tickets[s][n]
    return with_ticket(state, s, n, ticket._replace(paid_back=ticket.paid_back + 1))


def _refunds_at_sight(state: State, t: int, till: Till) -> Iterator[Step]:
    """Without the token it is enough that the office has the ticket as valid."""
    for s, record in enumerate(state.office.records):
        if record.state == SOLD and record.holder != t:
            fact = Effect(s, record.token, SOLD, LEASED, t, record.ticket)
            name = f"T{t} refunds seat {s} at sight"
            yield name, _paid_back(did(state, t, s, till.own[s], fact), s, record.ticket)
