"""Places for the holds and orders of a season file: free ones from the pool, or, where it is imported once more after a
restore (`bookings`), those that tills have told of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from pos.domain.errors import Unreadable
from pos.domain.money import Money, tax_included
from pos.domain.price import tax_basis_points
from pos.domain.rights import OfficeState
from pos.domain.seating import Seating
from sync.office.rules import early
from sync.office.rules.places import Place, lock_where
from sync.office.rules.recovery import standing
from sync.office.season.work import Import
from sync.office.store.own import ticket_codes
from sync.office.store.tables import RIGHT

_NAMELESS: Final = (OfficeState.SOLD, OfficeState.QUARANTINE)  # a right that a till told of without its ticket


class Desk:
    """Hands out places from the pool, and remembers which."""

    def __init__(self, work: Import, holds: dict[str, dict[str, Any]], orders: dict[str, dict[str, Any]]) -> None:
        self._work = work
        bookings = [*holds.values(), *orders.values()]
        # Units that are named stay out of the way of those that are merely counted.
        self._named = {(body["show"], place) for body in bookings for place in _places(body) if "#" in place}
        self.seatings: dict[str, Seating] = {}
        self._records: dict[str, dict[str, Place]] = {}
        self._next_unit: dict[tuple[str, str], int] = {}
        self._offers: dict[tuple[str, str, str], dict[str, Any] | None] = {}
        self.changed: list[Place] = []
        self._still: list[Place] = []  # held already, before they are imported again
        for show in sorted({body["show"] for body in bookings}):
            document = work.season.get("show", show)
            assert document is not None
            self.seatings[show] = work.season.seating(document)
            self._records[show] = {p.place: p for p in lock_where(work.connection, RIGHT.c.show_id == show)}
        # Asked for whatever is imported: an office has its key from its first season on, and so has every backup of it.
        self.code = ticket_codes(work.connection)
        self.restored = bool(standing(work.connection).generation)
        self._told = self._told_of(orders) if self.restored else {}

    def _told_of(self, orders: dict[str, dict[str, Any]]) -> dict[str, early.Whereabouts]:
        """What became of the tickets of these orders, of which tills have told."""
        ids = {name for code, body in orders.items() for name in _tickets(code, body)}
        records = (place for of_show in self._records.values() for place in of_show.values())
        there = {place.ticket: early.Whereabouts(place.key) for place in records if place.ticket in ids}
        return early.whereabouts(self._work.connection, sorted(ids)) | there

    def keep(self, family: str, id: str, key: str, show: str, places: Iterable[str]) -> list[Place]:
        """Hold the free places that a list names; imported again, also those that are held so already."""
        held: list[Place] = []
        for named in places:
            if self._work.again and (place := self._held(show, named, id)) is not None:
                held.append(place)
                continue
            try:
                place = self._take(family, id, key, show, named)
            except Unreadable as error:
                if not self._work.again:
                    raise
                self._work.lines.append(f"{family} {id}: {named} is left out: {error.reason}")
            else:
                place.grant(OfficeState.HELD, "", 0, self._work.now, id)
                held.append(place)
        return held

    def _take(self, family: str, id: str, key: str, show: str, named: str) -> Place:
        """A free place: a seat, a unit (`Foyer#3`), or the next of an area. Raises Unreadable."""
        unit = self._free_unit(family, id, key, show, named) if named in self.seatings[show].capacity else named
        record = self._records[show].get(unit)
        if record is None:
            raise self._work.season.file.bad(family, id, key, f"the show {show!r} has no place {named!r}")
        if record.state is not OfficeState.POOL:
            raise self._work.season.file.bad(family, id, key, f"{unit} is not free: it is {record.state.lower()}")
        self.changed.append(record)
        return record

    def _held(self, show: str, named: str, id: str) -> Place | None:
        """A place that tills have told of as held under this name; each once."""
        for record in self._of(show, named):
            # Who gives back the right to a place that is held does not say for whom it was.
            if record.state is OfficeState.HELD and record.ticket in ("", id) and record not in self._still:
                if not record.ticket:
                    record.ticket = id
                    self.changed.append(record)
                self._still.append(record)
                return record
        return None

    def _of(self, show: str, named: str) -> Iterator[Place]:
        """The seat or unit of this name, or all units of an area."""
        records = self._records[show]
        if named in records:
            yield records[named]
        elif named in self.seatings[show].capacity:
            yield from (record for unit, record in records.items() if unit.rpartition("#")[0] == named)

    def sell(self, id: str, key: str, show: str, named: str, ticket: str) -> tuple[Place, str]:
        """Take the place of an order's ticket, and what the ticket is by now: live, or void where tills have told that
        its place has passed on."""
        told = self._told.get(ticket)
        if told is not None and told.place[0] == show and (place := self._records[show].get(told.place[1])) is not None:
            return place, self._as_told(place, ticket, ended=told.ended)
        if self._work.again and (place := self._unnamed(show, named)) is not None:
            return place, self._as_told(place, ticket, ended=False)
        try:
            place = self._take("order", id, key, show, named)
        except Unreadable as error:
            if not self._work.again or named not in self._records[show]:
                raise
            # Whoever paid it back before its place went to another is never heard.
            self._work.lines.append(f"order {id}: {ticket} is void: {error.reason}")
            return self._records[show][named], "void"
        place.grant(OfficeState.SOLD, "", 0, self._work.now, ticket)
        return place, "live"

    def _as_told(self, place: Place, ticket: str, *, ended: bool) -> str:
        """What a ticket is by what tills have told of its place."""
        if place.ticket == ticket:
            return "live"
        if ended or (place.state is not OfficeState.POOL and (place.state not in _NAMELESS or place.ticket)):
            return "void"
        if place.state is OfficeState.POOL:
            place.grant(OfficeState.SOLD, "", 0, self._work.now, ticket)
        else:
            place.ticket = ticket
        self.changed.append(place)
        return "live"

    def _unnamed(self, show: str, named: str) -> Place | None:
        """A place that is sold, and nobody knows by which ticket: who gives back the right to refund one does not say.
        A seat of a show that was forgotten, too, is frozen then."""
        for record in self._of(show, named):
            sold = record.state is OfficeState.SOLD or (record.place == named and record.state in _NAMELESS)
            if sold and not record.ticket:
                return record
        return None

    def _free_unit(self, family: str, id: str, key: str, show: str, area: str) -> str:
        records, at = self._records[show], self._next_unit.get((show, area), 1)
        while (record := records.get(f"{area}#{at}")) is not None and (
            record.state is not OfficeState.POOL or (show, record.place) in self._named
        ):
            at += 1
        self._next_unit[show, area] = at
        if record is None:
            raise self._work.season.file.bad(family, id, key, f"{area} has no more free places")
        return record.place

    def offer(self, show: str, category: str, price_type: str) -> dict[str, Any] | None:
        """What a ticket of this price type says by value, None when it has no price."""
        key = (show, category, price_type)
        if key not in self._offers:
            self._offers[key] = _offer(self._work, *key)
        return self._offers[key]


def _offer(work: Import, show_id: str, category: str, price_type: str) -> dict[str, Any] | None:
    season = work.season
    show = season.get("show", show_id) or {}
    prices = season.prices_at(show["prices"], datetime.fromtimestamp(work.now, UTC))
    text = prices.get("table", {}).get(category, {}).get(price_type)
    if text is None:
        return None
    price = Money.parse(text, season.currency)
    tax = season.get("tax", prices.get("tax", "")) or {"rate": "0"}
    kind = season.get("price_type", price_type) or {}
    return {
        "show": show_id,
        "price": str(price),
        "prices": prices["id"],
        "price_type": price_type,
        "category": category,
        "proof": bool(kind.get("proof")),
        "tax_id": prices.get("tax", ""),
        "tax": str(tax_included(price, tax_basis_points(tax["rate"]))),
        "terms": season.get("terms", show.get("terms", "")) or {},
    }


def _places(body: dict[str, Any]) -> Iterator[str]:
    """All that a hold or an order names."""
    yield from body.get("places", [])
    for line in body.get("lines", []):
        yield from line["places"]


def _tickets(code: str, body: dict[str, Any]) -> Iterator[str]:
    """The ids of an order's tickets, in its order."""
    for number, _ in enumerate(_places(body), 1):
        yield f"{code}-{number}"
