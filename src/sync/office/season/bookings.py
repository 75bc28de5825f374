"""Holds and orders of a season file: places taken from the pool, once.

What has been applied is remembered as a document; the same hold or order again changes
nothing, whatever has become of its places since.

An office that was restored from a backup has forgotten what was imported after that, and gets it again. Tills may have
told it already what became of such an order's tickets: those are where they told of, and what they told stands. Of what
is held and not paid, that which is not free any more is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pos.domain.hold import RESERVATION, Hold, release_at
from pos.domain.live import HOLD, ORDER
from pos.domain.money import Money, total
from pos.domain.order import OPEN
from sync.office.rules import early
from sync.office.rules.live import Live, put
from sync.office.rules.places import Place, write
from sync.office.season.placing import Desk
from sync.office.season.work import Import
from sync.office.store.bulk import insert_rows
from sync.office.store.tables import POSTING, SALE, TICKET

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
    desk = Desk(work, dict(holds), dict(orders))
    unpaid = [code for code, body in orders if body.get("state", "paid") != "paid"]
    names = {*((HOLD, id) for id, _ in holds), *((family, code) for family in (HOLD, ORDER) for code in unpaid)}
    told = Live.named(work.connection, names if work.again else ())
    rows = _Rows()
    for id, body in holds:
        desk.keep("hold", id, "places", body["show"], body["places"])
    for id, body in orders:
        if (known := told.documents.get((ORDER, id))) is not None:
            desk.keep("order", id, "lines", body["show"], _still_held(known))
        else:
            _order(work, desk, rows, id, body)
    write(work.connection, desk.changed)
    late = early.lay_over_orders(work.connection, rows.tickets, rows.sales) if desk.restored else ()
    for table, values in ((SALE, rows.sales), (TICKET, rows.tickets), (POSTING, rows.postings)):
        insert_rows(work.connection, table, values)
    for of_tickets in late:
        of_tickets.write(work.connection)
    made = {(HOLD, id): _hold(work, id, body, body["type"]) for id, body in holds}
    made |= {
        (HOLD, code): _hold(work, code, body | {"name": ""}, RESERVATION) for code, body in orders if code in unpaid
    }
    work.entries += put(work.connection, made | rows.orders | told.documents, told.facts)
    return Booked(desk.changed, [row["id"] for row in rows.sales])


def _still_held(order: dict[str, Any]) -> list[str]:
    """The places of an order that is not paid, as tills have told of it."""
    lines = order["lines"] if order["state"] == OPEN else []
    return [str(line["unit"]) for line in lines if line["state"] == "held"]


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


def _order(work: Import, desk: Desk, rows: _Rows, code: str, body: dict[str, Any]) -> None:
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
            elif kept := desk.keep("order", code, f"{key}.places", body["show"], [named]):
                (place,) = kept
            else:
                continue
            seating = desk.seatings[body["show"]]
            category = seating.category(place.ix)
            offer = desk.offer(body["show"], category, line["price_type"])
            if offer is None:
                reason = f"{category} has no price for {line['price_type']!r}"
                raise work.season.file.bad("order", code, f"{key}.price_type", reason)
            if not paid:
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
