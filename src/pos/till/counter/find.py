"""Finding what was sold, here or at another window, as far as this till knows."""

from __future__ import annotations

from typing import Any

from pos.domain.errors import Refused
from pos.till.desk import Desk


def find(desk: Desk, *, code: str = "", sale: str = "", name: str = "") -> dict[str, Any]:
    """Sales by a ticket's code or id, by sale id, or by the buyer's name.

    What this till's ledger says of its own sales goes before the replica's word, except that a
    ticket may have ended without this till: elsewhere, or by a dispute that was resolved.
    """
    if sum(map(bool, (code, sale, name))) != 1:
        raise Refused("bad_request", reason="give one of code, sale, name")
    desk.signed_in()
    if code:
        code = code.partition(".")[0]  # a copy's code names which copy it is behind a point
    own = desk.ledger.find_sales(sale=sale, code=code) if not name else []
    heard = desk.replica.find_sales(sale_id=sale or None, code=code or None, name=name or None)
    if code and not heard:
        heard = desk.replica.find_sales(ticket_id=code)
    found = {body["id"]: body for body in heard}
    ended = desk.ledger.tickets.ended(t["id"] for body in (*own, *found.values()) for t in body["tickets"])
    mine = [_shown(body, found.pop(body["id"], body), ended) for body in own]
    return {"sales": mine + [_shown(body, body, ended) for body in found.values()]}


def _shown(body: dict[str, Any], heard: dict[str, Any], ended: dict[str, str]) -> dict[str, Any]:
    """`heard` is the office's word on the same sale, `ended` what became of tickets here since."""
    elsewhere = {ticket["id"]: ticket.get("state", "live") for ticket in heard["tickets"]} | ended
    return {
        "id": body["id"],
        "at": body["at"],
        "till": body["till"],
        "total": body["total"],
        "tickets": [
            {
                "id": ticket["id"],
                "show": ticket["show"],
                "place": ticket["place"],
                "code": ticket["code"],
                "price": ticket["price"],
                "state": _state(ticket.get("state", "live"), elsewhere.get(ticket["id"], "live")),
            }
            for ticket in body["tickets"]
        ],
    }


def _state(here: str, elsewhere: str) -> str:
    """What the office says goes before what is only known here to have ended."""
    return elsewhere if here == "live" or elsewhere != "live" else here
