"""What is counted at the office beside figures: seats of each show as they are now, and customers by their consent."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Final

from sqlalchemy import Connection, func, select

from pos.domain.customers import REGISTER
from pos.domain.live import HOLD
from pos.domain.rights import OfficeState
from sync.office.store.tables import ADMISSION, DOCUMENT, LIVE, RIGHT, TICKET

_KILLED: Final = "kill"  # the type of holds of seats that are none


def houses(connection: Connection, _till: str, _fields: dict[str, Any]) -> dict[str, Any]:
    """`shows`: by show its `capacity`, of which are `free`, `held`, `killed` and `sold`; `holds`, places by the type of
    their hold; and how many tickets were `admitted`. So capacity = free + held + killed + sold."""
    capacity: Counter[str] = Counter()
    sold: Counter[str] = Counter()
    rows = connection.execute(
        select(RIGHT.c.show_id, RIGHT.c.state, func.count().label("places"))
        .where(RIGHT.c.show_id.not_like("~%"))
        .group_by(RIGHT.c.show_id, RIGHT.c.state)
    )
    for show, state, places in rows:
        capacity[show] += places
        sold[show] += places if state == OfficeState.SOLD else 0
    # A place in quarantine may be sold all the same: its ticket says so.
    held = _held(connection)
    doubtful = connection.execute(
        select(RIGHT.c.show_id, func.count(func.distinct(RIGHT.c.place)))
        .join(TICKET, (TICKET.c.show_id == RIGHT.c.show_id) & (TICKET.c.unit == RIGHT.c.place))
        .where(RIGHT.c.state == OfficeState.QUARANTINE.value, TICKET.c.state == "live")
        .group_by(RIGHT.c.show_id)
    )
    for show, places in doubtful:
        sold[show] += places
    admitted = _admitted(connection)
    return {
        "shows": {
            show: {
                "capacity": places,
                "killed": (killed := held.get(show, {}).get(_KILLED, 0)),
                "held": (others := sum(held.get(show, {}).values()) - killed),
                "sold": sold[show],
                "free": places - sold[show] - others - killed,
                "admitted": admitted.get(show, 0),
                "holds": held.get(show, {}),
            }
            for show, places in sorted(capacity.items())
        }
    }


def _held(connection: Connection) -> dict[str, dict[str, int]]:
    types = {
        id: str(json.loads(body).get("type", ""))
        for id, body in connection.execute(select(LIVE.c.id, LIVE.c.body).where(LIVE.c.family == HOLD))
    }
    found: dict[str, dict[str, int]] = {}
    rows = connection.execute(
        select(RIGHT.c.show_id, RIGHT.c.ticket, func.count())
        .where(RIGHT.c.state == OfficeState.HELD.value, RIGHT.c.show_id.not_like("~%"))
        .group_by(RIGHT.c.show_id, RIGHT.c.ticket)
    )
    for show, hold, places in rows:
        type_ = types.get(hold, "") or "hold"
        found.setdefault(show, {})
        found[show][type_] = found[show].get(type_, 0) + places
    return found


def _admitted(connection: Connection) -> dict[str, int]:
    rows = connection.execute(
        select(TICKET.c.show_id, func.count())
        .join(ADMISSION, ADMISSION.c.ticket == TICKET.c.id)
        .group_by(TICKET.c.show_id)
    )
    return {str(show): int(count) for show, count in rows}


def consents(connection: Connection, _till: str, _fields: dict[str, Any]) -> dict[str, Any]:
    """`consents`: how many customers agreed to be written to, how many said no, and how many were never asked. Who
    they are stays here."""
    counts: Counter[str] = Counter()
    for body in connection.execute(select(DOCUMENT.c.body).where(DOCUMENT.c.family == REGISTER)).scalars():
        record = json.loads(body)
        if "into" not in record and "erased" not in record:
            given = record["profile"].get("consent", {}).get("given")
            counts["consent_unknown" if given is None else "consent_given" if given else "consent_refused"] += 1
    return {"consents": dict(counts)}
