"""Parked effects: they wait for an earlier passing of their right, and are taken when it has arrived.

The money of their facts has been booked long since. What follows here are the verdict, the
tickets, the places, and what tills are told of them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_, update

from pos.domain.certificate import Hand
from pos.domain.facts import Fact
from pos.domain.rights import Effect, OfficeState
from sync.office.rules.certificates import Passing, passings
from sync.office.rules.effects import worst
from sync.office.rules.history import Outcome, Verdict
from sync.office.rules.places import Key
from sync.office.store.tables import FACT, PARKED, TICKET


@dataclass(frozen=True, slots=True)
class Waiting:
    """One effect of a fact that is booked already; `kind` is the fact's."""

    fact_id: str
    line: int
    author: Hand
    number: int
    kind: str
    effect: Effect
    passing: Passing | None

    @property
    def key(self) -> Key:
        return self.effect.show, self.effect.place

    @property
    def order(self) -> tuple[Any, ...]:
        """Passing by passing; under one token as its till did it."""
        return self.effect.token, self.author, self.number, self.line


@dataclass(frozen=True, slots=True)
class Resumed:
    """An effect that waits no longer."""

    waiting: Waiting
    outcome: Outcome


def park(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(PARKED), rows)


def row(fact_id: str, line: int, effect: Effect) -> dict[str, Any]:
    """An effect on its way into the table."""
    place = {"show_id": effect.show, "place": effect.place}
    return {"fact_id": fact_id, "line": line, "effect": json.dumps(effect.to_json()), **place}


def waiting_at(connection: Connection, keys: Collection[Key]) -> list[Waiting]:
    """What waits at these places, in the order in which it is to be taken."""
    if not keys or connection.execute(select(PARKED.c.line).limit(1)).first() is None:
        return []
    rows = connection.execute(_AT_PLACES, {"keys": sorted(keys)})
    return sorted((_waiting(row) for row in rows), key=lambda waiting: waiting.order)


def _waiting(row: Any) -> Waiting:
    effect = Effect.from_json(json.loads(row.effect))
    told = passings(Fact.from_bytes(row.envelope.encode()))
    passing = told.get((effect.show, effect.place, effect.token))
    return Waiting(row.fact_id, row.line, Hand(row.till, row.incarnation), row.number, row.kind, effect, passing)


def settle(connection: Connection, resumed: Sequence[Resumed]) -> None:
    """What follows from effects that have been taken: verdicts of their facts, states of their tickets.

    Tickets that ended meanwhile have to be written down before: a place may have one that is live.
    """
    if not resumed:
        return
    facts = sorted({one.waiting.fact_id for one in resumed})
    # Locked, because another push may be taking another effect of the same fact.
    stored = {row.fact_id: row.verdict for row in connection.execute(_VERDICTS, {"facts": facts})}
    connection.execute(_GONE, [{"fact": one.waiting.fact_id, "at": one.waiting.line} for one in resumed])
    still = set(connection.execute(_STILL_PARKED, {"facts": facts}).scalars())
    verdicts: dict[str, list[Verdict]] = {fact: [] for fact in facts}
    for fact in facts:
        verdicts[fact] += ["disputed"] if stored[fact] == "disputed" else []
        verdicts[fact] += ["parked"] if fact in still else []
    for one in resumed:
        verdicts[one.waiting.fact_id].append(one.outcome.verdict)
    connection.execute(_PUT_VERDICT, [{"fact": fact, "is_now": worst(verdicts[fact])} for fact in facts])
    begun = [{"begun": one.waiting.effect.ticket, "is_now": ticket_state(one.outcome)} for one in begins(resumed)]
    if begun:
        connection.execute(_PUT_TICKET, begun)


def begins(resumed: Iterable[Resumed]) -> list[Resumed]:
    """Those by which a ticket is sold."""
    sold = OfficeState.SOLD
    return [one for one in resumed if one.waiting.effect.after is sold and one.waiting.effect.before is not sold]


def ticket_state(outcome: Outcome) -> str:
    """What a sale's effect makes of its ticket. One that has ended already, by a fact that is still to
    come, is void until then."""
    if outcome.verdict != "applied":
        return "disputed"
    return "void" if outcome.history else "live"


_AT_PLACES: Final = (
    select(PARKED, FACT.c.till, FACT.c.incarnation, FACT.c.number, FACT.c.kind, FACT.c.envelope)
    .join(FACT, FACT.c.fact_id == PARKED.c.fact_id)
    .where(tuple_(PARKED.c.show_id, PARKED.c.place).in_(bindparam("keys", expanding=True)))
)
_VERDICTS: Final = (
    select(FACT.c.fact_id, FACT.c.verdict)
    .where(FACT.c.fact_id.in_(bindparam("facts", expanding=True)))
    .order_by(FACT.c.fact_id)
    .with_for_update()
)
_GONE: Final = delete(PARKED).where(PARKED.c.fact_id == bindparam("fact"), PARKED.c.line == bindparam("at"))
_STILL_PARKED: Final = select(PARKED.c.fact_id).where(PARKED.c.fact_id.in_(bindparam("facts", expanding=True)))
_PUT_VERDICT: Final = update(FACT).where(FACT.c.fact_id == bindparam("fact")).values(verdict=bindparam("is_now"))
_PUT_TICKET: Final = (
    update(TICKET)
    .where(TICKET.c.id == bindparam("begun"), TICKET.c.state == "disputed")
    .values(state=bindparam("is_now"))
)
