"""Coming back: how far the till is in sending what it did while the office was away."""

from __future__ import annotations

from typing import Any, Final

from pos.store import journal
from pos.till.contingency import incident
from pos.till.desk import Desk
from pos.till.outagestate import Draining

TOLD_EVERY_S: Final = 0.5  # entries may be confirmed one by one, and each telling reads all that wait


def line_changed(desk: Desk, *, online: bool) -> None:
    """The line went up or down, in an outage or not."""
    state = desk.outage
    if online and not state.online:
        unsent = desk.number - desk.acknowledged()
        incident.note(desk, "answered", unsent=unsent)
        if not unsent:
            incident.note(desk, "drained")
        elif desk.ledger.outages.open() is not None:
            state.draining = Draining(desk.acknowledged())
            _tick(desk, state.draining)
            tell(desk)
    elif not online:
        state.draining = None
    state.online = online


def sent(desk: Desk) -> None:
    """The office has confirmed entries; faces are told now and then, and of the last one."""
    draining = desk.outage.draining
    if draining is None:
        return
    _tick(desk, draining)
    done, now = desk.number <= desk.acknowledged(), draining.paces[-1][0]
    if done or now - draining.told_s >= TOLD_EVERY_S:
        draining.told_s = now
        tell(desk)
    if done:
        incident.note(desk, "drained")
        desk.outage.draining = None


def tell(desk: Desk) -> None:
    """Let faces know how far it is."""
    desk.emit("drain", **(progress(desk) or {}))


def progress(desk: Desk) -> dict[str, Any] | None:
    """`sent` of `total` entries, those that are left by kind, `rate` a second and the seconds `left_s` (0 when all
    is sent, None while that cannot be told); None when nothing of an outage is being sent."""
    draining = desk.outage.draining
    if draining is None:
        return None
    acknowledged = desk.acknowledged()
    (began_s, began), (last_s, last) = draining.paces[0], draining.paces[-1]
    rate = (last - began) / (last_s - began_s) if last > began and last_s > began_s else None
    left = desk.number - acknowledged
    return {
        "sent": acknowledged - draining.first,
        "total": desk.number - draining.first,
        "kinds": [
            {"kind": kind, "count": count}
            for kind, count, _ in (journal.kinds_after(desk.ledger.connection, acknowledged) if left else ())
        ],
        "rate": round(rate, 1) if rate is not None else None,
        "left_s": 0 if not left else max(1, round(left / rate)) if rate is not None else None,
    }


def _tick(desk: Desk, draining: Draining) -> None:
    draining.paces.append((desk.outside.clock.boottime_s(), desk.acknowledged()))
