"""A show's codes for a gate without a line to anybody: as this till knows them, and how old that is."""

from __future__ import annotations

from typing import Any

from pos.domain.sale import OVER, copy_code
from pos.till.counter.admit import shown
from pos.till.desk import Desk


def gate_list(desk: Desk, *, show: str) -> dict[str, Any]:
    """Every ticket of a show, valid, void or used, by the code of its newest paper. `as_of` is when the office was
    last heard: what other windows and gates have done since is unknown here. Raises Refused("unknown_show")."""
    desk.signed_in("oversee" if desk.signed_in().role != "cashier" else "sell")
    the_show = desk.season().show(show)
    sales = {sale["id"]: sale for sale in desk.ledger.sales_for(show)}
    sales |= {sale["id"]: sale for sale in desk.replica.sales_for(show)}
    rows: list[dict[str, Any]] = []
    for sale in sales.values():
        for body in sale["tickets"]:
            if body["show"] != show:
                continue
            known = shown(desk, sale, body)
            used = known.admission
            over = the_show.cancelled or known.state in OVER or desk.called_off.of(show, body["unit"]) is not None
            rows.append(
                {
                    "id": known.id,
                    "code": copy_code(body["code"], known.copies),
                    "copy": known.copies,
                    "state": "void" if over else "used" if used is not None else "valid",
                    "place": body["place"],
                    "used_at": used.at if used is not None else None,
                    "used_by": used.till if used is not None else None,
                }
            )
    link = desk.outside.office.link()
    as_of = desk.clock.now().isoformat(timespec="seconds") if link.state == "online" else link.since or None
    return {"show": show, "as_of": as_of, "tickets": sorted(rows, key=lambda row: row["id"])}
