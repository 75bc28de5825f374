"""What may not be used (`pos.domain.contingency.calledoff`): it is not sold, and what was sold of it may come back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pos.domain.errors import Refused
from pos.till.counter.tickets import Sold
from pos.till.desk import Desk


def check(desk: Desk, places: Iterable[tuple[str, str]]) -> None:
    """Each is a show and a place of it. Raises Refused("show_cancelled" | "place_closed")."""
    for show, place in places:
        if desk.season().show(show).cancelled:
            raise Refused("show_cancelled", show=show)
        closing = desk.called_off.closed.get(show, {}).get(place)
        if closing is not None:
            raise refusal(closing, place.split("#")[0])


def refusal(closing: dict[str, Any], shown: str) -> Refused:
    return Refused("place_closed", show=closing["show"], place=shown, reason=closing["reason"], since=closing["at"])


def comes_back(desk: Desk, ticket: Sold) -> bool:
    """Whether a ticket's place may not be used any more: it comes back without a deadline and a fee, also after
    its holder was let in."""
    return desk.called_off.of(ticket.show, ticket.place) is not None


def still_used(desk: Desk, tickets: Sequence[Sold]) -> list[Sold]:
    return [ticket for ticket in tickets if not comes_back(desk, ticket)]
