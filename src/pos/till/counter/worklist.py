"""What shows and places that are called off leave to be done: every ticket of them that has not come back yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pos.domain.contingency.calledoff import Document
from pos.domain.money import Money, total
from pos.domain.refund import shares
from pos.domain.rights import OfficeRight
from pos.domain.sale import OVER, Tender
from pos.domain.season import ABANDONED, Show, name_in
from pos.till.counter.people import screen_language
from pos.till.desk import Desk

_Ticket = tuple[dict[str, Any], dict[str, Any]]  # its sale's document, and its own


def worklist(desk: Desk) -> dict[str, Any]:
    """Live tickets of shows that are cancelled, moved, postponed or abandoned, and of places that are closed (state
    `closed`), as far as this till knows. Each is payable where its token is: `here`, or with its `holder` ("office"
    gives it to whoever asks). Nothing is kept of their price, whether they are paid back or exchanged, most likely for
    the show that `replaces` theirs. Of what was called off at a till it also says what has come back since."""
    desk.signed_in()
    season = desk.season()
    shows = sorted(season.shows.values(), key=lambda show: show.starts)
    dates = {show.replaces: show.id for show in shows if show.replaces}
    closed = desk.called_off.closed
    return {
        "worklist": [
            {
                "show": show.id,
                "title": name_in(show.titles, screen_language(desk)) or show.production,
                "starts": show.starts.isoformat(),
                "state": show.state if show.called_off else "closed",
                "replaced_by": dates.get(show.id),
                **_of_show(desk, show),
            }
            for show in shows
            if show.called_off or show.id in closed
        ]
    }


@dataclass(frozen=True, slots=True)
class Tickets:
    """All tickets of a show that were ever sold, as far as this till knows."""

    live: Sequence[_Ticket]
    ended: Sequence[_Ticket]


def tickets_of(desk: Desk, show: str) -> Tickets:
    sales = {sale["id"]: sale for sale in desk.ledger.sales_for(show)} | {
        sale["id"]: sale for sale in desk.replica.sales_for(show)
    }
    found = [(sale, ticket) for sale in sales.values() for ticket in sale["tickets"] if ticket["show"] == show]
    here = desk.ledger.tickets.ended(ticket["id"] for _, ticket in found)
    over = [ticket["id"] in here or ticket.get("state", "live") in OVER for _, ticket in found]
    return Tickets(
        [one for one, gone in zip(found, over, strict=True) if not gone],
        [one for one, gone in zip(found, over, strict=True) if gone],
    )


def _of_show(desk: Desk, show: Show) -> dict[str, Any]:
    currency, found = desk.season().venue.currency, tickets_of(desk, show.id)
    closed = desk.called_off.closed.get(show.id, {})
    live = [one for one in found.live if show.called_off or one[1]["unit"] in closed]
    shares_of = {id: shares(sale, currency) for id, sale in {sale["id"]: sale for sale, _ in live}.items()}
    rows = _rows(desk, show.id, [(*one, shares_of[one[0]["id"]][one[1]["id"]]) for one in live])
    owed = total([Money.parse(row["owed"], currency) for row in rows], currency)
    answer: dict[str, Any] = {"tickets": rows, "owed": str(owed)}
    if show.state in ("", ABANDONED):
        why = desk.called_off.abandoned.get(show.id)
        answer |= _reason(desk, why or next(iter(closed.values())))
        answer["back"] = _back(found.ended, [why] if why is not None else [], closed, currency)
    return answer


def _reason(desk: Desk, why: Document) -> dict[str, Any]:
    user = desk.season().users.get(why["by"])
    return {"reason": why["reason"], "since": why["at"], "by": user.name if user is not None else why["by"]}


def _back(
    ended: Sequence[_Ticket], whole: list[Document], closed: dict[str, Document], currency: str
) -> dict[str, Any]:
    """What has come back since it was called off, and what that had cost; what had ended before is not of it."""
    prices = []
    for _, ticket in ended:
        why = [*whole, *([closed[ticket["unit"]]] if ticket["unit"] in closed else [])]
        if why and ticket["id"] not in why[0].get("ended", ()):
            prices.append(Money.parse(ticket["price"], currency))
    return {"tickets": len(prices), "price": str(total(prices, currency))}


def _rows(
    desk: Desk, show: str, live: Sequence[tuple[dict[str, Any], dict[str, Any], tuple[Tender, ...]]]
) -> list[dict[str, Any]]:
    """A row for each sale, ticket and how it was paid."""
    seating = desk.belief.seating(show)
    found = [seating.find(ticket["unit"]) for _, ticket, _ in live]
    known = [ix for ix in found if ix is not None]
    offices: dict[int | None, OfficeRight] = dict(zip(known, desk.belief.offices(show, known), strict=True))
    return [
        _row(desk, sale, ticket, share, seating.label(ix) if ix is not None else ticket["place"], offices.get(ix))
        for (sale, ticket, share), ix in zip(live, found, strict=True)
    ]


def _row(
    desk: Desk,
    sale: dict[str, Any],
    ticket: dict[str, Any],
    share: tuple[Tender, ...],
    label: str,
    office: OfficeRight | None,
) -> dict[str, Any]:
    own = desk.rights.get(ticket["show"], {}).get(ticket["unit"])
    here = own is not None and own.ticket == ticket["id"] and (office is None or own.token >= office.token)
    return {
        "id": ticket["id"],
        "sale": sale["id"],
        "place": ticket["place"],
        "label": label,
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
