"""Paper in the model: seats on numbered slips, sold by people who see no till."""

from __future__ import annotations

from collections.abc import Iterator

from tests.model.rules import Bounds, Rules
from tests.model.tills import did
from tests.model.words import (
    GONE,
    LEASED,
    NONE,
    PAPER,
    QUARANTINE,
    SOLD,
    Effect,
    Own,
    Slip,
    State,
    Step,
    Ticket,
    put,
    shown,
    with_slips,
    with_ticket,
)


def slips_sold(bounds: Bounds, state: State) -> Iterator[Step]:
    """Somebody who has a pack, or has found it, sells a slip of it."""
    for s, slips in enumerate(state.world.slips):
        ticket = len(state.world.tickets[s])
        for n, slip in enumerate(slips):
            if slip.ticket == NONE and not slip.back and ticket < bounds.tickets:
                sold = with_slips(state, s, put(slips, n, slip._replace(ticket=ticket)))
                name = f"seat {s} is sold on T{slip.issuer}'s paper ({shown(slip.token)})"
                yield name, with_ticket(sold, s, ticket, Ticket(slip.issuer, on_paper=True))


def steps(rules: Rules, bounds: Bounds, state: State, t: int) -> Iterator[Step]:
    """What a working till does with paper."""
    till = state.tills[t]
    if len(till.journal) >= bounds.facts:
        return
    for s, own in enumerate(till.own):
        if own.state == LEASED and s not in till.told and own.token[1] < bounds.hops:
            token = (own.token[0], own.token[1] + rules.paper_raises_hop)
            after = did(state, t, s, Own(PAPER, token), Effect(s, own.token, LEASED, PAPER, t))
            slips = (*state.world.slips[s], Slip(t, token))
            yield f"T{t} puts seat {s} on paper ({shown(token)})", with_slips(after, s, slips)
        if own.state == PAPER:
            yield _loses(rules, state, t, s)
        for n, slip in enumerate(state.world.slips[s]):
            if slip.ticket == NONE and _takes_back(rules, t, own, slip):
                yield _taken_back(state, t, s, n)
            elif slip.ticket != NONE and _outstanding(t, own, slip):
                yield _entered(state, t, s, n)


def _outstanding(t: int, own: Own, slip: Slip) -> bool:
    return slip.issuer == t and own.state == PAPER and own.token == slip.token


def _takes_back(rules: Rules, t: int, own: Own, slip: Slip) -> bool:
    if slip.issuer != t:
        return not rules.paper_ends_at_home and slip.token > own.token
    again = not rules.paper_ends_once and own.token == slip.token and own.state != GONE
    return _outstanding(t, own, slip) or again


def _taken_back(state: State, t: int, s: int, n: int) -> Step:
    """An unsold slip is scanned at the till, and kept in its drawer."""
    slip = state.world.slips[s][n]
    after = did(state, t, s, Own(LEASED, slip.token), Effect(s, slip.token, PAPER, LEASED, t))
    slips = put(state.world.slips[s], n, slip._replace(back=True))
    return f"T{t} takes a slip of seat {s} back ({shown(slip.token)})", with_slips(after, s, slips)


def _entered(state: State, t: int, s: int, n: int) -> Step:
    """The sale of a slip is keyed in; from then on it is a ticket like any other."""
    slip = state.world.slips[s][n]
    own, fact = Own(SOLD, slip.token, slip.ticket), Effect(s, slip.token, PAPER, SOLD, t, slip.ticket)
    ticket = state.world.tickets[s][slip.ticket]._replace(on_paper=False)
    after = with_ticket(did(state, t, s, own, fact), s, slip.ticket, ticket)
    slips = state.world.slips[s]
    return f"T{t} enters the sale of a slip of seat {s}", with_slips(after, s, slips[:n] + slips[n + 1 :])


def _loses(rules: Rules, state: State, t: int, s: int) -> Step:
    """A pack is reported lost. Whoever finds it may still sell from it."""
    token = state.tills[t].own[s].token
    if rules.lost_pack_quarantined:
        after = did(state, t, s, Own(GONE, token), Effect(s, token, PAPER, QUARANTINE, t))
    else:
        after = did(state, t, s, Own(LEASED, token), Effect(s, token, PAPER, LEASED, t))
    return f"T{t} reports the pack with seat {s} lost", after
