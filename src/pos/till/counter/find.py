"""Finding what was sold, here or at another window, as far as this till knows."""

from __future__ import annotations

from typing import Any

from pos.domain.errors import Refused
from pos.till.desk import Desk


def find(desk: Desk, *, code: str = "", sale: str = "", name: str = "") -> dict[str, Any]:
    """Sales by a ticket's code or id, by sale id, or by the buyer's name.

    What this till's ledger says of its own sales goes before the replica's word.
    """
    if sum(map(bool, (code, sale, name))) != 1:
        raise Refused("bad_request", reason="give one of code, sale, name")
    desk.signed_in()
    own = desk.ledger.find_sales(sale=sale, code=code) if not name else []
    known = {body["id"] for body in own}
    found = desk.replica.find_sales(sale_id=sale or None, code=code or None, name=name or None)
    others = [body for body in found if body["id"] not in known]
    return {"sales": [_shown(body) for body in own + others]}


def _shown(body: dict[str, Any]) -> dict[str, Any]:
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
                "state": ticket.get("state", "live"),
            }
            for ticket in body["tickets"]
        ],
    }
