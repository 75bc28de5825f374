"""Everybody who has bought a ticket, at whichever window or at the web shop, and may come back with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tests.simulation.names import PURSES
from tests.simulation.scheduler import Scheduler


@dataclass(frozen=True)
class Ticket:
    """A ticket in a customer's hand. `by`: how it was paid, cash | card | slip | transfer | voucher |
    gift_card | exchange."""

    id: str
    show: str
    place: str
    price: Decimal
    sale: str
    by: str = "cash"


class Customers:
    def __init__(self, world: Scheduler) -> None:
        self._world = world
        self._have: dict[str, Ticket] = {}
        self.orders: list[str] = []  # of the web shop
        self.purses = dict(PURSES)  # what is left on each, as far as people know

    def bought(self, sale: dict[str, Any], *, by: str = "cash") -> None:
        """`sale`: an id and tickets with id, show, place and price."""
        if by == "transfer":
            self.orders.append(sale["id"])
        for ticket in sale["tickets"]:
            self._have[ticket["id"]] = Ticket(
                ticket["id"], ticket["show"], ticket["place"], Decimal(ticket["price"]), sale["id"], by
            )

    def gave_back(self, tickets: Sequence[Ticket]) -> None:
        for ticket in tickets:
            self._have.pop(ticket.id, None)

    def paid_otherwise(self, tickets: Sequence[Ticket], by: str) -> None:
        for ticket in tickets:
            self._have[ticket.id] = replace(ticket, by=by)

    def of_sale(self, sale: str) -> list[Ticket]:
        """Those of a sale's tickets that its customer still has."""
        return [ticket for ticket in self._have.values() if ticket.sale == sale]

    def with_tickets(self, ids: Sequence[str]) -> list[Ticket]:
        """These tickets, as far as somebody has them."""
        return [self._have[id_] for id_ in ids if id_ in self._have]

    def somebody(self) -> list[Ticket]:
        """The tickets with which somebody comes: one, or all of a sale; none when nobody has bought anything."""
        if not self._have:
            return []
        one = self._world.random.choice(list(self._have.values()))
        if self._world.chance(0.3):
            return self.of_sale(one.sale)
        return [one]
