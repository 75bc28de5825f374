"""What is on a ticket, as finished text in one language: the same on paper and in a letter."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pos.domain.money import Money
from pos.domain.sale import Ticket
from pos.domain.season import Season, name_in
from pos.domain.seating import Seating
from pos.domain.terms import Terms
from pos.till.counter.termwords import terms_lines
from pos.till.words import Words


def place_content(
    write: Words, season: Season, seating: Seating, till: str, show: str, place: str, shown: str
) -> dict[str, Any]:
    """What a ticket says of its show and its place, whoever sells it and at what price."""
    the_show = season.show(show)
    ix = seating.find(place)
    seat: dict[str, Any] = {"area": shown}
    if ix is not None and seating.plan is not None and ix < seating.seats:
        row = seating.plan.rows[seating.plan.row[ix]]
        seat = {"zone": seating.plan.zones[row.zone], "row": row.label, "number": seating.plan.numbers[ix]}
    return seat | {
        "kind": "ticket",
        "language": write.language,
        "venue": season.venue.name,
        "title": name_in(the_show.titles, write.language) or the_show.production,
        "starts": write.moment(the_show.starts),
        "date": write.day(the_show.starts),
        "time": write.time(the_show.starts),
        "place": seating.label(ix) if ix is not None else shown,
        "till": till,
        "copy": 0,
    }


def ticket_content(
    write: Words, season: Season, seating: Seating, till: str, sale: str, ticket: Ticket, at: datetime
) -> dict[str, Any]:
    """A ticket of a sale that was made `at`. Raises Refused("unknown_show") or KeyError where the season has not
    what it names."""
    show = season.show(ticket.show)
    rate = season.taxes.get(ticket.tax_id, 0)
    price_type = season.price_types[ticket.price_type]
    fee = Money(sum(f.amount.minor for f in season.fees if f.per == "ticket"), ticket.price.currency)
    return place_content(write, season, seating, till, ticket.show, ticket.place, ticket.shown) | {
        "category": ticket.category,
        "price_type": name_in(price_type.names, write.language) or price_type.id,
        "price": write.money(ticket.price),
        "currency": ticket.price.currency,
        "fees": write.say("fees", amount=write.money(fee)) if fee else "",
        "tax": write.say("tax", rate=f"{rate / 100:g}") if rate else "",
        "terms": terms_lines(write, Terms.parse(ticket.terms, ticket.price.currency), show.starts, at),
        "code": ticket.code,
        "ticket": ticket.id,
        "sale": sale,
        "sold": write.moment(at),
    }
