"""Holds and orders of a season file: places taken from the pool, once.

What has been applied is remembered as a document; the same hold or order again changes
nothing, whatever has become of its places since.

An office that was restored from a backup has forgotten what was imported after that, and gets it again. Tills may have
told it already what became of such an order's tickets: those are where they told of, and what they told stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from pos.domain.hold import RESERVATION, Hold, release_at
from pos.domain.live import HOLD, ORDER
from pos.domain.money import Money, tax_included, total
from pos.domain.order import OPEN
from pos.domain.price import tax_basis_points
from pos.domain.rights import OfficeState
from pos.domain.seating import Seating
from sync.office.rules import early
from sync.office.rules.live import put
from sync.office.rules.places import Key, Place, lock_where, write
from sync.office.rules.recovery import standing
from sync.office.season.work import Import
from sync.office.store.bulk import insert_rows
from sync.office.store.own import ticket_codes
from sync.office.store.tables import POSTING, RIGHT, SALE, TICKET

OFFICE: Final = "office"  # the till that orders are sold by


@dataclass
class Booked:
    """Places that passed on, and sales that were made."""

    places: list[Place] = field(default_factory=list)
    sales: list[str] = field(default_factory=list)


@dataclass
class _Rows:
    sales: list[dict[str, Any]] = field(default_factory=list)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    postings: list[dict[str, Any]] = field(default_factory=list)
    orders: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)  # those that are not paid


def book(work: Import) -> Booked:
    """Apply the holds and orders that are new. Raises Unreadable when a place is not free."""
    holds = list(fresh(work, "hold"))
    orders = list(fresh(work, "order"))
    desk = _Desk(work, dict(holds), dict(orders))
    rows = _Rows()
    for id, body in holds:
        for place in desk.take("hold", id, "places", body["show"], body["places"]):
            place.grant(OfficeState.HELD, "", 0, work.now, id)
    for id, body in orders:
        _order(work, desk, rows, id, body)
    write(work.connection, desk.changed)
    told = early.lay_over_orders(work.connection, rows.tickets, rows.sales) if desk.restored else ()
    for table, values in ((SALE, rows.sales), (TICKET, rows.tickets), (POSTING, rows.postings)):
        insert_rows(work.connection, table, values)
    for late in told:
        late.write(work.connection)
    made = {(HOLD, id): _hold(work, id, body, body["type"]) for id, body in holds}
    made |= {
        (HOLD, code): _hold(work, code, body | {"name": ""}, RESERVATION)
        for code, body in orders
        if body.get("state", "paid") != "paid"
    }
    work.entries += put(work.connection, made | rows.orders, {})
    return Booked(desk.changed, [row["id"] for row in rows.sales])


def _hold(work: Import, id: str, body: dict[str, Any], type_: str) -> dict[str, Any]:
    """A hold as tills have it."""
    show = work.season.get("show", body["show"])
    assert show is not None
    ends = body.get("expires") or body.get("release", "")
    hold = Hold(
        id,
        body["show"],
        type_,
        body.get("owner") or body.get("name", ""),
        body.get("note", ""),
        body.get("home", ""),
        release_at(ends, datetime.fromisoformat(show["starts"])),
        id if type_ == RESERVATION else "",
        1,
    )
    return hold.to_json()


def fresh(work: Import, family: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The documents of a family that are booked once and are new. Raises Unreadable for one that has changed."""
    applied = work.season.base.get(family, {})
    for id, body in work.season.file.all(family).items():
        if id not in applied:
            yield id, body
        elif applied[id] != body:
            reason = "differs from what has been booked under this name, and cannot be changed by an import"
            raise work.season.file.bad(family, id, "", reason)


class _Desk:
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
        for show in sorted({body["show"] for body in bookings}):
            document = work.season.get("show", show)
            assert document is not None
            self.seatings[show] = work.season.seating(document)
            self._records[show] = {p.place: p for p in lock_where(work.connection, RIGHT.c.show_id == show)}
        self.code = ticket_codes(work.connection)
        self.restored = bool(standing(work.connection).generation)
        self._told = self._told_of(orders) if self.restored else {}

    def _told_of(self, orders: dict[str, dict[str, Any]]) -> dict[str, Key]:
        """Where the tickets of these orders are, of which tills have told."""
        ids = {name for code, body in orders.items() for name in _tickets(code, body)}
        told = early.whereabouts(self._work.connection, sorted(ids))
        held = {p.ticket: p.key for records in self._records.values() for p in records.values() if p.ticket in ids}
        return told | held

    def take(self, family: str, id: str, key: str, show: str, places: Iterable[str]) -> Iterator[Place]:
        """The free places that a list names: seats, units (`Foyer#3`), or an area's id for its next unit."""
        for named in places:
            unit = self._free_unit(family, id, key, show, named) if named in self.seatings[show].capacity else named
            record = self._records[show].get(unit)
            if record is None:
                raise self._work.season.file.bad(family, id, key, f"the show {show!r} has no place {named!r}")
            if record.state is not OfficeState.POOL:
                raise self._work.season.file.bad(family, id, key, f"{unit} is not free: it is {record.state.lower()}")
            self.changed.append(record)
            yield record

    def sell(self, id: str, key: str, show: str, named: str, ticket: str) -> tuple[Place, str]:
        """Take the place of an order's ticket, and what the ticket is by now: live, or void where tills have told that
        its place has passed on."""
        place = self._known(show, named, ticket) if self.restored else None
        if place is None:
            (place,) = self.take("order", id, key, show, [named])
            place.grant(OfficeState.SOLD, "", 0, self._work.now, ticket)
        return place, "live" if place.ticket == ticket else "void"

    def _known(self, show: str, named: str, ticket: str) -> Place | None:
        """The place that tills have told of as this ticket's; or one that is sold, and nobody knows by which: who gives
        back the right to refund a ticket does not say which it was."""
        records = self._records[show]
        if (told := self._told.get(ticket)) is not None:
            return records.get(told[1]) if told[0] == show else None
        units = [named] if named in records else [unit for unit in records if unit.rpartition("#")[0] == named]
        for record in map(records.__getitem__, units):
            if record.state is OfficeState.SOLD and not record.ticket:
                record.ticket = ticket
                self.changed.append(record)
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


def _order(work: Import, desk: _Desk, rows: _Rows, code: str, body: dict[str, Any]) -> None:
    """Sell what is paid; of what is not, the lines that are kept at their price of now."""
    paid = body.get("state", "paid") == "paid"
    tickets: list[dict[str, Any]] = []
    states: dict[str, str] = {}
    for index, line in enumerate(body["lines"]):
        key = f"lines[{index}]"
        for named in line["places"]:
            id, state = f"{code}-{len(tickets) + 1}", ""
            if paid:
                place, state = desk.sell(code, f"{key}.places", body["show"], named, id)
            else:
                (place,) = desk.take("order", code, f"{key}.places", body["show"], [named])
            seating = desk.seatings[body["show"]]
            category = seating.category(place.ix)
            offer = desk.offer(body["show"], category, line["price_type"])
            if offer is None:
                reason = f"{category} has no price for {line['price_type']!r}"
                raise work.season.file.bad("order", code, f"{key}.price_type", reason)
            if not paid:
                place.grant(OfficeState.HELD, "", 0, work.now, code)
                tickets.append(_kept(code, body["show"], place.place, offer))
                continue
            ticket = {
                "id": id,
                "place": seating.shown(place.ix),
                "unit": place.place,
                "code": desk.code(id),
                **offer,
            }
            states[id] = state
            tickets.append(ticket)
    if paid:
        _sale(work, rows, code, body, tickets, states)
        return
    rows.orders[ORDER, code] = {
        "id": code,
        "version": 1,
        "state": OPEN,
        "home": body.get("home", ""),
        "name": body.get("name", ""),
        "contact": body.get("contact", ""),
        "expires": body.get("expires", ""),
        "remind": "",
        "lines": tickets,
        "at": work.now_iso,
        "till": OFFICE,
        "user": "",
    }


def _kept(code: str, show: str, unit: str, offer: dict[str, Any]) -> dict[str, Any]:
    """A line of an order that is not paid, as `pos.domain.order` has them."""
    said = {name: offer[name] for name in ("category", "price_type", "price")}
    return {"show": show, "unit": unit, "hold": code, "state": "held", "proof": False, "more": {}} | said


def _tickets(code: str, body: dict[str, Any]) -> Iterator[str]:
    """The ids of an order's tickets, in its order."""
    for number, _ in enumerate(_places(body), 1):
        yield f"{code}-{number}"


def _sale(
    work: Import,
    rows: _Rows,
    code: str,
    body: dict[str, Any],
    tickets: list[dict[str, Any]],
    states: Mapping[str, str],
) -> None:
    fact_id = f"order:{code}"
    currency = work.season.currency
    prices = [Money.parse(ticket["price"], currency) for ticket in tickets]
    due, zero = total(prices, currency), str(Money.zero(currency))
    taxes: dict[str, tuple[Money, Money]] = {}
    for ticket, price in zip(tickets, prices, strict=True):
        base, tax = taxes.get(ticket["tax_id"], (Money.zero(currency), Money.zero(currency)))
        taxes[ticket["tax_id"]] = base + price, tax + Money.parse(ticket["tax"], currency)
    document = {
        "id": code,
        "at": work.now_iso,
        "till": OFFICE,
        "user": "",
        "shift": "",
        "name": body.get("name", ""),
        "contact": body.get("contact", ""),
        "total": str(due),
        "rounding": zero,
        "fees": [],
        "tenders": [{"kind": "transfer", "amount": str(due)}],
        "change": zero,
        "taxes": [{"id": id, "base": str(base), "tax": str(tax)} for id, (base, tax) in taxes.items() if id],
        "tickets": tickets,
    }
    rows.sales.append({"id": code, "fact_id": fact_id, "body": json.dumps(document, ensure_ascii=False)})
    rows.tickets += [
        {
            "id": ticket["id"],
            "sale_id": code,
            "show_id": ticket["show"],
            "unit": ticket["unit"],
            "code": ticket["code"],
            "state": states[ticket["id"]],
            "copies": 0,
            "issued": 0,
            "claimed": 0,
            "handed": "",
        }
        for ticket in tickets
    ]
    sides = [(f"transfer:{OFFICE}", due.minor)]
    sides.append((f"revenue:{body['show']}", -(due.minor - sum(tax.minor for _, tax in taxes.values()))))
    sides += [(f"tax:{id}", -tax.minor) for id, (_, tax) in taxes.items() if id]
    rows.postings += [
        {"fact_id": fact_id, "line": line, "account": account, "minor": minor, "currency": currency}
        for line, (account, minor) in enumerate(sides)
        if minor
    ]
