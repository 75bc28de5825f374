"""The protocol of rights as an explicit-state model: tills, seats, an office, a web shop, a bad line.

The line keeps every message for ever and delivers any of them at any time, any number of
times: that is loss, delay, repetition and reordering at once. A till does what it likes
whenever it may. What the program must do is in `rules`; what must hold, in `invariants`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.model import gone, office, paper, tills
from tests.model.rules import Bounds, Rules
from tests.model.words import State, Step, put, with_till


class Model:
    """All that can happen next, under these rules and within these bounds."""

    def __init__(self, rules: Rules, bounds: Bounds, settle: office.Settle = office.settle) -> None:
        self.rules, self.bounds, self.settle = rules, bounds, settle
        # A fact that has arrived can arrive again, and change nothing: it is forgotten, for fewer states.
        self.forgets_facts = rules.once_per_number and rules.in_number_order and not bounds.restore

    def steps(self, state: State) -> Iterator[Step]:
        rules, bounds = self.rules, self.bounds
        yield from office.steps(rules, bounds, state)
        yield from gone.steps(rules, bounds, state)
        if bounds.paper:
            yield from paper.slips_sold(bounds, state)
        for t, till in enumerate(state.tills):
            if till.works:
                yield from tills.steps(rules, bounds, state, t)
                if bounds.paper:
                    yield from paper.steps(rules, bounds, state, t)
                if till.fences != state.office.fenced:
                    yield gone.hears(state, t)
                if bounds.forgets and till.fences and not rules.fences_kept:
                    yield f"T{t} loses its replica", with_till(state, t, till._replace(fences=frozenset()))
            if till.journal:
                yield from self._push(state, t)

    def _push(self, state: State, t: int) -> Iterator[Step]:
        """Any fact of the journal may arrive, or arrive again, at any time."""
        rules, till, applied = self.rules, state.tills[t], state.office.applied[t]
        if self.forgets_facts:
            rest = with_till(state, t, till._replace(journal=till.journal[1:]))
            yield f"a fact of T{t} arrives", office.apply(rules, rest, t, till.journal[0], self.settle)
            return
        for n, fact in enumerate(till.journal):
            name = f"fact {n + 1} of T{t} arrives"
            if n < len(applied):
                if applied[n] != fact and rules.rivals_by_hash and t not in state.office.fenced:
                    seen = gone.fence(rules, state, t)
                    yield f"{name}, and is not the one that the office has", _disputed(seen)
                if not rules.once_per_number:
                    yield f"{name} again", office.apply(rules, state, t, fact, self.settle)
            elif n == len(applied) or not rules.in_number_order:
                after = office.apply(rules, state, t, fact, self.settle)
                arrived = put(state.office.applied, t, (*applied, *till.journal[len(applied) : n + 1]))
                yield name, after._replace(office=after.office._replace(applied=arrived))

    def unnoticed(self, state: State) -> str:
        """An invariant for runs in which old folders do sell: two histories open a dispute, once all has arrived."""
        for t, (till, applied) in enumerate(zip(state.tills, state.office.applied, strict=True)):
            strange = any(mine != theirs for mine, theirs in zip(till.journal, applied, strict=False))
            if strange and not state.office.disputed and not any(self._push(state, t)):
                return f"T{t} has another history than the office, and nobody notices"
        return ""


def _disputed(state: State) -> State:
    return state._replace(office=state.office._replace(disputed=True))
