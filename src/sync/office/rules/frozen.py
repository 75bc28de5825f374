"""What tills that are gone still have, asked by a supervisor who may release it (`rules.releasing`)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, func, select

from pos.domain.certificate import Hand
from pos.domain.purse import is_purse
from pos.domain.rights import OfficeState
from sync.office.rules import releasing
from sync.office.store.tables import PRESENCE, RIGHT, TILL

# What "all" of a till means where it is released: of what it sold, each ticket is attested for by itself.
_UNSOLD: Final = tuple(state.value for state in (OfficeState.QUARANTINE, OfficeState.PAPER, OfficeState.HELD))


def look(connection: Connection, _till: str, _fields: dict[str, Any]) -> dict[str, Any]:
    """`frozen`: by incarnation, its `places` ({`show`, `place`, `state`}) that nobody sells until somebody releases
    them, when it was `heard` last ("" for one that was replaced), and who has to be heard before, or attested for
    (`waits_for`)."""
    names = connection.execute(
        select(RIGHT.c.holder).where(RIGHT.c.holder != "", RIGHT.c.state.in_(_UNSOLD)).distinct()
    ).scalars()
    frozen: dict[Hand, list[dict[str, str]]] = {}
    for name in sorted(names):
        for (show, place), held in sorted(releasing.releasable(connection, name).items()):
            if held.state.value in _UNSOLD and not is_purse(show):
                row = {"show": show, "place": place, "state": held.state.value}
                frozen.setdefault(held.hand, []).append(row)
    latest = select(TILL.c.id, func.max(TILL.c.incarnation).label("incarnation")).group_by(TILL.c.id).subquery()
    seen = select(latest.c.id, latest.c.incarnation, PRESENCE.c.last_seen).join(
        PRESENCE, PRESENCE.c.till == latest.c.id
    )
    heard: dict[Hand, float] = {Hand(row.id, row.incarnation): row.last_seen for row in connection.execute(seen)}
    return {
        "frozen": [
            {
                "till": hand.till,
                "incarnation": hand.incarnation,
                "heard": _iso(heard.get(hand)),
                "places": places,
                "waits_for": [
                    {"till": one.hand.till, "incarnation": one.hand.incarnation, "why": one.why}
                    for one in releasing.unaccounted(
                        connection, {hand}, (), {(one["show"], one["place"]) for one in places}
                    )
                ],
            }
            for hand, places in sorted(frozen.items())
        ]
    }


def _iso(seconds: float | None) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds is not None else ""
