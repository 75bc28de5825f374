"""What a letter of tickets says and encloses when it is sent: only what is worth something then.

The laws: a ticket that came back, was exchanged or was taken back is neither enclosed nor its code told; one that a
window has printed meanwhile is not either, for its copy counts and the first paper does not any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from pos.domain.sale import Ticket
from pos.domain.season import Season
from pos.till.counter.ticketpaper import ticket_content
from pos.till.words import Words
from sync.office.rules.letters import LANGUAGES, counts
from sync.office.rules.rebalance import Halls
from sync.office.rules.sales import documents_of
from sync.office.store.tables import DOCUMENT

_FAMILIES: Final = ("venue", "price_type", "prices", "terms", "show", "production", "plan", "tax", "fee")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A sale as it stands, each ticket with its state, and what is known of the season, by family and id."""

    sale: dict[str, Any]
    season: dict[str, dict[str, dict[str, Any]]]

    @property
    def tickets(self) -> list[dict[str, Any]]:
        """Those that are enclosed."""
        return [ticket for ticket in self.sale["tickets"] if counts(ticket)]

    @property
    def language(self) -> str:
        buyer = self.sale.get("buyer")
        told = str(buyer.get("language", "")) if isinstance(buyer, dict) else ""
        return told if told in LANGUAGES else "en"


def enclosure(connection: Connection, sale: str) -> Enclosure | None:
    """What a sale's letter is about, None when the office does not have the sale."""
    document = documents_of(connection, [sale]).get(sale)
    if document is None:
        return None
    season: dict[str, dict[str, dict[str, Any]]] = {family: {} for family in _FAMILIES}
    for row in connection.execute(select(DOCUMENT).where(DOCUMENT.c.family.in_(_FAMILIES))):
        season[row.family][row.id] = json.loads(row.body)
    return Enclosure(document, season)


def pages(connection: Connection, halls: Halls, one: Enclosure, of: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """These tickets as a print job. Raises Refused, KeyError or ValueError where the season has not what they name."""
    season = Season.from_documents(one.season)
    write = Words(one.language, ZoneInfo(season.venue.timezone))
    sale, at = one.sale, datetime.fromisoformat(one.sale["at"])
    made = []
    for body in of:
        hall = halls.show(connection, body["show"])
        if hall is None:
            raise KeyError(body["show"])
        ticket = Ticket.from_json(body, season.venue.currency)
        content = ticket_content(write, season, hall[0], sale["till"], sale["id"], ticket, at)
        made.append(content | {"buyer": str(body.get("name") or sale.get("name") or "")})
    return {"kind": "tickets", "tickets": made}
