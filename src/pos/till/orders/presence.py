"""That an order is open at this window, told to the office while there is one; where else it is open."""

from __future__ import annotations

from typing import Any

from pos.till.counter.tickets import sale_of
from pos.till.desk import Desk, Verb
from pos.till.ports import LineDown


def open_order(desk: Desk, *, sale: str, closed: bool = False) -> Verb[dict[str, Any]]:
    """This window has a sale or an order (its id, or a ticket's) open, or has it no more. `warnings` tells at which
    other windows it is open, `order_open_elsewhere`: a warning and no lock. Said again each minute, else forgotten.

    With the line down nobody knows, and `known` says so. Raises Refused("unknown_ticket").
    """
    user = desk.signed_in()
    id = sale_of(desk, sale)["id"]
    try:
        office = yield desk.outside.office.look("open", {"sale": id, "user": user.id, "open": not closed})
    except LineDown:
        return {"sale": id, "known": False, "warnings": []}
    season = desk.season()
    users = {one.id: one.name for one in season.users.values()}
    warnings = [
        {
            "code": "order_open_elsewhere",
            "till": one["till"],
            "till_name": season.tills.get(one["till"], one["till"]),
            "user_name": users.get(one["user"], one["user"]),
            "since": one["since"],
        }
        for one in office.get("elsewhere", ())
    ]
    return {"sale": id, "known": "elsewhere" in office, "warnings": warnings}
