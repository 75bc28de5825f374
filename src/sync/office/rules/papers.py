"""What facts tell of papers of tickets: first ones, copies, where those went, and paying back without the right to."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from pos.domain.facts import Fact
from sync.office.rules import tickets
from sync.office.rules.reading import Arrived


@dataclass(slots=True)
class Papers:
    """Told fact by fact (`take`, `claim`), and written once the tickets are there."""

    copies: list[dict[str, Any]] = field(default_factory=list)
    issued: list[str] = field(default_factory=list)
    handed: list[dict[str, Any]] = field(default_factory=list)
    copied: list[dict[str, Any]] = field(default_factory=list)
    claimed: list[dict[str, Any]] = field(default_factory=list)

    def take(self, one: Arrived) -> None:
        """What papers of tickets a fact tells of, and where those went."""
        self.copies += [{"t_id": ticket, "t_copy": copy} for ticket, copy in one.copies.items() if copy]
        self.issued += one.issued
        self.copied += [{"t_id": ticket, "t_handed": one.handed} for ticket in one.copies if one.handed]
        self.handed += [{"t_id": ticket, "t_handed": one.handed} for ticket in one.handed_to]

    def claim(self, fact: Fact, only: Container[str] | None = None) -> None:
        """Tickets that were paid back without the right to, all of them or `only` those."""
        back = [ticket for ticket in fact.body["refund"]["tickets"] if only is None or ticket["id"] in only]
        self.claimed += [tickets.named(ticket["id"], ticket["show"], ticket["unit"]) for ticket in back]

    def told_of(self) -> list[str]:
        """The tickets of which there is news."""
        rows = (*self.copies, *self.handed, *self.claimed)
        return [*self.issued, *(row["t_id"] for row in rows)]

    def write(self, connection: Connection) -> None:
        tickets.printed(connection, self.copies, self.issued)
        tickets.hand(connection, self.handed)
        tickets.hand_copies(connection, self.copied)
        tickets.claim(connection, self.claimed)
