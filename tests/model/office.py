"""The office of the model: it grants rights and applies facts.

What a till can do to a seat, by (before, after) of the effect. `.` is the token of the
effect, `+` the next hop; the office needs the same holder, token and state as before,
where QUARANTINE stands for any LEASED.

    LEASED -> SOLD        .  sold                       PAPER -> SOLD        .  a slip's sale entered
    LEASED -> POOL        .  returned                   PAPER -> LEASED      .  a slip taken back
    SOLD   -> SOLD        .  right to refund returned   PAPER -> QUARANTINE  .  the pack is lost
    SOLD   -> LEASED      .  refunded                   LEASED -> HELD       .  held
    HELD   -> HELD        .  right to it returned       HELD   -> LEASED     .  released
    HELD   -> SOLD        .  sold from its hold
    LEASED -> PAPER       +  put on paper
    LEASED -> LEASED      +  passed on by the giver, or received by certificate

An exchange is SOLD -> LEASED of one seat and LEASED -> SOLD of another in one fact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.model.rules import Bounds, Rules
from tests.model.words import (
    HELD,
    LEASED,
    NONE,
    OFFICE,
    PAPER,
    POOL,
    QUARANTINE,
    SOLD,
    Answer,
    Due,
    Effect,
    Fact,
    Grant,
    Line,
    Office,
    Record,
    State,
    Step,
    Ticket,
    Token,
    put,
    shown,
    with_record,
    with_ticket,
)


def steps(rules: Rules, bounds: Bounds, state: State) -> Iterator[Step]:
    for s, record in enumerate(state.office.records):
        if record.token[0] < bounds.epochs:
            if record.state == POOL:
                yield from _grants(state, s, record, LEASED, "to sell")
            elif record.state == SOLD and record.holder == OFFICE and bounds.refunds:
                yield from _grants(state, s, record, SOLD, "to refund")
            elif record.state == HELD and record.holder == OFFICE:
                yield from _grants(state, s, record, HELD, "to the hold of")
        if record.state == POOL and bounds.web and len(state.world.tickets[s]) < bounds.tickets:
            yield _web_sells(state, s, record)
        if record.state == LEASED and not rules.no_clock_reclaims:
            taken = Record(POOL, OFFICE, record.token)
            yield f"the office takes seat {s} back by its clock", with_record(state, s, taken)


def _grants(state: State, s: int, record: Record, what: str, name: str) -> Iterator[Step]:
    fresh = (record.token[0] + 1, 0)
    for t in state.office.enrolled - state.office.fenced:
        granted = with_record(state, s, Record(what, t, fresh, record.ticket))
        yield f"the office grants T{t} the right {name} seat {s} ({shown(fresh)})", _may_be_sent(granted, s)


def _may_be_sent(state: State, s: int) -> State:
    """From now on the line may bring the holder of a seat the office's word that it is the holder."""
    record = state.office.records[s]
    grant = Grant(record.holder, s, record.token, record.state, record.ticket)
    return state._replace(line=Line(state.line.grants | {grant}, state.line.certificates))


def _web_sells(state: State, s: int, record: Record) -> Step:
    ticket = len(state.world.tickets[s])
    sold = with_record(state, s, Record(SOLD, OFFICE, (record.token[0] + 1, 0), ticket))
    return f"the web shop sells seat {s}", with_ticket(sold, s, ticket, Ticket(OFFICE, booked=1))


# ---- facts -------------------------------------------------------------------------------


Settle = Callable[[Rules, Office, int, Fact], Office]


def apply(rules: Rules, state: State, t: int, fact: Fact, settle: Settle) -> State:
    """Book a fact of till `t`: what was sold, whatever else; then what it does to places."""
    for effect in fact.effects:
        if effect.after == SOLD and effect.before != SOLD:
            sold = state.world.tickets[effect.seat][effect.ticket]
            state = with_ticket(state, effect.seat, effect.ticket, sold._replace(booked=sold.booked + 1))
    office = settle(rules, state.office, t, fact)
    answer = office.answers[t]
    if answer.to_come:
        office = office._replace(answers=put(office.answers, t, answer._replace(to_come=answer.to_come - 1)))
    state = State(state.tills, office, state.line, state.world)
    for effect in fact.effects:
        if _never_received(state, t, effect.seat):
            state = _may_be_sent(state, effect.seat)
    return state


def _never_received(state: State, t: int, s: int) -> bool:
    """Whether a fact has made another till the holder that does not know it yet."""
    record = state.office.records[s]
    return record.state == LEASED and record.holder != t and state.tills[record.holder].own[s].token < record.token


def settle(rules: Rules, office: Office, t: int, fact: Fact) -> Office:
    """Apply, park or dispute each effect alone; and with one, what waited for it."""
    all_wait = not rules.effects_alone and any(_early(rules, office, effect) for effect in fact.effects)
    for effect in fact.effects:
        if all_wait or _early(rules, office, effect):
            office = office._replace(parked=(*office.parked, (t, effect)))
        else:
            settled = _settled(rules, office, t, effect, sealing=fact.sealing)
            office = _unparked(rules, settled, effect.seat)
    return _ended(office, t) if fact.sealing else office


def _ended(office: Office, t: int) -> Office:
    """A sealed till takes nothing any more, and has said all: what was granted to it and never came is free."""
    free = tuple(
        Record(POOL, OFFICE, one.token) if (one.state, one.holder) == (LEASED, t) else one for one in office.records
    )
    fenced = office.fenced | {t}
    return office._replace(records=free, fenced=fenced, answers=put(office.answers, t, Answer(fenced)))


def raised(rules: Rules, effect: Effect) -> Token:
    """The token after an effect."""
    epoch, hop = effect.token
    if effect.before == LEASED:
        if effect.after == LEASED:
            return epoch, hop + rules.passing_raises_hop
        if effect.after == PAPER:
            return epoch, hop + rules.paper_raises_hop
    return effect.token


def _early(rules: Rules, office: Office, effect: Effect) -> bool:
    """Whether an earlier passing has not arrived yet."""
    token = office.records[effect.seat].token
    if effect.giver == NONE:
        return effect.token > token
    if not rules.certificate_suffices:
        return raised(rules, effect) > token
    return effect.token > token and not rules.certificate_skips


def _unparked(rules: Rules, office: Office, s: int) -> Office:
    """Settle what waited for the seat to pass on, in the order in which it came."""
    for n, (t, effect) in enumerate(office.parked):
        if effect.seat == s and not _early(rules, office, effect):
            rest = office._replace(parked=office.parked[:n] + office.parked[n + 1 :])
            return _unparked(rules, _settled(rules, rest, t, effect), s)
    return office


def _settled(rules: Rules, office: Office, t: int, effect: Effect, *, sealing: bool = False) -> Office:
    """Compare and set, or history, or a dispute."""
    s, record = effect.seat, office.records[effect.seat]
    if effect.giver != NONE:
        return _received(rules, office, t, effect)
    if effect.holder == OFFICE and t in office.fenced and (record.holder, record.token) != (t, effect.token):
        return office  # what it gives back was released long since
    if effect.token < record.token:
        return _late(rules, office, t, effect)
    frozen = record.state == QUARANTINE and effect.before == LEASED
    if record.holder != t or not (frozen or record.state == effect.before):
        return office._replace(disputed=True)
    if effect.after == POOL:
        after = record if frozen and not sealing else Record(POOL, OFFICE, effect.token)
    elif effect.after == HELD and effect.holder == OFFICE:
        after = record if t in office.fenced and not sealing else Record(HELD, OFFICE, effect.token)
    else:
        ticket = effect.ticket if effect.after == SOLD else NONE
        kept = _kept(rules, office, effect)
        after = Record(kept, effect.holder, raised(rules, effect), ticket)
    return office._replace(records=put(office.records, s, after))


def _kept(rules: Rules, office: Office, effect: Effect) -> str:
    """What would be a fenced till's is nobody's: nobody could ever ask it back."""
    if effect.after == LEASED and effect.holder in office.fenced and rules.quarantine_on_arrival:
        return QUARANTINE
    return effect.after


def _received(rules: Rules, office: Office, t: int, effect: Effect) -> Office:
    """A right came by certificate: its giver has let go, however little the office knows of the giver yet."""
    s, record, after = effect.seat, office.records[effect.seat], raised(rules, effect)
    here = Record(_kept(rules, office, effect), t, after)
    if (record.holder, record.token) == (t, after):  # the giver's own word came first
        return office._replace(records=put(office.records, s, here))
    if record.token > after:  # and it has passed on since
        return office._replace(past=office.past | {Due(t, s, after)})
    next_hop = (record.holder, record.token) == (effect.giver, effect.token)
    skipped = (
        rules.certificate_skips and record.holder != OFFICE and record.token[0] == after[0] and record.token < after
    )
    if not (next_hop or skipped) or (record.state == SOLD and not rules.certificate_ends_sale):
        return office._replace(disputed=True)
    dues = office.past | {Due(record.holder, s, record.token), Due(effect.giver, s, effect.token)}
    return office._replace(records=put(office.records, s, here), past=dues)


def _late(rules: Rules, office: Office, t: int, effect: Effect) -> Office:
    """What a giver did before it let go is history. Its own word of letting go is the last of it."""
    due = Due(t, effect.seat, effect.token)
    if due not in office.past or not rules.late_is_history:
        return office._replace(disputed=True)
    if effect.before == LEASED and effect.after == PAPER:
        return office._replace(past=office.past - {due} | {Due(t, effect.seat, raised(rules, effect))})
    if effect.before == LEASED and effect.after == LEASED:
        return office._replace(past=office.past - {due})
    return office
