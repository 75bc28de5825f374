"""The protocol of rights as an explicit-state model: some tills, some seats, one office, a web shop, a bad line.

The line keeps every message for ever and delivers any of them at any time, any number of
times: that is loss, delay, repetition and reordering at once. What is modelled is what the
program does today (docs/protocol.md): grants, sales, recalls, returns, the return of
everything at the end of a shift, pushes, an old data folder restored, and a machine that is
enrolled again while its first copy goes on selling.

`Rules` names the guards. With all of them the model is safe; each one taken away must give a
violation (tests/model/test_rights.py), or the guard would be there for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

POOL, LEASED, SOLD, QUARANTINE = "POOL", "LEASED", "SOLD", "QUARANTINE"
RETURNED, SOLD_RETURNED = "RETURNED", "SOLD_RETURNED"
OFFICE: Final = -1  # the holder of what no till has


@dataclass(frozen=True)
class Rules:
    """The guards of the protocol. The default is the protocol as it is."""

    max_token: bool = True  # a till accepts only a token higher than every one it has known
    let_go_first: bool = True  # a till lets go durably, and only then tells
    return_raises_guard: bool = True  # returning a right that never arrived raises the guard, too
    in_number_order: bool = True
    once_per_number: bool = True
    rivals_by_hash: bool = True  # the same number with another hash is no repetition
    quarantine: bool = True  # the rights of a replaced till are nobody's, not the pool's
    amnesia: bool = True  # a ledger behind its mark may not sell
    office_clock_reclaims: bool = False  # the office takes a lease back because it thinks it too old


@dataclass(frozen=True)
class Bounds:
    """How far the search goes, and which disasters may happen."""

    tills: int = 2
    seats: int = 1
    epochs: int = 3  # grants of one seat
    facts: int = 3  # in one till's journal
    web: bool = True
    restore: bool = False  # an old copy of a till's folder comes back, once
    replace: bool = False  # till 0 is enrolled again on another machine, once


class Own(NamedTuple):
    """What a till's ledger says of a seat: the last token and what became of it."""

    state: str = ""
    epoch: int = 0


class Record(NamedTuple):
    """What the office's record says of a seat."""

    state: str = POOL
    holder: int = OFFICE
    epoch: int = 0


class Effect(NamedTuple):
    """What a fact does to a seat: compare `before` under `epoch`, then set `after`."""

    seat: int
    epoch: int
    before: str
    after: str


Fact = tuple[Effect, ...]  # a sale has one effect, the end of a shift as many as the till has rights


class Till(NamedTuple):
    """One till's disk. `told` are seats whose return was told before they were let go (a mutation)."""

    own: tuple[Own, ...]
    journal: tuple[Fact, ...] = ()
    told: frozenset[int] = frozenset()
    fenced: bool = False


class State(NamedTuple):
    """Everything there is. The last three are for the invariants only: no rule may look at them."""

    tills: tuple[Till, ...]
    records: tuple[Record, ...]
    applied: tuple[tuple[Fact, ...], ...]  # what the office has of each till, in its order
    grants: frozenset[tuple[int, int, int]] = frozenset()  # (till, seat, epoch), in the line for ever
    recalls: frozenset[tuple[int, int, int]] = frozenset()
    fenced: frozenset[int] = frozenset()  # tills that the office has fenced
    copies: tuple[Till | None, ...] = ()  # an old copy of each till's folder
    restored: bool = False
    replaced: bool = False
    paper: tuple[int, ...] = ()  # valid tickets in customers' hands, by seat
    booked: tuple[int, ...] = ()  # sales that the office has booked, by seat
    disputed: bool = False


def start(bounds: Bounds) -> State:
    seats = range(bounds.seats)
    till = Till(tuple(Own() for _ in seats))
    return State(
        tills=(till,) * bounds.tills,
        records=tuple(Record() for _ in seats),
        applied=((),) * bounds.tills,
        copies=(None,) * bounds.tills,
        paper=(0,) * bounds.seats,
        booked=(0,) * bounds.seats,
    )


class Model:
    """All that can happen next, under these rules and within these bounds."""

    def __init__(self, rules: Rules = Rules(), bounds: Bounds = Bounds()) -> None:
        self.rules, self.bounds = rules, bounds

    def steps(self, state: State) -> Iterator[tuple[str, State]]:
        yield from self._office(state)
        for t, till in enumerate(state.tills):
            if not till.fenced:
                yield from self._line(state, t, till)
                yield from self._sales(state, t, till)
            yield from self._push(state, t, till)
            if self.bounds.restore:
                yield from self._restore(state, t, till)

    # ---- the office ----------------------------------------------------------------------

    def _office(self, state: State) -> Iterator[tuple[str, State]]:
        for s, record in enumerate(state.records):
            if record.state == POOL and record.epoch < self.bounds.epochs:
                fresh = record.epoch + 1
                for t in range(self.bounds.tills):
                    if t not in state.fenced:
                        granted = state.grants | {(t, s, fresh)}
                        records = _put(state.records, s, Record(LEASED, t, fresh))
                        yield (
                            f"office grants seat {s} to T{t} (token {fresh})",
                            state._replace(records=records, grants=granted),
                        )
                if self.bounds.web:
                    records = _put(state.records, s, Record(SOLD, OFFICE, fresh))
                    yield f"the web shop sells seat {s}", _sold(state._replace(records=records), s)
            if record.state == LEASED:
                asked = state.recalls | {(record.holder, s, record.epoch)}
                yield f"office recalls seat {s} from T{record.holder}", state._replace(recalls=asked)
                if self.rules.office_clock_reclaims:
                    records = _put(state.records, s, record._replace(state=POOL, holder=OFFICE))
                    yield f"office takes seat {s} back by its clock", state._replace(records=records)
        if self.bounds.replace and not state.replaced:
            yield "T0 is enrolled again as T1", self._fence(state, 0)._replace(replaced=True)

    def _fence(self, state: State, till: int) -> State:
        """No more rights for it; those that it has may not be sold by anyone."""
        freed = Record(QUARANTINE, till) if self.rules.quarantine else Record(POOL, OFFICE)
        records = tuple(
            freed._replace(epoch=record.epoch) if (record.state, record.holder) == (LEASED, till) else record
            for record in state.records
        )
        return state._replace(records=records, fenced=state.fenced | {till})

    # ---- what the line brings to a till --------------------------------------------------

    def _line(self, state: State, t: int, till: Till) -> Iterator[tuple[str, State]]:
        for s, own in enumerate(till.own):
            for epoch in range(1, self.bounds.epochs + 1):
                if (t, s, epoch) in state.grants and self._accepts(own, epoch):
                    taken = till._replace(own=_put(till.own, s, Own(LEASED, epoch)), told=till.told - {s})
                    yield f"T{t} receives seat {s} (token {epoch})", _with(state, t, taken)
                if (t, s, epoch) in state.recalls and len(till.journal) < self.bounds.facts:
                    yield from self._recalled(state, t, till, s, epoch)

    def _accepts(self, own: Own, epoch: int) -> bool:
        if self.rules.max_token:
            return epoch > own.epoch
        return own.state not in (LEASED, SOLD)

    def _recalled(self, state: State, t: int, till: Till, s: int, epoch: int) -> Iterator[tuple[str, State]]:
        own = till.own[s]
        fact = (Effect(s, epoch, LEASED, POOL),)
        journal = (*till.journal, fact)
        if own.epoch < epoch:
            raised = Own(RETURNED, epoch) if self.rules.return_raises_guard else own
            after = till._replace(own=_put(till.own, s, raised), journal=journal)
            yield f"T{t} returns seat {s} (token {epoch}), which it never received", _with(state, t, after)
        elif own == Own(LEASED, epoch) and s not in till.told:
            if self.rules.let_go_first:
                after = till._replace(own=_put(till.own, s, Own(RETURNED, epoch)), journal=journal)
                yield f"T{t} lets seat {s} go", _with(state, t, after)
            else:
                after = till._replace(journal=journal, told=till.told | {s})
                yield f"T{t} tells that it returns seat {s}, and still has it", _with(state, t, after)

    # ---- what a cashier does -------------------------------------------------------------

    def _sales(self, state: State, t: int, till: Till) -> Iterator[tuple[str, State]]:
        if len(till.journal) < self.bounds.facts:
            for s, own in enumerate(till.own):
                if own.state == LEASED:
                    fact = (Effect(s, own.epoch, LEASED, SOLD),)
                    sold = till._replace(own=_put(till.own, s, Own(SOLD, own.epoch)), journal=(*till.journal, fact))
                    yield f"T{t} sells seat {s} (token {own.epoch})", _sold(_with(state, t, sold), s)
            yield from self._close(state, t, till)
        for s in till.told:
            if till.own[s].state == LEASED:
                gone = till._replace(own=_put(till.own, s, Own(RETURNED, till.own[s].epoch)), told=till.told - {s})
                yield f"T{t} lets seat {s} go at last", _with(state, t, gone)

    def _close(self, state: State, t: int, till: Till) -> Iterator[tuple[str, State]]:
        """The end of a shift returns every right and every right to refund, by one fact."""
        effects: list[Effect] = []
        after: list[Own] = []
        for s, own in enumerate(till.own):
            if own.state == LEASED and s not in till.told:
                effects.append(Effect(s, own.epoch, LEASED, POOL))
                after.append(Own(RETURNED, own.epoch))
            elif own.state == SOLD:
                effects.append(Effect(s, own.epoch, SOLD, SOLD_RETURNED))
                after.append(Own(SOLD_RETURNED, own.epoch))
            else:
                after.append(own)
        if effects:
            closed = till._replace(own=tuple(after), journal=(*till.journal, tuple(effects)))
            yield f"T{t} closes its shift", _with(state, t, closed)

    # ---- facts on their way --------------------------------------------------------------

    def _push(self, state: State, t: int, till: Till) -> Iterator[tuple[str, State]]:
        """Any fact of the journal may arrive, or arrive again, at any time."""
        applied = state.applied[t]
        for n, fact in enumerate(till.journal):
            if n < len(applied):
                if applied[n] != fact and self.rules.rivals_by_hash and t not in state.fenced:
                    yield (
                        f"fact {n + 1} of T{t} is not the one that the office has",
                        self._fence(state, t)._replace(disputed=True),
                    )
                if not self.rules.once_per_number:
                    yield f"fact {n + 1} of T{t} arrives again", self._apply(state, t, fact)
            elif n == len(applied):
                after = self._apply(state, t, fact)
                arrived = _put(state.applied, t, (*applied, fact))
                yield f"fact {n + 1} of T{t} arrives", after._replace(applied=arrived)
            elif not self.rules.in_number_order:
                after = self._apply(state, t, fact)
                arrived = _put(state.applied, t, till.journal[: n + 1])
                yield f"fact {n + 1} of T{t} arrives first", after._replace(applied=arrived)

    def _apply(self, state: State, t: int, fact: Fact) -> State:
        for effect in fact:
            record = state.records[effect.seat]
            if effect.after == SOLD:
                booked = _put(state.booked, effect.seat, state.booked[effect.seat] + 1)
                state = state._replace(booked=booked)
            if (record.holder, record.epoch) != (t, effect.epoch) or record.state not in (effect.before, QUARANTINE):
                state = state._replace(disputed=True)
                continue
            after = Record(effect.after, t, effect.epoch)
            if effect.after == POOL:
                kept = record.state == QUARANTINE
                after = record if kept else Record(POOL, OFFICE, effect.epoch)
            elif effect.after == SOLD_RETURNED:
                after = Record(SOLD, OFFICE, effect.epoch)
            state = state._replace(records=_put(state.records, effect.seat, after))
        return state

    # ---- an old folder -------------------------------------------------------------------

    def _restore(self, state: State, t: int, till: Till) -> Iterator[tuple[str, State]]:
        copy = state.copies[t]
        if copy is None:
            yield f"a copy is made of T{t}'s folder", state._replace(copies=_put(state.copies, t, till))
        elif not state.restored and copy.journal != till.journal:
            old = copy._replace(fenced=self.rules.amnesia)
            yield f"T{t}'s old folder is restored", _with(state, t, old)._replace(restored=True)

    # ---- the invariants ------------------------------------------------------------------

    def sold_twice(self, state: State) -> str:
        """The invariant that everything is for; "" when it holds."""
        for s, papers in enumerate(state.paper):
            if papers > 1:
                return f"seat {s} is sold {papers} times"
        return ""

    def broken(self, state: State) -> str:
        """What is wrong with a state, "" when nothing is."""
        if twice := self.sold_twice(state):
            return twice
        for s, sales in enumerate(state.booked):
            if sales > 1:
                return f"the sale of seat {s} is booked {sales} times"
        if state.restored or state.replaced:
            return ""  # from here on disputes and frozen seats are as they should be
        if state.disputed:
            return "a fact that is true is disputed"
        return _right_lost(state) or _books_differ(state)

    def unnoticed(self, state: State) -> str:
        """Facts that differ from those the office has under their numbers must open a dispute.

        Judged when nothing is on its way; for runs in which old folders do sell.
        """
        for t, till in enumerate(state.tills):
            strange = any(mine != theirs for mine, theirs in zip(till.journal, state.applied[t], strict=False))
            on_its_way = any(name.startswith("fact") for name, _ in self._push(state, t, till))
            if strange and not on_its_way and not state.disputed:
                return f"T{t} has another history than the office, and nobody notices"
        return ""


def _right_lost(state: State) -> str:
    """A lease must be in hand, still receivable, or on its way back."""
    for s, record in enumerate(state.records):
        if record.state != LEASED:
            continue
        t = record.holder
        own = state.tills[t].own[s]
        usable = own.epoch < record.epoch or own == Own(LEASED, record.epoch)
        waiting = state.tills[t].journal[len(state.applied[t]) :]
        if not usable and not any(e.seat == s and e.epoch == record.epoch for fact in waiting for e in fact):
            return f"the right to seat {s} is lost: T{t} can neither use it nor give it back"
    return ""


def _books_differ(state: State) -> str:
    """When every fact has arrived, the office's records are what is in people's hands."""
    if any(till.journal != applied for till, applied in zip(state.tills, state.applied, strict=True)):
        return ""
    for s, record in enumerate(state.records):
        if (record.state == SOLD) != bool(state.paper[s]):
            return f"seat {s} is {record.state} at the office, with {state.paper[s]} tickets in people's hands"
    return ""


def _put(values: tuple, at: int, value: object) -> tuple:  # type: ignore[type-arg]
    return (*values[:at], value, *values[at + 1 :])


def _with(state: State, t: int, till: Till) -> State:
    return state._replace(tills=_put(state.tills, t, till))


def _sold(state: State, s: int) -> State:
    return state._replace(paper=_put(state.paper, s, state.paper[s] + 1))
