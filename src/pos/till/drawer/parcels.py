"""Parcels of cash as this till believes them: the office's word, overlaid by what was done here and the office has not
told yet. So all of it works with the line down."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pos.domain.errors import Refused
from pos.domain.facts import Fact
from pos.domain.parcels import (
    BAG,
    CHANGE_ORDER,
    DEPOSIT,
    FAMILY,
    NUMBER,
    TRANSFER,
    Document,
    after,
    difference,
    id_of,
    is_settled,
    step_of,
    steps_in,
)
from pos.store import parcel_steps
from pos.till.desk import Desk


def believed(desk: Desk, sort: str = "") -> dict[str, Document]:
    """Id -> parcel, of one sort or of all."""
    found = desk.replica.records(FAMILY) if desk.replica.complete() else {}
    for id, steps in parcel_steps.by_parcel(desk.ledger.connection).items():
        known = found.get(id)
        heard = {one["fact"] for one in known["steps"]} if known else set()
        for step in steps:
            if step["fact"] not in heard:
                known = after(known, id, step)
        if known is not None:
            found[id] = known
    return {id: one for id, one in found.items() if sort in ("", one["sort"])}


def one(desk: Desk, sort: str, number: str) -> Document:
    """Raises Refused("unknown_parcel")."""
    found = believed(desk, sort).get(id_of(sort, number))
    if found is None:
        raise Refused("unknown_parcel", sort=sort, number=number)
    return found


def under_way(desk: Desk, sort: str, number: str) -> Document:
    """One that has not ended. Raises Refused("unknown_parcel" | "parcel_moved")."""
    found = one(desk, sort, number)
    if found["ended"]:
        raise moved_on(found)
    return found


def moved_on(parcel: Document) -> Refused:
    return Refused(
        "parcel_moved",
        sort=parcel["sort"],
        number=parcel["number"],
        state=parcel["state"],
        by=parcel["owner"],
        since=parcel["since"],
    )


def check_new(desk: Desk, sort: str, number: str) -> None:
    """Raises Refused("bad_request" | "parcel_moved") for a number that is none, or that is used already."""
    if not NUMBER.fullmatch(number):
        raise Refused("bad_request", field=sort, reason="a number has letters, digits, - . / and at most 40 of them")
    if (known := believed(desk, sort).get(id_of(sort, number))) is not None:
        raise moved_on(known)


def keep(desk: Desk, fact: Fact) -> None:
    """Note what a fact did to parcels, in its own transaction."""
    for id, step in steps_in(fact):
        parcel_steps.add(desk.ledger.connection, fact.number, id, step)


def tell(desk: Desk) -> None:
    """Let faces know that parcels have changed."""
    desk.emit("changed", places={}, documents=False, records=[FAMILY])


def shown(desk: Desk, parcel: Document) -> dict[str, Any]:
    """With how long ago it began, in whole seconds by this till's clock, what is to be explained, and who waits."""
    age = desk.clock.now() - datetime.fromisoformat(parcel["made_at"])
    begun = step_of(parcel, "begin") or {}
    return parcel | {
        "age_s": max(0, int(age.total_seconds())),
        "settled": is_settled(parcel),
        "difference": difference(parcel),
        "for_me": not parcel["ended"] and begun.get("receiver") == desk.outside.till,
    }


def listed(desk: Desk, sort: str, which: str) -> list[dict[str, Any]]:
    """Parcels of a sort, the oldest first: `open` are those that somebody still has something to do about."""
    desk.signed_in()
    found = (shown(desk, one) for one in believed(desk, sort).values())
    wanted = [one for one in found if which == "all" or not one["settled"]]
    return sorted(wanted, key=lambda one: (one["made_at"], one["id"]))


def bags(desk: Desk, *, state: str = "open") -> dict[str, Any]:
    """Sealed bags of cash, floats and drops."""
    return {"bags": listed(desk, BAG, state)}


def transfers(desk: Desk, *, state: str = "open") -> dict[str, Any]:
    """Cash that went from till to till; `for_me` waits for this one."""
    return {"transfers": listed(desk, TRANSFER, state)}


def change_orders(desk: Desk, *, state: str = "open") -> dict[str, Any]:
    return {"change_orders": listed(desk, CHANGE_ORDER, state)}


def deposits(desk: Desk, *, state: str = "open") -> dict[str, Any]:
    """Deposits for the bank, with state and age."""
    return {"deposits": listed(desk, DEPOSIT, state)}
