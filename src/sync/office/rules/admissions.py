"""Tickets that gates let in: booked once, told to every till, and disputed where gates were cut off.

A gate goes by what it knows. So one ticket may be let in twice, and what was refunded or
exchanged may be let in as well: it happened, and a person has to hear of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from pos.domain.facts import Fact
from sync.office.rules.disputes import Found
from sync.office.rules.particulars import Register
from sync.office.rules.places import Key
from sync.office.rules.reading import Arrived
from sync.office.rules.sales import ENDED
from sync.office.store.tables import ADMISSION, TICKET


@dataclass
class Gates:
    """What is known of the tickets that a page of facts touches, whose rows are locked.

    `where` are their places, `over` those that have ended, `gates` ticket -> the till that let it in first.
    """

    connection: Connection
    where: dict[str, Key] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)
    gates: dict[str, str] = field(default_factory=dict)
    new: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def lay(cls, connection: Connection, arrived: Sequence[Arrived]) -> Gates:
        """Lock the tickets that are let in, ended or copied. After places, before the change log's head.

        Else a refund and an admission that arrive at one moment would not see each other.
        """
        gates = cls(connection)
        touched = {ticket for one in arrived for ticket in (*one.admitted, *one.issued, *_ended(one))}
        touched |= {ticket for one in arrived for ticket, copy in one.copies.items() if copy}
        if not touched:
            return gates
        named = {"ids": sorted(touched)}
        several: BindParameter[str] = bindparam("ids", expanding=True)
        for row in connection.execute(
            select(TICKET.c.id, TICKET.c.show_id, TICKET.c.unit, TICKET.c.state)
            .where(TICKET.c.id.in_(several))
            .order_by(TICKET.c.id)
            .with_for_update(),
            named,
        ):
            gates.where[row.id] = (row.show_id, row.unit)
            if row.state in ENDED:
                gates.over.add(row.id)
        there = select(ADMISSION.c.ticket, ADMISSION.c.till).where(ADMISSION.c.ticket.in_(several))
        gates.gates.update((row.ticket, row.till) for row in connection.execute(there, named))
        return gates

    def admit(self, fact: Fact, tickets: dict[str, int]) -> list[Found]:
        """A gate let these in, ticket -> by which copy; what is not as it should be."""
        found: list[Found] = []
        for ticket, copy in tickets.items():
            if ticket in self.gates:
                found.append(self._found(fact, "admitted_twice", "let in before", ticket))
                continue
            if ticket in self.over:
                found.append(self._found(fact, "admitted_ended", "let in, though it has ended", ticket, fact.till))
            self.gates[ticket] = fact.till
            self.new.append({"ticket": ticket, "fact_id": fact.fact_id, "till": fact.till, "at": fact.at, "copy": copy})
        return found

    def end(self, fact: Fact, tickets: Collection[str], knowing: Collection[str]) -> list[Found]:
        """These tickets have ended. `knowing` are those of which the fact says that they were let in."""
        self.over.update(tickets)
        unknown = [ticket for ticket in tickets if ticket in self.gates and ticket not in knowing]
        return [self._found(fact, "admitted_ended", "ended, though it was let in", ticket) for ticket in unknown]

    def _found(self, fact: Fact, cause: str, what: str, ticket: str, gate: str = "") -> Found:
        gate = gate or self.gates[ticket]
        places = (self.where[ticket],) if ticket in self.where else None
        name = Register(self.connection).name("till", gate)
        return Found(
            fact.fact_id, cause, f"ticket {ticket}: {what}, at {gate}", places, {"gate": name, "ticket": ticket}
        )

    def write(self) -> None:
        """Write down who was let in."""
        if self.new:
            dialect = sqlite if self.connection.dialect.name == "sqlite" else postgresql
            # Of a ticket that the office does not have, two pages may tell at one moment: the first stands.
            self.connection.execute(dialect.insert(ADMISSION).on_conflict_do_nothing(), self.new)


def _ended(one: Arrived) -> Sequence[str]:
    """The tickets that a fact ends, if its places agree."""
    effects = one.fact.effects if one.fact is not None and not one.unreadable else ()
    return [effect.ticket for effect in effects if effect.before == "SOLD" != effect.after]
