"""What a cashier, a technician or a test may ask of the till at any time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pos.domain.errors import Refused
from pos.store import journal
from pos.till.counter import blanks, issue, limit
from pos.till.counter.passing import in_hand
from pos.till.desk import Desk, Verb
from pos.till.ports import LineDown


def status(desk: Desk) -> dict[str, Any]:
    """Needs no sign-in. `unsent` counts facts that the office has not yet confirmed."""
    shift = desk.ledger.open_shift()
    last = desk.ledger.last_sale()
    hands = {show: count for show in desk.rights if (count := in_hand(desk, show))}
    acknowledged = desk.acknowledged()
    return {
        "till": desk.outside.till,
        "venue": venue(desk),
        "incarnation": desk.outside.incarnation,
        "user": desk.user.id if desk.user else None,
        "shift": shift.id if shift else None,
        "shift_since": shift.opened_at if shift else None,
        "shift_user": shift.cashier if shift else None,
        "provisional": desk.ledger.shiftbook.sealed_between(acknowledged, desk.number),
        "link": {key: value for key, value in asdict(desk.outside.office.link()).items() if key != "detail"},
        "level": {"level": desk.level.level.value, "cause": desk.level.cause, "since": desk.level.since or None},
        "unsent": desk.number - acknowledged,
        "applied": acknowledged,
        "set_aside": [
            {"till": one.till, "incarnation": one.incarnation, "unsent": one.unsent, "text": one.hindrance}
            for one in desk.outside.leftovers
            if one.unsent
        ],
        "basket": _waiting(desk),
        "rights_in_hand": hands,
        "devices": device_states(desk),
        "journal": {"number": desk.number, "hash": desk.hash},
        "key_at": desk.outside.machine.key_at if desk.outside.machine is not None else "",
        "fenced": desk.fenced or None,
        "backup": desk.outside.backups.told() if desk.outside.backups is not None else None,
        "unresolved": issue.unresolved(desk),
        "drawer_over": limit.is_over(desk),
        **({"paper": paper} if (paper := blanks.shown(desk)) is not None else {}),
        "last_sale": {"id": last["id"], "at": last["at"], "tickets": len(last["tickets"])} if last else None,
    }


def _waiting(desk: Desk) -> dict[str, Any] | None:
    """Whose basket is in front, how much is in it and until when its places are kept; None for an empty one."""
    basket = desk.ledger.basket()
    if basket is None or basket.empty:
        return None
    return {
        "owner": basket.owner,
        "tickets": len(basket.lines),
        "articles": len(basket.articles),
        "expires": basket.expires.isoformat() if basket.expires else None,
    }


def device_states(desk: Desk) -> dict[str, dict[str, str]]:
    """What is configured; a device left out is simply not there."""
    terminal, neighbours = desk.outside.terminal, desk.outside.neighbours
    states = desk.outside.printers.states() | ({"terminal": terminal.state()} if terminal.present() else {})
    kept = [one for one in (desk.outside.backups, desk.outside.copies) if one is not None]
    for devices in (*desk.outside.devices, *kept):
        states |= devices.states()
    return states | (neighbours.states() if neighbours is not None else {})


def venue(desk: Desk) -> dict[str, Any] | None:
    """The house this till stands in, for the window's clock and money; None before the first snapshot."""
    if not desk.replica.complete():
        return None
    season = desk.season()
    house = season.venue
    return {
        "id": house.id,
        "name": house.name,
        "timezone": house.timezone,
        "currency": house.currency,
        "cash_rounding": str(house.cash_rounding),
        "denominations": [str(piece) for piece in house.denominations],
        "drawer": house.drawer,
        "till_name": season.tills.get(desk.outside.till, desk.outside.till),
    }


def line(desk: Desk) -> dict[str, Any]:
    """Needs no sign-in. The line to the office: how it is, how it was since the start, and what the office lacks."""
    unsent = journal.kinds_after(desk.ledger.connection, desk.acknowledged())
    return {
        "link": asdict(desk.outside.office.link()),
        "lines": [asdict(one) for one in desk.outside.office.lines()],
        "changes": list(desk.line.changes),
        "unsent": [{"kind": kind, "count": count, "since": since} for kind, count, since in unsent],
        "sent_at": desk.line.sent_at or None,
        "received_at": desk.line.received_at or None,
    }


def sync(desk: Desk) -> Verb[dict[str, Any]]:
    """One full push and pull. Raises Refused("offline")."""
    try:
        cursor: int = yield desk.outside.office.sync()
    except LineDown as down:
        raise refused_offline(desk, down) from down
    return {"unsent": desk.number - desk.acknowledged(), "cursor": cursor}


def refused_offline(desk: Desk, down: LineDown) -> Refused:
    """The office could not be asked: why, and since when."""
    link = desk.outside.office.link()
    return Refused("offline", cause=link.cause or down.cause, since=link.since or None)
