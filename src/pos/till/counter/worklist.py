"""What a show that is cancelled or moved leaves to be done: every ticket of it that has not come back yet."""

from __future__ import annotations

from typing import Any

from pos.domain.money import Money, total
from pos.domain.refund import shares
from pos.domain.sale import OVER, Tender
from pos.domain.season import name_in
from pos.till.counter.people import screen_language
from pos.till.desk import Desk


def worklist(desk: Desk) -> dict[str, Any]:
    """Live tickets of shows that are cancelled, moved or postponed, as far as this till knows. Each is payable where
    its token is: `here`, or with its `holder` ("office" gives it to whoever asks). Nothing is kept of their price,
    whether they are paid back or exchanged, most likely for the show that `replaces` theirs."""
    desk.signed_in()
    season = desk.season()
    dates = {show.replaces: show.id for show in season.shows.values() if show.replaces}
    return {
        "worklist": [
            {
                "show": show.id,
                "title": name_in(show.titles, screen_language(desk)) or show.production,
                "starts": show.starts.isoformat(),
                "state": show.state,
                "replaced_by": dates.get(show.id),
                **_of_show(desk, show.id),
            }
            for show in sorted(season.shows.values(), key=lambda show: show.starts)
            if show.called_off
        ]
    }


def _of_show(desk: Desk, show: str) -> dict[str, Any]:
    currency = desk.season().venue.currency
    sales = {sale["id"]: sale for sale in desk.ledger.sales_for(show)} | {
        sale["id"]: sale for sale in desk.replica.sales_for(show)
    }
    found = [(sale, ticket) for sale in sales.values() for ticket in sale["tickets"] if ticket["show"] == show]
    ended = desk.ledger.tickets.ended(ticket["id"] for _, ticket in found)
    shares_of = {sale["id"]: shares(sale, currency) for sale, _ in found}
    live = [
        _row(desk, sale, ticket, shares_of[sale["id"]][ticket["id"]])
        for sale, ticket in found
        if ticket["id"] not in ended and ticket.get("state", "live") not in OVER
    ]
    owed = total([Money.parse(row["owed"], currency) for row in live], currency)
    return {"tickets": live, "owed": str(owed)}


def _row(desk: Desk, sale: dict[str, Any], ticket: dict[str, Any], share: tuple[Tender, ...]) -> dict[str, Any]:
    ix = desk.belief.seating(ticket["show"]).find(ticket["unit"])
    own = desk.rights.get(ticket["show"], {}).get(ticket["unit"])
    office = desk.belief.office(ticket["show"], ix) if ix is not None else None
    here = own is not None and own.ticket == ticket["id"] and (office is None or own.token >= office.token)
    return {
        "id": ticket["id"],
        "sale": sale["id"],
        "place": ticket["place"],
        "label": desk.belief.seating(ticket["show"]).label(ix) if ix is not None else ticket["place"],
        "code": ticket["code"],
        # Which way the money goes back: a run pays out by itself what needs nobody at the window.
        "kinds": [tender.kind for tender in share],
        "price": ticket["price"],
        # With its parts of refundable fees, which go back as well.
        "owed": str(total([tender.amount for tender in share], desk.season().venue.currency)),
        "name": sale.get("name", ""),
        "contact": sale.get("contact", ""),
        "here": here and own is not None and own.state == "SOLD",
        "holder": (office.holder if office is not None else "") or "office",
    }
