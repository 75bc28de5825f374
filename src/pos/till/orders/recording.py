"""Records that this till keeps: what is known of all, and how one of its own changes."""

from __future__ import annotations

from typing import Any

from pos.domain.errors import Refused
from pos.domain.records import RECORDED, Record
from pos.store import records
from pos.till.desk import Desk, Unit


def known(desk: Desk, family: str) -> dict[str, Record]:
    """Id -> record of every till, as far as this one knows; its own as its last facts have them."""
    return desk.replica.records(family) | records.own(desk.ledger.connection, family)


def one(desk: Desk, family: str, id: str) -> Record:
    """Raises Refused("bad_request")."""
    found = known(desk, family).get(id)
    if found is None:
        raise Refused("bad_request", field=family, reason=f"there is no {family} {id!r}")
    return found


def mine(desk: Desk, family: str, id: str) -> Record:
    """One that this till keeps. Raises Refused("bad_request" | "order_open_elsewhere")."""
    found = one(desk, family, id)
    if found["home"] != desk.outside.till:
        raise Refused("order_open_elsewhere", record=id, holder=found["home"])
    return found


def keep(desk: Desk, unit: Unit, kind: str, record: Record, why: dict[str, Any], **fact: Any) -> None:
    """Journal the record as it is from now on, and keep it. `why` says who and in which shift."""
    unit.record(kind, {**why, "record": record}, **fact)
    records.put(desk.ledger.connection, RECORDED[kind], record)


def tell(desk: Desk, kind: str) -> None:
    """Let faces know that a family has changed."""
    desk.emit("changed", places={}, documents=False, records=[RECORDED[kind]])
